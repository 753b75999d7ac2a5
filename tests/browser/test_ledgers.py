"""Ledgers in a browser: one is defined, filtered and taken out; one that an office kept elsewhere is handed in and entered. The same without script."""

from __future__ import annotations

import io
import os
from itertools import product
from pathlib import Path

import pytest
from tests.browser.conftest import NARROW, WIDE, Opens, counted, violations, wider_than_the_window
from tests.browser.pictures import take
from tests.cast import Cast, cast, confidential, filing, node  # noqa: F401
from tests.portal.conftest import signed_in

from lianqiao.cases.actions import ACTIONS, intake
from lianqiao.cases.models import Case, Clock
from lianqiao.jobs import work
from lianqiao.ledgers import incoming, widths
from lianqiao.ledgers.models import Ledger, LedgerImport
from lianqiao.record.models import Event

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
    counted(page.locator(".sheet tbody tr"), 2)

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


@pytest.fixture
def lead(cast: Cast, cookies: dict[str, str]) -> dict[str, str]:  # noqa: F811
    """The browser of a lead, before the same cases."""
    return {name: morsel.value for name, morsel in signed_in(cast.zhao).cookies.items()}


@pytest.mark.parametrize(("width", "language"), list(product((WIDE, NARROW), ("zh-hans", "en"))))
@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.django_db(transaction=True)
def test_sheet_has_no_fault_that_axe_finds(
    lead: dict[str, str], open_page: Opens, width: int, language: str, theme: str
) -> None:
    late = Case.objects.filter(state="accepted").order_by("pk")[0]
    Clock.objects.filter(case=late).update(due_on="2026-01-05")
    Case.objects.filter(pk=late.pk).update(next_due="2026-01-05")
    page = open_page("/ledgers/complaints", width=width, language=language, theme=theme, cookies=lead)

    assert page.locator(".sheet .badge.bad").inner_text() == ("已逾期" if language == "zh-hans" else "Overdue")
    assert (violations(page), wider_than_the_window(page)) == ([], 0)
    if FOLDER:
        take(page, Path(FOLDER) / f"ledger-edit-{width}-{language[:2]}-{theme}")


@pytest.mark.parametrize(("width", "language"), list(product((WIDE, NARROW), ("zh-hans", "en"))))
@pytest.mark.django_db(transaction=True)
def test_cell_is_changed_in_the_sheet(
    cast: Cast,  # noqa: F811
    lead: dict[str, str],
    open_page: Opens,
    width: int,
    language: str,
) -> None:
    page = open_page("/ledgers/open", width=width, language=language, cookies=lead)
    case = Case.objects.filter(state="accepted").order_by("pk")[0]
    row = page.locator(f"[id='{case.number}']")
    assert row.locator("[formaction$='/note']").is_visible() is (width == WIDE)
    if width == NARROW:
        row.locator(".unfold").click()
    row.locator("[formaction$='/note']").click()
    box = page.get_by_role("dialog")
    box.locator("textarea").fill("已约企业面谈。")
    assert violations(page) == []
    if FOLDER:
        take(page, Path(FOLDER) / f"ledger-box-{width}-{language[:2]}")
    box.locator("form.verb .button").click()
    row.get_by_text("已约企业面谈。").wait_for()

    counted(box, 0)
    assert page.url.endswith("/ledgers/open")
    assert page.locator("[data-said]").inner_text() != ""
    assert Event.objects.filter(verb="note", subject=case.uid).count() == 1
    row.locator("[formaction$='/note']").click()
    box.locator("textarea").fill("第二次。")
    ACTIONS["note"](Case.objects.get(pk=case.pk), by=cast.he, text="另有进展。")
    box.locator("form.verb .button").click()
    box.get_by_text("另有进展。").wait_for()
    assert box.locator("textarea").input_value() == "第二次。"
    page.keyboard.press("Escape")
    counted(box, 0)


@pytest.mark.django_db(transaction=True)
def test_cell_is_changed_without_script(lead: dict[str, str], open_page: Opens) -> None:
    page = open_page("/ledgers/open?own=1&c=number&c=progress&order=number", cookies=lead, script=False)
    page.locator("[formaction$='/note']").first.click()
    page.locator("form.verb textarea").fill("已约企业面谈。")
    page.locator("form.verb .button").click()
    page.wait_for_url("**#*")

    number = page.url.rpartition("#")[2]
    counted(page.locator(f"[id='{number}']").get_by_text("已约企业面谈。"), 1)
    page.goto("/ledgers/open/choose")
    page.get_by_text("栏宽", exact=True).click()
    page.locator("#w-title").select_option("narrow")
    page.get_by_role("button", name="保存栏宽").click()
    assert page.locator("th[data-column=title]").get_attribute("data-w") == "10"


@pytest.mark.django_db(transaction=True)
def test_block_is_copied_and_a_column_is_drawn(cast: Cast, lead: dict[str, str], open_page: Opens) -> None:  # noqa: F811
    page = open_page("/ledgers/complaints?own=1&c=number&c=state&c=days_left&order=number", cookies=lead)
    copied = "new Promise(told => document.addEventListener('copy', event => told(['text/plain', 'text/html'].map(kind => event.clipboardData.getData(kind)))))"
    page.evaluate(f"() => {{ window.copied = {copied}; }}")
    page.locator(".sheet td").nth(0).focus()
    for key in ("ArrowDown", "Shift+ArrowDown", "Shift+ArrowRight", "Control+c"):
        page.keyboard.press(key)
    plain, html = page.evaluate("window.copied")
    numbers = [case.number for case in Case.objects.order_by("pk")[1:3]]

    assert plain == f"{numbers[0]}\t已提交\r\n{numbers[1]}\t已受理"
    assert [f"mso-number-format:'\\@'\">{number}<" in html for number in numbers] == [True, True]

    first, last = (
        page.locator(".sheet tbody tr").nth(0).locator("td").nth(1),
        page.locator(".sheet tbody tr").nth(2).locator("td").nth(2),
    )
    first.hover()
    page.mouse.down()
    last.hover()
    page.mouse.up()
    assert page.locator("td.marked").count() == 6

    with page.expect_response("**/widths"):
        page.keyboard.press("+")
    page.locator("th[data-column=number] .grip").hover()
    page.mouse.down()
    with page.expect_response("**/widths"):
        page.mouse.move(500, 300)
        page.mouse.up()
    drawn = widths.drawn_by("complaints", cast.zhao)
    assert (drawn["days_left"], drawn["number"] > 11) == (7, True)
