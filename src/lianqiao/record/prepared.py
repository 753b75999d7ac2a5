"""Statements that PostgreSQL prepares, for what a node does most: it plans them once for each connection, and Python puts them together once for
each process. What the ORM asks is planned and put together each time. On other databases `one`, `add` and `save` are what the ORM does.

Only for rows that are found by a key: PostgreSQL may plan a prepared question without looking at what is asked for, which is wrong for lists, and
for a unique index that holds some rows only.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from typing import Any, Literal, TypeVar

import orjson
import psycopg
from django.db import DEFAULT_DB_ALIAS, DatabaseError, connection, models, transaction
from psycopg.types.json import Jsonb


def is_possible() -> bool:
    """Whether the database of this node can."""
    return connection.vendor == "postgresql"


@contextmanager
def cursor() -> Iterator[psycopg.Cursor[tuple[Any, ...]]]:
    """A cursor of psycopg's own on the connection of this thread, with the errors of Django; use `execute(..., prepare=True)`."""
    connection.ensure_connection()
    with connection.wrap_database_errors, psycopg.Cursor(connection.connection) as own:
        yield own


def json(value: Any) -> Jsonb:
    """A value for a column or a place that takes JSON."""
    return Jsonb(value, dumps=orjson.dumps)


@cache
def columns(model: type[models.Model], without: tuple[str, ...] = ()) -> tuple[str, ...]:
    """The columns of a table in their order, which are also the attributes that hold their values."""
    return tuple(field.attname for field in model._meta.concrete_fields if field.attname not in without)


Row = TypeVar("Row", bound=models.Model)
Lock = Literal["", "FOR UPDATE", "FOR UPDATE SKIP LOCKED"]
FREE: Lock = "FOR UPDATE SKIP LOCKED"


def one(model: type[Row], joined: str = "", *, lock: Lock = "", **by: Any) -> Row | None:
    """The row of which these columns have these values, with the row that its foreign key `joined`, one that is never empty, points to; None if
    there is none, or if somebody else holds the lock and it is not waited for. None as a value finds nothing. ValidationError for a value that
    the column cannot have, TransactionManagementError for a lock outside a transaction."""
    if lock and not connection.in_atomic_block:
        raise transaction.TransactionManagementError("a row is locked inside a transaction")
    if None in by.values():
        return None
    if not is_possible():
        return _asked(model, joined, lock, by).first()
    values = [_field(model, name).get_db_prep_value(value, connection) for name, value in by.items()]
    with cursor() as own:
        told = own.execute(_reading(model, joined, lock, tuple(by)), values, prepare=True).fetchone()
    if told is None:
        return None
    row = _made(model, told)
    if joined:
        setattr(row, joined, _made(_target(model, joined), told[len(columns(model)) :]))
    return row


def add(row: models.Model) -> None:
    """Insert a new row; it has its id afterwards. IntegrityError as the ORM raises it, inside a transaction that the caller gives up."""
    if not is_possible():
        row.save(force_insert=True)
        return
    key = row._meta.pk
    said = [_said(row, field, new=True) for field in row._meta.concrete_fields if not _is_given(field)]
    with transaction.mark_for_rollback_on_error(DEFAULT_DB_ALIAS), cursor() as own:
        found = own.execute(adding(type(row)), said, prepare=True).fetchone()
    if found and _is_given(key):
        row.pk = found[0]
    row._state.adding, row._state.db = False, DEFAULT_DB_ALIAS


def save(row: models.Model, *names: str) -> None:
    """Write these columns of a row that is there. DatabaseError if it is not."""
    if not is_possible():
        row.save(update_fields=[row._meta.get_field(name).name for name in names])
        return
    said = [_said(row, _field(type(row), name), new=False) for name in names]
    with transaction.mark_for_rollback_on_error(DEFAULT_DB_ALIAS), cursor() as own:
        if own.execute(moving(type(row), names), (*said, row.pk), prepare=True).rowcount != 1:
            raise DatabaseError(f"{row._meta.label} {row.pk} is not there")


@cache
def adding(model: type[models.Model]) -> bytes:
    """The text that inserts a row with its columns in their order, but for a key that the database gives, and returns its key."""
    told = [field.column for field in model._meta.concrete_fields if not _is_given(field)]
    into, places = ", ".join(f'"{name}"' for name in told), ", ".join(["%s"] * len(told))
    return f"INSERT INTO {model._meta.db_table} ({into}) VALUES ({places}) RETURNING {model._meta.pk.column}".encode()  # noqa: S608 (names of the models only)


@cache
def moving(model: type[models.Model], names: tuple[str, ...]) -> bytes:
    """The text that writes these columns of the row whose key comes last."""
    setting = ", ".join(f'"{name}" = %s' for name in names)
    return f"UPDATE {model._meta.db_table} SET {setting} WHERE {model._meta.pk.column} = %s".encode()  # noqa: S608 (names of the models only)


@cache
def _reading(model: type[models.Model], joined: str, lock: Lock, by: tuple[str, ...]) -> bytes:
    told = [f't."{name}"' for name in columns(model)]
    source = f"{model._meta.db_table} t"
    if joined:
        target = _target(model, joined)
        told += [f'j."{name}"' for name in columns(target)]
        source += f' JOIN {target._meta.db_table} j ON j.{target._meta.pk.column} = t."{joined}_id"'
    asked = " AND ".join(f't."{name}" = %s' for name in by)
    return f"SELECT {', '.join(told)} FROM {source} WHERE {asked} LIMIT 1 {lock}".encode()  # noqa: S608 (names of the models only)


def _asked(model: type[Row], joined: str, lock: Lock, by: dict[str, Any]) -> models.QuerySet[Row]:
    rows = model._base_manager.filter(**by)
    rows = rows.select_related(joined) if joined else rows
    return rows.select_for_update() if lock else rows


def _target(model: type[models.Model], joined: str) -> type[models.Model]:
    target: type[models.Model] = _field(model, joined).related_model
    return target


def _field(model: type[models.Model], name: str) -> Any:
    return model._meta.get_field(name)


@cache
def _converted(model: type[models.Model]) -> tuple[tuple[int, Any], ...]:
    fields = enumerate(model._meta.concrete_fields)
    return tuple((place, field.from_db_value) for place, field in fields if hasattr(field, "from_db_value"))


def _made(model: type[Row], told: Sequence[Any]) -> Row:
    values = list(told[: len(columns(model))])
    for place, convert in _converted(model):
        values[place] = convert(values[place], None, connection)
    return model.from_db(DEFAULT_DB_ALIAS, columns(model), values)


def _is_given(field: Any) -> bool:
    return isinstance(field, models.AutoField)


def _said(row: models.Model, field: Any, *, new: bool) -> Any:
    return field.get_db_prep_save(field.pre_save(row, new), connection)
