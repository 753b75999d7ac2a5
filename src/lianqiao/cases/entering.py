"""Writes a case that has just begun, its first event, its clocks and who may read it. Called by `act` alone.

On PostgreSQL in one prepared statement, the only one of the house that is not made by the ORM: filing is what a node does most
(docs/decisions/0008). On SQLite row by row. A test holds both to the same rows.
"""

from collections.abc import Sequence
from functools import cache
from typing import Any, NamedTuple

import orjson
import psycopg
from django.db import connection, models
from psycopg.types.json import Jsonb

from lianqiao.record import events
from lianqiao.record.models import Event, Sealed

from .models import Case, CaseKey, Clock, Exclusion, Participant

PARTS: tuple[type[models.Model], ...] = (Participant, Exclusion, CaseKey)
"""The rows that hang on a case when it begins, besides its clocks."""
HANGING: tuple[type[models.Model], ...] = (Clock, *PARTS)


class Part(NamedTuple):
    """One of them: what it says, by column; it points to the case that begins. No object of its model is made where none is needed."""

    model: type[models.Model]
    says: dict[str, Any]


def is_one_statement() -> bool:
    """Whether `write` is one statement, which needs no transaction around it."""
    return connection.vendor == "postgresql"


def write(case: Case, event: Event, clocks: Sequence[Clock], parts: Sequence[Part]) -> None:
    """Insert them all or nothing; case and event have their ids afterwards. Inside the transaction of the verb where it is not one statement."""
    if is_one_statement():
        _at_once(case, event, clocks, parts)
    else:
        _one_by_one(case, event, clocks, parts)


def _one_by_one(case: Case, event: Event, clocks: Sequence[Clock], parts: Sequence[Part]) -> None:
    events.write(event)
    case.save(force_insert=True)
    for row in clocks:
        row.case = case  # now that it has an id
    Clock.objects.bulk_create(clocks)
    for model in PARTS:
        model._default_manager.bulk_create(model(case=case, **part.says) for part in parts if part.model is model)


def _at_once(case: Case, event: Event, clocks: Sequence[Clock], parts: Sequence[Part]) -> None:
    sealed: Sealed | None = getattr(event, "sealed", None)
    document = {"event": _row(event), "sealed": [_row(sealed)] if sealed else [], "case": _row(case)}
    document[_table(Clock)] = [_row(row) for row in clocks]
    document |= {_table(model): [part.says for part in parts if part.model is model] for model in PARTS}
    told = Jsonb(document, dumps=orjson.dumps)
    connection.ensure_connection()
    with connection.wrap_database_errors, psycopg.Cursor(connection.connection) as cursor:
        event.pk, case.pk = cursor.execute(_statement(), (told,), prepare=True).fetchone() or (None, None)
    for row in (event, case):
        row._state.adding, row._state.db = False, connection.alias
    if sealed:
        sealed.event = event


def _row(row: models.Model) -> dict[str, Any]:
    return {column: row.__dict__[name] for name, column in _columns(type(row))}


@cache
def _columns(model: type[models.Model]) -> list[tuple[str, str]]:
    """Attribute and column of every field but the id that the database gives."""
    fields = [field for field in model._meta.concrete_fields if not isinstance(field, models.AutoField)]
    return [(field.attname, field.column or field.attname) for field in fields]


def _table(model: type[models.Model]) -> str:
    return model._meta.db_table


@cache
def _statement() -> bytes:
    """One parameter: a JSON document of rows, read as rows of their tables. What points to the new case or event gets its id there."""

    def names(model: type[models.Model], but: str = "") -> str:
        return ", ".join(f'"{column}"' for _name, column in _columns(model) if column != but)

    def hanging(model: type[models.Model]) -> str:
        table, rest = _table(model), names(model, "case_id")
        return f"""new_{table} AS (
          INSERT INTO {table} (case_id, {rest}) SELECT new_case.id, {rest}
          FROM new_case, told, jsonb_populate_recordset(NULL::{table}, d -> '{table}'))"""  # noqa: S608 (names of the models only)

    return f"""
        WITH told AS (SELECT %s AS d), new_event AS (
          INSERT INTO record_event ({names(Event)}) SELECT {names(Event)}
          FROM told, jsonb_populate_record(NULL::record_event, d -> 'event') RETURNING id), new_sealed AS (
          INSERT INTO record_sealed (event_id, "values") SELECT new_event.id, "values"
          FROM new_event, told, jsonb_populate_recordset(NULL::record_sealed, d -> 'sealed')), new_case AS (
          INSERT INTO cases_case ({names(Case)}) SELECT {names(Case)}
          FROM told, jsonb_populate_record(NULL::cases_case, d -> 'case') RETURNING id), {", ".join(hanging(model) for model in HANGING)}
        SELECT new_event.id, new_case.id FROM new_event, new_case""".encode()  # noqa: S608 (names of the models only)
