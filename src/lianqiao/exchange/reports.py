"""What one side of a handed-over dossier reports to the other. Each report names its tenure; a lower one is refused."""

from typing import Any
from uuid import UUID

from lianqiao.cases.actions import conclusion, routing
from lianqiao.cases.models import Case
from lianqiao.record.refusal import Refused

from . import attachments, catchup, handover, inbox
from .kinds import Early, dossier_of, receives
from .models import Offer, ParcelIn

PROGRESS, RESULT, QUESTION, REOPENED = "progress", "result", "question", "reopened"
DELIVERED, RATING, MATERIALS, ANSWER, WITHDRAWN = "delivered", "rating", "materials", "answer", "withdrawn"
NOT_SHARED = "-"
MOOT = (Offer.State.DECLINED, Offer.State.RETRACTED)


def case_of(parcel: ParcelIn, *states: str) -> Case:
    """The case of a report, locked, when it has reached one of the states. Waits until then; refuses a lower tenure."""
    case = Case.objects.select_for_update().filter(dossier=dossier_of(parcel)).first()
    if case is None:
        raise Early("dossier-unknown")
    if case.frozen_epoch:
        raise Early("frozen")
    if parcel.tenure < case.tenure:
        raise Refused("lower-tenure", handover.LOWER, got=parcel.tenure, held=case.tenure)
    if case.state not in states:
        raise Early(f"case-{case.state}")
    return case


def nothing_before(parcel: ParcelIn) -> None:
    """Waits while an earlier parcel of the peer is missing or an earlier one of the dossier is not worked on: reports that end something come last."""
    earlier = ParcelIn.objects.filter(peer=parcel.peer_id, dossier=parcel.dossier, state=ParcelIn.State.STORED)
    if earlier.filter(epoch=parcel.epoch, sequence__lt=parcel.sequence).exists() or catchup.gap_before(parcel):
        raise Early("earlier-parcel-missing")


# From the node that answers, to those that follow


@receives(PROGRESS)
def progress(parcel: ParcelIn, data: dict[str, Any]) -> None:
    """A step at the answering node."""
    case = case_of(parcel, "handed_over")
    routing.progress_reported(
        case, by=inbox.actor(parcel), tenure=parcel.tenure, cause=parcel.cause, step=data.get("step"), text=data.get("text", ""),
        due_on=data.get("due_on") or None,
    )  # fmt: skip


@receives(RESULT)
def result(parcel: ParcelIn, data: dict[str, Any]) -> None:
    """The answering node has concluded; it comes after everything that was reported before it."""
    case = case_of(parcel, "handed_over")
    nothing_before(parcel)
    routing.result_reported(
        case, by=inbox.actor(parcel), tenure=parcel.tenure, cause=parcel.cause, ground=data.get("ground"), text=data.get("text") or NOT_SHARED,
        concluded_on=data.get("concluded_on"), outcome=data.get("outcome") or None,
    )  # fmt: skip


@receives(REOPENED)
def reopened(parcel: ParcelIn, data: dict[str, Any]) -> None:
    """The answering node handles the case anew, because the agency above has returned it after an objection."""
    case = case_of(parcel, "concluded", "delivered", "archived")
    nothing_before(parcel)
    conclusion.reopening_reported(case, by=inbox.actor(parcel), tenure=parcel.tenure, reason=data.get("reason") or "")


@receives(QUESTION)
def question(parcel: ParcelIn, data: dict[str, Any]) -> None:
    """A question to the enterprise, which answers at its home desk."""
    case = case_of(parcel, "handed_over")
    routing.question_reported(
        case, by=inbox.actor(parcel), tenure=parcel.tenure, cause=parcel.cause, peer_question=data.get("ask"), question=data.get("question"),
        reply_by=data.get("reply_by") or None,
    )  # fmt: skip


# From the home desk, to the node that answers


@receives(DELIVERED)
def delivered(parcel: ParcelIn, data: dict[str, Any]) -> None:
    """The home desk has delivered the result."""
    case = case_of(parcel, "concluded")
    nothing_before(parcel)
    routing.delivery_reported(
        case,
        by=inbox.actor(parcel),
        tenure=parcel.tenure,
        delivered_on=data.get("delivered_on"),
        method=data.get("method"),
    )


@receives(RATING)
def rating(parcel: ParcelIn, data: dict[str, Any]) -> None:
    """The enterprise has rated at its home desk."""
    case = case_of(parcel, "delivered")
    routing.rating_reported(
        case,
        by=inbox.actor(parcel),
        tenure=parcel.tenure,
        cause=parcel.cause,
        score=data.get("score"),
        text=data.get("text", ""),
    )


@receives(MATERIALS)
def materials(parcel: ParcelIn, data: dict[str, Any]) -> None:
    """Files handed in at the other side; they are fetched afterwards."""
    if moot(parcel, data):
        return
    case = case_of(parcel, "accepted", "handed_over", "concluded", "delivered")
    routing.materials_reported(
        case,
        by=inbox.actor(parcel),
        tenure=parcel.tenure,
        cause=parcel.cause,
        text=data.get("text", ""),
        **attachments.told(data.get("attachments", [])),
    )


@receives(ANSWER)
def answer(parcel: ParcelIn, data: dict[str, Any]) -> None:
    """The enterprise's answer to a question of ours, given at its home desk."""
    case = case_of(parcel, "accepted", "handed_over", "concluded", "delivered")
    routing.answer_reported(
        case,
        by=inbox.actor(parcel),
        tenure=parcel.tenure,
        cause=parcel.cause,
        ask=data.get("ask"),
        text=data.get("text"),
    )


@receives(WITHDRAWN)
def withdrawn(parcel: ParcelIn, data: dict[str, Any]) -> None:
    """The enterprise withdraws. While the case is only offered to us, the word waits for the take-over, and the offer shows it."""
    if moot(parcel, data):
        return
    case = case_of(parcel, "accepted", "handed_over", "concluded", "delivered")
    routing.withdrawal_reported(
        case, by=inbox.actor(parcel), tenure=parcel.tenure, cause=parcel.cause, reason=data.get("reason")
    )


def moot(parcel: ParcelIn, data: dict[str, Any]) -> bool:
    """Whether the word was for an offer that did not become a take-over."""
    try:
        offer = UUID(str(data.get("offer") or ""))
    except ValueError:
        return False
    return Offer.objects.filter(pk=offer, peer=parcel.peer_id, state__in=MOOT).exists()
