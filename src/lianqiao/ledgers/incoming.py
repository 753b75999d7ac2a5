"""An office's own ledger comes in: handed in, its columns mapped, every line looked at, entered as cases in the background, taken back as a whole.

The file is kept beside the database until it was entered, at most a week, and goes at once when something is erased. Looking writes nothing but
what it found. Entering goes through the file anew and leaves out the lines with problems; broken off between two parts it goes on with the next,
and the same file again enters nothing twice: a line is told from others by the number that the ledger gives it, else by what it says.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from lianqiao.batches.actions import takes_in_for
from lianqiao.cases import keys, pictures
from lianqiao.cases.models import Case
from lianqiao.jobs import actions as jobs
from lianqiao.jobs.models import Job
from lianqiao.record import bulk, events, time
from lianqiao.record.canonical import digest
from lianqiao.record.refusal import Refused
from lianqiao.registry import tables
from lianqiao.registry.models import Agency, Membership, Person

from . import fields, handed_in
from .models import ImportedLine, LedgerImport, Wording

KIND = "ledger-import"
UNDO = "ledger-undo"
KEPT = timedelta(days=7)
SHARED = (*fields.CODED, "confidential")
"""What is chosen for all lines of a ledger."""


def folder() -> Path:
    return Path(settings.LIANQIAO_DATA) / "handed-in"


def file_of(ledger: LedgerImport) -> Path:
    return folder() / f"{ledger.pk}.file"


def rows_of(ledger: LedgerImport) -> Path:
    return folder() / f"{ledger.pk}.rows"


def keys_of(ledger: LedgerImport) -> Path:
    return folder() / f"{ledger.pk}.keys"


def hand_in(file: BinaryIO, name: str, *, by: Person, agency: str = "") -> LedgerImport:
    """Keep the file and find its heads; nothing is looked at yet. By an intake officer, for the agency in which they take in.

    Refused: whoever takes in nowhere, or for several agencies and names none; whatever `handed_in.sheets` refuses; with nothing kept.
    """
    desk = takes_in_for(by, agency)
    told = hashlib.sha256()
    while chunk := file.read(2**20):
        told.update(chunk)
    recalled = remembered(desk)
    heads = [
        {"sheet": one.name, "start": one.start, "titles": one.titles}
        for one in handed_in.sheets(
            file, name, lambda _sheet, lines: handed_in.heading(lines, lambda heading: known(heading, recalled))
        )
    ]
    last = LedgerImport.objects.filter(agency=desk).exclude(chosen={}).first()
    ledger = LedgerImport(
        agency=desk, by=by, file_name=name[:200], file_digest=told.hexdigest(), heads=heads, handed_in_at=time.now(),
        mapping=proposed(heads, recalled), chosen=last.chosen if last else {},
    )  # fmt: skip
    folder().mkdir(mode=0o700, parents=True, exist_ok=True)
    file.seek(0)
    with file_of(ledger).open("wb") as kept:
        while chunk := file.read(2**20):
            kept.write(chunk)
    ledger.save(force_insert=True)
    return ledger


def remembered(agency: Agency) -> dict[str, str]:
    """The fields that the agency's ledgers keep under headings, as somebody said the last time."""
    return dict(Wording.objects.filter(agency=agency).values_list("heading", "field"))


def known(heading: str, recalled: Mapping[str, str]) -> str:
    """The field of a heading: as was said the last time, else by its words; a column of our own exports counts too. "" for none."""
    said = recalled.get(fields.plain(heading)[:100])
    return said if said is not None else fields.named(heading) or ("=" if heading in fields.catalogue() else "")


def proposed(heads: Sequence[Mapping[str, Any]], recalled: Mapping[str, str]) -> dict[str, str]:
    """Which field each heading holds, as it is proposed; a field once in each sheet. Where no day of filing is named, that of acceptance is one."""
    found: dict[str, str] = {}
    for head in heads:
        taken: set[str] = set()
        for title in head["titles"]:
            field = known(title, recalled)
            if title and field in fields.FIELDS and field not in taken:
                taken.add(field)
                found.setdefault(title, field)
            elif title:
                found.setdefault(title, "")
    if "filed_on" not in found.values():
        accepted = next((title for title, field in found.items() if field == "accepted_on"), None)
        if accepted and fields.plain(accepted) not in recalled:
            found[accepted] = "filed_on"
    return found


