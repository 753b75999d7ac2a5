"""Who uses a node's data now: servers and followers beside each other, or one restore alone. Locks of the data folder's file system."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from django.conf import settings

from lianqiao.record.refusal import Refused
from lianqiao.site.language import say

_held: list[IO[bytes]] = []


def mark() -> IO[bytes]:
    path = Path(settings.LIANQIAO_DATA) / "in-use"
    path.parent.mkdir(parents=True, exist_ok=True)
    return path.open("ab")


def begin() -> None:
    """Say for the life of this process, and of those that it forks, that the node is in use. Refuses "being-restored"."""
    file = mark()
    try:
        fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        file.close()
        raise Refused(
            "being-restored",
            say("This node is being restored. Start it when that has ended.", "本节点正在恢复，请在恢复结束后启动。"),
            status=503,
        ) from None
    _held.append(file)


@contextmanager
def alone() -> Iterator[None]:
    """Keep everybody else away. Refuses "running" while a server or a follower uses the node's data folder."""
    with mark() as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Refused(
                "running",
                say("This node is running. Stop it first.", "本节点正在运行，请先停止。"),
            ) from None
        yield
