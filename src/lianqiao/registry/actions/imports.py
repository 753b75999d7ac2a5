"""Entering the enterprises of a table, and taking that back."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple
from uuid import UUID

from django.db import IntegrityError, connection, transaction
from django.db.models import Max, ProtectedError
from django.utils.translation import gettext_lazy as _

from lianqiao.record import events
from lianqiao.record.actors import Actor
from lianqiao.record.models import Event, Sealed
from lianqiao.record.refusal import Refused
from lianqiao.record.time import now
from lianqiao.registry import duplicates, importing, remembered
from lianqiao.registry.access import admin
from lianqiao.registry.actions.enterprises import said_of
from lianqiao.registry.models import Enterprise, EnterpriseImport, FormerCode, MatchKey, Person

BATCH = 1000
"""Enterprises that are written in one transaction: others can write in between, and an import that was cut off goes on when it is
repeated."""


class Imported(NamedTuple):
    """What became of the rows; `record` is None when nothing was new."""

    record: EnterpriseImport | None
    entered: int
    known: int
    left_out: int


def import_enterprises(path: Path, *, leave_out: bool = False, by: Person) -> Imported:
    """Enters the enterprises of a CSV or XLSX that are not there yet, by an administrator. The same file again enters nothing.

    Refuses a table with problems ("import-faulty"), unless the rows that have them are to be left out; and whatever
    `importing.read` refuses. Each enterprise has an event of its own, as if it had been entered by hand.
    """
    actor = admin(by)
    reading = importing.read(path)
    faulty = len({problem.row for problem in reading.problems})
    if reading.problems and not leave_out:
        first = reading.problems[0]
        raise Refused(
            "import-faulty",
            _(
                "%(rows)s rows cannot be taken; nothing was entered. The first: row %(row)s, %(column)s: %(problem)s. Look at all with a dry run."
            ),
            status=422,
            rows=faulty,
            row=first.row,
            column=first.column,
            problem=first.sentence,
        )
    if not reading.new:
        return Imported(None, 0, reading.known, faulty)
    with transaction.atomic():
        record = EnterpriseImport.objects.create(
            file_name=path.name[:200], file_digest=reading.digest, by=by, began_at=now(), rows=len(reading.new)
        )
        data = {"digest": reading.digest, "rows": len(reading.new), "known": reading.known, "left_out": faulty}
        erasable = {"file_name": record.file_name}
        events.append("import", record.pk, "import_enterprises", by=actor, data=data, erasable=erasable)
    for start in range(0, len(reading.new), BATCH):
        enter(reading.new[start : start + BATCH], record, actor)
    remembered.forget()
    return Imported(record, len(reading.new), reading.known, faulty)


def enter(rows: Sequence[importing.Row], record: EnterpriseImport, by: Actor) -> None:
    """One batch, in one transaction: rows, keys, former codes and events."""
    made = [
        Enterprise(
            name_zh=row.name_zh,
            name_en=row.name_en,
            uscc=row.uscc,
            kind=row.kind,
            region_id=row.region,
            origin=row.origin,
            address=row.address,
            imported_by=record,
        )
        for row in rows
    ]
    try:
        with transaction.atomic():
            Enterprise.objects.bulk_create(made)
            pairs = list(zip(made, rows, strict=True))
            write_keys(pairs)
            FormerCode.objects.bulk_create(
                FormerCode(enterprise=enterprise, code=code) for enterprise, row in pairs for code in row.former
            )
            write(list(entries(pairs, record, by)))
    except IntegrityError as error:
        raise Refused(
            "import-overtaken",
            _(
                "Somebody else has entered one of these enterprises meanwhile. Run the import again; it goes on where it stopped."
            ),
        ) from error


def write_keys(pairs: Sequence[tuple[Enterprise, importing.Row]]) -> None:
    """Inserts the keys by which duplicates are found, a dozen for each enterprise: as plain values, for as many model instances would take
    most of the time of an import."""
    keys = [
        (enterprise.pk, key)
        for enterprise, row in pairs
        for key in duplicates.keys_of(duplicates.named(enterprise, row.former))
    ]
    into = f"INSERT INTO {MatchKey._meta.db_table} (enterprise_id, key)"
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            columns: Any = [[owner for owner, _key in keys], [key for _owner, key in keys]]
            cursor.execute(f"{into} SELECT unnest(%s::uuid[]), unnest(%s::bigint[])", columns)
        else:
            cursor.executemany(f"{into} VALUES (%s, %s)", [(owner.hex, key) for owner, key in keys])


def entries(pairs: Sequence[tuple[Enterprise, importing.Row]], record: EnterpriseImport, by: Actor) -> Iterator[Event]:
    for enterprise, row in pairs:
        data, erasable = said_of(enterprise)
        if row.former:
            erasable["former_codes"] = ";".join(row.former)
        data |= {"import": str(record.pk), "row": row.number}
        yield events.compose(
            "enterprise", enterprise.pk, "add_enterprise", by=by, data=data, erasable=erasable, number=1, previous=""
        )


def write(composed: Sequence[Event]) -> None:
    """Inserts many composed events, each the next of its own subject, with their sealed values."""
    Event.objects.bulk_create(composed)
    sealed: list[Sealed] = [event.sealed for event in composed if hasattr(event, "sealed")]
    for one in sealed:
        one.event_id = one.event.pk
    Sealed.objects.bulk_create(sealed)


def undo_import(record: EnterpriseImport, *, reason: str, by: Person) -> tuple[int, int]:
    """Takes back the enterprises that an import entered and that nothing refers to yet; returns how many went and how many stay because
    somebody stands for them, they have cases, or others are merged with them. The record keeps what was entered.

    Refuses a missing reason, and an import that was undone ("import-undone").
    """
    actor = admin(by)
    if not reason.strip():
        raise Refused("reason-missing", _("Say why: the reason stays in the record."), status=422)
    with transaction.atomic():
        record = EnterpriseImport.objects.select_for_update().get(pk=record.pk)
        if record.undone_at is not None:
            raise Refused("import-undone", _("This import was undone already."))
        record.undone_at = now()
        record.save(update_fields=["undone_at"])
        events.append("import", record.pk, "undo_import", by=actor, data={}, erasable={"reason": reason})
    ids = list(record.enterprises.order_by("pk").values_list("pk", flat=True))
    gone = sum(remove(ids[start : start + BATCH], record, actor) for start in range(0, len(ids), BATCH))
    remembered.forget()
    return gone, len(ids) - gone


def remove(ids: Sequence[UUID], record: EnterpriseImport, by: Actor) -> int:
    """Deletes those of the enterprises that nothing protects, each with an event."""
    with transaction.atomic():
        rows = Enterprise.objects.filter(pk__in=ids).select_for_update()
        free = set(rows.values_list("pk", flat=True))
        while True:
            try:
                with transaction.atomic():
                    Enterprise.objects.filter(pk__in=free).delete()
                    break
            except ProtectedError as error:
                held = {getattr(one, name) for one in error.protected_objects for name in pointers(one)}
                if not held & free:
                    raise
                free -= held
        last = dict(
            Event.objects.filter(subject_kind="enterprise", subject__in=free)
            .values_list("subject")
            .annotate(Max("number"))
        )
        heads = Event.objects.filter(subject_kind="enterprise", subject__in=free)
        digests = {head.subject: head.digest for head in heads if head.number == last[head.subject]}
        data = {"import": str(record.pk)}
        write(
            [
                events.compose(
                    "enterprise", one, "remove", by=by, data=data, number=last[one] + 1, previous=digests[one]
                )
                for one in sorted(free)
            ]
        )
    return len(free)


def pointers(row: object) -> list[str]:
    """The fields of a row that point to an enterprise."""
    fields = row._meta.concrete_fields  # type: ignore[attr-defined]
    return [field.attname for field in fields if field.related_model is Enterprise]
