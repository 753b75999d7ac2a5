"""What every verb of a meeting does: lock the row, look at the words, write the event."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from lianqiao.cases.data import CONTROL
from lianqiao.record import events
from lianqiao.record.actors import Actor
from lianqiao.record.models import Event
from lianqiao.record.refusal import Refused
from lianqiao.registry.models import Person

from ..models import Meeting

MOST = 5000
"""Signs of a text."""


def words(text: str, *, most: int = MOST, empty: bool = False) -> str:
    """The text as it is kept. Refused: none where one is needed; too long; signs that no document can hold."""
    text = text.strip()
    if not text and not empty:
        raise Refused("no-words", _("Something must be written here. Nothing was recorded."), status=422)
    if len(text) > most:
        raise Refused("too-long", _("That is too long: at most %(most)s signs. Divide it."), status=422, most=most)
    if CONTROL.search(text):
        raise Refused("control-signs", _("The text holds signs that cannot be kept. Type them anew."), status=422)
    return text


def locked(meeting: Meeting, *stages: str) -> Meeting:
    """The meeting, locked until the verb is done. Refused: it is at another stage than one of these (any, when none is named)."""
    held = Meeting.objects.select_for_update(of=("self",)).with_body().get(pk=meeting.pk)
    if stages and held.stage not in stages:
        raise Refused(
            "wrong-stage",
            _('This is not possible now: the meeting is "%(stage)s".'),
            status=409,
            stage=held.get_stage_display(),
        )
    return held


def record(kind: str, subject: UUID, verb: str, by: Person | Actor, stated: dict[str, Any], **erasable: str) -> Event:
    """The event of a body, a series or a meeting. Empty values are left out; texts are sealed."""
    kept = {name: value for name, value in stated.items() if value not in (None, "", [])}
    actor = by.actor if isinstance(by, Person) else by
    said = {name: value for name, value in erasable.items() if value}
    return events.append(kind, subject, verb, by=actor, data=kept, erasable=said)
