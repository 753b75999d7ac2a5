"""The server as a process of its own: it answers beside bodies that never come, heals, and finishes what it took."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import httpx
import pytest
from tests.databases import free_port

pytestmark = pytest.mark.proof

ROOT = Path(__file__).parents[2]


class Server:
    def __init__(self, folder: Path) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        database = folder / "lianqiao.sqlite3"
        self.environment = os.environ | {
            "PYTHONPATH": str(ROOT / "src"),
            "LIANQIAO_DATA": str(folder),
            "LIANQIAO_BASE_URL": self.url,
            "LIANQIAO_DATABASE_URL": f"sqlite:///{database}",
        }
        self.run("init")
        self.process = subprocess.Popen([*self.words("serve")], env=self.environment, stdout=subprocess.PIPE)
        assert self.process.stdout is not None
        self.said = self.process.stdout.readline().decode()

    @staticmethod
    def words(*words: str) -> list[str]:
        return [sys.executable, "-m", "lianqiao", *words]

    def run(self, *words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(self.words(*words), env=self.environment, capture_output=True, text=True, timeout=240)

    def children(self) -> list[int]:
        listed = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text()
        return [int(word) for word in listed.split()]

    def stop(self) -> int:
        self.process.terminate()
        code = self.process.wait(timeout=60)
        assert self.process.stdout is not None
        self.process.stdout.close()
        return code


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """On SQLite in both runs: what is tested is the server, and its database is its own."""
    server = Server(tmp_path_factory.mktemp("node"))
    yield server
    assert server.stop() == 0


def test_serve_prints_where_it_answers(server: Server) -> None:
    assert server.said == f"Node 51 answers at {server.url}/ (1 processes, 4 threads each).\n"


HALF_A_BODY = b"POST /api/v1/cases HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 100\r\n\r\n{"
HALF_A_HEAD = b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: "
UNREAD = b"GET /static/vendor/htmx.min.js HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n" * 20
HUGE_HEAD = b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Huge: " + b"x" * 2**20 + b"\r\n\r\n"


@pytest.mark.parametrize(
    ("hostile", "many"),
    [(HALF_A_BODY, 400), (HALF_A_HEAD, 400), (UNREAD, 100), (HUGE_HEAD, 60)],
    ids=["half-sent bodies", "half-sent heads", "answers that nobody reads", "huge headers"],
)
def test_serve_answers_others_as_before(server: Server, hostile: bytes, many: int) -> None:
    """Hundreds who never finish what they say, or never listen, hold up nobody: others are answered while all of them still wait."""
    held = []
    for _one in range(many):
        connected = socket.create_connection(("127.0.0.1", server.port))
        connected.setblocking(False)
        with suppress(OSError):  # what does not fit stays unsent
            connected.send(hostile)
        held.append(connected)

    answers = [httpx.get(f"{server.url}/healthz", timeout=20).status_code for _time in range(10)]

    for connected in held:
        connected.close()
    assert answers == [200] * 10


def test_serve_refuses_huge_headers(server: Server) -> None:
    with socket.create_connection(("127.0.0.1", server.port), timeout=20) as connected:
        with suppress(OSError):
            connected.sendall(HUGE_HEAD)
        said = connected.recv(100)

    assert b" 431 " in said.partition(b"\r\n")[0]


def test_serve_refuses_an_address_that_is_taken(server: Server) -> None:
    second = server.run("serve")

    assert (second.returncode, second.stderr.startswith(f"Cannot listen on 127.0.0.1:{server.port}")) == (2, True)


def test_serve_starts_a_dead_process_again(server: Server) -> None:
    before = server.children()
    os.kill(before[0], signal.SIGKILL)

    last = time.monotonic() + 20
    while time.monotonic() < last and (before[0] in server.children() or len(server.children()) < 2):
        time.sleep(0.05)

    assert (len(server.children()), httpx.get(f"{server.url}/healthz", timeout=10).status_code) == (2, 200)


def test_follower_of_the_server_places_events(server: Server) -> None:
    last = time.monotonic() + 20
    while time.monotonic() < last and httpx.get(f"{server.url}/healthz").json()["waiting"]:
        time.sleep(0.05)

    assert httpx.get(f"{server.url}/healthz").json() == {"status": "ok", "node": "51", "waiting": 0}
