"""Taking a ledger out: small ones at once, large ones by a job that writes part by part, tells how far it is, and keeps the file for a week.

Whatever way it goes, it is put into the record who took out which ledger, in which form and with how many rows, and looks at confidential
cases are noted like looks on the screen.
"""

from __future__ import annotations

import json
from array import array
from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any, BinaryIO
from uuid import UUID, uuid5

import orjson
from django.conf import settings
from django.db import transaction
from django.http import FileResponse
from django.utils.translation import gettext_lazy as _

from lianqiao.cases import erasing, looks
from lianqiao.jobs import actions as jobs
from lianqiao.jobs import work
from lianqiao.jobs.models import Job
from lianqiao.record import events, time
from lianqiao.record.followers import follower
from lianqiao.record.models import Event
from lianqiao.record.refusal import Refused
from lianqiao.registry.models import Person

from . import incoming, reading, standard, writing
from .columns import DATE, Column, Line
from .definition import read
from .standard import Shown

AT_ONCE = 1000
"""Rows up to which a ledger is taken out within the answer; more are a job."""
KEPT = timedelta(days=7)
KIND = "ledger"
STANDARD = UUID("6f1c9d0e-8a57-4c0e-9a55-0d6f4f6f0c11")
"""The space of the ids under which standard ledgers stand in the record."""
FORMS = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
    "ndjson": "application/x-ndjson",
}


def folder() -> Path:
    return Path(settings.LIANQIAO_DATA) / "taken-out"


def wanted(form: str, paper: str) -> tuple[str, writing.Paper]:
    """The form and the paper. Refused: another form than XLSX, CSV and NDJSON, another paper than A4 and A3 ("ledger-form")."""
    if form not in FORMS or paper not in writing.PAPERS:
        raise Refused("ledger-form", _("A ledger is taken out as xlsx, csv or ndjson, for A4 or A3."), status=422)
    return form, "A3" if paper == "A3" else "A4"


def write(
    file: BinaryIO, shown: Shown, person: Person, rows: Iterator[writing.Cells], form: str, paper: writing.Paper
) -> None:
    if form == "xlsx":
        writing.workbook(file, shown, person, rows, paper)
    elif form == "ndjson":
        writing.objects(file, shown, rows)
    else:
        writing.text(file, shown, rows)


def cells_for(form: str) -> Callable[[list[Column], Line], writing.Cells]:
    """What makes the row of a line in this form."""
    return writing.for_programs if form == "ndjson" else writing.cells


def at_once(file: BinaryIO, shown: Shown, person: Person, *, form: str, paper: str) -> bool:
    """Write a ledger of at most AT_ONCE rows into the file; False, with nothing written, when it has more."""
    form, size = wanted(form, paper)
    lines, more = reading.page(shown.definition, person, most=AT_ONCE)
    if more:
        return False
    held = writing.columns_of(shown)
    looks.at_list([line.case for line in lines], person)
    tell = cells_for(form)
    write(file, shown, person, (tell(held, line) for line in lines), form, size)
    note(shown, person, form, len(lines))
    return True


def whole(
    file: BinaryIO, shown: Shown, person: Person, *, form: str, paper: str, told: Callable[[int], None] | None = None
) -> int:
    """Write a ledger of any length into the file, and say how many rows; `told` hears them on the way. Refused: like `wanted`."""
    form, size = wanted(form, paper)
    held, tell = writing.columns_of(shown), cells_for(form)
    count = 0

    def rows() -> Iterator[writing.Cells]:
        nonlocal count
        for part in reading.in_parts(shown.definition, person):
            looks.at_list([line.case for line in part], person)
            yield from (tell(held, line) for line in part)
            count += len(part)
            if told:
                told(count)

    write(file, shown, person, rows(), form, size)
    note(shown, person, form, count)
    return count


def note(shown: Shown, person: Person, form: str, rows: int) -> None:
    """Put into the record that the ledger was taken out."""
    subject = shown.kept.pk if shown.kept else uuid5(STANDARD, shown.code)
    data = {"ledger": shown.code, "form": form, "rows": rows}
    told = {"definition": json.dumps(shown.definition.as_data(), ensure_ascii=False)}
    with transaction.atomic():
        events.append("ledger", subject, "take_out", by=person.actor, data=data, erasable=told)


