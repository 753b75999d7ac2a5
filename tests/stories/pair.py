"""Two nodes as processes, each reached by the other over a line that can go bad, revived when they die, called by people who insist."""

from __future__ import annotations

import json
import shutil
import threading
import time
import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
from tests.faults.ailing import DIES
from tests.faults.wire import Wire
from tests.stories import tables
from tests.stories.reading import parcels

from lianqiao.site import calling
from lianqiao.site.calling import Caller, until
from lianqiao.site.demo import between, show
from lianqiao.site.demo.tales import Place
from lianqiao.site.running import RunningNode

ROOT = Path(__file__).parents[2]
CODES = ("51", "50")
Dying = Mapping[str, Sequence[str]]
"""By node, the steps at which it dies, one after the other: when it is started again, the next one waits."""


class Insisting(Caller):
    """Asks again when the node is gone, with the same Idempotency-Key: what it was told once has happened once."""

    def ask(self, method: str, path: str, body: Any = None, **more: Any) -> Any:
        if method == "POST" and path != "/status":
            more["headers"] = {"Idempotency-Key": str(uuid.uuid4())}
        last = time.monotonic() + calling.PATIENCE
        while True:
            try:
                return super().ask(method, path, body, **dict(more))
            except httpx.TransportError:
                if time.monotonic() > last:
                    raise
                time.sleep(0.1)


class Pair:
    """Sichuan and Chongqing, or more nodes, in `folder`. `ports`: of the nodes, then of the lines that lead to them."""

    def __init__(self, folder: Path, ports: list[int], codes: Sequence[str] = CODES) -> None:
        self.folder, self.codes = folder, codes
        self.wires = {code: Wire(ports[len(codes) + n], ports[n]) for n, code in enumerate(codes)}
        self.nodes = {
            code: RunningNode(code, ports[n], folder / code, public=self.wires[code].address, language="en")
            for n, code in enumerate(codes)
        }
        self.places: dict[str, Place] = {}
        self.to_die: dict[str, list[str]] = {code: [] for code in codes}
        self.ails: dict[str, dict[str, Any]] = {code: {} for code in codes}
        self.over = threading.Event()
        self.held = threading.RLock()
        self.watch = threading.Thread(target=self.revive_the_dead, daemon=True)

    def start(self, dying: Dying | None = None) -> None:
        """Start lines and nodes."""
        self.to_die = {code: list((dying or {}).get(code, ())) for code in self.codes}
        for wire in self.wires.values():
            wire.start()
        for node in self.nodes.values():
            self.launch(node)
        self.watch.start()
        for code in self.codes:
            self.answers(code)
        self.places = {code: self.place(code) for code in self.codes}

    def answers(self, code: str) -> None:
        """Wait until the node answers; it may die at its step meanwhile, and live again."""
        until(f"node {code}", lambda: self.nodes[code].answers)

    def launch(self, node: RunningNode) -> None:
        ails = self.ails[node.code] | ({"die": self.to_die[node.code][0]} if self.to_die[node.code] else {})
        node.start({"PYTHONPATH": f"{ROOT / 'src'}:{ROOT}", "AILS": json.dumps(ails)}, ("tests.faults.ailing",))

    def place(self, code: str) -> Place:
        return show.place(self.nodes[code], "en", Insisting)

    def revive_the_dead(self) -> None:
        """A node that died at its step is started again; one that died of something else stays down, and the story fails."""
        while not self.over.wait(0.05):
            with self.held:
                for code, node in self.nodes.items():
                    if node.process is None or node.alive or not self.to_die[code]:
                        continue
                    if self.died(code)[-1:] == self.to_die[code][:1]:
                        self.to_die[code].pop(0)
                        node.kill()
                        self.launch(node)

    def died(self, code: str) -> list[str]:
        """The steps at which the node died, in order."""
        said = self.nodes[code].log.read_text(encoding="utf-8", errors="replace").splitlines()
        return [line.removeprefix(DIES) for line in said if line.startswith(DIES)]

    def kill(self, code: str) -> None:
        """kill -9; it stays down until `bring_up`."""
        with self.held:
            self.nodes[code].kill()

    def bring_up(self, code: str) -> None:
        with self.held:
            self.launch(self.nodes[code])
        self.answers(code)

    def restart(self, code: str, **ails: Any) -> None:
        """kill -9 and start again, with what ails it from now on (see tests/faults/ailing.py); nothing: a sound node."""
        with self.held:
            self.nodes[code].kill()
            self.ails[code] = ails
            self.launch(self.nodes[code])
        self.answers(code)

    def end(self) -> None:
        """Kill both nodes and take the lines down; their data stays for the judge."""
        self.over.set()
        if self.watch.is_alive():
            self.watch.join()
        for place in self.places.values():
            place.http.close()
        for node in self.nodes.values():
            node.kill()
        for wire in self.wires.values():
            if wire.thread.is_alive():
                wire.stop()

    def __getitem__(self, account: str) -> Caller:
        """The person with this account, at whichever node."""
        return next(place.callers[account] for place in self.places.values() if account in place.callers)


def seed(folder: Path, ports: list[int]) -> None:
    """Make a pair that trusts each other, with both agreements in force, and stop it."""
    pair = Pair(folder, ports)
    for node in pair.nodes.values():
        tables.lay(node.folder)
        node.settings = tables.CHEAPLY
    show.set_up(pair.nodes["51"], pair.nodes["50"])
    try:
        pair.start()
        between.until_in_force(pair.places)
        until("parcels at rest", lambda: not any(parcels(folder, code) for code in CODES))
    finally:
        pair.end()


@contextmanager
def copied(seeded: Path, ports: list[int], folder: Path, dying: Dying | None = None) -> Iterator[Pair]:
    """A fresh pair made from a seeded one."""
    shutil.copytree(seeded, folder, dirs_exist_ok=True)
    pair = Pair(folder, ports)
    try:
        pair.start(dying)
        yield pair
    finally:
        pair.end()


__all__ = ["CODES", "Insisting", "Pair", "copied", "seed"]
