"""Which rows a ledger has for a reader, in which order: only cases that they may see, page by page or in parts; and its subtotals."""

from __future__ import annotations

import json
from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, F, Q

from lianqiao.cases import parts, timeline
from lianqiao.cases.models import Case, CaseQuerySet, known_to
from lianqiao.registry.models import Person

from . import lines
from .columns import COLUMNS, INSIDE, Column, Line, Value
from .definition import Definition

PAGE = 200
"""Rows of a page on the screen; the next ones come when its end is reached."""
PART = 1000
"""Rows that an export reads at once."""


def seen(held: Definition, person: Person) -> CaseQuerySet:
    """All cases that the person may see, with what the columns need to know of the reader."""
    cases = Case.objects.visible_to(person).listed(person)
    if any(INSIDE in COLUMNS[code].needs for code in held.columns):
        cases = cases.annotate(read_by_officer=timeline.sides(person)["read_by_officer"])
    return cases


def found(held: Definition, person: Person) -> CaseQuerySet:
    """The cases of the ledger that the person may see, without an order."""
    cases = seen(held, person)
    for code, values in held.where.items():
        cases = cases.filter(COLUMNS[code].chosen(values))
    for code, between in held.days.items():
        cases = cases.filter(between.condition(COLUMNS[code].by))
    if held.enterprise:
        cases = cases.filter(known_to(person), enterprise=held.enterprise)
    if held.words.strip():
        cases = cases.search(held.words, person)
    return cases


@dataclass(frozen=True)
class Place:
    """Behind which row a page begins: the value of the column by which it is sorted, and the case."""

    value: Any
    case: int

    def __str__(self) -> str:
        return json.dumps([self.value, self.case], default=str, separators=(",", ":"))

    @classmethod
    def parse(cls, text: str) -> Place | None:
        """The inverse of `str()`; None for anything else, which begins at the beginning."""
        try:
            value, case = json.loads(text)
        except (ValueError, TypeError):
            return None
        return cls(value, case) if isinstance(case, int) and isinstance(value, str | int | None) else None


def ordered(held: Definition, cases: CaseQuerySet, after: Place | None = None) -> CaseQuerySet:
    """In the ledger's order, rows without a value last, then the older case first; behind `after`."""
    by, down = COLUMNS[held.order.removeprefix("-")].sorted_by, held.order.startswith("-")
    if by == "pk":
        if after:
            cases = cases.filter(Q(pk__lt=after.case) if down else Q(pk__gt=after.case))
        return cases.order_by("-pk" if down else "pk")
    if after and after.value is None:
        cases = cases.filter(Q(**{f"{by}__isnull": True}, pk__gt=after.case))
    elif after:
        further = Q(**{f"{by}__{'lt' if down else 'gt'}": after.value}) | Q(**{f"{by}__isnull": True})
        cases = cases.filter(further | Q(**{by: after.value}, pk__gt=after.case))
    first = F(by).desc(nulls_last=True) if down else F(by).asc(nulls_last=True)
    return cases.order_by(first, "pk")


def place_of(held: Definition, case: Case) -> Place:
    by = COLUMNS[held.order.removeprefix("-")].sorted_by
    value: Any = case
    for name in by.split("__"):
        value = getattr(value, name, None) if value is not None else None
    value = getattr(value, "pk", value)
    return Place(value.isoformat() if isinstance(value, date) else value, case.pk)


def page(
    held: Definition, person: Person, after: str = "", most: int = PAGE, *, along: Sequence[str] = ()
) -> tuple[list[Line], str]:
    """One page, and the place behind which the next one begins ("" on the last). `along`: what is read with each case (`cases.parts`)."""
    asked = ordered(held, found(held, person), Place.parse(after)).annotate(**parts.reading(*along))
    rows = lines.read(held, asked[: most + 1], most)
    return rows.lines, str(place_of(held, rows.lines[-1].case)) if rows.more else ""


def row(held: Definition, person: Person, number: str, *, along: Sequence[str] = ()) -> list[Line]:
    """The row of one case; none where it does not stand in the ledger, or no longer."""
    return lines.read(held, found(held, person).numbered(number).annotate(**parts.reading(*along))).lines


def order_of(held: Definition, person: Person) -> array[int]:
    """The cases of the whole ledger in its order, so that a long one is put in order once."""
    return array("q", ordered(held, found(held, person)).values_list("pk", flat=True).iterator())


def part(held: Definition, person: Person, order: Sequence[int]) -> list[Line]:
    """The rows of these cases in this order, without those that the person may no longer see."""
    told = {line.case.pk: line for line in lines.read(held, seen(held, person).order_by().filter(pk__in=order)).lines}
    return [told[pk] for pk in order if pk in told]


def in_parts(held: Definition, person: Person) -> Iterator[list[Line]]:
    """The whole ledger in its order, PART rows at a time."""
    order = order_of(held, person)
    for start in range(0, len(order), PART):
        yield part(held, person, order[start : start + PART])


def values(held: Definition, line: Line) -> list[tuple[Column, Value]]:
    return [(column, column.value(line)) for column in map(COLUMNS.__getitem__, held.columns)]


@dataclass(frozen=True)
class Group:
    """The rows of one value of the grouping column: how many, and how many of them are struck off or overdue."""

    value: str
    label: str
    cases: int
    struck: int
    late: int


MOST_GROUPS = 200


def groups(held: Definition, person: Person) -> list[Group]:
    """The subtotals of the ledger, by the column by which it is grouped; none without one. One query besides the choices."""
    if not held.group:
        return []
    column = COLUMNS[held.group]
    struck, late = COLUMNS["struck_off"].chosen(["yes"]), COLUMNS["overdue"].chosen(["yes"])
    counted = (
        found(held, person)
        .order_by()
        .values(column.by)
        .annotate(cases=Count("pk"), struck=Count("pk", filter=struck), late=Count("pk", filter=late))
        .order_by("-cases", column.by)[:MOST_GROUPS]
    )
    named = dict(column.choices()) if column.choices else {}
    return [
        Group(value, named.get(value, value), row["cases"], row["struck"], row["late"])
        for row in counted
        for value in [str(row[column.by])]
    ]
