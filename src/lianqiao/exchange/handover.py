"""The hand-over: offers that come in and our one answer to each, and the answers to what we offered.

The row of the offer decides every race: whoever locks it while it waits gives the one answer, a person (`answering`) or the node. The
answerable node is the holder of the highest tenure.
"""

import json
from contextlib import suppress
from datetime import date
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from lianqiao.cases.actions import routing
from lianqiao.cases.models import Case
from lianqiao.law import clock
from lianqiao.law.limit import Limit
from lianqiao.record import events, prepared
from lianqiao.record.actors import Actor
from lianqiao.record.models import Event
from lianqiao.record.nodes import epoch, this_node
from lianqiao.record.refusal import Refused
from lianqiao.record.time import now, today
from lianqiao.registry import lawbook
from lianqiao.registry.models import Agreement, Clause

from . import inbox, objecting, parcels
from .attachments import Named
from .kinds import Early, dossier_of, receives
from .models import Offer, ParcelIn, ParcelOut, Recovery

OFFERED, TAKEN, DECLINED = "handover.offered", "handover.taken", "handover.declined"
RETRACT, RETRACTED = "handover.retract", "handover.retracted"
ANSWERS = ("taken_over", "declined", "retracted")
"""The verbs by which a case follows what the peer said of our offer."""
LOWER = _("This word comes from tenure %(got)s; the case is in tenure %(held)s.")
TEXTS = {
    "title": 200,
    "facts": 20000,
    "request": 5000,
    "basis": 5000,
    "summary": 5000,
    "enterprise_name": 200,
    "enterprise_code": 200,
}


class Content(BaseModel):
    """What an offer tells of the case, in the sender's own terms. Codes that are unknown here wait for the mapping."""

    model_config = ConfigDict(extra="ignore")

    title: str = Field(max_length=TEXTS["title"])
    facts: str = Field(max_length=TEXTS["facts"])
    request: str = Field(max_length=TEXTS["request"])
    basis: str = Field("", max_length=TEXTS["basis"])
    summary: str = Field("", max_length=TEXTS["summary"])
    kind: str = Field(max_length=64)
    programme: str = Field(max_length=64)
    category: str = Field(max_length=64)
    confidential: bool = False
    respondents: list[str] = Field([], max_length=20)
    home_node: str = Field(max_length=8)
    from_number: str = Field("", max_length=40)
    first_filed_on: date
    handle_from: date | None = None
    enterprise_name: str = Field("", max_length=TEXTS["enterprise_name"])
    enterprise_code: str = Field("", max_length=TEXTS["enterprise_code"])
    contact: dict[str, str] = {}


class Offered(BaseModel):
    model_config = ConfigDict(extra="ignore")

    offer: UUID
    agreement: UUID
    clause: str = Field(max_length=20)
    offered_on: date
    reason: str = Field("", max_length=5000)
    trigger: str = Field("", max_length=64)
    content: Content
    attachments: list[Named] = Field([], max_length=500)
    objection: objecting.Objection | None = None


# Offers to us


@receives(OFFERED)
def offered(parcel: ParcelIn, data: dict[str, Any]) -> None:
    """A peer offers a case. It waits here for a person, unless it cannot be answered otherwise than no: then the node says so.

    Declined at once: no clause in force on the day of the offer that leads from the peer to us, or a case that this node
    answers for itself. Waits: an agreement that is not known here yet.
    """
    try:
        told = Offered.model_validate(data)
    except ValidationError as error:
        raise Refused("malformed", _("The offer cannot be read: %(why)s."), why=str(error.errors()[0]["loc"])) from None
    dossier = dossier_of(parcel)
    if prepared.one(Offer, id=told.offer):
        return
    case = prepared.one(Case, dossier=dossier)
    before = _answered_before(parcel, told, case)
    agreement = prepared.one(Agreement, id=told.agreement)
    if agreement is None or agreement.state == Agreement.State.PROPOSED:
        raise Early("agreement-unknown")
    if before is None:
        _in_turn(parcel, case)
    if before in (None, Offer.State.LOST) and Offer.objects.open().filter(dossier=dossier).exists():
        raise Early("another-offer-open")
    clause = _clause(told)
    leads_here = clause and (clause.from_node, clause.to_node) == (parcel.peer_id, this_node().code)
    agency = _addressee(told, clause) if clause and leads_here else ""
    offer = Offer(
        id=told.offer, peer_id=parcel.peer_id, dossier=dossier, tenure=parcel.tenure, number=told.content.from_number,
        agreement=told.agreement, clause=told.clause, agency=agency,
        content=told.model_dump(mode="json"), received_at=now(),
        due_on=_answer_by(clause) if clause and leads_here else None, state=before or Offer.State.WAITING,
        answered_at=now() if before and before != Offer.State.LOST else None,
    )  # fmt: skip
    prepared.add(offer)
    note(
        offer,
        "received",
        inbox.actor(parcel),
        first=True,
        parcel=parcel.digest,
        agreement=str(told.agreement),
        clause=told.clause,
    )
    if before:
        return
    if not leads_here:
        say_no(offer, Actor.clock("agreement"), "no-clause", "")
    elif case and case.holder_node == this_node().code:
        say_no(offer, Actor.clock("tenure"), "answered-for-here", "")
    elif not agency:
        say_no(offer, Actor.clock("agreement"), "no-agency-above", "")


