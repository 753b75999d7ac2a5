"""What this node asks of others: consultations and sub-tasks made into parcels, and the words on them that come back.

A consultation of another agency of this node goes no further than this room: it becomes an errand here.
"""

from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from lianqiao.cases.actions import requests
from lianqiao.cases.models import Attachment, Case, Request
from lianqiao.record import events
from lianqiao.record.actors import Actor
from lianqiao.record.models import Event
from lianqiao.record.nodes import this_node
from lianqiao.record.refusal import Refused

from . import attachments, errands, inbox, parcels
from .kinds import Early, dossier_of, receives
from .models import Errand, ParcelIn

KIND = {"consult": errands.ASKED, "give_task": errands.GIVEN}


def follow(case: Case, event: Event) -> None:
    """Makes of an event of a case the parcels for whoever was asked."""
    if event.verb in KIND:
        ask(case, event)
    elif event.verb in ("remind", "call_back"):
        again(case, event)
    elif event.verb in ("withdraw", "refuse"):
        moot(case, event)
    elif event.verb == "request_reported" and event.data.get("attachments"):
        attachments.note(event, audience="officers")


def ask(case: Case, event: Event) -> None:
    """The least that can be answered: what the officer wrote and the documents that the officer chose. No title, no facts, nobody's name."""
    said = events.opened(event)
    limit = {"amount": said["amount"], "unit": said["unit"]} if said.get("amount") else None
    asked = case.requests.select_related("lead").get(number=said["request"])
    data = {
        "request": said["uid"], "place": said["request"], "number": case.number, "agreement": said.get("agreement"),
        "clause": said.get("clause") or "", "asked_on": event.legal_date.isoformat(), "programme": case.programme,
        "category": case.category, "text": said.get("question") or said.get("task"), "trigger": said.get("trigger") or "",
        "agency": {"code": case.agency.code, "zh": case.agency.name_zh, "en": case.agency.name_en},
        "lead": (asked.lead.name or asked.lead.account) if asked.lead else "",
        "limit": limit, "due_on": said.get("reply_by") or said.get("due_on"),
        "attachments": documents(said.get("documents", [])),
    }  # fmt: skip
    if said["node"] == this_node().code:
        errands.enter_own(case, data | {"to": said["to_agency"]})
    elif not send(said["node"], KIND[event.verb], case, event, data) and asked.state in Request.OPEN:
        requests.call_back(case, by=Actor.node(this_node().code), request=asked.number, reason="peer-gone")


def documents(chosen: list[str]) -> list[dict[str, Any]]:
    """What the receiver must know of the chosen files to fetch them."""
    return [
        {"id": str(row.pk), "name": row.name, "media_type": row.media_type, "size": row.size, "sha256": row.sha256}
        for row in Attachment.objects.filter(pk__in=chosen).order_by("event", "pk")
    ]


def again(case: Case, event: Event) -> None:
    """A reminder, or the call back, of one request."""
    said = events.opened(event)
    asked = case.requests.get(number=said["request"])
    word = said.get("text") if event.verb == "remind" else said.get("reason")
    tell(case, event, [asked], word if isinstance(word, str) else "")


def moot(case: Case, event: Event) -> None:
    """The case has ended here without a result: all that was open with this event is called back."""
    tell(case, event, list(case.requests.filter(closed_by=event.number, state=Request.State.WITHDRAWN)), event.verb)


def tell(case: Case, event: Event, asked: list[Request], word: str) -> None:
    """One parcel for each node and kind; what lies with this node's own agencies is done here."""
    reminds = event.verb == "remind"
    by = Actor.node(this_node().code)
    for node, kind in sorted({(one.node, one.kind) for one in asked}):
        named = [one.uid for one in asked if (one.node, one.kind) == (node, kind)]
        if node == this_node().code:
            for errand in Errand.objects.select_for_update().filter(pk__in=named):
                (errands.remind if reminds else errands.withdraw)(errand, by, word)
            continue
        data = {"requests": [str(uid) for uid in named], "text" if reminds else "reason": word}
        send(node, f"{kind}.{'reminded' if reminds else 'withdrawn'}", case, event, data)


def send(node: str, kind: str, case: Case, event: Event, data: dict[str, Any]) -> bool:
    """Whether it could be sent: to a node gone for good nothing goes."""
    try:
        parcels.send(node, kind, data, by=Actor.node(this_node().code), dossier=case.dossier, source=event.digest)
    except Refused as refused:
        if refused.code not in ("peer-gone", "peer-unknown"):
            raise
        return False
    return True


@receives(errands.ANSWERED)
@receives(errands.REPORTED)
def said(parcel: ParcelIn, data: dict[str, Any]) -> None:
    """A word on what we asked: each once and in order, also after the case has moved on. A node speaks of what it was asked, and of nothing else."""
    case = Case.objects.select_for_update().filter(dossier=dossier_of(parcel)).first()
    if case is None:
        raise Early("dossier-unknown")
    if case.frozen_epoch:
        raise Early("frozen")
    asked = case.requests.filter(uid=_uuid(data), node=parcel.peer_id).first()
    if asked is None:
        raise Refused("unknown-request", _("Node %(node)s was not asked this here."), node=parcel.peer_id)
    place = data.get("place")
    if not isinstance(place, int) or parcel.kind != errands.WORD[Errand.Kind(asked.kind)]:
        raise Refused("malformed", _("The parcel cannot be read: %(why)s."), why="place")
    if place <= asked.reports:
        return
    if place > asked.reports + 1:
        raise Early("earlier-word-missing")
    attachments.named(data.get("attachments") or [])
    errands.report(case, asked.number, data, inbox.actor(parcel), parcel.cause)


def _uuid(data: dict[str, Any]) -> UUID:
    try:
        return UUID(str(data.get("request")))
    except ValueError:
        raise Refused("malformed", _("The parcel cannot be read: %(why)s."), why="request") from None
