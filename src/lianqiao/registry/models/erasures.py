"""Requests that personal data of the registry be erased, and what became of them."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from lianqiao.registry.models.enterprises import Enterprise
from lianqiao.registry.models.people import Person


class ErasureRequestQuerySet(models.QuerySet["ErasureRequest"]):
    def waiting(self) -> ErasureRequestQuerySet:
        """Those that nobody has decided, the oldest first."""
        return self.filter(state=ErasureRequest.State.WAITING).order_by("asked_at", "pk")


class ErasureRequest(models.Model):
    """Somebody asks that the contacts of an enterprise, or their own name, e-mail or account be erased. The reason is sealed in its event.

    Exactly one of `enterprise` and `person` says whose data it is.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting for a decision")
        REFUSED = "refused", _("Refused")
        ERASED = "erased", _("Erased")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    enterprise = models.ForeignKey(Enterprise, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    what = models.JSONField()
    asked_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    state = models.CharField(max_length=8, choices=State.choices, default=State.WAITING)
    ground = models.CharField(max_length=32, blank=True, default="")
    decided_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)

    objects = ErasureRequestQuerySet.as_manager()

    class Meta:
        ordering = ["-asked_at"]
        indexes = [models.Index(fields=["asked_at"], name="erasure_waiting", condition=Q(state="waiting"))]
        constraints = [
            models.CheckConstraint(
                condition=Q(enterprise__isnull=True) ^ Q(person__isnull=True), name="erasure_of_one_subject"
            )
        ]
