"""Jobs, the rows that they go through, and the problems that they met. Written by `actions`, by `work`, and by the step of a job's kind."""

import uuid
from datetime import datetime
from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from lianqiao.registry.models import Person


class JobQuerySet(models.QuerySet["Job"]):
    def of(self, person: Person) -> Self:
        """The jobs that the person began, newest first; nobody else sees them."""
        return self.filter(by=person).order_by("-created_at", "-pk")

    def due(self, now: datetime) -> Self:
        """Those of which a part can be done now, the one that waits longest first: long ones let short ones in."""
        return self.filter(state__in=UNFINISHED, next_attempt_at__lte=now).order_by("next_attempt_at", "created_at")


class Job(models.Model):
    """Work that is done part by part. A part and its mark are one transaction; a process that dies loses the part, never more.

    `next_attempt_at` is also the lease: whoever takes a part moves it ahead, and nobody else takes the job until then.
    """

    class State(models.TextChoices):
        LOADING = "loading", _("Being handed in")
        WAITING = "waiting", _("In the queue")
        RUNNING = "running", _("Running")
        DONE = "done", _("Done")
        FAILED = "failed", _("Given up")
        CANCELLED = "cancelled", _("Cancelled")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=32)
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    key = models.CharField(max_length=64, blank=True)
    asked = models.JSONField(default=dict, blank=True)
    state = models.CharField(max_length=16, choices=State)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    counts = models.JSONField(default=dict, blank=True)
    result = models.JSONField(default=dict, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_attempt_at = models.DateTimeField()
    cancel_asked = models.BooleanField(default=False)
    error = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField()
    began_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    objects = JobQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["next_attempt_at"], name="job_due", condition=Q(state__in=["waiting", "running"])),
            models.Index(fields=["by", "-created_at"], name="job_newest"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["key"],
                condition=Q(state__in=["loading", "waiting", "running"]) & ~Q(key=""),
                name="one_unfinished_job_per_key",
            )
        ]

    @property
    def is_finished(self) -> bool:
        return self.state in FINISHED


UNFINISHED = (Job.State.WAITING, Job.State.RUNNING)
FINISHED = (Job.State.DONE, Job.State.FAILED, Job.State.CANCELLED)


class RowQuerySet(models.QuerySet["Row"]):
    def waiting(self) -> Self:
        return self.filter(state=Row.State.WAITING).order_by("pk")


class Row(models.Model):
    """One row of what was handed in, by the number that the spreadsheet gives it. Its content goes when it has been worked on."""

    class State(models.TextChoices):
        WAITING = "waiting", _("In the queue")
        DONE = "done", _("Done")
        KNOWN = "known", _("Known already")
        FAULTY = "faulty", _("Cannot be taken")

    job = models.ForeignKey(Job, models.CASCADE, related_name="rows")
    number = models.PositiveIntegerField()
    content = models.JSONField(null=True, blank=True)
    state = models.CharField(max_length=8, choices=State, default=State.WAITING)
    result = models.JSONField(default=dict, blank=True)
    sealed = models.TextField(blank=True)

    objects = RowQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["job", "number"], name="one_row_per_number")]
        indexes = [models.Index(fields=["job", "id"], name="row_waiting", condition=Q(state="waiting"))]


class Problem(models.Model):
    """What is wrong with one cell, or with a row (no column), of which sheet where there are several, in the language of the person who began the job."""

    job = models.ForeignKey(Job, models.CASCADE, related_name="problems")
    sheet = models.CharField(max_length=100, blank=True)
    row = models.PositiveIntegerField()
    column = models.CharField(max_length=100, blank=True)
    code = models.CharField(max_length=64)
    sentence = models.CharField(max_length=1000)

    class Meta:
        indexes = [models.Index(fields=["job", "id"], name="problem_of_job")]
