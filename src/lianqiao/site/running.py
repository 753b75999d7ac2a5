"""A node as real processes, started and ended by whoever needs one: the demonstration, the tour, the stories of the tests.

Each node has its own data folder and its own environment, nothing of which comes from the LIANQIAO_ settings of the process
that starts it. It runs in a process group of its own, so that ending it, or killing it, touches nothing else.
"""

import os
import random
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import httpx

FREE = range(20000, 32000)
"""Ports that the kernel does not hand out for outgoing connections (it uses 32768 to 60999)."""
PATIENCE = 60.0
"""Seconds that a node has to answer after its start, and to end after it was asked to."""


class NotRunning(Exception):  # noqa: N818 (a state of the node, told to a person)
    """A node did not start or does not answer. Its text says which and where its log is."""


def free_ports(count: int) -> list[int]:
    """Ports on which nobody listens now, all different."""
    found: list[int] = []
    for port in random.sample(FREE, 500):
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
        found.append(port)
        if len(found) == count:
            return found
    raise NotRunning(f"No {count} free ports between {FREE.start} and {FREE.stop}.")


@dataclass
class RunningNode:
    """One node on this machine. `address` is where it listens; others reach it there, or at `public` (a proxy in the tests)."""

    code: str
    port: int
    folder: Path
    public: str = ""
    language: str = ""
    settings: dict[str, str] = field(default_factory=dict)
    """More LIANQIAO_ settings, by their full names."""
    process: subprocess.Popen[bytes] | None = None

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def log(self) -> Path:
        return self.folder / "node.log"

    def environment(self, more: Mapping[str, str] | None = None) -> dict[str, str]:
        """What the node's processes see: the surroundings without any LIANQIAO_ setting, then its own."""
        around = {name: value for name, value in os.environ.items() if not name.startswith("LIANQIAO_")}
        own = {
            "LIANQIAO_NODE": self.code,
            "LIANQIAO_DATA": str(self.folder),
            "LIANQIAO_BASE_URL": self.public or self.address,
            "LIANQIAO_SERVE_PORT": str(self.port),
            "LIANQIAO_LOG_LEVEL": "WARNING",
            "PYTHONPATH": os.pathsep.join([str(Path(__file__).parents[2]), *filter(None, [around.get("PYTHONPATH")])]),
        }
        if self.language:
            own["LIANQIAO_LANGUAGE"] = self.language
        return around | own | self.settings | dict(more or {})

    def popen(self, module: str, words: Iterable[str]) -> subprocess.Popen[str]:
        """Start `python -m module words` in this node's environment; the caller reads what it says."""
        return subprocess.Popen(
            [sys.executable, "-m", module, *words],
            env=self.environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf-8",
            start_new_session=True,
        )

    def run(self, *words: str) -> str:
        """What `lianqiao words` prints in this node's environment. Raises `NotRunning` with what it said if it fails."""
        return answer(self.popen("lianqiao", words), f"lianqiao {' '.join(words)}")

    def start(self, more: Mapping[str, str] | None = None, program: Sequence[str] = ("lianqiao",)) -> None:
        """Start the server and the follower; returns at once, see `ready`. `more`: settings for this start only;
        `program`: the module to run, with words that come before `serve` (the tests let a node die at a named step)."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", *program, "serve", "--host", "127.0.0.1", "--port", str(self.port)],
                env=self.environment(more),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def ready(self) -> None:
        """Wait until the node answers. Raises `NotRunning` when it has ended, is another node, or takes too long."""
        last = time.monotonic() + PATIENCE
        while time.monotonic() < last:
            if self.process is None or self.process.poll() is not None:
                raise NotRunning(f"Node {self.code} did not start; its log is {self.log}.\n{self.last_words()}")
            if self.answers:
                return
            time.sleep(0.05)
        raise NotRunning(f"Node {self.code} does not answer at {self.address}; its log is {self.log}.")

    @property
    def answers(self) -> bool:
        """Whether the node answers there, it and no other, and is well."""
        health = self.health()
        return health.get("status") == "ok" and health.get("node") == self.code

    def health(self) -> dict[str, object]:
        """What the node says of itself; empty when nobody answers."""
        try:
            said = httpx.get(f"{self.address}/healthz", timeout=5, trust_env=False).json()
        except (httpx.HTTPError, ValueError):
            return {}
        return said if isinstance(said, dict) else {}

    def last_words(self, lines: int = 15) -> str:
        try:
            return "\n".join(self.log.read_text(encoding="utf-8", errors="replace").splitlines()[-lines:])
        except OSError:
            return ""

    @property
    def alive(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def stop(self) -> None:
        """Ask the node to finish and wait until it has; after too long, kill it."""
        if self.process is None:
            return
        if self.process.poll() is None:
            self.process.terminate()
            with suppress(subprocess.TimeoutExpired):
                self.process.wait(PATIENCE)
        self.kill()

    def kill(self) -> None:
        """kill -9 on every process of the node, as a failing machine would."""
        if self.process is None:
            return
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        self.process = None


def answer(process: subprocess.Popen[str], what: str) -> str:
    """What a started command printed. Raises `NotRunning` with its last words when it did not succeed."""
    try:
        out, err = process.communicate()
    except BaseException:  # whoever interrupts it does not leave it behind
        process.kill()
        process.wait()
        raise
    if process.returncode:
        raise NotRunning(f"{what}: {(err or out).strip()[-2000:]}")
    return out
