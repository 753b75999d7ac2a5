"""What stands in a ledger, in which order, for whom; and that a definition survives its address."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _
from tests.cast import SECRET_WORDS, Cast, confidential, filing
from tests.pages import asked_by
from tests.portal.conftest import signed_in, text

from lianqiao.cases.actions import ACTIONS, intake
from lianqiao.cases.models import Case
from lianqiao.ledgers import actions, columns, reading, standard
from lianqiao.ledgers.definition import Definition, address_of, changed
from lianqiao.record import time
from lianqiao.record.models import Event
from lianqiao.record.refusal import Refused
from lianqiao.registry.models import Person

pytestmark = pytest.mark.django_db


def act(case: Case, verb: str, by: Any, **told: Any) -> Case:
    ACTIONS[verb](case, by=by, **told)
    return Case.objects.get(pk=case.pk)


@pytest.fixture
def cases(cast: Cast) -> list[Case]:
    """Five: filed, accepted under supervision, concluded, filed on another matter, and confidential."""
    made = [
        intake.file(by=cast.lin, **filing(cast, title=f"事项{n}", category=category)).case
        for n, category in enumerate(["fair-competition", "fair-competition", "fair-competition", "levies"])
    ]
    made.append(intake.file(by=cast.lin, **confidential(cast)).case)
    act(made[1], "accept", cast.wei)
    act(made[1], "supervise", cast.su, text="请尽快办理", answer_by=time.today() + timedelta(days=5))
    act(made[2], "accept", cast.wei)
    act(made[2], "conclude", cast.he, ground="resolved", text="=已解决")
    return made


def shown(held: Definition, person: Person) -> list[dict[str, Any]]:
    lines, _after = reading.page(held, person)
    return [{column.code: value for column, value in reading.values(held, line)} for line in lines]


def titles(code: str, person: Person) -> list[Any]:
    held = standard.named(code, person).definition
    return [row["title"] for row in shown(held.model_copy(update={"order": "number"}), person)]


def test_line_is_struck_off_only_by_a_concluded_case(cast: Cast, cases: list[Case]) -> None:
    assert titles("struck-off", cast.wei) == ["事项2"]
    assert titles("open", cast.wei) == ["事项0", "事项1", "事项3", "秘题：检查过于频繁"]

    act(cases[2], "reopen", cast.zhao, reason="出现新的事实。")

    assert titles("struck-off", cast.wei) == []
    assert titles("supervision", cast.wei) == ["事项1"]


def test_columns_tell_what_the_record_says(cast: Cast, cases: list[Case]) -> None:
    held = Definition(columns=list(columns.COLUMNS), order="number")

    row = shown(held, cast.wei)[2]

    today = time.today()
    assert {code: row[code] for code in ("accepted_on", "concluded_on", "delivered_on", "result", "struck_off", "days_used")} == {
        "accepted_on": today, "concluded_on": today, "delivered_on": None, "result": "=已解决", "struck_off": True, "days_used": 0,
    }  # fmt: skip
    assert (row["uscc"], row["respondents"]) == (cast.enterprise.uscc, cast.market.label)


def test_who_files_stands_in_no_column_for_whoever_may_not_know(cast: Cast, cases: list[Case]) -> None:
    act(cases[4], "accept", cast.wei)
    act(Case.objects.get(pk=cases[4].pk), "engage", cast.he, agency="cd-planning", task="说明依据。", amount=5)
    every = Definition(columns=list(columns.COLUMNS), order="number")
    theirs = every.model_copy(update={"enterprise": cast.enterprise.pk})

    seen = shown(every, cast.pu)

    assert [row["enterprise"] for row in seen] == [""]
    assert [word for word in SECRET_WORDS if word in str(seen)] == []
    assert shown(theirs, cast.pu) == []
    assert shown(every, cast.ren) == []


@pytest.mark.parametrize("down", ["", "-"])
def test_pages_follow_without_gap_or_double_in_every_order(cast: Cast, cases: list[Case], down: str) -> None:
    for code in [code for code, column in columns.COLUMNS.items() if column.sorted_by]:
        held = Definition(columns=["number", code], order=f"{down}{code}")
        whole = [line.case.pk for line in reading.page(held, cast.wei)[0]]

        assert [line.case.pk for line in walked(held, cast.wei)] == whole, code
        assert sorted(whole) == sorted(case.pk for case in cases), code


def walked(held: Definition, person: Person) -> Iterator[columns.Line]:
    after = ""
    while True:
        part, after = reading.page(held, person, after, 2)
        yield from part
        if not after:
            return


def test_subtotals_are_those_of_the_rows(cast: Cast, cases: list[Case]) -> None:
    held = Definition(columns=["number"], group="category")

    told = {group.value: (group.cases, group.struck, group.late) for group in reading.groups(held, cast.wei)}

    assert told == {"fair-competition": (4, 1, 0), "levies": (1, 0, 0)}


EVERYTHING = Definition.model_validate(
    {
        "columns": ["title", "number"],
        "where": {"state": ["filed", "accepted"], "overdue": ["no"]},
        "days": {"filed_on": {"since": "2026-01-01"}, "due_on": {"until": date(2026, 12, 31)}},
        "words": "招标 a&b",
        "order": "due_on",
        "group": "agency",
    }
)


@pytest.mark.parametrize("held", [EVERYTHING, Definition(columns=["number"])])
def test_address_of_a_definition_reads_back_to_it(held: Definition) -> None:
    other = Definition.model_validate({"columns": ["state"], "where": {"kind": ["help"]}, "group": "state"})

    assert changed(other, QueryDict(address_of(held).urlencode())) == held


@pytest.mark.parametrize(
    "query",
    ["c=nothing", "is.nothing=1", "from.state=2026-01-01", "from.filed_on=1.5.2026", "order=title", "group=title"],
)
def test_what_cannot_be_asked_is_said_and_the_ledger_is_shown(cast: Cast, query: str) -> None:
    answer = signed_in(cast.wei).get(f"/ledgers/complaints?{query}")

    assert (answer.status_code, "The ledger cannot be shown like this." in text(answer)) == (422, True)


def test_rows_do_not_add_questions(cast: Cast, cases: list[Case]) -> None:
    browser = signed_in(cast.wei)
    one = asked_by(lambda: browser.get("/ledgers/complaints?q=秘题"))

    assert asked_by(lambda: browser.get("/ledgers/complaints")) == one
    assert asked_by(lambda: browser.get("/ledgers/by-agency")) > 0
    assert asked_by(lambda: browser.get("/ledgers/complaints/choose")) > 0


def test_ledger_is_kept_shared_changed_and_dropped(cast: Cast, cases: list[Case]) -> None:
    browser = signed_in(cast.wei)
    kept = browser.post(
        "/ledgers/keep", {"of": "open", "name": "收费", "agency": "sc-inward-centre", "is.category": "levies"}
    )
    address = kept.headers["Location"]

    seen = text(signed_in(cast.he).get(address))
    assert ("事项3" in seen, "事项0" in seen) == (True, False)
    assert signed_in(cast.pu).get(address).status_code == 404
    with pytest.raises(Refused, match="changed by who made it"):
        actions.drop(standard.named(address.rpartition("/")[2], cast.he).kept.pk, by=cast.he)  # type: ignore[union-attr]
    signed_in(cast.zhao).post(f"{address}/change", {"own": "1", "c": ["title"], "name": "改"})
    assert [event.verb for event in Event.objects.filter(subject_kind="ledger").order_by("number")] == [
        "keep_ledger",
        "change_ledger",
    ]
    browser.post(f"{address}/drop")
    assert browser.get(address).status_code == 404


@pytest.mark.parametrize(
    ("name", "agency", "code"),
    [("", "", "ledger-name"), ("一" * 61, "", "ledger-name"), ("好", "cd-planning", "not-your-agency")],
)
def test_ledger_is_not_kept(cast: Cast, name: str, agency: str, code: str) -> None:
    with pytest.raises(Refused) as refused:
        actions.keep(name, Definition(columns=["number"]), by=cast.wei, agency=agency)

    assert refused.value.code == code


def test_room_declares_a_column(cast: Cast, cases: list[Case]) -> None:
    mine = columns.Column(
        "length", _("Length"), _("Letters of the title."), lambda line: len(line.case.title), columns.NUMBER
    )
    columns.declare(mine)
    try:
        held = Definition(columns=["length"], order="number")
        assert shown(held, cast.wei)[0] == {"length": 3}
        with pytest.raises(ValueError, match="length"):
            columns.declare(columns.Column("length", _("Length"), _("Other."), lambda line: 0))
    finally:
        del columns.COLUMNS["length"]


def test_strangers_and_enterprises_do_not_come_in(cast: Cast) -> None:
    assert signed_in(cast.lin).get("/ledgers/complaints").status_code == 403
    assert signed_in(cast.stranger).get("/ledgers").status_code == 403


def test_struck_off_line_says_by_whom_and_is_called_back_by_a_lead(cast: Cast, cases: list[Case]) -> None:
    assert shown(standard.named("struck-off", cast.su).definition, cast.su)[0]["struck_by"] == "某he"

    pages = {who: signed_in(cast.people[who]).get("/ledgers/struck-off").content.decode() for who in ("zhao", "su")}

    link = f'formaction="/desk/cases/{cases[2].number}/reopen" title="Call back"'
    assert {who: link in page for who, page in pages.items()} == {"zhao": True, "su": False}
