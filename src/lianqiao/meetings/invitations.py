"""The link of an invitation, and a meeting for a calendar program (RFC 5545): when and where, and nothing of what it is about."""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import UTC
from urllib.parse import urljoin
from uuid import UUID

from django.conf import settings
from django.http import HttpResponse
from django.utils.crypto import constant_time_compare, salted_hmac
from icalendar import Calendar, Event

from lianqiao.record import time

from .models import Meeting, Seat

BARE = "会议邀请 / Invitation to a meeting"
"""What an appointment that goes by mail is called: the title of a series may say too much."""


SIGNED = 24
"""Bytes of the signature in a link."""


def _signature(seat: UUID) -> bytes:
    return salted_hmac("lianqiao/meetings/seat/v1", seat.bytes, algorithm="sha256").digest()[:SIGNED]


def code_of(seat: UUID) -> str:
    """The code in the link of an invitation, signed by this node: it can be made again whenever it is sent, and is kept nowhere. One run of signs, so that
    logs leave it out."""
    return urlsafe_b64encode(seat.bytes + _signature(seat)).decode().rstrip("=")


def page_of(seat: UUID) -> str:
    return f"/meetings/invitation/{code_of(seat)}"


def seat_behind(code: str) -> Seat | None:
    """The seat whose link this is. None: no such one, or a signature that is not ours."""
    try:
        said = urlsafe_b64decode(code + "=" * (-len(code) % 4))
        seat = UUID(bytes=said[:16])
    except ValueError:
        return None
    if not constant_time_compare(said[16:], _signature(seat)):
        return None
    return Seat.objects.select_related("meeting__series__body__office", "enterprise").filter(pk=seat).first()


def as_calendar(meeting: Meeting, *, page: str = "", bare: bool = False) -> bytes:
    """The appointment. `bare`: for a mail, which says nothing of the matter (decision 26); `page`: where the reader finds more."""
    held, entry = Calendar(), Event()
    is_off = meeting.stage == Meeting.Stage.CANCELLED
    held.add("prodid", "-//Lianqiao//Meetings//ZH")
    held.add("version", "2.0")
    held.add("method", "CANCEL" if is_off and bare else "PUBLISH")
    entry.add("uid", f"meeting-{meeting.pk}@node-{settings.LIANQIAO_NODE}.lianqiao.invalid")
    entry.add("sequence", int(is_off))
    entry.add("dtstamp", time.now().replace(microsecond=0))
    entry.add("dtstart", meeting.starts_at.astimezone(UTC))
    entry.add("dtend", meeting.ends_at.astimezone(UTC))
    entry.add("summary", BARE if bare else str(meeting))
    entry.add("location", meeting.room)
    entry.add("status", "CANCELLED" if is_off else "CONFIRMED")
    entry.add("class", "PRIVATE")
    entry.add("url", urljoin(settings.LIANQIAO_BASE_URL, page or f"/meetings/{meeting.pk}"))
    held.add_component(entry)
    return bytes(held.to_ical())


def as_file(meeting: Meeting) -> HttpResponse:
    answer = HttpResponse(as_calendar(meeting), content_type="text/calendar; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="meeting-{meeting.number}.ics"'
    return answer
