"""The hotline's own limit of a ticket: computed by the law in force, shown with its regime, and run by nobody here."""

from lianqiao.cases.clocks import Targets
from lianqiao.law import applicable, clock
from lianqiao.law.limit import Limit
from lianqiao.law.regime import Regime
from lianqiao.record.time import day_of, today
from lianqiao.registry import lawbook

from .models import PROGRAMME, Ticket

KINDS = {
    Ticket.Type.CONSULTATION: "consultation",
    Ticket.Type.HELP: "help",
    Ticket.Type.SUGGESTION: "suggestion",
    Ticket.Type.COMPLAINT: "infringement",
    Ticket.Type.REPORT: "infringement",
}
"""What a type of ticket is among the kinds of case."""


class HotlineLimit:
    """The regime that applies, its limit, and the date that follows."""

    def __init__(self, regime: Regime, limit: Limit, explained: clock.Explanation) -> None:
        self.regime, self.limit, self.explained = regime, limit, explained

    def is_overdue(self, ticket: Ticket) -> bool:
        """Whether it was answered after the last day, or is unanswered after it."""
        ended = day_of(ticket.answered_at) if ticket.answered_at else today()
        return self.explained.due is not None and ended > self.explained.due


def of(ticket: Ticket) -> HotlineLimit | None:
    """The limit that began when the ticket was dispatched (Sichuan measures of 2026: 3, 7 or 15 working days by type); None before."""
    if ticket.dispatched_at is None:
        return None
    on, kind, place = day_of(ticket.dispatched_at), KINDS[Ticket.Type(ticket.type)], ticket.hotline.region_id
    book = lawbook.book()
    chosen = applicable.applicable(PROGRAMME, place, on, kind, book.in_force(on)).regime
    limit = applicable.limit_for(chosen, "handle", kind, Targets(PROGRAMME, on), lawbook.last_resort(on))
    if limit is None:
        return None
    return HotlineLimit(chosen, limit, clock.explain(limit, on, book.calendar(place)))
