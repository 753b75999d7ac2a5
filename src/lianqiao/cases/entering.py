"""Writes a case that has just begun, its first event, its clocks and who may read it. Called by `act` alone.

On PostgreSQL in one prepared statement that is not made by the ORM, for all cases that begin in this process at the same moment: filing is
what a node does most (docs/decisions/0008, 0022). On SQLite row by row. A test holds both to the same rows.
"""

from collections.abc import Callable, Sequence
from functools import cache
from operator import itemgetter
from typing import Any, NamedTuple

import orjson
from django.db import DataError, IntegrityError, models, transaction
from psycopg.types.json import Jsonb

from lianqiao.record import events, prepared
from lianqiao.record.models import Event, Sealed

from .gathering import Gathering
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
    return prepared.is_possible()


def write(case: Case, event: Event, clocks: Sequence[Clock], parts: Sequence[Part]) -> None:
    """Insert them all or nothing; case and event have their ids afterwards. Inside the transaction of the verb where it is not one statement,
    and for a case that has its id already."""
    if is_one_statement() and not case.pk:
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
    document: dict[str, Any] = {_table(Event): _row(event), _table(Case): _row(case)}
    document |= {_table(Sealed): [_row(sealed)] if sealed else [], _table(Clock): [_row(row) for row in clocks]}
    document |= {_table(model): [part.says for part in parts if part.model is model] for model in PARTS}
    told = orjson.dumps(document)
    here = transaction.get_connection()
    event.pk, case.pk = _insert([told])[0] if here.in_atomic_block else _arriving.bring(told)
    for row in (event, case):
        row._state.adding, row._state.db = False, here.alias
    if sealed:
        sealed.event = event


def _insert(documents: list[bytes]) -> list[tuple[int, int]]:
    """Carry out the statement for these cases; the ids of event and case of each."""
    told = Jsonb(b"[" + b",".join(documents) + b"]", dumps=bytes)
    with prepared.cursor() as cursor:
        return cursor.execute(_statement(), (told,), prepare=True).fetchall()


_arriving = Gathering[bytes, tuple[int, int]](_insert, most=20, pause=0.004, refusals=(IntegrityError, DataError))
"""Cases that begin in this process while a statement is under way go with the next one. Those that begin inside a transaction go by themselves."""


def _row(row: models.Model) -> dict[str, Any]:
    columns, values = _columns(type(row))
    return dict(zip(columns, values(row.__dict__), strict=True))


@cache
def _columns(model: type[models.Model]) -> tuple[list[str], Callable[[dict[str, Any]], tuple[Any, ...]]]:
    """Every column but the id that the database gives, and what reads their values from the attributes of an object."""
    fields = [field for field in model._meta.concrete_fields if not isinstance(field, models.AutoField)]
    return [field.column or field.attname for field in fields], itemgetter(*(field.attname for field in fields))


def _table(model: type[models.Model]) -> str:
    return model._meta.db_table


@cache
def _statement() -> bytes:
    """One parameter: a JSON list with a document of rows for each case, read as rows of their tables. The ids are taken first, and said
    by what points to the new case or event."""

    def insert(model: type[models.Model], own: str, number: str, read: str) -> str:
        columns = [f'"{column}"' for column in _columns(model)[0] if column != own]
        table, into, said = _table(model), ", ".join(columns), ", ".join(f"r.{column}" for column in columns)
        return f"""new_{table} AS (INSERT INTO {table} ({own}, {into})
          SELECT {number}, {said} FROM told, {read}(NULL::{table}, d -> '{table}') AS r)"""  # noqa: S608 (names of the models only)

    inserts = [
        insert(Event, "id", "new_event", "jsonb_populate_record"),
        insert(Sealed, "event_id", "new_event", "jsonb_populate_recordset"),
        insert(Case, "id", "new_case", "jsonb_populate_record"),
        *(insert(model, "case_id", "new_case", "jsonb_populate_recordset") for model in HANGING),
    ]
    return f"""
        WITH told AS MATERIALIZED (
          SELECT d, n, nextval('{_table(Event)}_id_seq') AS new_event, nextval('{_table(Case)}_id_seq') AS new_case
          FROM jsonb_array_elements(%s) WITH ORDINALITY AS list (d, n)), {", ".join(inserts)}
        SELECT new_event, new_case FROM told ORDER BY n""".encode()  # noqa: S608 (names of the models only)
