"""What holds for every page: it is in the list that is walked, light, asks the database little, and says nothing that nobody translated."""

import gzip
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import resolve
from django.utils import translation
from tests import walkers
from tests.addresses import NO_PAGES, every_page, routes
from tests.cast import Cast, cast, filing, node  # noqa: F401
from tests.pages import MOST

pytestmark = pytest.mark.once

PACKAGE = Path(__file__).parents[2] / "src" / "lianqiao"
HEAVIEST = 100_000
"""Bytes of a page, compressed."""
FORM, CHOICES = re.compile(r"^/desk/cases/[^/]+/(accept|refuse|route|request_\w+)$"), 4
"""The page of a case with a form open asks for its choices besides."""
KNOWN = {"English", "Lianqiao", "Apache", "API", "PDF", "JSON", "TOML"}
"""Names that stand the same in every language."""


def pseudo(monkeypatch: pytest.MonkeyPatch) -> None:
    """From now on every text that is translated is nothing, so that what remains on a page was translated by nobody."""
    for name in ("gettext", "pgettext", "ngettext", "npgettext"):
        monkeypatch.setattr(translation._trans, name, lambda *_all: "", raising=False)


def words_of(page: str) -> set[str]:
    """The Latin words of a page that are no data: outside of codes, of marks, and of values with digits or signs."""
    page = re.sub(r"(?s)<(script|style|code|kbd|pre|textarea|title)\b.*?</\1>", " ", page)
    page = re.sub(r'(?s)<(\w+)[^>]*class="[^"]*\b(?:code|mono|number|said|who)\b[^"]*"[^>]*>.*?</\1>', " ", page)
    shown = re.sub(r"<[^>]+>", " ", page) + " ".join(
        re.findall(r'(?:aria-label|placeholder|title|alt)="([^"]*)"', page)
    )
    return {word for word in re.findall(r"[^\s<>]+", shown) if re.fullmatch(r"[A-Za-z]{3,}[.,:;!?]?", word)}


@pytest.mark.django_db
def test_every_page_is_light_asks_little_and_is_translated(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: F811
    pages = every_page(cast)
    browsers = {who: walkers.browser_of(cast, who, "zh") for who in {who for who, _address in pages}}
    named = [
        cast.enterprise.name_en,
        str(filing(cast)["facts"]),
        *(agency.name_en for agency in cast.agencies.values()),
    ]
    data = {"elsew", *cast.people, *re.findall("[A-Za-z]+", " ".join(named))}
    opened: dict[str, str] = {}
    found: list[str] = []
    for who, address in pages:
        browsers[who].get(address)
        with CaptureQueriesContext(connection) as asked:
            answer = browsers[who].get(address)
        opened[resolve(address.partition("?")[0]).route] = address
        found += [f"{address}: {answer.status_code}"] if answer.status_code != 200 else []
        most = MOST + CHOICES if FORM.search(address) else MOST
        found += [f"{address}: asks {len(asked)} times"] if len(asked) > most else []
        weight = len(gzip.compress(answer.content))
        found += [f"{address}: weighs {weight}"] if weight > HEAVIEST else []
    pseudo(monkeypatch)
    for who, address in pages:
        left = words_of(browsers[who].get(address).content.decode()) - KNOWN - data
        found += [f"{address}: not translated: {sorted(left)}"] if left else []

    assert not found, "\n".join(found)
    assert {*routes()} - {*opened} - {*NO_PAGES} == set()


def test_template_says_nothing_outside_of_a_translation() -> None:
    left = {
        str(path.relative_to(PACKAGE)): said
        for path in PACKAGE.rglob("templates/**/*.html")
        if (said := sorted(bare(path)))
    }

    assert left == {"site/templates/site/parts/language.html": ["English", "中文"]}


def bare(path: Path) -> Iterator[str]:
    """Words that stand in a template as they are: in the text, and in attributes that are read out."""
    text = path.read_text(encoding="utf-8")
    text = re.sub(r"(?s){% comment %}.*?{% endcomment %}|{#.*?#}", " ", text)
    text = re.sub(r"(?s){%\s*blocktranslate.*?{%\s*endblocktranslate\s*%}", " ", text)
    text = re.sub(r"{% block body_class %}.*?{% endblock %}", " ", text)
    text = re.sub(r"(?s){%.*?%}|{{.*?}}", " ", text)
    text = re.sub(r"(?s)<(script|style|kbd|code|pre)\b.*?</\1>", " ", text)
    attributes = re.findall(r'\b(?:aria-label|placeholder|title|alt)="([^"]*)"', text)
    shown = re.sub(r"(?s)<[^>]*>", " ", text)
    for said in (shown, *attributes):
        yield from re.findall(r"[A-Za-z]{3,}|[\u4e00-\u9fff]+", said)
