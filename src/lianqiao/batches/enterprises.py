"""Tables of enterprises as long work: first every row is looked at, with its problems by column; then what can be taken is entered.

The first job writes nothing but what it found. The second goes on with the rows that the first found good, so that nobody hands the file in
twice; each row is looked at once more, because the registry goes on meanwhile. Broken off between two parts, it goes on with the next.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import asdict
from typing import IO, Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from lianqiao.jobs import actions as jobs
from lianqiao.jobs import work
from lianqiao.jobs.models import Job, Problem, Row
from lianqiao.law.text import listed
from lianqiao.record.canonical import digest
from lianqiao.record.refusal import Refused
from lianqiao.registry import access, importing, remembered
from lianqiao.registry.actions import imports
from lianqiao.registry.models import EnterpriseImport, Person

KIND = "enterprises"
MOST_ROWS = 50_000
"""Rows of one file; `lianqiao enterprise import` takes more."""
PART = 1000
"""Rows of one part of the job."""
MOST_LIKELY = 50
"""New rows that may be an enterprise that is there: so many are told."""
NOTES = ("differs", "likely")
"""What is noted of rows that can be taken, or are known."""


def begin(file: IO[bytes], name: str, *, by: Person) -> Job:
    """Begin to look at the enterprises of a CSV or XLSX, by an administrator; nothing is entered. The same file again while it is being
    looked at is the same job. Refuses whatever `importing.opened` refuses, and more rows than MOST_ROWS, with nothing begun."""
    access.admin(by)
    table = importing.opened(file.read(), name)
    asked = {
        "dry_run": True,
        "file": name[:200],
        "digest": table.digest,
        "ignored": table.ignored,
        "titles": {field: table.title(field) for field in table.columns},
    }
    key = digest({"by": str(by.pk), "kind": KIND, "file": table.digest})
    return jobs.begin(KIND, rows_of(table), by=by, key=key, asked=asked)


def rows_of(table: importing.Table) -> Iterator[jobs.Numbered]:
    for row, found in importing.checked(table, MOST_ROWS):
        yield row.number, {"row": asdict(row), "problems": [list(problem) for problem in found]}


def go_on(job_id: UUID, *, by: Person) -> Job:
    """Enter what a job found that can be taken, by the administrator who began it. The rows with problems are left out. Refuses a job that is
    not done, or was gone on with already ("nothing-to-do")."""
    access.admin(by)
    with transaction.atomic():
        before = found(job_id, by)
        job = jobs.go_on(job_id, by=by, asked={"dry_run": False})
        told = before.counts
        record = imports.begin(
            before.asked["file"], before.asked["digest"], new=job.total, known=told.get("known", 0), left_out=told.get("faulty", 0), by=by
        )  # fmt: skip
        job.asked["import"] = str(record.pk)
        job.save(update_fields=["asked"])
    return job


def found(job_id: UUID, by: Person) -> Job:
    """One's own job over enterprises. Refuses any other (404)."""
    job = Job.objects.of(by).filter(pk=job_id, kind=KIND).first()
    if job is None:
        raise jobs.unknown_job()
    return job


class Overtaken(Exception):  # noqa: N818 (what happened)
    """Somebody else entered one of these enterprises at the same moment: the part is undone, and tried again."""


@work.kind(KIND)
def step(job: Job) -> bool:
    """Look at the next rows, or enter them."""
    actor = access.admin(job.by)
    waiting = list(job.rows.waiting()[:PART])
    told = {one.pk: read(one.content) for one in waiting}
    sound = [row for row, problems in told.values() if not problems]
    there = importing.held(sound)
    problems: list[importing.Problem] = []
    new: list[importing.Row] = []
    became: dict[Row.State, list[int]] = defaultdict(list)
    for one in waiting:
        row, wrong = told[one.pk]
        known = there.name(row)
        state = Row.State.FAULTY if wrong else Row.State.DONE if known is None else Row.State.KNOWN
        became[state].append(one.pk)
        if wrong:
            problems += wrong
        elif known is not None:
            note = importing.differs(row, known, job.asked["titles"]["name_zh"])
            problems += [note] if note else []
        else:
            new.append(row)
    rehearsal = job.asked["dry_run"]
    if rehearsal:
        problems += likely(job, new)
    elif new:
        enter(job, new, actor)
    for state, rows in became.items():
        kept: dict[str, Any] = {} if rehearsal and state == Row.State.DONE else {"content": None}
        Row.objects.filter(pk__in=rows).update(state=state, **kept)
        job.counts[state] = job.counts.get(state, 0) + len(rows)
    Problem.objects.bulk_create(
        Problem(job=job, row=one.row, column=one.column[:100], code=one.code, sentence=one.sentence[:1000])
        for one in problems
    )
    job.done += len(waiting)
    job.result = {name: job.asked[name] for name in ("dry_run", "file", "ignored", "import") if name in job.asked}
    return job.done >= job.total


def read(content: Any) -> tuple[importing.Row, list[importing.Problem]]:
    told = content["row"]
    return importing.Row(**told | {"former": tuple(told["former"])}), [
        importing.Problem(*one) for one in content["problems"]
    ]


def enter(job: Job, new: list[importing.Row], by: Any) -> None:
    record = EnterpriseImport.objects.select_for_update().get(pk=job.asked["import"])
    if record.undone_at is not None:
        raise Refused("import-undone", _("This import was undone already."))
    try:
        imports.enter(new, record, by)
    except Refused as overtaken:
        raise Overtaken(str(overtaken)) from overtaken
    remembered.forget()


def likely(job: Job, new: list[importing.Row]) -> list[importing.Problem]:
    """Notes on new rows that may be an enterprise that is there, as long as not enough were told."""
    room = MOST_LIKELY - job.problems.filter(code="likely").count()
    if room <= 0:
        return []
    reading = importing.Reading("", new=new)
    return [
        importing.Problem(
            one.row,
            job.asked["titles"]["name_zh"],
            "likely",
            gettext("may be %(other)s: %(why)s")
            % {"other": one.other, "why": listed(one.reasons, get_language() or "zh", strong=True)},
        )
        for one in importing.likely(reading, most=room)
    ]
