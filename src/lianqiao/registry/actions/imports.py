"""Entering the enterprises of a table, and taking that back."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple
from uuid import UUID, uuid4

from django.db import IntegrityError, transaction
from django.db.models import ProtectedError
from django.utils.translation import gettext_lazy as _

from lianqiao.record import bulk, events
from lianqiao.record.actors import Actor
from lianqiao.record.models import Event
from lianqiao.record.refusal import Refused
from lianqiao.record.time import now
from lianqiao.registry import duplicates, importing, remembered
from lianqiao.registry.access import admin
from lianqiao.registry.actions.enterprises import ERASABLE
from lianqiao.registry.models import Enterprise, EnterpriseImport, FormerCode, MatchKey, Person

BATCH = 5000
"""Enterprises that are written in one transaction, in two to three seconds: others can write in between, and an import that was cut off
goes on when it is repeated. With fewer, SQLite writes the same pages of its indexes again and again."""


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
    record = begin(path.name, reading.digest, new=len(reading.new), known=reading.known, left_out=faulty, by=by)
    with bulk.room():
        for start in range(0, len(reading.new), BATCH):
            enter(reading.new[start : start + BATCH], record, actor)
    remembered.forget()
    return Imported(record, len(reading.new), reading.known, faulty)


def begin(file_name: str, digest: str, *, new: int, known: int, left_out: int, by: Person) -> EnterpriseImport:
    """The row and the event of an import that is about to enter so many, by an administrator."""
    actor = admin(by)
    with transaction.atomic():
        record = EnterpriseImport.objects.create(
            file_name=file_name[:200], file_digest=digest, by=by, began_at=now(), rows=new
        )
        data = {"digest": digest, "rows": new, "known": known, "left_out": left_out}
        erasable = {"file_name": record.file_name}
        events.append("import", record.pk, "import_enterprises", by=actor, data=data, erasable=erasable)
    return record


def enter(rows: Sequence[importing.Row], record: EnterpriseImport, by: Actor) -> None:
    """One batch, in one transaction: rows, keys, former codes and events. Refuses what somebody else has entered meanwhile
    ("import-overtaken"), with nothing of the batch left."""
    told = [(uuid4(), row) for row in rows]
    try:
        with transaction.atomic():
            bulk.insert(Enterprise, (*SAID, "imported_by"), [values(pk, row, record.pk) for pk, row in told])
            bulk.insert(MatchKey, ("key", "enterprise"), sorted(keys(told)))
            bulk.insert(FormerCode, ("enterprise", "code"), [(pk, code) for pk, row in told for code in row.former])
            bulk.append("enterprise", "add_enterprise", (entry(pk, row, record) for pk, row in told), by=by)
    except IntegrityError as error:
        raise Refused(
            "import-overtaken",
            _(
                "Somebody else has entered one of these enterprises meanwhile. Run the import again; it goes on where it stopped."
            ),
        ) from error


SAID = ("id", "name_zh", "name_en", "uscc", "kind", "region", "origin", "address")


def values(pk: UUID, row: importing.Row, record: UUID) -> tuple[Any, ...]:
    """The columns of SAID and the import."""
    return pk, row.name_zh, row.name_en, row.uscc, row.kind, row.region, row.origin, row.address, record


def keys(told: Sequence[tuple[UUID, importing.Row]]) -> Iterator[tuple[int, UUID]]:
    """The keys by which duplicates are found, a dozen for each enterprise."""
    for pk, row in told:
        for key in duplicates.keys_of(duplicates.Named(row.name_zh, row.name_en, row.uscc, row.former)):
            yield key, pk


def entry(pk: UUID, row: importing.Row, record: EnterpriseImport) -> bulk.Entry:
    """What the event that enters an enterprise says; as `enterprises.said_of`, with the import and the row."""
    stated = {"kind": row.kind, "origin": row.origin, "region": row.region, "import": str(record.pk), "row": row.number}
    erasable = {name: said for name in ERASABLE if (said := getattr(row, name))}
    if row.former:
        erasable["former_codes"] = ";".join(row.former)
    return bulk.Entry(pk, stated, erasable)


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
        heads = Event.objects.filter(subject_kind="enterprise", subject__in=free).order_by("number")
        last = {
            subject: (number, digest) for subject, number, digest in heads.values_list("subject", "number", "digest")
        }
        data = {"import": str(record.pk)}
        gone = [bulk.Entry(one, data, last=last[one][0], head=last[one][1]) for one in sorted(free)]
        bulk.append("enterprise", "remove", gone, by=by)
    return len(free)


def pointers(row: object) -> list[str]:
    """The fields of a row that point to an enterprise."""
    fields = row._meta.concrete_fields  # type: ignore[attr-defined]
    return [field.attname for field in fields if field.related_model is Enterprise]
