"""The follower process: it gives events their places, then lets everybody who follows the log do their part."""

import logging
import os
import signal
import threading
from collections.abc import Callable

from django.db import close_old_connections

from lianqiao.record import followers, sequencer

log = logging.getLogger(__name__)

Part = Callable[[], int]

SHORTEST, LONGEST = 0.02, 0.5
"""Seconds between two looks: while there is work, and after a while without any."""
AFTER_FAULT = 5.0
"""Seconds until a part that failed is tried again; the others go on meanwhile."""


def parts() -> list[Part]:
    """What is done in each round, in this order; each says how much it did."""
    return [sequencer.place_pending, followers.run_all, *followers.runners]


def round_of(parts: list[Part], resting: dict[Part, float], elapsed: float) -> int:
    """Do each part once; a part that fails is logged, rests for AFTER_FAULT seconds and stops no other."""
    done = 0
    for part in parts:
        resting[part] = resting.get(part, 0.0) - elapsed
        if resting[part] > 0:
            continue
        try:
            done += part()
        except Exception:
            log.exception("follower part %s.%s failed", part.__module__, part.__qualname__)
            resting[part] = AFTER_FAULT
            close_old_connections()
    return done


def follow(stop: threading.Event | None = None) -> int:
    """Rounds, with a pause that fits the work, until SIGTERM, SIGINT, `stop` or the end of the process that started it."""
    if stop is None:
        stop = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.set())
    parent = os.getppid()
    pause = SHORTEST
    resting: dict[Part, float] = {}
    while not stop.is_set() and os.getppid() == parent:
        done = round_of(parts(), resting, pause)
        pause = SHORTEST if done else min(pause * 1.5, LONGEST)
        if not done:
            close_old_connections()
        stop.wait(pause)
    return 0


def until_idle() -> int:
    """Rounds until one does nothing; a failing part raises. For tests and the command line."""
    while sum(part() for part in parts()):
        pass
    return 0
