"""What holds for every page: it is in the list that is walked, light, asks the database little, and says nothing that nobody translated."""

import gzip
import re
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import resolve
from django.utils import translation
from tests import walkers
from tests.addresses import NO_PAGES, every_page, routes
from tests.cast import Cast, cast, filing, node  # noqa: F401
from tests.pages import MOST, fifty

from lianqiao.cases.models import Case, CaseKey
from lianqiao.exchange.models import Alarm, Offer
from lianqiao.notices.models import Notice
from lianqiao.record.models import Event, Read
from lianqiao.record.time import today
from lianqiao.registry import remembered
from lianqiao.registry.models import Agreement, Competence, Membership
from lianqiao.signin import entrance

pytestmark = pytest.mark.once

PACKAGE = Path(__file__).parents[2] / "src" / "lianqiao"
HEAVIEST = 100_000
"""Bytes of a page, compressed."""
GROWS = re.compile(
    r"^/(cases(/[^/]+)?|notices|desk/(accept|all.*|questions|offers|cases/[^/]+(/\w+)?)"
    r"|desk/registry/(agencies(/\w+)?|competence|people(/\w+)?|enterprises|duplicates|agreements|nodes|alarms|deeds|reads))$"
)
"""Pages with lists of rows."""
EMPTY = re.compile(r"^/(status|account/sign-in|account/password|file/[^/]+/(who|matter|against|story|contact))$")
"""Pages whose form, sent empty, is shown again with what is wrong."""
HALF = re.compile(r"[\u4e00-\u9fff）”][,;:!?] ?[\u4e00-\u9fff（“]|\([\u4e00-\u9fff]")
"""Marks of Latin script between Han."""
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


def multiply(cast: Cast) -> None:  # noqa: F811
    """Fifty rows of what the lists show, and of what the page of one case shows."""
    secret = Case.objects.get(confidential=True)
    for one in fifty(secret, uid=lambda _n: uuid4(), dossier=lambda _n: uuid4()):
        CaseKey.objects.bulk_create(CaseKey(case=one, key=key.key, identity=key.identity) for key in secret.keys.all())
    case = Case.objects.earliest("pk")
    fifty(case.clocks.first())
    fifty(case.attachments.first(), id=lambda _n: uuid4())
    fifty(case.questions.first(), number=lambda n: 100 + n)
    last = Event.objects.about("case", case.uid).last()
    digest = lambda n: f"{n:064x}"  # noqa: E731
    events = fifty(last, number=lambda n: last.number + n, previous=digest, digest=lambda n: digest(100 + n))
    fifty(last.sealed, event_id=lambda n: events[n - 1].pk)
    fifty(Notice.objects.filter(person=cast.lin, case=case).first(), event=lambda n: 100 + n)
    fifty(Offer.objects.get(), id=lambda _n: uuid4(), dossier=lambda _n: uuid4())
    fifty(Alarm.objects.first(), subject=lambda n: f"copy-{n}")
    fifty(Read.objects.first())
    named = {
        "code": lambda n: f"copy-{n}",
        "path": lambda n: f"/copy-{n}/",
        "uscc": lambda _n: "",
        "id": lambda _n: uuid4(),
    }
    for agency in fifty(cast.agencies["planning"], **named):
        Competence.objects.create(agency=agency, programme="inward-complaint", since=today())
    for one in fifty(cast.wei, id=lambda _n: uuid4(), account=lambda n: f"copy-{n}"):
        Membership.objects.create(person=one, agency=cast.centre, role="intake", since=today())
    fifty(cast.enterprise, id=lambda _n: uuid4(), uscc=lambda _n: "")
    fifty(Agreement.objects.first(), id=lambda _n: uuid4(), reference=lambda n: f"copy-{n}", digest=digest)


@pytest.mark.django_db
def test_every_page_is_light_asks_little_and_is_translated(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: F811
    monkeypatch.setattr(remembered, "SECONDS", 3600.0)  # nothing is forgotten between two looks at a page
    monkeypatch.setattr(
        entrance, "NOTED_EVERY", 0
    )  # the use of the session is noted with each page, as it is once a minute
    pages = every_page(cast)
    browsers = {who: walkers.browser_of(cast, who, "zh") for who in (*walkers.WALKERS, walkers.HALFWAY)}
    named = [
        cast.enterprise.name_en,
        str(filing(cast)["facts"]),
        *(agency.name_en for agency in cast.agencies.values()),
    ]
    data = {"elsew", *cast.people, *re.findall("[A-Za-z]+", " ".join(named))}
    opened: dict[str, str] = {}
    questions: dict[tuple[str, str], int] = {}
    found: list[str] = []
    for who, address in pages:
        browsers[who].get(address)
        with CaptureQueriesContext(connection) as asked:
            answer = browsers[who].get(address)
        opened[resolve(address.partition("?")[0]).route] = address
        found += [f"{address}: {answer.status_code}"] if answer.status_code != 200 else []
        questions[who, address] = len(asked)
        found += [f"{address}: asks {len(asked)} times"] if len(asked) > MOST else []
        weight = len(gzip.compress(answer.content))
        found += [f"{address}: weighs {weight}"] if weight > HEAVIEST else []
        half = HALF.findall(re.sub(r"<[^>]+>", "", answer.content.decode()))
        found += [f"{address}: {one}" for one in sorted(set(half))]
    multiply(cast)
    for who, address in pages:
        if GROWS.search(address):
            browsers[who].get(address)
            with CaptureQueriesContext(connection) as asked:
                answer = browsers[who].get(address)
            few = questions[who, address]
            weight = len(gzip.compress(answer.content))
            found += [f"{address}: weighs {weight} with fifty rows"] if weight > HEAVIEST else []
            found += [f"{address}: asks {len(asked)} times for fifty rows, {few} for one"] if len(asked) != few else []
    number = Case.objects.earliest("pk").number
    pseudo(monkeypatch)
    for who, address in pages:
        said = browsers[who].get(address).content.decode()
        if EMPTY.search(address):
            said += browsers[who].post(address).content.decode()
        left = words_of(said) - KNOWN - data
        found += [f"{address}: not translated: {sorted(left)}"] if left else []
    for who in walkers.WALKERS:  # what differs by role: the frame, one's work, one's account, the page of a case
        for address in (
            f"/desk/cases/{number}",
            f"/cases/{number}",
            "/desk/registry/agencies/sc-inward-centre",
            "/account",
        ):
            left = words_of(browsers[who].get(address).content.decode()) - KNOWN - data
            found += [f"{address} for {who}: not translated: {sorted(left)}"] if left else []
    left = words_of(browsers[""].get("/nowhere").content.decode()) - KNOWN
    found += [f"nowhere: not translated: {sorted(left)}"] if left else []

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
