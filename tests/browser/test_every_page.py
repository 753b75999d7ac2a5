"""Every page of the generated list, as everybody who may open it: nothing that axe finds and nothing wider than the window, in both languages and
both themes.

A page that reads the same for two people, but for their names, is judged once.
"""

import os
import re
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from tests import walkers
from tests.addresses import every_page
from tests.browser.conftest import NARROW, WIDE, Opens, violations, wider_than_the_window
from tests.browser.pictures import take
from tests.cast import Cast, cast, node  # noqa: F401

FOLDER = os.environ.get("SCREENSHOTS", "")
LOOKS = {"zh-hans": ((WIDE, "light"), (NARROW, "dark")), "en": ((NARROW, "light"), (WIDE, "dark"))}
PICTURES = {
    "/desk/registry/agencies/sc-inward-centre": "register-agency", "/desk/registry/people/he": "register-person",
    "/desk/registry/regimes/cn-mofcom-2020-3": "register-regime", "/desk/registry/nodes": "register-nodes", "/desk/registry/deeds": "audit-deeds",
    "/desk/registry/calendars/2026": "register-calendar", "/notices": "notices", "/desk/registry/alarms": "alarms",
    "/desk/registry/duplicates": "register-duplicates", "/account/sign-in": "sign-in", "/account/notices": "account-notices",
}  # fmt: skip


@pytest.mark.django_db(transaction=True)
def test_every_page_is_sound_for_everybody(cast: Cast, open_page: Opens) -> None:  # noqa: F811
    """In Chinese; in English in a file of its own, so that both languages are walked side by side."""
    assert walked(cast, open_page, "zh-hans") == []


def walked(cast: Cast, open_page: Opens, language: str) -> list[str]:  # noqa: F811
    """The faults of all pages in a language: by whom, how wide, in which theme."""
    pages = every_page(cast)
    clients = {who: walkers.browser_of(cast, who, language[:2]) for who in (*walkers.WALKERS, walkers.HALFWAY)}
    windows: dict[str, Any] = {}
    found: list[str] = []
    for who, address in differing(pages, clients):
        if who not in windows:
            cookies = {name: one.value for name, one in clients[who].cookies.items()}
            windows[who] = open_page("/about", language=language, cookies=cookies)
        page = windows[who]
        page.goto(address)
        for width, theme in LOOKS[language]:
            page.set_viewport_size({"width": width, "height": 800})
            page.emulate_media(color_scheme=theme)
            settled(page)
            faults = [*violations(page), *(["too wide"] if wider_than_the_window(page) else [])]
            found += [f"{address} for {who}, {width}, {theme}: {fault}" for fault in faults]
    return found


@pytest.mark.skipif(not FOLDER, reason="run by `make screenshots`")
@pytest.mark.django_db(transaction=True)
def test_pictures_of_registers_are_taken(cast: Cast, open_page: Opens) -> None:  # noqa: F811
    pages = {address: who for who, address in every_page(cast) if address in PICTURES}
    for address, who in pages.items():
        cookies = {name: one.value for name, one in walkers.browser_of(cast, who).cookies.items()}
        for width, language, theme, tail in ((WIDE, "zh-hans", "light", "zh"), (NARROW, "en", "dark", "en")):
            page = open_page(address, width=width, language=language, theme=theme, cookies=cookies)
            take(page, Path(FOLDER) / f"{PICTURES[address]}-{tail}")

    assert {*pages} == {*PICTURES}


def differing(pages: list[tuple[str, str]], clients: dict[str, Client]) -> list[tuple[str, str]]:
    """Who opens what: everybody every address that they may open, but for pages whose content and whose frame were both opened before."""
    opened: list[tuple[str, str]] = []
    seen: set[str] = set()
    for first, address in pages:
        for who in dict.fromkeys((first, *clients)):
            answer = clients[who].get(address)
            if answer.status_code == 200 and (parts := read(answer.content.decode())) - seen:
                seen |= parts
                opened.append((who, address))
    return opened


def read(page: str) -> set[str]:
    """What a page says within <main> and around it, without what differs each time or by the name of who reads."""
    page = re.sub(r'<title>.*?</title>|(?<=name="csrfmiddlewaretoken" value=")[^"]*|"challenge": "[^"]*"', "", page)
    page = re.sub(r'(?<=<a href="/account">)[^<]*| aria-current="page"', "", page)
    before, main, after = re.split(r"(?s)(<main\b.*</main>)", page)
    return {main, before + after}


def settled(page: Any) -> None:
    """Until what the page fetches by itself is there."""
    if page.locator("[hx-trigger*=load], .htmx-request").count():
        page.wait_for_load_state("networkidle")
