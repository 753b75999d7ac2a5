"""Agreements between agencies of two nodes, and their clauses."""

from __future__ import annotations

import uuid
from datetime import date

from django.db import models
from django.db.models import F, Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from lianqiao.record import prepared
from lianqiao.registry.models.periods import ordered, within
from lianqiao.registry.models.places import Agency


class AgreementQuerySet(models.QuerySet["Agreement"]):
    def in_force(self, on: date) -> AgreementQuerySet:
        """The agreements that both nodes have signed and whose time holds the day. An end takes effect on its day."""
        return self.filter(
            within("starts_on", "ends_on", on),
            Q(ended_on__isnull=True) | Q(ended_on__gt=on),
            state__in=[Agreement.State.IN_FORCE, Agreement.State.ENDED],
        )

    def clause_for(self, agreement: uuid.UUID | str, ref: str, on: date) -> Clause | None:
        """The clause `ref` of one agreement if the agreement is in force on the day, else None. One query."""
        clause = prepared.one(Clause, "agreement", agreement_id=agreement, ref=ref)
        return clause if clause and clause.agreement.is_in_force(on) else None


class Agreement(models.Model):
    """A signed agreement between agencies of two nodes. `text` is the canonical terms; the rest is read out of it."""

    class State(models.TextChoices):
        PROPOSED = "proposed", _("Proposed")
        IN_FORCE = "in_force", _("Signed by both")
        ENDED = "ended", _("Ended")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    reference = models.CharField(max_length=80, unique=True)
    title_zh = models.CharField(max_length=200)
    title_en = models.CharField(max_length=200)
    node_a = models.CharField(max_length=12)
    agency_a = models.CharField(max_length=40, help_text="Code of the leading agency of node a")
    node_b = models.CharField(max_length=12)
    agency_b = models.CharField(max_length=40, help_text="Code of the leading agency of node b")
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)
    text = models.JSONField()
    digest = models.CharField(max_length=64, unique=True)
    state = models.CharField(max_length=8, choices=State.choices, default=State.PROPOSED)
    signature_a = models.CharField(max_length=200, blank=True, default="")
    kid_a = models.CharField(max_length=64, blank=True, default="")
    signature_b = models.CharField(max_length=200, blank=True, default="")
    kid_b = models.CharField(max_length=64, blank=True, default="")
    ended_on = models.DateField(null=True, blank=True, help_text="First day on which it no longer holds")
    ended_reason = models.CharField(max_length=500, blank=True, default="")

    objects = AgreementQuerySet.as_manager()

    class Meta:
        ordering = ["reference"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["proposed", "in_force", "ended"]), name="agreement_state_known"
            ),
            models.CheckConstraint(condition=~Q(node_a=F("node_b")), name="agreement_two_nodes"),
            models.CheckConstraint(
                condition=Q(state="proposed") | Q(state="ended") | (~Q(signature_a="") & ~Q(signature_b="")),
                name="agreement_in_force_signed",
            ),
            ordered("starts_on", "ends_on", "agreement_dates_ordered"),
        ]

    @property
    def title(self) -> str:
        """The title in the reader's language."""
        return self.title_zh if (get_language() or "zh").startswith("zh") else self.title_en

    def is_in_force(self, on: date) -> bool:
        """What `in_force` asks, of a row in hand."""
        holds = self.starts_on <= on and (self.ends_on is None or on <= self.ends_on)
        ended = self.ended_on is not None and self.ended_on <= on
        return holds and not ended and self.state in (self.State.IN_FORCE, self.State.ENDED)

    def __str__(self) -> str:
        return f"{self.reference} {self.title}"


def only_hand_over() -> list[str]:
    """What a clause lets that does not say it: hand a case over, and nothing else."""
    return ["hand_over"]


class ClauseQuerySet(models.QuerySet["Clause"]):
    def holding(self, on: date) -> ClauseQuerySet:
        """The clauses of the agreements in force on the day."""
        return self.filter(agreement__in=Agreement.objects.in_force(on)).select_related("agreement")

    def in_force(
        self, from_agency: Agency | str, to_node: str, programme: str, category: str, on: date
    ) -> Clause | None:
        """The clause under which the agency may hand such a matter to the node on the day, or None. One query.

        A clause that names the category comes before one for all categories, then the younger agreement, then the
        lower number.
        """
        code = from_agency if isinstance(from_agency, str) else from_agency.code
        fitting = [
            clause
            for clause in self.holding(on).filter(from_agency=code, to_node=to_node)
            if "hand_over" in clause.lets and clause.covers(programme, category)
        ]
        fitting.sort(key=lambda c: (not c.categories, -c.agreement.starts_on.toordinal(), c.agreement.reference, c.ref))
        return fitting[0] if fitting else None


class Clause(models.Model):
    """One clause: what it lets which agency do with which matters towards whom, what travels, on which terms."""

    agreement = models.ForeignKey(Agreement, on_delete=models.PROTECT, related_name="clauses")
    ref = models.CharField(max_length=16)
    from_agency = models.CharField(max_length=40)
    to_agency = models.CharField(max_length=40)
    from_node = models.CharField(max_length=12)
    to_node = models.CharField(max_length=12)
    programmes = models.JSONField()
    categories = models.JSONField(default=list, blank=True)
    shares = models.JSONField(default=list, blank=True)
    answer_amount = models.PositiveIntegerField(null=True, blank=True)
    answer_unit = models.CharField(max_length=16, blank=True, default="")
    carries = models.BooleanField(default=True)
    joint_triggers = models.JSONField(default=list, blank=True)
    lets = models.JSONField(default=only_hand_over, help_text="hand_over, consult, task, objection")

    objects = ClauseQuerySet.as_manager()

    class Meta:
        ordering = ["agreement_id", "ref"]
        indexes = [models.Index(fields=["from_agency", "to_node"], name="clause_from_to")]
        constraints = [
            models.UniqueConstraint(fields=["agreement", "ref"], name="clause_ref_unique"),
            models.CheckConstraint(condition=~Q(from_node=F("to_node")), name="clause_two_nodes"),
            models.CheckConstraint(
                condition=Q(answer_amount__isnull=True, answer_unit="")
                | (Q(answer_amount__gte=1) & ~Q(answer_unit="")),
                name="clause_answer_has_unit",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.agreement.reference} {self.ref}"

    def covers(self, programme: str, category: str) -> bool:
        """Whether the clause is for such a matter."""
        return programme in self.programmes and (not self.categories or category in self.categories)
