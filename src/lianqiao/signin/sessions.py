"""Sessions: which a person has, from where, and how they end. The rows are those of django-allauth and of Django itself."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import NamedTuple

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.sessions.models import Session
from django.db.models import OuterRef, Subquery

from lianqiao.record.time import now
from lianqiao.registry.models import Person
from lianqiao.signin.store import kept_for

MOST = 100
DEVICES = {
    "iPhone": "iPhone",
    "iPad": "iPad",
    "HarmonyOS": "HarmonyOS",
    "Android": "Android",
    "Windows": "Windows",
    "Mac OS": "macOS",
    "Linux": "Linux",
}
BROWSERS = {
    "MicroMessenger": "WeChat",
    "Edg": "Edge",
    "Firefox": "Firefox",
    "Chrome": "Chrome",
    "Safari": "Safari",
}


class Held(NamedTuple):
    """One session as a person reads it."""

    id: int
    device: str
    address: str
    began_at: datetime
    seen_at: datetime
    current: bool


def device(agent: str) -> str:
    """The device in words that its owner knows, from what the browser says of itself; what is unknown stays as it is, shortened."""
    named = [next((name for sign, name in known.items() if sign in agent), "") for known in (DEVICES, BROWSERS)]
    return " · ".join(filter(None, named)) or agent[:60] or "?"


def of(person: Person, current: str | None = None) -> list[Held]:
    """The sessions of the person that have not ended, also not by disuse, the last used first, at most 100. One query."""
    in_use = now() - timedelta(minutes=settings.LIANQIAO_SESSION_MINUTES) + kept_for()
    expires = Session.objects.filter(session_key=OuterRef("session_key"), expire_date__gte=in_use).values("expire_date")
    rows = UserSession.objects.filter(user=person).annotate(expires=Subquery(expires)).filter(expires__isnull=False)
    return [
        Held(
            row.pk, device(row.user_agent), row.ip, row.created_at, row.expires - kept_for(), row.session_key == current
        )
        for row in rows.order_by("-expires")[:MOST]
    ]


def end(person: Person, *, only: int | None = None, but: str | None = None) -> int:
    """End the sessions of the person at once: all, or the one with this id, or all but the one with that key; how many ended."""
    rows = UserSession.objects.filter(user=person)
    if only is not None:
        rows = rows.filter(pk=only)
    if but is not None:
        rows = rows.exclude(session_key=but)
    keys = list(rows.values_list("session_key", flat=True))
    Session.objects.filter(session_key__in=keys).delete()
    rows.delete()
    return len(keys)
