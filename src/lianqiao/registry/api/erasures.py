"""The JSON API of erasures of the registry: asking, listing, deciding. Mounted by `registry.api`."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop
from ninja import Router
from pydantic import BaseModel, ConfigDict, Field

from lianqiao.record.refusal import Refused
from lianqiao.registry import erasures
from lianqiao.registry.actions import erasing
from lianqiao.registry.door import acting, person_of, reading
from lianqiao.registry.models import Enterprise

router = Router(tags=["registry"])
Reason = Annotated[str, Field(min_length=1, max_length=2000)]


class ErasureAsked(BaseModel):
    """What is to be erased: the contacts of an enterprise that one owns, or what names oneself."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)

    enterprise: UUID | None = Field(None, description="The enterprise whose contacts are to be erased.")
    what: list[Literal["name", "email", "account"]] = Field(
        [], description="Of oneself, when no enterprise is named. Without the account one can no longer come in."
    )
    reason: Reason


class ErasureDecision(BaseModel):
    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)

    ground: str = Field(max_length=32, description="Code of the ground or of the reason for refusing.")


class ErasureRow(BaseModel):
    id: str
    what: list[str]
    enterprise: str | None = Field(description="Whose contacts; null for a person's own data.")
    asked_at: str
    state: str
    state_label: str
    ground: str
    because: str = Field(description="The ground in words, with its article.")
    decided_at: str | None


class Erasures(BaseModel):
    erasures: list[ErasureRow]


def example(value: dict[str, object]) -> dict[str, object]:
    return {"requestBody": {"content": {"application/json": {"example": value}}}}


@router.get("/erasures", auth=reading, response=Erasures, summary=gettext_noop("List requests for erasure"))
def list_erasures(request: HttpRequest) -> object:
    """One's own requests and those about one's enterprises; for the lead of a complaint centre all, newest first, at most 200."""
    return {"erasures": [erasures.told(row) for row in erasures.visible_to(person_of(request))[: erasures.MOST]]}


@router.post(
    "/erasures", auth=acting, response={201: ErasureRow}, summary=gettext_noop("Ask that personal data be erased"),
    openapi_extra=example({"what": ["email"], "reason": "不再使用该邮箱。"}),
)  # fmt: skip
def ask_erasure(request: HttpRequest, asked: ErasureAsked) -> object:
    """Ask that the contacts of one's enterprise, or one's own name, e-mail or account be erased here and at every node that was given them.

    The lead of a complaint centre decides. For texts of one case, see `request_erasure` of the case.
    """
    person = person_of(request)
    if asked.enterprise is None:
        return erasures.told(erasing.request_own(asked.what, reason=asked.reason, by=person))
    enterprise = Enterprise.objects.filter(pk=asked.enterprise).first()
    if enterprise is None:
        raise Refused(
            "unknown-enterprise", _("There is no such enterprise in the registry. Register it first."), status=404
        )
    return erasures.told(erasing.request_contacts(enterprise, reason=asked.reason, by=person))


@router.post(
    "/erasures/{uuid:erasure}/erase", auth=acting, response=ErasureRow, summary=gettext_noop("Erase what was asked for"),
    openapi_extra=example({"ground": "consent"}), operation_id="carry_out_erasure",
)  # fmt: skip
def carry_out(request: HttpRequest, erasure: UUID, decision: ErasureDecision) -> object:
    """Erase what was asked for, on a ground of law. The cases of the enterprise and the other nodes follow by themselves."""
    person = person_of(request)
    return erasures.told(erasing.erase(erasures.named(erasure, person), ground=decision.ground, by=person))


@router.post(
    "/erasures/{uuid:erasure}/refuse", auth=acting, response=ErasureRow, summary=gettext_noop("Refuse what was asked for"),
    openapi_extra=example({"ground": "retention"}), operation_id="refuse_erasure_request",
)  # fmt: skip
def refuse(request: HttpRequest, erasure: UUID, decision: ErasureDecision) -> object:
    """Refuse, with a reason of law and its article."""
    person = person_of(request)
    return erasures.told(erasing.refuse_erasure(erasures.named(erasure, person), ground=decision.ground, by=person))
