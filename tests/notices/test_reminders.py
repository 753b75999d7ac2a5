"""Reminders of limits: derived from the clocks, once each, to whose task it is and who acts for them, nothing while a clock is paused."""

from collections.abc import Callable
from datetime import date, datetime, timedelta

import pytest
import time_machine
from tests.notices.conftest import Postbox, follow, letters_of

from lianqiao.cases.actions import ACTIONS, intake
from lianqiao.cases.models import Clock
from lianqiao.law.calendar import china
from lianqiao.notices import actions, mail, reminding
from lianqiao.notices.models import Notice
from lianqiao.record import time
from lianqiao.record.refusal import Refused
from lianqiao.registry import actions as registry_actions
from lianqiao.registry.models import Agency, Person

pytestmark = pytest.mark.django_db

Filing = Callable[..., intake.Filed]


def on(day: date, hour: int = 10) -> datetime:
    return datetime(day.year, day.month, day.day, hour, tzinfo=time.SHANGHAI)


def reminded() -> list[tuple[str, str, int | None]]:
    """Who was reminded so far, of what, how many working days before."""
    found = Notice.objects.filter(clock__isnull=False).order_by("pk").values_list("person__account", "verb", "days")
    return list(found)


def walk(first: date, last: date) -> None:
    """Every day from the first to the last, looked through twice."""
    day = first
    while day <= last:
        with time_machine.travel(on(day), tick=False):
            reminding.remind()
            reminding.remind()
        day += timedelta(days=1)


def test_reminders_come_once_each_before_on_and_after_the_last_day(
    people: dict[str, Person], filing: Filing, postbox: Postbox
) -> None:
    filing()
    Clock.objects.exclude(name="accept").delete()
    due = Clock.objects.get().due_on
    assert due is not None

    walk(due - timedelta(days=6), due + timedelta(days=4))

    assert reminded() == [
        ("wei", "limit_near", 3),
        ("wei", "limit_near", 1),
        ("wei", "limit_ends", 0),
        ("wei", "limit_passed", -1),
        ("zhao", "limit_passed", -1),
    ]
    days = [time.day_of(at) for at in Notice.objects.order_by("pk").values_list("created_at", flat=True)[:4]]
    assert [china().count_working_days(day, due) for day in days] == [3, 1, 0, 0]
    with time_machine.travel(on(due + timedelta(days=5)), tick=False):
        mail.send_due()
    letters = {letter.to: letter for letter in letters_of(postbox)}
    assert f"“受理期限”于今日（{due.isoformat()}）24 时届满。" in letters["wei@example.org"].plain
    assert letters["zhao@example.org"].subject.endswith("：期限已过")


def test_deputy_is_reminded_while_somebody_is_away_and_only_for_their_matters(
    people: dict[str, Person], filing: Filing
) -> None:
    wei, root, centre = (
        people["intake"],
        Person.objects.get(account="root"),
        Agency.objects.get(code="sc-inward-centre"),
    )
    filing()
    Clock.objects.exclude(name="accept").delete()
    due = Clock.objects.get().due_on
    assert due is not None
    for taker, matters in (("pu", []), ("stranger", ["private-complaint"])):
        registry_actions.delegate(
            wei, Person.objects.get(account=taker), centre,
            roles=["intake"], until=due, matters=matters, deputy=True, by=root,
        )  # fmt: skip
    registry_actions.enter_absence(wei, since=due, until=due, by=wei)

    walk(due - timedelta(days=1), due)

    assert [(who, days) for who, _verb, days in reminded() if days == 0] == [("wei", 0), ("pu", 0)]
    assert {who for who, _verb, days in reminded() if days != 0} == {"wei"}


def test_nobody_is_reminded_of_a_paused_clock_and_a_moved_day_counts_anew(
    people: dict[str, Person], filing: Filing
) -> None:
    case = filing().case
    ACTIONS["accept"](case, by=people["intake"])
    clock = Clock.objects.get(name="handle")
    assert clock.due_on is not None
    with time_machine.travel(on(clock.due_on), tick=False):
        reminding.remind()
    first = [(who, days) for who, verb, days in reminded() if verb == "limit_ends"]
    with time_machine.travel(on(clock.due_on, 11), tick=False):
        ACTIONS["pause"](case, by=people["handler"], cause="expert", reason="鉴定")
    walk(clock.due_on + timedelta(days=1), clock.due_on + timedelta(days=4))
    paused = [(who, days) for who, verb, days in reminded() if verb == "limit_passed"]
    later = clock.due_on + timedelta(days=5)
    with time_machine.travel(on(later, 9), tick=False):
        ACTIONS["resume"](case, by=people["handler"])
    moved = Clock.objects.get(pk=clock.pk).due_on
    assert moved is not None
    walk(moved, moved)

    again = [(who, days) for who, verb, days in reminded() if verb == "limit_ends"]
    assert (first, paused) == ([("he", 0)], [])
    assert (moved > clock.due_on, again) == (True, [("he", 0)] * 2)


def test_agency_and_node_set_their_own_days(people: dict[str, Person]) -> None:
    centre, root, lead = (
        Agency.objects.get(code="sc-inward-centre"),
        Person.objects.get(account="root"),
        Person.objects.get(account="zhao"),
    )
    actions.remind_on([0, 5, 5], agency=centre, by=lead)
    actions.remind_on([2], by=root)

    assert [reminding.days_for(code) for code in ("sc-inward-centre", "sc-market", "")] == [[5, 0], [2], [2]]
    codes = []
    for days, agency, by in (
        ([31], centre, lead),
        (list(range(9)), None, root),
        ([1], None, lead),
        ([1], centre, people["intake"]),
    ):
        with pytest.raises(Refused) as refused:
            actions.remind_on(days, agency=agency, by=by)
        codes.append(refused.value.code)
    assert codes == ["field-wrong", "field-wrong", "not-admin", "not-admin"]


def test_day_of_a_reminder_skips_days_off() -> None:
    """The Spring Festival of 2026: days off from 15 to 23 February, worked on 14 and 28 February."""
    calendar, due = china(), date(2026, 2, 25)

    days = [reminding.day_of(due, stage, calendar) for stage in (3, 1, 0, -1, -3)]

    assert days == [date(2026, 2, 13), date(2026, 2, 24), due, date(2026, 2, 26), date(2026, 2, 28)]


def test_answer_reminds_the_agency_complained_of_without_the_case(
    people: dict[str, Person], filing: Filing, postbox: Postbox
) -> None:
    case = filing().case
    ACTIONS["accept"](case, by=people["intake"])
    due = time.today() + timedelta(days=6)
    ACTIONS["ask"](case, by=people["handler"], to="respondent", agency="sc-market", question="请说明依据", reply_by=due)
    follow()
    Clock.objects.exclude(name="answer").delete()

    walk(due, due)

    assert sorted(who for who, _verb, _days in reminded()) == ["both", "ren"]
    ren = people["respondent"]
    assert [one.verb for one in Notice.objects.visible_to(ren).order_by("pk")] == ["ask", "limit_ends"]
    with time_machine.travel(on(due), tick=False):
        mail.send_due()
    last = [letter for letter in letters_of(postbox) if letter.to == "ren@example.org"][-1]
    assert ("/desk/questions" in last.plain, "/desk/cases/" in last.plain) == (True, False)
