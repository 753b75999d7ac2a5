"""Acting in somebody's stead: delegations with an end, absences, deputies, and the leaving of a person."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from lianqiao.law.vocabulary import PROGRAMMES
from lianqiao.record import events
from lianqiao.record.actors import Actor
from lianqiao.record.refusal import Refused
from lianqiao.record.time import now, today
from lianqiao.registry import tokens
from lianqiao.registry.access import admin
from lianqiao.registry.actions.people import end_membership
from lianqiao.registry.entering import check_choice, check_period, entered
from lianqiao.registry.models import ADMINISTRATORS, Absence, Agency, ApiToken, Delegation, Membership, Person


def delegate(
    giver: Person,
    taker: Person,
    agency: Agency,
    *,
    roles: Sequence[str],
    until: date,
    since: date | None = None,
    matters: Sequence[str] = (),
    deputy: bool = False,
    by: Person,
) -> Delegation:
    """Lets `taker` act with `giver`'s roles in the agency from `since` (today if not said) to `until`, for the programmes `matters`
    (all if none is named); a deputy only on the giver's days of absence. By the giver, or an administrator.

    Refuses no role or one that the giver does not have there ("role-not-held"), that of an administrator ("not-delegable"), oneself as
    taker ("same-person"), an inactive taker, an unknown programme, a reversed period, or one that is past.
    """
    with transaction.atomic():
        actor = own_or_admin(giver, by)
        Person.objects.select_for_update().get(pk=giver.pk)
        first = since or today()
        check_period(first, until)
        check_period(today(), until)
        if giver == taker:
            raise Refused("same-person", _("A delegation needs another person."), status=422)
        if not taker.is_active or not agency.active:
            raise Refused("not-active", _("The person or the agency is not active any more. Choose another one."))
        for programme in matters:
            check_choice("matters", programme, list(PROGRAMMES))
        held = set(
            Membership.objects.active(today()).filter(person=giver, agency=agency).values_list("role", flat=True)
        )
        for role in roles or [""]:
            if role in ADMINISTRATORS:
                raise Refused("not-delegable", _("The role of an administrator cannot be delegated."), status=422)
            if role not in held:
                raise Refused(
                    "role-not-held",
                    _("%(person)s does not have this role in %(agency)s and cannot delegate it."),
                    status=422,
                    person=str(giver),
                    agency=agency.label,
                )
        made = entered(
            Delegation(
                giver=giver,
                taker=taker,
                agency=agency,
                roles=sorted(set(roles)),
                matters=sorted(set(matters)),
                deputy=deputy,
                since=first,
                until=until,
            )
        )
        data = {
            "delegation": made.pk,
            "taker": str(taker.pk),
            "agency": str(agency.pk),
            "roles": made.roles,
            "matters": made.matters,
            "deputy": deputy,
            "since": first.isoformat(),
            "until": until.isoformat(),
        }
        events.append("person", giver.pk, "delegate", by=actor, data=data)
        tokens.forget()
    return made


def revoke_delegation(delegation: Delegation, *, by: Person) -> Delegation:
    """Ends a delegation at once. By the giver, the taker, or an administrator. Refuses one that is over ("delegation-over")."""
    with transaction.atomic():
        actor = by.actor if by.pk in (delegation.giver_id, delegation.taker_id) else admin(by)
        Person.objects.select_for_update().get(pk=delegation.giver_id)
        delegation.refresh_from_db()
        over = delegation.revoked_on or (delegation.until if delegation.until < today() else None)
        if over is not None:
            raise Refused("delegation-over", _("This delegation ended on %(until)s already."), until=over.isoformat())
        write_revocation(delegation, by=actor)
    return delegation


def write_revocation(delegation: Delegation, *, by: Actor) -> None:
    delegation.revoked_on = today()
    delegation.save(update_fields=["revoked_on"])
    data = {"delegation": delegation.pk, "on": today().isoformat()}
    events.append("person", delegation.giver_id, "revoke_delegation", by=by, data=data)
    tokens.forget()


def enter_absence(person: Person, *, since: date, until: date, by: Person) -> Absence:
    """Enters days on which the person is away; there may be several such times. By the person or an administrator. Refuses a reversed
    period, and days that are entered already ("absence-held")."""
    with transaction.atomic():
        actor = own_or_admin(person, by)
        Person.objects.select_for_update().get(pk=person.pk)
        check_period(since, until)
        if Absence.objects.filter(person=person, since__lte=until, until__gte=since).exists():
            raise Refused("absence-held", _("The person is entered as away on some of these days already."))
        made = entered(Absence(person=person, since=since, until=until))
        data = {"absence": made.pk, "since": since.isoformat(), "until": until.isoformat()}
        events.append("person", person.pk, "enter_absence", by=actor, data=data)
        tokens.forget()
    return made


def end_absence(absence: Absence, *, by: Person) -> None:
    """Takes an absence back: the person is here again from today, and the days before stay entered. By the person or an administrator.
    Refuses one that is over ("absence-over")."""
    with transaction.atomic():
        actor = own_or_admin(absence.person, by)
        Person.objects.select_for_update().get(pk=absence.person_id)
        if absence.until < today():
            raise Refused(
                "absence-over", _("This absence ended on %(until)s already."), until=absence.until.isoformat()
            )
        data = {"absence": absence.pk, "from": today().isoformat()}
        if absence.since >= today():
            absence.delete()
        else:
            absence.until = date.fromordinal(today().toordinal() - 1)
            absence.save(update_fields=["until"])
        events.append("person", absence.person_id, "end_absence", by=actor, data=data)
        tokens.forget()


class Left(NamedTuple):
    """What ended when a person left."""

    memberships: int
    delegations: int
    tokens: int


def leave(person: Person, *, reason: str, by: Person) -> Left:
    """Ends all that a person may do here, today, in one step: roles, delegations in both directions, tokens. By an administrator.
    What the person is for an enterprise stays. Open cases are handed over by `cases.actions.leaving`.

    Refuses a missing reason, and the node's last administrator ("last-admin").
    """
    with transaction.atomic():
        actor = admin(by)
        Person.objects.select_for_update().get(pk=person.pk)
        if not reason.strip():
            raise Refused("reason-missing", _("Say why this ends: the reason stays in the record."), status=422)
        roles, given, keys = running(person)
        memberships, secrets = list(roles), list(keys)
        for membership in memberships:
            end_membership(membership, reason=reason, by=by)
        delegations = list(given.select_for_update())
        for delegation in delegations:
            write_revocation(delegation, by=actor)
        for token in secrets:
            token.revoked_at = now()
            token.save(update_fields=["revoked_at"])
            events.append("person", person.pk, "revoke_token", by=actor, data={"token": str(token.id)})
        tokens.forget()
    return Left(len(memberships), len(delegations), len(secrets))


def would_leave(person: Person) -> Left:
    """What `leave` would end today."""
    return Left(*(rows.count() for rows in running(person)))


def running(
    person: Person,
) -> tuple[QuerySet[Membership], QuerySet[Delegation], QuerySet[ApiToken]]:
    """What a person may do here today and later: roles, delegations in both directions, tokens."""
    open_ended = Q(until__isnull=True) | Q(until__gt=today())
    return (
        Membership.objects.filter(open_ended, person=person, since__lte=today()),
        Delegation.objects.filter(Q(giver=person) | Q(taker=person), until__gte=today(), revoked_on__isnull=True),
        ApiToken.objects.filter(person=person, revoked_at__isnull=True, expires_at__gt=now()),
    )


def own_or_admin(person: Person, by: Person) -> Actor:
    return by.actor if by.pk == person.pk else admin(by)
