"""The JSON API of hotline tickets: take in, look, make a case of one. Mounted by `site.api`."""

from typing import Any, Literal
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language, gettext_noop
from ninja import Query, Router
from pydantic import BaseModel, ConfigDict, Field

from lianqiao.cases.api import answers, filing
from lianqiao.jobs import api as jobs
from lianqiao.record import time
from lianqiao.registry.door import acting, person_of, reading

from . import actions, likeness, limits
from .models import Ticket

router = Router(tags=["hotline"])
PREFIX = "/api/v1"
EXAMPLE = (
    '{"工单编号": "SC202611200001", "来源": "川渝互转", "受理时间": "2026-11-20 09:13", "诉求类型": "投诉", "内容摘要": "招标条件排斥外地企业", '
    '"企业名称": "成都示例一号科技有限公司", "承办单位": "成都市市场监督管理局", "派单时间": "2026-11-20 09:20"}\n'
)


class HotlineLimit(BaseModel):
    """The hotline's own limit, computed by the law in force. No clock of this node runs for a ticket."""

    due_on: str | None
    figure: str
    regime: str
    title: str
    article: str
    statutory: bool
    verified: bool
    provisional: bool
    overdue: bool


class TicketRow(BaseModel):
    """A ticket in a list."""

    id: str
    hotline: str
    number: str
    source: str = Field(description="own, national or transfer (from the other region).")
    type: str
    type_label: str
    summary: str
    received_at: str
    state: str
    state_label: str
    enterprise_name: str
    case: str | None = Field(description="Number of the case to which it belongs.")
    limit: HotlineLimit | None = Field(description="Null before it was dispatched.")
    address: str


class TicketSheet(TicketRow):
    """One ticket."""

    region: str
    category: str
    dispatched_to: str
    enterprise: str | None = Field(description="Id of the enterprise in the registry, if it is known there.")
    dispatched_at: str | None
    answered_at: str | None
    revisited_at: str | None
    contacted: bool | None
    resolved: bool | None
    satisfaction: int | None = Field(description="1 very satisfied ... 5 very dissatisfied.")
    settled: bool
    likely_cases: list[str] = Field(
        description="Cases of the same enterprise that may be about the same, which you may see."
    )


class TicketPage(BaseModel):
    tickets: list[TicketRow]
    next: str | None = Field(description="Address of the next page; null on the last one.")


class TicketsWanted(BaseModel):
    before: int | None = Field(None, ge=1, le=2**62, description="As the page before named it.")
    limit: int = Field(50, ge=1, le=200)
    state: Literal["registered", "dispatched", "answered", "revisited"] | None = None
    type: Literal["consultation", "help", "suggestion", "complaint", "report"] | None = None
    number: str = Field("", max_length=64, description="Only the ticket with this number.")


class Import(BaseModel):
    dry_run: bool = Field(False, description="Only say what would become of each row.")
    agency: str = Field("", max_length=64, description="Code of the hotline, if you take in for several agencies.")


class Becoming(BaseModel):
    """What the case is to be, as far as it is not as the ticket says; or the case to which the ticket belongs."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)

    same_as: str = Field(
        "", max_length=40, description="Number of the case to which it belongs; nothing is filed then."
    )
    not_the_same: bool = Field(False, description="It is another matter than the likely cases.")
    agency: str | None = Field(None, max_length=64, description="Where it is filed; the hotline itself if not said.")
    programme: str | None = Field(None, max_length=64)
    kind: Literal["infringement", "suggestion", "help", "consultation"] | None = None
    category: str | None = Field(None, max_length=64)
    title: str | None = Field(None, max_length=200)
    facts: str | None = Field(None, max_length=20000)
    request: str | None = Field(None, max_length=5000)
    enterprise: UUID | None = None
    respondents: list[str] | None = Field(None, max_length=20)
    confidential: bool | None = None


class BecameACase(BaseModel):
    """The ticket now, and what was filed for it; null when it belongs to a case that was there."""

    ticket: TicketSheet
    filed: answers.FiledCase | None


@router.post(
    "/hotline/tickets",
    auth=acting,
    response={202: jobs.JobSheet},
    operation_id="import_tickets",
    summary=gettext_noop("Take hotline tickets in"),
    openapi_extra=jobs.body_of_rows(EXAMPLE),
)
def import_tickets(request: HttpRequest, response: HttpResponse, wanted: Query[Import]) -> object:
    """Take in the export of a hotline (XLSX, CSV, NDJSON), at most 2,000 tickets. By its intake officers. A ticket that is there is brought up to
    date. Columns that name the caller are not taken in."""
    file, name = jobs.handed_in(request)
    job = actions.begin(file, name, by=person_of(request), agency=wanted.agency, dry_run=wanted.dry_run)
    response["Location"] = f"{PREFIX}/jobs/{job.pk}"
    return jobs.sheet(job)


@router.get("/hotline/tickets", auth=reading, response=TicketPage, summary=gettext_noop("List hotline tickets"))
def list_tickets(request: HttpRequest, wanted: Query[TicketsWanted]) -> object:
    """The tickets of the hotlines in which one has a role, or below which one oversees; newest first, page by page."""
    found = Ticket.objects.visible_to(person_of(request)).select_related("hotline", "case").order_by("-pk")
    if wanted.state:
        found = found.filter(state=wanted.state)
    if wanted.type:
        found = found.filter(type=wanted.type)
    if wanted.number:
        found = found.filter(number=wanted.number)
    if wanted.before:
        found = found.filter(pk__lt=wanted.before)
    page = list(found[: wanted.limit + 1])
    more = len(page) > wanted.limit
    page = page[: wanted.limit]
    told = {"state": wanted.state, "type": wanted.type, "number": wanted.number}
    filters = "".join(f"&{name}={value}" for name, value in told.items() if value)
    following = f"{PREFIX}/hotline/tickets?before={page[-1].pk}&limit={wanted.limit}{filters}" if more else None
    return {"tickets": [row(ticket) for ticket in page], "next": following}


@router.get(
    "/hotline/tickets/{uuid:ticket}", auth=reading, response=TicketSheet, summary=gettext_noop("Read a hotline ticket")
)
def read_ticket(request: HttpRequest, ticket: UUID) -> object:
    """One ticket, with the hotline's own limit and the cases of the same enterprise that may be about the same."""
    return sheet(request, one(request, ticket))


