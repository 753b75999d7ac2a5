"""Requests for erasure that wait for a decision: read from the chain of the case, where each is an event."""

from lianqiao.record.models import Event

from .models import Case

DECIDING = ("refuse_erasure", "erase")


def waiting(case: Case) -> list[Event]:
    """The events that asked for an erasure and were neither followed nor refused, oldest first. One query."""
    found = list(Event.objects.about("case", case.uid).filter(verb__in=("request_erasure", *DECIDING)))
    decided = {event.data.get("request") for event in found if event.verb in DECIDING}
    return [event for event in found if event.verb == "request_erasure" and event.number not in decided]
