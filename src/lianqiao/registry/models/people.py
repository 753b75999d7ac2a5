"""People, and the roles that they have in agencies."""

from __future__ import annotations

import uuid
from datetime import date
from typing import TYPE_CHECKING, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from lianqiao.record.actors import Actor
from lianqiao.registry.models.periods import ordered, within
from lianqiao.registry.models.places import Agency

if TYPE_CHECKING:
    from lianqiao.registry.models.enterprises import EnterpriseMember


class PersonManager(BaseUserManager["Person"]):
    """Finds a person by account, as Django's authentication asks for it."""

    def active(self) -> models.QuerySet[Person]:
        """The people who may act."""
        return self.filter(is_active=True)


class Person(AbstractBaseUser):
    """Somebody who acts: an officer, a member of an enterprise, an administrator. AUTH_USER_MODEL."""

    class Language(models.TextChoices):
        ZH = "zh-hans", _("Chinese")
        EN = "en", _("English")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    account = models.CharField(max_length=60, unique=True)
    name = models.CharField(max_length=100, blank=True, default="")
    email = models.EmailField(blank=True, default="")
    language = models.CharField(max_length=8, choices=Language.choices, default=Language.ZH)
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField()

    USERNAME_FIELD = "account"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    objects = PersonManager()

    visiting: list[EnterpriseMember] | None = None
    """Set on somebody of another region, for one request: for which enterprises they stand here, as far as their node says so and the
    agreement with it grants. Nothing of it is kept in the registry (`signin.regions`)."""

    class Meta:
        ordering = ["account"]
        constraints = [
            models.CheckConstraint(condition=Q(language__in=["zh-hans", "en"]), name="person_language_known")
        ]

    @property
    def actor(self) -> Actor:
        """The person as the record names who acts: by pseudonymous id."""
        return Actor.person(str(self.id))

    def __str__(self) -> str:
        return self.name or self.account


class MembershipQuerySet(models.QuerySet["Membership"]):
    def active(self, on: date) -> MembershipQuerySet:
        """The memberships that hold on the day, of active people in active agencies."""
        return self.filter(within("since", "until", on), person__is_active=True, agency__active=True)

    def of(self, person: Person) -> MembershipQuerySet:
        """The memberships of one person, with their agencies."""
        return self.filter(person=person).select_related("agency")

    def not_over(self, on: date) -> MembershipQuerySet:
        """Those that hold on the day or later."""
        return self.filter(Q(until__isnull=True) | Q(until__gte=on))


class Membership(models.Model):
    """A person has a role in an agency from a day, to a day."""

    class Role(models.TextChoices):
        INTAKE = "intake", _("Intake officer")
        HANDLER = "handler", _("Handler")
        LEAD = "lead", _("Lead")
        SUPERVISOR = "supervisor", _("Supervisor")
        LIAISON = "liaison", _("Liaison officer")
        ADMIN = "admin", _("System administrator")
        SECURITY = "security", _("Security administrator")
        AUDIT = "audit", _("Audit administrator")

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="memberships")
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="memberships")
    role = models.CharField(max_length=16, choices=Role.choices)
    since = models.DateField()
    until = models.DateField(null=True, blank=True)

    objects = MembershipQuerySet.as_manager()

    delegation: Delegation | None = None
    """Set on a membership that somebody exercises for the person who has it (`delegating.roles_of`)."""
    giver_in: tuple[str, ...] = ()
    """Set with `delegation`: the paths of all agencies in which the giver works, for what bars the giver bars who acts for them."""

    class Meta:
        ordering = ["agency_id", "role", "since", "id"]
        indexes = [models.Index(fields=["agency", "role"], name="membership_agency_role")]
        constraints = [
            models.UniqueConstraint(
                fields=["person", "agency", "role"], condition=Q(until__isnull=True), name="membership_open_once"
            ),
            models.CheckConstraint(
                condition=Q(
                    role__in=["intake", "handler", "lead", "supervisor", "liaison", "admin", "security", "audit"]
                ),
                name="membership_role_known",
            ),
            ordered("since", "until", "membership_dates_ordered"),
        ]


ADMINISTRATORS = (Membership.Role.ADMIN, Membership.Role.SECURITY, Membership.Role.AUDIT)
"""The three administrators: who runs the system, who lets people in and shuts doors, who looks at both. Never two in one person."""


class Absence(models.Model):
    """Days on which a person is away. There may be several; deputies act on them."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="absences")
    since = models.DateField()
    until = models.DateField()

    class Meta:
        ordering = ["person_id", "since", "id"]
        constraints = [ordered("since", "until", "absence_dates_ordered")]


class DelegationQuerySet(models.QuerySet["Delegation"]):
    def active(self, on: date) -> DelegationQuerySet:
        """Those that may be used on the day: within their time, not revoked before, between active people, and for a deputy
        only while the other is away."""
        away = Absence.objects.filter(within("since", "until", on), person=models.OuterRef("giver"))
        return self.filter(
            within("since", "until", on),
            Q(revoked_on__isnull=True) | Q(revoked_on__gt=on),
            Q(deputy=False) | Q(models.Exists(away)),
            giver__is_active=True,
            taker__is_active=True,
            agency__active=True,
        )

    def about(self, person: Person) -> DelegationQuerySet:
        """Those that the person has given or taken, with the people and the agency."""
        return self.filter(Q(giver=person) | Q(taker=person)).select_related("giver", "taker", "agency")

    def not_over(self, on: date) -> DelegationQuerySet:
        """Those that may still be used on the day or later."""
        return self.filter(Q(revoked_on__isnull=True) | Q(revoked_on__gt=on), until__gte=on)


class Delegation(models.Model):
    """One person lets another act with their roles in an agency, to a day: now, or as a deputy while they are away.

    `matters` lists the programmes for which, nothing for all. What the giver no longer may, the taker no longer may.
    """

    giver = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="delegations_given")
    taker = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="delegations_taken")
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="delegations")
    roles = models.JSONField()
    matters = models.JSONField(default=list, blank=True)
    deputy = models.BooleanField(default=False)
    since = models.DateField()
    until = models.DateField()
    revoked_on = models.DateField(null=True, blank=True, help_text="First day on which it no longer holds")

    objects = DelegationQuerySet.as_manager()

    class Meta:
        ordering = ["taker_id", "since", "id"]
        indexes = [models.Index(fields=["taker", "until"], name="delegation_taker")]
        constraints = [
            models.CheckConstraint(condition=~Q(giver=models.F("taker")), name="delegation_two_people"),
            ordered("since", "until", "delegation_dates_ordered"),
        ]
