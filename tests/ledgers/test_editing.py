"""A cell is changed by the verb of the flow: by whom, where it leads back, what is said when it is refused; and how wide somebody sees a column."""

from __future__ import annotations

import json
from typing import Any

import pytest
from tests.cast import SECRET_WORDS, Cast, confidential, filing
from tests.portal.conftest import signed_in, text

from lianqiao.cases.actions import ACTIONS, intake
from lianqiao.cases.models import Case
from lianqiao.ledgers import actions, reading, widths
from lianqiao.ledgers.definition import Definition
from lianqiao.record.models import Event
from lianqiao.record.refusal import Refused

pytestmark = pytest.mark.django_db
SHEET = "/ledgers/complaints?own=1&c=number&c=handler&c=progress&order=number"
SCRIPT = {"HTTP_HX_REQUEST": "true"}


@pytest.fixture
def case(cast: Cast) -> Case:
    made = intake.file(by=cast.lin, **filing(cast)).case
    ACTIONS["accept"](made, by=cast.wei)
    return Case.objects.get(pk=made.pk)


def buttons(cast: Cast, who: str, number: str, sheet: str = SHEET) -> list[str]:
    page = signed_in(cast.people[who]).get(sheet).content.decode()
    begins = f'formaction="/desk/cases/{number}/'
    return [part.partition('"')[0] for part in page.split(begins)[1:]]


def sent(case: Case, **more: Any) -> dict[str, Any]:
    return {"handler": "he", "reason": "换人办理。", "version": case.event_count, "back": SHEET} | more


def test_cell_may_be_changed_by_whoever_may_do_the_verb(cast: Cast, case: Case) -> None:
    told = {who: buttons(cast, who, case.number) for who in ("zhao", "he", "wei", "su")}

    assert told == {"zhao": ["reassign", "note"], "he": ["note"], "wei": ["note"], "su": []}


@pytest.mark.parametrize(("who", "said"), [("zhao", 1), ("su", 0)])
def test_sheet_says_that_cells_can_be_changed_to_whoever_may(cast: Cast, case: Case, who: str, said: int) -> None:
    assert text(signed_in(cast.people[who]).get(SHEET)).count("A cell with a pencil") == said


@pytest.mark.parametrize(
    ("columns", "folded"),
    [
        ("complaints", ["kind", "category", "filed_on"]),
        ("number handler progress", []),
        ("agency handler progress score kind category", ["kind", "category"]),
    ],
)
def test_card_shows_first_what_a_case_is_known_by(cast: Cast, case: Case, columns: str, folded: list[str]) -> None:
    asked = "" if columns == "complaints" else "&".join(["?own=1", *(f"c={one}" for one in columns.split())])
    page = signed_in(cast.zhao).get(f"/ledgers/complaints{asked}")

    cells = page.context["rows"][0]["cells"]
    assert [cell.column.code for cell in cells if cell.folded][:3] == folded
    assert page.content.decode().count('class="unfold') == bool(folded)


def test_changed_cell_leads_back_to_its_row(cast: Cast, case: Case) -> None:
    browser, address = signed_in(cast.zhao), f"/desk/cases/{case.number}/reassign"
    form = text(browser.get(address, {"back": SHEET}))

    answer = browser.post(address, sent(case))

    assert ("Will be told" in form, answer.status_code, answer.headers["Location"]) == (
        True,
        302,
        f"{SHEET}#{case.number}",
    )
    last = Event.objects.about("case", case.uid).last()
    assert last
    assert (last.verb, last.by) == ("reassign", str(cast.zhao.pk))


def test_changed_cell_comes_back_in_place(cast: Cast, case: Case) -> None:
    browser = signed_in(cast.zhao)

    answer = browser.post(f"/desk/cases/{case.number}/reassign", sent(case), follow=True, **SCRIPT)

    assert answer.content.decode().lstrip().startswith(f'<tr id="{case.number}"')
    assert (answer.headers["HX-Retarget"], "某he" in text(answer)) == (f'[id="{case.number}"]', True)
    told = json.loads(answer.headers["HX-Trigger-After-Swap"])["changed"]
    assert told == {"number": case.number, "said": "Recorded: Give to another handler."}


