"""Ledgers that officers define. Written by `actions` alone."""

from __future__ import annotations

import uuid
from typing import Self

from django.db import models
from django.db.models import Q

from lianqiao.cases import keys
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
