"""The follower `exchange`: turns what happened to a case here into parcels for the node on the other side of the hand-over.

What travels is decided by the clause under which the case was handed over, and is the minimum the receiver needs. Each
parcel names the event it was made from, so a second look at an event makes no second parcel; what leaves is recorded.
"""

from collections.abc import Callable, Sequence
from typing import Any

from lianqiao.cases import dossier
from lianqiao.cases.models import Case
from lianqiao.record import events, prepared
from lianqiao.record.actors import Actor
from lianqiao.record.followers import follower
from lianqiao.record.models import Event
from lianqiao.record.nodes import this_node
from lianqiao.record.refusal import Refused
from lianqiao.registry.models import Agency, Clause

from . import asking, attachments, erasure, handover, objecting, parcels, reports, treaties
from .models import Offer, ParcelOut

STEPS = ("extend", "pause", "resume", "settle", "sign_for", "taken_over", "note", "redate")
"""Verbs that are reported as progress; a note only if it is shared, a holiday notice if it moves the day of handling."""


def concerns(event: Event) -> bool:
    """Whether the event may have to be told to another node; what it is about decides."""
    return event.subject_kind != "case" or tells(event) or event.verb == "materials_reported"


def tells(event: Event) -> bool:
    return event.subject_kind == "case" and event.verb in ASKING | TELLING.keys() | objecting.STEPS.keys()


@follower("exchange", wants=concerns)
def follow(batch: Sequence[Event]) -> None:
    """Makes the parcels that events of cases and agreements ask for, in the order of the log."""
    wanted = list(filter(tells, batch))
    cases = Case.objects.filter(uid__in={event.subject for event in wanted}).select_related(
        "agency", "home_agency", "enterprise", "objection_to__agency"
    )
    known = {case.uid: case for case in cases}
    events.unseal(wanted)
    for event in batch:
        if event in wanted and (case := known.get(event.subject)):
            if event.verb in TELLING:
                TELLING[event.verb](case, event)
            if event.verb in ASKING:
                asking.follow(case, event)
            if case.objection_to:
                objecting.follow(case, event)
        elif event.subject_kind == "offer" and event.verb == "declined":
            objecting.declined(event)
        elif event.subject_kind == "case" and event.verb == "materials_reported" and event.by_kind == "node":
            attachments.note(event)
        elif event.subject_kind in ("agreement", "peer"):
            treaties.follow(event)


def tell(peer: str, kind: str, case: Case, event: Event, data: dict[str, Any], tenure: int = 0) -> None:
    """Sends one parcel about a case. Nothing goes back to the node that told it; to one gone for good nothing goes."""
    if not peer or peer == this_node().code or (event.by_kind, event.by) == ("node", peer):
        return
    try:
        parcels.send(
            peer, kind, data, by=Actor.node(this_node().code), dossier=case.dossier, tenure=tenure or case.tenure,
            source=event.digest,
        )  # fmt: skip
    except Refused as refused:
        if refused.code not in ("peer-gone", "peer-unknown"):
            raise


def shares(case: Case, what: str, peer: str) -> bool:
    """Whether the clause of the hand-over between the peer and this node lets this travel."""
    clause = Offer.objects.clause_between(case, peer)
    return clause is not None and what in clause.shares


def follows(case: Case) -> str:
    """The node to which this one reports: the one that handed the case over."""
    return case.received_from


def answers(case: Case) -> tuple[str, int]:
    """The node that answers, or is asked to, and the tenure in which it will read what it is sent; ("", 0) if it is this one."""
    if case.holder_node != this_node().code:
        return case.holder_node, case.tenure
    return case.offered_to, case.tenure + 1 if case.offered_to else 0


# The hand-over itself


def offer(case: Case, event: Event) -> None:
    said = events.opened(event)
    clause = prepared.one(Clause, agreement_id=said["agreement"], ref=said["clause"])
    if clause is None:
        return
    data = {
        "offer": said["offer"], "agreement": said["agreement"], "clause": said["clause"], "trigger": said.get("trigger") or "",
        "offered_on": event.legal_date.isoformat(), "reason": text(said, "reason"),
        "agencies": {"home": case.home_agency.code, "answering": case.agency.code},
        "content": dossier.content(case, clause.shares, carries=clause.carries),
        "attachments": files(case) if "attachments" in clause.shares else [],
    }  # fmt: skip
    if case.objection_to:
        data["objection"] = objecting.materials(case.objection_to, clause.shares)
    tell(said["to_node"], handover.OFFERED, case, event, data, tenure=said["tenure"])


def retract(case: Case, event: Event) -> None:
    offered = ParcelOut.objects.filter(kind=handover.OFFERED, dossier=case.dossier).order_by("-created_at").first()
    if offered:
        said = events.opened(event)
        data = {"offer": said["offer"], "reason": text(said, "reason")}
        tell(offered.peer_id, handover.RETRACT, case, event, data, tenure=offered.tenure)


def take_over(case: Case, event: Event) -> None:
    said = event.data
    agency = Agency.objects.get(code=said["agency"])
    data = {
        "offer": said["offer"], "number": case.number, "due_on": said.get("due", {}).get("handle"),
        "agency": {"code": agency.code, "zh": agency.name_zh, "en": agency.name_en},
        "mapping": {name: said.get(name) for name in ("kind", "programme", "category", "respondents")},
    }  # fmt: skip
    tell(said["from_node"], handover.TAKEN, case, event, data, tenure=said["tenure"])


# From the node that answers, to those that follow


