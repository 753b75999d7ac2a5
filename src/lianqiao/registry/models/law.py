"""The law that this node has adopted: texts of regimes, from when they are in force here, and calendars by notice."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from lianqiao.registry.models.people import Person
from lianqiao.registry.models.periods import ordered


class RegimeText(models.Model):
    """The text of one version of a regime, kept for good: a case reads on by the version under which it was accepted.

    `digest` tells the version with everything that it inherits: the sha256 of the text, or of the text and the digest of its
    parent where the parent is not the one that the package brings. `parent` is the digest of that parent ("" without one).
    """

    digest = models.CharField(primary_key=True, max_length=64)
    regime = models.CharField(max_length=64)
    version = models.PositiveIntegerField()
    parent = models.CharField(max_length=64, blank=True)
    text = models.TextField()

    class Meta:
        ordering = ["regime", "version"]
        indexes = [models.Index(fields=["regime"], name="regime_text_regime")]

    def __str__(self) -> str:
        return f"{self.regime} {self.version}"


class AdoptedRegime(models.Model):
    """A version of a regime is in force at this node from a day. Of two that hold on a day, the one adopted later is in force.

    Where nothing was adopted, what the package brings is in force. `until` is the last day, set when the node ends the
    regime. `evidence` of a jurist's correction: {"limit", "kind", "article", "text"}, the words that were read.
    """

    text = models.ForeignKey(RegimeText, models.PROTECT, related_name="adoptions")
    since = models.DateField()
    until = models.DateField(null=True, blank=True)
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    adopted_at = models.DateTimeField()
    evidence = models.JSONField(default=dict, blank=True)

    class Meta:
        ordering = ["pk"]
        constraints = [ordered("since", "until", "adopted_regime_dates_ordered")]

    def __str__(self) -> str:
        return f"{self.text} since {self.since}"


class AdoptedCalendar(models.Model):
    """The notice of a year's days off, for the whole country or for what lies in one region. The last that was not undone holds.

    `region` is the beginning of a division code, "" for the whole country; `text` is the notice as a year file.
    """

    year = models.PositiveSmallIntegerField()
    region = models.CharField(max_length=6, blank=True)
    text = models.TextField()
    digest = models.CharField(max_length=64)
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    adopted_at = models.DateTimeField()
    undone_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["year", "region", "digest"], condition=Q(undone_at__isnull=True), name="calendar_adopted_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.year} {self.region}".strip()
