"""The rows of a ledger for a reader: only cases that they may see, page by page or in parts, with a fixed number of queries for each."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Count, F, Q

from lianqiao.cases import parts, timeline
from lianqiao.cases.models import Case, CaseQuerySet, Clock, Participant, known_to
from lianqiao.record.models import Event
from lianqiao.registry.models import Person

from .columns import CLOCKS, COLUMNS, INSIDE, PARTICIPANTS, PEOPLE, READINGS, Column, Line, Value
from .definition import Definition

PAGE = 200
"""Rows of a page on the screen; the next ones come when its end is reached."""
PART = 1000
"""Rows that an export reads at once."""
RELATED = ("agency__region", "home_agency", "handler", "enterprise")


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
    asked = ordered(held, found(held, person), Place.parse(after)).select_related(*RELATED)
    cases = list(asked.annotate(**parts.reading(*along))[: most + 1])
    more = str(place_of(held, cases[most - 1])) if len(cases) > most else ""
    return lines(held, cases[:most]), more


def row(held: Definition, person: Person, number: str, *, along: Sequence[str] = ()) -> list[Line]:
    """The row of one case; none where it does not stand in the ledger, or no longer."""
    asked = found(held, person).numbered(number).select_related(*RELATED)
    return lines(held, list(asked.annotate(**parts.reading(*along))))


def in_parts(held: Definition, person: Person) -> Iterator[list[Line]]:
    """The whole ledger in its order, PART rows at a time."""
    after = ""
    while True:
        part, after = page(held, person, after, PART)
        yield part
        if not after:
            return


def lines(held: Definition, cases: Sequence[Case]) -> list[Line]:
    """The cases with what the columns need: one query for each need, whatever the number of rows."""
    shown = [COLUMNS[code] for code in held.columns]
    needs = {need for column in shown for need in column.needs}
    verbs = {verb for column in shown for verb in column.verbs}
    pks = [case.pk for case in cases]
    limits: dict[int, list[Clock]] = defaultdict(list)
    taking_part: dict[int, list[Participant]] = defaultdict(list)
    last: dict[UUID, dict[str, Event]] = defaultdict(dict)
    if CLOCKS in needs:
        for clock in Clock.objects.filter(case__in=pks).order_by("pk"):
            limits[clock.case_id].append(clock)
    if PARTICIPANTS in needs:
        for one in Participant.objects.filter(case__in=pks).select_related("agency").order_by("pk"):
            taking_part[one.case_id].append(one)
    if verbs:
        said = Event.objects.filter(subject_kind="case", subject__in=[case.uid for case in cases], verb__in=verbs)
        for event in said.select_related("sealed").order_by("number"):
            last[event.subject][event.verb] = event
    people: dict[str, str] = {}
    if PEOPLE in needs:
        acted = {event.by for each in last.values() for event in each.values() if event.by_kind == "person"}
        people = {str(one.pk): str(one) for one in Person.objects.filter(pk__in=acted)}
    more = {need: read(pks) for need, read in READINGS.items() if need in needs}
    return [
        Line(
            case,
            limits[case.pk],
            taking_part[case.pk],
            last[case.uid],
            {need: found.get(case.pk) for need, found in more.items()},
            people,
        )
        for case in cases
    ]


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
