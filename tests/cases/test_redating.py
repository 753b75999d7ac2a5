"""A holiday notice: which running dates change, who is told, that no date that was told moves earlier, and that it can be undone."""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from tests.cases.notice import NOTICE
from tests.cast import Cast

from lianqiao.cases import clocks, redating
from lianqiao.cases.act import act_many
from lianqiao.cases.actions import ACTIONS, calendars, handling, intake
from lianqiao.cases.models import Case, Clock, Redating
from lianqiao.law.calendar import Calendar, parse_year, years
from lianqiao.notices.models import Notice
from lianqiao.record import events, followers, sequencer
from lianqiao.record.models import Event
from lianqiao.record.refusal import Refused
from lianqiao.registry import actions, lawbook
from lianqiao.registry.models import Person

pytestmark = pytest.mark.django_db

Filing = Callable[..., intake.Filed]
YEAR = parse_year("2027.toml", NOTICE.encode())
THEN = Calendar([*(year for year in years() if year.year != 2027), YEAR])
"""The calendar with the notice, built beside the house."""


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel("2026-11-23T02:00:00Z", tick=False) as traveller:
        yield traveller


@pytest.fixture
def on(clock: time_machine.Traveller) -> Callable[[int, int, int], None]:
    def travel(year: int, month: int, day: int) -> None:
        clock.move_to(datetime(year, month, day, 2, tzinfo=UTC))

    return travel


def do(case: Case, verb: str, by: Person, **given: Any) -> None:
    ACTIONS[verb](case, by=by, **given)


def run(task: Redating) -> Redating:
    """Everything that follows at once, without the second look a minute later."""
    task.refresh_from_db()
    while task.looked == 0:
        calendars.look(task)
        task.refresh_from_db()
    return task


def dates() -> dict[int, date | None]:
    return dict(Clock.objects.running().values_list("pk", "due_on"))


def tell() -> None:
    sequencer.place_pending()
    while followers.run("notices"):
        pass


@pytest.fixture
def running(people: dict[str, Person], filing: Filing, on: Callable[[int, int, int], None]) -> dict[str, Case]:
    """Open cases whose limits the notice leaves alone, moves to a later day, would move to an earlier day, and moves to an earlier day.

    `calm`: filed in November, everything ends in 2026. `later`: handling reaches February. `earlier`: the limits of intake end in January. `office`:
    concluded in January, only the office's own limit to deliver runs.
    """
    made = {}
    made["calm"] = filing().case
    made["later"] = filing().case
    do(made["later"], "accept", people["intake"])
    on(2026, 12, 30)
    made["earlier"] = filing().case
    on(2027, 1, 6)
    made["office"] = filing().case
    do(made["office"], "accept", people["intake"])
    do(made["office"], "conclude", people["handler"], ground="1", text="达成谅解")
    on(2027, 1, 6)
    return made


def due(case: Case, name: str) -> date | None:
    return case.clocks.running().get(name=name).due_on


def test_import_moves_exactly_the_right_dates(cast: Cast, running: dict[str, Case]) -> None:
    before = dates()
    reckoned = {row.pk: expected(row) for row in Clock.objects.running()}

    task = run(calendars.adopt_notice("2027.toml", NOTICE, by=cast.root).redating)

    after = dates()
    assert before.keys() == after.keys() == reckoned.keys()
    assert after == {
        pk: max(day, before[pk]) if Clock.objects.get(pk=pk).notified_due_on else day for pk, day in reckoned.items()
    }
    assert (due(running["calm"], "accept"), due(running["later"], "handle")) == (date(2026, 12, 2), date(2027, 2, 23))
    assert (due(running["earlier"], "accept"), due(running["office"], "deliver")) == (
        date(2027, 1, 11),
        date(2027, 1, 9),
    )
    assert task.moved == sum(before[pk] != after[pk] for pk in before)
    assert not Clock.objects.running().filter(provisional=True, due_on__lt=date(2027, 12, 29)).exists()


