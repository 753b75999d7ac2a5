"""Who one is, agencies, the enterprises that one stands for, agreements."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop
from ninja import Query, Router
from pydantic import BaseModel, ConfigDict, Field

from lianqiao.record.refusal import Refused
from lianqiao.record.time import today
from lianqiao.registry import actions
from lianqiao.registry.door import acting, bearer_of, person_of, reading
from lianqiao.registry.models import (
    Agency,
    Agreement,
    Enterprise,
    EnterpriseMember,
    Membership,
    Person,
    Region,
)

router = Router(tags=["registry"])
PREFIX = "/api/v1"
Code = Annotated[str, Field(max_length=64)]


class AgencyRow(BaseModel):
    """An agency; both names, whatever the reader's language."""

    code: str
    name_zh: str
    name_en: str
    kind: str
    region: str
    parent: str | None
    upper: str | None = Field(description="Where objections go.")
    address: str
    phone: str


class Agencies(BaseModel):
    agencies: list[AgencyRow]


class Role(BaseModel):
    agency: str
    agency_name: str
    role: str
    until: date | None


class EnterpriseRow(BaseModel):
    id: str
    uscc: str
    name_zh: str
    name_en: str
    kind: str
    origin: str
    region: str
    capacity: str | None = Field(
        description="In which capacity the person stands for it: owner or agent; null for an officer."
    )


class Enterprises(BaseModel):
    enterprises: list[EnterpriseRow]


class Me(BaseModel):
    """Who one is here."""

    account: str
    name: str
    language: str
    scopes: list[str]
    roles: list[Role]
    enterprises: list[EnterpriseRow]


class EnterpriseForm(BaseModel):
    """An enterprise as it is entered."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)

    name_zh: str = Field(min_length=1, max_length=200)
    name_en: str = Field("", max_length=200)
    kind: str = Field(max_length=16, description="private, foreign_invested or inward.")
    region: str = Field(max_length=6, description="Division code, six digits.")
    uscc: str = Field("", max_length=18, description="Unified social credit code; empty while it is being founded.")
    origin: str = Field("", max_length=2, description="Of the investor, ISO 3166-1 alpha-2.")
    address: str = Field("", max_length=300)
    own: bool = Field(
        True, description="The person stands for it as owner. False: an intake officer enters it for others."
    )


class ClauseRow(BaseModel):
    ref: str
    from_agency: str
    to_agency: str
    from_node: str
    to_node: str
    programmes: list[str]
    categories: list[str]
    shares: list[str] = Field(description="What travels with a case: identity, contact, attachments, progress, result.")
    answer_amount: int | None
    answer_unit: str
    carries: bool = Field(description="Whether the limit of handling carries over.")
    joint_triggers: list[str]
    lets: list[str] = Field(description="What it is for: hand_over, consult, task, objection.")


class AgreementRow(BaseModel):
    id: str
    reference: str
    title_zh: str
    title_en: str
    nodes: list[str]
    agencies: list[str]
    starts_on: date
    ends_on: date | None
    state: str
    in_force: bool
    digest: str
    clauses: list[ClauseRow]


class Agreements(BaseModel):
    agreements: list[AgreementRow]


class AgreementText(AgreementRow):
    """An agreement with the canonical terms that both nodes have signed."""

    text: dict[str, Any]
    signatures: dict[str, dict[str, str]]


@router.get("/me", auth=reading, response=Me, summary=gettext_noop("See who one is"))
def me(request: HttpRequest) -> object:
    """The person behind the token: roles in agencies, enterprises, scopes."""
    bearer = bearer_of(request)
    person = bearer.person
    return {
        "account": person.account,
        "name": person.name,
        "language": person.language,
        "scopes": sorted(bearer.scopes),
        "roles": [
            {
                "agency": held.agency.code,
                "agency_name": held.agency.label,
                "role": held.role,
                "until": held.until,
            }
            for held in bearer.memberships
        ],
        "enterprises": own_enterprises(person),
    }


def own_enterprises(person: Person) -> list[dict[str, Any]]:
    held = EnterpriseMember.objects.standing(today()).of(person)
    return [enterprise_row(member.enterprise, member.capacity) for member in held]


def enterprise_row(enterprise: Enterprise, capacity: str | None) -> dict[str, Any]:
    return {
        "id": str(enterprise.pk),
        "uscc": enterprise.uscc,
        "name_zh": enterprise.name_zh,
        "name_en": enterprise.name_en,
        "kind": enterprise.kind,
        "origin": enterprise.origin,
        "region": enterprise.region_id,
        "capacity": capacity,
    }


class AgencyFilter(BaseModel):
    region: Code | None = Field(None, description="First digits of a division code.")
    kind: Code | None = Field(None, description="complaint_centre, department, federation, workstation or office.")


@router.get("/agencies", auth=reading, response=Agencies, summary=gettext_noop("List agencies"))
def list_agencies(request: HttpRequest, wanted: Query[AgencyFilter]) -> object:
    """The active agencies of this node, in the order of their tree."""
    found = Agency.objects.filter(active=True).select_related("parent", "upper")
    if wanted.region:
        found = found.filter(region__code__startswith=wanted.region)
    if wanted.kind:
        found = found.filter(kind=wanted.kind)
    return {
        "agencies": [
            {
                "code": agency.code,
                "name_zh": agency.name_zh,
                "name_en": agency.name_en,
                "kind": agency.kind,
                "region": agency.region_id,
                "parent": agency.parent.code if agency.parent else None,
                "upper": agency.upper.code if agency.upper else None,
                "address": agency.address,
                "phone": agency.phone,
            }
            for agency in found
        ]
    }


class EnterpriseFilter(BaseModel):
    uscc: Annotated[str, Field(max_length=18)] | None = Field(
        None, description="For intake officers: the one with exactly this code."
    )


@router.get("/enterprises", auth=reading, response=Enterprises, summary=gettext_noop("List enterprises"))
def list_enterprises(request: HttpRequest, wanted: Query[EnterpriseFilter]) -> object:
    """The enterprises that the person stands for. An intake officer finds any other by its whole credit code, and only so:
    a list would tell who files."""
    person = person_of(request)
    rows = own_enterprises(person)
    if not wanted.uscc:
        return {"enterprises": rows}
    rows = [row for row in rows if row["uscc"] == wanted.uscc]
    intake = any(held.role == Membership.Role.INTAKE for held in bearer_of(request).memberships)
    if not rows and intake:
        rows = [enterprise_row(found, None) for found in Enterprise.objects.filter(uscc=wanted.uscc)]
    return {"enterprises": rows}


EXAMPLE = {
    "name_zh": "重庆示例四号贸易有限公司",
    "name_en": "Chongqing Example Four Trading Co., Ltd.",
    "kind": "inward",
    "region": "510100",
    "own": True,
}


@router.post(
    "/enterprises",
    auth=acting,
    response={201: EnterpriseRow},
    summary=gettext_noop("Enter an enterprise"),
    openapi_extra={"requestBody": {"content": {"application/json": {"example": EXAMPLE}}}},
)
def enter_enterprise(request: HttpRequest, response: HttpResponse, form: EnterpriseForm) -> object:
    """Enter an enterprise: one's own, or as intake officer one for others."""
    fields = form.model_dump(exclude={"own", "region"})
    region = Region.objects.filter(code=form.region).first()
    if region is None:
        raise Refused("unknown-region", _("There is no region with the code %(code)s."), status=422, code=form.region)
    fields["name_en"] = fields["name_en"] or form.name_zh
    enter = actions.add_own_enterprise if form.own else actions.add_enterprise
    entered = enter(**fields, region=region, by=person_of(request))
    return enterprise_row(entered, EnterpriseMember.Capacity.OWNER if form.own else None)


