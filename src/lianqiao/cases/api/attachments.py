"""Files of a case: handed in with their verb, read through the case, never by digest."""

from typing import Literal
from uuid import UUID

from django.http import FileResponse, HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop
from ninja import File, Form, Router
from ninja.files import UploadedFile

from lianqiao.cases import access, files, timeline
from lianqiao.cases.actions import handling
from lianqiao.record.refusal import Refused
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
    if audience == "officers" and not access.officer(person):
        raise Refused(
            "officers-only", _("Only an officer can keep a file among officers; leave the audience out."), status=422
        )
    refused = access.refusal(case, "attach", person)
    if refused:
        raise refused  # before anything is stored; the verb asks again behind the lock
    stored = files.store(case.uid, file.name or "", file.chunks())
    try:
        event = handling.attach(case, by=person, version=version, audience=audience, **stored._asdict())
    except BaseException:
        files.remove(case.uid, stored.attachment)
        raise
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
    case = case_of(request, number)
    held = case.attachments.filter(pk=attachment).first()
    allowed = timeline.reader(case, person_of(request)).attachments
    if held is None or str(held.pk) not in allowed or not held.stored:
        raise Refused("no-such-file", _("There is no such file in this case."), status=404)
    answer = FileResponse(
        files.opened(case.uid, held.pk), as_attachment=True, filename=held.name, content_type=held.media_type
    )
    answer["ETag"] = f'"{held.sha256}"'
    answer["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return answer