def found(ledger_id: UUID, by: Person) -> LedgerImport:
    """An import of an agency in which the person takes in. Refused: any other (404)."""
    ledger = LedgerImport.objects.select_related("agency", "by", "job").filter(pk=ledger_id).first()
    if ledger is None or ledger.agency_id not in {one.pk for one in agencies_of(by)}:
        raise Refused("unknown-import", _("There is no such import of an agency in which you take in."), status=404)
    return ledger


def agencies_of(person: Person) -> list[Agency]:
    """The agencies in which the person takes in, and whose ledgers they may enter."""
    takes_in = {one.agency_id: one.agency for one in keys.memberships_of(person) if one.role == Membership.Role.INTAKE}
    return sorted(takes_in.values(), key=lambda one: one.code)


def of(person: Person, most: int) -> list[LedgerImport]:
    """The imports of these agencies, the newest first."""
    found = LedgerImport.objects.filter(agency__in=[one.pk for one in agencies_of(person)])
    return list(found.select_related("agency", "by", "job")[:most])


def look(ledger: LedgerImport, *, by: Person, mapping: Mapping[str, str], chosen: Mapping[str, Any]) -> Job:
    """Begin to look at every line under this mapping, which is remembered for the agency; nothing is entered. Refused: a field that is mapped twice
    or is unknown, a needed one that is not ("ledger-mapping"), an import that is being worked on or was entered."""
    takes_in_for(by, ledger.agency.code)
    told = {title: mapping.get(title, "") for head in ledger.heads for title in head["titles"] if title}
    check(ledger, told, chosen)
    with transaction.atomic():
        held = idle(ledger)
        held.mapping, held.chosen = told, {name: chosen[name] for name in SHARED if chosen.get(name)}
        worded = {fields.plain(title)[:100]: field for title, field in told.items()}
        Wording.objects.bulk_create(
            [Wording(agency=held.agency, heading=heading, field=field) for heading, field in worded.items()],
            update_conflicts=True,
            update_fields=["field"],
            unique_fields=["agency", "heading"],
        )
        return begun(held, KIND, by, dry_run=True)


def check(ledger: LedgerImport, mapping: Mapping[str, str], chosen: Mapping[str, Any]) -> None:
    for head in ledger.heads:
        here = [mapping[title] for title in dict.fromkeys(head["titles"]) if title and mapping[title]]
        twice = sorted({field for field in here if here.count(field) > 1})
        unknown = sorted(field for field in here if field not in fields.FIELDS)
        if twice or unknown:
            raise Refused(
                "ledger-mapping", _("Each field is held by one column: look at %(fields)s."), status=422, fields=pictures.listed(twice + unknown)
            )  # fmt: skip
        if "number" in here:
            continue
        named = {"enterprise_name", "enterprise_code"} & set(here)
        said = {"title", "facts"} & set(here)
        lacks = [str(fields.FIELDS[one].label) for one in fields.CODED if one not in here and not chosen.get(one)]
        lacks += [] if named else [str(fields.FIELDS["enterprise_name"].label)]
        lacks += [] if said else [str(fields.FIELDS["title"].label)]
        lacks += [] if "filed_on" in here else [str(fields.FIELDS["filed_on"].label)]
        if lacks:
            raise Refused(
                "ledger-mapping",
                _("These are held by no column, and nothing was chosen for all lines: %(fields)s."),
                status=422,
                fields=pictures.listed(dict.fromkeys(lacks)),
            )


def idle(ledger: LedgerImport) -> LedgerImport:
    """The import, locked, that nothing is being done with and that was not entered yet. Refused: else."""
    held = LedgerImport.objects.select_for_update(of=("self",)).select_related("agency", "by", "job").get(pk=ledger.pk)
    if held.job is not None and not held.job.is_finished:
        raise Refused("in-progress", _("This ledger is being worked on. Wait for its end, or stop it."))
    if held.entered_at is not None:
        raise Refused(
            "import-entered", _("This ledger was entered already. Hand the file in again for what has changed since.")
        )
    return held


