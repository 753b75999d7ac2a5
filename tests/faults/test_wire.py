"""The line does what its plan says, and counts it."""

from __future__ import annotations

import http.client
import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from tests.faults import wire as lines
from tests.faults.wire import Wire, clear


class Answering(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response_only(204)
        self.end_headers()

    def log_message(self, *args: object) -> None:
        """Says nothing."""


@pytest.fixture
def wire() -> Iterator[Wire]:
    with HTTPServer(("127.0.0.1", 0), Answering) as node, socket.create_server(("127.0.0.1", 0)) as free:
        threading.Thread(target=node.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        port = free.getsockname()[1]
        free.close()
        wire = Wire(port, node.server_port)
        wire.start()
        yield wire
        wire.stop()
        node.shutdown()


def answers(wire: Wire) -> bool:
    line = http.client.HTTPConnection("127.0.0.1", wire.port, timeout=10)
    try:
        line.request("GET", "/exchange/ping")
        return line.getresponse().status == 204
    except (OSError, http.client.HTTPException):
        return False
    finally:
        line.close()


def test_a_line_that_was_cut_follows_a_new_plan_at_once(wire: Wire, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lines, "CUT_FOR", 60.0)
    wire.follow(lambda method, path: "cut")
    assert not answers(wire)

    assert wire.follow(clear) == {"cut": 1}
    assert answers(wire)
    assert wire.done == {"passed": 1}


def test_a_line_that_is_cut_stays_so_for_a_while_whatever_its_plan_says(
    wire: Wire, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lines, "CUT_FOR", 60.0)
    plan = iter(["cut", ""])
    wire.follow(lambda method, path: next(plan))

    assert [answers(wire), answers(wire)] == [False, False]
    assert wire.follow(clear) == {"cut": 2}
