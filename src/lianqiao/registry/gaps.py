"""Where the rules of competence leave nobody, and where they name two."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import pairwise

from django.db.models import Q
from django.utils.translation import gettext as _

from lianqiao.law.vocabulary import PROGRAMMES
from lianqiao.registry.models import Competence, Region
from lianqiao.registry.models.competence import areas_around, matter_named, place_named

Uncovered = dict[str, list[str]]


def gaps(node: str, on: date) -> Iterator[str]:
    """A sentence for each region of the node and programme without a competent agency: on the day, or from the day after the end of
    a rule that holds on it. Regions below one that is told are not told again. Two queries, whatever the size."""
    regions = dict(Region.objects.filter(node_code=node).values_list("code", "parent"))
    labels = {region.code: region.label for region in Region.objects.filter(node_code=node)}
    rules = list(Competence.objects.filter(Q(until__isnull=True) | Q(until__gte=on), area="", agency__active=True))
    days = sorted({on, *(rule.until + timedelta(days=1) for rule in rules if rule.until)})
    told: set[tuple[str, str]] = set()
    for day in days:
        for programme, places in uncovered(rules, regions, day).items():
            new = [code for code in places if (programme, code) not in told]
            told |= {(programme, code) for code in new}
            for code in new:
                if regions[code] in new:
                    continue
                said = {
                    "programme": matter_named(programme),
                    "region": labels[code],
                    "code": code,
                    "on": day.isoformat(),
                }
                yield (
                    _("Gap: nobody is competent for %(programme)s in %(region)s (%(code)s).") % said
                    if day == on
                    else _("Gap from %(on)s: nobody will be competent for %(programme)s in %(region)s (%(code)s).")
                    % said
                )


def uncovered(rules: list[Competence], regions: dict[str, str | None], on: date) -> Uncovered:
    """Per programme, the regions for which no rule for all categories holds on the day; upper ones first."""
    prefixes: dict[str, set[str]] = defaultdict(set)
    for rule in rules:
        if not rule.category and rule.since <= on and (rule.until is None or rule.until >= on):
            prefixes[rule.programme].add(rule.region)
    return {
        programme: [code for code in sorted(regions) if not code.startswith(tuple(prefixes[programme]) or ("-",))]
        for programme in PROGRAMMES
    }


def overlaps(node: str, on: date) -> Iterator[str]:
    """A sentence for each two rules that hold on the day for the very same matter and place and name two agencies."""
    rules = Competence.objects.active(on).filter(agency__region__node_code=node).select_related("agency")
    same: dict[tuple[str, ...], list[Competence]] = defaultdict(list)
    for rule in rules:
        same[rule.programme, rule.region, rule.area, rule.category, rule.level].append(rule)
    for (programme, region, area, category, _level), group in sorted(same.items()):
        group.sort(key=lambda rule: (rule.since, -rule.pk), reverse=True)
        for winner, other in pairwise(group):
            if winner.agency_id != other.agency_id:
                yield _(
                    "Overlap: %(winner)s and %(other)s are both competent for %(programme)s in %(place)s "
                    "(%(level)s); %(winner)s decides, for its rule is younger or was entered first."
                ) % {
                    "winner": winner.agency.label,
                    "other": other.agency.label,
                    "programme": matter_named(programme, category),
                    "place": place_named(region, areas_around(area, on)[:1]),
                    "level": winner.get_level_display(),
                }