def expected(row: Clock) -> date:
    """The day by the plain count of working days under the notice."""
    limit = clocks.limit_of(row)
    if limit.unit == "years":  # the report after one year, which ends on a working day either way
        return row.started_on.replace(year=row.started_on.year + 1)
    assert limit.unit == "working_days"
    return THEN.add_working_days(row.started_on, limit.amount or 0)


def test_import_tells_whom_it_concerns_and_nobody_else(cast: Cast, running: dict[str, Case]) -> None:
    events_before = {name: case.event_count for name, case in cases(running).items()}
    tell()
    Notice.objects.all().delete()

    run(calendars.adopt_notice("2027.toml", NOTICE, by=cast.root).redating)
    tell()

    after = cases(running)
    assert {name: case.event_count - events_before[name] for name, case in after.items()} == {
        "calm": 0, "later": 1, "earlier": 0, "office": 0,
    }  # fmt: skip
    event = Event.objects.get(subject=after["later"].uid, verb="redate")
    assert (str(event.actor), event.data["moved"], event.data["due"]) == (
        "clock:calendar",
        [{"clock": "handle", "subject": "", "from": "2027-02-22", "to": "2027-02-23"}],
        {"handle": "2027-02-23"},
    )
    told = Notice.objects.values_list("case__uid", "verb", "person__account")
    assert sorted(told) == [(after["later"].uid, "redate", account) for account in ("he", "lin", "wei", "zhao")]
    assert events.verify_chain(after["later"].uid) == []


def cases(running: dict[str, Case]) -> dict[str, Case]:
    return {name: Case.objects.get(pk=case.pk) for name, case in running.items()}


def test_date_that_stays_says_why(cast: Cast, running: dict[str, Case]) -> None:
    run(calendars.adopt_notice("2027.toml", NOTICE, by=cast.root).redating)

    row = running["earlier"].clocks.get(name="accept")
    assert clocks.explain(row).sentences("en")[-3] == (
        "By these days the limit would end on 2027-01-09 (Saturday). 2027-01-11 (Monday) had been told before, and Notice on the holidays of 2027"
        " (invented) (测试〔2026〕1号) has changed the working days on the way. A date that was told never moves to an earlier one, so 2027-01-11 (Monday)"
        " stands."
    )
    assert clocks.explain(row).due == row.due_on == date(2027, 1, 11)


def test_undo_restores_the_calendar_and_moves_no_told_date_earlier(cast: Cast, running: dict[str, Case]) -> None:
    before = dates()
    adopted = calendars.adopt_notice("2027.toml", NOTICE, by=cast.root)
    run(adopted.redating)

    run(calendars.undo_notice(adopted.notice, by=cast.root).redating)

    held = {row.pk: row.case.pk for row in Clock.objects.running()}
    expected_now = before | {
        pk: date(2027, 2, 23)
        for pk, case in held.items()
        if case == running["later"].pk and before[pk] == date(2027, 2, 22)
    }
    assert dates() == expected_now
    assert due(running["office"], "deliver") == date(2027, 1, 11)
    assert lawbook.book().calendar("510000").version == Calendar(years()).version
    assert set(Clock.objects.running().filter(due_on__gte=date(2027, 1, 1)).values_list("provisional", flat=True)) == {
        True
    }
    assert [event.verb for event in Event.objects.filter(subject_kind="calendar").order_by("number")] == [
        "adopt_calendar",
        "undo_calendar",
    ]
    with pytest.raises(Refused) as refused:
        calendars.undo_notice(adopted.notice, by=cast.root)
    assert refused.value.code == "undone-already"


def test_dry_run_says_what_the_import_then_does(cast: Cast, running: dict[str, Case]) -> None:
    before = dates()
    book = lawbook.read().with_notice(YEAR)

    said = {one.clock.pk: one for one in redating.changes(book, YEAR)}

    assert dates() == before
    assert {(one.clock.case.pk, one.clock.name, one.moves, one.told, one.stays) for one in said.values()} == {
        (running["later"].pk, "handle", True, True, False),
        (running["earlier"].pk, "accept", False, True, True),
        (running["earlier"].pk, "correct", False, True, True),
        (running["office"].pk, "deliver", True, False, False),
        (running["later"].pk, "report", False, False, False),  # only becomes certain
    }
    run(calendars.adopt_notice("2027.toml", NOTICE, by=cast.root).redating)
    assert {pk: day for pk, day in dates().items() if day != before[pk]} == {
        pk: one.after for pk, one in said.items() if one.moves
    }