def test_row_that_left_the_ledger_says_so(cast: Cast, case: Case) -> None:
    answer = signed_in(cast.zhao).get(f"/ledgers/struck-off?row={case.number}", **SCRIPT)

    assert f"{case.number} no longer stands in this ledger." in text(answer)


def test_conflict_in_a_cell_says_what_others_did(cast: Cast, case: Case) -> None:
    seen = sent(case)
    ACTIONS["note"](case, by=cast.he, text="已联系企业。")

    answer = signed_in(cast.zhao).post(f"/desk/cases/{case.number}/reassign", seen, **SCRIPT)

    said = text(answer)
    assert (
        answer.status_code,
        "Somebody else has acted meanwhile" in said,
        "已联系企业。" in said,
        "换人办理。" in said,
    ) == (412, True, True, True)


def test_change_that_is_no_longer_possible_says_why(cast: Cast, case: Case) -> None:
    answer = signed_in(cast.he).get(f"/desk/cases/{case.number}/reassign", {"back": SHEET}, **SCRIPT)

    assert (answer.status_code, "is for: Lead" in text(answer)) == (403, True)


@pytest.mark.parametrize("back", ["https://example.org/", "//example.org/ledgers/", "/desk", "javascript:alert(1)"])
def test_form_leads_back_to_no_other_place(cast: Cast, case: Case, back: str) -> None:
    answer = signed_in(cast.zhao).post(f"/desk/cases/{case.number}/reassign", sent(case, back=back))

    assert answer.headers["Location"] == f"/desk/cases/{case.number}"


def test_progress_is_told_to_officers_and_of_a_confidential_case_to_few(cast: Cast, case: Case) -> None:
    hidden = intake.file(by=cast.lin, **confidential(cast)).case
    ACTIONS["accept"](hidden, by=cast.wei)
    ACTIONS["engage"](Case.objects.get(pk=hidden.pk), by=cast.he, agency="cd-planning", task="说明依据。", amount=5)
    for one in (case, hidden):
        ACTIONS["note"](Case.objects.get(pk=one.pk), by=cast.he, text=f"已联系{SECRET_WORDS[0]}。")
    held = Definition(columns=["progress"], order="number")

    told = {
        who: [line.case.number for line in reading.page(held, cast.people[who])[0] if reading.values(held, line)[0][1]]
        for who in ("wei", "pu")
    }

    assert told == {"wei": [case.number, hidden.number], "pu": []}


def test_widths_are_kept_for_one_person_and_ledger(cast: Cast, case: Case) -> None:
    browser = signed_in(cast.wei)
    answer = browser.post(
        "/ledgers/complaints/widths", {"w.title": "wide", "w.number": "20"}, HTTP_ACCEPT="application/json"
    )

    assert (answer.status_code, widths.drawn_by("complaints", cast.wei)) == (204, {"title": 27, "number": 20})
    assert ('w20" data-column="number"' in browser.get("/ledgers/complaints").content.decode()) is True
    assert ('w20" data-column="number"' in signed_in(cast.zhao).get("/ledgers/complaints").content.decode()) is False
    browser.post("/ledgers/complaints/widths", {"w.title": "normal", "w.number": ""})
    assert (widths.drawn_by("complaints", cast.wei), widths.drawn_by("open", cast.wei)) == ({"number": 20}, {})


@pytest.mark.parametrize(
    ("column", "width"), [("title", "2"), ("title", "41"), ("title", "broad"), ("nothing", "wide"), ("title", "٣٣")]
)
def test_width_is_not_kept(cast: Cast, column: str, width: str) -> None:
    with pytest.raises(Refused) as refused:
        actions.draw("complaints", {column: width}, by=cast.wei)

    assert (refused.value.code, widths.drawn_by("complaints", cast.wei)) == ("column-width", {})
