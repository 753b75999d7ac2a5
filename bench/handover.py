"""Hand-overs between two nodes, and signed parcels, beside a plain signed POST answered 202 by the same server stack, in the same run.

A hand-over: an officer of Sichuan offers an accepted case, Chongqing's liaison takes it over as soon as it lies there, Sichuan has been
told. Both nodes run as in production on one PostgreSQL and share the cores of this machine with everything else. Times are those of
Sichuan's own record: from the event `offer` to the event `taken_over`. Taken in a crowd (many at once) and one at a time. The parcels
are offers sent to Chongqing's door by eight clients; each is checked, stored and acknowledged with a signature, and worked on beside.
"""

from __future__ import annotations

import json
import pickle
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from bench import client
from bench.stage import (
    CLIENTS,
    Staged,
    arguments,
    in_time,
    nodes,
    percentile,
    postgres,
    processor_seconds,
    spread,
    told,
)
from lianqiao.site.calling import Caller, line, until
from lianqiao.site.demo import handing
from lianqiao.site.demo.between import COMPLAINTS, MAPPED
from lianqiao.site.demo.within import ONE
from lianqiao.site.running import free_ports

PER_SECOND = 500
"""How many parcels are made beforehand for each second; a run ends when they are used up."""
TOGETHER = 4
PARCELS = 250
"""The aim: how many parcels a node takes in a second."""
LATENCIES = """
SELECT extract(epoch FROM t.recorded_at - o.recorded_at), extract(epoch FROM o.recorded_at), extract(epoch FROM t.recorded_at)
FROM cases_case c JOIN record_event o ON o.subject = c.uid AND o.verb = 'offer'
JOIN record_event t ON t.subject = c.uid AND t.verb = 'taken_over' WHERE c.id = ANY(%s)"""

WORKED_ON = "SELECT EXISTS (SELECT 1 FROM exchange_parcelin WHERE state = 'stored')"


class Desk:
    """The people of both nodes who take part."""

    def __init__(self, sichuan: Staged, chongqing: Staged) -> None:
        here, there = sichuan.tokens(), chongqing.tokens()
        self.owner = Caller("owner-chengdu", line(sichuan.node.address), here["owner-chengdu"])
        self.officer = Caller("li-intake", line(sichuan.node.address), here["li-intake"])
        self.liaison = Caller("cq-liaison", line(chongqing.node.address), there["cq-liaison"])
        for caller in (self.officer, self.liaison):
            until("the agreement", lambda caller=caller: handing.in_force(caller, COMPLAINTS))  # type: ignore[misc]
        self.agreement = handing.clause_id(self.officer, COMPLAINTS)
        [self.enterprise] = [row["id"] for row in self.owner.get("/enterprises")["enterprises"] if row["uscc"] == ONE]

    def accepted(self, title: str) -> str:
        """The number of a new case that Sichuan has accepted."""
        filed = self.owner.file(
            agency="sc-inward-centre", programme="private-complaint", kind="infringement", category="enforcement", title=title,
            facts="跨省运输车辆同日同路段被重复检查四次，影响交货。", request="请求结果互认。", enterprise=self.enterprise,
            respondents=["cd-market"], contact={"name": "朱先生", "phone": "028-00000001"},
        )  # fmt: skip
        self.officer.do(filed["number"], "accept")
        return str(filed["number"])

    def offer(self, number: str) -> None:
        self.officer.do(number, "offer", agreement=self.agreement, clause="3.1", reason="被投诉行为发生在重庆市。")

    def take_over(self, offer: dict[str, Any]) -> None:
        self.liaison.ask("POST", f"/offers/{offer['id']}/take_over", MAPPED)


def crowd(desk: Desk, sichuan: Staged, numbers: list[str]) -> dict[str, float]:
    """Offer all of them, take over what lies there, until Sichuan has been told of the last."""
    with ThreadPoolExecutor(TOGETHER) as offering, ThreadPoolExecutor(TOGETHER) as taking:
        offered = offering.map(desk.offer, numbers)
        waiting = set(numbers)
        last = time.monotonic() + 120
        while waiting and time.monotonic() < last:
            found = [row for row in desk.liaison.get("/offers")["offers"] if row["number"] in waiting]
            list(taking.map(desk.take_over, found))
            waiting -= {row["number"] for row in found}
            if not found:
                time.sleep(0.02)
        list(offered)
    return latencies(sichuan, numbers)


