"""Writing and reading events. One chain per subject; each event names the digest of the one before it."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any
from uuid import UUID

from django.db import DEFAULT_DB_ALIAS, transaction
from django.db.models import prefetch_related_objects
from django.utils.translation import gettext_lazy as _

from lianqiao.record import commitments, nodes, prepared
from lianqiao.record.actors import Actor
from lianqiao.record.blank import blank
from lianqiao.record.canonical import digest
from lianqiao.record.models import Event, Sealed
from lianqiao.record.refusal import Refused
from lianqiao.record.time import day_of, now, stamp

ERASED = {"erased": True}


@dataclass(frozen=True)
class Fault:
    """Where a chain breaks: `code` is one of gap, previous, digest, commitment."""

    number: int
    code: str


@dataclass(slots=True)
class Composed:
    """An event as it will stand in the record, without the weight of a model."""

    subject_kind: str
    subject: UUID
    number: int
    verb: str
    by_kind: str
    by: str
    legal_date: date
    recorded_at: datetime
    data: dict[str, Any]
    previous: str


def body(event: Event | Composed, node: str) -> dict[str, Any]:
    """What the digest of an event covers (docs/reference/record.md, Event)."""
    return {
        "v": 1,
        "node": node,
        "subject": f"{event.subject_kind}:{event.subject}",
        "number": event.number,
        "verb": event.verb,
        "by": f"{event.by_kind}:{event.by}",
        "legal_date": event.legal_date.isoformat(),
        "recorded_at": stamp(event.recorded_at),
        "data": event.data,
        "previous": event.previous,
    }


def append(
    subject_kind: str,
    subject: UUID,
    verb: str,
    *,
    by: Actor,
    data: Mapping[str, Any],
    erasable: Mapping[str, str] | None = None,
    legal_date: date | None = None,
    number: int | None = None,
    previous: str | None = None,
) -> Event:
    """Append the next event of a subject; one insert, a second one when there are erasable values.

    Runs inside the transaction of the caller, who holds the lock of the subject. `number` and `previous` (the number of
    this event and the digest of the last; "" for the first) spare the look-up. For the rest see `compose`. Raises
    IntegrityError if the number is taken.
    """
    if not transaction.get_connection().in_atomic_block:
        raise transaction.TransactionManagementError("an event is appended inside the transaction of its verb")
    if number is None or previous is None:
        last = Event.objects.filter(subject_kind=subject_kind, subject=subject).order_by("-number").first()
        number, previous = (last.number + 1, last.digest) if last else (1, "")
    event = compose(
        subject_kind,
        subject,
        verb,
        by=by,
        data=data,
        erasable=erasable,
        legal_date=legal_date,
        number=number,
        previous=previous,
    )
    write(event)
    return event


def compose(
    subject_kind: str,
    subject: UUID,
    verb: str,
    *,
    by: Actor,
    data: Mapping[str, Any],
    number: int,
    previous: str,
    erasable: Mapping[str, str] | None = None,
    legal_date: date | None = None,
) -> Event:
    """The event as it will stand in the record, with its digest and, under `sealed`, its erasable values; not yet written.

    `data` holds JSON values only; `erasable` values go to Sealed with a salt each and leave a commitment under their
    name. `legal_date` is the day in China of the recording unless given. Raises ValueError for data that has no
    canonical form or names a field twice.
    """
    data, sealed = bound(data, erasable or {})
    moment = now()
    event = blank(Event)
    event.subject_kind, event.subject, event.number, event.verb = subject_kind, subject, number, verb
    event.by_kind, event.by = by.kind, by.id
    event.legal_date, event.recorded_at = legal_date or day_of(moment), moment
    event.data, event.previous = data, previous
    event.digest = digest(body(event, nodes.this_node().code))
    if sealed:
        # Held by the event, so that `opened` reads it without a query.
        event.sealed = blank(Sealed)
        event.sealed.values = sealed
    return event


def bound(data: Mapping[str, Any], erasable: Mapping[str, str]) -> tuple[dict[str, Any], dict[str, dict[str, str]]]:
    """What an event says with a commitment to each erasable value, and these values with their salts. ValueError for a field given twice."""
    if any(isinstance(value, dict) and value.keys() == {"commitment"} for value in data.values()):
        raise ValueError("a commitment is made from an erasable value, not handed in")
    said, sealed = dict(data), {}
    for (field, value), salt in zip(erasable.items(), commitments.salts(len(erasable)), strict=True):
        if field in said:
            raise ValueError(f"the field {field} is given twice")
        said[field] = {"commitment": commitments.commit(field, value, salt)}
        sealed[field] = {"salt": salt.hex(), "value": value}
    return said, sealed


def write(event: Event) -> None:
    """Insert a composed event, and its sealed values if it has any; it has its id afterwards. On PostgreSQL one prepared statement
    (docs/decisions/0028)."""
    (_write_at_once if prepared.is_possible() else _write)(event)


def _write(event: Event) -> None:
    sealed: Sealed | None = getattr(event, "sealed", None)
    event.save(force_insert=True)
    if sealed:
        sealed.event = event
        sealed.save(force_insert=True)


def _write_at_once(event: Event) -> None:
    sealed: Sealed | None = getattr(event, "sealed", None)
    said = [event.__dict__[name] for name in COLUMNS]
    values = [prepared.json(value) if isinstance(value, dict) else value for value in said]
    with prepared.cursor() as cursor:
        if sealed:
            found = cursor.execute(_with_sealed(), (*values, prepared.json(sealed.values)), prepare=True).fetchone()
        else:
            found = cursor.execute(prepared.adding(Event), values, prepare=True).fetchone()
    (event.pk,) = found or (None,)
    for row in (event, sealed) if sealed else (event,):
        row._state.adding, row._state.db = False, DEFAULT_DB_ALIAS
    if sealed:
        sealed.event = event


COLUMNS = prepared.columns(Event, ("id",))


@cache
def _with_sealed() -> bytes:
    return b"""
        WITH written AS (%b), kept AS (INSERT INTO record_sealed (event_id, "values") SELECT id, %%s FROM written)
        SELECT id FROM written""" % prepared.adding(Event)


def unseal(events: Sequence[Event]) -> None:
    """Read the sealed values of these events, in one query."""
    prefetch_related_objects(events, "sealed")


def opened(event: Event) -> dict[str, Any]:
    """The data of an event with its erasable values put back, or `{"erased": true}` for those that were destroyed.

    One query, none when the event was read with `select_related("sealed")` or has passed `unseal`.
    """
    fields = committed(event)
    kept = event.sealed.values if fields else {}
    return {**event.data, **{field: kept[field]["value"] if field in kept else dict(ERASED) for field in fields}}


def opened_one(event: Event, field: str) -> Any:
    """One field of what `opened` tells, None where the event does not have it; for whoever reads one of very many events."""
    value = event.data.get(field)
    if not (isinstance(value, dict) and value.keys() == {"commitment"}):
        return value
    kept = event.sealed.values
    return kept[field]["value"] if field in kept else dict(ERASED)


def committed(event: Event) -> list[str]:
    """The names of the erasable fields of an event, erased ones included."""
    return [name for name, value in event.data.items() if isinstance(value, dict) and value.keys() == {"commitment"}]


def erase(
    event: Event, field: str, *, by: Actor, why: str, number: int | None = None, previous: str | None = None
) -> Event:
    """Destroy value and salt of one field for good, and append the event `erase` that says so. Returns that event.

    The caller holds the lock of the subject. Refuses `no-such-field` (404) and `already-erased`.
    """
    if field not in committed(event):
        raise Refused("no-such-field", _("This event has no erasable field %(field)s."), status=404, field=field)
    if not destroy({event.pk: {field}}):
        raise Refused("already-erased", _("The value of %(field)s has already been erased."), field=field)
    event.sealed.refresh_from_db()
    return append(
        event.subject_kind,
        event.subject,
        "erase",
        by=by,
        data={"event": event.digest, "field": field, "why": why},
        number=number,
        previous=previous,
    )


def destroy(fields: Mapping[int, Collection[str]]) -> list[str]:
    """Destroy values and salts for good, by the id of the event and the names of its fields; the values that went.

    The caller holds the lock of the subject and appends an event that says so. What is gone already is passed over.
    """
    gone: list[str] = []
    for sealed in Sealed.objects.select_for_update().filter(event__in=fields).order_by("pk"):
        going = [name for name in fields[sealed.event_id] if name in sealed.values]
        gone += [sealed.values.pop(name)["value"] for name in going]
        if going:
            sealed.save(update_fields=["values"])
    return gone


def verify_chain(subject: UUID, kind: str = "case") -> list[Fault]:
    """Recompute the chain of one subject and every commitment whose value is still there. Empty list: it is sound."""
    node = nodes.this_node().code
    faults: list[Fault] = []
    last, head = 0, ""
    for event in Event.objects.about(kind, subject):
        if event.number != last + 1:
            faults.append(Fault(event.number, "gap"))
        elif event.previous != head:
            faults.append(Fault(event.number, "previous"))
        if digest(body(event, node)) != event.digest:
            faults.append(Fault(event.number, "digest"))
        if any(not opens(event, field, kept) for field, kept in kept_values(event).items()):
            faults.append(Fault(event.number, "commitment"))
        last, head = event.number, event.digest
    return faults


def kept_values(event: Event) -> dict[str, dict[str, str]]:
    sealed: Sealed | None = getattr(event, "sealed", None)
    return sealed.values if sealed else {}


def opens(event: Event, field: str, kept: dict[str, str]) -> bool:
    commitment = commitments.commit(field, kept["value"], bytes.fromhex(kept["salt"]))
    return bool(event.data.get(field) == {"commitment": commitment})
