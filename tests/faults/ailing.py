"""`python -m tests.faults.ailing serve ...`: a node with which something is wrong, as the environment variable AILS says in JSON.

- `die`: `module:function:before` or `module:function:after`, the module within lianqiao: the first time that the node comes to this
  step, it is killed, whole. Its last words, in its log, are DIES and the step, so that a story knows that it died there and of nothing else.
- `ahead`: its clock is so many seconds ahead (or, below zero, behind).
- `pages`: its disk is full: its database (SQLite) cannot grow by more than so many pages, and no file can be written.
- `lose`: parcels of this kind are lost before they are sent, as a fault of the house would lose them.

Leases of parcels and the patience with a peer that says nothing are short here, so that no story waits a minute for what a dead node had
begun to send. The house knows nothing of all this.
"""

from __future__ import annotations

import errno
import json
import os
import signal
import sys
from datetime import UTC, datetime, timedelta
from functools import wraps
from importlib import import_module
from typing import Any

DIES = "Dies at "


def die_at(step: str) -> None:
    """Have the process group killed with signal 9 right before or after the function is carried out."""
    module_name, function, when = step.split(":")
    module = import_module(f"lianqiao.{module_name}")
    plain = getattr(module, function)

    def die() -> None:
        os.write(2, f"{DIES}{step}\n".encode())
        os.killpg(0, signal.SIGKILL)

    @wraps(plain)
    def deadly(*args: Any, **kwargs: Any) -> Any:
        if when == "before":
            die()
        found = plain(*args, **kwargs)
        if found is None or found:  # a round that did nothing is no step
            die()
        return found

    setattr(module, function, deadly)


def be_ahead(seconds: float) -> None:
    """Shift the one clock of the house, before any other module has taken it over."""
    from lianqiao.record import time

    time.now = lambda: datetime.now(UTC) + timedelta(seconds=seconds)


def fill_the_disk(pages: int) -> None:
    """The database cannot grow by more than so many pages; a file that is to be written finds no space."""
    from django.db.backends.signals import connection_created

    from lianqiao.cases import files

    def limit(connection: Any, **_kwargs: Any) -> None:
        with connection.cursor() as cursor:
            held = cursor.execute("PRAGMA page_count").fetchone()[0]
            cursor.execute(f"PRAGMA max_page_count = {held + pages}")

    def no_space(*_args: Any, **_kwargs: Any) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    connection_created.connect(limit, weak=False)
    files._write = no_space  # type: ignore[assignment]


def lose(kind: str) -> None:
    """Parcels of the kind are made, and then they are gone."""
    from lianqiao.exchange import parcels

    plain = parcels.send

    def losing(peer: str, told: str, *args: Any, **kwargs: Any) -> Any:
        parcel = plain(peer, told, *args, **kwargs)
        if told == kind:
            parcel.delete()
        return parcel

    parcels.send = losing


def main() -> int:
    ails = json.loads(os.environ.get("AILS", "{}"))
    if "ahead" in ails:
        be_ahead(ails["ahead"])
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lianqiao.site.settings")
    django.setup()
    import httpx

    from lianqiao.exchange import calls, post
    from lianqiao.site.cli import main as lianqiao

    post.LEASE = timedelta(seconds=3)
    calls.PATIENCE = httpx.Timeout(4)
    if "die" in ails:
        die_at(ails["die"])
    if "pages" in ails:
        fill_the_disk(ails["pages"])
    if "lose" in ails:
        lose(ails["lose"])

    return lianqiao(sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())
