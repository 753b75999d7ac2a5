"""The rows of signing in, beside those of django-allauth (second factors, sessions, clients and tokens). Written by `actions` alone,
but for the counting of attempts and the cache."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Self

from django.conf import settings
from django.db import connection, models
from django.db.models import F, Q

from lianqiao.registry.models import Person


class Kept(models.Model):
    """The table of Django's cache: what lives for minutes and what every process must read (codes, used one-time passwords)."""

    cache_key = models.CharField(max_length=255, primary_key=True)
    value = models.TextField()
    expires = models.DateTimeField(db_index=True)

    class Meta:
        db_table = "signin_kept"


class LockQuerySet(models.QuerySet["Lock"]):
    def counted(self, key: str, most: int, moment: int, seconds: int) -> int:
        """Count one more attempt and say how many there are, in one statement. Above `most` nothing moves until `seconds` after the
        last that was counted; then it begins at one again."""
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO signin_lock (key, attempts, last) VALUES (%s, 1, %s) ON CONFLICT (key) DO UPDATE SET "
                "attempts = CASE WHEN signin_lock.last <= %s THEN 1 ELSE signin_lock.attempts + 1 END, "
                "last = CASE WHEN signin_lock.last <= %s OR signin_lock.attempts < %s THEN %s ELSE signin_lock.last END "
                "RETURNING attempts",
                [key, moment, moment - seconds, moment - seconds, most, moment],
            )
            return int(cursor.fetchone()[0])

    def locked(self, moment: int) -> Self:
        """Those that are locked at the moment (Unix seconds): accounts and addresses, each with its own number of attempts."""
        account, address = settings.LIANQIAO_LOCK_ATTEMPTS, settings.LIANQIAO_LOCK_ATTEMPTS * ADDRESS_TIMES
        full = Q(key__startswith="account:", attempts__gte=account) | Q(
            key__startswith="address:", attempts__gte=address
        )
        return self.filter(full, last__gt=moment - settings.LIANQIAO_LOCK_SECONDS).order_by("-last")


ADDRESS_TIMES = 10
"""Behind one address may be a whole office: it has this many times the attempts of an account."""


class Lock(models.Model):
    """How many attempts to sign in came for an account, or from an address, without one that succeeded. `last` in Unix seconds."""

    key = models.CharField(max_length=100, unique=True)
    attempts = models.PositiveIntegerField()
    last = models.PositiveBigIntegerField()

    objects = LockQuerySet.as_manager()


class InvitationQuerySet(models.QuerySet["Invitation"]):
    def open(self, at: datetime) -> Self:
        """Those that can be used at that instant."""
        return self.filter(used_at__isnull=True, expires_at__gt=at, person__is_active=True)


class Invitation(models.Model):
    """A link with which a person sets their password, once. Only the SHA-256 of its code is kept."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="invitations")
    digest = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(expires_at__gt=F("created_at")), name="invitation_expires_later")
        ]


class Pseudonym(models.Model):
    """Under which name a person is known to one other node or app, and to no other. It tells nothing of the person."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey(Person, models.PROTECT, related_name="pseudonyms")
    sector = models.CharField(max_length=100, help_text="Id of the client that knows the person by it")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "sector"], name="pseudonym_one_per_sector")]


class App(models.Model):
    """A regional app that people may use with their account here. `client` is the id of its row at the OpenID Provider."""

    client = models.CharField(max_length=100, unique=True)
    name_zh = models.CharField(max_length=100)
    name_en = models.CharField(max_length=100)
    operator = models.CharField(max_length=200, help_text="Who runs it and answers for it")
    acts_as = models.ForeignKey(
        Person, models.PROTECT, null=True, blank=True, related_name="+", help_text="Whom it is when it acts for itself"
    )
    registered_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["registered_at", "id"]


class SigningKey(models.Model):
    """A key with which this node signs what it says of its people (RS256). The private half is a file of the node."""

    kid = models.CharField(max_length=64, unique=True)
    public = models.JSONField(help_text="The public half as a JWK")
    valid_from = models.DateTimeField()
    valid_until = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["valid_from", "id"]


class Provider(models.Model):
    """Where another node lets its people sign in and with which keys it signs what it says of them, as it told over the exchange."""

    node = models.CharField(max_length=8, primary_key=True)
    issuer = models.CharField(max_length=200)
    authorization_endpoint = models.CharField(max_length=250)
    token_endpoint = models.CharField(max_length=250)
    keys = models.JSONField(help_text="A JWK set")
    told_at = models.DateTimeField()


class Guest(models.Model):
    """A person of another node who came in here: the subject that their node names, and who they are here."""

    node = models.CharField(max_length=8)
    subject = models.CharField(max_length=255)
    person = models.OneToOneField(Person, models.PROTECT, related_name="guest")
    first_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True, help_text="The security administrator lets them in no more")

    class Meta:
        ordering = ["node", "first_at", "id"]
        constraints = [models.UniqueConstraint(fields=["node", "subject"], name="guest_once")]
