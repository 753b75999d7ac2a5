"""The screen on which a meeting is run: who came, item by item, what is said and decided, each saved at once.

What is typed is sent with a key of its own, so that the page's script can send it again after the network was away and nothing is doubled.
"""

from __future__ import annotations

from collections import defaultdict
from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST, require_safe

from lianqiao.record.refusal import Refused
from lianqiao.registry.models import Person
from lianqiao.signin.officers import at_the_desk

from .. import access, actions, papers, reading
from ..forms import Said
from ..models import Meeting, offices_of
from .frame import shown

KEPT = ("text", "speaker", "topic", "what")
"""The fields that stand in the form again when what was typed was refused."""


@at_the_desk
@require_safe
def run(request: HttpRequest, meeting: UUID, *, person: Person) -> HttpResponse:
    """The screen."""
    held = access.meeting_for(person, meeting)
    return screen(request, held, person)


def screen(
    request: HttpRequest, held: Meeting, person: Person, kept: dict[str, str] | None = None, status: int = 200
) -> HttpResponse:
    before = reading.carried(held, person)
    items = papers.of(reading.agenda(held, person, after=reading.CARRIED_MINUTES if before else 0), held, person)
    shut = reading.shut(items)
    lines: dict[Any, list[reading.Told]] = defaultdict(list)
    for one in reading.lines_of(held, person, shut):
        lines[one.line.topic_id].append(one)
    said = defaultdict(list)
    for statement in held.statements.all():
        if statement.topic_id not in shut:
            said[statement.topic_id].append(statement)
    sheet = [(item, said[item.topic.pk], lines[item.topic.pk]) for item in items]
    own = offices_of(person)
    return shown(request, "run", held, person, {
        "sheet": [*sheet, (None, said[None], lines[None])], "carried": before, "seats": [(seat, seat.agency_id in own) for seat in held.seats.all()],
        "open_items": [item for item in items if item.is_open], "key": uuid4(), "kept": kept or dict.fromkeys(KEPT, ""),
    }, status)  # fmt: skip


@at_the_desk
@require_POST
def write(request: HttpRequest, meeting: UUID, *, person: Person) -> HttpResponseBase:
    """Take down one thing that was typed. For the script: what was saved, as JSON; a refusal with its reason. Else the screen again."""
    held, said = access.meeting_for(person, meeting), Said(request.POST)
    wants_json = "application/json" in request.headers.get("Accept", "")
    try:
        saved = write_down(held, said, person)
    except Refused as refused:
        if wants_json:
            return JsonResponse({"code": refused.code, "detail": str(refused)}, status=refused.status)
        messages.error(request, str(refused))
        kept = {name: said.text(name) for name in KEPT}
        return screen(request, held, person, kept, refused.status)
    if wants_json:
        return JsonResponse({"saved": said.text("key"), "number": saved})
    return redirect(f"/meetings/{held.pk}/run#{said.text('topic') or 'rest'}")


def write_down(meeting: Meeting, said: Said, person: Person) -> int:
    """A statement, or a line; the number of the line, 0 for a statement."""
    text, topic, who, key = said.text("text"), said.text("topic"), said.text("speaker"), said.uuid("key")
    if said.text("what") == "line":
        return actions.write_line(meeting, by=person, key=key, text=text, topic=topic, raised_by=who).number
    actions.say(meeting, by=person, key=key, text=text, topic=topic, speaker=who)
    return 0
