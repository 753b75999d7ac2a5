"""The JSON API of jobs: how far they are, what was wrong, cancelling. Mounted by `site.api`."""

import io
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop
from ninja import Query, Router
from pydantic import BaseModel, Field

from lianqiao.record import time
from lianqiao.record.refusal import Refused
from lianqiao.registry.door import acting, person_of, reading

from . import actions
from .models import Job

router = Router(tags=["jobs"])
PREFIX = "/api/v1"
SHOWN = 100
LINES = "application/x-ndjson"


class JobProblem(BaseModel):
    """What is wrong with one cell, by the row of the file and the heading of its column."""

    sheet: str = Field("", description="Name of the sheet, of a workbook that has several.")
    row: int
    column: str = Field(description="Heading of the column as the file names it; empty when it is about the whole row.")
    code: str
    sentence: str = Field(description="What to do, in the language of the person who began the job.")


class JobRow(BaseModel):
    """A job in a list."""

    id: str
    kind: str
    state: str = Field(description="loading, waiting, running, done, failed or cancelled.")
    state_label: str
    done: int = Field(description="Rows that have been worked on, whatever became of them.")
    total: int
    counts: dict[str, int] = Field(description="How many rows were done, known or faulty.")
    created_at: str
    finished_at: str | None
    address: str


class JobSheet(JobRow):
    """One job with what it came to."""

    error: str = Field(description="Why it failed, or why its last part has to be tried again.")
    cancel_asked: bool
    result: dict[str, Any]
    problems: list[JobProblem] = Field(description="The first hundred.")
    problems_next: str | None = Field(description="Address of the further ones; null when these are all.")


class Jobs(BaseModel):
    jobs: list[JobRow]
    next: str | None = Field(description="Address of the next page; null on the last one.")


class Problems(BaseModel):
    problems: list[JobProblem]
    next: str | None = Field(description="Address of the next page; null on the last one.")


class JobsWanted(BaseModel):
    before: UUID | None = Field(None, description="Id of the last job of the page before.")
    limit: int = Field(20, ge=1, le=100)


class ProblemsWanted(BaseModel):
    after: int = Field(0, ge=0, le=2**62, description="As the page before named it.")
    limit: int = Field(SHOWN, ge=1, le=1000)


@router.get("/jobs", auth=reading, response=Jobs, summary=gettext_noop("List one's jobs"))
def list_jobs(request: HttpRequest, wanted: Query[JobsWanted]) -> object:
    """The jobs that the person began, newest first."""
    found = Job.objects.of(person_of(request))
    if wanted.before:
        last = found.filter(pk=wanted.before).first()
        found = found.filter(created_at__lt=last.created_at) if last else found.none()
    page = list(found[: wanted.limit + 1])
    more = len(page) > wanted.limit
    page = page[: wanted.limit]
    following = f"{PREFIX}/jobs?before={page[-1].pk}&limit={wanted.limit}" if more else None
    return {"jobs": [row(job) for job in page], "next": following}


@router.get("/jobs/{uuid:job}", auth=reading, response=JobSheet, summary=gettext_noop("See how far a job is"))
def read_job(request: HttpRequest, job: UUID) -> object:
    """State, progress, problems by row and column, and the result. Only for the person who began it."""
    return sheet(of(request, job))


@router.get(
    "/jobs/{uuid:job}/problems", auth=reading, response=Problems, summary=gettext_noop("List the problems of a job")
)
def list_problems(request: HttpRequest, job: UUID, wanted: Query[ProblemsWanted]) -> object:
    """What was wrong, in the order of the rows, page by page."""
    rows, following = problems(of(request, job), wanted.after, wanted.limit)
    return {"problems": rows, "next": following}


@router.post("/jobs/{uuid:job}/cancel", auth=acting, response=JobSheet, summary=gettext_noop("Cancel a job"))
def cancel_job(request: HttpRequest, job: UUID) -> object:
    """Ask for the end of a job. What it has done stays done; of what waits nothing more is begun."""
    return sheet(actions.cancel(job, by=person_of(request)))


def of(request: HttpRequest, job: UUID, kind: str = "") -> Job:
    """The person's own job with this id. Refused: any other (404)."""
    found = Job.objects.of(person_of(request)).filter(pk=job).first()
    if found is None or (kind and found.kind != kind):
        raise actions.unknown_job()
    return found


def row(job: Job) -> dict[str, Any]:
    return {
        "id": str(job.pk), "kind": job.kind, "state": job.state, "state_label": str(Job.State(job.state).label),
        "done": job.done, "total": job.total, "counts": job.counts, "created_at": time.stamp(job.created_at),
        "finished_at": time.stamp(job.finished_at) if job.finished_at else None, "address": f"{PREFIX}/jobs/{job.pk}",
    }  # fmt: skip


def sheet(job: Job) -> dict[str, Any]:
    first, following = problems(job, 0, SHOWN)
    return row(job) | {
        "error": job.error, "cancel_asked": job.cancel_asked, "result": job.result, "problems": first, "problems_next": following,
    }  # fmt: skip


def problems(job: Job, after: int, limit: int) -> tuple[list[dict[str, Any]], str | None]:
    found = list(job.problems.filter(pk__gt=after).order_by("pk")[: limit + 1])
    more = len(found) > limit
    found = found[:limit]
    told = [
        {"sheet": one.sheet, "row": one.row, "column": one.column, "code": one.code, "sentence": one.sentence}
        for one in found
    ]
    following = f"{PREFIX}/jobs/{job.pk}/problems?after={found[-1].pk}&limit={limit}" if more else None
    return told, following


def body_of_rows(example: str) -> dict[str, Any]:
    """How an operation that takes rows describes its body; the example is one line."""
    lines = {"type": "string", "description": "One row in each line; the fields are the columns."}
    file = {"type": "string", "format": "binary", "description": "XLSX, CSV or NDJSON."}
    upload = {"type": "object", "required": ["file"], "properties": {"file": file}}
    content = {LINES: {"schema": lines, "example": example}, "multipart/form-data": {"schema": upload}}
    return {"requestBody": {"required": True, "content": content}}


def handed_in(request: HttpRequest) -> tuple[Any, str]:
    """The file of a request and its name. Refused: another kind of body (415), no file (422)."""
    if request.content_type == "multipart/form-data":
        files = request.FILES.getlist("file")
        if len(files) != 1 or files[0].file is None:
            raise Refused("no-file", _("Hand in one file, in the field file."), status=422)
        return files[0].file, files[0].name or "-"
    if request.content_type not in (LINES, "application/jsonl"):
        raise Refused(
            "media-type",
            _("Send one JSON object in each line (application/x-ndjson), or a file (multipart/form-data)."),
            status=415,
        )
    return io.BytesIO(request.body), "NDJSON"
