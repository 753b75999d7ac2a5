"""Notices and their mail. Written by the follower and by the reader who marks a notice as read."""

from datetime import datetime
from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from lianqiao.cases.models import Case
from lianqiao.registry.models import Person


class NoticeQuerySet(models.QuerySet["Notice"]):
    def visible_to(self, person: Person) -> Self:
        """One's own notices of cases that one may still see, and of questions put to oneself."""
        readable = Case.objects.visible_to(person)
        return self.filter(Q(case__in=readable) | Q(verb="ask"), person=person)

    def unread(self) -> Self:
        return self.filter(read_at__isnull=True)


class Notice(models.Model):
    """One person has been told of one event of a case. The sentence is made when it is shown."""

    person = models.ForeignKey(Person, models.CASCADE, related_name="notices")
    case = models.ForeignKey(Case, models.CASCADE, related_name="+")
    event = models.PositiveIntegerField()
    verb = models.CharField(max_length=32)
    created_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True, blank=True)

    objects = NoticeQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "case", "event"], name="told_once")]
        indexes = [models.Index(fields=["person", "-id"], name="notice_newest")]


class MailQuerySet(models.QuerySet["Mail"]):
    def due(self, now: datetime) -> Self:
        """Mail whose next attempt has come and that no other process is sending."""
        free = Q(lease_until__isnull=True) | Q(lease_until__lt=now)
        return self.filter(free, state=Mail.State.WAITING, next_attempt_at__lte=now).order_by("next_attempt_at", "pk")


class Mail(models.Model):
    """The e-mail of one notice: tried with growing pauses for three days, then given up and visible as such."""

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        SENT = "sent", _("Sent")
        FAILED = "failed", _("Given up")

    notice = models.OneToOneField(Notice, models.CASCADE, related_name="mail")
    state = models.CharField(max_length=8, choices=State, default=State.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_attempt_at = models.DateTimeField()
    lease_until = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    last_error = models.CharField(max_length=300, blank=True)

    objects = MailQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["next_attempt_at"], name="mail_due", condition=Q(state="waiting"))]
