"""Statements that PostgreSQL prepares, for what a node does most: it plans them once for each connection, and Python puts them together once for
each process. What the ORM asks is planned and put together each time."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

import orjson
import psycopg
from django.db import connection, models
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
