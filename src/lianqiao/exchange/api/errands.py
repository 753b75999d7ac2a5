"""Consultations to answer and sub-tasks to do, for other nodes and for other agencies of this one."""

from datetime import date
from typing import Annotated, Any, Literal
from uuid import UUID

from django.http import FileResponse, HttpRequest
from django.utils.translation import get_language, gettext_noop
from django.utils.translation import gettext_lazy as _
from ninja import File, Query, Router
from ninja.files import UploadedFile
from pydantic import BaseModel, ConfigDict, Field

from lianqiao.cases import files
from lianqiao.cases.data import Code, LongWords, Storable, Words
from lianqiao.record import events
from lianqiao.record.models import Event
from lianqiao.record.nodes import this_node
from lianqiao.record.refusal import Refused
from lianqiao.record.time import stamp, today
from lianqiao.registry.door import acting, person_of, reading

from .. import errands
from ..models import Errand, ErrandFile
from .offers import example

router = Router(tags=["errands"])
PAGE = 100


class ErrandRow(BaseModel):
    """A consultation or a sub-task, in a list."""

    id: str
    kind: str
    kind_label: str
    node: str = Field(description="The node that asks, and answers for the case.")
    number: str = Field(description="The number of the case there. The case itself cannot be seen from here.")
    programme: str
    category: str
    agency: str = Field(description="Our agency that has it.")
    addressed: str = Field(description="Our agency to which it was addressed.")
    state: str
    state_label: str
    trigger: str = Field(description="Trigger of joint handling, for mass and emergency events; else empty.")
    received_at: str
    due_on: date | None
    overdue: bool
    reminders: int


class Errands(BaseModel):
    errands: list[ErrandRow]
    next: str | None = Field(description="Id after which the next page begins; null on the last one.")


class FileRow(BaseModel):
    id: str
    name: str
    media_type: str
    size: int
    sha256: str
    ours: bool = Field(description="Added here; it goes with the next word, and has gone when `word` is set.")
    word: int | None
    stored: bool = Field(description="False while it has not been fetched from the other region.")
    address: str


class Happened(BaseModel):
    number: int
    verb: str
    recorded_at: str
    text: str | None


class ErrandSheet(ErrandRow):
    """One consultation or sub-task with all that was told, its limit day by day, and what was said on it."""

    text: str | None
    asked_by: dict[str, str] = Field(description="The agency that asks.")
    lead: str = Field(description="Who leads on the side that asks.")
    wanted: str = Field(description="The limit that was asked for.")
    sentences: list[str]
    explanation: dict[str, Any]
    files: list[FileRow]
    events: list[Happened]


class ErrandsWanted(BaseModel):
    kind: Literal["consultation", "task"] | None = None
    state: Literal["open", "all"] = "open"
    after: UUID | None = Field(None, description="Id of the last one of the page before.")


class Assignment(Storable):
    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)

    agency: Code
    reason: Words


class Said(Storable):
    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)

    text: LongWords


class WhyErrand(Storable):
    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)

    reason: Annotated[str, Field(min_length=1, max_length=5000)]


@router.get("/errands", auth=reading, response=Errands, summary=gettext_noop("List consultations and sub-tasks"))
def list_errands(request: HttpRequest, wanted: Query[ErrandsWanted]) -> object:
    """What the person's agencies have to answer or to do for others, the newest first."""
    found = Errand.objects.visible_to(person_of(request))
    if wanted.kind:
        found = found.filter(kind=wanted.kind)
    if wanted.state == "open":
        found = found.open()
    found = found.order_by("-received_at", "-id")
    last = found.filter(pk=wanted.after).first() if wanted.after else None
    if last:
        found = (
            found.filter(received_at__lte=last.received_at)
            .exclude(pk=last.pk)
            .exclude(received_at=last.received_at, id__gt=last.pk)
        )
    page = list(found[: PAGE + 1])
    following = str(page[PAGE - 1].pk) if len(page) > PAGE else None
    return {"errands": [row(errand) for errand in page[:PAGE]], "next": following}


@router.get(
    "/errands/{uuid:errand}",
    auth=reading,
    response=ErrandSheet,
    summary=gettext_noop("Read a consultation or sub-task"),
)
def read_errand(request: HttpRequest, errand: UUID) -> object:
    """One of the person's agencies, open or over, with the arithmetic of its limit."""
    found = Errand.objects.visible_to(person_of(request)).filter(pk=errand).first()
    if found is None:
        raise errands.unknown()
    told = errands.explained(found)
    language = "zh" if (get_language() or "zh").startswith("zh") else "en"
    content = found.content
    limit = content.get("limit")
    return row(found) | {
        "text": content.get("text"), "asked_by": content.get("agency", {}), "lead": content.get("lead", ""),
        "wanted": f"{limit['amount']} {limit['unit']}" if limit else str(content.get("due_on") or ""),
        "sentences": told.sentences(language) if told else [], "explanation": told.as_data() if told else {},
        "files": [file_row(found, file) for file in found.files.all()],
        "events": [
            {"number": event.number, "verb": event.verb, "recorded_at": stamp(event.recorded_at), "text": text_of(event)}
            for event in Event.objects.about("errand", found.pk).select_related("sealed")
        ],
    }  # fmt: skip