def test_clocks_that_began_alike_are_reckoned_once_and_each_is_brought_in_line(
    cast: Cast, people: dict[str, Person], filing: Filing, on: Callable[[int, int, int], None]
) -> None:
    on(2026, 12, 30)
    three = [filing().case for _case in range(3)]
    adopted = calendars.adopt_notice("2027.toml", NOTICE, by=cast.root)
    lawbook.refresh()

    found = redating.alike(redating.behind(0, adopted.redating.first, adopted.redating.last))

    assert sorted((one.change.clock.name, len(one.rows)) for one in found) == [("accept", 3), ("correct", 3)]
    run(adopted.redating)
    assert {due(case, "accept") for case in three} == {date(2027, 1, 11)}
    assert [case.clocks.get(name="accept").given["floor"]["on"] for case in three] == ["2027-01-11"] * 3


def test_clock_that_somebody_changes_while_a_batch_is_read_is_read_anew(
    cast: Cast, running: dict[str, Case], people: dict[str, Person]
) -> None:
    """Between reading and locking one case ends its clock, another has a new event: the one is left as it is, the other still follows."""
    adopted = calendars.adopt_notice("2027.toml", NOTICE, by=cast.root)
    lawbook.refresh()
    found = redating.alike(redating.behind(0, adopted.redating.first, adopted.redating.last))
    silent = [one for one in found if one.change.changes and not one.change.tells]
    assert {(one.change.clock.name, len(one.rows)) for one in silent} == {
        ("accept", 1), ("correct", 1), ("deliver", 1), ("report", 1),
    }  # fmt: skip
    office, earlier = running["office"], running["earlier"]
    do(office, "deliver", people["intake"], method="electronic")
    do(earlier, "note", people["intake"], text="电话联系", shared=False)
    delivered = office.clocks.filter(name="deliver").values().get()

    moved = calendars._follow(silent, YEAR, adopted.redating)

    assert moved == 0
    assert office.clocks.filter(name="deliver").values().get() == delivered
    assert earlier.clocks.get(name="accept").given["floor"]["on"] == "2027-01-11"
    assert running["later"].clocks.get(name="report").provisional is False


def test_work_goes_on_where_it_was_cut_off(
    cast: Cast, running: dict[str, Case], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(redating, "BATCH", 1)
    task = calendars.adopt_notice("2027.toml", NOTICE, by=cast.root).redating
    calendars.look(task)  # one clock, then the process that adopted it is gone

    while followers.names["redating"]():
        pass

    assert due(running["later"], "handle") == date(2027, 2, 23)
    assert due(running["office"], "deliver") == date(2027, 1, 9)
    assert Event.objects.filter(verb="redate").count() == 1


def test_clock_that_another_process_reckoned_by_the_old_calendar_is_found_a_minute_later(
    cast: Cast, running: dict[str, Case], people: dict[str, Person], filing: Filing, clock: time_machine.Traveller
) -> None:
    task = run(calendars.adopt_notice("2027.toml", NOTICE, by=cast.root).redating)
    late = filing().case
    late.clocks.filter(name="accept").update(
        due_on=date(2027, 1, 13), notified_due_on=date(2027, 1, 13), provisional=True
    )

    assert followers.names["redating"]() == 0
    clock.shift(timedelta(seconds=61))
    while followers.names["redating"]():
        pass

    assert late.clocks.get(name="accept").due_on == date(2027, 1, 14)
    task.refresh_from_db()
    assert (task.looked, task.done_at is not None) == (2, True)


def test_days_of_a_city_move_only_what_runs_there(cast: Cast, people: dict[str, Person], filing: Filing) -> None:
    here, there = filing().case, filing(agency="cd-inward-centre").case
    local = NOTICE.replace("year = 2027", 'year = 2026\nregion = "5101"').replace("2027-", "2026-")
    holidays = local.index("[[holiday]]")
    text = (
        local[:holidays]
        + '[[holiday]]\nname = { zh = "运动会", en = "Games" }\nfirst = 2026-11-26\nlast = 2026-11-27\n'
    )

    run(calendars.adopt_notice("games.toml", text, by=cast.root).redating)

    assert (due(here, "accept"), due(there, "accept")) == (date(2026, 12, 2), date(2026, 12, 4))


def test_only_an_administrator_adopts_a_notice(cast: Cast, people: dict[str, Person]) -> None:
    with pytest.raises(Refused) as refused:
        calendars.adopt_notice("2027.toml", NOTICE, by=people["lead"])

    assert (refused.value.code, Redating.objects.count()) == ("not-admin", 0)


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("work = [2027-01-09]", "work = [2027-01-08]", "notice-contradiction"),
        ("work = [2027-01-09]", "work = [2027-01-02]", "notice-contradiction"),
        ("last = 2027-10-07", "last = 2028-01-01", "notice-contradiction"),
        ("announced", "provisional", "not-announced"),
    ],
)
def test_notice_that_contradicts_itself_changes_nothing(cast: Cast, old: str, new: str, code: str) -> None:
    with pytest.raises(Refused) as refused:
        calendars.adopt_notice("2027.toml", NOTICE.replace(old, new), by=cast.root)

    assert (refused.value.code, Event.objects.filter(subject_kind="calendar").count()) == (code, 0)


