"""Many journeys at once between two live nodes, on lines that lose, double, delay and cut, while both nodes are killed again and again.

`python -m tests.stories.prove --journeys 2000 --seed 7`. What is undertaken, what the lines do to each message and after which step a node is killed
follow from the seed alone; how the threads of two nodes and a machine meet does not. At the end the judge reads both databases: over
the merged history exactly one node answers for each dossier, and never two act; what happens once has happened once; every parcel
has arrived and been worked on; chains, places and roots are sound; every event that a person was told of is there.
"""

from __future__ import annotations

import argparse
import hashlib
import random
import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Lock

from tests.faults.wire import bad, clear
from tests.stories import journey, judging
from tests.stories.pair import CODES, Pair, copied, free_ports, seed
from tests.stories.reading import rows
from tests.stories.steps import RECEIVER_DIES, SENDER_DIES

from lianqiao.site import calling
from lianqiao.site.calling import Answered, until
from lianqiao.site.demo import handing

WAYS = ("whole", "whole", "declined", "retracted", "race", "race", "at home")
LANES = 3
ONE_IN = 40
"""Before one step in so many a node is killed."""


@dataclass
class Undertaking:
    """One journey as the seed has it: its way, and before which of its steps which node is killed."""

    way: str
    kills: dict[int, str]


def plan(number: int, of: int) -> list[Undertaking]:
    """The journeys of a seed."""
    chance = random.Random(f"journeys {number}")
    return [
        Undertaking(
            chance.choice(WAYS), {step: chance.choice(CODES) for step in range(8) if chance.randrange(ONE_IN) == 0}
        )
        for _journey in range(of)
    ]


def told(undertakings: list[Undertaking]) -> str:
    """The plan in twelve signs, so that two runs can be compared."""
    return hashlib.sha256(repr(undertakings).encode()).hexdigest()[:12]


@dataclass
class Run:
    """The journeys on their way, and what the people at both desks were told has happened."""

    pair: Pair
    promised: list[tuple[str, str, int]] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    killed: Counter[str] = field(default_factory=Counter)
    ended: Counter[str] = field(default_factory=Counter)
    stopping: Lock = field(default_factory=Lock)

    def travel(self, undertaking: Undertaking) -> None:
        try:
            Traveller(self, undertaking).go()
        except Exception as error:
            self.failed.append(f"{undertaking.way}: {error!r}")

    def kill(self, code: str) -> None:
        with self.stopping:
            self.pair.kill(code)
            self.pair.bring_up(code)
            self.killed[code] += 1


class Traveller:
    """One journey, step by step."""

    def __init__(self, run: Run, undertaking: Undertaking) -> None:
        self.run, self.pair, self.undertaking, self.steps = run, run.pair, undertaking, 0

    def step(self) -> None:
        if code := self.undertaking.kills.get(self.steps):
            self.run.kill(code)
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


def prove(journeys: int, number: int, folder: Path, ports: list[int]) -> int:
    """Undertake so many and judge; the violations, printed with the counts."""
    undertakings = plan(number, journeys)
    chance = random.Random(f"steps {number}")
    dying = {
        code: [chance.choice(steps) for _death in range(max(1, journeys // 10))]
        for code, steps in (("51", SENDER_DIES), ("50", RECEIVER_DIES))
    }
    seed(folder / "seeded", ports)
    with copied(folder / "seeded", ports, folder / "nodes", dying) as pair:
        for place, wire in enumerate(pair.wires.values()):
            wire.plan = bad(number * 2 + place, share=0.25, until=sys.maxsize)
            wire.done = Counter()
        run = Run(pair)
        with ThreadPoolExecutor(LANES) as lanes:
            list(lanes.map(run.travel, undertakings))
        harmed = sum((wire.done for wire in pair.wires.values()), Counter[str]())
        for wire in pair.wires.values():
            wire.plan = clear
        pair.to_die = {code: [] for code in CODES}
        for code in CODES:
            run.kill(code)  # those that still wait for their step start anew without it
        journey.settled(pair)
        died = {code: len(pair.died(code)) for code in CODES}
        pair.end()
        violations = run.failed + judging.faults(pair.folder) + judging.sound(pair) + gone(pair.folder, run.promised)
    print(f"{sum(run.ended.values())} journeys by seed {number} (plan {told(undertakings)}): {counts(run.ended)}")
    print(f"messages between the nodes: {counts(harmed)}")
    print(
        f"killed before a step of a journey: {counts(run.killed)}; at a marked step of the house: {counts(Counter(died))}"
    )
    print(f"{len(run.promised)} events that somebody was told of looked for; {len(violations)} violations")
    print("\n".join(violations[:50]))
    return len(violations)


def counts(of: Counter[str]) -> str:
    return ", ".join(f"{what} {count}" for what, count in of.most_common())


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--journeys", type=int, default=20)
    parser.add_argument("--seed", type=int, default=7)
    args = parser.parse_args(argv)
    calling.PATIENCE = 120.0
    with TemporaryDirectory(prefix="lianqiao-prove-") as folder:
        return 1 if prove(args.journeys, args.seed, Path(folder), free_ports(4)) else 0


if __name__ == "__main__":
    sys.exit(main())
