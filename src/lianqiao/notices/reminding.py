"""Reminders before, on and after the last day of a limit: once each, derived from the clocks, looked through once a day.

A paused clock has no last day, so nobody is reminded of it. A day that moves gets reminders of its own.
"""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, timedelta
from typing import NamedTuple

from django.db import transaction

from lianqiao.cases.keys import memberships_of
from lianqiao.cases.models import Case, Clock
from lianqiao.law.calendar import Calendar
from lianqiao.record import time
from lianqiao.record.followers import runner
from lianqiao.registry import lawbook
from lianqiao.registry.access import is_admin
from lianqiao.registry.models import Membership, Person

from . import posting
from .audience import Audience
from .models import Notice, ReminderDays, ReminderRound
from .telling import ENDS, NEAR, PASSED

USUAL = (3, 1, 0, -1)
"""Working days before the end of a limit, where neither node nor agency has said otherwise."""
BATCH = 200
LATE = 5
"""A reminder whose day was missed, because the node stood still, is still given so many days later."""
REACH = timedelta(days=90)
"""Calendar days that 30 working days may span, with the longest holidays."""


class Rule(NamedTuple):
    """On which days an agency ("" for the whole node) is reminded, whether that is a rule of its own, and whether who looks may set it."""

    agency: str
    label: str
    days: tuple[int, ...]
    settable: bool
    own: bool = False


def days_for(agency: str) -> list[int]:
    """On which days the agency with this code is reminded: its own rule, else that of the node, else the usual days."""
    rules = dict(ReminderDays.objects.filter(agency__in=["", agency]).values_list("agency", "days"))
    return list(rules.get(agency, rules.get("", USUAL)))


def rules_for(person: Person) -> list[Rule]:
    """The days of the person's agencies, and for an administrator those of the node, each with whether the person may set them. Two queries."""
    roles: dict[str, Rule] = {}
    for held in memberships_of(person):
        leads = held.role == Membership.Role.LEAD and not held.delegation
        known = roles.get(held.agency.code)
        roles[held.agency.code] = Rule(held.agency.code, held.agency.label, (), leads or bool(known and known.settable))
    if is_admin(person):
        roles = {"": Rule("", "", (), settable=True)} | {
            code: one._replace(settable=True) for code, one in roles.items()
        }
    said = dict(ReminderDays.objects.filter(agency__in=["", *roles]).values_list("agency", "days"))
    node = said.get("", USUAL)
    return [one._replace(days=tuple(said.get(code, node)), own=code in said) for code, one in roles.items()]


@runner("reminders")
def remind() -> int:
    """Write the reminders of today for the next limits; how many limits were looked at. Nothing more is done on a day that was done."""
    today = time.today()
    if ReminderRound.objects.filter(on=today, done_at__isnull=False).exists():
        return 0  # without a transaction: on SQLite that would hold up every writer
    ReminderRound.objects.get_or_create(on=today)
    with transaction.atomic():
        turn = ReminderRound.objects.select_for_update(skip_locked=True).filter(on=today, done_at__isnull=True).first()
        if turn is None:
            return 0
        running = Clock.objects.running().filter(pk__gt=turn.place, due_on__range=(today - REACH, today + REACH))
        related = ("case__agency", "case__home_agency", "case__enterprise")
        clocks = list(
            running.select_related(*related).prefetch_related("case__questions__agency").order_by("pk")[:BATCH]
        )
        _write(clocks, today)
        if len(clocks) < BATCH:
            turn.done_at = time.now()
            ReminderRound.objects.filter(on__lt=today).delete()
        turn.place = clocks[-1].pk if clocks else turn.place
        turn.save()
    return len(clocks)


def _write(clocks: Sequence[Clock], today: date) -> None:
    rules = dict(ReminderDays.objects.values_list("agency", "days"))
    reached = []
    for clock in clocks:
        days = rules.get(clock.case.agency.code, rules.get("", USUAL))
        if (stage := reached_on(clock, days, today)) is not None:
            reached.append((clock, stage))
    held = Notice.objects.filter(clock__in=[clock for clock, _stage in reached]).values_list("clock", "due_on", "days")
    told: dict[int, set[tuple[date | None, int | None]]] = defaultdict(set)
    for pk, due_on, stage in held:
        told[pk or 0].add((due_on, stage))
    new = [(clock, stage) for clock, stage in reached if (clock.due_on, stage) not in told[clock.pk]]
    cases: list[Case] = [clock.case for clock, _stage in new]
    audience, now = Audience(cases), time.now()
    Notice.objects.bulk_create(
        (
            Notice(
                person=person,
                case=clock.case,
                clock=clock,
                due_on=clock.due_on,
                days=stage,
                verb=_word(clock, today),
                created_at=now,
            )
            for clock, stage in new
            for person in audience.of_limit(clock, passed=stage < 0)
        ),
        ignore_conflicts=True,
    )
    posting.post(Notice.objects.filter(clock__in=[clock for clock, _stage in new], created_at=now))


def _word(clock: Clock, today: date) -> str:
    assert clock.due_on is not None
    return NEAR if clock.due_on > today else ENDS if clock.due_on == today else PASSED


def reached_on(clock: Clock, days: Sequence[int], today: date) -> int | None:
    """The last of the reminders whose day has come by today, and is not long past; None for none.

    A day that was there when the limit began is none: whoever it binds was told of the limit then.
    """
    assert clock.due_on is not None
    calendar = lawbook.book().calendar(clock.given.get("place") or clock.case.agency.region_id)
    on = {stage: day_of(clock.due_on, stage, calendar) for stage in days}
    come = [stage for stage, day in on.items() if clock.started_on < day <= today]
    if not come or today - on[min(come)] > timedelta(days=LATE):
        return None
    return min(come)


def day_of(due: date, stage: int, calendar: Calendar) -> date:
    """The day that lies so many working days before the last one; after it when negative."""
    if stage <= 0:
        return calendar.add_working_days(due, -stage)
    day = due
    while stage:
        day -= timedelta(days=1)
        stage -= calendar.is_working(day)
    return day
