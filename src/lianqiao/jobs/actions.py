"""Begin a job, hand its rows in, cancel it, forget what is old."""

from collections.abc import Iterable, Iterator
from datetime import timedelta
from itertools import islice
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from lianqiao.record import time
from lianqiao.record.refusal import Refused
from lianqiao.registry.models import Person

from .models import Job, Problem, Row

CHUNK = 500
"""Rows that are written at once."""
MOST_UNFINISHED = 5
ROWS_KEPT = timedelta(days=30)
SEALED_KEPT = timedelta(days=7)
CONTENT_KEPT = timedelta(days=1)
"""How long a finished job can be gone on with."""
LOADING_KEPT = timedelta(days=1)
"""A job whose rows were still being handed in a day ago: the process that did so is gone."""

Numbered = tuple[int, dict[str, Any]]


def begin(
    kind: str, rows: Iterable[Numbered], *, by: Person, key: str = "", asked: dict[str, Any] | None = None
) -> Job:
    """Begin a job over numbered rows; the follower process works on it from then on. One transaction for every CHUNK of rows.

    With a `key` under which an unfinished job stands, that job is meant and nothing is begun. Refused: more than five unfinished jobs of
    one person (429); whatever reading the rows refuses, with nothing left of the job.
    """
    before = _unfinished(key, by) if key else None
    if before is not None:
        return before
    if (
        Job.objects.of(by).exclude(state__in=[Job.State.DONE, Job.State.FAILED, Job.State.CANCELLED]).count()
        >= MOST_UNFINISHED
    ):
        raise Refused(
            "too-many-jobs",
            _("%(most)s jobs of yours are not finished. Wait for one of them, or cancel it."),
            status=429,
            most=MOST_UNFINISHED,
        )
    moment = time.now()
    try:
        with transaction.atomic():
            job = Job.objects.create(
                kind=kind, by=by, key=key, asked=asked or {}, state=Job.State.LOADING, created_at=moment, next_attempt_at=moment
            )  # fmt: skip
    except IntegrityError:
        begun = _unfinished(key, by)
        if begun is None:
            raise
        return begun
    try:
        total = sum(_write(job, chunk) for chunk in _chunks(rows))
    except BaseException:
        Job.objects.filter(pk=job.pk).delete()
        raise
    Job.objects.filter(pk=job.pk).update(state=Job.State.WAITING, total=total, next_attempt_at=time.now())
    job.refresh_from_db()
    return job


def _unfinished(key: str, by: Person) -> Job | None:
    return Job.objects.of(by).filter(key=key, finished_at__isnull=True).first()


def _chunks(rows: Iterable[Numbered]) -> Iterator[list[Numbered]]:
    source = iter(rows)
    while chunk := list(islice(source, CHUNK)):
        yield chunk


def _write(job: Job, chunk: list[Numbered]) -> int:
    Row.objects.bulk_create(Row(job=job, number=number, content=content) for number, content in chunk)
    return len(chunk)


def cancel(job_id: UUID, *, by: Person) -> Job:
    """Ask for the end of a job. What has been done stays done; the next part is not begun. Refused: a finished job, one of somebody else."""
    with transaction.atomic():
        job = Job.objects.of(by).select_for_update().filter(pk=job_id).first()
        if job is None:
            raise unknown_job()
        if job.is_finished:
            raise Refused("job-finished", _("This job has ended already; what it did stays done."))
        job.cancel_asked = True
        job.save(update_fields=["cancel_asked"])
    return job


def go_on(job_id: UUID, *, by: Person, asked: dict[str, Any]) -> Job:
    """Begin a job of the same kind over the rows that another one of the person has found good (done, and their content kept). The rows move,
    so that this can be done once. Refused: a job that has not ended well, one without such rows."""
    with transaction.atomic():
        before = Job.objects.of(by).select_for_update(of=("self",)).filter(pk=job_id).first()
        if before is None:
            raise unknown_job()
        good = before.rows.filter(state=Row.State.DONE, content__isnull=False)
        total = good.count() if before.state == Job.State.DONE else 0
        if not total:
            raise Refused(
                "nothing-to-do",
                _("There is nothing (or nothing any more) that could be gone on with. Hand the file in again."),
            )
        moment = time.now()
        job = Job.objects.create(
            kind=before.kind, by=by, asked=before.asked | asked, state=Job.State.WAITING, total=total, created_at=moment,
            next_attempt_at=moment,
        )  # fmt: skip
        good.update(job=job, state=Row.State.WAITING)
        before.result["next"] = str(job.pk)
        before.save(update_fields=["result"])
    return job


def unknown_job() -> Refused:
    return Refused("unknown-job", _("There is no such job among those that you began."), status=404)


def forget_old() -> int:
    """Forget the rows and problems of jobs that ended thirty days ago, and jobs that were never wholly handed in; how much it was."""
    moment = time.now()
    Job.objects.filter(state=Job.State.LOADING, created_at__lt=moment - LOADING_KEPT).delete()
    Row.objects.filter(job__finished_at__lt=moment - SEALED_KEPT).exclude(sealed="").update(sealed="")
    Row.objects.filter(job__finished_at__lt=moment - CONTENT_KEPT, content__isnull=False).update(content=None)
    old = Job.objects.filter(finished_at__lt=moment - ROWS_KEPT)
    rows, _tables = Row.objects.filter(job__in=old).delete()
    problems, _tables = Problem.objects.filter(job__in=old).delete()
    return rows + problems
