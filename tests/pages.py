"""What tests of pages ask: how many questions a page puts to the database, and that rows do not add to them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db import connection
from django.test.utils import CaptureQueriesContext

MOST = 12
"""No page asks the database more often."""


def asked_by(read: Callable[[], Any]) -> int:
    """How many questions `read` puts to the database. It runs once before, so that what a process remembers is remembered."""
    read()
    with CaptureQueriesContext(connection) as captured:
        answer = read()
    assert answer.status_code == 200, answer.status_code
    assert len(captured) <= MOST, "\n".join(query["sql"][:200] for query in captured.captured_queries)
    return len(captured)


def fifty(row: Any, **differing: Callable[[int], Any]) -> list[Any]:
    """Forty-nine more rows like this one, written past all verbs; what must differ is told by the number of the row."""
    model = type(row)
    own = {"id"} if model._meta.pk.get_internal_type() == "BigAutoField" else set()
    kept = {one.attname: getattr(row, one.attname) for one in model._meta.concrete_fields if one.attname not in own}
    return model.objects.bulk_create(
        model(**kept | {name: tell(number) for name, tell in differing.items()}) for number in range(1, 50)
    )
