"""A case that stands, for a verb: read under its lock with all that is asked before the verb is done, and saved with its next event.
Called by `act` alone.

On PostgreSQL by prepared statements, whose text is that of the ORM, made once (docs/decisions/0028); on SQLite by the ORM each time. A test
holds both to the same rows.
"""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any, NamedTuple

import orjson
from django.db.models import OuterRef

from lianqiao.record import events, prepared
from lianqiao.record.models import Event
from lianqiao.record.rows import Rows
from lianqiao.registry import remembered

from . import access, bulk, clocks, parts
from .models import Case, Clock

IN_HAND = ("keys", "exclusions", "participants", "questions")
"""What who may do something to the case, and most verbs, ask of it."""
RUNNING = f"{parts.READ}running"
UNREAD = ("tokens_open", "tokens_identity")
"""Long, and asked for by nobody: written where a verb tells them anew, read where one asks."""
AGENCIES = ("agency", "home_agency", "assigned")
THE_CASE = -1
"""Stands for the id of the case in the text of a statement."""


def read(case: Case) -> dict[str, Any]:
    """Lock the case and read it anew into the same object, with its running clocks and what is `IN_HAND`, inside the transaction of the verb; its
    columns as they were read. Refused: a case that is not there ("unknown-case", 404)."""
    found = _prepared_read(case.pk) if prepared.is_possible() else _asked(case.pk).first()
    held = dict(zip(_columns(), found or (), strict=False))
    if not found or (case.year and case.year != held["filed_on"].year):
        raise access.unknown_case()
    columns = len(held)
    case._state.fields_cache.clear()
    for name in (*UNREAD, access.SEEN_BY, "_prefetched_objects_cache"):
        case.__dict__.pop(name, None)
    case.__dict__.update(held)
    case.__dict__.update(zip((f"{parts.READ}{name}" for name in IN_HAND), map(_rows, found[columns:]), strict=False))
    for name in AGENCIES:
        if pk := held[f"{name}_id"]:
            setattr(case, name, remembered.agency_with(pk))
    parts.in_hand(case, *IN_HAND)
    clocks.hold(case, [parts.made(Clock, told, case) for told in _rows(found[-1])])
    return held


MOVED = ("participants", "questions")
"""Of what is `IN_HAND`, what the moves of a row write to. Keys are changed by `doors` alone, exclusions never."""


def put_down(case: Case) -> None:
    """Rows that a verb may change stand in hand as they were before it; from now on they are asked for anew."""
    for name in MOVED:
        case.__dict__.get("_prefetched_objects_cache", {}).pop(name, None)


def done(case: Case) -> None:
    """So does everything else, once it is saved, or the verb is refused."""
    case.__dict__.pop("_prefetched_objects_cache", None)
    clocks.let_go(case)


def _rows(told: Any) -> list[dict[str, Any]]:
    return orjson.loads(told) if isinstance(told, str) else told  # type: ignore[no-any-return]


def _columns() -> tuple[str, ...]:
    return prepared.columns(Case, UNREAD)


def _asked(pk: int) -> Any:
    """The question: the columns of the case, what is `IN_HAND`, its running clocks."""
    running = Rows(Clock.objects.running().filter(case=OuterRef("pk")).order_by("pk").values())
    hanging = parts.reading(*IN_HAND) | {RUNNING: running}
    return Case.objects.filter(pk=pk).annotate(**hanging).values_list(*_columns(), *hanging)


class Statement(NamedTuple):
    """A text and how often the id of the case stands in it."""

    text: str
    ids: int


@cache
def _question() -> Statement:
    text, given = _asked(THE_CASE).query.sql_with_params()
    if set(given) != {THE_CASE}:
        raise TypeError(f"only the id of the case may change from one question to the next: {given}")
    return Statement(text, len(given))


def _prepared_read(pk: int) -> tuple[Any, ...] | None:
    """First the lock, then the question: what hangs on the case is seen as it is once whoever held the lock is done."""
    with prepared.cursor() as cursor:
        cursor.execute(_lock(), (pk,), prepare=True)
        asked = _question()
        return cursor.execute(asked.text.encode(), (pk,) * asked.ids, prepare=True).fetchone()


@cache
def _lock() -> bytes:
    return f"SELECT 1 FROM {Case._meta.db_table} WHERE id = %s FOR UPDATE".encode()  # noqa: S608 (a name of the models only)


def write(
    case: Case, before: Mapping[str, Any], event: Event, started: Sequence[Clock], changed: Sequence[Clock]
) -> None:
    """Insert the next event of a case that `read` has locked, and save what the verb has changed of the case and its clocks; the event has
    its id afterwards."""
    told = [name for name in prepared.columns(Case) if name in case.__dict__]
    names = [name for name in told if name not in before or case.__dict__[name] != before[name]]
    save = _prepared_save if prepared.is_possible() else _save
    save(case, event, names, started, changed)


CLOCK = (
    "stopped_on", "stopped_by", "given", "pauses", "extensions", "due_on", "due_at", "provisional", "notified_due_on",
)  # fmt: skip
"""What an event may change of a clock."""


def _save(case: Case, event: Event, names: Sequence[str], started: Sequence[Clock], changed: Sequence[Clock]) -> None:
    events.write(event)
    case.save(update_fields=[case._meta.get_field(name).name for name in names])
    bulk.save(changed, CLOCK)
    Clock.objects.bulk_create(started)


def _prepared_save(
    case: Case, event: Event, names: Sequence[str], started: Sequence[Clock], changed: Sequence[Clock]
) -> None:
    events.write(event)
    with prepared.cursor() as cursor:
        said = [bulk.plain(case.__dict__[name], json=False) for name in names]
        cursor.execute(prepared.moving(Case, tuple(names)), (*said, case.pk), prepare=True)
        for rows, text in ((changed, _changing), (started, _starting)):
            # Of a limit only one clock runs: first those that end.
            if rows:
                told = [{name: row.__dict__[name] for name in prepared.columns(Clock)} for row in rows]
                cursor.execute(text(), (prepared.json(told),), prepare=True)


@cache
def _changing() -> bytes:
    table, setting = Clock._meta.db_table, ", ".join(f"{name} = r.{name}" for name in CLOCK)
    return f"""
        UPDATE {table} t SET {setting} FROM jsonb_populate_recordset(NULL::{table}, %s) r
        WHERE t.id = r.id""".encode()  # noqa: S608 (names of the models only)


@cache
def _starting() -> bytes:
    table, columns = Clock._meta.db_table, prepared.columns(Clock, ("id",))
    return f"""
        INSERT INTO {table} ({", ".join(columns)})
        SELECT {", ".join(columns)} FROM jsonb_populate_recordset(NULL::{table}, %s)""".encode()  # noqa: S608 (names of the models only)
