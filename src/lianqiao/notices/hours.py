"""When a mail is sent: at once, after the quiet hours, or with the one of the day. Hours are those of the clock in China."""

from collections.abc import Collection
from datetime import datetime, timedelta
from uuid import UUID

from lianqiao.record import time

from .models import Preference

STILL_HELPS = 9
"""The hour at which offices open: what is due on the same day is not held back beyond it, whatever somebody has chosen."""


def of(people: Collection[UUID]) -> dict[UUID, Preference]:
    """How each of the people wants to be told: as they have chosen, else as nobody had chosen anything."""
    chosen = Preference.objects.in_bulk(people)
    return {one: chosen.get(one) or Preference(person_id=one) for one in people}


def send_at(wish: Preference, now: datetime, *, due_today: bool = False) -> datetime:
    """The moment at which a mail that was written `now` is sent. The hour of the daily mail is one's own choice, also in the quiet hours."""
    here = now.astimezone(time.SHANGHAI)
    if wish.mail == Preference.Mail.DAILY:
        at = _next(here, wish.hour)
    elif _quiet(here.hour, wish):
        at = _next(here, wish.quiet_until)
    else:
        at = here
    return min(at, max(here, _at(here, STILL_HELPS))) if due_today else at


def _quiet(hour: int, wish: Preference) -> bool:
    first, until = wish.quiet_from, wish.quiet_until
    return first <= hour < until if first <= until else hour >= first or hour < until


def _next(here: datetime, hour: int) -> datetime:
    """The next time that the clock shows the full hour."""
    at = _at(here, hour)
    return at if at >= here else at + timedelta(days=1)


def _at(here: datetime, hour: int) -> datetime:
    return here.replace(hour=hour, minute=0, second=0, microsecond=0)