def _in_turn(parcel: ParcelIn, case: Case | None) -> None:
    """Waits for the tenure before it; refuses one that is past."""
    if case and parcel.tenure > case.tenure:
        raise Early("earlier-tenure-missing")
    if case and parcel.tenure < case.tenure:
        raise Refused("lower-tenure", LOWER, got=parcel.tenure, held=case.tenure)


def _answered_before(parcel: ParcelIn, told: Offered, case: Case | None) -> Offer.State | None:
    """What this node had made of the offer before it was restored: its own answer, brought back from the peer, or a word of the
    tenure that it had begun by taking the case over. None in a node that was never restored."""
    if epoch() == 1:
        return None
    begun = False
    for sent in ParcelOut.objects.filter(dossier=dossier_of(parcel), tenure__in=(parcel.tenure, parcel.tenure + 1)):
        about = json.loads(sent.body)["data"].get("offer") if sent.body else None
        if about == str(told.offer) and sent.kind in (DECLINED, RETRACTED):
            return Offer.State.DECLINED if sent.kind == DECLINED else Offer.State.RETRACTED
        begun = begun or (sent.tenure > parcel.tenure and sent.kind not in (DECLINED, RETRACTED))
    if not begun:
        return None
    return Offer.State.TAKEN if case and case.tenure > parcel.tenure else Offer.State.LOST


def _clause(told: Offered) -> Clause | None:
    """The clause under which the offer comes: one in force that lets hand over, or of an objection what `objecting` says."""
    on = min(told.offered_on, today())
    if told.objection:
        return objecting.clause_of(told.objection, told.agreement, told.clause, on)
    clause = Agreement.objects.clause_for(told.agreement, told.clause, on)
    return clause if clause and "hand_over" in clause.lets else None


def _addressee(told: Offered, clause: Clause) -> str:
    return objecting.addressee(told.objection, clause) if told.objection else clause.to_agency


@receives(RETRACT)
def retract(parcel: ParcelIn, data: dict[str, Any]) -> None:
    """The peer asks its offer back. Given back if it still waits; else the answer that was given already is the answer.

    After a restore it waits until the peer has said which answers it has heard: the backup may have lost one of them.
    """
    offer = Offer.objects.select_for_update().filter(pk=_uuid(data, "offer"), peer=parcel.peer_id).first()
    if offer is None:
        raise Early("offer-unknown")
    if Recovery.objects.waiting(offer.peer_id).exists():
        raise Early("frozen")
    if offer.state != Offer.State.WAITING:
        return
    answer(offer, Offer.State.RETRACTED)
    note(offer, "retracted", inbox.actor(parcel))
    _send(offer, RETRACTED, {"offer": str(offer.pk)}, Actor.node(this_node().code))


def say_no(offer: Offer, by: Actor, reason: str, competent_body: str) -> None:
    answer(offer, Offer.State.DECLINED)
    note(offer, "declined", by, erasable={"reason": reason, "competent_body": competent_body})
    _send(offer, DECLINED, {"offer": str(offer.pk), "reason": reason, "competent_body": competent_body}, by)


def answer(offer: Offer, state: Offer.State) -> None:
    offer.state, offer.answered_at = state, now()
    offer.save(update_fields=["state", "answered_at", "mapping"])


def _send(offer: Offer, kind: str, data: dict[str, Any], by: Actor) -> None:
    parcels.send(offer.peer_id, kind, data, by=by, dossier=offer.dossier, tenure=offer.tenure)


