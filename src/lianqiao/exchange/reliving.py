"""Reliving: what this node said in a parcel that its backup had lost is true again of its cases and offers."""

import json
from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.db import transaction

from lianqiao.cases.actions import keeping, routing
from lianqiao.cases.models import NUMBER, Case
from lianqiao.record.actors import Actor
from lianqiao.record.models import Event
from lianqiao.record.nodes import epoch, subject, this_node
from lianqiao.record.refusal import Refused
from lianqiao.record.time import day_of, now
from lianqiao.registry.models import Agency

from . import alarms, erasure, errands, handover, inbox, reports
from .models import Errand, Offer, ParcelOut

Said = dict[str, Any]


def relive(parcel: ParcelOut) -> str:
    """Brings case or offer to where the parcel says that this node had brought it; returns what a person must look at, or "".

    Nothing is done for a tenure below the one that the case has. What cannot be told again (a report, a decision of a
    person that is gone) becomes an alarm that names the parcel, whose text can be read.
    """
    handler = RELIVED.get(parcel.kind)
    missing = ""
    with transaction.atomic():
        ParcelOut.objects.filter(pk=parcel.pk).update(to_relive=False)
        if handler and parcel.dossier:
            try:
                with transaction.atomic():
                    missing = handler(parcel, json.loads(parcel.body)["data"])
            except (Refused, Agency.DoesNotExist, KeyError, ValueError) as error:
                missing = str(error)
        if missing:
            alarms.raise_alarm(
                "lost-report", node=parcel.peer_id, subject=str(parcel.pk), kind=parcel.kind, why=missing[:200]
            )
    return missing


def relive_tenure(case: Case) -> None:
    """All that this node had said of a case in the tenure that it has now begun again, in the order in which it was said, each with what
    the other side has answered to it. To be called in the transaction of the take-over; reads the case anew."""
    said = ParcelOut.objects.filter(dossier=case.dossier, tenure=case.tenure, kind__in=CHANGES)
    for parcel in said.order_by("created_at", "epoch", "sequence"):
        relive(parcel)
        inbox.settle_dossier(case.dossier)
    case.refresh_from_db()


def case_of(parcel: ParcelOut) -> Case | None:
    assert parcel.dossier is not None
    return Case.objects.select_for_update().filter(dossier=parcel.dossier).first()


def recover(case: Case, parcel: ParcelOut, state: str, tenure: int, **more: Any) -> None:
    """Moves the case by the verb `recover`, on the proof of the parcel. A lower tenure than the case has is past."""
    if case.is_new or tenure >= case.tenure:
        here = this_node().code
        routing.recover(
            case,
            by=Actor.node(here),
            tenure=tenure,
            state=state,
            holder=here,
            peer=parcel.peer_id,
            proof=[parcel.digest],
            since=day_of(parcel.created_at),
            **more,
        )


def offered(parcel: ParcelOut, said: Said) -> str:
    """We had offered the case, perhaps a case that the backup does not have at all."""
    case, content = case_of(parcel), said["content"]
    more: Said = {"offer": said["offer"], "agreement": said["agreement"], "clause": said["clause"]}
    if case is not None and parcel.tenure <= case.tenure:
        here = (case.tenure, case.holder_node) == (parcel.tenure, this_node().code)
        if here and str(case.offer) != said["offer"]:
            recover(case, parcel, "offered", parcel.tenure, **more)
        return ""
    if case is not None or content["home_node"] != this_node().code:
        return begun(parcel)
    home = Agency.objects.get(code=said["agencies"]["home"])
    answering = Agency.objects.get(code=said["agencies"]["answering"])
    told = {name: value for name, value in content.items() if name not in ("from_number", "handle_from")}
    case = Case(pk=serial_left_out(content["from_number"]), agency=answering, home_agency=home)
    recover(case, parcel, "offered", parcel.tenure, dossier=parcel.dossier, **told, **more)
    routing.freeze(case, by=Actor.node(this_node().code), epoch=epoch())
    return "" if case.number == content["from_number"] else f"new-number: {content['from_number']} -> {case.number}"


def number_given(offer: Offer) -> int | None:
    """The serial under which this node had taken the offered case over before it was restored, if it can bear it again."""
    for said in ParcelOut.objects.filter(dossier=offer.dossier, kind=handover.TAKEN, tenure=offer.tenure + 1):
        if said.body and (told := json.loads(said.body)["data"])["offer"] == str(offer.pk):
            return serial_left_out(str(told.get("number", "")))
    return None


def serial_left_out(number: str) -> int | None:
    """The serial in a number of this node, if the restore has left it out (`skip_numbers`) and no case bears it; else None."""
    found = NUMBER.match(number)
    if not found or found["node"] != this_node().code:
        return None
    serial = int(found["serial"])
    skipped = Event.objects.about("node", subject(this_node().code)).filter(verb="skip_numbers")
    left_out = any(told.data["cases"]["first"] <= serial <= told.data["cases"]["last"] for told in skipped)
    return serial if left_out and not Case.objects.filter(pk=serial).exists() else None


