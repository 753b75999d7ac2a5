"""Many events at once, each the next of a subject of its own, and many rows at once, as plain values.

For whoever enters or removes a great number of things in one transaction: objects of the models and their statements would take most
of that time. What is written is the same as by `events.append`, and the triggers of the database see each row.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

import orjson
from django.db import connection, models, transaction

from lianqiao.record import events, nodes
from lianqiao.record.actors import Actor
from lianqiao.record.canonical import digest
from lianqiao.record.models import Event, Sealed
from lianqiao.record.time import day_of, now


class Entry(NamedTuple):
    """What is said of one subject: openly, and as erasable values; with the number of its last event and the digest of that; and the legal date,
    where it is another day than that of the recording."""

    subject: UUID
    data: Mapping[str, Any]
    erasable: Mapping[str, str] = {}
    last: int = 0
    head: str = ""
    on: date | None = None


class Appended(NamedTuple):
    """When they were recorded, and the digest of each, in their order."""

    recorded_at: datetime
    digests: list[str]


def append(subject_kind: str, verb: str, entries: Iterable[Entry], *, by: Actor) -> Appended:
    """Append one event to the chain of each subject, with one verb, actor and moment. Inside the transaction of the caller, who holds the
    locks of the subjects. Raises as `events.append`."""
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("events are appended inside the transaction of their verb")
    moment = now()
    day, node = day_of(moment), nodes.this_node().code
    written: list[tuple[Any, ...]] = []
    sealed: list[str] = []
    for subject, stated, erasable, last, head, on in entries:
        data, kept = events.bound(stated, erasable)
        counts = on or day
        event = events.Composed(subject_kind, subject, last + 1, verb, by.kind, by.id, counts, moment, data, head)
        proof = digest(events.body(event, node))
        open_data = orjson.dumps(data).decode()
        written.append((subject_kind, subject, last + 1, verb, by.kind, by.id, counts, moment, open_data, head, proof))
        sealed.append(orjson.dumps(kept).decode() if kept else "")
    if connection.vendor == "postgresql":
        numbers = next_numbers(len(written), Event)
        insert(Event, ("id", *EVENT), [(pk, *row) for pk, row in zip(numbers, written, strict=True)])
        insert(Sealed, ("event", "values"), [(pk, held) for pk, held in zip(numbers, sealed, strict=True) if held])
    else:
        insert(Event, EVENT, written)
        found = 'INSERT INTO record_sealed (event_id, "values") SELECT id, %s FROM record_event WHERE digest = %s'
        by_digest = [(held, row[-1]) for row, held in zip(written, sealed, strict=True) if held]
        with connection.cursor() as cursor:
            cursor.executemany(found, by_digest)
    return Appended(moment, [row[-1] for row in written])


EVENT = (
    "subject_kind", "subject", "number", "verb", "by_kind", "by", "legal_date", "recorded_at", "data", "previous", "digest",
)  # fmt: skip


def next_numbers(count: int, model: type[models.Model]) -> list[int]:
    """So many ids of rows that will be inserted, as the database would give them: taken from the sequence of PostgreSQL at once; on SQLite
    those behind the last one that was ever given, inside the transaction that holds the database."""
    with connection.cursor() as cursor:
        if connection.vendor != "postgresql":
            cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [model._meta.db_table])
            (last,) = cursor.fetchone() or (0,)
            return list(range(last + 1, last + count + 1))
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)",
            [model._meta.db_table, count],
        )
        return [number for (number,) in cursor.fetchall()]


def leave_out(count: int, model: type[models.Model]) -> tuple[int, int]:
    """Give so many ids to no row, ever; the first and the last of them. At least one; in a transaction of the caller."""
    numbers = next_numbers(count, model)
    if connection.vendor != "postgresql":
        with connection.cursor() as cursor:
            named: list[int | str] = [numbers[-1], model._meta.db_table]
            cursor.execute("UPDATE sqlite_sequence SET seq = %s WHERE name = %s", named)
            if not cursor.rowcount:
                cursor.execute("INSERT INTO sqlite_sequence (seq, name) VALUES (%s, %s)", named)
    return numbers[0], numbers[-1]


@contextmanager
def room() -> Iterator[None]:
    """Give SQLite memory for a great number of rows, for as long as they are written: their indexes are met in no order."""
    if connection.vendor != "sqlite":
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA cache_size")
        (before,) = cursor.fetchone()
        cursor.execute(f"PRAGMA cache_size = -{ROOM // 1024}")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute(f"PRAGMA cache_size = {before}")


def counted(*tables: type[models.Model]) -> None:
    """Let PostgreSQL count what stands in the tables, after very many rows were written: until its own housekeeping comes round it would plan its
    questions as if they were not there. SQLite keeps no such counts here."""
    if connection.vendor == "postgresql":
        named = ", ".join(connection.ops.quote_name(one._meta.db_table) for one in tables)
        with connection.cursor() as cursor:
            cursor.execute(f"ANALYZE {named}")


ROOM = 64 * 2**20
"""Bytes of the database's pages that are held meanwhile."""


def insert(model: type[models.Model], names: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """Insert rows of plain values, in the order of the named fields; JSON as text. By COPY on PostgreSQL; the rest of the columns takes
    what the database has for it."""
    fields = [model._meta.get_field(name) for name in names]
    columns = ", ".join(connection.ops.quote_name(str(getattr(field, "column", ""))) for field in fields)
    table = connection.ops.quote_name(model._meta.db_table)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with connection.wrap_database_errors, cursor.cursor.copy(f"COPY {table} ({columns}) FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)
        else:
            marks = ", ".join(["%s"] * len(names))
            into = f"INSERT INTO {table} ({columns}) VALUES ({marks})"  # noqa: S608 (names of models only)
            cursor.executemany(into, _of_sqlite(rows))


def update(model: type[models.Model], names: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """Set the named fields of rows that are there: each row its primary key, then plain values in the order of the fields; JSON as text. By one
    statement on PostgreSQL."""
    if not rows:
        return
    quoted = connection.ops.quote_name
    fields = [model._meta.pk, *(model._meta.get_field(name) for name in names)]
    columns = [quoted(str(getattr(field, "column", ""))) for field in fields]
    table = quoted(model._meta.db_table)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            kinds = [str(field.db_type(connection)) for field in fields]
            told = ", ".join("%s::text[]" if kind == "jsonb" else f"%s::{kind}[]" for kind in kinds)
            sets = ", ".join(f"{column} = n.c{place}::{kinds[place]}" for place, column in enumerate(columns) if place)
            listed = ", ".join(f"c{place}" for place in range(len(columns)))
            statement = f"UPDATE {table} t SET {sets} FROM unnest({told}) AS n ({listed}) WHERE t.{columns[0]} = n.c0"  # noqa: S608
            cursor.execute(statement, [list(column) for column in zip(*rows, strict=True)])
        else:
            sets = ", ".join(f"{column} = %s" for column in columns[1:])
            statement = f"UPDATE {table} SET {sets} WHERE {columns[0]} = %s"  # noqa: S608 (names of models only)
            cursor.executemany(statement, [(*row[1:], row[0]) for row in _of_sqlite(rows)])


def _of_sqlite(rows: Sequence[Sequence[Any]]) -> list[list[Any]]:
    """The values as SQLite stores them."""
    adapt = connection.ops.adapt_datetimefield_value
    return [
        [value.hex if type(value) is UUID else adapt(value) if type(value) is datetime else value for value in row]
        for row in rows
    ]
