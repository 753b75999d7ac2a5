"""Writes many cases that have just begun, with their first events, their clocks and who may read them; and one more event of many that stand.
Called by `act` alone.

The counterpart of `entering` for whoever enters a great number at once (`record.bulk`): a statement for each table in place of one for each
case. What is written is what `act` has moved and reckoned for each, and a test holds it to the same rows as one by one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from enum import Enum
from typing import Any, NamedTuple

import orjson
from django.db import models

from lianqiao.record import bulk
from lianqiao.record.actors import Actor
from lianqiao.record.models import Event, Sealed

from .entering import PARTS, Part
from .models import Case, Clock


class Begun(NamedTuple):
    """A case that begins on a legal day: what its event states openly and as erasable values, its clocks, and the rows that open it."""

    case: Case
    on: date
    stated: dict[str, Any]
    sealed: dict[str, str]
    clocks: Sequence[Clock]
    parts: Sequence[Part]


def write(verb: str, begun: Sequence[Begun], *, by: Actor) -> None:
    """Insert them all, inside the transaction of the caller; the cases have their ids afterwards."""
    entries = [bulk.Entry(one.case.uid, one.stated, one.sealed, on=one.on) for one in begun]
    written = bulk.append("case", verb, entries, by=by)
    for one, pk, digest in zip(begun, bulk.next_numbers(len(begun), Case), written.digests, strict=True):
        case = one.case
        case.pk, case.event_count, case.event_head, case.changed_at = pk, 1, digest, written.recorded_at
        case._state.adding, case._state.db = False, "default"
        for clock in one.clocks:
            clock.case = case
    insert([one.case for one in begun])
    insert([clock for one in begun for clock in one.clocks], without=("id",))
    for model in PARTS:
        rows = [(one.case.pk, *part.says.values()) for one in begun for part in one.parts if part.model is model]
        names = next((tuple(part.says) for one in begun for part in one.parts if part.model is model), ())
        bulk.insert(model, ("case", *(name.removesuffix("_id") for name in names)), rows)


def counted() -> None:
    """Let the database count the rows anew, after very many were written."""
    bulk.counted(Event, Sealed, Case, Clock, *PARTS)


class Before:
    """A case and its running clocks as they were read, before a verb moves them."""

    def __init__(self, case: Case, clocks: Sequence[Clock]) -> None:
        self.case = case
        self.held = {(type(row), row.pk): dict(row.__dict__) for row in (case, *clocks)}


class Next(NamedTuple):
    """What a verb has done to a case that stands, not yet saved: what its event states, and the clocks that it started and changed."""

    before: Before
    stated: dict[str, Any]
    sealed: dict[str, str]
    started: Sequence[Clock]
    changed: Sequence[Clock]


def add(verb: str, done: Sequence[Next], *, by: Actor) -> None:
    """Append the next event of each of these cases, and save them with their clocks, inside the transaction of the caller."""
    cases = [one.before.case for one in done]
    entries = [
        bulk.Entry(one.before.case.uid, one.stated, one.sealed, one.before.case.event_count, one.before.case.event_head)
        for one in done
    ]
    written = bulk.append("case", verb, entries, by=by)
    for case, digest in zip(cases, written.digests, strict=True):
        case.event_count, case.event_head, case.changed_at = case.event_count + 1, digest, written.recorded_at
    before = {key: held for one in done for key, held in one.before.held.items()}
    update(cases, before)
    update([row for one in done for row in one.changed], before)
    Clock.objects.bulk_create(row for one in done for row in one.started)


def update(rows: Sequence[models.Model], before: Mapping[Any, Mapping[str, Any]]) -> None:
    """Save what has changed in the columns of these rows of one model, by one statement; `before` holds their attributes as they were read."""
    fields = [field for field in rows[0]._meta.concrete_fields if not field.primary_key] if rows else []
    changed = [
        one
        for one in fields
        if any(row.__dict__[one.attname] != before[type(row), row.pk][one.attname] for row in rows)
    ]
    save(rows, [field.name for field in changed])


def save(rows: Sequence[models.Model], names: Sequence[str]) -> None:
    """Save the named fields of these rows of one model, by one statement."""
    save_as([(row, [row.pk]) for row in rows], names)


def save_as(alike: Sequence[tuple[models.Model, Sequence[int]]], names: Sequence[str]) -> None:
    """Save the named fields of each of these objects of one model into all the rows with these primary keys, by one statement."""
    if alike and names:
        model = type(alike[0][0])
        fields = [field for field in model._meta.concrete_fields if field.name in names]
        held = [(field.attname, isinstance(field, models.JSONField)) for field in fields]
        told: list[tuple[Any, ...]] = []
        for row, pks in alike:
            values = [plain(row.__dict__[name], json) for name, json in held]
            told += [(pk, *values) for pk in pks]
        bulk.update(model, [field.name for field in fields], told)


def insert(rows: Sequence[models.Model], without: Sequence[str] = ()) -> None:
    """Insert objects of one model as plain values, with all of their columns but those `without`."""
    if not rows:
        return
    fields = [field for field in rows[0]._meta.concrete_fields if field.name not in without]
    held = [(field.attname, isinstance(field, models.JSONField)) for field in fields]
    told = [[plain(row.__dict__[name], json) for name, json in held] for row in rows]
    bulk.insert(type(rows[0]), [field.name for field in fields], told)


def plain(value: Any, json: bool) -> Any:
    """A value as `record.bulk.insert` takes it: JSON as text, a choice as what stands for it."""
    return orjson.dumps(value).decode() if json else value.value if isinstance(value, Enum) else value
