"""Writes many cases that have just begun, with their first events, their clocks and who may read them. Called by `act` alone.

The counterpart of `entering` for whoever enters a great number at once (`record.bulk`): a statement for each table in place of one for each
case. What is written is what `act` has moved and reckoned for each, and a test holds it to the same rows as one by one.
"""

from __future__ import annotations

from collections.abc import Sequence
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
