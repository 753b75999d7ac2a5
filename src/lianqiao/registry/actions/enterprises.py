"""Enterprises and the people who stand for them."""

from __future__ import annotations

from datetime import date
from typing import Any, Literal

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from lianqiao.record import events
from lianqiao.record.actors import Actor
from lianqiao.record.refusal import Refused
from lianqiao.record.time import today
from lianqiao.registry import tokens
from lianqiao.registry.access import admin, enterer
from lianqiao.registry.entering import check_choice, check_code, check_period, entered, wrong_field
from lianqiao.registry.models import Enterprise, EnterpriseMember, Person, Region


def add_enterprise(
    *,
    name_zh: str,
    name_en: str,
    kind: str,
    region: Region,
    uscc: str = "",
    origin: str = "",
    address: str = "",
    wrong_code: Literal["refuse", "warn"] = "refuse",
    by: Person,
) -> Enterprise:
    """Enters an enterprise, by an administrator or an intake officer. `uscc` "" is one that is being founded. Names,
    code and address are erasable values.

    Refuses an unknown kind, a credit code whose check digits do not fit ("code-wrong"; with `wrong_code="warn"` it is
    entered and the event says so, for real registers hold such codes), a code that is there already
    ("enterprise-known"), a foreign-invested enterprise without the investor's origin.
    """
    with transaction.atomic():
        return write_enterprise(
            name_zh=name_zh,
            name_en=name_en,
            kind=kind,
            region=region,
            uscc=uscc,
            origin=origin,
            address=address,
            wrong_code=wrong_code,
            by=enterer(by),
        )


def add_own_enterprise(
    *,
    name_zh: str,
    name_en: str,
    kind: str,
    region: Region,
    uscc: str = "",
    origin: str = "",
    address: str = "",
    by: Person,
) -> Enterprise:
    """Enters the enterprise that the person stands for as its owner, and links the two. The event names them as the doer:
    nobody has yet checked the claim. Refuses as `add_enterprise`; an enterprise that is there already is linked by an
    administrator."""
    with transaction.atomic():
        enterprise = write_enterprise(
            name_zh=name_zh,
            name_en=name_en,
            kind=kind,
            region=region,
            uscc=uscc,
            origin=origin,
            address=address,
            by=by.actor,
        )
        write_link(by, enterprise, EnterpriseMember.Capacity.OWNER, "", "", today(), None, by=by.actor)
    return enterprise


def write_enterprise(
    *,
    name_zh: str,
    name_en: str,
    kind: str,
    region: Region,
    uscc: str = "",
    origin: str = "",
    address: str = "",
    wrong_code: Literal["refuse", "warn"] = "refuse",
    by: Actor,
) -> Enterprise:
    """The row and the event of `add_enterprise`, for callers that have checked who acts."""
    with transaction.atomic():
        check_choice("kind", kind, Enterprise.Kind.values)
        warning = check_code(uscc, refuse=wrong_code == "refuse")
        if origin and not (len(origin) == 2 and origin.isascii() and origin.isupper() and origin.isalpha()):
            raise wrong_field("origin", str(_("write the country or region as two capital letters, for example SG")))
        if kind == Enterprise.Kind.FOREIGN_INVESTED and not origin:
            raise wrong_field("origin", str(_("a foreign-invested enterprise needs the origin of its investor")))
        if uscc and Enterprise.objects.filter(uscc=uscc).exists():
            raise Refused(
                "enterprise-known",
                _("An enterprise with the credit code %(uscc)s is in the registry already. Look it up."),
                uscc=uscc,
            )
        enterprise = entered(
            Enterprise(
                name_zh=name_zh,
                name_en=name_en,
                kind=kind,
                region=region,
                uscc=uscc,
                origin=origin,
                address=address,
            )
        )
        data: dict[str, Any] = {"kind": kind, "origin": origin, "region": region.code}
        if warning:
            data["code_warning"] = warning
        erasable = {k: v for k in ("name_zh", "name_en", "uscc", "address") if (v := getattr(enterprise, k))}
        events.append("enterprise", enterprise.id, "add_enterprise", by=by, data=data, erasable=erasable)
    return enterprise


