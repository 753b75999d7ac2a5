"""What hangs on one case (its files, questions, limits), read in the same question as the case itself, for pages that show all of it."""

import json
from collections.abc import Iterable, Iterator
from datetime import UTC
from typing import Any, TypeVar

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import OuterRef, Subquery
from django.db.models.expressions import Col
from django.db.models.sql.compiler import SQLCompiler
from django.utils.dateparse import parse_datetime
from django.utils.timezone import is_naive

from .models import Case

Held = TypeVar("Held", bound=models.Model)
READ = "part_"


class Rows(Subquery):
    """The rows of a query as one value: a list of objects by the name of the column, in the order of the query."""

    output_field = models.JSONField()

    template = "(SELECT coalesce(jsonb_agg(to_jsonb(held_row)), '[]'::jsonb) FROM (%(subquery)s) held_row)"

    def as_sqlite(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper) -> Any:
        columns = [one.target.column for one in self.query.select if isinstance(one, Col)]
        named = ", ".join(f"'{one}', held_row.\"{one}\"" for one in columns)
        template = f"(SELECT json_group_array(json_object({named})) FROM (%(subquery)s) held_row)"  # noqa: S608 (names of columns)
        return self.as_sql(compiler, connection, template=template)


def reading(*names: str) -> dict[str, Rows]:
    """What a query of cases is annotated with, so that `put` finds these relations of each."""
    return {
        f"{READ}{name}": Rows(_model(name).objects.filter(case=OuterRef("pk")).order_by("pk").values())
        for name in names
    }


def put(case: Case, *names: str) -> Case:
    """The case, read with `reading` of the same names: each relation asks the database no second time."""
    for name in names:
        rows = getattr(case, name).all()
        rows._result_cache = [row(_model(name), told, case) for told in case.__dict__.pop(f"{READ}{name}")]
        rows._prefetch_done = True
        case.__dict__.setdefault("_prefetched_objects_cache", {})[name] = rows
    return case


def held(cases: Iterable[Case], name: str, **only: Any) -> Iterator[Any]:
    """The rows of this relation of all the cases, of those that are not in hand in one query; that one asks `only` for some."""
    asked = []
    for case in cases:
        if name in getattr(case, "_prefetched_objects_cache", {}):
            yield from getattr(case, name).all()
        else:
            asked.append(case)
    if asked:
        yield from _model(name).objects.filter(case__in=asked, **only)


def row(model: type[Held], told: dict[str, Any], case: Case) -> Held:
    """One row as its model, of what `Rows` said of it."""
    fields = model._meta.concrete_fields
    made = model.from_db(
        case._state.db, [one.attname for one in fields], [_value(one, told[str(one.column)]) for one in fields]
    )
    if hasattr(made, "case_id"):
        made.case = case  # type: ignore[attr-defined]
    return made


def _model(name: str) -> Any:
    return Case._meta.get_field(name).related_model


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
