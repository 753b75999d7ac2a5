"""Adopting and undoing a holiday notice, and looking through the running clocks afterwards.

The notice is one event of the node. The clocks follow in batches, each with the cases locked that it holds; whatever dies, the follower
process goes on where it stopped (`Redating`).
"""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any, NamedTuple

from django.db import transaction
from django.db.models import F

from lianqiao.law.calendar import Year
from lianqiao.record import time
from lianqiao.record.actors import Actor
from lianqiao.record.followers import runner
from lianqiao.record.models import Event
from lianqiao.registry import lawbook, remembered
from lianqiao.registry.actions import law
from lianqiao.registry.models import AdoptedCalendar, Person

from .. import bulk, redating
from ..act import act_many
from ..models import Case, Clock, Redating
from .handling import redate

BY = Actor.clock("calendar")
AGAIN_AFTER = timedelta(seconds=2 * remembered.SECONDS)
"""When the clocks are looked through once more: until then another process may reckon by the calendar that it remembers."""
LOOKS = 2
AT_ONCE = 100
"""Cases that tell together: verbs on them wait so long."""


class Adopted(NamedTuple):
    """The notice, the event that says so, and the work that follows."""

    notice: AdoptedCalendar
    event: Event
    redating: Redating


def adopt_notice(name: str, text: str, *, by: Person) -> Adopted:
    """Adopt a holiday notice (a year file as text; `name` is what a complaint calls it). Its dates follow by `look_through`.

    Refused: whoever is no administrator, a notice that contradicts itself, one that holds already.
    """
    year = law.read_notice(name, text)
    with transaction.atomic():
        span = lawbook.read().span(year)
        row, event = law.adopt_calendar(year, text, by=by)
        return Adopted(row, event, _begin(row, span, undone=False))


def undo_notice(notice: AdoptedCalendar, *, by: Person) -> Adopted:
    """Take a notice back. The earlier calendar holds again, and the dates follow: those that had been told never to an earlier day."""
    with transaction.atomic():
        span = lawbook.read().span(lawbook.year_of(notice))
        event = law.undo_calendar(notice, by=by)
        return Adopted(notice, event, _begin(notice, span, undone=True))


def _begin(row: AdoptedCalendar, span: tuple[date, date], *, undone: bool) -> Redating:
    first, last = span
    return Redating.objects.create(notice=row, undone=undone, first=first, last=last, look_at=time.now())


@runner("redating")
def look_through() -> int:
    """One batch of the oldest notice whose clocks wait to be looked at; how many were looked at."""
    task = Redating.objects.due(time.now()).select_related("notice").first()
    return look(task) if task else 0


def look(task: Redating) -> int:
    """One batch: first the dates that nobody needs to be told of, then the cases that tell somebody, some in one transaction.

    What was done is found done when a batch is repeated. Clocks that stay as they are lock nothing.
    """
    lawbook.refresh()
    year = lawbook.year_of(task.notice)
    found = redating.alike(redating.behind(task.place, task.first, task.last))
    if not found:
        _looked(task)
        return 1
    moved = _follow([one for one in found if one.change.changes and not one.change.tells], year, task)
    telling = sorted({row.case for one in found if one.change.tells for row in one.rows})
    told = sum(_tell(telling[place : place + AT_ONCE], year, task) for place in range(0, len(telling), AT_ONCE))
    rows = [row for one in found for row in one.rows]
    Redating.objects.filter(pk=task.pk, place=task.place, looked=task.looked).update(
        place=max(row.clock for row in rows), moved=F("moved") + moved + told, told=F("told") + told
    )
    return len(rows)


def _follow(found: Sequence[redating.Alike], year: Year, task: Redating) -> int:
    """Bring clocks in line with the calendar, their cases locked, as they are then; how many dates moved.

    A clock changes by an event of its case alone: those of cases without a new one stand as they were read, the others are read anew.
    """
    if not found:
        return 0
    why = redating.cause(year, undone=task.undone)
    changed: list[redating.Alike] = []
    names: set[str] = set()
    with transaction.atomic():
        cases = Case.objects.filter(pk__in={row.case for one in found for row in one.rows})
        held = dict(cases.select_for_update().order_by("pk").values_list("pk", "event_count"))
        later = [row.clock for one in found for row in one.rows if held.get(row.case) != row.events]
        anew = redating.alike(Clock.objects.running().filter(pk__in=later)) if later else []
        for change, rows in (*found, *anew):
            standing = [row for row in rows if held.get(row.case) == row.events]
            if standing and not change.tells and (changes := redating.follow(change, why)):
                changed.append(redating.Alike(change, standing))
                names |= changes
        bulk.save_as([(one.change.clock, [row.clock for row in one.rows]) for one in changed], sorted(names))
        moved = [row.case for one in changed if one.change.moves for row in one.rows]
        if moved:
            Case.objects.filter(pk__in=moved).update(next_due=Clock.objects.nearest())
    return len(moved)


def _tell(pks: list[int], year: Year, task: Redating) -> int:
    """Each of these cases tells that its dates move, unless somebody else has been quicker or the case is past it; how many did."""
    named = redating.source(year)
    facts: dict[str, Any] = {"source_zh": named.zh, "source_en": named.en, "undone": task.undone}
    given = {"year": year.year, "region": year.region, **facts}
    return act_many(redate.verb, pks, by=BY, check=redate.check, given=given)


def date_anew() -> int:
    """Take the stored nearest day from the clocks again where something else has changed it; how many cases were wrong."""
    wrong = list(Case.objects.misdated().order_by("pk").values_list("pk", flat=True))
    for place in range(0, len(wrong), AT_ONCE):
        with transaction.atomic():
            held = Case.objects.filter(pk__in=wrong[place : place + AT_ONCE]).order_by("pk")
            locked = list(held.select_for_update().values_list("pk", flat=True))
            Case.objects.filter(pk__in=locked).update(next_due=Clock.objects.nearest())
    return len(wrong)


def _looked(task: Redating) -> None:
    """The whole row of clocks has been looked at: once more later, or done."""
    now = time.now()
    Redating.objects.filter(pk=task.pk, place=task.place, looked=task.looked).update(
        place=0,
        looked=task.looked + 1,
        look_at=now + AGAIN_AFTER,
        done_at=now if task.looked + 1 >= LOOKS else None,
    )
