"""Enterprises that are there: reading one, changing it, duplicates, merging, contacts, who stands for it, its associations."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any
from uuid import UUID

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop
from ninja import Query, Router
from pydantic import BaseModel, Field

from lianqiao.record.refusal import Refused
from lianqiao.record.time import today
from lianqiao.registry import access, actions, duplicates, finding
from lianqiao.registry.actions.contacts import is_owner
from lianqiao.registry.api.forms import Account, Day, Form, Reason, example
from lianqiao.registry.door import acting, person_of, reading
from lianqiao.registry.models import (
    Contact,
    Enterprise,
    EnterpriseAssociation,
    EnterpriseMember,
    Person,
)

router = Router(tags=["enterprises"])
MOST = 100


class ContactRow(BaseModel):
    id: int
    name: str
    position: str
    phone: str
    email: str
    since: date
    until: date | None


class ContactEnded(BaseModel):
    """Without a word of it: the numbers of contacts follow one another, and whoever enters enterprises may end any of them."""

    id: int
    until: date


class LinkRow(BaseModel):
    """A person who stands for the enterprise."""

    id: int
    account: str
    name: str
    capacity: str = Field(description="owner or agent.")
    powers: list[str]
    matters: list[str] = Field(description="Programmes and categories; nothing for all.")
    since: date
    until: date | None
    claimed: bool = Field(description="By the person's own word, which no officer has confirmed yet.")


class AssociationRow(BaseModel):
    """The enterprise is a member of a federation, chamber or workstation."""

    id: int
    enterprise: str
    agency: str
    agency_name: str
    since: date
    until: date | None


class EnterpriseBrief(BaseModel):
    id: str
    uscc: str
    name_zh: str
    name_en: str


class EnterpriseSheet(EnterpriseBrief):
    kind: str
    origin: str
    region: str
    address: str
    former_codes: list[str]
    stands: EnterpriseBrief = Field(description="The row that stands for it: itself, unless it was merged.")
    merged_into: str | None
    merged: list[EnterpriseBrief] = Field(description="Rows that were merged into it.")
    contacts: list[ContactRow]
    people: list[LinkRow]
    associations: list[AssociationRow]


class SimilarRow(BaseModel):
    """An enterprise that may be the same."""

    enterprise: EnterpriseBrief
    score: int = Field(description="Of 100.")
    reasons: list[str]


class SimilarEnterprise(BaseModel):
    duplicates: list[SimilarRow]


class PairRow(BaseModel):
    one: EnterpriseBrief
    other: EnterpriseBrief
    score: int
    reasons: list[str]


class Pairs(BaseModel):
    pairs: list[PairRow]
    next: str | None = Field(description="Send it as `after` for what follows; null at the end.")


def brief(row: Enterprise) -> dict[str, str]:
    return {"id": str(row.pk), "uscc": row.uscc, "name_zh": row.name_zh, "name_en": row.name_en}


def contact_row(row: Contact) -> dict[str, Any]:
    return {name: getattr(row, name) for name in ContactRow.model_fields}


def link_row(row: EnterpriseMember) -> dict[str, Any]:
    return {
        "id": row.pk,
        "account": row.person.account,
        "name": row.person.name,
        "capacity": row.capacity,
        "powers": row.powers,
        "matters": row.matters,
        "since": row.since,
        "until": row.until,
        "claimed": row.claimed,
    }


def association_row(row: EnterpriseAssociation) -> dict[str, Any]:
    return {
        "id": row.pk,
        "enterprise": str(row.enterprise_id),
        "agency": row.agency.code,
        "agency_name": row.agency.label,
        "since": row.since,
        "until": row.until,
    }


def readable(enterprise: UUID, person: Person) -> Enterprise:
    """The enterprise, for who stands for it or may enter enterprises; for anybody else there is none."""
    found = Enterprise.objects.select_related("root").filter(pk=enterprise).first()
    if found is None or not (access.may_enter(person) or stands_for(found, person)):
        raise Refused("unknown-enterprise", _("There is no such enterprise among those that you may see."), status=404)
    return found


def stands_for(enterprise: Enterprise, person: Person) -> bool:
    links = EnterpriseMember.objects.active(today()).for_enterprises([enterprise])
    return links.filter(person=person).exists()


@router.get(
    "/enterprises/{uuid:enterprise}", auth=reading, response=EnterpriseSheet, summary=gettext_noop("Read an enterprise")
)
def read_enterprise(request: HttpRequest, enterprise: UUID) -> object:
    """One enterprise with its former codes, contacts, people, associations and what was merged. For who stands for it, intake officers
    and administrators."""
    row = readable(enterprise, person_of(request))
    on = today()
    return brief(row) | {
        "kind": row.kind,
        "origin": row.origin,
        "region": row.region_id,
        "address": row.address,
        "former_codes": [former.code for former in row.former_codes.all()],
        "stands": brief(row.stands),
        "merged_into": str(row.merged_into_id) if row.merged_into_id else None,
        "merged": [brief(one) for one in row.merged.order_by("pk")[:MOST]],
        "contacts": [contact_row(one) for one in Contact.objects.of_enterprises([row]).active(on)[:MOST]],
        "people": [
            link_row(one)
            for one in EnterpriseMember.objects.standing(on).for_enterprises([row]).select_related("person")[:MOST]
        ],
        "associations": [
            association_row(one)
            for one in EnterpriseAssociation.objects.active(on).of_enterprises([row]).select_related("agency")[:MOST]
        ],
    }


class Changes(Form):
    """What is left out stays as it is."""

    name_zh: Annotated[str, Field(min_length=1, max_length=200)] | None = None
    name_en: Annotated[str, Field(min_length=1, max_length=200)] | None = None
    uscc: Annotated[str, Field(max_length=18)] | None = Field(None, description="Its former code is kept.")
    kind: Annotated[str, Field(max_length=16)] | None = None
    region: Annotated[str, Field(max_length=6)] | None = None
    origin: Annotated[str, Field(max_length=2)] | None = None
    address: Annotated[str, Field(max_length=300)] | None = None


@router.post(
    "/enterprises/{uuid:enterprise}/change",
    auth=acting,
    response=EnterpriseBrief,
    summary=gettext_noop("Change an enterprise"),
    openapi_extra=example({"address": "成都市锦江区示例路1号"}),
)
def change_enterprise(request: HttpRequest, enterprise: UUID, form: Changes) -> object:
    """Change what the registry says of an enterprise, as intake officer or administrator."""
    person = person_of(request)
    row = readable(enterprise, person)
    given = form.model_dump(exclude_unset=True)
    if given.get("region") is not None:
        given["region"] = finding.region(given["region"])
    return brief(actions.change_enterprise(row, **given, by=person))


class Least(BaseModel):
    least: int = Field(50, ge=0, le=100, description="Least score, of 100.")


@router.get(
    "/enterprises/{uuid:enterprise}/duplicates",
    auth=reading,
    response=SimilarEnterprise,
    summary=gettext_noop("Find what may be the same enterprise"),
)
def similar_enterprises(request: HttpRequest, enterprise: UUID, wanted: Query[Least]) -> object:
    """The enterprises that may be the same one, likeliest first, with the reasons. For intake officers and administrators."""
    person = person_of(request)
    row = readable(enterprise, person)
    access.enterer(person)
    found = [one for one in duplicates.candidates(duplicates.named(row)) if one.score >= wanted.least]
    return {
        "duplicates": [
            {"enterprise": brief(one.enterprise), "score": one.score, "reasons": [said for _code, said in one.reasons]}
            for one in found
        ]
    }


class PairsWanted(Least):
    after: UUID | None = Field(None, description="`next` of the page before.")
    limit: int = Field(50, ge=1, le=MOST)


@router.get("/duplicates", auth=reading, response=Pairs, summary=gettext_noop("List pairs of likely duplicates"))
def list_duplicates(request: HttpRequest, wanted: Query[PairsWanted]) -> object:
    """Pairs of the registry that may be one enterprise, page by page; a page may be short or empty and still have a `next`. For
    administrators."""
    access.admin(person_of(request))
    page = duplicates.page(after=wanted.after, least=wanted.least, limit=wanted.limit)
    return {
        "pairs": [
            {
                "one": brief(pair.one),
                "other": brief(pair.other),
                "score": pair.score,
                "reasons": [said for _code, said in pair.reasons],
            }
            for pair in page.pairs
        ],
        "next": str(page.next) if page.next else None,
    }


class Into(Form):
    into: UUID = Field(description="The enterprise that stands for both.")
    reason: Reason


@router.post(
    "/enterprises/{uuid:enterprise}/merge",
    auth=acting,
    response=EnterpriseBrief,
    summary=gettext_noop("Merge an enterprise into another"),
    openapi_extra=example({"into": "00000000-0000-4000-8000-000000000001", "reason": "同一企业重复登记。"}),
)
def merge_enterprise(request: HttpRequest, enterprise: UUID, form: Into) -> object:
    """Say that this enterprise is the same as another, as administrator. Answers with the one that stands for both; nothing is moved,
    and it can be undone."""
    person = person_of(request)
    row, into = readable(enterprise, person), readable(form.into, person)
    return brief(actions.merge(row, into, reason=form.reason, by=person))


class WhyEnterprise(Form):
    reason: Reason


@router.post(
    "/enterprises/{uuid:enterprise}/unmerge",
    auth=acting,
    response=EnterpriseBrief,
    summary=gettext_noop("Undo the merge of an enterprise"),
    openapi_extra=example({"reason": "两家企业，名称相近。"}),
)
def unmerge_enterprise(request: HttpRequest, enterprise: UUID, form: WhyEnterprise) -> object:
    """Let the enterprise stand for itself again, as administrator."""
    person = person_of(request)
    return brief(actions.unmerge(readable(enterprise, person), reason=form.reason, by=person))


class FormerCodeForm(Form):
    code: str = Field(min_length=6, max_length=30)
    until: Day = Field(None, description="Last day on which it held, if known.")


@router.post(
    "/enterprises/{uuid:enterprise}/add_former_code",
    auth=acting,
    response=EnterpriseBrief,
    summary=gettext_noop("Enter a former code of an enterprise"),
    openapi_extra=example({"code": "510100000012345"}),
)
def add_former_code(request: HttpRequest, enterprise: UUID, form: FormerCodeForm) -> object:
    """Enter a credit code, organisation code, registration or tax number that the enterprise had before."""
    person = person_of(request)
    row = readable(enterprise, person)
    actions.add_former_code(row, form.code, until=form.until, by=person)
    return brief(row)


class ContactForm(Form):
    name: str = Field(min_length=1, max_length=100)
    position: str = Field("", max_length=100)
    phone: str = Field("", max_length=60)
    email: str = Field("", max_length=254)


@router.post(
    "/enterprises/{uuid:enterprise}/add_contact",
    auth=acting,
    response={201: ContactRow},
    summary=gettext_noop("Enter a contact of an enterprise"),
    openapi_extra=example({"name": "林女士", "position": "法务", "phone": "028-00000000"}),
)
def add_contact(request: HttpRequest, enterprise: UUID, form: ContactForm) -> object:
    """Enter whom to reach, as owner of the enterprise, intake officer or administrator."""
    person = person_of(request)
    return contact_row(actions.add_contact(readable(enterprise, person), **form.model_dump(), by=person))


class LastDay(Form):
    on: Day = Field(None, description="Last day; today if not said.")


@router.post(
    "/contacts/{int:contact}/end",
    auth=acting,
    response=ContactEnded,
    summary=gettext_noop("End a contact"),
    openapi_extra=example({}),
)
def end_contact(request: HttpRequest, contact: int, form: LastDay) -> object:
    """End a contact, as owner of the enterprise, intake officer or administrator."""
    person, row = person_of(request), finding.row(Contact, contact)
    readable(row.enterprise_id, person)
    ended = actions.end_contact(row, on=form.on, by=person)
    return {"id": ended.pk, "until": ended.until}


class OwnerForm(Form):
    account: Account
    since: Day = None


@router.post(
    "/enterprises/{uuid:enterprise}/link_owner",
    auth=acting,
    response={201: LinkRow},
    summary=gettext_noop("Link an owner to an enterprise"),
    openapi_extra=example({"account": "lin"}),
)
def link_owner(request: HttpRequest, enterprise: UUID, form: OwnerForm) -> object:
    """Enter that a person stands for the enterprise as owner or principal, as administrator."""
    person = person_of(request)
    row = readable(enterprise, person)
    access.admin(person)
    return link_row(actions.link_owner(finding.person(form.account), row, since=form.since, by=person))


class AgentForm(OwnerForm):
    powers: list[Annotated[str, Field(max_length=16)]] = Field(
        min_length=1, max_length=10, description="file, supplement, withdraw, receive, object, rate."
    )
    matters: list[Annotated[str, Field(max_length=64)]] = Field(
        min_length=1, max_length=100, description='Programmes and categories, or ["all"].'
    )
    until: date
    wording: str = Field("", max_length=1000, description="What the power of attorney says.")


@router.post(
    "/enterprises/{uuid:enterprise}/link_agent",
    auth=acting,
    response={201: LinkRow},
    summary=gettext_noop("Link an agent to an enterprise"),
    openapi_extra=example(
        {"account": "lin", "powers": ["file", "supplement"], "matters": ["all"], "until": "2027-06-30"}
    ),
)
def link_agent(request: HttpRequest, enterprise: UUID, form: AgentForm) -> object:
    """Enter a power of attorney: who, with which powers, for which matters, until when. As administrator."""
    person = person_of(request)
    row = readable(enterprise, person)
    access.admin(person)
    given = form.model_dump(exclude={"account"})
    return link_row(actions.link_agent(finding.person(form.account), row, **given, by=person))


@router.post(
    "/links/{int:link}/end",
    auth=acting,
    response=LinkRow,
    summary=gettext_noop("End what a person is for an enterprise"),
    openapi_extra=example({}),
)
def end_link(request: HttpRequest, link: int, form: LastDay) -> object:
    """End an ownership or a power of attorney, as administrator."""
    person = person_of(request)
    access.admin(person)
    return link_row(actions.end_link(finding.row(EnterpriseMember, link), on=form.on, by=person))


class Evidence(Form):
    evidence: str = Field(min_length=1, max_length=500, description="What was seen, such as the business licence.")


@router.post(
    "/links/{int:link}/confirm",
    auth=acting,
    response=LinkRow,
    summary=gettext_noop("Confirm that a person stands for an enterprise"),
    openapi_extra=example({"evidence": "营业执照原件"}),
)
def confirm_link(request: HttpRequest, link: int, form: Evidence) -> object:
    """Confirm what a person claimed when they entered their own enterprise, as intake officer of a complaint centre or administrator. Until
    then they see what they filed themself, and nothing else of the enterprise."""
    person = person_of(request)
    access.confirmer(person)
    return link_row(actions.confirm_link(finding.row(EnterpriseMember, link), evidence=form.evidence, by=person))


class AssociationForm(Form):
    agency: Annotated[str, Field(max_length=40)]
    since: Day = None
    until: Day = None


@router.post(
    "/enterprises/{uuid:enterprise}/associate",
    auth=acting,
    response={201: AssociationRow},
    summary=gettext_noop("Enter a membership in a chamber or workstation"),
    openapi_extra=example({"agency": "sc-association"}),
)
def associate(request: HttpRequest, enterprise: UUID, form: AssociationForm) -> object:
    """Enter that the enterprise is a member, as its owner or an administrator; the association's intake officers may then file for it."""
    person = person_of(request)
    row = readable(enterprise, person)
    made = actions.associate(row, finding.agency(form.agency), since=form.since, until=form.until, by=person)
    return association_row(made)


