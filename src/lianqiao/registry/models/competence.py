"""Which agency is competent for what, and the targets that the node sets itself."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from django.db import models
from django.db.models import Q
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from lianqiao.law.areas import ServiceArea, service_areas
from lianqiao.law.categories import CATEGORIES
from lianqiao.law.divisions import division
from lianqiao.law.text import listed
from lianqiao.law.vocabulary import PROGRAMMES
from lianqiao.record.nodes import this_node
from lianqiao.registry.models.periods import ordered, within
from lianqiao.registry.models.places import Agency, Region


def areas_around(area: str, on: date) -> list[ServiceArea]:
    """The service area of that code, if it exists on the day, and those that hold it, nearest first."""
    found: list[ServiceArea] = []
    while (one := service_areas().get(area)) and one.exists(on) and one not in found:
        found.append(one)
        area = one.within
    return found


class Competent(NamedTuple):
    """An answer to "who is competent": the agency, or None, and the sentence that says why."""

    agency: Agency | None
    because: str


class CompetenceQuerySet(models.QuerySet["Competence"]):
    def active(self, on: date) -> CompetenceQuerySet:
        """The rules that hold on the day for active agencies."""
        return self.filter(within("since", "until", on), agency__active=True)

    def competent(
        self, region: Region | str, programme: str, category: str, level: str, on: date, area: str = ""
    ) -> Competent:
        """The agency competent for a matter of the programme and category in the region, with the reason. One query.

        `level` is "province", "prefecture", "county", or "" for any. The longest region prefix decides, then a rule for the
        very category, then one for the very level, then the younger rule. Without a rule the agency is None and the
        sentence says what is missing (one query more). `area` is the code of a service area (law.areas) in which the place lies: its own rule
        comes first, then that of the area that holds it, then the region; the one that answers for the area if no region is named.
        """
        around = areas_around(area, on)
        place = (region if isinstance(region, str) else region.code) or (around[0].upper if around else "")
        prefixes = [place[:n] for n in range(len(place) + 1)]
        nearest = {one.code: len(around) - place for place, one in enumerate(around)}
        rules = (
            self.active(on)
            .filter(
                Q(area="", region__in=prefixes) | Q(area__in=nearest), programme=programme, category__in=["", category]
            )
            .select_related("agency")
        )
        rules = rules.filter(level__in=["", level]) if level else rules
        best = max(
            rules,
            key=lambda r: (nearest.get(r.area, 0), len(r.region), r.category != "", r.level != "", r.since, -r.pk),
            default=None,
        )
        facts = {"place": place_named(place, around), "matter": matter_named(programme, category)}
        if best is None:
            return Competent(None, _nobody(facts, place))
        narrowed = [matter_named("", best.category)] if best.category else []
        narrowed += [str(best.get_level_display())] if best.level else []
        facts |= {
            "agency": best.agency.label,
            "covers": listed(
                [place_named(best.region, areas_around(best.area, on)[:1]), *narrowed], get_language() or "zh"
            ),
            "since": best.since.isoformat(),
            "basis": best.basis or "-",
        }
        said = gettext(
            "%(agency)s is competent for %(matter)s in %(place)s: its rule covers %(covers)s, since %(since)s; basis: %(basis)s."
        )
        return Competent(best.agency, said % facts)


def matter_named(programme: str, category: str = "") -> str:
    """A programme and a category in the reader's language; a code that is not known as it stands."""
    named = [
        known[code].in_(get_language() or "zh") if code in known else code
        for known, code in ((PROGRAMMES, programme), (CATEGORIES, category))
        if code
    ]
    return " / ".join(named)


def place_named(region: str, around: Sequence[ServiceArea] = ()) -> str:
    """A region (or the beginning of division codes) and the service area in it, each with its code."""
    tongue = get_language() or "zh"
    held = division(region) if region else None
    name = held.name.in_(tongue) if held else gettext("all regions") if not region else ""
    said = f"{name} ({region})" if name and region else name or region
    areas = [f"{one.name.in_(tongue)} ({one.code})" for one in around[:1]]
    return " / ".join([*([said] if region or not areas else []), *areas])


def _nobody(facts: dict[str, str], place: str) -> str:
    """Why nobody is: the region is another node's, or no rule was entered. One query."""
    region = Region.objects.filter(code=place).first()
    if region and region.node_code != this_node().code:
        return gettext(
            "%(place)s belongs to node %(node)s: no agency here is competent for %(matter)s there. Hand the case over under an agreement."
        ) % (facts | {"node": region.node_code})
    return (
        gettext(
            "No agency is entered as competent for %(matter)s in %(place)s. Ask the administrator of this node to enter the competence."
        )
        % facts
    )


class Competence(models.Model):
    """A rule: this agency is competent for a programme (and category) where the region code begins so, or in a service area."""

    class Level(models.TextChoices):
        ANY = "", _("Any level")
        PROVINCE = "province", _("Province")
        PREFECTURE = "prefecture", _("Prefecture or city")
        COUNTY = "county", _("County or district")

    region = models.CharField(max_length=6, blank=True, default="", help_text="Prefix of the division code")
    area = models.CharField(max_length=40, blank=True, default="", help_text="Service area without a division code")
    programme = models.CharField(max_length=40)
    category = models.CharField(max_length=64, blank=True, default="")
    level = models.CharField(max_length=10, blank=True, default="", choices=Level.choices)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="competences")
    since = models.DateField()
    until = models.DateField(null=True, blank=True)
    basis = models.CharField(max_length=300, blank=True, default="")

    objects = CompetenceQuerySet.as_manager()

    class Meta:
        ordering = ["programme", "region", "category", "since", "id"]
        indexes = [models.Index(fields=["programme", "region"], name="competence_programme_region")]
        constraints = [
            models.CheckConstraint(
                condition=Q(level__in=["", "province", "prefecture", "county"]), name="competence_level_known"
            ),
            models.UniqueConstraint(
                fields=["region", "area", "programme", "category", "level", "agency", "since"], name="competence_once"
            ),
            models.CheckConstraint(condition=Q(area="") | Q(region=""), name="competence_region_or_area"),
            ordered("since", "until", "competence_dates_ordered"),
        ]


class TargetQuerySet(models.QuerySet["Target"]):
    def holding(self, programme: str, limit: str, on: date) -> Target | None:
        """The node's own target for one limit of a programme on the day: the youngest that has begun, or None."""
        return self.filter(programme=programme, limit=limit, since__lte=on).order_by("-since").first()


class Target(models.Model):
    """A limit that this node sets itself where a regime has no figure; pages call it a target, not a legal limit."""

    programme = models.CharField(max_length=40)
    limit = models.CharField(max_length=16)
    amount = models.PositiveIntegerField()
    unit = models.CharField(max_length=16)
    since = models.DateField()

    objects = TargetQuerySet.as_manager()

    class Meta:
        ordering = ["programme", "limit", "since"]
        constraints = [
            models.UniqueConstraint(fields=["programme", "limit", "since"], name="target_once"),
            models.CheckConstraint(condition=Q(amount__gte=1), name="target_positive"),
        ]
