"""A bad line to one node: a proxy on loopback that loses, doubles, delays, reorders and cuts what passes, after a seeded plan."""

from __future__ import annotations

import http.client
import random
import threading
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

FAULTS = ("lost", "answer lost", "doubled", "delayed", "overtaken", "cut", "answer cut")
"""What the line can do to a request, besides letting it pass."""
MOST_IN_A_ROW = 2
Plan = Callable[[str, str], str]
"""From method and path of a request to one of FAULTS, or "" to let it pass."""


def clear(method: str, path: str) -> str:
    return ""


def bad(seed: int, share: float = 0.5, until: int = 30, faults: tuple[str, ...] = FAULTS) -> Plan:
    """A line that harms about this share of the first `until` messages between nodes, never more than two of a kind in a row;
    after that it is clear."""
    chance, lock, seen, streak = random.Random(seed), threading.Lock(), [0], Counter[str]()

    def plan(method: str, path: str) -> str:
        if not path.startswith("/exchange/"):
            return ""
        with lock:
            seen[0] += 1
            harmed = seen[0] <= until and chance.random() < share and streak[path] < MOST_IN_A_ROW
            streak[path] = streak[path] + 1 if harmed else 0
            return chance.choice(faults) if harmed else ""

    return plan


class Silent(ThreadingHTTPServer):
    def handle_error(self, request: Any, client_address: Any) -> None:
        """That somebody hangs up is what a bad line is about."""


class Wire:
    """The line that leads to the node at `target`; others reach the node at `port`. `plan` can be changed while it runs."""

    def __init__(self, port: int, target: int) -> None:
        self.port, self.target = port, target
        self.plan: Plan = clear
        self.done: Counter[str] = Counter()
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
        fault = self.plan(line.command, line.path)
        self.done[fault or "passed"] += 1
        if fault == "lost":
            self.hang_up(line)
            return
        if fault == "cut":
            self.send_half(line, body)
            self.hang_up(line)
            return
        if fault in ("delayed", "overtaken"):
            with self.passed:  # until others have overtaken it, or for a while
                self.passed.wait(0.4 if fault == "delayed" else 1.5)
        answer = self.forward(line, body)
        if fault == "doubled":  # both arrive; the sender hears the answer to one of them
            answer = random.choice([self.forward(line, body), answer])
        with self.passed:
            self.passed.notify_all()
        if answer is None or fault == "answer lost":
            self.hang_up(line)
            return
        status, headers, content = answer
        line.send_response_only(status)
        for name, value in headers:
            if name.lower() not in ("transfer-encoding", "connection"):
                line.send_header(name, value)
        line.end_headers()
        line.wfile.write(content[: len(content) // 2] if fault == "answer cut" else content)
        if fault == "answer cut":
            self.hang_up(line)

    def forward(self, line: BaseHTTPRequestHandler, body: bytes) -> tuple[int, list[tuple[str, str]], bytes] | None:
        """What the node answered; None when it is not there."""
        there = http.client.HTTPConnection("127.0.0.1", self.target, timeout=30)
        try:
            there.request(line.command, line.path, body=body, headers=dict(line.headers.items()))
            answer = there.getresponse()
            return answer.status, answer.getheaders(), answer.read()
        except (OSError, http.client.HTTPException):
            return None
        finally:
            there.close()

    def send_half(self, line: BaseHTTPRequestHandler, body: bytes) -> None:
        """The node gets the head and half of the body, then the line is cut."""
        there = http.client.HTTPConnection("127.0.0.1", self.target, timeout=30)
        try:
            there.putrequest(line.command, line.path, skip_host=True, skip_accept_encoding=True)
            for name, value in line.headers.items():
                there.putheader(name, value)
            there.endheaders()
            there.send(body[: len(body) // 2])
        except (OSError, http.client.HTTPException):
            return
        finally:
            there.close()

    def hang_up(self, line: BaseHTTPRequestHandler) -> None:
        line.close_connection = True
        with suppress(OSError):
            line.connection.shutdown(2)