def one_at_a_time(desk: Desk, sichuan: Staged, numbers: list[str]) -> dict[str, float]:
    for number in numbers:
        desk.offer(number)
        desk.take_over(handing.offered(desk.liaison, number))
        handing.reaches(desk.officer, number, "handed_over")
    return latencies(sichuan, numbers)


def latencies(sichuan: Staged, numbers: list[str]) -> dict[str, float]:
    keys = [int(number.rsplit("-", 1)[1]) for number in numbers]
    rows: list[tuple[Any, ...]] = until(
        "the last hand-over", lambda: found if len(found := sichuan.ask(LATENCIES, keys)) == len(keys) else None, 120
    )
    times = [float(row[0]) for row in rows]
    whole = max(float(row[2]) for row in rows) - min(float(row[1]) for row in rows)
    return {"per_second": len(rows) / whole, "p50_s": percentile(times, 0.5), "p95_s": percentile(times, 0.95)}


@contextmanager
def plain(staged: Staged, sender: str) -> Iterator[int]:
    """The yardstick's server; its port."""
    [port] = free_ports(1)
    with (staged.node.folder / "plain.log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "bench.plain", str(port)],
            env=staged.node.environment({"BENCH_SENDER": sender}),
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    try:
        until("the plain server", lambda: reachable(port))
        yield port
    finally:
        process.terminate()
        process.wait(30)


def reachable(port: int) -> bool:
    try:
        client.load(port, [b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n"], 1, 1, False)
    except OSError:
        return False
    return True


class Posted(NamedTuple):
    """Requests answered 202 per second, how long they took in ms, and how many were answered otherwise."""

    rate: float
    p50: float
    p95: float
    missed: int


def posted(port: int, requests: list[bytes], seconds: int, folder: Path) -> Posted:
    answers, took, _used = client.run(port, requests, clients=CLIENTS, seconds=seconds, keep_alive=True, folder=folder)
    good = [answer for answer in answers if answer.status == 202]
    if len(good) < len(answers):
        wrong = next(answer for answer in answers if answer.status != 202)
        print(f"{len(answers) - len(good)} parcels not taken: {wrong.status} {wrong.body[:300]!r}", file=sys.stderr)
    times = [answer.seconds * 1000 for answer in good]
    return Posted(len(good) / took, percentile(times, 0.5), percentile(times, 0.95), len(answers) - len(good))


def faults(sichuan: Staged, chongqing: Staged, handed: list[str]) -> list[str]:
    """Whether each case that was handed over is there exactly once, and only one of the two may act on it."""
    keys = [int(number.rsplit("-", 1)[1]) for number in handed]
    here = {
        row[0]: row[1:]
        for row in sichuan.ask("SELECT dossier, state, holder_node, tenure FROM cases_case WHERE id = ANY(%s)", keys)
    }
    there = chongqing.ask("SELECT dossier, state, holder_node, tenure FROM cases_case")
    found = (
        [f"{len(there) - len({row[0] for row in there})} doubled"]
        if len(there) != len({row[0] for row in there})
        else []
    )
    taken = {row[0]: row[1:] for row in there}
    for dossier, (state, holder, tenure) in here.items():
        if (state, holder, tenure) != ("handed_over", "50", 2) or taken.get(dossier) != ("accepted", "50", 2):
            found.append(f"{dossier}: {state} {holder} {tenure} here, {taken.get(dossier)} there")
    return found


def main(argv: list[str] | None = None) -> int:
    args = arguments(__doc__).parse_args(argv)
    pairs, seconds, many, few = (5, 5, 100, 20) if args.long else (3, 2, 12, 3)
    crowds: list[dict[str, float]] = []
    singles: list[dict[str, float]] = []
    yardstick: list[float] = []
    doors: list[Posted] = []
    costs: list[dict[str, float]] = []
    with postgres() as server, nodes(server, "51", "50") as ([sichuan, chongqing], folder):
        desk = Desk(sichuan, chongqing)
        one_at_a_time(desk, sichuan, [desk.accepted("暖机")])
        handed = []
        for pair in range(pairs):
            with ThreadPoolExecutor(TOGETHER) as threads:
                numbers = list(threads.map(desk.accepted, [f"互认 {pair}-{n}" for n in range(many + few)]))
            crowds.append(crowd(desk, sichuan, numbers[:many]))
            singles.append(one_at_a_time(desk, sichuan, numbers[many:]))
            handed += numbers
        wrong = faults(sichuan, chongqing, handed)
        sichuan.node.stop()  # so that nobody else delivers the parcels that are made now
        for _pair in range(pairs):
            file = folder / "parcels"
            sender = sichuan.within("bench.sender", str(PER_SECOND * seconds), str(file))
            requests = pickle.loads(file.read_bytes())
            with plain(sichuan, sender) as port:
                yardstick.append(posted(port, requests, seconds, folder).rate)
            before = processor_seconds(chongqing)
            door = posted(chongqing.node.port, requests, seconds, folder)
            until("the parcels", lambda: not chongqing.ask(WORKED_ON)[0][0], 120)
            used = {part: end - before[part] for part, end in processor_seconds(chongqing).items()}
            costs.append({part: second * 1000 / max(1.0, door.rate * seconds) for part, second in used.items()})
            doors.append(door)
        name = server.name
    base, not_taken = spread(yardstick, 0), sum(door.missed for door in doors)

    def ratio(values: list[float]) -> dict[str, float]:
        return spread([value / yard for value, yard in zip(values, yardstick, strict=True)], 4)

    def row(what: str, here: str, ratios: dict[str, float], aim: str = "-") -> list[str]:
        cell = f"{ratios['median']:.3f} ({ratios['least']:.3f} to {ratios['most']:.3f})"
        return [what, here, f"{base['median']:.0f} /s, plain signed POST", cell, aim]

    parcel, both = spread([door.rate for door in doors], 0), spread([run["per_second"] for run in crowds])
    door_ms = {name: spread([getattr(door, name) for door in doors], 1) for name in ("p50", "p95")}
    tail = spread([door.p95 / door.p50 for door in doors], 2)
    p95 = spread([run["p95_s"] for run in crowds], 3)
    single = {key: spread([run[key] for run in singles], 3) for key in ("p50_s", "p95_s")}
    result = {
        "what": "hand-overs (offer, take over, told) and signed parcels between two nodes",
        "yardstick": f"plain signed POST answered 202, {CLIENTS} clients",
        "server": name,
        "pairs": pairs,
        "yardstick_per_second": base,
        "handovers": {
            "at_once": many,
            "per_second": both,
            "p95_s": p95,
            "ratio": ratio([run["per_second"] for run in crowds]),
        },
        "handovers_one_at_a_time": {"count": few, **single},
        "parcels": {
            "per_second": parcel,
            "p50_ms": door_ms["p50"],
            "p95_ms": door_ms["p95"],
            "tail": tail,
            "ratio": ratio([door.rate for door in doors]),
            "not_taken": not_taken,
        },
        "faults": wrong,
    }
    result["rows"] = [
        row(
            f"hand-overs, {many} at once",
            f"{both['median']:.1f} /s, p95 {p95['median']:.2f} s",
            ratio([run["per_second"] for run in crowds]),
        ),
        row(
            "signed parcels",
            f"{parcel['median']:.0f} /s, p95 {door_ms['p95']['median']:.0f} ms",
            ratio([door.rate for door in doors]),
            f"{PARCELS} /s",
        ),
        [
            "signed parcels, tail",
            f"p95 {door_ms['p95']['median']:.0f} ms",
            f"{door_ms['p50']['median']:.0f} ms, its p50",
            f"{tail['median']:.2f} ({tail['least']:.2f} to {tail['most']:.2f})",
            "<= 3",
        ],
    ]
    result["notes"] = [
        f"{pairs} runs of {many} hand-overs at once and {few} one at a time, {pairs} pairs of {seconds} s of parcels; {name}, commits wait for the disk",
        f"one at a time: p50 {single['p50_s']['median']:.2f} s, p95 {single['p95_s']['median']:.2f} s from offer to told",
        "processor time of a parcel, until it is worked on: "
        + ", ".join(f"{part} {spread([cost[part] for cost in costs])['median']:.1f} ms" for part in costs[0]),
        f"afterwards: {len(handed)} handed over, faults {json.dumps(wrong)}; parcels not taken: {not_taken}",
    ]
    told(result, args.json)
    return 1 if wrong or not_taken else 0


if __name__ == "__main__":
    sys.exit(in_time(main, most=900))
