"""A ticket of a hotline. Written by `actions` alone."""

import uuid
from typing import Self

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from lianqiao.cases import keys
from lianqiao.cases.models import Case, Exclusion
from lianqiao.registry.models import ADMINISTRATORS, Agency, Enterprise, Person

PROGRAMME = "hotline"


class TicketQuerySet(models.QuerySet["Ticket"]):
    def visible_to(self, person: Person) -> Self:
        """The read filter: tickets of the hotlines in which the person has a role, and, for leads and supervisors, of those below.

        Whoever an exclusion bars from the case that a ticket has become does not see the ticket either.
        """
        opened = Q(pk__in=[])
        for held in keys.memberships_of(person):
            matters = keys.matters_of(held)
            if held.role in ADMINISTRATORS or (matters and PROGRAMME not in matters):
                continue
            opened |= Q(hotline=held.agency_id)
            if held.role in keys.OVERSEEING:
                opened |= Q(hotline__path__startswith=held.agency.path)
        barred = Exclusion.objects.filter(case=OuterRef("case"), key__in=keys.bars_of(person))
        return self.filter(opened).exclude(Exists(barred))


class Ticket(models.Model):
    """What a hotline has registered, and how far its own flow is. No case: no clock of this node runs for it."""

    class Source(models.TextChoices):
        OWN = "own", _("Call to this hotline")
        NATIONAL = "national", _("National platform")
        TRANSFER = "transfer", _("Transferred from the other region")

    class Type(models.TextChoices):
        CONSULTATION = "consultation", _("Consultation")
        HELP = "help", _("Request for help")
        SUGGESTION = "suggestion", _("Suggestion")
        COMPLAINT = "complaint", _("Complaint")
        REPORT = "report", _("Report of a breach")

    class State(models.TextChoices):
        REGISTERED = "registered", _("Registered")
        DISPATCHED = "dispatched", _("Dispatched")
        ANSWERED = "answered", _("Answered")
        REVISITED = "revisited", _("Revisited")

    uid = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    hotline = models.ForeignKey(Agency, models.PROTECT, related_name="+")
    number = models.CharField(max_length=64)
    source = models.CharField(max_length=12, choices=Source, default=Source.OWN)
    received_at = models.DateTimeField()
    type = models.CharField(max_length=16, choices=Type)
    summary = models.CharField(max_length=1000)
    region = models.CharField(max_length=12, blank=True)
    category = models.CharField(max_length=100, blank=True)
    dispatched_to = models.CharField(max_length=200, blank=True)
    enterprise_name = models.CharField(max_length=200, blank=True)
    enterprise = models.ForeignKey(Enterprise, models.PROTECT, related_name="+", null=True, blank=True)
    state = models.CharField(max_length=12, choices=State)
    dispatched_at = models.DateTimeField(null=True, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    revisited_at = models.DateTimeField(null=True, blank=True)
    contacted = models.BooleanField(null=True, blank=True)
    resolved = models.BooleanField(null=True, blank=True)
    satisfaction = models.PositiveSmallIntegerField(null=True, blank=True, help_text="1 best ... 5 (GB/T 39046 A.8)")
    case = models.ForeignKey(Case, models.PROTECT, related_name="tickets", null=True, blank=True)
    imported_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    objects = TicketQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["hotline", "number"], name="one_ticket_per_number"),
            models.CheckConstraint(
                name="satisfaction_is_a_grade", condition=Q(satisfaction__isnull=True) | Q(satisfaction__range=(1, 5))
            ),
        ]
        indexes = [models.Index(fields=["hotline", "-id"], name="ticket_newest")]

    @property
    def is_settled(self) -> bool:
        """Whether the hotline's own flow has ended it: answered, and not said to be unsolved."""
        return self.state in (self.State.ANSWERED, self.State.REVISITED) and self.resolved is not False
