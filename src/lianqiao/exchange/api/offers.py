"""The offers of other nodes, and our answers to them."""

from datetime import date
from typing import Annotated, Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop
from ninja import Router
from pydantic import BaseModel, ConfigDict, Field

from lianqiao.cases import timeline
from lianqiao.cases.api import answers
from lianqiao.cases.api.asking import case_of
from lianqiao.cases.data import KindOfCase
from lianqiao.record.refusal import Refused
from lianqiao.record.time import stamp
from lianqiao.registry.door import acting, person_of, reading

from .. import answering
from ..models import Erasure, Offer

router = Router(tags=["offers"])
Code = Annotated[str, Field(min_length=1, max_length=64)]


class OfferRow(BaseModel):
    """A case that another node offers, in a list."""

    id: str
    node: str = Field(description="The node that offers it and answers for it until the answer.")
    number: str = Field(description="Its number there.")
    title: str
    agency: str = Field(description="Our agency to which the clause addresses it.")
    state: str
    state_label: str
    received_at: str
    due_on: date | None = Field(
        description="Last day of the answer limit of the clause. The offer does not lapse after it."
    )
    trigger: str = Field(description="Trigger of joint handling, for mass and emergency events; else empty.")
    objection_to: str = Field(description="Of an objection: the number of the first case at the node that offers it.")
    withdrawn: bool = Field(description="The enterprise has said meanwhile that it withdraws.")


class Offers(BaseModel):
    offers: list[OfferRow]


class OfferSheet(OfferRow):
    """An offer with all that the clause lets travel, in the sender's own terms: what the mapping starts from."""

    dossier: str
    tenure: int
    agreement: str
    clause: str
    reason: str
    objection: dict[str, Any] | None = Field(description="Of an objection: the first case, its ground and result.")
    content: dict[str, Any]
    attachments: list[dict[str, Any]] = Field(description="Files that are fetched after the take-over.")


class Mapping(BaseModel):
    """The case in our own terms."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)

    agency: Code
    programme: Code
    kind: KindOfCase
    category: Code
    respondents: list[Code] = Field(
        [], max_length=20, description="Our agencies that are complained of: they are barred."
    )
    remark: str = Field("", max_length=5000)


class No(BaseModel):
    """Why not, and who instead."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)

    reason: str = Field(min_length=1, max_length=5000)
    competent_body: str = Field("", max_length=200)


TAKE_OVER = {
    "agency": "cq-private-centre", "programme": "private-complaint", "kind": "infringement", "category": "enforcement",
    "respondents": ["cq-market"], "remark": "由本中心直接办理。",
}  # fmt: skip
DECLINE = {"reason": "该许可由门店所在区办理，请先向区中心提出。", "competent_body": "渝中区外商投诉协调中心"}


def example(value: dict[str, Any]) -> dict[str, Any]:
    return {"requestBody": {"content": {"application/json": {"example": value}}}}


class ErasureTold(BaseModel):
    """A node that was given a part of the case was told that something was erased."""

    node: str
    told_at: str
    state: str = Field(description="waiting, erased, or not_held.")
    state_label: str
    answered_at: str | None


class ErasuresTold(BaseModel):
    number: str
    erasures: list[ErasureTold]


@router.get(
    "/cases/{number}/erasures", auth=reading, response=ErasuresTold,
    summary=gettext_noop("See which nodes were told of an erasure"), tags=["cases"],
)  # fmt: skip
def told_erasures(request: HttpRequest, number: str) -> object:
    """Every node that was told of an erasure in this case, and what it has answered. Officers see the nodes; others an empty list."""
    case = case_of(request, number)
    rows = (
        Erasure.objects.filter(dossier=case.dossier)
        if timeline.reader(case, person_of(request)).officer
        else Erasure.objects.none()
    )
    return {
        "number": case.number,
        "erasures": [
            {
                "node": row.peer_id, "told_at": stamp(row.told_at), "state": row.state,
                "state_label": str(row.get_state_display()), "answered_at": stamp(row.answered_at) if row.answered_at else None,
            }
            for row in rows
        ],
    }  # fmt: skip


@router.get("/offers", auth=reading, response=Offers, summary=gettext_noop("List the offers of other nodes"))
def list_offers(request: HttpRequest) -> object:
    """The offers that wait for an answer by the person's agencies, the oldest first."""
    found = list(Offer.objects.open().visible_to(person_of(request)))
    answering.looked_at(found, person_of(request))
    return {"offers": [row(offer) for offer in found]}


@router.get("/offers/{offer}", auth=reading, response=OfferSheet, summary=gettext_noop("Read an offer"))
def read_offer(request: HttpRequest, offer: UUID) -> object:
    """One offer to the person's agencies, answered or not."""
    found = Offer.objects.visible_to(person_of(request)).filter(pk=offer).first()
    if found is None:
        raise Refused("unknown-offer", _("There is no such offer among those that you may answer."), status=404)
    answering.looked_at([found], person_of(request))
    return row(found) | {
        "dossier": str(found.dossier), "tenure": found.tenure, "agreement": str(found.agreement), "clause": found.clause,
        "objection": found.content.get("objection"),
        "reason": found.content.get("reason", ""), "content": found.content.get("content", {}),
        "attachments": found.content.get("attachments", []),
    }  # fmt: skip


@router.post(
    "/offers/{offer}/take_over", auth=acting, response=answers.Done, summary=gettext_noop("Take an offered case over"),
    openapi_extra=example(TAKE_OVER), operation_id="take_over",
)  # fmt: skip
def take_over(request: HttpRequest, response: HttpResponse, offer: UUID, mapping: Mapping) -> object:
    """Take the case over, mapped into our own terms. From this moment our agency answers for it; the number is our own."""
    case, event = answering.take_over(offer, by=person_of(request), **mapping.model_dump())
    response["ETag"] = answers.etag(case)
    return answers.done(case, event)


@router.post(
    "/offers/{offer}/decline", auth=acting, response=OfferRow, summary=gettext_noop("Decline an offered case"),
    openapi_extra=example(DECLINE), operation_id="decline",
)  # fmt: skip
def decline(request: HttpRequest, offer: UUID, no: No) -> object:
    """Decline the case, with the reason and, if known, the body that is competent. It returns to the node that offered it."""
    return row(answering.decline(offer, by=person_of(request), reason=no.reason, competent_body=no.competent_body))


def row(offer: Offer) -> dict[str, Any]:
    return {
        "id": str(offer.pk), "node": offer.peer_id, "number": offer.number, "agency": offer.agency, "state": offer.state,
        "title": offer.content.get("content", {}).get("title", ""), "state_label": str(Offer.State(offer.state).label),
        "received_at": stamp(offer.received_at), "due_on": offer.due_on, "withdrawn": getattr(offer, "withdrawn", False),
        "trigger": offer.content.get("trigger", ""),
        "objection_to": (offer.content.get("objection") or {}).get("number", ""),
    }  # fmt: skip
