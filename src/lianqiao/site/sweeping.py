"""What erased values leave behind in a database: words in the index of the search, free pages, the write-ahead log, dead rows.

On SQLite deleted content is overwritten at once (`secure_delete`); the index of the search and the log are rewritten here. On PostgreSQL
dead rows and words are gone after VACUUM and REINDEX; their bytes can stay in free space until it is used again, unless `full`.
"""

import time
from collections.abc import Sequence
from pathlib import Path

from django.conf import settings
from django.db import connection

from lianqiao.cases import erasing, search_index
from lianqiao.record.followers import follower, runner
from lianqiao.record.models import Event

PACE = 3600.0
"""Seconds between two sweeps of one process."""
TABLES = (
    "record_sealed", "cases_case", "cases_attachment", "cases_draft", "registry_contact", "registry_person",
    "registry_idempotentanswer", "exchange_parcelout", "exchange_parcelin", "exchange_offer", "exchange_fetch", "exchange_errand",
    "exchange_errandfile", "notices_mail",
)  # fmt: skip
"""The tables whose rows lose values when something is erased."""
MARK = "sweep-wanted"
"""The name of an empty file in the data folder: something was erased since the last sweep."""
_last: list[float] = []


def concerns(event: Event) -> bool:
    return event.verb in erasing.DESTROYING


@follower("sweeping", wants=concerns)
def notice(batch: Sequence[Event]) -> None:
    """Something was erased: it is swept within the hour, also if this process dies before."""
    if any(map(concerns, batch)):
        mark().touch()


def mark() -> Path:
    return Path(settings.LIANQIAO_DATA) / MARK


@runner("sweep")
def sweep_sometimes() -> int:
    """Sweep when something was erased, at most once an hour. It counts as no work."""
    if not (_last and time.monotonic() - _last[0] < PACE) and not connection.in_atomic_block and mark().exists():
        _last[:] = [time.monotonic()]
        sweep()
    return 0


def sweep(*, full: bool = False) -> None:
    """Sweep now. `full`: rewrite the tables on PostgreSQL, which locks each of them for as long as that takes; VACUUM on SQLite."""
    mark().unlink(missing_ok=True)
    search_index.forget()
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            for table in TABLES:
                cursor.execute(f"VACUUM {'FULL ' if full else ''}{table}")
            return
        if full:
            cursor.execute("VACUUM")
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        cursor.fetchall()
