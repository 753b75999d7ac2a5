"""Many journeys at once between two live nodes, on lines that drop, duplicate, delay and cut, while nodes are killed, clocks go wrong and keys change.

`python -m tests.stories.prove --journeys 2000 --seed 7`. What is undertaken, what the lines do to each message, before which step of which
journey a node is harmed and at which of its own steps it dies follow from the seed alone, and the plan's digest says so; how the threads of
two nodes and a machine meet does not. At the end the judge reads both databases: over the merged history exactly one node answers for
each dossier, and never two act; what happens once has happened once; every parcel has arrived and been worked on; chains, places and
roots are sound; every event that a person was told of is there.
"""

from __future__ import annotations

import argparse
import hashlib
import random
import sys
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from math import isqrt
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Lock
from typing import NamedTuple

from tests.faults.wire import Bad, clear
from tests.stories import journey, judging
from tests.stories.pair import CODES, Pair, copied, seed
from tests.stories.ports import held
from tests.stories.reading import rows
from tests.stories.steps import RECEIVER_DIES, SENDER_DIES

from lianqiao.site import calling
from lianqiao.site.calling import Answered, NeverCame, until
from lianqiao.site.demo import handing
from lianqiao.site.demo.seeding import administrator

WAYS = ("whole", "whole", "declined", "retracted", "race", "race", "at home")
LANES = 10
"""Journeys at once."""
SHARE = 0.2
"""Of the messages on a line, so many are harmed."""
KILL, CLOCK, KEY, MARKED = "kill at random", "clock skew", "key rotation", "kill at a marked step"
TROUBLES = (KILL, CLOCK, KILL, KEY)
SKEWS = (-5, -3, 3, 7)
"""Hours."""
SKEWED_FOR = 3.0
"""Seconds, then the clock is set right."""


class Trouble(NamedTuple):
    """What is done to which node."""

    kind: str
    code: str
    hours: int = 0


@dataclass
class Undertaking:
    """One journey as the seed has it: its way, and what happens to a node before which of its steps."""

    way: str
    troubles: dict[int, Trouble] = field(default_factory=dict)


@dataclass
class Planned:
    """All that follows from the seed: the journeys, the steps of the house at which each node dies, what each line does."""

    seed: int
    journeys: list[Undertaking]
    dying: dict[str, list[str]]
    lines: dict[str, int]

    @property
    def digest(self) -> str:
        """The plan in twelve signs, so that two runs can be compared; of the lines, what they do to the first thousand messages."""
        lines = {code: [bad.next() for bad in [self.line(code)] for _message in range(1000)] for code in self.lines}
        return hashlib.sha256(repr((self.journeys, self.dying, lines)).encode()).hexdigest()[:12]

    def line(self, code: str) -> Bad:
        return Bad(self.lines[code], share=SHARE, until=sys.maxsize)


