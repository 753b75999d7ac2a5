"""Those who read the log and do what follows from it, each from its own place.

A follower is a function of events in the order of the log; its effects and its place are written in one transaction, so
it sees each event exactly once, whatever dies. What cannot be part of a transaction (sending a letter) is written as a
row by a follower and done by a runner.
"""

import logging
import traceback
from collections.abc import Callable, Sequence
from typing import NamedTuple

from django.db import connection, transaction

from lianqiao.record.discreet import discreet
from lianqiao.record.models import Event, Follower, Place
from lianqiao.record.time import now

log = logging.getLogger(__name__)

Follow = Callable[[Sequence[Event]], None]
Wants = Callable[[Event], bool]
Runner = Callable[[], int]

BATCH = 500
"""The most events that a follower is handed at once."""


class Registered(NamedTuple):
    """What a follower does with a batch, and of which events it is not for nothing: a batch without one is passed over."""

    follow: Follow
    wants: Wants


registered: dict[str, Registered] = {}
"""Every follower by its name, in the order of registration."""
runners: list[Runner] = []
"""What the follower process does besides in each round; each says how much it did. It may run in two processes at once."""
names: dict[str, Runner] = {}


def anything(event: Event) -> bool:
    """Wants every event."""
    return True


def follower(name: str, wants: Wants = anything) -> Callable[[Follow], Follow]:
    """Register a follower of the log. `name` stays for ever: its place is kept under it. A new one begins at the start.

    `wants` tells by the event alone, without a query, whether it may mean anything to the follower, which gets whole batches all the same.
    """

    def register(follow: Follow) -> Follow:
        if registered.setdefault(name, Registered(follow, wants)).follow is not follow:
            raise ValueError(f"there is a follower {name} already")
        return follow

    return register


def runner(name: str) -> Callable[[Runner], Runner]:
    """Register something that the follower process does in each round, under a name of its own."""

    def register(run: Runner) -> Runner:
        if names.setdefault(name, run) is not run:
            raise ValueError(f"there is a runner {name} already")
        runners.append(run)
        return run

    return register


class Batch(NamedTuple):
    """The next events behind a place, read once for all followers that stand there: they never change."""

    place: int
    events: list[Event]


def next_after(place: int, most: int = BATCH) -> Batch:
    return Batch(place, list(Event.objects.placed_after(place)[:most]))


def run(name: str, most: int = BATCH, read: Batch | None = None) -> int:
    """Let one follower handle its next events, at most so many, or those that were `read` if it still stands there; how many it handled.

    Returns 0 when another process is running it now. An exception of the follower undoes the whole batch and is raised.
    """
    with transaction.atomic():
        skip = connection.features.has_select_for_update_skip_locked
        row = Follower.objects.select_for_update(skip_locked=skip).filter(name=name).first()
        if row is None:
            row, is_new = Follower.objects.get_or_create(name=name)
            if not is_new:
                return 0
        events = (read if read and read.place == row.place else next_after(row.place, most)).events
        if not events:
            return 0
        registered[name].follow(events)
        row.place, row.error, row.failed_at = events[-1].place.place, "", None
        row.save()
    return len(events)


def run_all(most: int = BATCH) -> int:
    """One batch for every follower; the most that one of them handled.

    One that raises stops no other: it is run again event by event up to the one that it cannot handle, and the error
    stands in its row (and in the log of the process) until it gets past it.
    """
    done = 0
    for place, names in behind().items():
        read = next_after(place, most)
        concerned = [name for name in names if any(map(registered[name].wants, read.events))]
        if others := set(names).difference(concerned):
            done = max(done, pass_over(others, read))
        done = max([done, *(isolated(name, most, read) for name in concerned)])
    return done


def behind() -> dict[int, list[str]]:
    """The followers that have something before them, by their place. Two queries without a transaction: on SQLite that would hold up
    every writer."""
    last = Place.objects.order_by("-place").values_list("place", flat=True).first() or 0
    reached = dict(Follower.objects.filter(name__in=registered).values_list("name", "place"))
    found: dict[int, list[str]] = {}
    for name in registered:
        if reached.get(name, 0) < last:
            found.setdefault(reached.get(name, 0), []).append(name)
    return found


def pass_over(names: set[str], read: Batch) -> int:
    """Move followers to which the events that were read mean nothing behind them, those that still stand there; how many events."""
    if not read.events:
        return 0
    rows = [Follower(name=name) for name in names] if read.place == 0 else []
    Follower.objects.bulk_create(rows, ignore_conflicts=True)
    standing = Follower.objects.filter(name__in=names, place=read.place)
    moved = standing.update(place=read.events[-1].place.place, error="", failed_at=None)
    return len(read.events) if moved else 0


def isolated(name: str, most: int, read: Batch) -> int:
    done = 0
    try:
        return run(name, most, read)
    except Exception:
        log.warning("follower %s failed on a batch; going on event by event", name)
    try:
        while done < most and run(name, 1):
            done += 1
    except Exception as error:
        log.exception("follower %s cannot get past place %s", name, place(name))
        told = discreet("".join(traceback.format_exception_only(error)).strip())[:2000]
        Follower.objects.update_or_create(name=name, defaults={"error": told, "failed_at": now()})
    return done


def place(name: str) -> int:
    """The place of the last event that a follower has handled; 0 before the first."""
    return Follower.objects.filter(name=name).values_list("place", flat=True).first() or 0


def stopped() -> list[Follower]:
    """Followers that an error holds up."""
    return list(Follower.objects.exclude(error="").order_by("name"))
