"""Enterprises and the people who stand for them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, Literal

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from lianqiao.law.categories import CATEGORIES
from lianqiao.law.vocabulary import PROGRAMMES
from lianqiao.record import events
from lianqiao.record.actors import Actor
from lianqiao.record.refusal import Refused
from lianqiao.record.time import today
from lianqiao.registry import duplicates, remembered, tokens
from lianqiao.registry.access import admin, confirmer, enterer
from lianqiao.registry.entering import check_choice, check_code, check_period, checked, entered, wrong_field
from lianqiao.registry.models import Enterprise, EnterpriseMember, FormerCode, MatchKey, Person, Region

ALL = "all"
"""The matters of a mandate that is for everything; said, so that nothing is for everything by omission."""


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
    """Enters the enterprise that the person stands for as its owner, and links the two. Nobody has yet checked the claim: until an
    officer does (`confirm_link`), it opens to them what they file themself, and nothing else. Refuses as `add_enterprise`; an enterprise
    that is there already is linked by an administrator."""
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
        own = EnterpriseMember(person=by, enterprise=enterprise, capacity="owner", since=today(), claimed=True)
        write_link(own, by=by.actor)
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
        check_origin(kind, origin)
        refuse_known(uscc)
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
        index(enterprise)
        data, erasable = said_of(enterprise, warning)
        events.append("enterprise", enterprise.id, "add_enterprise", by=by, data=data, erasable=erasable)
    return enterprise


ERASABLE = ("name_zh", "name_en", "uscc", "address")
"""What identifies an enterprise; events hold commitments to it only."""


def change_enterprise(enterprise: Enterprise, *, by: Person, **given: Any) -> Enterprise:
    """Changes what the registry says of an enterprise, by an administrator or an intake officer: any of `add_enterprise`'s fields; what
    is None stays as it is. A credit code that is replaced is kept as a former one. Cases keep the name under which they were filed.

    Refuses as `add_enterprise`, and a change that changes nothing ("nothing-changed").
    """
    with transaction.atomic():
        actor = enterer(by)
        enterprise = Enterprise.objects.select_for_update().get(pk=enterprise.pk)
        changed = {name: new for name, new in given.items() if new is not None and new != getattr(enterprise, name)}
        if not changed:
            raise Refused("nothing-changed", _("The registry says so already; nothing was changed."))
        before = enterprise.uscc
        for name, new in changed.items():
            setattr(enterprise, name, new)
        check_choice("kind", enterprise.kind, Enterprise.Kind.values)
        check_origin(enterprise.kind, enterprise.origin)
        if "uscc" in changed:
            check_code(enterprise.uscc)
            refuse_known(enterprise.uscc)
            if before:
                FormerCode.objects.get_or_create(enterprise=enterprise, code=before, defaults={"until": today()})
        checked(enterprise).save(update_fields=list(changed))
        index(enterprise)
        known, erasable = said_of(enterprise)
        data: dict[str, Any] = {name: known[name] for name in ("kind", "origin", "region") if name in changed}
        words = {name: erasable[name] for name in ERASABLE if name in changed and name in erasable}
        # An empty value has nothing to erase, and is said openly.
        data["emptied"] = [name for name in ERASABLE if name in changed and name not in words]
        events.append("enterprise", enterprise.pk, "change_enterprise", by=actor, data=data, erasable=words)
        remembered.forget()
        tokens.forget()
    return enterprise


def refuse_known(uscc: str) -> None:
    """Refuses a credit code that another row of the registry has ("enterprise-known")."""
    if uscc and Enterprise.objects.filter(uscc=uscc).exists():
        raise Refused(
            "enterprise-known",
            _("An enterprise with the credit code %(uscc)s is in the registry already. Look it up."),
            uscc=uscc,
        )


def check_origin(kind: str, origin: str) -> None:
    """Refuses, 422, what is no country or region code, and a foreign-invested enterprise without one ("field-wrong")."""
    if origin and not (len(origin) == 2 and origin.isascii() and origin.isupper() and origin.isalpha()):
        raise wrong_field("origin", str(_("write the country or region as two capital letters, for example SG")))
    if kind == Enterprise.Kind.FOREIGN_INVESTED and not origin:
        raise wrong_field("origin", str(_("a foreign-invested enterprise needs the origin of its investor")))


def said_of(enterprise: Enterprise, warning: Sequence[dict[str, str]] = ()) -> tuple[dict[str, Any], dict[str, str]]:
    """What the event that enters an enterprise says openly, and its erasable values."""
    data: dict[str, Any] = {
        "kind": enterprise.kind,
        "origin": enterprise.origin,
        "region": enterprise.region_id,
    }
    if warning:
        data["code_warning"] = list(warning)
    return data, {k: v for k in ERASABLE if (v := getattr(enterprise, k))}


def index(enterprise: Enterprise) -> None:
    """Writes the keys by which duplicates of the enterprise are found, in place of those that it had."""
    wanted = duplicates.keys_of(duplicates.named(enterprise))
    enterprise.match_keys.exclude(key__in=wanted).delete()
    MatchKey.objects.bulk_create([MatchKey(enterprise=enterprise, key=key) for key in wanted], ignore_conflicts=True)


def add_former_code(enterprise: Enterprise, code: str, *, until: date | None = None, by: Person) -> FormerCode:
    """Enters a code that the enterprise had before, by an administrator or an intake officer: a credit code, an organisation code,
    a registration or tax number. The code is an erasable value. Refuses an empty one, and one that is entered already
    ("already-there")."""
    with transaction.atomic():
        actor = enterer(by)
        Enterprise.objects.select_for_update().get(pk=enterprise.pk)
        written = duplicates.compact(code)
        if len(written) < 6:
            raise wrong_field("code", str(_("a code has at least six letters or digits")))
        former = entered(FormerCode(enterprise=enterprise, code=written, until=until))
        index(enterprise)
        data = {"former_code": former.pk, "until": until.isoformat() if until else ""}
        events.append("enterprise", enterprise.id, "add_former_code", by=actor, data=data, erasable={"code": written})
    return former


def link_owner(person: Person, enterprise: Enterprise, *, since: date | None = None, by: Person) -> EnterpriseMember:
    """Links a person to an enterprise as its owner or principal. Refuses one who is linked so already ("link-held")."""
    return link(EnterpriseMember(person=person, enterprise=enterprise, capacity="owner", since=since or today()), by=by)


def link_agent(
    person: Person,
    enterprise: Enterprise,
    *,
    powers: Sequence[str],
    matters: Sequence[str],
    until: date,
    since: date | None = None,
    wording: str = "",
    by: Person,
) -> EnterpriseMember:
    """Links a person to an enterprise as its agent with a power of attorney (Order 2020-3: powers, matters, term).

    `powers` are codes (EnterpriseMember.Power); `matters` codes of programmes and categories, or ["all"]; `wording` is what the
    document says. Refuses missing powers or matters ("mandate-incomplete") and unknown codes ("choice-unknown").
    """
    if isinstance(powers, str) or isinstance(matters, str) or not powers or not matters:
        raise Refused(
            "mandate-incomplete",
            _("Say which powers the agent has and for which matters: a mandate without them is not one."),
            status=422,
        )
    for power in powers:
        check_choice("powers", power, EnterpriseMember.Power.values)
    for matter in matters:
        check_choice("matters", matter, [ALL, *PROGRAMMES, *CATEGORIES])
    mandate = EnterpriseMember(
        person=person,
        enterprise=enterprise,
        capacity="agent",
        powers=[power for power in EnterpriseMember.Power.values if power in powers],
        matters=[] if ALL in matters else sorted(set(matters)),
        wording=wording,
        since=since or today(),
        until=until,
    )
    return link(mandate, by=by)


def link(member: EnterpriseMember, *, by: Person) -> EnterpriseMember:
    """The row and the event of `link_owner` and `link_agent`."""
    with transaction.atomic():
        actor = admin(by)
        Enterprise.objects.select_for_update().get(pk=member.enterprise_id)
        check_period(member.since, member.until)
        return write_link(member, by=actor)


def write_link(member: EnterpriseMember, *, by: Actor) -> EnterpriseMember:
    """The row and the event of `link`, for callers that have checked who acts and hold the enterprise's lock."""
    held = EnterpriseMember.objects.filter(
        person=member.person_id, enterprise=member.enterprise_id, capacity=member.capacity
    )
    if held.filter(until__isnull=True).exists() or held.filter(until__gte=member.since).exists():
        raise Refused(
            "link-held",
            _("The person stands for this enterprise in that capacity already at that time. End that link first."),
        )
    entered(member)
    data: dict[str, Any] = {
        "link": member.pk,
        "person": str(member.person_id),
        "capacity": member.capacity,
        "since": member.since.isoformat(),
        "until": member.until.isoformat() if member.until else "",
    }
    if member.claimed:
        data["claimed"] = True
    if member.capacity == EnterpriseMember.Capacity.AGENT:
        data |= {"powers": member.powers, "matters": member.matters or [ALL]}
    erasable = {"wording": member.wording} if member.wording else {}
    events.append("enterprise", member.enterprise_id, "link", by=by, data=data, erasable=erasable)
    tokens.forget()
    return member


def confirm_link(member: EnterpriseMember, *, evidence: str, by: Person) -> EnterpriseMember:
    """Confirms that a person stands for the enterprise as they claim, by an intake officer of a complaint centre or an administrator who
    has seen the evidence. From then on all cases of the enterprise are open to them.

    Refuses missing evidence ("evidence-missing"), one's own claim ("own-claim"), a link that is no claim ("not-claimed").
    """
    with transaction.atomic():
        actor = confirmer(by)
        Enterprise.objects.select_for_update().get(pk=member.enterprise_id)
        member.refresh_from_db()
        if member.person_id == by.pk:
            raise Refused("own-claim", _("Nobody confirms their own claim. Ask a colleague."), status=403)
        if not evidence.strip():
            raise Refused("evidence-missing", _("Say what you have seen, such as the business licence."), status=422)
        if not member.claimed:
            raise Refused("not-claimed", _("This link is confirmed already."))
        member.claimed = False
        member.save(update_fields=["claimed"])
        data = {"link": member.pk, "person": str(member.person_id)}
        events.append(
            "enterprise",
            member.enterprise_id,
            "confirm_link",
            by=actor,
            data=data,
            erasable={"evidence": evidence.strip()},
        )
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
