"""The code by which somebody shows that they are in the room: six digits that the secretariat shows there, others every three minutes.

The code alone says nothing of who somebody is: that says their invitation link, or their account. It follows from the node's secret and the time, and is
kept nowhere.
"""

from __future__ import annotations

import unicodedata
from datetime import UTC, datetime
from uuid import UUID

from django.utils.crypto import constant_time_compare, salted_hmac

from lianqiao.record import time

PERIOD = 180
"""Seconds for which a code is shown; it is good for as long again."""
DIGITS = 6


def _code(meeting: UUID, period: int) -> str:
    made = salted_hmac("lianqiao/meetings/presence/v1", f"{meeting}:{period}", algorithm="sha256").digest()
    return f"{int.from_bytes(made[:8]) % 10**DIGITS:0{DIGITS}}"


def _period() -> int:
    return int(time.now().timestamp()) // PERIOD


def code_of(meeting: UUID) -> tuple[str, datetime]:
    """The code that is shown now, and when the next one takes its place."""
    period = _period()
    return _code(meeting, period), datetime.fromtimestamp((period + 1) * PERIOD, tz=UTC)


def is_good(meeting: UUID, typed: str) -> bool:
    """Whether it is the code that is shown, or the one before it; full-width digits and blanks do not matter."""
    said = "".join(unicodedata.normalize("NFKC", typed).split())
    return any(constant_time_compare(said, _code(meeting, _period() - back)) for back in (0, 1))
