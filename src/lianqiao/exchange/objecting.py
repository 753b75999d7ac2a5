"""Objections that cross: what goes along with one, to whom it is addressed here, and what the first case is told of it.

An objection is a dossier of its own that is handed over like any other: offered by the home desk, taken over (accepted) or declined by the agency
above, concluded with an outcome. Each node that has both cases tells the first one; the node that answers for the first one reopens it.
"""

from collections.abc import Collection
from datetime import date
from typing import Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from lianqiao.cases import objections
from lianqiao.cases.actions import conclusion
from lianqiao.cases.models import Case
from lianqiao.record import events
from lianqiao.record.actors import Actor
from lianqiao.record.models import Event
from lianqiao.record.nodes import this_node
from lianqiao.record.refusal import Refused
from lianqiao.registry.models import Agreement, Clause

from . import alarms
from .models import Offer

STEPS = {
    "accept": "accepted", "take_over": "accepted", "taken_over": "accepted", "refuse": "declined", "declined": "declined",
    "conclude": "", "result_reported": "",
}  # fmt: skip
"""What a verb of the objection's case tells the first case; of a conclusion its outcome."""
CONCLUDED = ("conclude", "result_reported", "refuse")


class Objection(BaseModel):
    """Against what the objection is: the first case, as the sender has it."""

    model_config = ConfigDict(extra="ignore")

    dossier: UUID
    number: str = Field("", max_length=40)
    ground: str = Field("", max_length=64)
    result: str = Field("", max_length=20000)
    concluded_on: date | None = None


def materials(first: Case, shares: Collection[str]) -> dict[str, Any]:
    """The first case for whoever decides on the objection. The text of a confidential case goes only where its identity may."""
    last = Event.objects.about("case", first.uid).filter(verb__in=CONCLUDED).select_related("sealed").last()
    said = events.opened(last) if last else {}
    text = said.get("text") or said.get("reason") or ""
    hidden = first.confidential and "identity" not in shares
    return {
        "dossier": str(first.dossier), "number": first.number, "ground": first.ground,
        "result": text if isinstance(text, str) and not hidden else "",
        "concluded_on": said.get("concluded_on") or (last.legal_date.isoformat() if last else None),
    }  # fmt: skip


# Offered to us


def first_of(told: Objection | None) -> Case | None:
    return Case.objects.select_related("agency__region").filter(dossier=told.dossier).first() if told else None


def clause_of(told: Objection, agreement: UUID, ref: str, on: date) -> Clause | None:
    """The clause under which an objection may come: that of the hand-over of the first case, whenever it ended, or one in force that lets it."""
    first = first_of(told)
    if first and (first.agreement, first.clause) == (agreement, ref):
        return Clause.objects.filter(agreement=agreement, ref=ref).first()
    clause = Agreement.objects.clause_for(agreement, ref, on)
    return clause if clause and "objection" in clause.lets else None


def addressee(told: Objection, clause: Clause) -> str:
    """Our agency that decides: the one above the one that answered here. The one that answered passes it on where that lies elsewhere; ""
    where there is none."""
    first = first_of(told)
    if first is None:
        return clause.to_agency
    if not first.answers_here:
        return first.agency.code
    upper = objections.above(first.agency)
    if upper is None:
        return ""
    return upper.code if upper.region.node_code == this_node().code else first.agency.code


def declined(event: Event) -> None:
    """An offer of an objection was declined here: the first case is told, if it is here."""
    offer = Offer.objects.filter(pk=event.subject).first()
    objection = (offer.content.get("objection") or {}) if offer else {}
    first = Case.objects.filter(dossier=objection["dossier"]).first() if objection else None
    if offer and first:
        reason = events.opened(event).get("reason")
        tell(first, event, "declined", offer.number, this_node().code, reason if isinstance(reason, str) else "")


# What the first case is told


def follow(case: Case, event: Event) -> None:
    """Tells the first case what an event of the objection means for it; reopens it when it was returned to be handled anew."""
    first = case.objection_to
    if first is None or event.verb not in STEPS:
        return
    said = events.opened(event)
    step = STEPS[event.verb] or str(said.get("outcome") or "")
    if not step:
        return
    text = said.get("text") or said.get("reason") or ""
    text = text if isinstance(text, str) else ""
    if not tell(first, event, step, case.number, case.holder_node, text):
        return
    if step == "returned" and first.answers_here:
        conclusion.reopen_on_objection(first, by=Actor.node(this_node().code), objection=case.number, reason=text)


def tell(first: Case, event: Event, step: str, number: str, node: str, text: str) -> bool:
    """Whether the first case was told now: once for each event. What it can no longer take becomes an alarm."""
    told = Event.objects.about("case", first.uid).filter(verb="objection_told")
    if any(one.data["cause"] == event.digest for one in told):
        return False
    try:
        conclusion.objection_told(
            first,
            by=Actor.node(this_node().code),
            step=step,
            objection=number,
            node=node,
            text=text,
            cause=event.digest,
        )
    except Refused as refused:
        alarms.raise_alarm("objection-untold", subject=str(first.dossier), number=first.number, why=refused.code)
        return False
    return True
