"""Enterprises, and the people who stand for them."""

from __future__ import annotations

import uuid
from datetime import date

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from lianqiao.registry.models.people import Person
from lianqiao.registry.models.periods import Named, ordered, within
from lianqiao.registry.models.places import Region


class Enterprise(Named):
    """A business that files cases. `uscc` is the unified social credit code, "" while it is being founded."""

    class Kind(models.TextChoices):
        PRIVATE = "private", _("Private enterprise")
        FOREIGN_INVESTED = "foreign_invested", _("Foreign-invested enterprise")
        INWARD = "inward", _("Enterprise from another region")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    uscc = models.CharField(max_length=18, blank=True, default="")
    kind = models.CharField(max_length=16, choices=Kind.choices)
    origin = models.CharField(max_length=2, blank=True, default="", help_text="The investor's, ISO 3166-1 alpha-2")
    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="enterprises")
    address = models.CharField(max_length=300, blank=True, default="")

    class Meta:
        ordering = ["name_zh"]
        indexes = [models.Index(fields=["name_zh"], name="enterprise_name_zh")]
        constraints = [
            models.UniqueConstraint(fields=["uscc"], condition=~Q(uscc=""), name="enterprise_uscc_unique"),
            models.CheckConstraint(
                condition=Q(kind__in=["private", "foreign_invested", "inward"]), name="enterprise_kind_known"
            ),
        ]


class EnterpriseMemberQuerySet(models.QuerySet["EnterpriseMember"]):
    def active(self, on: date) -> EnterpriseMemberQuerySet:
        """The links that hold on the day, of active people."""
        return self.filter(within("since", "until", on), person__is_active=True)

    def of(self, person: Person) -> EnterpriseMemberQuerySet:
        """The links of one person, with the enterprises."""
        return self.filter(person=person).select_related("enterprise")


class EnterpriseMember(models.Model):
    """A person stands for an enterprise: as its owner, or as its agent with powers, for matters, to a day."""

    class Capacity(models.TextChoices):
        OWNER = "owner", _("Owner or principal")
        AGENT = "agent", _("Agent")

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="enterprises")
    enterprise = models.ForeignKey(Enterprise, on_delete=models.PROTECT, related_name="members")
    capacity = models.CharField(max_length=8, choices=Capacity.choices)
    matters = models.CharField(max_length=500, blank=True, default="")
    powers = models.CharField(max_length=500, blank=True, default="")
    since = models.DateField()
    until = models.DateField(null=True, blank=True)

    objects = EnterpriseMemberQuerySet.as_manager()

    class Meta:
        ordering = ["enterprise_id", "since", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["person", "enterprise", "capacity"],
                condition=Q(until__isnull=True),
                name="enterprise_member_open_once",
            ),
            models.CheckConstraint(condition=Q(capacity__in=["owner", "agent"]), name="enterprise_capacity_known"),
            models.CheckConstraint(
                condition=~Q(capacity="agent") | (Q(until__isnull=False) & ~Q(powers="") & ~Q(matters="")),
                name="enterprise_agent_bounded",
            ),
            ordered("since", "until", "enterprise_member_dates_ordered"),
        ]
