"""Regions, and the tree of the agencies that answer for them."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from lianqiao.registry.models.periods import Named


class Region(Named):
    """An administrative division, GB/T 2260: six digits."""

    code = models.CharField(max_length=6, primary_key=True)
    parent = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="children")
    node_code = models.CharField(max_length=12, db_index=True)

    class Meta:
        ordering = ["code"]


class AgencyQuerySet(models.QuerySet["Agency"]):
    def below(self, agency: Agency) -> AgencyQuerySet:
        """The agency and everything under it, nearest first."""
        return self.filter(path__startswith=agency.path)

    def named(self, words: str) -> AgencyQuerySet:
        """The active agencies whose name, in either language, holds the words."""
        return self.filter(Q(name_zh__icontains=words) | Q(name_en__icontains=words), active=True)

    def of_node(self, node: str) -> AgencyQuerySet:
        """The agencies whose region belongs to the node."""
        return self.filter(region__node_code=node)


class Agency(Named):
    """A body that answers for cases, or is complained of. `parent` is the tree; `upper` is where objections go."""

    class Kind(models.TextChoices):
        COMPLAINT_CENTRE = "complaint_centre", _("Complaint centre")
        DEPARTMENT = "department", _("Department")
        FEDERATION = "federation", _("Federation or chamber")
        WORKSTATION = "workstation", _("Service workstation")
        OFFICE = "office", _("Office")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    code = models.SlugField(max_length=40, unique=True)
    kind = models.CharField(max_length=16, choices=Kind.choices)
    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="agencies")
    parent = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="children")
    upper = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="objections_from")
    path = models.CharField(max_length=400, unique=True, help_text="Codes from the root to this agency: /root/child/")
    uscc = models.CharField(max_length=18, blank=True, default="")
    letter_code = models.CharField(
        max_length=20, blank=True, default="", help_text="Its mark in the numbers of documents, such as 川外投"
    )
    address = models.CharField(max_length=300, blank=True, default="")
    phone = models.CharField(max_length=60, blank=True, default="")
    email = models.EmailField(blank=True, default="")
    active = models.BooleanField(default=True)

    objects = AgencyQuerySet.as_manager()

    class Meta:
        ordering = ["path"]
        constraints = [
            models.UniqueConstraint(fields=["uscc"], condition=~Q(uscc=""), name="agency_uscc_unique"),
            models.CheckConstraint(
                condition=Q(kind__in=["complaint_centre", "department", "federation", "workstation", "office"]),
                name="agency_kind_known",
            ),
        ]

    def ancestors(self) -> AgencyQuerySet:
        """The agencies above this one, root first: one query, read from the stored path."""
        return Agency.objects.filter(code__in=self.path.strip("/").split("/")[:-1]).order_by("path")
