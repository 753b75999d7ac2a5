"""Cases of the same enterprise that may be about the same matter as a ticket."""

from datetime import timedelta
from itertools import pairwise

from lianqiao.cases.models import Case
from lianqiao.record.time import day_of
from lianqiao.registry import names
from lianqiao.registry.models import Enterprise, Person

from .models import Ticket

WITHIN = timedelta(days=180)
LEAST = 0.5
"""Share of the pairs of characters of the shorter text that the longer one has too."""
LOOKED_AT = 100


def of(ticket: Ticket, person: Person) -> list[Case]:
    """Those that the person may see, filed within half a year of the ticket, likeliest first."""
    if ticket.enterprise is None:
        return []
    on = day_of(ticket.received_at)
    found = Case.objects.visible_to(person).filter(
        enterprise__in=Enterprise.objects.family([ticket.enterprise]),
        first_filed_on__range=(on - WITHIN, on + WITHIN),
    )
    scored = [(alike(case.heading, ticket.summary), case) for case in found.newest_first()[:LOOKED_AT]]
    return [case for score, case in sorted(scored, key=lambda one: -one[0]) if score >= LEAST]


def alike(one: str, other: str) -> float:
    """From 0 to 1: how much of the shorter text stands in the other, by pairs of characters."""
    pairs, others = ({a + b for a, b in pairwise(names.plain(text))} for text in (one, other))
    return len(pairs & others) / max(min(len(pairs), len(others)), 1)
