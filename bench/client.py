"""The load: so many clients, each sending the next request as soon as it has its answer. A process of its own: `python -m bench.client`.

One thread, raw sockets on loopback, requests made beforehand, answers read afterwards: on two cores the client must not be what is
measured. Bounded by a time and by the number of requests.
"""

from __future__ import annotations

import pickle
import selectors
import socket
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

PATIENCE = 30.0
"""Seconds without any answer after which the run is broken off."""


class Load(NamedTuple):
    """All the answers, how long it took, and how much of a processor the clients used, both in seconds."""

    answers: list[Answer]
    took: float
    used: float


class Answer(NamedTuple):
    """What came back for request number `request`: status 0 is an answer that never came whole."""

    request: int
    status: int
    seconds: float
    body: bytes


@dataclass(slots=True)
class Client:
    sock: socket.socket | None = None
    request: int = -1
    sent: float = 0.0
    received: bytearray = field(default_factory=bytearray)


def request(path: str, body: bytes, headers: dict[str, str], *, keep_alive: bool) -> bytes:
    """One POST as it goes over the wire."""
    lines = [f"POST {path} HTTP/1.1", *(f"{name}: {value}" for name, value in headers.items())]
    lines += [f"Content-Length: {len(body)}", f"Connection: {'keep-alive' if keep_alive else 'close'}", "", ""]
    return "\r\n".join(lines).encode("ascii") + body


def whole(received: bytearray) -> tuple[int, bytes] | None:
    """Status and body once all of the answer is there."""
    head, blank, body = received.partition(b"\r\n\r\n")
    if not blank:
        return None
    words = head.lower()
    at = words.find(b"content-length:")
    length = int(words[at + 15 :].split(b"\r\n", 1)[0]) if at >= 0 else 0
    return (int(head[9:12]), bytes(body[:length])) if len(body) >= length else None


def load(port: int, requests: list[bytes], clients: int, seconds: float, keep_alive: bool) -> Load:
    """Send until the time is up or no request is left, and wait for what is under way."""
    waiting = selectors.DefaultSelector()
    answers: list[Answer] = []
    queue = iter(range(len(requests)))
    began, used = time.perf_counter(), time.process_time()
    last = began + seconds

    def send(client: Client) -> None:
        number = next(queue, -1) if time.perf_counter() < last else -1
        if number < 0:
            hang_up(client)
            return
        client.request, client.sent = number, time.perf_counter()
        client.received.clear()
        if client.sock is None:
            client.sock = socket.create_connection(("127.0.0.1", port))
            client.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            waiting.register(client.sock, selectors.EVENT_READ, client)
        client.sock.sendall(requests[number])

    def hang_up(client: Client) -> None:
        if client.sock is not None:
            waiting.unregister(client.sock)
            client.sock.close()
            client.sock = None

    for _client in range(clients):
        send(Client())
    while waiting.get_map():
        ready = waiting.select(PATIENCE)
        if not ready:
            break
        for key, _events in ready:
            client: Client = key.data
            assert client.sock is not None
            piece = client.sock.recv(65536)
            client.received += piece
            found = whole(client.received)
            if found is None and piece:
                continue
            status, body = found or (0, b"")
            answers.append(Answer(client.request, status, time.perf_counter() - client.sent, body))
            if not keep_alive or found is None:
                hang_up(client)
            send(client)
    return Load(answers, time.perf_counter() - began, time.process_time() - used)


def run(port: int, requests: list[bytes], *, clients: int, seconds: float, keep_alive: bool, folder: Path) -> Load:
    """`load` in a process of its own."""
    order = folder / "load"
    order.write_bytes(pickle.dumps((port, requests, clients, seconds, keep_alive)))
    subprocess.run([sys.executable, "-m", "bench.client", str(order)], check=True, cwd=Path(__file__).parents[1])
    answers, took, used = pickle.loads(order.read_bytes())
    order.unlink()
    return Load([Answer(*told) for told in answers], took, used)


if __name__ == "__main__":
    file = Path(sys.argv[1])
    found = load(*pickle.loads(file.read_bytes()))
    file.write_bytes(pickle.dumps(([tuple(answer) for answer in found.answers], found.took, found.used)))
