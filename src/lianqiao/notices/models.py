"""Notices, their mail and how each person wants it, reminders, calendars, and official documents."""

import uuid
from datetime import datetime
from typing import Self

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from lianqiao.cases import keys
from lianqiao.cases.clocks import ANSWER
from lianqiao.cases.models import REQUEST, Case, Clock, Exclusion, Kind
from lianqiao.exchange.models import Errand
from lianqiao.registry.models import Agency, Person

from . import kinds
from .webhooks.models import Webhook


def _of(*held: str) -> Q:
    """The condition that a notice has these and nothing else that it could be about."""
    return Q(
        **{f"{name}__isnull": name not in held for name in ("case", "event", "errand", "clock", "webhook", "subject")}
    )


class NoticeQuerySet(models.QuerySet["Notice"]):
    def visible_to(self, person: Person) -> Self:
        """One's own notices of cases that one may still see, of questions put to oneself, of errands of one's agencies, of one's own
        subscriptions, and of what other rooms have declared (`kinds`) and let one see."""
        readable = Case.objects.visible_to(person)
        barred = Exclusion.objects.filter(case=OuterRef("case"), key__in=keys.bars_of(person))
        question = Q(verb="ask") | (Q(clock__name=ANSWER) & ~Q(clock__subject__startswith=REQUEST))
        asked = question & ~Q(Exists(barred), case__kind=Kind.RETALIATION)
        errands = Q(errand__in=Errand.objects.visible_to(person))
        found = Q(case__in=readable) | asked | errands | Q(webhook__isnull=False)
        for name, kind in kinds.KINDS.items():
            found |= Q(kind=name, subject__in=kind.seen_by(person))
        return self.filter(found, person=person)

    def unread(self) -> Self:
        return self.filter(read_at__isnull=True)


class Notice(models.Model):
    """One person has been told of one event of a case or errand, reminded of a limit, or told that their webhook was paused. The sentence is made when
    it is shown.

    A reminder has its `clock`, the day on which the limit ends (`due_on`), and how many working days before (after, if negative) it is for.
    A notice of a `kind` that another room has declared has its `subject` there; one without person goes to a guest without account, by mail alone.
    """

    person = models.ForeignKey(Person, models.CASCADE, related_name="notices", null=True, blank=True)
    case = models.ForeignKey(Case, models.CASCADE, related_name="+", null=True, blank=True)
    event = models.PositiveIntegerField(null=True, blank=True)
    webhook = models.ForeignKey(Webhook, models.CASCADE, related_name="+", null=True, blank=True)
    errand = models.ForeignKey(Errand, models.CASCADE, related_name="+", null=True, blank=True)
    clock = models.ForeignKey(Clock, models.CASCADE, related_name="+", null=True, blank=True)
    kind = models.CharField(max_length=32, blank=True, default="")
    subject = models.UUIDField(null=True, blank=True)
    due_on = models.DateField(null=True, blank=True)
    days = models.SmallIntegerField(null=True, blank=True)
    verb = models.CharField(max_length=32)
    created_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True, blank=True)

    objects = NoticeQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person", "case", "event"], name="told_once"),
            models.UniqueConstraint(fields=["person", "errand", "event"], name="told_once_of_an_errand"),
            models.CheckConstraint(
                name="notice_of_one_thing",
                condition=_of("case", "event")
                | _of("errand", "event")
                | _of("case", "clock")
                | _of("webhook")
                | _of("subject", "event"),
            ),
            models.CheckConstraint(
                name="notice_of_a_declared_kind",
                condition=Q(subject__isnull=True, kind="", person__isnull=False)
                | Q(subject__isnull=False, days__isnull=False) & ~Q(kind=""),
            ),
            models.UniqueConstraint(
                fields=["person", "kind", "subject", "verb", "event", "days"], name="told_once_of_a_subject"
            ),
            models.UniqueConstraint(
                fields=["kind", "subject", "verb", "event", "days"],
                name="written_once_to_a_guest",
                condition=Q(person__isnull=True),
            ),
            models.UniqueConstraint(fields=["person", "clock", "due_on", "days"], name="reminded_once"),
        ]
        indexes = [models.Index(fields=["person", "-id"], name="notice_newest")]


class MailQuerySet(models.QuerySet["Mail"]):
    def due(self, now: datetime) -> Self:
        """Mail whose next attempt has come and that no other process is sending."""
        free = Q(lease_until__isnull=True) | Q(lease_until__lt=now)
        return self.filter(free, state=Mail.State.WAITING, next_attempt_at__lte=now).order_by("next_attempt_at", "pk")


