"""The JSON API of meetings: look, collect a concern, type a line. Mounted by `site.api`."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import FileResponse, HttpRequest
from django.utils.translation import gettext_noop
from ninja import Query, Router
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from lianqiao.record import time
from lianqiao.registry import finding
from lianqiao.registry.door import acting, person_of, reading

from . import access, actions, figures, papers
from . import reading as readings
from .models import Meeting, Series

router = Router(tags=["meetings"])
PREFIX = "/api/v1"


class SeriesRow(BaseModel):
    """A series of meetings."""

    id: str
    body: str
    kind: str = Field(description="roundtable, on_the_spot, joint, department_day, symposium or exchange.")
    title: str
    field: str = Field(description="Code of a field of matters; empty for all.")
    country: str
    months: int = Field(description="One meeting in so many months.")


class SeriesPage(BaseModel):
    series: list[SeriesRow]


class MeetingRow(BaseModel):
    """A meeting in a list."""

    id: str
    series: str
    title: str
    number: int = Field(description="Which of its series.")
    stage: str = Field(description="planned, open, closed, confirmed, published or cancelled.")
    starts_at: str
    ends_at: str
    room: str
    address: str


class MeetingPage(BaseModel):
    meetings: list[MeetingRow]
    next: str | None = Field(description="Address of the next page; null on the last one.")


class MeetingsWanted(BaseModel):
    before: AwareDatetime | None = Field(
        None, description="Only meetings that begin before; as the page before named it."
    )
    limit: int = Field(50, ge=1, le=200)


class PaperRow(BaseModel):
    """A paper of an item, for you to read."""

    id: str
    name: str
    media_type: str
    size: int
    sha256: str
    address: str


class ItemRow(BaseModel):
    id: str
    begins_at: str
    minutes: int
    title: str | None = Field(description="Null for an item that is not for you to read.")
    confidential: bool
    papers: list[PaperRow] = Field(description="Those that are for you.")


class LineRow(BaseModel):
    """A line of the minutes."""

    id: str
    number: int
    meeting: int = Field(description="Number of the meeting in whose minutes it stands.")
    text: str | None = Field(description="Null for a line that is not for you to read.")
    status: str = Field(
        description="noted, settled, in_progress, extended, handed_over, on_the_spot, policy_study, explained, struck_off or ended."
    )
    status_label: str
    agency: str | None
    due_on: str | None
    overdue: bool
    case: str | None = Field(description="Number of its case, where you may see that.")


class FigureRow(BaseModel):
    code: str
    label: str
    about: str = Field(description="What it counts.")
    count: int


class MeetingSheet(MeetingRow):
    """One meeting as far as it is for you."""

    items: list[ItemRow]
    carried: list[LineRow] = Field(description="Open lines of earlier meetings of the series.")
    lines: list[LineRow]
    figures: list[FigureRow]


class Concern(BaseModel):
    """A concern, in words or as the number of a case."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)

    text: str = Field("", max_length=5000)
    case: str = Field(
        "", max_length=40, description="Number of a case to be put before the body; the text is left out then."
    )
    enterprise: str = Field("", max_length=40, description="Credit code or id.")
    raised_by: str = Field("", max_length=200)
    confidential: bool = False


class ConcernSheet(BaseModel):
    id: str
    source: str
    confidential: bool