def begun(ledger: LedgerImport, kind: str, by: Person, **asked: Any) -> Job:
    job = jobs.begin(kind, [], by=by, asked={"ledger": str(ledger.pk), "file": ledger.file_name} | asked)
    ledger.job = job
    ledger.save(update_fields=["job", "mapping", "chosen", "entered_at", "undone_at"])
    return job


def enter(ledger: LedgerImport, *, by: Person) -> Job:
    """Begin to enter what the look has found good; the lines with problems are left out. Put into the record. Refused: before every line was looked
    at ("look-first"); a file that is gone ("file-gone"); twice."""
    takes_in_for(by, ledger.agency.code)
    with transaction.atomic():
        held = idle(ledger)
        if held.job is None or held.job.state != Job.State.DONE or not held.job.asked.get("dry_run"):
            raise Refused("look-first", _("First let every line be looked at, to the end."))
        if not file_of(held).exists():
            raise Refused("file-gone", _("The file is no longer kept. Hand it in again."), status=404)
        counts, held.entered_at = held.job.counts, time.now()
        job = begun(held, KIND, by, dry_run=False)
        stated = {
            "agency": held.agency.code,
            "source": held.file_digest,
            "lines": counts.get("done", 0),
            "left_out": counts.get("faulty", 0),
        }
        events.append(
            "ledger", held.pk, "import_ledger", by=by.actor, data=stated, erasable={"file_name": held.file_name}
        )
    return job


def undo(ledger: LedgerImport, *, reason: str, by: Person) -> Job:
    """Begin to take all its cases back. Put into the record. Refused: no reason; an import that was not entered, or taken back already; as soon as
    somebody has acted on one of the cases ("acted-on"): then each is dealt with by the ordinary verbs."""
    takes_in_for(by, ledger.agency.code)
    if not reason.strip():
        raise Refused("reason-missing", _("Say why: the reason stays in the record."), status=422)
    with transaction.atomic():
        held = LedgerImport.objects.select_for_update(of=("self",)).select_related("agency", "job").get(pk=ledger.pk)
        if held.entered_at is None or held.undone_at is not None or (held.job and not held.job.is_finished):
            raise Refused(
                "nothing-to-undo", _("This import was not entered, is being worked on, or was taken back already.")
            )
        acted = ImportedLine.objects.filter(ledger=held, stands=True, case__event_count__gt=1).select_related("case")[
            :3
        ]
        if acted:
            raise Refused(
                "acted-on",
                _(
                    "Somebody has acted on cases of this import since, for instance %(cases)s. It can no longer be taken back as a whole."
                ),
                cases=pictures.listed(one.case.number for one in acted),
            )
        held.undone_at = time.now()
        told = events.append(
            "ledger", held.pk, "undo_ledger", by=by.actor, data={}, erasable={"reason": reason.strip()[:1000]}
        )
        return begun(held, UNDO, by, decided=told.digest)


# The lines, as they lie between two parts of a job


def spread(ledger: LedgerImport) -> int:
    """Write the lines of all sheets into a file of their own, one a line, the cells under their fields; how many."""
    count = 0
    heads = {head["sheet"]: (head["titles"], head["start"] - 1) for head in ledger.heads}
    several = len(heads) > 1
    with file_of(ledger).open("rb") as file, rows_of(ledger).open("wb") as written:
        for sheet in handed_in.sheets(file, ledger.file_name, lambda sheet, _lines: heads.get(sheet)):
            places: dict[str, int] = {}
            own: dict[str, int] = {}
            for place, title in enumerate(sheet.titles):
                if field := ledger.mapping.get(title, ""):
                    places.setdefault(field, place)
                if title in fields.catalogue() or field == "number":
                    own.setdefault(title, place)
            compares = "number" in places
            for number, cells in sheet.lines:
                if told := cells_of(cells, own if compares else places):
                    written.write(
                        json.dumps(
                            [sheet.name if several else "", sheet.name, number, compares, told], ensure_ascii=False
                        ).encode()
                        + b"\n"
                    )
                    count += 1
    return count


