"""Each thread keeps its connection to PostgreSQL from one request to the next. One that the server has ended meanwhile is not used again."""

import select
from typing import Any

from django.core.signals import request_started
from django.db import connection


def let_go_if_ended(**_request: Any) -> None:
    """Close the connection of this thread if its server has ended it, so that the request gets a new one. Asks the server nothing: to
    a connection that rests nothing is sent but its end."""
    held = connection.connection
    if held is None or connection.vendor != "postgresql" or connection.in_atomic_block:
        return
    if held.closed or _speaks(held.fileno()):
        connection.close()


def _speaks(descriptor: int) -> bool:
    """Whether something lies there to be read."""
    resting = select.poll()
    resting.register(descriptor, select.POLLIN)
    return bool(resting.poll(0))


request_started.connect(let_go_if_ended)