@router.get("/agreements", auth=reading, response=Agreements, summary=gettext_noop("List agreements"))
def list_agreements(request: HttpRequest) -> object:
    """The agreements of this node with others, with their clauses. For officers; others get an empty list."""
    if not bearer_of(request).memberships:
        return {"agreements": []}
    return {"agreements": [agreement_row(agreement) for agreement in Agreement.objects.prefetch_related("clauses")]}


@router.get("/agreements/{agreement}", auth=reading, response=AgreementText, summary=gettext_noop("Read an agreement"))
def read_agreement(request: HttpRequest, agreement: str) -> object:
    """One agreement, by its reference, with the canonical terms and both signatures."""
    found = Agreement.objects.filter(reference=agreement).first() if bearer_of(request).memberships else None
    if found is None:
        raise Refused("unknown-agreement", _("There is no agreement with this reference."), status=404)
    signatures = {
        found.node_a: {"kid": found.kid_a, "signature": found.signature_a},
        found.node_b: {"kid": found.kid_b, "signature": found.signature_b},
    }
    return agreement_row(found) | {"text": found.text, "signatures": signatures}


def agreement_row(agreement: Agreement) -> dict[str, Any]:
    return {
        "id": str(agreement.pk),
        "reference": agreement.reference,
        "title_zh": agreement.title_zh,
        "title_en": agreement.title_en,
        "nodes": [agreement.node_a, agreement.node_b],
        "agencies": [agreement.agency_a, agreement.agency_b],
        "starts_on": agreement.starts_on,
        "ends_on": agreement.ends_on,
        "state": agreement.state,
        "in_force": Agreement.objects.in_force(today()).filter(pk=agreement.pk).exists(),
        "digest": agreement.digest,
        "clauses": [
            {name: getattr(clause, name) for name in ClauseRow.model_fields} for clause in agreement.clauses.all()
        ],
    }
