"""The cases of some rows with all that their columns need, each need read once for all of them, as plain values: a ledger may have very many."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import NamedTuple
from uuid import UUID

import orjson
from django.conf import settings
from django.db.models import TextField
from django.db.models.functions import Cast

from lianqiao.cases.models import Case, CaseQuerySet, Clock, Participant
from lianqiao.record.blank import filled
from lianqiao.record.models import Event, Sealed
from lianqiao.registry import remembered
from lianqiao.registry.models import Agency, Enterprise, Person

from .columns import CLOCKS, COLUMNS, PARTICIPANTS, PEOPLE, READINGS, Line, tongue
from .definition import Definition

LEFT = {"tokens_open", "tokens_identity", "code_digest", "event_head", "changed_at"}
"""Fields of a case of which no column tells."""
CASE = tuple(field.attname for field in Case._meta.concrete_fields if field.attname not in LEFT)
EVENT = ("subject", "number", "verb", "by_kind", "by", "legal_date")


class Rows(NamedTuple):
    """Rows, and whether more of them were found than were wanted."""

    lines: list[Line]
    more: bool


def read(held: Definition, asked: CaseQuerySet, most: int | None = None) -> Rows:
    """The cases that are asked for with what the columns need, at most so many: one query for each need, whatever the number of rows."""
    names = (*CASE, *asked.query.annotations)
    cases = [filled(Case, names, values) for values in asked.values_list(*names)]
    more = most is not None and len(cases) > most
    return Rows(of(held, cases[:most]), more)


def of(held: Definition, cases: Sequence[Case]) -> list[Line]:
    shown = [COLUMNS[code] for code in held.columns]
    needs = {need for column in shown for need in column.needs}
    verbs = {verb for column in shown for verb in column.verbs}
    pks = [case.pk for case in cases]
    limits: dict[int, list[Clock]] = defaultdict(list)
    taking_part: dict[int, list[Participant]] = defaultdict(list)
    _put_related(cases)
    if CLOCKS in needs:
        for clock in Clock.objects.filter(case__in=pks).order_by("pk"):
            limits[clock.case_id].append(clock)
    if PARTICIPANTS in needs:
        for one in Participant.objects.filter(case__in=pks).select_related("agency").order_by("pk"):
            taking_part[one.case_id].append(one)
    last = _last(cases, verbs) if verbs else {}
    people: dict[str, str] = {}
    if PEOPLE in needs:
        acted = {event.by for each in last.values() for event in each.values() if event.by_kind == "person"}
        people = {str(one.pk): str(one) for one in Person.objects.filter(pk__in=acted)}
    language = tongue()
    more = {need: read(pks) for need, read in READINGS.items() if need in needs}
    return [
        Line(
            case,
            limits.get(case.pk, []),
            taking_part.get(case.pk, []),
            last.get(case.uid, {}),
            {need: found.get(case.pk) for need, found in more.items()},
            people,
            language,
        )
        for case in cases
    ]


def _put_related(cases: Sequence[Case]) -> None:
    """Agencies, handler and enterprise of each case, each object once."""
    wanted = {one for case in cases for one in (case.agency_id, case.home_agency_id)}
    agencies = {one.pk: one for one in remembered.agencies(settings.LIANQIAO_NODE) if one.pk in wanted}
    agencies |= Agency.objects.select_related("region").in_bulk(wanted - agencies.keys())  # those that have ended
    handlers = Person.objects.in_bulk({case.handler_id for case in cases if case.handler_id})
    firms = Enterprise.objects.in_bulk({case.enterprise_id for case in cases if case.enterprise_id})
    for case in cases:
        case._state.fields_cache |= {
            "agency": agencies[case.agency_id],
            "home_agency": agencies[case.home_agency_id],
            "handler": handlers.get(case.handler_id),
            "enterprise": firms.get(case.enterprise_id),
        }


def _last(cases: Sequence[Case], verbs: set[str]) -> dict[UUID, dict[str, Event]]:
    """By case and verb: the last of its events, with what of it may be erased."""
    found: dict[UUID, dict[str, Event]] = defaultdict(dict)
    asked = Event.objects.filter(subject_kind="case", subject__in=[case.uid for case in cases], verb__in=verbs)
    said = {"said": Cast("data", TextField()), "kept": Cast("sealed__values", TextField())}
    for *values, data, kept in asked.order_by("number").values_list(*EVENT, *said.values()):
        event = filled(Event, (*EVENT, "data"), (*values, orjson.loads(data)))
        event._state.fields_cache["sealed"] = filled(Sealed, ("values",), (orjson.loads(kept) if kept else {},))
        found[event.subject][event.verb] = event
    return found