def test_same_notice_is_not_adopted_twice(cast: Cast) -> None:
    calendars.adopt_notice("2027.toml", NOTICE, by=cast.root)

    with pytest.raises(Refused) as refused:
        calendars.adopt_notice("2027.toml", NOTICE, by=cast.root)

    assert refused.value.code == "notice-holds"


def test_target_that_the_node_changes_leaves_a_running_clock_alone(cast: Cast, filing: Filing) -> None:
    case = filing(programme="inward-complaint").case
    before = case.clocks.get(name="accept")

    actions.set_target(
        "inward-complaint", "accept", amount=20, unit="working_days", since=date(2026, 1, 1), by=cast.root
    )

    row = case.clocks.get(name="accept")
    assert (clocks.explain(row).due, clocks.limit_of(row).amount) == (before.due_on, 7)


def test_many_cases_are_redated_like_one(people: dict[str, Person], cast: Cast, filing: Filing) -> None:
    """Two cases at once, and one by the verb alone: the same event, the same row, a chain that verifies; a case that moves no more is left."""
    alike = [filing().case for _case in range(3)]
    for case in alike:
        do(case, "accept", people["intake"])
    calendars.adopt_notice("2027.toml", NOTICE, by=cast.root)
    lawbook.refresh()
    given = {"year": YEAR.year, "region": YEAR.region, "source_zh": "通知", "source_en": "notice", "undone": False}
    *two, alone = alike

    done = act_many("redate", [case.pk for case in two], by=calendars.BY, check=handling.redate.check, given=given)
    again = act_many("redate", [case.pk for case in two], by=calendars.BY, check=handling.redate.check, given=given)
    handling.redate(alone, by=calendars.BY, **given)

    def told(case: Case) -> dict[str, Any]:
        event = Event.objects.about("case", case.uid).last()
        assert event is not None
        return {"verb": event.verb, "number": event.number, "data": event.data, "by": event.by}

    def stands(case: Case) -> list[Any]:
        kept = Case.objects.get(pk=case.pk)
        limits = list(
            kept.clocks.order_by("pk").values_list("name", "due_on", "provisional", "notified_due_on", "given")
        )
        return [kept.next_due, kept.event_count, kept.state, limits]

    assert (done, again) == (2, 0)
    assert [told(case) for case in two] == [told(alone)] * 2
    assert [stands(case) for case in two] == [stands(alone)] * 2
    assert [events.verify_chain(case.uid) for case in alike] == [[], [], []]
    assert [Case.objects.get(pk=case.pk).event_head for case in two] == [
        Event.objects.about("case", case.uid).last().digest  # type: ignore[union-attr]
        for case in two
    ]
