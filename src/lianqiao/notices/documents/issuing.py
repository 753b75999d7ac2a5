"""The one follower that issues documents: it numbers them in the order of the log. What is printed, and kept, is done by the runner."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction

from lianqiao.cases import erasing
from lianqiao.cases.clocks import regime_of
from lianqiao.cases.models import Case
from lianqiao.law.text import Text
from lianqiao.record import events as record
from lianqiao.record.actors import Actor
from lianqiao.record.followers import follower, runner
from lianqiao.record.models import Event
from lianqiao.record.time import day_of, now
from lianqiao.registry.models import Agency, Membership

from ..models import Document, DocumentSeries
from . import facts, letters, printing
from .letters import LANGUAGES, Letter

BY = Actor.clock("documents")
BATCH = 3
"""Documents printed in one round of the follower: a long row of them must not hold up what else a round does."""
WRITING = {verb for letter in letters.LETTERS.values() for verb in letter.verbs}


def concerns(event: Event) -> bool:
    return event.subject_kind == "case" and (event.verb in WRITING or _takes_documents_along(event))


@follower("documents", wants=concerns)
def issue(batch: Sequence[Event]) -> None:
    """Write and number the document of each event that has one. Twice the same event writes one document; erased values take theirs along."""
    writing = [event for event in batch if event.subject_kind == "case" and event.verb in WRITING]
    going = {event.subject for event in batch if event.subject_kind == "case" and _takes_documents_along(event)}
    if writing:
        found = Case.objects.filter(uid__in={event.subject for event in writing})
        cases = {case.uid: case for case in found.select_related("agency", "home_agency", "assigned", "enterprise")}
        for event in writing:
            _write(cases[event.subject], event)
    for case in Case.objects.filter(uid__in=going):
        erase_of(case)


def _takes_documents_along(event: Event) -> bool:
    """Whether the event destroyed something that a document may say: anything but how to reach who files, which stands in none."""
    return event.verb in erasing.DESTROYING and event.data.get("what") != [erasing.CONTACT]


def _write(case: Case, event: Event) -> None:
    opened = record.opened(event)
    letter = letters.letter_for(event.verb, str(opened.get("ground", "")))
    if letter is None or Document.objects.filter(case=case, event=event.number, letter=letter.code).exists():
        return
    issuer = _issuer(letter, case, event)
    on = day_of(event.recorded_at)
    series, _new = DocumentSeries.objects.select_for_update().get_or_create(agency=issuer, year=on.year)
    series.last += 1
    series.save(update_fields=["last"])
    number = f"{issuer.letter_code or issuer.code}〔{on.year}〕{series.last}号"
    Document.objects.create(
        case=case,
        event=event.number,
        letter=letter.code,
        audience=letter.audience,
        names_enterprise=letter.audience == "everyone",
        agency=issuer,
        year=on.year,
        serial=series.last,
        number=number,
        issued_on=on,
        content=content(letter, case, event, opened, issuer, number, on),
    )


def content(
    letter: Letter, case: Case, event: Event, opened: dict[str, Any], issuer: Agency, number: str, on: date
) -> dict[str, Any]:
    """Everything that the pages of the document say, in both languages."""
    known = facts.facts_of(letter, case, event, opened, issuer)
    if letter.code == "receipt-of-delivery":
        known |= _delivered(case)
    lists = facts.lists_of(opened)
    limit, explained = facts.reckoning(letter, case, event) if letter.clock else ({}, None)
    known |= limit
    contact = (issuer.address, issuer.phone) if letter.to == "enterprise" and issuer.address and issuer.phone else None
    return {
        lang: letters.page(
            letter,
            known,
            lists,
            lang,
            issuer=facts.named(issuer),
            number=number,
            title=facts.title_of(regime_of(case), letter),
            addressee=_addressee(letter, case, opened),
            on=on,
            contact=contact,
            reckoning=facts.page_of(explained, lang) if explained else None,
            verify_at=f"{settings.LIANQIAO_BASE_URL}/api/v1/documents/verify",
        )
        for lang in LANGUAGES
    }


def _issuer(letter: Letter, case: Case, event: Event) -> Agency:
    """Who writes: the agency that answers, the desk that received the case first, or the agency of whoever acted."""
    if letter.issuer == "actor" and event.by_kind == "person":
        held = Membership.objects.active(event.legal_date).filter(person=UUID(event.by)).select_related("agency")
        supervising = [row.agency for row in held if row.role == Membership.Role.SUPERVISOR]
        above = [agency for agency in supervising if case.agency.path.startswith(agency.path)]
        return (above or supervising or [case.agency])[0]
    return case.home_agency if letter.issuer == "home" else case.agency


def _addressee(letter: Letter, case: Case, opened: dict[str, Any]) -> Text:
    match letter.to:
        case "enterprise":
            return facts.complainant(case)
        case "assigned":
            agency = Agency.objects.filter(code=opened["agency"]).first()
            return facts.named(agency) if agency else facts.same(opened["agency"])
        case "answering":
            return facts.named(case.agency)
        case "other_region":
            return facts.agency_of_agreement(opened["agreement"], opened["to_node"], opened["to_agency"])
        case _:
            return facts.same("")


def _delivered(case: Case) -> dict[str, Text]:
    """The document whose delivery is proved: the last result of the case."""
    last = case.documents.filter(letter__in=("result", "result-of-region", "termination")).order_by("-pk").first()
    if last is None or not last.content:
        return {}
    return {
        "delivered_title": Text(last.content["zh"]["title"], last.content["en"]["title"]),
        "delivered_number": facts.same(last.number),
    }


# Printing


def path_of(document: Document, lang: str) -> Path:
    return Path(settings.LIANQIAO_DATA) / "documents" / str(document.year) / f"{document.uid}.{lang}.pdf"


@runner("documents")
def print_due() -> int:
    """Print what is numbered and not printed; how many. A document that two processes print at once is the same in both."""
    waiting = list(Document.objects.unprinted()[:BATCH])
    for document in waiting:
        print_document(document)
    return len(waiting)


def print_document(document: Document) -> None:
    """Print both languages, keep the files, and put their digests into the record, in this order: a digest in the record has its file."""
    digests = {}
    for lang in LANGUAGES:
        printed = printing.pdf(document.content[lang])
        place = path_of(document, lang)
        place.parent.mkdir(parents=True, exist_ok=True)
        coming = place.with_name(f"{place.name}.coming")
        coming.write_bytes(printed)
        coming.replace(place)
        digests[lang] = hashlib.sha256(printed).hexdigest()
    with transaction.atomic():
        held = Document.objects.select_for_update().filter(pk=document.pk, sha256_zh="", erased_at__isnull=True).first()
        if held is None:
            return
        held.sha256_zh, held.sha256_en, held.template = digests["zh"], digests["en"], printing.template()
        held.save(update_fields=["sha256_zh", "sha256_en", "template"])
        stated = {
            "number": held.number,
            "letter": held.letter,
            "case": str(held.case.uid),
            "event": held.event,
            "agency": held.agency.code,
            "sha256": digests,
            "template": held.template,
        }
        record.append("document", held.uid, "issue", by=BY, data=stated)


def reprinted(document: Document) -> dict[str, bool]:
    """Whether each language, printed anew from its content, is the document that was issued, byte by byte."""
    said = {"zh": document.sha256_zh, "en": document.sha256_en}
    return {lang: hashlib.sha256(printing.pdf(document.content[lang])).hexdigest() == said[lang] for lang in LANGUAGES}


def erase_of(case: Case) -> None:
    """Destroy what the documents of a case say, and their files; number and digests stay. An erased value may stand in any of them."""
    for document in case.documents.filter(erased_at__isnull=True):
        for lang in LANGUAGES:
            path_of(document, lang).unlink(missing_ok=True)
        document.content, document.erased_at = {}, now()
        document.save(update_fields=["content", "erased_at"])
