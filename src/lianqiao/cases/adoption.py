"""What a change of the regimes would do to the cases of this node, told before it is made.

A case that was accepted keeps the version under which it was accepted; nothing of it changes. A case that was filed and not yet accepted
keeps its running limits and would be accepted under what is then in force.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from lianqiao.law import applicable, clock
from lianqiao.law.limit import EVENT_DATE
from lianqiao.law.regime import NODE_TARGET, Regime
from lianqiao.record import time
from lianqiao.registry import lawbook
from lianqiao.registry.lawbook import LawBook

from . import clocks, figures
from .models import Case


@dataclass(frozen=True)
class Effect:
    """A case that would be accepted under another version: until when it would be handled, accepted on the day, before and after."""

    case: Case
    before: Regime
    after: Regime
    handled_before: date | None
    handled_after: date | None


def keeping(codes: set[str]) -> int:
    """How many running cases were accepted under one of the regimes, and keep their version."""
    return figures.counted(Case.objects.open().filter(regime_pinned=True, regime__in=codes)).total


def effects(book: LawBook, on: date) -> Iterator[Effect]:
    """The cases that wait for acceptance and would be accepted under another version on the day; no report of retaliation among them."""
    now = lawbook.book()
    for case in (
        figures.plain(Case.objects.open())
        .filter(regime_pinned=False)
        .select_related("agency")
        .order_by("pk")
        .iterator()
    ):
        before, after = (clocks.choose_regime(case, on, held).regime for held in (now, book))
        if before.digest != after.digest:
            yield Effect(case, before, after, _handled(case, before, now, on), _handled(case, after, book, on))


def _handled(case: Case, held: Regime, book: LawBook, on: date) -> date | None:
    """The end of handling if the case were accepted on the day; None where no day can be told."""
    targets = clocks.Targets(case.programme, case.filed_on)
    limit = applicable.limit_for(held, "handle", case.kind, targets, book.in_force(case.filed_on)[NODE_TARGET])
    if limit is None or limit.unit == EVENT_DATE:
        return None
    start = on if limit.unit != "hours" else time.now()
    return clock.due_date(limit, start, book.calendar(case.agency.region_id))
