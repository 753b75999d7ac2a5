"""The follower process: it gives events their places, then lets everybody who follows the log do their part."""

import logging
import os
import signal
import threading
import time
from collections.abc import Callable

from django.db import close_old_connections

from lianqiao.record import bell, followers, sequencer

log = logging.getLogger(__name__)

Part = Callable[[], int]

SHORTEST, LONGEST = 0.02, 0.5
"""Seconds between two looks: at least, and after a while without any work."""
REST, LONGEST_REST = 3.0, 0.35
"""After a round that did something: so many times its length, at most so many seconds. A round costs the same for one event as for
many; so it finds many, and the follower leaves the processors to those who answer."""
AFTER_FAULT = 5.0
"""Seconds until a part that failed is tried again; the others go on meanwhile."""


def parts() -> list[Part]:
    """What is done in each round, in this order; each says how much it did."""
    return [sequencer.place_pending, followers.run_all, *followers.runners]


def round_of(parts: list[Part], resting: dict[Part, float], elapsed: float) -> int:
    """Do each part once; the most that one of them did. A part that fails is logged, rests for AFTER_FAULT seconds and stops no other."""
    done = 0
    for part in parts:
        resting[part] = resting.get(part, 0.0) - elapsed
        if resting[part] > 0:
            continue
        try:
            done = max(done, part())
        except Exception:
            log.exception("follower part %s.%s failed", part.__module__, part.__qualname__)
            resting[part] = AFTER_FAULT
            close_old_connections()
    return done


def follow(stop: threading.Event | None = None) -> int:
    """Rounds, with a pause that fits the work, until SIGTERM, SIGINT, `stop` or the end of the process that started it.

    The bell ends a pause, but never the shortest one after work: who rings all the time gets rounds with much in them.
    """
    if stop is None:
        stop = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.set())
    parent = os.getppid()
    pause, last = SHORTEST, time.monotonic()
    resting: dict[Part, float] = {}
    ear = bell.Bell()
    while not stop.is_set() and os.getppid() == parent:
        began = time.monotonic()
        done = round_of(parts(), resting, began - last)
        last = began
        pause = pause_after(done, time.monotonic() - began, pause)
        if done:
            stop.wait(SHORTEST)
        else:
            close_old_connections()
        ear.wait(pause, stop)
    return 0


def pause_after(done: int, took: float, before: float) -> float:
    """Seconds to wait after a round in which no part did more and which took so long, when the pause before it was `before`; none
    after one that was full."""
    if not done:
        return min(max(before, SHORTEST) * 1.5, LONGEST)
    return 0.0 if done >= followers.BATCH else min(took * REST, LONGEST_REST)


def until_idle() -> int:
    """Rounds until one does nothing; a failing part raises. For tests and the command line."""
    while sum(part() for part in parts()):
        pass
    return 0
