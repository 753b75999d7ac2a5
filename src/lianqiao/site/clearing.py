"""What the follower process clears away once an hour: answers kept for repetition, counted attempts, files that nobody keeps."""

import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

from lianqiao.cases import files
from lianqiao.cases.models import Attempt
from lianqiao.jobs import actions as jobs
from lianqiao.ledgers import incoming, takeout
from lianqiao.notices.webhooks import actions as webhooks
from lianqiao.record.followers import runner
from lianqiao.record.time import now
from lianqiao.registry.models import IdempotentAnswer

PACE = 3600.0
"""Seconds between two rounds of one process."""
ANSWERS_KEPT = timedelta(days=7)
ATTEMPTS_KEPT = timedelta(hours=1)
FILES_KEPT = timedelta(days=1)
"""A file is stored before its verb is recorded. When the process dies between the two, the file belongs to no case."""

_last: list[float] = []


@runner("clearing")
def clear() -> int:
    """Clear away what is too old, at most once an hour; how much it was."""
    if _last and time.monotonic() - _last[0] < PACE:
        return 0
    _last[:] = [time.monotonic()]
    return clear_now()


def clear_now() -> int:
    """Clear away what is too old, now; how much it was."""
    moment = now()
    answers, _tables = IdempotentAnswer.objects.filter(created_at__lt=moment - ANSWERS_KEPT).delete()
    oldest = int((moment - ATTEMPTS_KEPT).timestamp()) // 60
    attempts, _tables = Attempt.objects.filter(minute__lt=oldest).delete()
    lost = list(orphans(moment - FILES_KEPT))
    for path in lost:
        path.unlink(missing_ok=True)
    return (
        answers
        + attempts
        + len(lost)
        + jobs.forget_old()
        + webhooks.forget_old()
        + takeout.forget_old()
        + incoming.forget_old()
    )


def orphans(before: datetime) -> Iterator[Path]:
    """The files of the store, last written before that moment, that no room keeps."""
    for folder in files.folder().glob("*/*"):
        kept = {str(pk) for keeps in files.KEEPERS for pk in keeps(UUID(folder.name))}
        for path in folder.iterdir():
            if path.name not in kept and path.stat().st_mtime < before.timestamp():
                yield path
