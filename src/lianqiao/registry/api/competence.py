"""Who is competent: asking, the rules with their dates, gaps and overlaps, and the node's own targets."""

from __future__ import annotations

from datetime import date
from itertools import islice

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop
from ninja import Query, Router
from pydantic import BaseModel, Field

from lianqiao.record.nodes import this_node
from lianqiao.record.refusal import Refused
from lianqiao.record.time import today
from lianqiao.registry import access, actions, finding, gaps
from lianqiao.registry.api.forms import Code, Day, Form, example
from lianqiao.registry.door import acting, bearer_of, person_of, reading
from lianqiao.registry.models import Competence, Target

router = Router(tags=["competence"])
MOST = 200


class CompetenceAnswer(BaseModel):
    agency: str | None
    because: str


class Matter(BaseModel):
    region: str = Field("", max_length=6, description="Division code; it may be left out where an area is named.")
    area: Code = Field("", description="Code of a service area without a division code, see /areas.")
    programme: Code
    category: Code = ""
    level: Code = Field("", description="province, prefecture, county, or nothing for any.")
    on: Day = Field(None, description="The day; today if not said.")


@router.get("/competence", auth=reading, response=CompetenceAnswer, summary=gettext_noop("Ask who is competent"))
def explain_competence(request: HttpRequest, wanted: Query[Matter]) -> object:
    """Which agency is competent for a matter in a region or service area on a day, and by which rule."""
    on = wanted.on or today()
    finding.matter(region=wanted.region, area=wanted.area, programme=wanted.programme, on=on)
    found = Competence.objects.competent(
        wanted.region, wanted.programme, wanted.category, wanted.level, on, wanted.area
    )
    return {"agency": found.agency.code if found.agency else None, "because": found.because}


class RuleRow(BaseModel):
    """A rule of competence."""

    id: int
    agency: str
    agency_name: str
    region: str = Field(description="Beginning of the division codes for which it holds.")
    area: str
    programme: str
    category: str = Field(description="Nothing for all.")
    level: str = Field(description="Nothing for any.")
    since: date
    until: date | None
    basis: str


class Rules(BaseModel):
    competences: list[RuleRow]
    next: int | None


def rule_row(rule: Competence) -> dict[str, object]:
    return {name: getattr(rule, name) for name in ("id", "region", "area", "programme", "category", "level")} | {
        "agency": rule.agency.code,
        "agency_name": rule.agency.label,
        "since": rule.since,
        "until": rule.until,
        "basis": rule.basis,
    }


class RulesWanted(BaseModel):
    agency: Code | None = None
    programme: Code | None = None
    on: Day = Field(None, description="Only rules that hold on the day; all if not said.")
    after: int = Field(0, description="`next` of the page before.")
    limit: int = Field(50, ge=1, le=MOST)


def officer(request: HttpRequest) -> None:
    """Refuses who has no role here ("not-officer", 403)."""
    if not bearer_of(request).memberships:
        raise Refused("not-officer", _("Only officers of this node may read this."), status=403)


@router.get("/competences", auth=reading, response=Rules, summary=gettext_noop("List the rules of competence"))
def list_competences(request: HttpRequest, wanted: Query[RulesWanted]) -> object:
    """The rules by which agencies are competent, with their dates and bases, for officers."""
    officer(request)
    rules = Competence.objects.active(wanted.on) if wanted.on else Competence.objects.all()
    if wanted.agency:
        rules = rules.filter(agency__code=wanted.agency)
    if wanted.programme:
        rules = rules.filter(programme=wanted.programme)
    found = list(rules.filter(pk__gt=wanted.after).select_related("agency").order_by("pk")[: wanted.limit + 1])
    shown = found[: wanted.limit]
    return {
        "competences": [rule_row(rule) for rule in shown],
        "next": shown[-1].pk if len(found) > wanted.limit else None,
    }


class RuleForm(Form):
    agency: Code
    region: str = Field("", max_length=6, description="First digits of division codes.")
    area: Code = Field("", description="Or a service area.")
    programme: Code
    category: Code = ""
    level: Code = ""
    since: Day = None
    until: Day = None
    basis: str = Field("", max_length=300, description="The document that says so.")


@router.post(
    "/competences",
    auth=acting,
    response={201: RuleRow},
    summary=gettext_noop("Enter a rule of competence"),
    openapi_extra=example(
        {"agency": "cd-inward-centre", "region": "5101", "programme": "inward-complaint", "basis": "川府发〔2021〕27号"}
    ),
)
def set_competence(request: HttpRequest, form: RuleForm) -> object:
    """Enter from when to when an agency is competent, as administrator."""
    person = person_of(request)
    access.admin(person)
    given = form.model_dump(exclude={"agency"})
    return rule_row(actions.set_competence(finding.agency(form.agency), **given, by=person))


class LastDayOfRule(Form):
    on: Day = Field(None, description="Last day; today if not said.")


@router.post(
    "/competences/{int:rule}/end",
    auth=acting,
    response=RuleRow,
    summary=gettext_noop("End a rule of competence"),
    openapi_extra=example({}),
)
def end_competence(request: HttpRequest, rule: int, form: LastDayOfRule) -> object:
    """End a rule, as administrator."""
    person = person_of(request)
    access.admin(person)
    return rule_row(actions.end_competence(finding.row(Competence, rule), on=form.on, by=person))


class On(BaseModel):
    on: Day = Field(None, description="The day; today if not said.")


class Holes(BaseModel):
    """Where nobody is competent, and where two are; each a sentence. At most 200 of each."""

    gaps: list[str]
    overlaps: list[str]


@router.get("/competences/gaps", auth=reading, response=Holes, summary=gettext_noop("List gaps and overlaps"))
def list_gaps(request: HttpRequest, wanted: Query[On]) -> object:
    """Where nobody is competent on a day or from the end of a rule, and where two are, for officers."""
    officer(request)
    node, on = this_node().code, wanted.on or today()
    return {
        "gaps": list(islice(gaps.gaps(node, on), MOST)),
        "overlaps": list(islice(gaps.overlaps(node, on), MOST)),
    }


class TargetRow(BaseModel):
    programme: str
    limit: str
    amount: int
    unit: str
    since: date


class TargetRows(BaseModel):
    targets: list[TargetRow]


class TargetForm(Form):
    programme: Code
    limit: str = Field(max_length=16)
    amount: int = Field(ge=1, le=10_000)
    unit: str = Field(max_length=16)
    since: Day = None


@router.get("/targets", auth=reading, response=TargetRows, summary=gettext_noop("List the node's own targets"))
def list_targets(request: HttpRequest) -> object:
    """The limits that the node has set itself where the law gives no figure, for officers."""
    officer(request)
    return {"targets": list(Target.objects.values(*TargetRow.model_fields)[:MOST])}


@router.post(
    "/targets",
    auth=acting,
    response={201: TargetRow},
    summary=gettext_noop("Set a target of the node"),
    openapi_extra=example(
        {
            "programme": "inward-complaint",
            "limit": "handle",
            "amount": 30,
            "unit": "working_days",
            "since": "2026-12-01",
        }
    ),
)
def set_target(request: HttpRequest, form: TargetForm) -> object:
    """Set the node's own limit where the law gives no figure, as administrator; it replaces an earlier one from its day."""
    made = actions.set_target(**form.model_dump(), by=person_of(request))
    return {name: getattr(made, name) for name in TargetRow.model_fields}
