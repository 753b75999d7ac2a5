"""Erasure of personal data of the registry: the contacts of an enterprise, and what names a person.

Asked for by who it is about, decided by the lead of a complaint centre, carried out in the registry at once; the cases follow, and with them
the other nodes (`cases.following`). Values and salts are destroyed, the events stay and verify (Personal Information Protection Law art. 47).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from lianqiao.law import keeping
from lianqiao.record import events
from lianqiao.record.actors import Actor
from lianqiao.record.models import Event
from lianqiao.record.nodes import this_node
from lianqiao.record.refusal import Refused
from lianqiao.record.time import now, today
from lianqiao.registry import delegating, tokens
from lianqiao.registry.actions.contacts import is_owner
from lianqiao.registry.models import (
    Agency,
    ApiToken,
    Contact,
    Enterprise,
    EnterpriseMember,
    ErasureRequest,
    IdempotentAnswer,
    Membership,
    Person,
)

CONTACTS, NAME, EMAIL, ACCOUNT = "contacts", "name", "email", "account"
OF_A_CONTACT = ("name", "position", "phone", "email")
OF_A_PERSON = (NAME, EMAIL, ACCOUNT)


def request_contacts(enterprise: Enterprise, *, reason: str, by: Person) -> ErasureRequest:
    """Ask that all contacts of the enterprise be erased, here, in its cases, and at every node that was given them. By an owner.

    Refuses anybody else ("not-owner"), an empty reason, a request that waits already ("asked-already").
    """
    if not is_owner(enterprise, by):
        raise Refused(
            "not-owner", _("Only an owner of the enterprise may ask that its contacts be erased."), status=403
        )
    return _ask(ErasureRequest(enterprise=enterprise.stands, what=[CONTACTS]), reason, by)


def request_own(what: Collection[str], *, reason: str, by: Person) -> ErasureRequest:
    """Ask that one's own name, e-mail or account be erased. Without the account one can no longer come in.

    Refuses other words ("choice-unknown"), an empty reason, a request that waits already.
    """
    unknown = sorted(set(what) - set(OF_A_PERSON))
    if unknown or not what:
        raise Refused(
            "choice-unknown",
            _('%(field)s "%(value)s" is not known. Use one of: %(known)s.'),
            status=422,
            field="what",
            value=", ".join(unknown),
            known=", ".join(OF_A_PERSON),
        )
    return _ask(ErasureRequest(person=by, what=[name for name in OF_A_PERSON if name in what]), reason, by)


def _ask(request: ErasureRequest, reason: str, by: Person) -> ErasureRequest:
    if not reason.strip():
        raise Refused("reason-missing", _("Say why this is to be erased: the reason stays in the record."), status=422)
    with transaction.atomic():
        _lock(request)
        about = ErasureRequest.objects.waiting().filter(enterprise=request.enterprise, person=request.person)
        if about.exists():
            raise Refused("asked-already", _("Such a request waits for its decision already."))
        request.asked_by, request.asked_at = by, now()
        request.save(force_insert=True)
        kind, subject = _subject(request)
        data = {"request": str(request.pk), "what": request.what}
        events.append(kind, subject, "request_erasure", by=by.actor, data=data, erasable={"reason": reason.strip()})
    return request


def refuse_erasure(request: ErasureRequest, *, ground: str, by: Person) -> ErasureRequest:
    """Refuse, with a reason of law. By the lead of a complaint centre of this node. Refuses who is none, an unknown reason, one decided already."""
    actor = decider(request, by)
    known = keeping.refusals(today())
    if ground not in known:
        raise _unknown_ground(known)
    with transaction.atomic():
        request = _decided(request, ErasureRequest.State.REFUSED, ground, by)
        kind, subject = _subject(request)
        data = {"request": str(request.pk), "ground": ground, "article": known[ground].article}
        events.append(kind, subject, "refuse_erasure", by=actor, data=data)
    return request


def erase(request: ErasureRequest, *, ground: str, by: Person) -> ErasureRequest:
    """Erase what was asked for. By the lead of a complaint centre of this node, not by who asked.

    Refuses: who is no such lead, one's own request, an unknown ground, one decided already; the name or account of somebody who has a role
    ("in-office"), the account of who stands for an enterprise ("stands-for-enterprise").
    """
    actor = decider(request, by)
    known = keeping.grounds(today())
    if ground not in known:
        raise _unknown_ground(known)
    with transaction.atomic():
        request = _decided(request, ErasureRequest.State.ERASED, ground, by)
        if request.enterprise is not None:
            destroy_contacts(request.enterprise, ground=ground, decision=str(request.pk), by=actor)
        else:
            assert request.person is not None
            refuse_in_office(request.person, request.what)
            destroy_person(request.person, request.what, ground=ground, decision=str(request.pk), by=actor)
    return request


def decider(request: ErasureRequest, by: Person) -> Actor:
    """Who may decide, as the record names them: a lead of a complaint centre of this node ("not-lead"), but not on their own request."""
    here = this_node().code
    leads = any(
        held.role == Membership.Role.LEAD
        and held.agency.kind == Agency.Kind.COMPLAINT_CENTRE
        and held.agency.region.node_code == here
        for held in delegating.roles_of(by, today())
    )
    if not leads:
        raise Refused(
            "not-lead", _("Only the lead of a complaint centre of this node decides on erasures."), status=403
        )
    if request.asked_by_id == by.pk:
        raise Refused("own-request", _("Nobody decides on their own request. Let another lead do it."), status=403)
    return by.actor


def _decided(request: ErasureRequest, state: str, ground: str, by: Person) -> ErasureRequest:
    _lock(request)
    request = ErasureRequest.objects.select_for_update().get(pk=request.pk)
    if request.state != ErasureRequest.State.WAITING:
        raise Refused("decided-already", _("This request has been decided already."))
    request.state, request.ground, request.decided_by, request.decided_at = state, ground, by, now()
    request.save(update_fields=["state", "ground", "decided_by", "decided_at"])
    return request


def _lock(request: ErasureRequest) -> None:
    if request.enterprise_id:
        Enterprise.objects.select_for_update().get(pk=request.enterprise_id)
    else:
        Person.objects.select_for_update().get(pk=_subject(request)[1])


def _subject(request: ErasureRequest) -> tuple[str, UUID]:
    if request.enterprise_id:
        return "enterprise", request.enterprise_id
    assert request.person_id is not None
    return "person", request.person_id


def _unknown_ground(known: Mapping[str, keeping.Basis]) -> Refused:
    said = "; ".join(f"{code}: {entry.text.in_(get_language() or 'zh')}" for code, entry in known.items())
    return Refused("unknown-ground", _("The law gives no such ground. Known: %(known)s."), status=422, known=said)


# What is destroyed


def destroy_contacts(enterprise: Enterprise, *, ground: str, decision: str, by: Actor) -> Event | None:
    """Destroy all contacts of the enterprise and of the rows merged with it; the event that says so, None when there was nothing."""
    family = list(Enterprise.objects.family([enterprise]).order_by("pk"))
    told: Event | None = None
    for row in family:
        fields = sealed_fields("enterprise", row.pk, "add_contact", OF_A_CONTACT)
        contacts = Contact.objects.filter(enterprise=row).exclude(name="")
        if fields or contacts.exists() or row.pk == enterprise.pk:
            destroyed(fields)
            contacts.filter(until__isnull=True).update(until=today())
            contacts.update(name="", position="", phone="", email="")
            told = _say("enterprise", row.pk, [CONTACTS], fields, ground, decision, by)
    return told


def refuse_in_office(person: Person, what: Iterable[str]) -> None:
    """Refused: the name or account of somebody who has a role today, because the record of their office names them; the account of who
    stands for an enterprise."""
    wanted = set(what) - {EMAIL}
    if wanted and Membership.objects.active(today()).filter(person=person).exists():
        raise Refused(
            "in-office",
            _(
                "The person has a role in an agency, which needs to name them. End the role first, or erase the e-mail only."
            ),
        )
    if ACCOUNT in wanted and EnterpriseMember.objects.active(today()).filter(person=person).exists():
        raise Refused(
            "stands-for-enterprise",
            _("The person stands for an enterprise. End that link first, or leave the account."),
        )


def destroy_person(person: Person, what: Collection[str], *, ground: str, decision: str, by: Actor) -> Event:
    """Destroy what names the person. Without an account nobody can come in as them any more: tokens end."""
    fields = sealed_fields("person", person.pk, "add_person", what)
    destroyed(fields)
    person = Person.objects.select_for_update().get(pk=person.pk)
    if NAME in what:
        person.name = ""
    if EMAIL in what:
        person.email = ""
    if ACCOUNT in what:
        person.account, person.is_active = f"erased-{person.pk.hex}", False
        ApiToken.objects.filter(person=person, revoked_at__isnull=True).update(revoked_at=now())
    person.save(update_fields=["name", "email", "account", "is_active"])
    IdempotentAnswer.objects.filter(person=person).delete()
    tokens.forget()
    return _say("person", person.pk, list(what), fields, ground, decision, by)


def sealed_fields(kind: str, subject: UUID, verb: str, names: Iterable[str]) -> list[dict[str, Any]]:
    """The fields with these names that are still there in the events of one verb of a subject."""
    wanted = set(names)
    return [
        {"number": event.number, "event": event.digest, "field": field}
        for event in Event.objects.about(kind, subject).filter(verb=verb)
        for field in events.kept_values(event)
        if field in wanted
    ]


def destroyed(fields: Iterable[Mapping[str, Any]]) -> None:
    digests: dict[str, set[str]] = {}
    for field in fields:
        digests.setdefault(field["event"], set()).add(field["field"])
    rows = Event.objects.filter(digest__in=digests).values_list("digest", "pk")
    events.destroy({pk: digests[digest] for digest, pk in rows})


def _say(
    kind: str, subject: UUID, what: list[str], fields: list[dict[str, Any]], ground: str, decision: str, by: Actor
) -> Event:
    basis = keeping.grounds(today()).get(ground)
    data = {
        "what": what, "fields": fields, "ground": ground, "article": basis.article if basis else "", "request": decision,
    }  # fmt: skip
    return events.append(kind, subject, "erase", by=by, data=data)
