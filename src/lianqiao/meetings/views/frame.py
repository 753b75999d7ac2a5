"""What stands around the pages of one meeting: its name, where it is, the way between its pages."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from lianqiao.registry.models import Person

from .. import access
from ..models import Meeting

CRUMBS = [(_("Desk"), "/desk"), (_("Meetings"), "/meetings")]
TABS = (
    ("", _("Agenda and invitations")),
    ("/run", _("Run the meeting")),
    ("/lines", _("Lines")),
    ("/minutes", _("Minutes")),
    ("/figures", _("Figures")),
)
TONES = {"planned": "act", "open": "warn", "cancelled": "bad"}


def shown(
    request: HttpRequest, page: str, meeting: Meeting, person: Person, said: dict[str, Any], status: int = 200
) -> HttpResponse:
    """A page of the meeting for an officer."""
    body = meeting.series.body
    here = "" if page == "meeting" else f"/{page}"
    said |= {
        "meeting": meeting,
        "papers_at": f"/meetings/{meeting.pk}/papers",
        "body": body,
        "keeps": access.keeps(person, body),
        "presides": access.presides(person, body),
        "tone": TONES.get(meeting.stage, "good"),
        "tabs": [(label, f"/meetings/{meeting.pk}{end}", end == here) for end, label in TABS],
        "crumbs": [*CRUMBS, (meeting.series.title, f"/meetings/series/{meeting.series_id}"), (str(meeting), "")],
    }
    return render(request, f"meetings/{page}.html", said, status=status)