def taken(parcel: ParcelOut, said: Said) -> str:
    """We had taken the case over. If the backup does not have it, a person takes it over again: the offer says so."""
    offers = Offer.objects.select_for_update().filter(pk=UUID(said["offer"]))
    case = case_of(parcel)
    if case is None:
        if offers.update(state=Offer.State.LOST, answered_at=None):
            return "take-over-again"
        return "offer-lost"
    offers.update(state=Offer.State.TAKEN, answered_at=now())
    if case.tenure < parcel.tenure:
        recover(case, parcel, "accepted", parcel.tenure)
    return ""


def begun(parcel: ParcelOut) -> str:
    """We had begun a tenure that the case here has not reached, and our word that we took it over is lost: the offer says so."""
    assert parcel.dossier is not None
    led_here = Offer.objects.filter(dossier=parcel.dossier, tenure=parcel.tenure - 1, state=Offer.State.WAITING)
    return "take-over-again" if led_here.update(state=Offer.State.LOST) else "case-lost"


def answered(state: Offer.State) -> Callable[[ParcelOut, Said], str]:
    """We had declined the offer, or given it back."""

    def answer(parcel: ParcelOut, said: Said) -> str:
        Offer.objects.filter(pk=UUID(said["offer"]), state=Offer.State.WAITING).update(state=state, answered_at=now())
        return ""

    return answer


def concluded(parcel: ParcelOut, said: Said) -> str:
    """We had concluded the case and told the result."""
    case = case_of(parcel)
    if case is None or case.tenure < parcel.tenure:
        return begun(parcel)
    if case.state == "accepted":
        recover(case, parcel, "concluded", parcel.tenure, ground=said["ground"], text=said.get("text") or "")
    return ""


def delivered(parcel: ParcelOut, said: Said) -> str:
    """We had delivered the result at the home desk. When the result itself is still to come again, a person delivers again."""
    case = case_of(parcel)
    if case is None or case.state != "concluded":
        return "deliver-again"
    here = case.holder_node == this_node().code
    routing.recover(
        case, by=Actor.node(this_node().code), tenure=case.tenure, state="delivered", peer=parcel.peer_id, proof=[parcel.digest],
        since=day_of(parcel.created_at), holder=this_node().code if here else case.holder_node,
    )  # fmt: skip
    return ""


def erased(parcel: ParcelOut, said: Said) -> str:
    """We had erased something and told the peer: it is erased again."""
    case = case_of(parcel)
    if case is not None:
        told = erasure.read(said)
        chosen, held = erasure.selection(case, told, peer="")
        if held:
            keeping.erase_for_the_node(case, node=this_node().code, ground=told.ground, decision=told.erasure, **chosen)
    return ""


def said(parcel: ParcelOut, told: Said) -> str:
    """We had said something on what a peer asked: it stands where it stood. Whoever said it finds the text in the parcel."""
    found = Errand.objects.select_for_update().filter(pk=UUID(told["request"]), peer=parcel.peer_id).first()
    if found is None:
        return "errand-lost"
    if told["place"] > found.words:
        found.words = told["place"]
        found.state = Errand.State.ACCEPTED if told["step"] == "progress" else Errand.State(told["step"])
        found.ended_at = None if found.state in Errand.OPEN else parcel.created_at
        found.save(update_fields=["words", "state", "ended_at"])
    return "read-the-parcel"


def read_only(parcel: ParcelOut, said: Said) -> str:
    """A report that the other side has; here only its text is left, in the parcel."""
    return "read-the-parcel"


RELIVED: dict[str, Callable[[ParcelOut, Said], str]] = {
    handover.OFFERED: offered,
    handover.TAKEN: taken,
    handover.DECLINED: answered(Offer.State.DECLINED),
    handover.RETRACTED: answered(Offer.State.RETRACTED),
    reports.RESULT: concluded,
    reports.DELIVERED: delivered,
    errands.ANSWERED: said,
    errands.REPORTED: said,
    errands.ASKED: read_only,
    errands.GIVEN: read_only,
    "consultation.withdrawn": read_only,
    "task.withdrawn": read_only,
    reports.REOPENED: read_only,
    reports.PROGRESS: read_only,
    reports.QUESTION: read_only,
    reports.RATING: read_only,
    reports.MATERIALS: read_only,
    reports.ANSWER: read_only,
    reports.WITHDRAWN: read_only,
    erasure.ERASURE: erased,
}
CHANGES = (handover.OFFERED, reports.RESULT, reports.DELIVERED, erasure.ERASURE)
"""What changes a case that this node answers for; the rest was told to people when the backup was restored."""