def link_owner(person: Person, enterprise: Enterprise, *, since: date | None = None, by: Person) -> EnterpriseMember:
    """Links a person to an enterprise as its owner or principal. Refuses one who is linked so already ("link-held")."""
    return link(person, enterprise, EnterpriseMember.Capacity.OWNER, "", "", since, None, by=by)


def link_agent(
    person: Person,
    enterprise: Enterprise,
    *,
    powers: str,
    matters: str,
    until: date,
    since: date | None = None,
    by: Person,
) -> EnterpriseMember:
    """Links a person to an enterprise as its agent. Refuses missing powers or matters ("mandate-incomplete"): an
    agent's mandate says what, for which matters and until when (MOFCOM Order 2020 No. 3: power of attorney)."""
    if not powers.strip() or not matters.strip():
        raise Refused(
            "mandate-incomplete",
            _("Say which powers the agent has and for which matters: a mandate without them is not one."),
            status=422,
        )
    return link(person, enterprise, EnterpriseMember.Capacity.AGENT, powers, matters, since, until, by=by)


def link(
    person: Person,
    enterprise: Enterprise,
    capacity: str,
    powers: str,
    matters: str,
    since: date | None,
    until: date | None,
    *,
    by: Person,
) -> EnterpriseMember:
    """The row and the event of `link_owner` and `link_agent`."""
    with transaction.atomic():
        actor = admin(by)
        Enterprise.objects.select_for_update().get(pk=enterprise.pk)
        first = since or today()
        check_period(first, until)
        return write_link(person, enterprise, capacity, powers, matters, first, until, by=actor)


def write_link(
    person: Person,
    enterprise: Enterprise,
    capacity: str,
    powers: str,
    matters: str,
    first: date,
    until: date | None,
    *,
    by: Actor,
) -> EnterpriseMember:
    """The row and the event of `link`, for callers that have checked who acts and hold the enterprise's lock."""
    held = EnterpriseMember.objects.filter(person=person, enterprise=enterprise, capacity=capacity)
    if held.filter(until__isnull=True).exists() or held.filter(until__gte=first).exists():
        raise Refused(
            "link-held",
            _("The person stands for this enterprise in that capacity already at that time. End that link first."),
        )
    member = entered(
        EnterpriseMember(
            person=person,
            enterprise=enterprise,
            capacity=capacity,
            powers=powers,
            matters=matters,
            since=first,
            until=until,
        )
    )
    data = {
        "link": member.pk,
        "person": str(person.id),
        "capacity": capacity,
        "since": first.isoformat(),
        "until": until.isoformat() if until else "",
    }
    erasable = {k: v for k, v in (("powers", powers), ("matters", matters)) if v}
    events.append("enterprise", enterprise.id, "link", by=by, data=data, erasable=erasable)
    tokens.forget()
    return member


def end_link(member: EnterpriseMember, *, on: date | None = None, by: Person) -> EnterpriseMember:
    """Ends a link: `on` (today if not said) is its last day. Refuses an earlier day, or one that ended."""
    with transaction.atomic():
        actor = admin(by)
        Enterprise.objects.select_for_update().get(pk=member.enterprise_id)
        member.refresh_from_db()
        last = on or today()
        check_period(member.since, last)
        if member.until is not None and member.until <= last:
            raise Refused("link-ended", _("This link ended on %(until)s already."), until=member.until.isoformat())
        member.until = last
        member.save(update_fields=["until"])
        data = {"link": member.pk, "until": last.isoformat()}
        events.append("enterprise", member.enterprise_id, "end_link", by=actor, data=data)
        tokens.forget()
    return member
