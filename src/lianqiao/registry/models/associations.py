"""Enterprises as members of chambers and of the associations that run service workstations."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.db import models
from django.db.models import Q

from lianqiao.registry.models.enterprises import Enterprise
from lianqiao.registry.models.periods import ordered, within
from lianqiao.registry.models.places import Agency


class EnterpriseAssociationQuerySet(models.QuerySet["EnterpriseAssociation"]):
    def active(self, on: date) -> EnterpriseAssociationQuerySet:
        """Those that hold on the day, of active agencies."""
        return self.filter(within("since", "until", on), agency__active=True)

    def of_enterprises(self, enterprises: Iterable[Enterprise]) -> EnterpriseAssociationQuerySet:
        """Those of the enterprises, or of a row that is merged with one of them."""
        return self.filter(enterprise__in=Enterprise.objects.family(enterprises))


class EnterpriseAssociation(models.Model):
    """The enterprise is a member of a federation, chamber or workstation, whose intake officers may file and follow for it."""

    enterprise = models.ForeignKey(Enterprise, on_delete=models.PROTECT, related_name="associations")
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="member_enterprises")
    since = models.DateField()
    until = models.DateField(null=True, blank=True)

    objects = EnterpriseAssociationQuerySet.as_manager()

    class Meta:
        ordering = ["agency_id", "enterprise_id", "since", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["enterprise", "agency"], condition=Q(until__isnull=True), name="association_open_once"
            ),
            ordered("since", "until", "association_dates_ordered"),
        ]
