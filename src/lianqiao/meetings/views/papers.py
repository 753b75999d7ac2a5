"""Papers of the agenda: handed in by a form, handed out to whom they are for."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from lianqiao.record.refusal import Refused
from lianqiao.registry.models import Person
from lianqiao.signin.officers import at_the_desk

from .. import access, actions, papers
from ..actions.before import seat_of
from ..forms import Said
from ..models import Paper


@at_the_desk
@require_POST
def add(request: HttpRequest, meeting: UUID, *, person: Person) -> HttpResponse:
    """Add a paper to an item."""
    held, said, file = access.meeting_for(person, meeting), Said(request.POST), request.FILES.get("file")
    try:
        topic = held.topics.filter(pk=said.uuid("topic")).first()
        if topic is None:
            raise access.unknown()
        if file is None:
            raise Refused("file-missing", _("Choose a file."), status=422)
        topic.meeting = held
        audience = said.text("audience") or Paper.Audience.INVITED
        actions.add_paper(
            topic, by=person, name=file.name or "", chunks=file.chunks(), case=said.text("case"), audience=audience
        )
        messages.success(request, str(_("The paper was added.")))
    except Refused as refused:
        messages.error(request, str(refused))
    return redirect(f"/meetings/{held.pk}")


@at_the_desk
@require_safe
def read(request: HttpRequest, meeting: UUID, paper: UUID, *, person: Person) -> FileResponse:
    """A paper, for whoever may read it."""
    return papers.hand_out(access.meeting_for(person, meeting), paper, to=person)


@require_safe
def read_as_guest(request: HttpRequest, code: str, paper: UUID) -> FileResponse:
    """A paper, by the link of an invitation."""
    return papers.hand_out_to_guest(seat_of(code), paper)
