"""Memory of a web process at rest and under load, and the time from its start to its first answer, beside an empty Django site.

The yardstick runs on the same server, in as many processes and threads, with the same libraries loaded and a database at hand, but one address that
answers "ok" (`bench.empty`). Memory is what a process has for itself (Pss: shared pages count by their share), so that what a fork shares is not
counted for each. Load: filings by eight clients, and the page of the work list; of the empty site its one address.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from bench import client, filing
from bench.stage import CLIENTS, PROCESSES, Staged, arguments, children, in_time, nodes, postgres, spread, told
from lianqiao.site.running import free_ports

MEMORY, START = 1.5, 2.0
PATIENCE = 60.0
"""Seconds within which a site has to answer after its start."""


def get(port: int, path: str = "/") -> bytes:
    return f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\n\r\n".encode("ascii")


def megabytes(process: int) -> float:
    """The memory that a process has for itself, with its share of what it shares."""
    for line in Path(f"/proc/{process}/smaps_rollup").read_text(encoding="ascii").splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1]) / 1024
    return 0.0


def started(
    start: Callable[[], subprocess.Popen[bytes]], port: int, path: str
) -> tuple[float, subprocess.Popen[bytes]]:
    """Seconds from the start of the program to its first whole answer."""
    began = time.perf_counter()
    process = start()
    try:
        while time.perf_counter() - began < PATIENCE:
            if process.poll() is not None:
                raise SystemExit(f"it ended with {process.returncode} before it answered")
            with suppress(OSError):
                answers = client.load(port, [get(port, path)], 1, 1, False).answers
                if answers and answers[0].status == 200:
                    return time.perf_counter() - began, process
            time.sleep(0.01)
        raise SystemExit(f"no answer within {PATIENCE:.0f} s")
    except BaseException:
        process.terminate()
        raise


@contextmanager
def empty(staged: Staged) -> Iterator[tuple[float, int, subprocess.Popen[bytes]]]:
    """The empty site: seconds to its first answer, its port, its process."""
    [port] = free_ports(1)
    environment = staged.node.environment({"DJANGO_SETTINGS_MODULE": "bench.empty", "BENCH_PORT": str(port)})
    with (staged.node.folder / "empty.log").open("wb") as log:

        def start() -> subprocess.Popen[bytes]:
            words = [sys.executable, "-m", "bench.empty", str(port)]
            return subprocess.Popen(words, env=environment, stdout=log, stderr=log, start_new_session=True)

        took, process = started(start, port, "/")
        try:
            yield took, port, process
        finally:
            process.terminate()
            process.wait(30)


def web_processes(process: subprocess.Popen[bytes]) -> list[int]:
    return children(process.pid)[:PROCESSES]


def weighed(process: subprocess.Popen[bytes]) -> float:
    """Megabytes of a web process, the mean of them."""
    seen = [megabytes(one) for one in web_processes(process)]
    return sum(seen) / len(seen)


def main(argv: list[str] | None = None) -> int:
    args = arguments(__doc__).parse_args(argv)
    pairs = 5 if args.long else 3
    seconds = 10 if args.long else 4
    runs: list[dict[str, float]] = []
    with postgres() as server, nodes(server, "51") as ([staged], folder):
        staged.node.stop()
        for pair in range(pairs):
            with empty(staged) as (took, port, process):
                time.sleep(1)
                run = {"empty_start": took, "empty_rest": weighed(process)}
                client.run(
                    port, [get(port)] * 20_000, clients=CLIENTS, seconds=seconds, keep_alive=False, folder=folder
                )
                run["empty_load"] = weighed(process)

            def start() -> subprocess.Popen[bytes]:
                staged.node.start()
                assert staged.node.process is not None
                return staged.node.process

            run["start"], process = started(start, staged.node.port, "/healthz")
            time.sleep(1)
            run["rest"] = weighed(process)
            requests = filing.requests_of(staged, 2000 * seconds, pair * 100_000, True)
            client.run(staged.node.port, requests, clients=CLIENTS, seconds=seconds, keep_alive=True, folder=folder)
            run["load"] = weighed(process)
            run["follower"] = megabytes(children(process.pid)[PROCESSES])
            staged.node.stop()
            runs.append(run)
        name = server.name
    result: dict[str, Any] = {
        "pairs": pairs,
        "runs": {key: spread([run[key] for run in runs]) for key in runs[0]},
        "rows": [],
    }
    for what, key, unit, aim in (
        ("memory of a web process at rest", "rest", "MB", MEMORY),
        ("memory of a web process under load", "load", "MB", MEMORY),
        ("cold start to the first answer", "start", "s", START),
    ):
        ratio = spread([run[key] / run[f"empty_{key}"] for run in runs])
        ours, base = result["runs"][key]["median"], result["runs"][f"empty_{key}"]["median"]
        form = "{:.0f} {}" if unit == "MB" else "{:.2f} {}"
        result["rows"].append([
            what, form.format(ours, unit), f"{form.format(base, unit)}, an empty Django site",
            f"{ratio['median']:.2f} ({ratio['least']:.2f} to {ratio['most']:.2f})", f"<= {aim}",
        ])  # fmt: skip
    result["notes"] = [
        f"the follower has {result['runs']['follower']['median']:.0f} MB; {pairs} pairs, {PROCESSES} web processes; {name}"
    ]
    told(result, args.json)
    return 0


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lianqiao.site.settings")
    sys.exit(in_time(main, most=600))
