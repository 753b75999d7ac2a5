"""The JSON API of notices: what one has been told and how one wants to be told, the official documents of a case. Mounted by `site.api`."""

from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from django.http import FileResponse, HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop
from ninja import Query, Router
from pydantic import BaseModel, Field

from lianqiao.cases.api.asking import case_of
from lianqiao.record import time
from lianqiao.record.refusal import Refused
from lianqiao.registry.door import acting, person_of, reading
from lianqiao.registry.models import Person

from . import telling, telling_api
from .documents import reading as documents
from .models import Document, Notice
from .webhooks import api as webhooks

router = Router(tags=["notices"])
router.add_router("", webhooks.router)
router.add_router("", telling_api.router)
PREFIX = "/api/v1"
RELATED = ("case__agency__region", "clock", "errand")


class NoticeRow(BaseModel):
    """That something has happened in a case or at a meeting, that a limit ends, or what became of a subscription; the matter stands there."""

    id: int
    case: str | None = Field(
        description="Number of the case, of an errand at whose node it is; null when it is about something else."
    )
    event: int | None
    verb: str
    label: str
    sentence: str = Field(description="The same as a sentence, as it stands in the mail.")
    due_on: date | None = Field(description="Of a reminder: the last day of the limit.")
    created_at: str
    read_at: str | None
    address: str
    page: str = Field(description="The page on which people see it.")


class NoticePage(BaseModel):
    notices: list[NoticeRow]
    next: str | None = Field(description="Address of the next page; null on the last one.")


class Wanted(BaseModel):
    after: int | None = Field(None, ge=1, description="Id of the last notice of the page before.")
    limit: int = Field(20, ge=1, le=100)
    unread: bool = False


@router.get("/notices", auth=reading, response=NoticePage, summary=gettext_noop("List notices"))
def list_notices(request: HttpRequest, wanted: Query[Wanted]) -> object:
    """What the person has been told, newest first, page by page."""
    found = Notice.objects.visible_to(person_of(request)).select_related(*RELATED).order_by("-pk")
    if wanted.unread:
        found = found.unread()
    if wanted.after:
        found = found.filter(pk__lt=wanted.after)
    page = list(found[: wanted.limit + 1])
    shown = page[: wanted.limit]
    more = f"{PREFIX}/notices?after={shown[-1].pk}&limit={wanted.limit}" if len(page) > wanted.limit else None
    return {"notices": [row(notice, person_of(request)) for notice in shown], "next": more}


@router.post("/notices/{id}/read", auth=acting, response=NoticeRow, summary=gettext_noop("Mark a notice as read"))
def mark_read(request: HttpRequest, id: int) -> object:  # noqa: A002 the name in the address
    """Mark one's own notice as read; a second time changes nothing."""
    notice = Notice.objects.visible_to(person_of(request)).select_related(*RELATED).filter(pk=id).first()
    if notice is None:
        raise Refused("unknown-notice", _("There is no such notice among yours."), status=404)
    telling.read(notice)
    return row(notice, person_of(request))


def row(notice: Notice, reader: Person) -> dict[str, object]:
    return {
        "id": notice.pk,
        "case": telling.number(notice) or None,
        "event": notice.event,
        "verb": notice.verb,
        "label": telling.label(notice),
        "sentence": telling.sentence(notice),
        "due_on": notice.due_on if notice.clock_id else None,
        "created_at": time.stamp(notice.created_at),
        "read_at": time.stamp(notice.read_at) if notice.read_at else None,
        "address": telling.address(notice),
        "page": telling.page(notice, reader),
    }


class DocumentFile(BaseModel):
    language: str
    sha256: str
    address: str


class DocumentRow(BaseModel):
    """An official document: numbered by its agency and year without gaps, in Chinese with an English courtesy copy."""

    id: str
    number: str
    letter: str
    title: str
    event: int = Field(description="Number of the event that it was made from.")
    agency: str
    issued_on: date
    erased: bool
    files: list[DocumentFile] = Field(description="Empty while it is being printed, and after its erasure.")


class Documents(BaseModel):
    documents: list[DocumentRow]


class Verified(BaseModel):
    """That a file with this digest is a document of this node. Nothing of what it says."""

    number: str
    agency: str
    issued_on: date
    language: str


@router.get(
    "/cases/{number}/documents",
    auth=reading,
    response=Documents,
    tags=["documents"],
    summary=gettext_noop("List the documents of a case"),
)
def list_documents(request: HttpRequest, number: str) -> object:
    """The official documents of a case that the person may read, in the order in which they were issued."""
    found = documents.of_case(case_of(request, number), person_of(request))
    return {"documents": [documents.row(document, PREFIX) for document in found]}


@router.get(
    "/documents/{uuid:document}/{language}.pdf",
    auth=reading,
    tags=["documents"],
    summary=gettext_noop("Read a document"),
)
def read_document(request: HttpRequest, document: UUID, language: Literal["zh", "en"]) -> FileResponse:
    """The document as PDF, as it was issued: Chinese (which governs) or the English courtesy copy."""
    found = documents.document_for(document, person_of(request))
    place = documents.file_of(found, language)
    name = f"{found.number} {documents.title(found)}.pdf"
    answer = FileResponse(place.open("rb"), as_attachment=True, filename=name, content_type="application/pdf")
    answer["ETag"] = f'"{found.sha256_zh if language == "zh" else found.sha256_en}"'
    answer["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return answer


class Digest(BaseModel):
    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$", description="SHA-256 of the PDF file, hexadecimal.")]


@router.get(
    "/documents/verify",
    auth=None,
    response=Verified,
    tags=["documents"],
    summary=gettext_noop("Check whether a document is genuine"),
)
def verify_document(request: HttpRequest, asked: Query[Digest]) -> object:
    """Whoever holds a document may ask whether this node issued it, by the digest of the file. For everybody."""
    found = Document.objects.with_digest(asked.sha256).select_related("agency").first()
    if found is None:
        raise Refused(
            "not-issued-here",
            _("This node has not issued a document with this digest: it comes from elsewhere, or was changed."),
            status=404,
        )
    return {
        "number": found.number,
        "agency": found.agency.label,
        "issued_on": found.issued_on,
        "language": "zh" if found.sha256_zh == asked.sha256 else "en",
    }