class Mail(models.Model):
    """The e-mail of one notice: sent when it suits the person, tried with growing pauses for three days, then given up and visible as such."""

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        SENT = "sent", _("Sent")
        FAILED = "failed", _("Given up")
        DROPPED = "dropped", _("No longer to be sent")

    notice = models.OneToOneField(Notice, models.CASCADE, related_name="mail")
    state = models.CharField(max_length=8, choices=State, default=State.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_attempt_at = models.DateTimeField()
    lease_until = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    last_error = models.CharField(max_length=300, blank=True)

    objects = MailQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["next_attempt_at"], name="mail_due", condition=Q(state="waiting")),
            models.Index(fields=["-sent_at", "-id"], name="mail_sent", condition=Q(sent_at__isnull=False)),
        ]


class Preference(models.Model):
    """How a person wants to be told by mail; who has chosen nothing has what stands here. Hours are those of the clock in China."""

    class Mail(models.TextChoices):
        EACH = "each", _("Each message at once")
        DAILY = "daily", _("One mail a day")
        REQUIRED = "required", _("Only what the law demands")

    person = models.OneToOneField(Person, models.CASCADE, primary_key=True, related_name="+")
    mail = models.CharField(max_length=8, choices=Mail, default=Mail.EACH)
    hour = models.PositiveSmallIntegerField(default=8)
    quiet_from = models.PositiveSmallIntegerField(default=22)
    quiet_until = models.PositiveSmallIntegerField(default=7)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="hours_of_a_day", condition=Q(hour__lt=24, quiet_from__lt=24, quiet_until__lt=24)
            )
        ]


class ReminderDays(models.Model):
    """On how many working days before a limit ends (0: on its last day; negative: after it) an agency is reminded; "" is the node's own rule."""

    agency = models.CharField(max_length=64, primary_key=True)
    days = models.JSONField()


class ReminderRound(models.Model):
    """The running limits are looked through once a day. `place`: the last clock that was looked at."""

    on = models.DateField(primary_key=True)
    place = models.BigIntegerField(default=0)
    done_at = models.DateTimeField(null=True, blank=True)


class CalendarFeed(models.Model):
    """The secret address under which a calendar program reads the limits of one person. Only the SHA-256 of the secret is kept."""

    person = models.OneToOneField(Person, models.CASCADE, primary_key=True, related_name="+")
    digest = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField()


class DocumentSeries(models.Model):
    """The numbers that an agency has given to its documents in one year: the last one, without a gap before it but for those that a restore leaves out."""

    agency = models.ForeignKey(Agency, models.PROTECT, related_name="+")
    year = models.PositiveSmallIntegerField()
    last = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["agency", "year"], name="one_series_per_year")]


class DocumentQuerySet(models.QuerySet["Document"]):
    def unprinted(self) -> Self:
        """Numbered, but not yet on paper."""
        return self.filter(sha256_zh="", erased_at__isnull=True).order_by("pk")

    def with_digest(self, sha256: str) -> Self:
        return self.filter(Q(sha256_zh=sha256) | Q(sha256_en=sha256))


class Document(models.Model):
    """An official document: numbered by the follower that issues documents, printed once, the same for ever.

    `content` is everything that its pages say, by language; it is erased with what it was made from, digests and number stay.
    `template` is the digest of form, fonts and printer with which it was printed: with the same ones the same bytes come again.
    """

    class Audience(models.TextChoices):
        EVERYONE = "everyone", _("Everyone who may read the event")
        OFFICERS = "officers", _("Officers")

    uid = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(Case, models.PROTECT, related_name="documents")
    event = models.PositiveIntegerField()
    letter = models.CharField(max_length=32)
    audience = models.CharField(max_length=8, choices=Audience)
    names_enterprise = models.BooleanField()
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="+")
    year = models.PositiveSmallIntegerField()
    serial = models.PositiveIntegerField()
    number = models.CharField(max_length=80)
    issued_on = models.DateField()
    content = models.JSONField()
    template = models.CharField(max_length=64, blank=True, default="")
    sha256_zh = models.CharField(max_length=64, blank=True, default="", db_index=True)
    sha256_en = models.CharField(max_length=64, blank=True, default="", db_index=True)
    erased_at = models.DateTimeField(null=True, blank=True)

    objects = DocumentQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["case", "event", "letter"], name="one_document_per_event"),
            models.UniqueConstraint(fields=["agency", "year", "serial"], name="one_document_per_number"),
        ]
        indexes = [models.Index(fields=["id"], name="document_unprinted", condition=Q(sha256_zh="", erased_at=None))]

    def __str__(self) -> str:
        return self.number
