"""Ports for nodes and lines that nobody else who looks for free ones is given, whether somebody listens there just now or not."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from lianqiao.site.running import free_ports


@contextmanager
def held(count: int) -> Iterator[list[int]]:
    """So many free ports, the caller's until the end: bound, which keeps others away, but not listened at, which lets those listen who share an
    address (SO_REUSEADDR), as nodes and lines do, again and again."""
    with ExitStack() as stack:
        yield [stack.enter_context(_bound()).getsockname()[1] for _n in range(count)]


def _bound() -> socket.socket:
    while True:
        one = socket.socket()
        try:
            one.bind(("127.0.0.1", *free_ports(1)))
        except OSError:  # taken since
            one.close()
            continue
        one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        return one
