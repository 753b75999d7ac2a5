"""What each agency owes again and again, reckoned from the law in force here: what waits, what is overdue, what was done."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta

from lianqiao.law.duties import Due, Duty, dues, duties, next_due
from lianqiao.record.nodes import this_node
from lianqiao.registry import lawbook
from lianqiao.registry.models import Agency, Competence, DutyDone

BACK = timedelta(days=366)
"""How far back what was not done is still told."""


@dataclass(frozen=True)
class Owed:
    """One time that a duty falls due for an agency."""

    duty: Duty
    due: Due
    agency: Agency
    done: DutyDone | None
    on: date

    @property
    def state(self) -> str:
        """done, overdue or waiting."""
        return "done" if self.done else "overdue" if self.due.due < self.on else "waiting"


def owed(on: date, agencies: Collection[Agency] | None = None) -> list[Owed]:
    """What the agencies (all of this node, if none are named) owed in the year before the day and owe next, in the order of the days.
    An agency owes from the day on which it became competent. Two queries."""
    book = lawbook.book()
    held, calendar = book.in_force(on), book.calendar(this_node().code)
    rules = Competence.objects.active(on).filter(agency__region__node_code=this_node().code).select_related("agency")
    since: dict[tuple[str, Agency], date] = {}
    for rule in rules:
        for duty in duties().values():
            statute = held.get(duty.regime)
            if statute and rule.programme in statute.programmes and owes(duty, rule.agency):
                key = (duty.code, rule.agency)
                since[key] = min(rule.since, since.get(key, rule.since))
    done = {(row.duty, row.agency_id, row.due_on): row for row in DutyDone.objects.filter(due_on__gte=on - BACK)}
    found: list[Owed] = []
    for (code, agency), first in since.items():
        if agencies is not None and agency not in agencies:
            continue
        duty = duties()[code]
        following = next_due(duty, on, calendar, held)
        past = dues(duty, max(first, on - BACK), on, calendar, held)
        found += [
            Owed(duty, due, agency, done.get((code, agency.pk, due.due)), on)
            for due in [*past, *([following] if following else [])]
        ]
    return sorted(found, key=lambda one: (one.due.due, one.duty.code, one.agency.code))


def owes(duty: Duty, agency: Agency) -> bool:
    """Whether a duty is of such an agency, once it is competent for the programmes."""
    if duty.owed_by == "provincial":
        return agency.region_id.endswith("0000")
    return duty.owed_by == "competent"
