"""Those who read the log and do what follows from it, each from its own place.

A follower is a function of events in the order of the log; its effects and its place are written in one transaction, so
it sees each event exactly once, whatever dies. What cannot be part of a transaction (sending a letter) is written as a
row by a follower and done by a runner.
"""

import logging
import traceback
from collections.abc import Callable, Sequence

from django.db import connection, transaction

from lianqiao.record.models import Event, Follower, Place
from lianqiao.record.time import now

log = logging.getLogger(__name__)

Follow = Callable[[Sequence[Event]], None]
Runner = Callable[[], int]

registered: dict[str, Follow] = {}
"""Every follower by its name, in the order of registration."""
runners: list[Runner] = []
"""What the follower process does besides in each round; each says how much it did. It may run in two processes at once."""
names: dict[str, Runner] = {}


def follower(name: str) -> Callable[[Follow], Follow]:
    """Register a follower of the log. `name` stays for ever: its place is kept under it. A new one begins at the start."""

    def register(follow: Follow) -> Follow:
        if registered.setdefault(name, follow) is not follow:
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


def run(name: str, batch: int = 200) -> int:
    """Let one follower handle its next events, at most `batch`; how many it handled.

    Returns 0 when another process is running it now. An exception of the follower undoes the whole batch and is raised.
    """
    with transaction.atomic():
        skip = connection.features.has_select_for_update_skip_locked
        row = Follower.objects.select_for_update(skip_locked=skip).filter(name=name).first()
        if row is None:
            row, is_new = Follower.objects.get_or_create(name=name)
            if not is_new:
                return 0
        events = list(Event.objects.placed_after(row.place)[:batch])
        if not events:
            return 0
        registered[name](events)
        row.place, row.error, row.failed_at = events[-1].place.place, "", None
        row.save()
    return len(events)


def run_all(batch: int = 200) -> int:
    """One batch for every follower; how many events were handled in all.

    One that raises stops no other: it is run again event by event up to the one that it cannot handle, and the error
    stands in its row (and in the log of the process) until it gets past it.
    """
    return sum(isolated(name, batch) for name in behind())


def behind() -> list[str]:
    """The followers that have something before them. Two queries without a transaction: on SQLite that would hold up every writer."""
    last = Place.objects.order_by("-place").values_list("place", flat=True).first() or 0
    reached = dict(Follower.objects.filter(name__in=registered).values_list("name", "place"))
    return [name for name in registered if reached.get(name, 0) < last]


def isolated(name: str, batch: int) -> int:
    done = 0
    try:
        return run(name, batch)
    except Exception:
        log.warning("follower %s failed on a batch; going on event by event", name)
    try:
        while done < batch and run(name, 1):
            done += 1
    except Exception as error:
        log.exception("follower %s cannot get past place %s", name, place(name))
        told = "".join(traceback.format_exception_only(error)).strip()[:2000]
        Follower.objects.update_or_create(name=name, defaults={"error": told, "failed_at": now()})
    return done


def place(name: str) -> int:
    """The place of the last event that a follower has handled; 0 before the first."""
    return Follower.objects.filter(name=name).values_list("place", flat=True).first() or 0


def stopped() -> list[Follower]:
    """Followers that an error holds up."""
    return list(Follower.objects.exclude(error="").order_by("name"))
