"""Papers of a case: its official documents, and the receipt of its filing as PDF."""

from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from lianqiao.cases import timeline
from lianqiao.cases.models import Case
from lianqiao.notices.documents import printing
from lianqiao.notices.documents import reading as documents
from lianqiao.portal import receipts, sheet
from lianqiao.registry.models import Person
from lianqiao.signin.entrance import person_of

SANDBOX = "sandbox; default-src 'none'"


@login_required
@require_safe
def papers(request: HttpRequest, number: str) -> HttpResponse:
    """The official documents of the case that the person may read."""
    person = person_of(request)
    found = sheet.case_of(person, number)
    crumbs = [(_("My cases"), "/cases"), (found.number, f"/cases/{found.number}"), (_("Official documents"), "")]
    part = "#papers" if request.headers.get("HX-Request") else ""
    said = listed(found, person) | {"case": found, "crumbs": crumbs, "home": f"/cases/{found.number}"}
    return render(request, f"portal/papers.html{part}", said)


def listed(case: Case, person: Person) -> dict[str, Any]:
    """What the list of documents shows."""
    return {"documents": [documents.row(one, "") | {"uid": one.uid} for one in documents.of_case(case, person)]}


@login_required
@require_safe
def document(request: HttpRequest, document: UUID, language: str) -> HttpResponseBase:
    """An official document as PDF."""
    return as_pdf(document, language, person_of(request))


def as_pdf(document: UUID, language: str, person: Person) -> FileResponse:
    """The printed document, if the person may read it."""
    if language not in ("zh", "en"):
        raise Http404
    found = documents.document_for(document, person)
    place = documents.file_of(found, language)
    answer = FileResponse(place.open("rb"), filename=f"{found.number}.pdf", content_type="application/pdf")
    answer["Content-Security-Policy"] = SANDBOX
    return answer


@login_required
@require_safe
def receipt(request: HttpRequest, number: str, language: str) -> HttpResponse:
    """The receipt of the filing as PDF, made anew from the record each time, the same each time."""
    if language not in ("zh", "en"):
        raise Http404
    person = person_of(request)
    found = sheet.case_of(person, number)
    by = timeline.reader(found, person)
    first = timeline.steps(found, by, [1])
    if not first:
        raise Http404
    page = receipts.content(found, first[0].event, language, names=by.knows_identity)
    answer = HttpResponse(printing.pdf(page), content_type="application/pdf")
    answer["Content-Disposition"] = f'inline; filename="receipt-{found.number}.pdf"'
    answer["Content-Security-Policy"] = SANDBOX
    return answer