@router.post(
    "/hotline/tickets/{uuid:ticket}/become-a-case",
    auth=acting,
    response={201: BecameACase},
    operation_id="become_a_case",
    summary=gettext_noop("Make a case of a ticket"),
    openapi_extra={
        "requestBody": {
            "content": {
                "application/json": {
                    "example": {
                        "agency": "sc-inward-centre", "programme": "inward-complaint", "category": "bidding", "title": "招标条件排斥外地企业",
                        "request": "请求纠正招标条件。", "respondents": ["sc-market"],
                    }
                }
            }
        }
    },
)  # fmt: skip
def become_a_case(request: HttpRequest, response: HttpResponse, ticket: UUID, becoming: Becoming) -> object:
    """File a case for the ticket, as intake officer of the agency that takes it in, or say to which case it belongs. What is not said comes
    from the ticket."""
    told = becoming.model_dump(exclude_unset=True)
    made = actions.become_a_case(ticket, by=person_of(request), **told)
    filed = filing.filed(made.filed, response) if made.filed else None
    return {"ticket": sheet(request, one(request, made.ticket.uid)), "filed": filed}


def one(request: HttpRequest, ticket: UUID) -> Ticket:
    visible = Ticket.objects.visible_to(person_of(request)).select_related("hotline", "enterprise", "case")
    found = visible.filter(uid=ticket).first()
    if found is None:
        raise actions.unknown_ticket()
    return found


def row(ticket: Ticket) -> dict[str, Any]:
    return {
        "id": str(ticket.uid), "hotline": ticket.hotline.code, "number": ticket.number, "source": ticket.source, "type": ticket.type,
        "type_label": str(Ticket.Type(ticket.type).label), "summary": ticket.summary, "received_at": time.stamp(ticket.received_at),
        "state": ticket.state, "state_label": str(Ticket.State(ticket.state).label), "enterprise_name": ticket.enterprise_name,
        "case": ticket.case.number if ticket.case else None, "limit": limit(ticket),
        "address": f"{PREFIX}/hotline/tickets/{ticket.uid}",
    }  # fmt: skip


def limit(ticket: Ticket) -> dict[str, Any] | None:
    held = limits.of(ticket)
    if held is None:
        return None
    language = get_language() or "zh"
    due = held.explained.due
    return {
        "due_on": due.isoformat() if due else None, "figure": held.limit.figure.in_(language), "regime": held.regime.id,
        "title": held.regime.title.in_(language), "article": held.limit.article, "statutory": held.limit.statutory,
        "verified": held.limit.verified, "provisional": held.explained.provisional, "overdue": held.is_overdue(ticket),
    }  # fmt: skip


def sheet(request: HttpRequest, ticket: Ticket) -> dict[str, Any]:
    def stamp(name: str) -> str | None:
        moment = getattr(ticket, name)
        return time.stamp(moment) if moment else None

    return row(ticket) | {
        "region": ticket.region, "category": ticket.category, "dispatched_to": ticket.dispatched_to,
        "enterprise": str(ticket.enterprise_id) if ticket.enterprise_id else None, "dispatched_at": stamp("dispatched_at"),
        "answered_at": stamp("answered_at"), "revisited_at": stamp("revisited_at"), "contacted": ticket.contacted,
        "resolved": ticket.resolved, "satisfaction": ticket.satisfaction, "settled": ticket.is_settled,
        "likely_cases": [] if ticket.case_id else [case.number for case in likeness.of(ticket, person_of(request))],
    }  # fmt: skip
