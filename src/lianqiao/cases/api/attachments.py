"""Files of a case: handed in with their verb, read through the case, never by digest."""

from typing import Literal
from uuid import UUID

from django.http import FileResponse, HttpRequest, HttpResponse
from django.utils.translation import gettext_noop
from ninja import File, Form, Router
from ninja.files import UploadedFile

from lianqiao.cases import handing
from lianqiao.registry.door import acting, person_of, reading

from . import answers
from .asking import case_of, version_of

router = Router(tags=["attachments"])


class Attached(answers.Done):
    """A file has been added to the case."""

    attachment: answers.AttachmentRow


@router.post(
    "/cases/{number}/attachments",
    auth=acting,
    response={201: Attached},
    operation_id="attach",
    summary=gettext_noop("Add a file to a case"),
)
def attach(
    request: HttpRequest,
    response: HttpResponse,
    number: str,
    file: File[UploadedFile],
    audience: Form[Literal["everyone", "officers"]] = "everyone",
) -> object:
    """Add a file: PDF, image, office document, OFD, text or video. Its type is told from its content; macros and passwords are refused."""
    case, person = case_of(request, number), person_of(request)
    version = version_of(request)
    event, stored = handing.hand_in(case, file.name or "", file.chunks(), by=person, version=version, audience=audience)
    address = f"{answers.PREFIX}/cases/{case.number}/attachments/{stored.attachment}"
    response["ETag"] = answers.etag(case)
    response["Location"] = address
    shown = stored._asdict() | {"id": str(stored.attachment), "audience": audience, "event": event.number}
    return answers.done(case, event) | {"attachment": shown | {"stored": True, "address": address}}


@router.get(
    "/cases/{number}/attachments/{uuid:attachment}", auth=reading, summary=gettext_noop("Read a file of a case")
)
def read(request: HttpRequest, number: str, attachment: UUID) -> FileResponse:
    """The file itself, as it was handed in."""
    return handing.hand_out(case_of(request, number), attachment, to=person_of(request))
