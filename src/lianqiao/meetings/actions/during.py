"""At a meeting: open it, mark who came, take down what is said, type lines as fast as people talk, close it."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from lianqiao.cases import code_words
from lianqiao.record import time
from lianqiao.record.actors import Actor
from lianqiao.record.nodes import this_node
from lianqiao.record.refusal import Refused
from lianqiao.registry.models import Person

from .. import presence
from ..access import refuse_stranger, refuse_who_does_not_preside
from ..models import Carried, Line, Meeting, Seat, Statement, Topic, offices_of
from .recording import locked, record, words

Stage = Meeting.Stage


def open_meeting(meeting: Meeting, *, by: Person, presided_by: Person) -> Meeting:
    """Open the meeting, by the secretariat; open lines of earlier meetings of the series are carried over by themselves.

    Refused: somebody presides who is neither chair nor deputy nor acts for the chair; a meeting that is not planned.
    """
    refuse_stranger(by, meeting.series.body)
    refuse_who_does_not_preside(presided_by, meeting.series.body)
    with transaction.atomic():
        held = locked(meeting, Stage.PLANNED)
        carried = list(Line.objects.before(held).open().order_by("meeting__number", "number"))
        Carried.objects.bulk_create(Carried(meeting=held, line=line) for line in carried)
        held.stage, held.presided_by = Stage.OPEN, presided_by
        held.save(update_fields=["stage", "presided_by"])
        stated = {"presided_by": str(presided_by.pk), "carried": [str(line.pk) for line in carried]}
        record("meeting", held.pk, "open", by, stated)
    return held


def attend(seat: Seat, *, by: Person, came: bool = True) -> Seat:
    """Mark that somebody has come, or that this was a mistake. Refused: the meeting is not in session."""
    refuse_stranger(by, seat.meeting.series.body)
    with transaction.atomic():
        held = locked(seat.meeting, Stage.OPEN)
        seat.came_at = time.now() if came else None
        seat.save(update_fields=["came_at"])
        record("meeting", held.pk, "attend", by, {"seat": str(seat.pk), "came": came})
    return seat


def attend_by_code(seat: Seat, code: str, *, by: Person | None = None) -> Seat:
    """Show by the code of the room that one has come: for one's agency, or, without account, by the invitation link that has led to the seat.

    Refused: a seat that is not one's own; a code that is not, or no longer, shown; too many attempts in a minute; the meeting is not in session.
    """
    if by is not None and seat.agency_id not in offices_of(by):
        refuse_stranger(by, seat.meeting.series.body)
    code_words.refuse_too_many(f"meetings.seat:{seat.pk}")
    if not presence.is_good(seat.meeting_id, code):
        raise Refused("wrong-code", _("This code is not shown in the room now. Read it again; it changes."), status=422)
    with transaction.atomic():
        held = locked(seat.meeting, Stage.OPEN)
        if seat.came_at is None:
            seat.came_at = time.now()
            seat.save(update_fields=["came_at"])
            actor = by or Actor.node(this_node().code)
            record("meeting", held.pk, "attend", actor, {"seat": str(seat.pk), "came": True, "way": "code"})
    return seat


def say(meeting: Meeting, *, by: Person, key: UUID, text: str, topic: str = "", speaker: str = "") -> Statement:
    """Take down what somebody says. The same `key` again is the same statement: nothing is recorded twice."""
    refuse_stranger(by, meeting.series.body)
    with transaction.atomic():
        held = locked(meeting)
        known = held.statements.filter(key=key).first()
        if known is not None:
            return known
        _refuse_unless_open(held)
        made = Statement.objects.create(
            meeting=held, topic=_topic(held, topic), key=key, speaker=words(speaker, most=200, empty=True),
            text=words(text), said_at=time.now(),
        )  # fmt: skip
        stated = {"statement": str(made.pk), "key": str(key), "topic": str(made.topic_id or "")}
        record("meeting", held.pk, "say", by, stated, text=made.text, speaker=made.speaker)
    return made


def write_line(
    meeting: Meeting, *, by: Person, key: UUID, text: str, topic: str = "", raised_by: str = "", measure: str = ""
) -> Line:
    """Type a line, saved at once; who answers and by when may follow (`enter`, `settle`). The same `key` again is the same line.

    Refused: the meeting is not in session (a line that was saved before is acknowledged all the same).
    """
    refuse_stranger(by, meeting.series.body)
    with transaction.atomic():
        held = locked(meeting)
        known = held.lines.filter(key=key).first()
        if known is not None:
            return known
        _refuse_unless_open(held)
        under = _topic(held, topic)
        line = Line.objects.create(
            meeting=held, topic=under, key=key, text=words(text), raised_by=words(raised_by, most=200, empty=True),
            number=(held.lines.aggregate(last=Max("number"))["last"] or 0) + 1, measure=words(measure, empty=True),
            agency=under.agency if under else None, written_at=time.now(),
        )  # fmt: skip
        stated = {"line": str(line.pk), "key": str(key), "number": line.number, "topic": str(line.topic_id or "")}
        record(
            "meeting", held.pk, "write_line", by, stated, text=line.text, raised_by=line.raised_by, measure=line.measure
        )
    return line


def close(meeting: Meeting, *, by: Person) -> Meeting:
    """Close the meeting; what is on its agenda stays, and the minutes are prepared."""
    refuse_stranger(by, meeting.series.body)
    with transaction.atomic():
        held = locked(meeting, Stage.OPEN)
        held.stage = Stage.CLOSED
        held.save(update_fields=["stage"])
        record("meeting", held.pk, "close", by, {"lines": held.lines.count()})
    return held


def _refuse_unless_open(meeting: Meeting) -> None:
    if meeting.stage != Stage.OPEN:
        raise Refused("not-in-session", _("The meeting is not in session: nothing can be taken down now."), status=409)


def _topic(meeting: Meeting, topic: str) -> Topic | None:
    if not topic:
        return None
    try:
        found = meeting.topics.select_related("agency").filter(pk=UUID(str(topic))).first()
    except ValueError:
        found = None
    if found is None:
        raise Refused("unknown-topic", _("There is no such item on the agenda of this meeting."), status=422)
    return found