def cells_of(cells: Sequence[Any], places: Mapping[str, int]) -> dict[str, str]:
    """What the line says, by field; nothing for an empty line and for one that is no line of the ledger (a sum, a note at its foot)."""
    told = {
        field: said for field, place in places.items() if place < len(cells) and (said := tables.text(cells[place]))
    }
    first = next((said for cell in cells if (said := tables.text(cell))), "")
    return {} if first.replace(" ", "").startswith(fields.feet()) and len(told) <= len(places) // 2 + 1 else told


class Line:
    """One line as it was written by `spread`."""

    __slots__ = ("cells", "compares", "number", "sheet", "shown")

    def __init__(self, told: Sequence[Any]) -> None:
        self.shown: str = told[0]
        self.sheet: str = told[1]
        self.number: int = told[2]
        self.compares: bool = told[3]
        self.cells: dict[str, str] = told[4]


def part(ledger: LedgerImport, place: int, most: int) -> tuple[list[Line], int]:
    """The next lines from a place in the file, and the place behind them."""
    lines: list[Line] = []
    with rows_of(ledger).open("rb") as file:
        file.seek(place)
        while len(lines) < most and (said := file.readline()):
            lines.append(Line(json.loads(said)))
        return lines, file.tell()


def keyed(agency: Agency, said: Any) -> str:
    """What tells one line from another, and nothing else to whoever has no secret of the node."""
    return hmac.new(
        settings.SECRET_KEY.encode(), f"ledger:{agency.code}:{digest(said)}".encode(), hashlib.sha256
    ).hexdigest()


def key_of(agency: Agency, told: Mapping[str, Any]) -> str:
    """By the number that the ledger gives it in the year of filing, else by who filed what and when."""
    if told.get("ref"):
        return keyed(agency, {"ref": told["ref"], "year": told["legal_date"].year})
    names = ("enterprise_name", "enterprise_code", "title", "facts")
    return keyed(agency, {name: told.get(name, "") for name in names} | {"on": told["legal_date"].isoformat()})


class Held(NamedTuple):
    """A line that stands here as a case: its content, and the number of the case for whoever may see it."""

    digest: str
    number: str


def standing(agency: Agency, person: Person, keys: Iterable[str]) -> dict[str, Held]:
    """Which of these lines stand here already."""
    held = list(ImportedLine.objects.filter(agency=agency, stands=True, key__in=list(keys)))
    cases = (
        Case.objects.visible_to(person).filter(pk__in=[one.case_id for one in held]).only("pk", "filed_on")
        if held
        else ()
    )
    numbers = {case.pk: case.number for case in cases}
    return {one.key: Held(one.digest, numbers.get(one.case_id, "–")) for one in held}


def met(ledger: LedgerImport, size: int) -> set[str]:
    """The keys of the lines that were met in the parts before; what a part that was broken off had added is taken away."""
    path = keys_of(ledger)
    if not size:
        path.unlink(missing_ok=True)
        return set()
    with path.open("r+b") as file:
        file.truncate(size)
        return set(file.read().decode().split())


def meet(ledger: LedgerImport, keys: Iterable[str]) -> int:
    """Add the keys of a part; how large the file is now."""
    with keys_of(ledger).open("ab") as file:
        file.write("".join(f"{key}\n" for key in keys).encode())
        return file.tell()


def write(ledger: LedgerImport, lines: Sequence[tuple[str, str, int]]) -> None:
    """Key, digest and case of lines that were entered."""
    rows = [(ledger.pk, ledger.agency_id, key, content, case, True) for key, content, case in lines]
    bulk.insert(ImportedLine, ("ledger", "agency", "key", "digest", "case", "stands"), rows)


# What is no longer needed


def forget_old() -> int:
    return forget(time.now() - KEPT)


def forget(until: datetime) -> int:
    """Delete the files that were handed in until then; how many."""
    if not folder().is_dir():
        return 0
    old = [path for path in folder().iterdir() if path.stat().st_mtime <= until.timestamp()]
    for path in old:
        path.unlink(missing_ok=True)
    return len(old)


def discard(ledger: LedgerImport) -> None:
    """Delete what was handed in: it was entered, or is not wanted."""
    for path in (file_of(ledger), rows_of(ledger), keys_of(ledger)):
        path.unlink(missing_ok=True)
