"""Files of a case through a door: handed in with their verb, handed out through the case, never by digest."""

from collections.abc import Iterable
from typing import NamedTuple
from uuid import UUID

from django.http import FileResponse
from django.utils.translation import gettext_lazy as _

from lianqiao.record.models import Event
from lianqiao.record.refusal import Refused
from lianqiao.registry.models import Person

from . import access, files, timeline
from .actions import handling
from .models import Case


class HandedIn(NamedTuple):
    event: Event
    stored: files.Stored


def hand_in(
    case: Case,
    name: str,
    chunks: Iterable[bytes],
    *,
    by: Person,
    version: int | None = None,
    audience: str = "everyone",
) -> HandedIn:
    """Store a file and add it to the case; if the verb refuses, nothing is kept. Refused: also a file for officers from somebody who is none."""
    if audience == "officers" and not access.officer(by):
        raise Refused(
            "officers-only", _("Only an officer can keep a file among officers; leave the audience out."), status=422
        )
    refused = access.refusal(case, "attach", by)
    if refused:
        raise refused  # before anything is stored; the verb asks again behind the lock
    stored = files.store(case.uid, name, chunks)
    try:
        event = handling.attach(case, by=by, version=version, audience=audience, **stored._asdict())
    except BaseException:
        files.remove(case.uid, stored.attachment)
        raise
    return HandedIn(event, stored)


def hand_out(case: Case, attachment: UUID, *, to: Person) -> FileResponse:
    """The file itself, as it was handed in, to somebody who may see the case. Refused: no such file for them (404 "no-such-file")."""
    held = case.attachments.filter(pk=attachment).first()
    allowed = timeline.reader(case, to).attachments
    if held is None or str(held.pk) not in allowed or not held.stored:
        raise Refused("no-such-file", _("There is no such file in this case."), status=404)
    answer = FileResponse(
        files.opened(case.uid, held.pk), as_attachment=True, filename=held.name, content_type=held.media_type
    )
    answer["ETag"] = f'"{held.sha256}"'
    answer["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return answer