class Typed(BaseModel):
    """A line as it is typed. Sent again with its key it is the same line."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)

    key: UUID
    text: str = Field(min_length=1, max_length=5000)
    topic: UUID | None = Field(None, description="Item of the agenda.")
    raised_by: str = Field("", max_length=200)


CONCERN = {"text": "施工许可分段办理，衔接时间长。", "raised_by": "外商投资企业协会"}
LINE = {"key": "00000000-0000-4000-8000-000000000011", "text": "规划核实与施工许可并联办理"}


def example(body: dict[str, Any]) -> dict[str, Any]:
    return {"requestBody": {"content": {"application/json": {"example": body}}}}


@router.get("/meetings/series", auth=reading, response=SeriesPage, summary=gettext_noop("List series of meetings"))
def list_series(request: HttpRequest) -> object:
    """The series of the bodies to which an agency of yours belongs; at most 200."""
    found = Series.objects.visible_to(person_of(request)).select_related("body")[:200]
    return {
        "series": [
            {"id": str(one.pk), "body": str(one.body), "kind": one.kind, "title": one.title, "field": one.field, "country": one.country, "months": one.months}
            for one in found
        ]
    }  # fmt: skip


@router.get("/meetings", auth=reading, response=MeetingPage, summary=gettext_noop("List meetings"))
def list_meetings(request: HttpRequest, wanted: Query[MeetingsWanted]) -> object:
    """The meetings of the bodies to which an agency of yours belongs, the latest first, page by page."""
    found = Meeting.objects.visible_to(person_of(request)).select_related("series")
    if wanted.before:
        found = found.filter(starts_at__lt=wanted.before)
    page = list(found[: wanted.limit + 1])
    more, page = len(page) > wanted.limit, page[: wanted.limit]
    following = f"{PREFIX}/meetings?before={time.stamp(page[-1].starts_at)}&limit={wanted.limit}" if more else None
    return {"meetings": [row(one) for one in page], "next": following}


@router.get("/meetings/{uuid:meeting}", auth=reading, response=MeetingSheet, summary=gettext_noop("Read a meeting"))
def read_meeting(request: HttpRequest, meeting: UUID) -> object:
    """Agenda, lines and figures of one meeting. What is not for you stands there without its words."""
    person = person_of(request)
    held = access.meeting_for(person, meeting)
    sheet, before, counts = (
        readings.sheet(held, person),
        readings.carried(held, person),
        figures.of_meeting(held).counts,
    )
    items = [
        {
            "id": str(one.topic.pk), "begins_at": time.stamp(one.begins), "minutes": one.topic.minutes,
            "title": one.topic.title if one.is_open else None, "confidential": one.topic.confidential,
            "papers": [
                {"id": str(file.pk), "name": file.name, "media_type": file.media_type, "size": file.size, "sha256": file.sha256,
                 "address": f"{PREFIX}/meetings/{held.pk}/papers/{file.pk}"}
                for file in one.papers
            ],
        }
        for one in papers.of(sheet.items, held, person)
    ]  # fmt: skip
    told = [
        {"code": code, "label": str(label), "about": str(about), "count": counts[code]}
        for code, (label, about) in figures.DEFINITIONS.items()
    ]
    return row(held) | {
        "items": items,
        "carried": list(map(line, before)),
        "lines": list(map(line, sheet.lines)),
        "figures": told,
    }


@router.get(
    "/meetings/{uuid:meeting}/papers/{uuid:paper}", auth=reading, operation_id="read_paper", summary=gettext_noop("Read a paper")
)  # fmt: skip
def read_paper(request: HttpRequest, meeting: UUID, paper: UUID) -> FileResponse:
    """The file of a paper that is for you."""
    person = person_of(request)
    return papers.hand_out(access.meeting_for(person, meeting), paper, to=person)


@router.post(
    "/meetings/series/{uuid:series}/concerns", auth=acting, response={201: ConcernSheet}, operation_id="collect_concern",
    summary=gettext_noop("Collect a concern"), openapi_extra=example(CONCERN),
)  # fmt: skip
def collect_concern(request: HttpRequest, series: UUID, told: Concern) -> object:
    """Collect a concern for a body to which an agency of yours belongs. Of a confidential case only its summary is said, and not who files."""
    by = person_of(request)
    held = access.series_for(by, series)
    if told.case:
        made = actions.collect_case(held, by=by, number=told.case)
    else:
        enterprise = finding.enterprise(told.enterprise) if told.enterprise else None
        more = {"raised_by": told.raised_by, "confidential": told.confidential}
        made = actions.collect(held, by=by, text=told.text, enterprise=enterprise, **more)  # type: ignore[arg-type]
    return {"id": str(made.pk), "source": made.source, "confidential": made.confidential}


@router.post(
    "/meetings/{uuid:meeting}/lines", auth=acting, response={201: LineRow}, operation_id="write_line",
    summary=gettext_noop("Type a line of the minutes"), openapi_extra=example(LINE),
)  # fmt: skip
def write_line(request: HttpRequest, meeting: UUID, told: Typed) -> object:
    """Type a line at a meeting that is in session, as its secretary. It is saved when this is answered."""
    by = person_of(request)
    held = access.meeting_for(by, meeting)
    topic = str(told.topic) if told.topic else ""
    made = actions.write_line(held, by=by, key=told.key, text=told.text, topic=topic, raised_by=told.raised_by)
    found = held.lines.all().told_to(by).get(pk=made.pk)
    return line(readings.told([found], held, by)[0])


def row(meeting: Meeting) -> dict[str, Any]:
    return {
        "id": str(meeting.pk), "series": str(meeting.series_id), "title": str(meeting), "number": meeting.number, "stage": meeting.stage,
        "starts_at": time.stamp(meeting.starts_at), "ends_at": time.stamp(meeting.ends_at), "room": meeting.room,
        "address": f"{PREFIX}/meetings/{meeting.pk}",
    }  # fmt: skip


def line(told: readings.Told) -> dict[str, Any]:
    held = told.line
    return {
        "id": str(held.pk), "number": held.number, "meeting": held.meeting.number, "text": told.words or None, "status": told.status,
        "status_label": str(told.label), "agency": held.agency.code if held.agency else None,
        "due_on": held.due_on.isoformat() if held.due_on else None, "overdue": told.late, "case": told.number or None,
    }  # fmt: skip