def step(case: Case, event: Event) -> None:
    said = events.opened(event)
    if not shares(case, "progress", follows(case)) or (event.verb == "note" and not said.get("shared")):
        return
    if event.verb == "redate" and "handle" not in said.get("due", {}):
        return
    data = {
        "step": said.get("step", event.verb), "text": text(said, "text") if event.verb in ("note", "progress_reported") else "",
        "due_on": said.get("due", {}).get("handle") or said.get("due_on"), "on": event.legal_date.isoformat(),
    }  # fmt: skip
    tell(follows(case), reports.PROGRESS, case, event, data)


def conclude(case: Case, event: Event) -> None:
    said = events.opened(event)
    data = {
        "ground": said["ground"], "concluded_on": said.get("concluded_on") or event.legal_date.isoformat(),
        "text": text(said, "text") if shares(case, "result", follows(case)) else "", "outcome": said.get("outcome"),
    }  # fmt: skip
    tell(follows(case), reports.RESULT, case, event, data)


def ask(case: Case, event: Event) -> None:
    said = events.opened(event)
    if event.verb == "ask" and (said["to"] != "enterprise" or case.home_node == this_node().code):
        return
    data = {"ask": said["question_number"], "question": text(said, "question"), "reply_by": said.get("reply_by")}
    tell(follows(case), reports.QUESTION, case, event, data)


def reopen(case: Case, event: Event) -> None:
    tell(follows(case), reports.REOPENED, case, event, {"reason": text(events.opened(event), "reason")})


# From the home desk, to the node that answers


def reply(case: Case, event: Event) -> None:
    said = events.opened(event)
    put = case.questions.filter(number=said["ask"], peer_question__isnull=False).first()
    if put:
        peer, tenure = answers(case)
        tell(peer, reports.ANSWER, case, event, {"ask": put.peer_question, "text": text(said, "text")}, tenure)


def attach(case: Case, event: Event) -> None:
    peer, tenure = answers(case)
    if not shares(case, "attachments", peer or follows(case)):
        return
    sent = files(case, event.number)
    if sent:
        data = {"text": "", "attachments": sent, "offer": str(case.offer or "")}
        tell(peer or follows(case), reports.MATERIALS, case, event, data, tenure)


def withdraw(case: Case, event: Event) -> None:
    peer, tenure = answers(case)
    data = {"reason": text(events.opened(event), "reason"), "offer": str(case.offer or "")}
    tell(peer, reports.WITHDRAWN, case, event, data, tenure)


def deliver(case: Case, event: Event) -> None:
    said = event.data
    data = {"delivered_on": said.get("delivered_on") or event.legal_date.isoformat(), "method": said["method"]}
    other_side(case, reports.DELIVERED, event, data)


def rate(case: Case, event: Event) -> None:
    said = events.opened(event)
    other_side(case, reports.RATING, event, {"score": said["score"], "text": text(said, "text")})


def erase(case: Case, event: Event) -> None:
    """To every node that was given a part of the dossier, except the one that told us: what was erased. What said it here goes too."""
    said = erasure.said_by(event)
    here = Actor.node(this_node().code)
    for peer in erasure.neighbours(case.dossier):
        data = erasure.for_peer(case, event, said, peer)
        if data and not erasure.told_by(event, peer):
            tell(peer, erasure.ERASURE, case, event, data)
            erasure.note(event, case.dossier, peer)
    erasure.blank(case.dossier, said, by=here, event=event.digest)


def dispose(case: Case, event: Event) -> None:
    """To the same nodes: that the file was disposed of here; they decide under their own law. All that was said goes."""
    peers = erasure.neighbours(case.dossier)
    erasure.blank(case.dossier, None, by=Actor.node(this_node().code), event=event.digest)
    data = {"retention": event.data["retention"], "on": event.legal_date.isoformat(), "number": case.number}
    for peer in peers:
        tell(peer, erasure.DISPOSAL, case, event, data)


def other_side(case: Case, kind: str, event: Event, data: dict[str, Any]) -> None:
    """To the node that answers, if it is another one, else to the one that handed the case over and follows it."""
    peer = case.holder_node if case.holder_node != this_node().code else follows(case)
    tell(peer, kind, case, event, data)


TELLING: dict[str, Callable[[Case, Event], None]] = {
    "offer": offer, "retract": retract, "take_over": take_over, **dict.fromkeys(STEPS, step), "progress_reported": step,
    "reopen_on_objection": reopen, "reopening_reported": reopen,
    "conclude": conclude, "result_reported": conclude, "ask": ask, "question_reported": ask, "reply": reply,
    "answer_reported": reply, "attach": attach, "withdraw": withdraw, "withdrawal_reported": withdraw,
    "deliver": deliver, "delivery_reported": deliver, "rate": rate, "rating_reported": rate,
    "erase": erase, "erasure_reported": erase, "dispose": dispose,
}  # fmt: skip
"""Which events of a case concern the other side. The participles pass on what one neighbour told to the next one."""


ASKING = {"consult", "give_task", "remind", "call_back", "withdraw", "refuse", "request_reported"}
"""Which events concern who was consulted or given a sub-task."""


def files(case: Case, event: int | None = None) -> list[dict[str, Any]]:
    """What the receiver must know of files to fetch them: those that the enterprise may see, all or those of one event."""
    rows = case.attachments.filter(audience="everyone", stored=True, **({"event": event} if event else {}))
    return [
        {"id": str(row.pk), "name": row.name, "media_type": row.media_type, "size": row.size, "sha256": row.sha256}
        for row in rows.order_by("event", "pk")
    ]


def text(said: dict[str, Any], name: str) -> str:
    """An erasable text of an opened event; empty when it was erased or never given."""
    value = said.get(name, "")
    return value if isinstance(value, str) else ""
