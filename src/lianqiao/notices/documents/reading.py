"""Who may read which document: whoever reads the event it was made from, officers' letters by officers, and a name only by who may know it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any
from uuid import UUID

from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from lianqiao.cases import timeline
from lianqiao.cases.models import Case
from lianqiao.record.refusal import Refused
from lianqiao.registry.models import Person

from ..models import Document
from .issuing import path_of
from .letters import LANGUAGES, LETTERS


def of_case(case: Case, person: Person) -> list[Document]:
    """The documents of a case that the person may read, in the order in which they were issued. Bounded: one case."""
    reader = timeline.reader(case, person)
    numbers = list(case.documents.values_list("event", flat=True))
    return shown_to(case, reader, timeline.steps(case, reader, numbers) if numbers else [])


def shown_to(case: Case, reader: timeline.Reader, steps: Sequence[timeline.Step]) -> list[Document]:
    """The documents of a case that a reader of these steps may read: one query."""
    seen = {step.event.number for step in steps}
    held = case.documents.filter(event__in=seen).select_related("agency").order_by("pk") if seen else ()
    return [
        document
        for document in held
        if (reader.officer or document.audience == Document.Audience.EVERYONE)
        and (reader.knows_identity or not document.names_enterprise)
    ]


def document_for(uid: UUID, person: Person) -> Document:
    """The document if the person may read it. Refused: else (404 "no-such-document"), whether it exists or not."""
    case = Case.objects.visible_to(person).filter(documents__uid=uid).first()
    found = next((document for document in of_case(case, person) if document.uid == uid), None) if case else None
    if found is None:
        raise Refused("no-such-document", _("There is no such document among those that you may read."), status=404)
    return found


def file_of(document: Document, lang: str) -> Path:
    """The printed file. Refused: erased (410 "document-erased"); not printed yet (409 "not-printed"), which takes a moment."""
    if document.erased_at:
        raise Refused(
            "document-erased",
            _("What document %(number)s said has been erased; its number and digest remain."),
            status=410,
            number=document.number,
        )
    place = path_of(document, lang)
    if not document.sha256_zh or not place.exists():
        raise Refused(
            "not-printed",
            _("Document %(number)s is being printed. Try again in a moment."),
            number=document.number,
        )
    return place


def title(document: Document) -> str:
    """The name of the document in the reader's language; after erasure the usual name."""
    lang = "zh" if (get_language() or "zh").startswith("zh") else "en"
    return str(document.content[lang]["title"]) if document.content else LETTERS[document.letter].title.in_(lang)


def row(document: Document, prefix: str) -> dict[str, Any]:
    return {
        "id": str(document.uid),
        "number": document.number,
        "letter": document.letter,
        "title": title(document),
        "event": document.event,
        "agency": document.agency.label,
        "issued_on": document.issued_on,
        "erased": document.erased_at is not None,
        "files": [
            {
                "language": lang,
                "sha256": document.sha256_zh if lang == "zh" else document.sha256_en,
                "address": f"{prefix}/documents/{document.uid}/{lang}.pdf",
            }
            for lang in LANGUAGES
            if document.sha256_zh and not document.erased_at
        ],
    }
