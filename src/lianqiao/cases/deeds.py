"""Who did what: the events of this node as the audit administrator reads them, without what they say."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import NamedTuple
from uuid import UUID

from lianqiao.record.models import Event
from lianqiao.record.time import SHANGHAI
from lianqiao.registry.access import auditor
from lianqiao.registry.models import Person

from .models import Case

WINDOW = 50_000
"""So many events are looked through for one page, so that a rare filter costs no more than a frequent one."""
NOBODY = UUID(int=0)


class Deed(NamedTuple):
    """An event with its ids in words: who (account, node or clock), and what about (number of a case, account, else the id)."""

    event: Event
    by: str
    about: str


class Page(NamedTuple):
    """The newest first. `after`: the id behind which the next page begins, None at the end; a page may be short and still have one."""

    events: list[Event]
    after: int | None


def page(
    by: Person,
    *,
    limit: int,
    after: int | None = None,
    account: str = "",
    case: str = "",
    since: date | None = None,
    until: date | None = None,
) -> Page:
    """The events of the node behind the one with the id `after`. Refuses who is no audit administrator ("not-auditor", 403)."""
    auditor(by)
    found = Event.objects.order_by("-pk")
    top = (after or (found.values_list("pk", flat=True).first() or 0) + 1) - 1
    bottom = max(0, top - WINDOW)
    if case:
        subject = Case.objects.numbered(case).values_list("uid", flat=True).first() or NOBODY
        found, bottom = found.filter(subject_kind="case", subject=subject), 0
    if account:
        person = Person.objects.filter(account=account).values_list("pk", flat=True).first() or NOBODY
        found = found.filter(by_kind="person", by=str(person))
    if since:
        found = found.filter(recorded_at__gte=begins(since))
    if until:
        found = found.filter(recorded_at__lt=begins(until + timedelta(days=1)))
    rows = list(found.filter(pk__lte=top, pk__gt=bottom)[: limit + 1])
    if len(rows) > limit:
        return Page(rows[:limit], rows[limit - 1].pk)
    before = Event.objects.filter(pk__lte=bottom).order_by("-pk").values_list("recorded_at", flat=True).first()
    over = before is None or (since is not None and before < begins(since))
    return Page(rows, None if over else bottom + 1)


def begins(day: date) -> datetime:
    """The moment at which a day begins in China."""
    return datetime.combine(day, time.min, SHANGHAI)


def named(events: Sequence[Event]) -> list[Deed]:
    """The events with accounts and numbers. Two queries."""
    ids = {event.by for event in events if event.by_kind == "person"}
    ids |= {str(event.subject) for event in events if event.subject_kind == "person"}
    accounts = {str(pk): account for pk, account in Person.objects.filter(pk__in=ids).values_list("pk", "account")}
    uids = {event.subject for event in events if event.subject_kind == "case"}
    numbers = {str(case.uid): case.number for case in Case.objects.filter(uid__in=uids).only("uid", "filed_on")}
    words = accounts | numbers
    return [
        Deed(
            event,
            accounts.get(event.by, event.by) if event.by_kind == "person" else str(event.actor),
            words.get(str(event.subject), str(event.subject)),
        )
        for event in events
    ]
