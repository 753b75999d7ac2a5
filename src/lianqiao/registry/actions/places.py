"""Regions and agencies: entering them."""

from __future__ import annotations

import re
from collections.abc import Sequence

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from lianqiao.record import events
from lianqiao.record.actors import Actor
from lianqiao.record.refusal import Refused
from lianqiao.registry import remembered
from lianqiao.registry.access import admin
from lianqiao.registry.entering import check_choice, check_code, checked, entered, wrong_field
from lianqiao.registry.models import Agency, Person, Region
from lianqiao.registry.subjects import subject


def add_region(
    code: str, *, name_zh: str, name_en: str, node_code: str, parent: Region | None = None, by: Person
) -> Region:
    """Enters one region. Refuses a code that is not six digits or is there already, a parent not above it."""
    region = Region(code=code, name_zh=name_zh, name_en=name_en, node_code=node_code, parent=parent)
    with transaction.atomic():
        return write_regions([region], by=admin(by))[0]


def add_regions(regions: Sequence[Region], *, by: Person) -> list[Region]:
    """Enters many regions with one event, parents first: those that are there already are left as they are."""
    with transaction.atomic():
        actor = admin(by)
        known = set(Region.objects.values_list("code", flat=True))
        missing = [region for region in regions if region.code not in known]
        return write_regions(missing, by=actor) if missing else []


def write_regions(regions: Sequence[Region], *, by: Actor) -> list[Region]:
    """The rows and the event of `add_regions`, for callers that have checked who acts."""
    for region in regions:
        if not re.fullmatch(r"[0-9]{6}", region.code):
            raise wrong_field("code", str(_("a division code has six digits")))
        above = region.parent_id
        if above is not None and not (region.code.startswith(above.rstrip("0")) and region.code != above):
            raise wrong_field("parent", str(_("the region above must begin with the same digits")))
        entered(region)
    data = [[r.code, r.name_zh, r.name_en, r.node_code, r.parent_id or ""] for r in regions]
    key = ",".join(r.code for r in regions)
    events.append("registry", subject("regions", key), "add_regions", by=by, data={"regions": data})
    return list(regions)


def add_agency(
    code: str,
    *,
    name_zh: str,
    name_en: str,
    kind: str,
    region: Region,
    parent: Agency | None = None,
    upper: Agency | None = None,
    uscc: str = "",
    letter_code: str = "",
    address: str = "",
    phone: str = "",
    email: str = "",
    by: Person,
) -> Agency:
    """Enters an agency under its parent; `upper` hears the objections (the parent if none is named).

    Refuses an unknown kind, a wrong credit code, a code or a credit code that is there already.
    """
    with transaction.atomic():
        return write_agency(
            code=code,
            name_zh=name_zh,
            name_en=name_en,
            kind=kind,
            region=region,
            parent=parent,
            upper=upper or parent,
            uscc=uscc,
            letter_code=letter_code,
            address=address,
            phone=phone,
            email=email,
            by=admin(by),
        )


def write_agency(*, by: Actor, **fields: object) -> Agency:
    """The row and the event of `add_agency`, for callers that have checked who acts."""
    agency = Agency(**fields)
    check_choice("kind", agency.kind, Agency.Kind.values)
    check_code(agency.uscc)
    if Agency.objects.filter(code=agency.code).exists():
        raise Refused(
            "agency-code-taken",
            _("There is an agency with the code %(agency)s already. Choose another code."),
            agency=agency.code,
        )
    agency.path = f"{agency.parent.path if agency.parent else '/'}{agency.code}/"
    entered(agency)
    remembered.forget()
    data = {
        "code": agency.code,
        "name_zh": agency.name_zh,
        "name_en": agency.name_en,
        "kind": agency.kind,
        "region": agency.region_id,
        "parent": agency.parent.code if agency.parent else "",
        "upper": agency.upper.code if agency.upper else "",
        "uscc": agency.uscc,
    } | ({"letter_code": agency.letter_code} if agency.letter_code else {})
    contact = {k: v for k in ("address", "phone", "email") if (v := getattr(agency, k))}
    events.append("registry", agency.id, "add_agency", by=by, data=data, erasable=contact)
    return agency


DESCRIBED = ("letter_code", "address", "phone", "email")


def describe_agency(agency: Agency, *, by: Person, **changes: str) -> Agency:
    """Changes the contact of an agency, or its mark in the numbers of documents; the event holds what it is from now on.

    Refuses fields that are not described so (ValueError), wrong values, and a call that changes nothing.
    """
    if unknown := changes.keys() - set(DESCRIBED):
        raise ValueError(f"not described so: {sorted(unknown)}")
    with transaction.atomic():
        actor = admin(by)
        agency = Agency.objects.select_for_update(of=("self",)).get(pk=agency.pk)
        changed = {name: value.strip() for name, value in changes.items() if value.strip() != getattr(agency, name)}
        if not changed:
            raise Refused("nothing-changed", _("Nothing of this is new; change something."), status=422)
        for name, value in changed.items():
            setattr(agency, name, value)
        checked(agency)
        agency.save(update_fields=list(changed))
        remembered.forget()
        open_values = {name: changed[name] for name in ("letter_code",) if name in changed}
        contact = {name: value for name, value in changed.items() if name not in open_values}
        events.append("registry", agency.id, "describe_agency", by=actor, data=open_values, erasable=contact)
    return agency
