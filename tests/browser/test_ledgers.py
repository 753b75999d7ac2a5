"""Ledgers in a browser: one is defined, filtered and taken out; one that an office kept elsewhere is handed in and entered. The same without script."""

from __future__ import annotations

import io
import os
from itertools import product
from pathlib import Path

import pytest
from tests.browser.conftest import NARROW, WIDE, Opens
from tests.browser.pictures import take
from tests.cast import Cast, cast, confidential, filing, node  # noqa: F401
from tests.portal.conftest import signed_in

from lianqiao.cases.actions import ACTIONS, intake
from lianqiao.cases.models import Case
from lianqiao.jobs import work
from lianqiao.ledgers import incoming
from lianqiao.ledgers.models import Ledger, LedgerImport

FOLDER = os.environ.get("SCREENSHOTS", "")
SAMPLE = Path(__file__).parents[2] / "demo" / "ledgers" / "county-complaints.xlsx"
CHOSEN = {"programme": "business-environment", "kind": "help", "category": "other"}


@pytest.fixture
def cookies(cast: Cast) -> dict[str, str]:  # noqa: F811
    """An intake officer's browser, and cases in work."""
    cases = [intake.file(by=cast.lin, **filing(cast)).case for _number in range(6)]
    cases.append(intake.file(by=cast.lin, **confidential(cast)).case)
    for case in cases[2:5]:
        ACTIONS["accept"](case, by=cast.wei)
    ACTIONS["conclude"](cases[4], by=cast.he, ground="resolved", text="已解决。")
    return {name: morsel.value for name, morsel in signed_in(cast.wei).cookies.items()}


def worked() -> None:
    while work.work():
        pass


@pytest.mark.skipif(not FOLDER, reason="run by `make screenshots`")
@pytest.mark.django_db(transaction=True)
def test_pictures_of_ledgers_are_taken(cast: Cast, cookies: dict[str, str], open_page: Opens) -> None:  # noqa: F811
    held = [incoming.hand_in(io.BytesIO(SAMPLE.read_bytes()), SAMPLE.name, by=cast.wei) for _n in range(2)]
    incoming.look(held[1], by=cast.wei, mapping=held[1].mapping, chosen=CHOSEN)
    worked()
    pages = {
        "ledgers": "/ledgers", "ledger-complaints": "/ledgers/complaints", "ledger-struck-off": "/ledgers/struck-off", "ledger-imports": "/ledgers/import",
        "ledger-mapping": f"/ledgers/import/{held[0].pk}", "ledger-looked-at": f"/ledgers/import/{held[1].pk}",
    }  # fmt: skip
    for width, language in product((WIDE, NARROW), ("zh-hans", "en")):
        page = open_page("/", width=width, language=language, cookies=cookies)
        for name, path in pages.items():
            page.goto(path)
            page.wait_for_load_state("networkidle")
            take(page, Path(FOLDER) / f"{name}-{width}-{language[:2]}")


@pytest.mark.django_db(transaction=True)
def test_ledger_is_defined_filtered_and_taken_out(cookies: dict[str, str], open_page: Opens) -> None:
    page = open_page("/ledgers/complaints", cookies=cookies)
    assert page.locator(".sheet tbody tr").count() == 7
    page.get_by_role("link", name="栏目和条件").click()
    page.locator("[name='is.state']").select_option("accepted")
    page.get_by_role("button", name="查看", exact=True).click()
    assert page.locator(".sheet tbody tr").count() == 2

    with page.expect_download() as taken:
        page.get_by_role("link", name="XLSX（A4）").click()
    assert Path(taken.value.path()).read_bytes()[:2] == b"PK"

    page.get_by_role("link", name="栏目和条件").click()
    page.locator("#name").fill("在办")
    page.locator("form[action='/ledgers/keep'] button").click()
    page.wait_for_load_state("networkidle")
    kept = Ledger.objects.get()
    assert (kept.name, kept.definition["where"], page.locator("h1").inner_text()) == (
        "在办",
        {"state": ["accepted"]},
        "在办",
    )


@pytest.mark.parametrize("script", [True, False], ids=["with script", "without"])
@pytest.mark.django_db(transaction=True)
def test_ledger_is_handed_in_looked_at_and_entered(cookies: dict[str, str], open_page: Opens, script: bool) -> None:
    page = open_page("/ledgers/import", cookies=cookies, language="en", script=script)
    page.locator("#file").set_input_files(SAMPLE)
    page.get_by_role("button", name="Hand the ledger in").click()
    assert page.get_by_label("登记日期").input_value() == "filed_on"
    for name, value in CHOSEN.items():
        page.locator(f"#{name}").select_option(value)
    page.get_by_role("button", name="Look at every line").click()
    worked()
    page.reload()

    assert [row.inner_text() for row in page.locator("table tbody tr:has(.badge.bad) th").all()] == ["10", "11"]
    page.get_by_role("button", name="Enter 6 cases").click()
    worked()
    page.reload()
    assert (LedgerImport.objects.get().entered, Case.objects.filter(regime__gt="").count()) == (6, 13)
    page.get_by_text("Take this import back").click()
    page.locator("#reason").fill("重复导入")
    page.get_by_role("button", name="Take back").click()
    worked()
    page.reload()
    assert Case.objects.filter(state="withdrawn").count() == 6