def begin(shown: Shown, person: Person, *, form: str, paper: str) -> Job:
    """Begin the job that takes the ledger out. Refused: like `wanted`, and too many unfinished jobs."""
    form, size = wanted(form, paper)
    asked = {"code": shown.code, "definition": shown.definition.as_data(), "form": form, "paper": size}
    return jobs.begin(KIND, [], by=person, asked=asked)


@work.kind(KIND)
def step(job: Job) -> bool:
    """The next part. First the cases are put in order; then their rows go into a file of their own, part by part; after the last, the ledger is written.
    A part that is done again begins where it had begun."""
    person = job.by
    kept = standard.named(job.asked["code"], person)
    shown = Shown(kept.code, kept.name, kept.about, kept.basis, read(job.asked["definition"]), kept.kept)
    held = writing.columns_of(shown)
    folder().mkdir(mode=0o700, parents=True, exist_ok=True)
    rows, order = folder() / f"{job.pk}.rows", folder() / f"{job.pk}.order"
    if "place" not in job.result:
        found = reading.order_of(shown.definition, person)
        order.write_bytes(found.tobytes())
        rows.write_bytes(b"")
        job.total, job.result = len(found), {"place": 0, "size": 0, "rows": 0}
        return False
    place = job.result["place"]
    if place < job.total:
        part = array("q", order.read_bytes())[place : place + reading.PART]
        lines = reading.part(shown.definition, person, part)
        looks.at_list([line.case for line in lines], person)
        tell = cells_for(job.asked["form"])
        with rows.open("r+b") as file:
            file.truncate(job.result["size"])
            file.seek(0, 2)
            file.write(b"".join(orjson.dumps(tell(held, line)) + b"\n" for line in lines))
            job.result = {"place": place + len(part), "size": file.tell(), "rows": job.result["rows"] + len(lines)}
        job.done += len(part)
        return False
    days = [n for n, column in enumerate(held) if column.kind == DATE and job.asked["form"] != "ndjson"]
    with path_of(job).open("wb") as file:
        write(file, shown, person, rows_of(rows, days), job.asked["form"], job.asked["paper"])
    for path in (rows, order):
        path.unlink()
    note(shown, person, job.asked["form"], job.result["rows"])
    job.result = {"size": path_of(job).stat().st_size}
    return True


def rows_of(path: Path, days: list[int]) -> Iterator[writing.Cells]:
    with path.open("rb") as file:
        for line in file:
            cells: list[Any] = orjson.loads(line)
            for n in days:
                cells[n] = date.fromisoformat(cells[n]) if cells[n] else ""
            yield cells


def path_of(job: Job) -> Path:
    return folder() / f"{job.pk}.{job.asked['form']}"


def answer(job: Job, name: str) -> FileResponse:
    """The file of a job. Refused: one that is not ready, or was deleted after a week or after an erasure ("file-gone", 404)."""
    try:
        file = path_of(job).open("rb") if job.state == Job.State.DONE else None
    except FileNotFoundError:
        file = None
    if file is None:
        raise Refused("file-gone", _("This file is not there, or no longer. Take the ledger out again."), status=404)
    return download(file, name, job.asked["form"])


def download(file: Any, name: str, form: str) -> FileResponse:
    return FileResponse(file, as_attachment=True, filename=f"{name}-{time.today()}.{form}", content_type=FORMS[form])


def concerns(event: Event) -> bool:
    return event.verb in erasing.DESTROYING


@follower("ledgers", wants=concerns)
def erased(batch: Sequence[Event]) -> None:
    """Something was erased: it may stand in a file that lies ready, or that was handed in, so that all of them go. Whoever wants one takes it out,
    or hands it in, again."""
    if any(map(concerns, batch)):
        forget(time.now())
        incoming.forget(time.now())


def forget_old() -> int:
    """Delete files that were taken out more than a week ago; how many."""
    return forget(time.now() - KEPT)


def forget(until: datetime) -> int:
    """Delete the files that were written until then; how many."""
    if not folder().is_dir():
        return 0
    old = [path for path in folder().iterdir() if path.stat().st_mtime <= until.timestamp()]
    for path in old:
        path.unlink(missing_ok=True)
    return len(old)
