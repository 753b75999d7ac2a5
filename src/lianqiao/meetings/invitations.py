"""A meeting for a calendar program (RFC 5545): when and where, and nothing of what it is about beyond its name."""

from __future__ import annotations

from datetime import UTC
from urllib.parse import urljoin

from django.conf import settings
from django.http import HttpResponse
from icalendar import Calendar, Event

from lianqiao.record import time

from .models import Meeting


def as_calendar(meeting: Meeting) -> bytes:
    held, entry = Calendar(), Event()
    held.add("prodid", "-//Lianqiao//Meetings//ZH")
    held.add("version", "2.0")
    held.add("method", "PUBLISH")
    entry.add("uid", f"meeting-{meeting.pk}@node-{settings.LIANQIAO_NODE}.lianqiao.invalid")
    entry.add("dtstamp", time.now().replace(microsecond=0))
    entry.add("dtstart", meeting.starts_at.astimezone(UTC))
    entry.add("dtend", meeting.ends_at.astimezone(UTC))
    entry.add("summary", str(meeting))
    entry.add("location", meeting.room)
    entry.add("status", "CANCELLED" if meeting.stage == Meeting.Stage.CANCELLED else "CONFIRMED")
    entry.add("class", "PRIVATE")
    entry.add("url", urljoin(settings.LIANQIAO_BASE_URL, f"/meetings/{meeting.pk}"))
    held.add_component(entry)
    return bytes(held.to_ical())


def as_file(meeting: Meeting) -> HttpResponse:
    answer = HttpResponse(as_calendar(meeting), content_type="text/calendar; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="meeting-{meeting.number}.ics"'
    return answer
