"""Rows that hang on another row, read in the same question: as one value of the query that reads what they hang on."""

import json
from datetime import UTC
from typing import Any, TypeVar

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Subquery
from django.db.models.expressions import Col
from django.db.models.sql.compiler import SQLCompiler
from django.utils.dateparse import parse_datetime
from django.utils.timezone import is_naive

Held = TypeVar("Held", bound=models.Model)


class Rows(Subquery):
    """The rows of a query as one value: a list of objects by the name of the column, in the order of the query."""

    output_field = models.JSONField()

    template = "(SELECT coalesce(jsonb_agg(to_jsonb(held_row)), '[]'::jsonb) FROM (%(subquery)s) held_row)"

    def as_sqlite(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper) -> Any:
        columns = [one.target.column for one in self.query.select if isinstance(one, Col)]
        named = ", ".join(f"'{one}', held_row.\"{one}\"" for one in columns)
        template = f"(SELECT json_group_array(json_object({named})) FROM (%(subquery)s) held_row)"  # noqa: S608 (names of columns)
        return self.as_sql(compiler, connection, template=template)


def row(model: type[Held], told: dict[str, Any], using: str | None) -> Held:
    """One row as its model, of what `Rows` said of it; columns that were not asked for are read when they are needed."""
    fields = [one for one in model._meta.concrete_fields if str(one.column) in told]
    return model.from_db(using, [one.attname for one in fields], [_value(one, told[str(one.column)]) for one in fields])


def _value(field: Any, told: Any) -> Any:
    """A value as the field holds it: SQLite tells moments without zone, and JSON as text."""
    if told is None:
        return None
    if isinstance(field, models.DateTimeField):
        moment = parse_datetime(told)
        return moment.replace(tzinfo=UTC) if moment and is_naive(moment) else moment
    if isinstance(field, models.JSONField):
        return json.loads(told) if isinstance(told, str) else told
    return getattr(field, "target_field", field).to_python(told)
