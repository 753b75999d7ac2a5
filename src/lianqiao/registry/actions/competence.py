"""Which agency is competent for what, and the node's own targets."""

from __future__ import annotations

import re
from datetime import date

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from lianqiao.law.areas import service_areas
from lianqiao.law.categories import CATEGORIES
from lianqiao.law.limit import LIMIT_NAMES
from lianqiao.law.vocabulary import PROGRAMMES
from lianqiao.record import events
from lianqiao.record.refusal import Refused
from lianqiao.record.time import today
from lianqiao.registry import remembered
from lianqiao.registry.access import admin
from lianqiao.registry.entering import check_choice, check_period, entered, wrong_field
from lianqiao.registry.models import Agency, Competence, Person, Target
from lianqiao.registry.subjects import subject
from lianqiao.registry.terms import UNITS


def set_competence(
    agency: Agency,
    *,
    region: str = "",
    area: str = "",
    programme: str,
    category: str = "",
    level: str = "",
    since: date | None = None,
    until: date | None = None,
    basis: str = "",
    by: Person,
) -> Competence:
    """Enters that an agency is competent where the division code begins with `region`, for a programme (and category,
    "" for all; level, "" for any), or in a service area without a division code (`area`). Refuses an unknown programme, level or
    area, a region that is not a prefix of a division code or is named beside an area, a reversed period, an inactive agency."""
    with transaction.atomic():
        actor = admin(by)
        Agency.objects.select_for_update().get(pk=agency.pk)
        first = since or today()
        check_period(first, until)
        check_choice("programme", programme, list(PROGRAMMES))
        check_choice("level", level, Competence.Level.values)
        check_choice("category", category, ["", *CATEGORIES])
        if not re.fullmatch(r"[0-9]{0,6}", region):
            raise wrong_field("region", str(_("give the first digits of a division code, at most six")))
        check_choice("area", area, ["", *service_areas()])
        if area and region:
            raise wrong_field("region", str(_("name the region or the service area, not both")))
        # A full code stands for what lies in it: 510100 is 5101.
        prefix = region if len(region) < 6 else region.removesuffix("00").removesuffix("00")
        if not agency.active:
            raise Refused("not-active", _("The person or the agency is not active any more. Choose another one."))
        rule = entered(
            Competence(
                agency=agency,
                region=prefix,
                area=area,
                programme=programme,
                category=category,
                level=level,
                since=first,
                until=until,
                basis=basis,
            )
        )
        data = {
            "competence": rule.pk,
            "region": prefix,
            "programme": programme,
            "category": category,
            "level": level,
            "since": first.isoformat(),
            "until": until.isoformat() if until else "",
            "basis": basis,
        } | ({"area": area} if area else {})
        events.append("registry", agency.id, "set_competence", by=actor, data=data)
    return rule


def end_competence(rule: Competence, *, on: date | None = None, by: Person) -> Competence:
    """Ends a competence: `on` (today if not said) is its last day. Refuses an earlier day, or one that ended."""
    with transaction.atomic():
        actor = admin(by)
        Agency.objects.select_for_update().get(pk=rule.agency_id)
        rule.refresh_from_db()
        last = on or today()
        check_period(rule.since, last)
        if rule.until is not None and rule.until <= last:
            raise Refused(
                "competence-ended", _("This competence ended on %(until)s already."), until=rule.until.isoformat()
            )
        rule.until = last
        rule.save(update_fields=["until"])
        data = {"competence": rule.pk, "until": last.isoformat()}
        events.append("registry", rule.agency_id, "end_competence", by=actor, data=data)
    return rule


def set_target(programme: str, limit: str, *, amount: int, unit: str, since: date | None = None, by: Person) -> Target:
    """Sets the node's own target for a limit that the law gives no figure for. A later target replaces an earlier one
    from its day. Refuses an unknown programme, limit or unit, an amount below 1."""
    with transaction.atomic():
        actor = admin(by)
        check_choice("programme", programme, list(PROGRAMMES))
        check_choice("limit", limit, list(LIMIT_NAMES))
        check_choice("unit", unit, list(UNITS))
        if amount < 1:
            raise wrong_field("amount", str(_("it must be at least 1")))
        first = since or today()
        target = entered(Target(programme=programme, limit=limit, amount=amount, unit=unit, since=first))
        data = {"programme": programme, "limit": limit, "amount": amount, "unit": unit, "since": first.isoformat()}
        key = f"{programme}:{limit}:{first.isoformat()}"
        events.append("registry", subject("target", key), "set_target", by=actor, data=data)
        remembered.forget()
    return target
