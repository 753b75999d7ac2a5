"""Before a meeting: what is missing, which concerns are alike, who is wanted twice, when there is time."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, time, timedelta

from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from lianqiao.cases import search
from lianqiao.record.time import SHANGHAI, day_of, now
from lianqiao.registry import lawbook

from .models import Body, Concern, Meeting, Seat

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


def seats(meeting: Meeting, *, doubly: bool = False) -> tuple[list[Seat], list[Seat]]:
    """The seats, and, where it is asked who is wanted `doubly`, at most 50 of other meetings at the same time of an agency or enterprise that is invited
    here. One query for both."""
    wanted = Q(meeting=meeting)
    if doubly:
        own = Seat.objects.filter(meeting=meeting)
        same = Q(agency__in=own.exclude(agency=None).values("agency"))
        same |= Q(enterprise__in=own.exclude(enterprise=None).values("enterprise"))
        others = Seat.objects.filter(
            same, meeting__starts_at__lt=meeting.ends_at, meeting__ends_at__gt=meeting.starts_at, meeting__stage__in=("planned", "open")
        )  # fmt: skip
        wanted |= Q(pk__in=others.order_by("name", "pk").values("pk")[:50])
    found = Seat.objects.filter(wanted).select_related("agency", "enterprise", "meeting__series")
    held: tuple[list[Seat], list[Seat]] = ([], [])
    for seat in found:
        held[seat.meeting_id != meeting.pk].append(seat)
    return held


def slots(body: Body, room: str, length: timedelta, *, since: datetime, most: int = 3) -> list[datetime]:
    """The next times at which the room is free and no agency of the body is invited elsewhere, on working days of the place, in the order of the
    calendar. One query.

    Greedy: the first that fits; who else is wanted twice is told by `seats` when people are invited.
    """
    region, members = body.office.region_id, Body.members.through.objects.filter(body=body).values("agency")
    held = lawbook.book().calendar(region)
    taken = list(
        Meeting.objects.filter(
            Q(room=room) | Q(seats__agency__in=members), ends_at__gt=since, stage__in=("planned", "open")
        )
        .values_list("starts_at", "ends_at")
        .distinct()
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
