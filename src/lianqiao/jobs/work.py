"""Does jobs part by part: the runner of the follower process, and whoever waits for a job at the command line.

The step of a kind is called in a transaction, with the job locked and in the language of the person who began it. It does the next part,
counts on the job what it did, and says whether that was all. What it raises undoes the part; it is tried again at growing distance.
"""

import logging
from collections.abc import Callable
from datetime import timedelta

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import override

from lianqiao.record import time
from lianqiao.record.followers import runner
from lianqiao.record.refusal import Refused

from .models import Job

log = logging.getLogger(__name__)

Step = Callable[[Job], bool]
steps: dict[str, Step] = {}
"""Every kind of job by its name."""

LEASE = timedelta(seconds=60)
"""A part takes well under this. What a dead process had taken is taken again afterwards."""
LONGEST_PAUSE = timedelta(minutes=15)
MOST_ATTEMPTS = 8
"""A part that failed, or whose process died, so many times in a row ends the job."""


def kind(name: str) -> Callable[[Step], Step]:
    """Register the step of a kind of job. `name` stays for ever: jobs that wait carry it."""

    def register(step: Step) -> Step:
        if steps.setdefault(name, step) is not step:
            raise ValueError(f"there is a kind {name} already")
        return step

    return register


@runner("jobs")
def work() -> int:
    """One part of the job that waits longest; 1, or 0 when none waits."""
    if not Job.objects.due(time.now()).exists():
        return 0  # without a transaction: on SQLite that would hold up every writer
    job = take()
    return part(job) if job else 0


def take(only: Job | None = None) -> Job | None:
    """Take the right to do the next part, of `only` or of any job, for as long as the lease lasts."""
    moment = time.now()
    with transaction.atomic():
        due = Job.objects.due(moment).select_for_update(skip_locked=True, of=("self",))
        job = (due.filter(pk=only.pk) if only else due).first()
        if job is None:
            return None
        job.attempts, job.next_attempt_at = job.attempts + 1, moment + LEASE
        job.state, job.began_at = Job.State.RUNNING, job.began_at or moment
        job.save(update_fields=["attempts", "next_attempt_at", "state", "began_at"])
    return job


def part(job: Job) -> int:
    """Do the part that was taken, or say on the job why it could not be done; 1."""
    try:
        with transaction.atomic():
            held = Job.objects.select_for_update(of=("self",)).select_related("by").get(pk=job.pk)
            if held.is_finished or held.next_attempt_at != job.next_attempt_at:
                return 1  # the lease had run out, and somebody else went on
            with override(held.by.language):
                _do(held)
            held.save()
    except Exception as error:
        log.exception("a part of the job %s (%s) failed", job.pk, job.kind)
        _failed(job, f"{type(error).__name__}: {error}"[:300])
    return 1


def _do(job: Job) -> None:
    if job.attempts > MOST_ATTEMPTS:
        _end(job, Job.State.FAILED, job.error or _("The process that worked on it ended too often."))
    elif job.cancel_asked:
        _end(job, Job.State.CANCELLED)
    elif not job.by.is_active:
        _end(job, Job.State.FAILED, _("The person who began it may no longer act here."))
    else:
        try:
            with transaction.atomic():
                finished = steps[job.kind](job)
        except Refused as refused:  # nothing of the rest may be done either: the person lost the role
            _end(job, Job.State.FAILED, str(refused))
            return
        job.attempts, job.error, job.next_attempt_at = 0, "", time.now()
        if finished:
            _end(job, Job.State.DONE)


def _end(job: Job, state: Job.State, error: str = "") -> None:
    """The job is over; what of its rows was not worked on holds nothing any more. What a step leaves in rows that it is done with stays for a
    job that goes on with them (`actions.go_on`)."""
    job.state, job.error, job.finished_at = state, error[:300], time.now()
    if state != Job.State.DONE:
        job.rows.filter(content__isnull=False).update(content=None)


def _failed(job: Job, error: str) -> None:
    pause = min(timedelta(seconds=2**job.attempts), LONGEST_PAUSE)
    Job.objects.filter(pk=job.pk, next_attempt_at=job.next_attempt_at).update(
        error=error, next_attempt_at=time.now() + pause
    )
