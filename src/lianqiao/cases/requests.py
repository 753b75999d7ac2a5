"""Requests for erasure that wait for a decision: read from the chain of the case, where each is an event."""

from collections.abc import Iterable

from lianqiao.record.models import Event

from .models import Case

DECIDING = ("refuse_erasure", "erase")
CHAIN = "_chain_read"


def known_chain(case: Case, chain: Iterable[Event]) -> None:
    """The chain of the case is in hand: `waiting` of this very object asks the database no second time, until the case has another event."""
    case.__dict__[CHAIN] = case.event_count, [event for event in chain if event.verb in ("request_erasure", *DECIDING)]


def waiting(case: Case) -> list[Event]:
    """The events that asked for an erasure and were neither followed nor refused, oldest first. One query, or none (`known_chain`)."""
    count, found = case.__dict__.get(CHAIN, (None, []))
    if count != case.event_count:
        found = list(Event.objects.about("case", case.uid).filter(verb__in=("request_erasure", *DECIDING)))
    decided = {event.data.get("request") for event in found if event.verb in DECIDING}
    return [event for event in found if event.verb == "request_erasure" and event.number not in decided]
