"""The bell of the follower process: who has stored what another node waits for rings it, so that nobody waits for the next look.

A file in the data folder that is touched: it works between all processes that share the folder, with either database. Nothing rests on it:
where it is not heard, the follower looks by itself within half a second.
"""

import os
import threading
import time
from contextlib import suppress
from pathlib import Path

from django.conf import settings
from django.db import transaction

ATTENTION = 0.02
"""Seconds after which a stroke is heard, at the latest."""


def place() -> Path:
    return Path(settings.LIANQIAO_DATA) / "bell"


def ring() -> None:
    """Wake the follower when the transaction has been committed; at once when there is none."""
    transaction.on_commit(strike)


def strike() -> None:
    """Wake the follower now. A folder that cannot be written to is no fault here."""
    moment = time.time_ns()
    with suppress(OSError):
        try:
            os.utime(place(), ns=(moment, moment))
        except FileNotFoundError:
            place().touch(mode=0o600)


class Bell:
    """The ear of one follower."""

    def __init__(self) -> None:
        self.heard = self.last_stroke()

    def last_stroke(self) -> int:
        try:
            return place().stat().st_mtime_ns
        except OSError:
            return 0

    def wait(self, seconds: float, stop: threading.Event) -> bool:
        """Wait so long, or until somebody rings (also since the last time) or `stop`; whether somebody has rung."""
        until = time.monotonic() + seconds
        while (stroke := self.last_stroke()) == self.heard:
            left = until - time.monotonic()
            if left <= 0 or stop.wait(min(left, ATTENTION)):
                return False
        self.heard = stroke
        return True
