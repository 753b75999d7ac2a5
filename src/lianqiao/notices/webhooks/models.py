"""Who is to be told where, and what was or is to be told. Written by `actions`, by the follower and by the runner of this channel."""

import uuid
from datetime import datetime
from typing import Self

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from lianqiao.cases.models import Case
from lianqiao.registry.models import Agency, Enterprise, Person


class WebhookQuerySet(models.QuerySet["Webhook"]):
    def of(self, person: Person) -> Self:
        """The person's own; nobody else sees them."""
        return self.filter(person=person).order_by("created_at", "pk")

    def due(self, now: datetime) -> Self:
        """Those with something to tell now, which nobody is calling and which do not rest after a failure."""
        waiting = Delivery.objects.filter(
            webhook=OuterRef("pk"), state=Delivery.State.WAITING, next_attempt_at__lte=now
        )
        free = Q(lease_until__isnull=True) | Q(lease_until__lte=now)
        rested = Q(rest_until__isnull=True) | Q(rest_until__lte=now)
        return self.filter(free, rested, Exists(waiting), state=Webhook.State.ACTIVE).order_by("pk")


class Webhook(models.Model):
    """An address that one person has subscribed. It is told no more than the person may see at the moment of telling."""

    class State(models.TextChoices):
        ACTIVE = "active", _("Active")
        PAUSED = "paused", _("Paused")

    class Scope(models.TextChoices):
        ALL = "all", _("All cases that the person may see")
        ENTERPRISE = "enterprise", _("Cases of one enterprise of the person")
        AGENCY = "agency", _("Cases that one agency of the person answers for, received first or is being assigned")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey(Person, models.CASCADE, related_name="+")
    url = models.CharField(max_length=500)
    verbs = models.JSONField(default=list, blank=True)
    scope = models.CharField(max_length=12, choices=Scope, default=Scope.ALL)
    enterprise = models.ForeignKey(Enterprise, models.CASCADE, related_name="+", null=True, blank=True)
    agency = models.ForeignKey(Agency, models.CASCADE, related_name="+", null=True, blank=True)
    state = models.CharField(max_length=8, choices=State, default=State.ACTIVE)
    created_at = models.DateTimeField()
    failures = models.PositiveIntegerField(default=0)
    failing_since = models.DateTimeField(null=True, blank=True)
    rest_until = models.DateTimeField(null=True, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    paused_at = models.DateTimeField(null=True, blank=True)
    last_error = models.CharField(max_length=300, blank=True)

    objects = WebhookQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="webhook_scope_names_its_thing",
                condition=Q(scope="all", enterprise__isnull=True, agency__isnull=True)
                | Q(scope="enterprise", enterprise__isnull=False, agency__isnull=True)
                | Q(scope="agency", enterprise__isnull=True, agency__isnull=False),
            )
        ]


class DeliveryQuerySet(models.QuerySet["Delivery"]):
    def due(self, now: datetime) -> Self:
        return self.filter(state=Delivery.State.WAITING, next_attempt_at__lte=now).order_by("place")

    def readable_by(self, person: Person) -> Self:
        """Those of cases that the person may still see."""
        return self.filter(case__in=Case.objects.visible_to(person))


class Delivery(models.Model):
    """One event that is to be told to one address. Its id is that of the message, the same however often it is sent."""

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        DELIVERED = "delivered", _("Delivered")
        GIVEN_UP = "given_up", _("Given up")
        HELD = "held", _("Held while paused")
        BARRED = "barred", _("No longer to be seen by the person")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    webhook = models.ForeignKey(Webhook, models.CASCADE, related_name="deliveries")
    case = models.ForeignKey(Case, models.CASCADE, related_name="+")
    event = models.PositiveIntegerField()
    verb = models.CharField(max_length=32)
    place = models.PositiveBigIntegerField()
    occurred_at = models.DateTimeField()
    state = models.CharField(max_length=12, choices=State, default=State.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    began_at = models.DateTimeField()
    next_attempt_at = models.DateTimeField()
    delivered_at = models.DateTimeField(null=True, blank=True)
    last_status = models.PositiveSmallIntegerField(null=True, blank=True)
    last_error = models.CharField(max_length=300, blank=True)

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["webhook", "place"], name="one_delivery_per_event")]
        indexes = [
            models.Index(fields=["webhook", "next_attempt_at"], name="delivery_due", condition=Q(state="waiting")),
            models.Index(fields=["-began_at", "-id"], name="delivery_tried", condition=Q(attempts__gt=0)),
        ]