@router.post(
    "/associations/{int:association}/end",
    auth=acting,
    response=AssociationRow,
    summary=gettext_noop("End a membership in a chamber or workstation"),
    openapi_extra=example({}),
)
def end_association(request: HttpRequest, association: int, form: LastDay) -> object:
    """End a membership, as owner of the enterprise or administrator."""
    person, row = person_of(request), finding.row(EnterpriseAssociation, association)
    if not is_owner(row.enterprise, person):
        access.admin(person)
    return association_row(actions.end_association(row, on=form.on, by=person))


class MembersWanted(BaseModel):
    after: int | None = Field(None, description="`next` of the page before.")
    limit: int = Field(50, ge=1, le=MOST)


class MemberRow(BaseModel):
    association: int
    enterprise: EnterpriseBrief
    since: date
    until: date | None


class AssociationMembers(BaseModel):
    members: list[MemberRow]
    next: int | None


@router.get(
    "/agencies/{agency}/members",
    auth=reading,
    response=AssociationMembers,
    summary=gettext_noop("List the members of a chamber or workstation"),
)
def list_members(request: HttpRequest, agency: str, wanted: Query[MembersWanted]) -> object:
    """The enterprises that are members today, for the officers of the association and administrators."""
    person, found = person_of(request), finding.agency(agency)
    if not access.works_at(person, found):
        access.admin(person)
    rows = EnterpriseAssociation.objects.active(today()).filter(agency=found).select_related("enterprise")
    rows = rows.filter(pk__gt=wanted.after or 0).order_by("pk")[: wanted.limit + 1]
    shown = list(rows)[: wanted.limit]
    return {
        "members": [
            {"association": one.pk, "enterprise": brief(one.enterprise), "since": one.since, "until": one.until}
            for one in shown
        ],
        "next": shown[-1].pk if len(rows) > wanted.limit else None,
    }
