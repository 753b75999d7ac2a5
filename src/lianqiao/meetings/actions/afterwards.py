"""After a meeting: draft the minutes, circulate them, comment, confirm, publish with what is confidential left out."""

from __future__ import annotations

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from lianqiao.record import time
from lianqiao.record.actors import Actor
from lianqiao.record.canonical import digest
from lianqiao.record.nodes import this_node
from lianqiao.record.refusal import Refused
from lianqiao.registry.models import Person

from ..access import keeps, presides, refuse_stranger, refuse_who_does_not_preside
from ..invitations import seat_behind
from ..models import Body, Comment, Meeting, Minutes, Seat
from .before import MOST_OF_A_SEAT, invitation_gone
from .lines import conclude_settled
from .recording import locked, record, words

Stage = Meeting.Stage
MOST = 100_000
"""Signs of minutes."""


def draft(meeting: Meeting, *, by: Person, text: str) -> Minutes:
    """Keep a version of the minutes; none before it is changed. Refused: not by the secretariat; the meeting was not held; confirmed already."""
    refuse_stranger(by, meeting.series.body)
    with transaction.atomic():
        held = locked(meeting, Stage.OPEN, Stage.CLOSED)
        version = (held.versions.aggregate(last=Max("version"))["last"] or 0) + 1
        made = Minutes.objects.create(
            meeting=held, version=version, text=words(text, most=MOST), by=by, made_at=time.now()
        )
        record("meeting", held.pk, "draft", by, {"version": version}, text=made.text)
    return made


def circulate(minutes: Minutes, *, by: Person, text: str) -> Minutes:
    """Give the last version to those who took part, to comment on: what of it they may all read (`minutes.for_the_public` proposes it).

    Refused: not by the secretariat; the meeting is not closed, or confirmed already; an older version than the last.
    """
    refuse_stranger(by, minutes.meeting.series.body)
    with transaction.atomic():
        held = locked(minutes.meeting, Stage.CLOSED)
        _refuse_older(held, minutes)
        minutes.circulated = words(text, most=MOST)
        minutes.save(update_fields=["circulated"])
        record("meeting", held.pk, "circulate", by, {"version": minutes.version}, text=minutes.circulated)
    return minutes


def comment_by_code(code: str, *, text: str) -> Comment:
    """Comment on what was given to the participants, by the invitation link, without an account.

    Refused: a link that is not good; nothing to comment on, or confirmed already (404); more than 20 comments by one link.
    """
    with transaction.atomic():
        seat = seat_behind(code)
        if seat is None or seat.answer == Seat.Answer.DECLINED:
            raise invitation_gone()
        held = locked(seat.meeting)
        minutes = circulated(held)
        if minutes is None:
            raise invitation_gone()
        if Comment.objects.filter(seat=seat).count() >= MOST_OF_A_SEAT:
            raise Refused(
                "enough", _("This invitation has brought 20 comments. Tell the secretariat the others."), status=409
            )
        made = Comment.objects.create(minutes=minutes, seat=seat, text=words(text), made_at=time.now())
        stated = {"version": minutes.version, "seat": str(seat.pk)}
        record("meeting", held.pk, "comment", Actor.node(this_node().code), stated, text=made.text)
    return made


def circulated(meeting: Meeting) -> Minutes | None:
    """The version on which participants comment now; None before there is one, and when the chair has confirmed."""
    if meeting.stage != Stage.CLOSED:
        return None
    return meeting.versions.exclude(circulated="").first()


def _refuse_older(held: Meeting, minutes: Minutes) -> None:
    if held.versions.filter(version__gt=minutes.version).exists():
        raise Refused("older-version", _("There is a newer version of the minutes. Read that one."), status=409)


def comment(minutes: Minutes, *, by: Person, text: str) -> Comment:
    """Comment on a version, by whoever sees the meeting. Refused: minutes that are confirmed."""
    if not Body.objects.visible_to(by).filter(pk=minutes.meeting.series.body_id).exists():
        refuse_stranger(by, minutes.meeting.series.body)
    with transaction.atomic():
        held = locked(minutes.meeting, Stage.OPEN, Stage.CLOSED)
        made = Comment.objects.create(minutes=minutes, by=by, text=words(text), made_at=time.now())
        record("meeting", held.pk, "comment", by, {"version": minutes.version}, text=made.text)
    return made


def confirm(minutes: Minutes, *, by: Person, comments: int | None = None) -> Minutes:
    """Confirm a version of the minutes, by who presides; it is the minutes from now on. What was settled on the spot is concluded, where it is
    not yet, by who confirms. `comments`: how many they have read.

    Refused: who may not conclude in the secretariat while something settled is open; a line that is neither a case nor settled; an older
    version than the last; a comment that they have not read; the meeting is not closed.
    """
    refuse_who_does_not_preside(by, minutes.meeting.series.body)
    with transaction.atomic():
        held = locked(minutes.meeting, Stage.CLOSED)
        if held.lines.filter(case__isnull=True).exists():
            raise Refused(
                "lines-not-entered",
                _("Some lines are not entered yet: say whose they are and who answers."),
                status=409,
            )
        _refuse_older(held, minutes)
        if comments is not None and Comment.objects.filter(minutes__meeting=held).count() != comments:
            raise Refused("new-comment", _("Somebody has commented meanwhile. Read it, then confirm."), status=409)
        conclude_settled(held, by=by)
        minutes.confirmed_at = time.now()
        minutes.save(update_fields=["confirmed_at"])
        held.stage = Stage.CONFIRMED
        held.save(update_fields=["stage"])
        record(
            "meeting", held.pk, "confirm", by, {"version": minutes.version, "digest": digest({"text": minutes.text})}
        )
    return minutes


def publish(meeting: Meeting, *, by: Person, text: str) -> Meeting:
    """Publish what may be read by everybody (`minutes.for_the_public` proposes it), by the secretariat or who presides.

    Refused: minutes that nobody has confirmed; nothing to publish.
    """
    if not (keeps(by, meeting.series.body) or presides(by, meeting.series.body)):
        refuse_stranger(by, meeting.series.body)
    with transaction.atomic():
        held = locked(meeting, Stage.CONFIRMED)
        held.stage, held.published = Stage.PUBLISHED, words(text, most=MOST)
        held.save(update_fields=["stage", "published"])
        record("meeting", held.pk, "publish", by, {"digest": digest({"text": held.published})})
    return held
