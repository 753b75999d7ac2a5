"""The words of minutes as they are proposed, out of what was typed; and what of them may be read by everybody."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext as _

from . import reading
from .models import Line, Meeting
from .reading import Sheet, Told


def proposed(sheet: Sheet) -> str:
    """Minutes of what was typed, item by item, as far as it is for the reader: the secretariat works on them, a member reads them. Three queries."""
    meeting = sheet.meeting
    came = [str(seat) for seat in meeting.seats.all() if seat.came_at]
    said: dict[object, list[str]] = {}
    for one in meeting.statements.all():
        said.setdefault(one.topic_id, []).append(f"{one.speaker}：{one.text}" if one.speaker else one.text)
    parts = [*head(meeting), _("Present: %(names)s") % {"names": "、".join(came) or "-"}]
    for n, item in enumerate(sheet.items, 1):
        if item.is_open:
            topic = item.topic.pk
            parts += ["", f"{n}. {item.topic.title}", *said.get(topic, []), *worded(sheet.lines, topic)]
    parts += ["", *said.get(None, []), *worded(sheet.lines, None)]
    before = reading.carried(meeting, sheet.person)
    if before:
        heading = _("Carried over from earlier meetings:")
        parts += [
            "",
            heading,
            *(_("- %(what)s: %(state)s") % {"what": one.words or one.number, "state": one.label} for one in before),
        ]
    return "\n".join(parts).strip()


def for_the_public(sheet: Sheet) -> str:
    """What is proposed for everybody: no confidential item or case, no statements, nobody's name but those of agencies."""
    lines = [one for one in sheet.lines if not is_secret(one.line)]
    parts = head(sheet.meeting)
    for n, item in enumerate(sheet.items, 1):
        if item.is_open and not item.topic.confidential:
            parts += ["", f"{n}. {item.topic.title}", *worded(lines, item.topic.pk, public=True)]
    parts += ["", *worded(lines, None, public=True)]
    return "\n".join(parts).strip()


def is_secret(line: Line) -> bool:
    return bool((line.topic and line.topic.confidential) or (line.case and line.case.confidential))


def head(meeting: Meeting) -> list[str]:
    return [f"{meeting}", f"{meeting.on} {meeting.room}"]


def worded(lines: Iterable[Told], topic: object, *, public: bool = False) -> list[str]:
    """The lines under an item: content, who answers, measure, date, how far it is."""
    found = []
    for one in lines:
        line = one.line
        if line.topic_id != topic or not one.words:
            continue
        who = line.agency.label if line.agency else ""
        when = _("by %(day)s") % {"day": line.due_on} if line.due_on else ""
        more = [
            line.undertaken,
            line.measure,
            who,
            "" if public or not line.supervisor else str(line.supervisor),
            when,
            str(one.label),
        ]
        said = _("; ").join(part.rstrip("。；. ") for part in (one.words, *more) if part)
        found.append(_("(%(number)s) %(said)s.") % {"number": line.number, "said": said})
    return found