def plan(number: int, of: int) -> Planned:
    """What is undertaken under a seed. The more journeys, the more harm, though not in proportion: nodes that only start prove nothing."""
    chance = random.Random(f"journeys {number}")
    journeys = [Undertaking(chance.choice(WAYS)) for _journey in range(of)]
    order = chance.sample(range(of), of)
    for place in range(max(len(TROUBLES), 3 * isqrt(of))):
        kind = TROUBLES[place % len(TROUBLES)]
        hours = chance.choice(SKEWS) if kind == CLOCK else 0
        step = chance.randrange(4 if kind == KILL else 2)  # no way is shorter than two steps
        journeys[order[place % of]].troubles[step] = Trouble(kind, chance.choice(CODES), hours)
    dying = {
        code: [chance.choice(steps) for _death in range(max(1, 3 * isqrt(of) // 2))]
        for code, steps in (("51", SENDER_DIES), ("50", RECEIVER_DIES))
    }
    return Planned(number, journeys, dying, {code: number * 2 + place for place, code in enumerate(CODES)})


@dataclass
class Run:
    """The journeys on their way, and what the people at both desks were told has happened."""

    pair: Pair
    promised: list[tuple[str, str, int]] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    suffered: Counter[str] = field(default_factory=Counter)
    ended: Counter[str] = field(default_factory=Counter)
    stopping: Lock = field(default_factory=Lock)

    def travel(self, undertaking: Undertaking) -> None:
        try:
            Traveller(self, undertaking).go()
        except Exception as error:
            self.failed.append(f"{undertaking.way}: {error!r}")

    def suffer(self, trouble: Trouble) -> None:
        """One after the other, so that two of them do not undo each other."""
        with self.stopping:
            if trouble.kind == KILL:
                self.pair.restart(trouble.code)
            elif trouble.kind == CLOCK:
                self.pair.restart(trouble.code, ahead=trouble.hours * 3600)
                time.sleep(SKEWED_FOR)
                self.pair.restart(trouble.code)
            elif trouble.kind == KEY:
                self.pair.nodes[trouble.code].run(
                    "peer", "rotate", "--reason", "rehearsal", "--by", administrator(trouble.code)
                )
            self.suffered[trouble.kind] += 1


class Traveller:
    """One journey, step by step."""

    def __init__(self, run: Run, undertaking: Undertaking) -> None:
        self.run, self.pair, self.undertaking, self.steps = run, run.pair, undertaking, 0

    def step(self) -> None:
        if trouble := self.undertaking.troubles.get(self.steps):
            self.run.suffer(trouble)
        self.steps += 1

    def do(self, code: str, account: str, number: str, verb: str, **content: object) -> None:
        self.step()
        done = self.pair[account].do(number, verb, **content)
        self.run.promised.append((code, number, done["event"]))

    def go(self) -> None:
        self.step()
        here = journey.file(self.pair)
        self.run.promised.append(("51", here, 2))  # the acceptance
        getattr(self, self.undertaking.way.replace(" ", "_"))(here)
        self.run.ended[self.undertaking.way] += 1

    def at_home(self, here: str) -> None:
        self.do("51", "zhao-lead", here, "conclude", ground="resolved", text="结果")

    def offer(self, here: str) -> None:
        self.step()
        journey.offer(self.pair, here)
        self.run.promised.append(("51", here, 3))

    def whole(self, here: str) -> None:
        self.offer(here)
        self.step()
        there = journey.take_over(self.pair, here)
        self.over_there(here, there)

    def over_there(self, here: str, there: str) -> None:
        self.run.promised.append(("50", there, 1))
        handing.reaches(self.pair["li-intake"], here, "handed_over")
        self.do("50", "cq-handler", there, "note", text="进展", shared=True)
        self.do("50", "cq-handler", there, "conclude", ground="resolved", text="结果")
        handing.reaches(self.pair["li-intake"], here, "concluded")
        self.do("51", "li-intake", here, "deliver", method="electronic")
        handing.reaches(self.pair["cq-handler"], there, "delivered")

    def declined(self, here: str) -> None:
        self.offer(here)
        self.step()
        handing.decline(self.pair["cq-liaison"], here, reason="不属我方管辖", competent_body="企业注册地主管部门")
        handing.reaches(self.pair["li-intake"], here, "accepted")
        self.at_home(here)

    def retracted(self, here: str) -> None:
        self.offer(here)
        self.step()
        self.retract(here)
        self.wherever(here)

    def retract(self, here: str) -> None:
        self.pair["zhao-lead"].do(here, "retract", reason="企业补充了材料")

    def race(self, here: str) -> None:
        """Taken over there and retracted here at the same time: one of both happens."""
        self.offer(here)
        self.step()
        liaison, offer = self.pair["cq-liaison"], handing.offered(self.pair["cq-liaison"], here)["id"]
        with ThreadPoolExecutor(2) as both:
            taken = both.submit(
                self.unless_refused, lambda: liaison.ask("POST", f"/offers/{offer}/take_over", journey.MAPPED)
            )
            both.submit(self.unless_refused, lambda: self.retract(here))
        self.wherever(here, (taken.result() or {}).get("number", ""))

    def unless_refused(self, ask):  # type: ignore[no-untyped-def]
        try:
            return ask()
        except Answered as refused:
            if refused.status >= 500:
                raise
            return None

    def wherever(self, here: str, there: str = "") -> None:
        """Once it is settled who answers, they conclude it."""
        sheet = until(f"{here} settled", lambda: next(filter(settled, [self.pair["li-intake"].case(here)]), None))
        if sheet["state"] == "accepted":
            self.at_home(here)
        else:
            self.over_there(here, there or sheet["peer_number"])


def settled(sheet: dict[str, object]) -> bool:
    return sheet["state"] in ("accepted", "handed_over")


def gone(folder: Path, promised: list[tuple[str, str, int]]) -> list[str]:
    """Events that somebody was told of (node, number of the case, number of the event) and that are not in the record."""
    kept = set()
    for code in CODES:
        here = {
            row["uid"]: f"{code}-{row['filed_on'][:4]}-{row['id']:06d}"
            for row in rows(folder, code, "SELECT * FROM cases_case")
        }
        for row in rows(folder, code, "SELECT subject, number FROM record_event WHERE subject_kind = 'case'"):
            kept.add((code, here[row["subject"]], row["number"]))
    return [
        f"{code}: event {event} of {number} is gone"
        for code, number, event in promised
        if (code, number, event) not in kept
    ]


def prove(planned: Planned, seeded: Path, folder: Path, ports: list[int], loses: str = "") -> int:
    """Undertake what is planned, with nodes made in `folder` from seeded ones, and judge; the violations, printed with the counts.
    `loses`: a fault of the house itself, to see that it is found: node 51 loses parcels of this kind."""
    began = time.monotonic()
    with copied(seeded, ports, folder, planned.dying) as pair:
        for code, wire in pair.wires.items():
            wire.follow(planned.line(code))
        if loses:
            pair.restart("51", lose=loses)
        run = Run(pair)
        with ThreadPoolExecutor(LANES) as lanes:
            list(lanes.map(run.travel, planned.journeys))
        harmed = sum((wire.follow(clear) for wire in pair.wires.values()), Counter[str]())
        pair.to_die = {code: [] for code in CODES}
        for code in CODES:
            pair.restart(code)  # those that still wait for their step start anew without it
        try:
            journey.settled(pair)
        except NeverCame as never:
            run.failed.append(repr(never))
        died = sum(len(pair.died(code)) for code in CODES)
        pair.end()
        violations = run.failed + judging.faults(pair.folder) + judging.sound(pair) + gone(pair.folder, run.promised)
    unharmed = harmed.pop("passed", 0)
    injected = harmed + run.suffered + Counter({MARKED: died})
    took = f"{time.monotonic() - began:.0f} s"
    print(
        f"{run.ended.total()} of {len(planned.journeys)} journeys by seed {planned.seed} (plan {planned.digest}) in {took}"
    )
    print(f"journeys: {counts(run.ended)}")
    print(f"faults injected: {injected.total()}: {counts(injected)}")
    print(f"messages between the nodes: {unharmed + harmed.total()}, of which unharmed {unharmed}")
    print(f"events that somebody was told of, looked for at the end: {len(run.promised)}")
    print(f"violations: {len(violations)}")
    print("\n".join(violations[:50]))
    return len(violations)


def counts(of: Counter[str]) -> str:
    return ", ".join(f"{what} {count}" for what, count in of.most_common())


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--journeys", type=int, default=20)
    parser.add_argument("--seed", type=int, default=7)
    args = parser.parse_args(argv)
    calling.PATIENCE, calling.PAUSE = 180.0, 0.25
    with TemporaryDirectory(prefix="lianqiao-prove-") as folder, held(4) as ports:
        seed(Path(folder) / "seeded", ports)
        planned = plan(args.seed, args.journeys)
        return 1 if prove(planned, Path(folder) / "seeded", Path(folder) / "nodes", ports) else 0


if __name__ == "__main__":
    sys.exit(main())
