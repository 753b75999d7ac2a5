"""How far behind the log is under full write load, and how fast the follower catches up, in the same run.

Eight clients file over connections that stay, while five times a second is asked how old the oldest event without a place is. Then the follower is
stopped, as much again is filed, and it is started: events that it places and hands to every follower in a second, beside those filed in a second.
"""

from __future__ import annotations

import signal
import sys
import threading
import time
from os import kill
from typing import Any

import psycopg

from bench import client, filing
from bench.stage import (
    CLIENTS,
    PROCESSES,
    Staged,
    arguments,
    children,
    in_time,
    nodes,
    percentile,
    postgres,
    spread,
    told,
)

LAG, CATCHING_UP = 1.0, 2.0
OLDEST = """SELECT coalesce(extract(epoch FROM clock_timestamp() - min(e.recorded_at)), 0) FROM record_pending p JOIN record_event e ON e.id = p.event_id"""
BEHIND = "SELECT (SELECT coalesce(max(place), 0) FROM record_place) - (SELECT min(place) FROM record_follower)"


def file(staged: Staged, folder: Any, first: int, seconds: float) -> tuple[int, float]:
    """So many filings acknowledged, in so many seconds."""
    requests = filing.requests_of(staged, int(1500 * seconds), first, True)
    loaded = client.run(staged.node.port, requests, clients=CLIENTS, seconds=seconds, keep_alive=True, folder=folder)
    wrong = [answer for answer in loaded.answers if answer.status != 201]
    if wrong:
        raise SystemExit(f"{len(wrong)} filings refused: {wrong[0].body[:200]!r}")
    return len(loaded.answers), loaded.took


def watch(staged: Staged, stop: threading.Event, seen: list[float]) -> None:
    with psycopg.connect(staged.url, autocommit=True) as connection:
        while not stop.wait(0.2):
            seen.append(float((connection.execute(OLDEST).fetchone() or (0,))[0]))


def caught_up(staged: Staged) -> bool:
    [(waiting,)] = staged.ask("SELECT EXISTS (SELECT 1 FROM record_pending)")
    return not waiting and staged.ask(BEHIND)[0][0] <= 0


def until_caught_up(staged: Staged) -> float:
    began = time.perf_counter()
    while not caught_up(staged):
        if time.perf_counter() - began > 300:
            raise SystemExit(
                f"the followers do not catch up: {staged.ask('SELECT name, place, error FROM record_follower')}"
            )
        time.sleep(0.02)
    return time.perf_counter() - began


def main(argv: list[str] | None = None) -> int:
    args = arguments(__doc__).parse_args(argv)
    pairs, seconds = (5, 10) if args.long else (3, 5)
    lags, rates, ups, first = [], [], [], 0
    with postgres() as server, nodes(server, "51") as ([staged], folder):
        file(staged, folder, first, 1)
        until_caught_up(staged)
        for _pair in range(pairs):
            first += 100_000
            seen: list[float] = []
            stop = threading.Event()
            watcher = threading.Thread(target=watch, args=(staged, stop, seen))
            watcher.start()
            count, took = file(staged, folder, first, seconds)
            stop.set()
            watcher.join()
            until_caught_up(staged)
            lags.append({"p50": percentile(seen, 0.5), "p95": percentile(seen, 0.95), "most": max(seen)})
            rates.append(count / took)
            assert staged.node.process is not None
            follower = children(staged.node.process.pid)[PROCESSES]
            kill(follower, signal.SIGSTOP)
            first += 100_000
            try:
                count, took = file(staged, folder, first, seconds)
            finally:
                kill(follower, signal.SIGCONT)
            ups.append((count / until_caught_up(staged)) / rates[-1])
        name = server.name
    p95, ratio, rate = spread([lag["p95"] for lag in lags]), spread(ups), spread(rates, 0)
    result: dict[str, Any] = {"pairs": pairs, "seconds": seconds, "lag": lags, "per_second": rate, "catching_up": ratio}
    result["rows"] = [
        [
            "follower, lag under full write load",
            f"p50 {spread([lag['p50'] for lag in lags])['median']:.2f} s, p95 {p95['median']:.2f} s",
            f"{rate['median']:.0f} filings/s",
            f"{p95['median']:.2f} s ({p95['least']:.2f} to {p95['most']:.2f})",
            f"p95 < {LAG:.0f} s",
        ],
        [
            "follower, catching up",
            f"{ratio['median'] * rate['median']:.0f} events/s",
            f"{rate['median']:.0f} /s, filed under full load",
            f"{ratio['median']:.2f} ({ratio['least']:.2f} to {ratio['most']:.2f})",
            f">= {CATCHING_UP:.0f}",
        ],
    ]
    result["notes"] = [
        f"{pairs} runs of {seconds} s with the follower and {seconds} s without; {name}, commits wait for the disk"
    ]
    told(result, args.json)
    return 0


if __name__ == "__main__":
    sys.exit(in_time(main, most=600))