@router.post(
    "/errands/{uuid:errand}/assign", auth=acting, response=ErrandRow, summary=gettext_noop("Assign it to an agency"),
    openapi_extra=example({"agency": "cq-market", "reason": "属市场监管部门职责。"}), operation_id="assign_errand",
)  # fmt: skip
def assign(request: HttpRequest, errand: UUID, told: Assignment) -> object:
    """Assign it to an agency of this node, which does it from now on. The agency addressed goes on seeing it."""
    return row(errands.assign(errand, by=person_of(request), agency=told.agency, reason=told.reason))


@router.post(
    "/errands/{uuid:errand}/accept", auth=acting, response=ErrandRow, summary=gettext_noop("Accept a sub-task"),
    operation_id="accept_errand",
)  # fmt: skip
def accept(request: HttpRequest, errand: UUID) -> object:
    """Accept a sub-task. Its limit runs from today in our own calendar; the last day is told to who gave it."""
    return row(errands.accept(errand, by=person_of(request)))


@router.post(
    "/errands/{uuid:errand}/progress", auth=acting, response=ErrandRow, summary=gettext_noop("Tell how far a sub-task is"),
    openapi_extra=example({"text": "已约谈项目单位。"}), operation_id="progress_errand",
)  # fmt: skip
def progress(request: HttpRequest, errand: UUID, told: Said) -> object:
    """Tell how far an accepted sub-task is."""
    return row(errands.progress(errand, by=person_of(request), text=told.text))


@router.post(
    "/errands/{uuid:errand}/answer", auth=acting, response=ErrandRow,
    summary=gettext_noop("Answer a consultation, or report a sub-task done"),
    openapi_extra=example({"text": "经核实，该项目确已停工。"}), operation_id="answer_errand",
)  # fmt: skip
def answer(request: HttpRequest, errand: UUID, told: Said) -> object:
    """Answer, once, with the files that were added. A sub-task is accepted first."""
    return row(errands.answer(errand, by=person_of(request), text=told.text))


@router.post(
    "/errands/{uuid:errand}/decline", auth=acting, response=ErrandRow,
    summary=gettext_noop("Decline a consultation or sub-task, or give it back"),
    openapi_extra=example({"reason": "该事项不属本机构职权。"}), operation_id="decline_errand",
)  # fmt: skip
def decline(request: HttpRequest, errand: UUID, told: WhyErrand) -> object:
    """Decline it with the reason; a sub-task that was accepted is given back undone."""
    return row(errands.decline(errand, by=person_of(request), reason=told.reason))


@router.post(
    "/errands/{uuid:errand}/files", auth=acting, response={201: FileRow}, summary=gettext_noop("Add a file to the answer"),
    operation_id="attach_errand",
)  # fmt: skip
def attach(request: HttpRequest, errand: UUID, file: File[UploadedFile]) -> object:
    """Add a file that goes with the next word."""
    made = errands.attach(errand, by=person_of(request), name=file.name or "", chunks=file.chunks())
    return file_row(made.errand, made)


@router.get(
    "/errands/{uuid:errand}/files/{uuid:file}",
    auth=reading,
    summary=gettext_noop("Read a file of a consultation or sub-task"),
)
def read_file(request: HttpRequest, errand: UUID, file: UUID) -> FileResponse:
    """The file itself."""
    found = Errand.objects.visible_to(person_of(request)).filter(pk=errand).first()
    held = found.files.filter(pk=file, stored=True).first() if found else None
    if found is None or held is None:
        raise Refused("no-such-file", _("There is no such file here."), status=404)
    given = FileResponse(
        files.opened(found.folder, held.pk), as_attachment=True, filename=held.name, content_type=held.media_type
    )
    given["ETag"] = f'"{held.sha256}"'
    given["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return given


def row(errand: Errand) -> dict[str, Any]:
    due = errands.last_day(errand)
    return {
        "id": str(errand.pk), "kind": errand.kind, "kind_label": str(Errand.Kind(errand.kind).label),
        "node": errand.peer_id or this_node().code, "number": errand.number, "programme": errand.programme,
        "category": errand.content.get("category", ""), "agency": errand.agency, "addressed": errand.addressed,
        "state": errand.state, "state_label": str(Errand.State(errand.state).label),
        "trigger": errand.content.get("trigger", ""), "received_at": stamp(errand.received_at), "due_on": due,
        "overdue": bool(errand.state in Errand.OPEN and due and due < today()), "reminders": errand.reminders,
    }  # fmt: skip


def file_row(errand: Errand, file: ErrandFile) -> dict[str, Any]:
    return {
        "id": str(file.pk), "name": file.name, "media_type": file.media_type, "size": file.size, "sha256": file.sha256,
        "ours": file.ours, "word": file.word, "stored": file.stored, "address": f"/api/v1/errands/{errand.pk}/files/{file.pk}",
    }  # fmt: skip


def text_of(event: Event) -> str | None:
    said = events.opened(event)
    value = said.get("text") or said.get("reason")
    return value if isinstance(value, str) else None
