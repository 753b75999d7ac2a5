"""A bad line to one node: a proxy on loopback that drops, duplicates, delays, reorders, truncates, slows, cuts or holds what passes,
after a seeded plan, and counts what it has done by kind."""

from __future__ import annotations

import http.client
import random
import threading
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

FAULTS = (
    "drop",  # the request does not arrive
    "drop answer",
    "duplicate",  # it arrives twice
    "delay",  # it arrives after the next one, or a while later
    "reorder",  # it arrives after all that comes meanwhile
    "truncate",  # half of its body arrives
    "truncate answer",
    "slow",  # both ways byte by byte, for a while
    "cut",  # the line is gone for a while: nothing arrives
    "half-open",  # the line takes the request and says nothing until the other side gives up
)
"""What the line can do to a request, besides letting it pass."""
RARE = ("cut", "half-open")
"""Each of these holds up everything on the line; one fault in twenty is such a one."""
MOST_IN_A_ROW = 2
CUT_FOR = 1.0
"""Seconds."""
Plan = Callable[[str, str], str]
"""From method and path of a request to one of FAULTS, or "" to let it pass. A line asks for one request at a time."""
Answer = tuple[int, list[tuple[str, str]], bytes]


def clear(method: str, path: str) -> str:
    return ""


def dead(method: str, path: str) -> str:
    return "drop"


class Bad:
    """A line that harms about this share of the first `until` messages between nodes, never more than two in a row; after that it is
    clear. What it does to which message follows from the seed."""

    def __init__(self, seed: int, share: float = 0.5, until: int = 30, faults: tuple[str, ...] = FAULTS) -> None:
        self.chance, self.share, self.until = random.Random(seed), share, until
        weights = [1 if fault in RARE and len(faults) > 1 else 5 for fault in faults]
        self.choose = lambda: self.chance.choices(faults, weights)[0]
        self.seen = self.streak = 0

    def __call__(self, method: str, path: str) -> str:
        return self.next() if path.startswith("/exchange/") else ""

    def next(self) -> str:
        harmed = self.seen < self.until and self.chance.random() < self.share and self.streak < MOST_IN_A_ROW
        self.seen, self.streak = self.seen + 1, self.streak + 1 if harmed else 0
        return self.choose() if harmed else ""


class Silent(ThreadingHTTPServer):
    request_queue_size = 128

    def handle_error(self, request: Any, client_address: Any) -> None:
        """That somebody hangs up is what a bad line is about."""


class Wire:
    """The line that leads to the node at `target`; others reach the node at `port`. `done` counts what was done to how many requests since
    the line follows its plan, those that passed among them."""

    def __init__(self, port: int, target: int) -> None:
        self.port, self.target = port, target
        self.plan: Plan = clear
        self.done: Counter[str] = Counter()
        self.gone_until = 0.0
        self.passed = threading.Condition()
        self.server = Silent(("127.0.0.1", port), self.handler())
        self.server.daemon_threads = True
        self.thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        self.thread.start()

    def stop(self) -> None:
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()

    def follow(self, plan: Plan) -> Counter[str]:
        """This plan from here on: a line that is gone is back, and the count begins anew. What was done by the plan before."""
        with self.passed:
            done, self.done, self.plan, self.gone_until = self.done, Counter(), plan, 0.0
        return done

    def handler(self) -> type[BaseHTTPRequestHandler]:
        wire = self

        class OneLine(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def pass_on(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                with suppress(OSError):
                    wire.carry(self, body)

            do_GET = do_POST = pass_on  # noqa: N815  (names of the library)

            def log_message(self, *args: Any) -> None:
                """Says nothing."""

        return OneLine

    def carry(self, line: BaseHTTPRequestHandler, body: bytes) -> None:
        with self.passed:
            gone = time.monotonic() < self.gone_until
            fault = "cut" if gone else self.plan(line.command, line.path)
            self.done[fault or "passed"] += 1
            if fault == "cut" and not gone:
                self.gone_until = time.monotonic() + CUT_FOR
            if fault in ("delay", "reorder"):  # until others have overtaken it, or for a while
                self.passed.wait(0.4 if fault == "delay" else 1.5)
        if fault == "half-open":
            hold(line)
        if fault == "truncate":
            self.send_half(line, body)
        if fault in ("drop", "cut", "half-open", "truncate"):
            hang_up(line)
            return
        answer = self.forward(line, body, slowly=fault == "slow")
        if fault == "duplicate":  # both arrive; the sender hears the answer to one of them
            answer = random.choice([self.forward(line, body), answer])
        with self.passed:
            self.passed.notify_all()
        if answer is None or fault == "drop answer":
            hang_up(line)
            return
        self.pass_back(line, answer, fault)

    def pass_back(self, line: BaseHTTPRequestHandler, answer: Answer, fault: str) -> None:
        status, headers, content = answer
        line.send_response_only(status)
        for name, value in headers:
            if name.lower() not in ("transfer-encoding", "connection"):
                line.send_header(name, value)
        line.end_headers()
        if fault == "truncate answer":
            line.wfile.write(content[: len(content) // 2])
            hang_up(line)
            return
        for part in in_parts(content) if fault == "slow" else [content]:
            line.wfile.write(part)
            line.wfile.flush()

    def forward(self, line: BaseHTTPRequestHandler, body: bytes, *, slowly: bool = False) -> Answer | None:
        """What the node answered; None when it is not there."""
        there = http.client.HTTPConnection("127.0.0.1", self.target, timeout=30)
        try:
            self.put_head(there, line)
            for part in in_parts(body) if slowly else [body]:
                there.send(part)
            answer = there.getresponse()
            return answer.status, answer.getheaders(), answer.read()
        except (OSError, http.client.HTTPException):
            return None
        finally:
            there.close()

    def send_half(self, line: BaseHTTPRequestHandler, body: bytes) -> None:
        """The node gets the head and half of the body, then the line is cut."""
        there = http.client.HTTPConnection("127.0.0.1", self.target, timeout=30)
        with suppress(OSError, http.client.HTTPException):
            self.put_head(there, line)
            there.send(body[: len(body) // 2])
        there.close()

    def put_head(self, there: http.client.HTTPConnection, line: BaseHTTPRequestHandler) -> None:
        there.putrequest(line.command, line.path, skip_host=True, skip_accept_encoding=True)
        for name, value in line.headers.items():
            there.putheader(name, value)
        there.endheaders()


def in_parts(content: bytes, parts: int = 5, seconds: float = 0.5) -> Any:
    size = max(1, -(-len(content) // parts))
    for place in range(0, len(content), size):
        time.sleep(seconds / parts)
        yield content[place : place + size]


def hold(line: BaseHTTPRequestHandler) -> None:
    """Say nothing until the other side hangs up."""
    line.connection.settimeout(60)
    with suppress(OSError):
        line.connection.recv(1)


def hang_up(line: BaseHTTPRequestHandler) -> None:
    line.close_connection = True
    with suppress(OSError):
        line.connection.shutdown(2)