def note(
    offer: Offer, verb: str, by: Actor, *, erasable: dict[str, str] | None = None, first: bool = False, **data: Any
) -> None:
    stated = {"node": offer.peer_id, "dossier": str(offer.dossier), "tenure": offer.tenure} | data
    sealed = {name: text for name, text in (erasable or {}).items() if text}
    number, previous = (1, "") if first else (None, None)
    events.append("offer", offer.pk, verb, by=by, data=stated, erasable=sealed, number=number, previous=previous)


def _answer_by(clause: Clause) -> date | None:
    if clause.answer_amount is None:
        return None
    with suppress(ValueError):
        limit = Limit("answer", clause.answer_amount, clause.answer_unit)
        return clock.due_date(limit, today(), lawbook.book().calendar(this_node().code))
    return None


# Answers to our offers


def case_offered(parcel: ParcelIn, offer: UUID) -> Case | None:
    """The case of an answer, locked, with this offer open; None if the answer was overtaken. Waits when the offer is not known (yet);
    refuses a lower tenure, and a second answer.

    Overtaken: before a restore this node had gone on after the answer, and its own parcels, by which it knows that, are already relived.
    """
    case = prepared.one(Case, dossier=dossier_of(parcel), lock="FOR UPDATE")
    if case is None:
        raise Early("dossier-unknown")
    if case.frozen_epoch:
        raise Early("frozen")
    if case.offer == offer and case.offered_to == parcel.peer_id:
        return case
    if offer_was_closed(case, offer):
        if Event.objects.about("case", case.uid).filter(verb="recover").exists() and not _heard(case, offer, *ANSWERS):
            return None
        raise Refused("offer-closed", _("The offer %(offer)s has been answered or freed before."), offer=str(offer))
    if (parcel.tenure <= case.tenure and parcel.kind == TAKEN) or parcel.tenure < case.tenure:
        raise Refused("lower-tenure", LOWER, got=parcel.tenure, held=case.tenure)
    raise Early("offer-not-open")


def offer_was_closed(case: Case, offer: UUID) -> bool:
    """Whether we had made this offer, perhaps before a restore, and it is no longer open: what is said of it now comes too late."""
    return case.offer != offer and _heard(case, offer, "offer", "recover")


def _heard(case: Case, offer: UUID, *verbs: str) -> bool:
    return Event.objects.about("case", case.uid).filter(verb__in=verbs, data__offer=str(offer)).exists()


@receives(TAKEN)
def taken(parcel: ParcelIn, data: dict[str, Any]) -> None:
    """The peer has taken our case over. A second word of the same take-over, after the peer was restored, changes nothing, also when the
    case has gone on since."""
    case = prepared.one(Case, dossier=dossier_of(parcel))
    if case and (case.tenure, case.holder_node) == (parcel.tenure, parcel.peer_id):
        return
    offer = _uuid(data, "offer")
    if case and _heard(case, offer, "taken_over"):
        return
    if (case := case_offered(parcel, offer)) is None:
        return
    agency = data.get("agency") or {}
    routing.taken_over(
        case, by=inbox.actor(parcel), offer=offer, tenure=parcel.tenure, peer_number=str(data.get("number", ""))[:40],
        peer_agency=" / ".join(str(agency[name]) for name in ("zh", "en") if agency.get(name))[:200] or parcel.peer_id,
        due_on=data.get("due_on") or None,
    )  # fmt: skip


@receives(DECLINED)
def declined(parcel: ParcelIn, data: dict[str, Any]) -> None:
    """The peer has declined our offer: the case returns to its state before."""
    if case := case_offered(parcel, _uuid(data, "offer")):
        routing.declined(
            case, by=inbox.actor(parcel), offer=_uuid(data, "offer"), reason=str(data.get("reason") or "-")[:5000],
            competent_body=str(data.get("competent_body", ""))[:200],
        )  # fmt: skip


@receives(RETRACTED)
def retracted(parcel: ParcelIn, data: dict[str, Any]) -> None:
    """The peer has given our offer back, as we asked."""
    if case := case_offered(parcel, _uuid(data, "offer")):
        routing.retracted(case, by=inbox.actor(parcel), offer=_uuid(data, "offer"))


def _uuid(data: dict[str, Any], name: str) -> UUID:
    try:
        return UUID(str(data[name]))
    except (KeyError, ValueError):
        raise Refused("malformed", _("The parcel cannot be read: %(why)s."), why=name) from None
