"""Before a meeting: what is missing, which concerns are alike, who is wanted twice, when there is time."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, time, timedelta

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from lianqiao.cases import search
from lianqiao.record.time import SHANGHAI, day_of, now
from lianqiao.registry import lawbook

from .models import Concern, Meeting, Seat

ALIKE = 0.25
"""Share of tokens that two concerns have in common, from which on they are suggested as one item."""
HOURS = (time(9, 30), time(14, 30))
"""When meetings may begin that are proposed."""


def missing(meeting: Meeting, *, topics: int, seats: Sequence[Seat], waiting: int) -> list[Promise]:
    """What a meeting that is planned still lacks, most important first."""
    said: list[Promise] = []
    if not topics:
        said.append(_("There is no item on the agenda yet."))
    if waiting:
        said.append(_("Concerns wait that are on no agenda."))
    if not any(seat.enterprise_id for seat in seats):
        said.append(_("No enterprise is invited."))
    if not any(seat.agency_id for seat in seats):
        said.append(_("No agency is invited."))
    if any(seat.answer == Seat.Answer.WAITING for seat in seats):
        said.append(_("Some who are invited have not answered."))
    if any(seat.answer == Seat.Answer.DECLINED and not seat.substitute for seat in seats):
        said.append(_("Somebody does not come and has named no substitute."))
    if meeting.starts_at < now():
        said.append(_("The time has come: open the meeting, or call it off."))
    return said


def alike(concerns: Sequence[Concern]) -> list[list[Concern]]:
    """Concerns that speak of the same, by the tokens of the search; each in one group, groups of one left out. Nobody is asked again."""
    words = [set(search.tokens(one.text).split()) for one in concerns]
    left, groups = list(range(len(concerns))), []
    while left:
        first, *left = left
        near = [n for n in left if _share(words[first], words[n]) >= ALIKE]
        if near:
            groups.append([concerns[n] for n in (first, *near)])
            left = [n for n in left if n not in near]
    return groups


def _share(one: set[str], other: set[str]) -> float:
    return len(one & other) / len(one | other) if one | other else 0.0


def doubly(meeting: Meeting) -> list[Seat]:
    """Seats of other meetings at the same time of an agency or enterprise that is invited here. One query."""
    others = Seat.objects.filter(
        meeting__starts_at__lt=meeting.ends_at, meeting__ends_at__gt=meeting.starts_at, meeting__stage__in=("planned", "open")
    ).exclude(meeting=meeting)  # fmt: skip
    own = meeting.seats.all()
    agencies = others.filter(agency__in=own.exclude(agency=None).values("agency"))
    enterprises = others.filter(enterprise__in=own.exclude(enterprise=None).values("enterprise"))
    return list((agencies | enterprises).select_related("meeting__series").distinct()[:50])


def slots(room: str, length: timedelta, region: str, *, since: datetime, most: int = 3) -> list[datetime]:
    """The next times at which the room is free, on working days of the place, in the order of the calendar. One query.

    Greedy: the first that fits; who is wanted twice is told by `doubly` when people are invited.
    """
    held = lawbook.book().calendar(region)
    taken = list(
        Meeting.objects.filter(room=room, ends_at__gt=since, stage__in=("planned", "open")).values_list(
            "starts_at", "ends_at"
        )
    )
    found: list[datetime] = []
    day = day_of(since)
    for _n in range(60):
        day += timedelta(days=1)
        if not held.is_working(day):
            continue
        for hour in HOURS:
            begins = datetime.combine(day, hour, SHANGHAI)
            if all(end <= begins or start >= begins + length for start, end in taken):
                found.append(begins)
            if len(found) == most:
                return found
    return found
