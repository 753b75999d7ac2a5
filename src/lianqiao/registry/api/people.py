"""People of the node: their roles, delegations and absences."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop
from ninja import Query, Router
from pydantic import BaseModel, Field

from lianqiao.record.refusal import Refused
from lianqiao.record.time import today
from lianqiao.registry import access, actions, finding
from lianqiao.registry.api.forms import Account, Code, Day, Form, Reason, example
from lianqiao.registry.door import acting, person_of, reading
from lianqiao.registry.models import Absence, Delegation, Membership, Person

router = Router(tags=["people"])
MOST = 200


class RoleRow(BaseModel):
    """A person has a role in an agency."""

    id: int
    agency: str
    agency_name: str
    role: str
    since: date
    until: date | None


class DelegationRow(BaseModel):
    """One person lets another act with their roles."""

    id: int
    giver: str
    taker: str
    agency: str
    roles: list[str]
    matters: list[str] = Field(description="Programmes; nothing for all.")
    deputy: bool = Field(description="Only on the giver's days of absence.")
    since: date
    until: date
    revoked_on: date | None


class AbsenceRow(BaseModel):
    id: int
    since: date
    until: date


class PersonRow(BaseModel):
    account: str
    name: str
    language: str
    active: bool


class People(BaseModel):
    people: list[PersonRow]
    next: str | None = Field(description="Send it as `after` for what follows; null at the end.")


class PersonSheet(PersonRow):
    """A person with what they may do here."""

    roles: list[RoleRow]
    delegations: list[DelegationRow] = Field(description="Given and taken, that are not over.")
    absences: list[AbsenceRow] = Field(description="That are not over.")


def person_row(person: Person) -> dict[str, Any]:
    return {
        "account": person.account,
        "name": person.name,
        "language": person.language,
        "active": person.is_active,
    }


def role_row(held: Membership) -> dict[str, Any]:
    return {
        "id": held.pk,
        "agency": held.agency.code,
        "agency_name": held.agency.label,
        "role": held.role,
        "since": held.since,
        "until": held.until,
    }


def delegation_row(given: Delegation) -> dict[str, Any]:
    named = ("roles", "matters", "deputy", "since", "until", "revoked_on")
    return {name: getattr(given, name) for name in named} | {
        "id": given.pk,
        "giver": given.giver.account,
        "taker": given.taker.account,
        "agency": given.agency.code,
    }


def absence_row(absence: Absence) -> dict[str, Any]:
    return {"id": absence.pk, "since": absence.since, "until": absence.until}


def seen(account: str, by: Person) -> Person:
    """The person, for themselves, administrators and colleagues of an agency; for anybody else there is none."""
    found = Person.objects.filter(account=account).first()
    if found is None or not (found == by or access.is_administrator(by) or access.colleagues(found, by)):
        raise Refused("unknown-person", _("There is no such person among those that you may see."), status=404)
    return found


class PeopleWanted(BaseModel):
    agency: Code | None = None
    role: Code | None = None
    after: Account | None = Field(None, description="`next` of the page before.")
    limit: int = Field(50, ge=1, le=MOST)


@router.get("/people", auth=reading, response=People, summary=gettext_noop("List people"))
def list_people(request: HttpRequest, wanted: Query[PeopleWanted]) -> object:
    """The people of the node, for administrators; the colleagues of one's own agencies, for officers."""
    by = person_of(request)
    found = Person.objects.all()
    if not access.is_administrator(by):
        found = found.filter(pk__in=access.colleagues_of(by))
    if wanted.agency or wanted.role:
        held = Membership.objects.active(today())
        held = held.filter(agency__code=wanted.agency) if wanted.agency else held
        held = held.filter(role=wanted.role) if wanted.role else held
        found = found.filter(pk__in=held.values("person"))
    rows = list(found.filter(account__gt=wanted.after or "").order_by("account")[: wanted.limit + 1])
    shown = rows[: wanted.limit]
    return {
        "people": [person_row(one) for one in shown],
        "next": shown[-1].account if len(rows) > wanted.limit else None,
    }


@router.get("/people/{account}", auth=reading, response=PersonSheet, summary=gettext_noop("Read a person"))
def read_person(request: HttpRequest, account: str) -> object:
    """A person with roles, delegations and absences: oneself, a colleague, or for administrators anybody."""
    found = seen(account, person_of(request))
    on = today()
    return person_row(found) | {
        "roles": [role_row(held) for held in Membership.objects.of(found).not_over(on)],
        "delegations": [delegation_row(one) for one in Delegation.objects.about(found).not_over(on)[:MOST]],
        "absences": [absence_row(one) for one in Absence.objects.filter(person=found, until__gte=on)[:MOST]],
    }


