"""Who has not been heard for how long: by field of matters, country of the investor, and region; and what would be the next.

What waits is counted in the newest 2,000 open cases that the reader may see and of which they may know who files.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils.translation import get_language

from lianqiao.cases.models import Case, known_to
from lianqiao.law.categories import CATEGORIES
from lianqiao.law.codelists import countries
from lianqiao.record import time
from lianqiao.registry.models import Person, Region

from .models import Body, Line, Meeting, Seat

MOST = 2000
LONG = 180
"""Days after which somebody counts as not heard for long."""


@dataclass(frozen=True)
class Heard:
    """One field, country or region: when it was last before a meeting, and how many open cases of it wait."""

    code: str
    name: str
    last: date | None
    waiting: int

    @property
    def days(self) -> int | None:
        return (time.today() - self.last).days if self.last else None

    @property
    def is_due(self) -> bool:
        return self.waiting > 0 and (self.days is None or self.days > LONG)


@dataclass(frozen=True)
class Coverage:
    fields: list[Heard]
    countries: list[Heard]
    regions: list[Heard]

    @property
    def proposed(self) -> list[Heard]:
        """At most one of each: the one that waits most among those not heard for long."""
        lists = (self.fields, self.countries, self.regions)
        return [best for rows in lists if (best := max(filter(is_due, rows), key=waits, default=None))]


def is_due(one: Heard) -> bool:
    return one.is_due


def waits(one: Heard) -> int:
    return one.waiting


def of(person: Person) -> Coverage:
    """The picture for the bodies that the person sees. Five queries."""
    bodies = list(Body.objects.visible_to(person).values_list("pk", flat=True))
    held = Meeting.objects.filter(series__body__in=bodies, stage__in=Meeting.HELD)
    fields: dict[str, Any] = {}
    lands: dict[str, Any] = {}
    places: dict[str, Any] = {}
    for field, country, at in held.values_list("series__field", "series__country", "starts_at"):
        note(fields, field, at)
        note(lands, country, at)
    lines = Line.objects.filter(meeting__in=held, case__isnull=False)
    for category, at in lines.values_list("case__category", "meeting__starts_at"):
        note(fields, category, at)
    came = Seat.objects.filter(meeting__in=held, came_at__isnull=False, enterprise__isnull=False)
    for origin, region, at in came.values_list("enterprise__origin", "enterprise__region_id", "meeting__starts_at"):
        note(lands, origin, at)
        note(places, region, at)
    waiting = Case.objects.visible_to(person).filter(known_to(person)).open().order_by("-pk")
    asked = list(waiting.values_list("category", "enterprise__origin", "enterprise__region_id")[:MOST])
    of_field, of_land, of_place = (Counter(row[n] for row in asked if row[n]) for n in range(3))
    tongue = get_language() or "zh"
    regions = {one.code: one.label for one in Region.objects.filter(pk__in={*places, *of_place})}
    known = countries()
    return Coverage(
        listed(fields, of_field, {code: text.in_(tongue) for code, text in CATEGORIES.items()}, every=True),
        listed(
            lands, of_land, {code: known[code].in_(tongue) if code in known else code for code in {*lands, *of_land}}
        ),
        listed(places, of_place, regions),
    )


def note(held: dict[str, Any], code: str, at: Any) -> None:
    if code and (code not in held or held[code] < at):
        held[code] = at


def day_heard(at: datetime) -> date:
    """The day of a meeting that was held; of one that was opened before its day, today at the latest."""
    return min(time.day_of(at), time.today())


def listed(held: dict[str, Any], waiting: Counter[Any], names: dict[str, str], *, every: bool = False) -> list[Heard]:
    """Never heard first, then longest ago; what waits most goes before. `every`: also what neither was heard nor waits."""
    codes = set(names) if every else {*held, *waiting}
    rows = [
        Heard(code, names.get(code, code), day_heard(held[code]) if code in held else None, waiting[code])
        for code in codes
    ]
    return sorted(rows, key=lambda row: (row.last or date.min, -row.waiting, row.code))
