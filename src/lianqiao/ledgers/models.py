"""Ledgers that officers define, written by `actions` alone; and the ledgers of offices that were entered as cases."""

from __future__ import annotations

import uuid
from typing import Self

from django.db import models
from django.db.models import Q

from lianqiao.cases import keys
from lianqiao.cases.models import Case
from lianqiao.jobs.models import Job
from lianqiao.registry.models import Agency, Person


class LedgerQuerySet(models.QuerySet["Ledger"]):
    def open_to(self, person: Person) -> Self:
        """The person's own, and those that agencies of theirs share; none that was dropped."""
        agencies = {held.agency_id for held in keys.memberships_of(person)}
        return self.filter(Q(by=person) | Q(agency__in=agencies), dropped_at__isnull=True).select_related(
            "agency", "by"
        )


class Ledger(models.Model):
    """A definition under a name. Shared with everybody who has a role in `agency`, or for its maker alone. Which rows somebody sees in it
    is decided by what they may see, never by the ledger."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(max_length=60)
    definition = models.JSONField()
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="+", null=True, blank=True)
    made_at = models.DateTimeField()
    dropped_at = models.DateTimeField(null=True, blank=True)

    objects = LedgerQuerySet.as_manager()

    class Meta:
        ordering = ["name", "pk"]
        indexes = [models.Index(fields=["by"], name="ledger_by", condition=Q(dropped_at__isnull=True))]

    def __str__(self) -> str:
        return self.name


class SheetWidths(models.Model):
    """How wide a person has drawn the columns of a ledger (its code), in the height of a letter, by the code of the column."""

    person = models.ForeignKey(Person, models.CASCADE, related_name="+")
    ledger = models.CharField(max_length=36)
    widths = models.JSONField(default=dict)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "ledger"], name="one_set_of_widths")]


class LedgerImport(models.Model):
    """An office's own ledger that was handed in. `heads` are the headings that were found, sheet by sheet; `mapping` says which field each holds
    ("" for none), `chosen` what all lines share. `job` is what is being done with it now, or was done last. Written by `incoming` alone."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="+")
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    file_name = models.CharField(max_length=200)
    file_digest = models.CharField(max_length=64)
    heads = models.JSONField(default=list)
    mapping = models.JSONField(default=dict, blank=True)
    chosen = models.JSONField(default=dict, blank=True)
    job = models.ForeignKey(Job, models.SET_NULL, related_name="+", null=True, blank=True)
    handed_in_at = models.DateTimeField()
    entered_at = models.DateTimeField(null=True, blank=True)
    entered = models.PositiveIntegerField(default=0)
    undone_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-handed_in_at", "-pk"]
        indexes = [models.Index(fields=["agency", "-handed_in_at"], name="ledger_import_newest")]

    def __str__(self) -> str:
        return self.file_name


class ImportedLine(models.Model):
    """A line that was entered. `key` is what it is told from others by, `digest` its content, both keyed, so that they say nothing by themselves.
    It stands until the import is taken back: the same line is entered once."""

    ledger = models.ForeignKey(LedgerImport, models.PROTECT, related_name="lines")
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="+")
    key = models.CharField(max_length=64)
    digest = models.CharField(max_length=64)
    case = models.ForeignKey(Case, models.CASCADE, related_name="+")
    stands = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["agency", "key"], condition=Q(stands=True), name="one_standing_case_per_line"
            )
        ]


class Wording(models.Model):
    """Which field the agency's ledgers keep under a heading; remembered from the last time that somebody said so."""

    agency = models.ForeignKey(Agency, models.CASCADE, related_name="+")
    heading = models.CharField(max_length=100)
    field = models.CharField(max_length=32, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["agency", "heading"], name="one_field_per_heading")]