class PersonForm(Form):
    account: Account
    name: str = Field("", max_length=100)
    email: str = Field("", max_length=254)
    language: str = Field("zh-hans", max_length=8)


@router.post(
    "/people",
    auth=acting,
    response={201: PersonRow},
    summary=gettext_noop("Enter a person"),
    openapi_extra=example({"account": "zhou-min", "name": "周敏", "email": "zhou@example.org"}),
)
def add_person(request: HttpRequest, form: PersonForm) -> object:
    """Enter a person, as administrator."""
    return person_row(actions.add_person(**form.model_dump(), by=person_of(request)))


class RoleForm(Form):
    agency: Code
    role: Code
    since: Day = None
    until: Day = None


@router.post(
    "/people/{account}/appoint",
    auth=acting,
    response={201: RoleRow},
    summary=gettext_noop("Give a person a role"),
    openapi_extra=example({"agency": "sc-inward-centre", "role": "handler"}),
)
def appoint(request: HttpRequest, account: str, form: RoleForm) -> object:
    """Give a person a role in an agency, as administrator."""
    by = person_of(request)
    access.admin(by)
    given = form.model_dump(exclude={"agency"})
    return role_row(actions.appoint(finding.person(account), finding.agency(form.agency), **given, by=by))


class EndForm(Form):
    on: Day = Field(None, description="Last day; today if not said.")
    reason: Reason


@router.post(
    "/memberships/{int:membership}/end",
    auth=acting,
    response=RoleRow,
    summary=gettext_noop("End a role"),
    openapi_extra=example({"reason": "调离岗位。"}),
)
def end_membership(request: HttpRequest, membership: int, form: EndForm) -> object:
    """End a person's role in an agency, as administrator."""
    by = person_of(request)
    access.admin(by)
    held = finding.row(Membership, membership)
    return role_row(actions.end_membership(held, on=form.on, reason=form.reason, by=by))


class DelegationForm(Form):
    taker: Account
    agency: Code
    roles: list[Annotated[str, Field(max_length=16)]] = Field(min_length=1, max_length=8)
    matters: list[Annotated[str, Field(max_length=40)]] = Field(
        default=[], max_length=50, description="Programmes; nothing for all."
    )
    deputy: bool = Field(False, description="Only on the giver's days of absence.")
    since: Day = None
    until: date


@router.post(
    "/people/{account}/delegate",
    auth=acting,
    response={201: DelegationRow},
    summary=gettext_noop("Let another act in a person's stead"),
    openapi_extra=example({"taker": "zhao", "agency": "sc-inward-centre", "roles": ["handler"], "until": "2026-12-31"}),
)
def delegate(request: HttpRequest, account: str, form: DelegationForm) -> object:
    """Let another act with a person's roles in an agency until a day: by that person, or an administrator."""
    by = person_of(request)
    giver = seen(account, by)
    given = form.model_dump(exclude={"taker", "agency"})
    made = actions.delegate(giver, finding.person(form.taker), finding.agency(form.agency), **given, by=by)
    return delegation_row(made)


@router.post(
    "/delegations/{int:delegation}/revoke",
    auth=acting,
    response=DelegationRow,
    summary=gettext_noop("Revoke a delegation"),
)
def revoke_delegation(request: HttpRequest, delegation: int) -> object:
    """End a delegation at once: by who gave it, who has it, or an administrator."""
    by, held = person_of(request), finding.row(Delegation, delegation)
    if by not in (held.giver, held.taker):
        access.admin(by)
    return delegation_row(actions.revoke_delegation(held, by=by))


class AbsenceForm(Form):
    since: date
    until: date


@router.post(
    "/people/{account}/enter_absence",
    auth=acting,
    response={201: AbsenceRow},
    summary=gettext_noop("Enter days of absence"),
    openapi_extra=example({"since": "2026-12-01", "until": "2026-12-11"}),
)
def enter_absence(request: HttpRequest, account: str, form: AbsenceForm) -> object:
    """Enter days on which a person is away, when deputies act: by that person, or an administrator."""
    by = person_of(request)
    return absence_row(actions.enter_absence(seen(account, by), since=form.since, until=form.until, by=by))


class Ended(BaseModel):
    ended: bool


@router.post(
    "/absences/{int:absence}/end",
    auth=acting,
    response=Ended,
    summary=gettext_noop("End an absence"),
)
def end_absence(request: HttpRequest, absence: int) -> object:
    """The person is here again from today: by that person, or an administrator."""
    by, held = person_of(request), finding.row(Absence, absence)
    if by != held.person:
        access.admin(by)
    actions.end_absence(held, by=by)
    return {"ended": True}
