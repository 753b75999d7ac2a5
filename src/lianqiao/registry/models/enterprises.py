"""Enterprises: their row, the codes that they had, the keys by which duplicates are found, contacts, and imports."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import date

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from lianqiao.registry.models.people import Person
from lianqiao.registry.models.periods import Named, ordered, within
from lianqiao.registry.models.places import Region


class EnterpriseImport(models.Model):
    """One file of enterprises that was imported, and what became of it. Its events have this id as subject."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    file_name = models.CharField(max_length=200)
    file_digest = models.CharField(max_length=64)
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    began_at = models.DateTimeField()
    rows = models.PositiveIntegerField()
    undone_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-began_at"]


class EnterpriseQuerySet(models.QuerySet["Enterprise"]):
    def standing(self) -> EnterpriseQuerySet:
        """Those that stand for themselves: not merged into another."""
        return self.filter(root__isnull=True)

    def family(self, enterprises: Iterable[Enterprise]) -> EnterpriseQuerySet:
        """The enterprises with all rows that are merged with them, whichever of these was given."""
        roots = {enterprise.root_id or enterprise.pk for enterprise in enterprises}
        return self.filter(Q(pk__in=roots) | Q(root__in=roots))


class Enterprise(Named):
    """A business that files cases. `uscc` is the unified social credit code, "" while it is being founded.

    A duplicate that was merged keeps its row and all that points to it; `merged_into` says where it was merged, `root` which
    row stands for the whole family. Reads follow `root`, so that un-merging has nothing to put back.
    """

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
    merged_into = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="merged")
    root = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="family_rows")
    imported_by = models.ForeignKey(
        EnterpriseImport, on_delete=models.PROTECT, null=True, blank=True, related_name="enterprises"
    )

    objects = EnterpriseQuerySet.as_manager()

    class Meta:
        ordering = ["name_zh"]
        indexes = [models.Index(fields=["name_zh"], name="enterprise_name_zh")]
        constraints = [
            models.UniqueConstraint(fields=["uscc"], condition=~Q(uscc=""), name="enterprise_uscc_unique"),
            models.CheckConstraint(
                condition=Q(kind__in=["private", "foreign_invested", "inward"]), name="enterprise_kind_known"
            ),
            models.CheckConstraint(
                condition=Q(merged_into__isnull=True, root__isnull=True)
                | (Q(merged_into__isnull=False, root__isnull=False) & ~Q(root=F("id"))),
                name="enterprise_merged_has_root",
            ),
        ]

    @property
    def stands(self) -> Enterprise:
        """The row that stands for this one: itself, unless it was merged."""
        return self.root or self


class FormerCode(models.Model):
    """A code that the enterprise had before: a credit code, an organisation code (GB 11714), a registration or tax number."""

    enterprise = models.ForeignKey(Enterprise, on_delete=models.CASCADE, related_name="former_codes")
    code = models.CharField(max_length=30)
    until = models.DateField(null=True, blank=True, help_text="Last day on which it held, if known")

    class Meta:
        ordering = ["enterprise_id", "code"]
        constraints = [models.UniqueConstraint(fields=["enterprise", "code"], name="former_code_once")]


class MatchKey(models.Model):
    """A digest of a code or of a folded name, by which duplicates find each other. Derived; written with the row."""

    enterprise = models.ForeignKey(Enterprise, on_delete=models.CASCADE, related_name="match_keys")
    key = models.BigIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["key", "enterprise"], name="match_key_once")]


class ContactQuerySet(models.QuerySet["Contact"]):
    def active(self, on: date) -> ContactQuerySet:
        """Those that hold on the day."""
        return self.filter(within("since", "until", on))

    def of_enterprises(self, enterprises: Iterable[Enterprise]) -> ContactQuerySet:
        """Those of the enterprises, or of a row that is merged with one of them."""
        return self.filter(enterprise__in=Enterprise.objects.family(enterprises))


class Contact(models.Model):
    """Whom to reach at an enterprise. `event` holds the same words as erasable values, so that both can be erased."""

    enterprise = models.ForeignKey(Enterprise, on_delete=models.PROTECT, related_name="contacts")
    name = models.CharField(max_length=100)
    position = models.CharField(max_length=100, blank=True, default="")
    phone = models.CharField(max_length=60, blank=True, default="")
    email = models.EmailField(blank=True, default="")
    since = models.DateField()
    until = models.DateField(null=True, blank=True)
    event = models.CharField(max_length=64, blank=True, default="", help_text="Digest of the event that entered it")

    objects = ContactQuerySet.as_manager()

    class Meta:
        ordering = ["enterprise_id", "since", "id"]
        constraints = [ordered("since", "until", "contact_dates_ordered")]


class EnterpriseMemberQuerySet(models.QuerySet["EnterpriseMember"]):
    def active(self, on: date) -> EnterpriseMemberQuerySet:
        """The links that hold on the day, of active people, without what is only claimed."""
        return self.standing(on).filter(claimed=False)

    def standing(self, on: date) -> EnterpriseMemberQuerySet:
        """The same with what people claim of themselves: enough to file, not to read what others filed."""
        return self.filter(within("since", "until", on), person__is_active=True)

    def of(self, person: Person) -> EnterpriseMemberQuerySet:
        """The links of one person, with the enterprises; `has_merged` says whether other rows were merged into one."""
        others = Enterprise.objects.filter(root=models.OuterRef("enterprise"))
        return self.filter(person=person).select_related("enterprise").annotate(has_merged=models.Exists(others))

    def for_enterprises(self, enterprises: Iterable[Enterprise]) -> EnterpriseMemberQuerySet:
        """The links with the enterprises, or with a row that is merged with one of them."""
        return self.filter(enterprise__in=Enterprise.objects.family(enterprises))


class EnterpriseMember(models.Model):
    """A person stands for an enterprise: as its owner, or as its agent with a power of attorney: powers, matters, last day.

    `powers` lists what the agent may do; `matters` the programmes and categories for which, nothing for all. `wording` is the
    mandate in the words of its document.
    """

    class Capacity(models.TextChoices):
        OWNER = "owner", _("Owner or principal")
        AGENT = "agent", _("Agent")

    class Power(models.TextChoices):
        FILE = "file", _("file cases")
        SUPPLEMENT = "supplement", _("supplement, answer questions and add materials")
        WITHDRAW = "withdraw", _("withdraw cases")
        RECEIVE = "receive", _("receive notices and results")
        OBJECT = "object", _("object to decisions and results")
        RATE = "rate", _("rate the handling")

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="enterprises")
    enterprise = models.ForeignKey(Enterprise, on_delete=models.PROTECT, related_name="members")
    capacity = models.CharField(max_length=8, choices=Capacity.choices)
    powers = models.JSONField(default=list, blank=True)
    matters = models.JSONField(default=list, blank=True)
    wording = models.CharField(max_length=1000, blank=True, default="")
    claimed = models.BooleanField(
        default=False, help_text="By the person's own word, which no officer has confirmed yet"
    )
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
                condition=~Q(capacity="agent") | Q(until__isnull=False), name="enterprise_agent_bounded"
            ),
            ordered("since", "until", "enterprise_member_dates_ordered"),
        ]

    def may(self, power: str) -> bool:
        """Whether the link carries the power: an owner's carries all."""
        return self.capacity == self.Capacity.OWNER or power in self.powers

    def covers(self, programme: str, category: str) -> bool:
        """Whether the link is for such a matter: an owner's is for all."""
        return (
            self.capacity == self.Capacity.OWNER or not self.matters or bool({programme, category} & set(self.matters))
        )
