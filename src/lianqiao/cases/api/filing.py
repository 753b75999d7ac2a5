"""Filing a case, at once or from a draft."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_noop
from ninja import Router

from lianqiao.cases import data
from lianqiao.cases.actions import drafts, intake
from lianqiao.cases.models import Draft
from lianqiao.record import receipts, time
from lianqiao.registry.door import acting, person_of, reading

from . import answers, examples
from .reading import router as cases

router = Router(tags=["drafts"])


@cases.post(
    "/cases",
    auth=acting,
    response={201: answers.FiledCase},
    operation_id="file",
    summary=gettext_noop("File a case"),
    openapi_extra=examples.body("file"),
)
def file(request: HttpRequest, response: HttpResponse, told: data.File) -> object:
    """File a case at the desk of an agency, as owner or agent of the enterprise, or as intake officer on its behalf.

    The answer holds the number, the limits that run now, a receipt signed by this node, and the code word, told this once.
    """
    return answers.written(filed(intake.file(by=person_of(request), told=told), response), response, 201)


def filed(made: intake.Filed, response: HttpResponse) -> dict[str, object]:
    response["ETag"] = answers.etag(made.case)
    response["Location"] = f"{answers.PREFIX}/cases/{made.case.number}"
    return answers.done(made.case, made.event) | {
        "similar_at": f"{answers.PREFIX}/cases/{made.case.number}/similar",
        "code_word": made.code_word,
        "receipt": receipts.promise(made.event, number=made.case.number),
    }


def row(draft: Draft) -> dict[str, object]:
    return {
        "id": str(draft.pk),
        "content": draft.content,
        "created_at": time.stamp(draft.created_at),
        "changed_at": time.stamp(draft.changed_at),
    }


@router.get("/drafts", auth=reading, response=answers.Drafts, summary=gettext_noop("List one's drafts"))
def list_drafts(request: HttpRequest) -> object:
    """The filing forms that the person has saved and not submitted. Nobody else sees them."""
    return {"drafts": [row(draft) for draft in Draft.objects.of(person_of(request))]}


@router.post(
    "/drafts",
    auth=acting,
    response={201: answers.DraftRow},
    summary=gettext_noop("Save a draft"),
    openapi_extra=examples.of({"content": {"agency": "sc-inward-centre", "title": "招标条件排斥外地企业"}}),
)
def save_draft(request: HttpRequest, response: HttpResponse, form: answers.DraftForm) -> object:
    """Save a filing form as far as it is filled in. No case begins, no limit runs."""
    draft = drafts.save(form.content, by=person_of(request))
    response["Location"] = f"{answers.PREFIX}/drafts/{draft.pk}"
    return row(draft)


@router.get(
    "/drafts/{uuid:draft}",
    auth=reading,
    response=answers.DraftRow,
    summary=gettext_noop("Read a draft"),
)
def read_draft(request: HttpRequest, draft: UUID) -> object:
    """One draft of the person's own."""
    found = Draft.objects.of(person_of(request)).filter(pk=draft).first()
    if found is None:
        raise drafts.unknown_draft()
    return row(found)


@router.put(
    "/drafts/{uuid:draft}",
    auth=acting,
    response=answers.DraftRow,
    summary=gettext_noop("Replace a draft"),
    openapi_extra=examples.of({"content": examples.EXAMPLES["file"]}),
)
def change_draft(request: HttpRequest, draft: UUID, form: answers.DraftForm) -> object:
    """Replace what the form says."""
    return row(drafts.change(draft, form.content, by=person_of(request)))


@router.delete("/drafts/{uuid:draft}", auth=acting, response={204: None}, summary=gettext_noop("Discard a draft"))
def discard_draft(request: HttpRequest, draft: UUID) -> object:
    """Delete the form; nothing of it was ever recorded."""
    drafts.discard(draft, by=person_of(request))
    return None


@router.post(
    "/drafts/{uuid:draft}/submit",
    auth=acting,
    response={201: answers.FiledCase},
    summary=gettext_noop("Submit a draft"),
)
def submit_draft(request: HttpRequest, response: HttpResponse, draft: UUID) -> object:
    """File the case that the form describes, and delete the form. If the filing is refused, the form stays."""
    return filed(drafts.submit(draft, by=person_of(request)), response)
