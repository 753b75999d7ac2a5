"""Nodes with a population (`bench.population`), one for each size, answering. Made for a measurement, or kept in a folder and looked at again."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import urlsplit

import psycopg
from tests.databases import Postgres

from bench import stage
from bench.population import RUNNING
from bench.stage import Staged
from lianqiao.site.demo import show
from lianqiao.site.running import RunningNode, free_ports

CODE, TOLD = "51", "bench_told"
LOADING = {
    "fsync": "off",
    "full_page_writes": "off",
    "max_wal_size": "'16GB'",
    "checkpoint_timeout": "'1h'",
    "autovacuum": "off",
}
"""How the server is set while the rows are copied in; afterwards as it comes."""
PROCESSES = 1
"""One for each node: they are looked at one request after the other."""


@dataclass
class Populated:
    """The node, and what its making said."""

    staged: Staged
    about: dict[str, Any]

    @property
    def size(self) -> int:
        return int(self.about["size"])

    def told(self) -> str:
        """How large it is, and how long it took to make."""
        about = self.about
        took = ", ".join(f"{name} {seconds:.0f} s" for name, seconds in about["took"].items())
        rows = f"{about['cases']:,} cases, {about['events']:,} events, {about['gigabytes']} GB"
        return f"{power(self.size)}: {rows}, made in {about['seconds']:.0f} s ({took})"

    def credentials(self, account: str, path: str) -> str:
        """The line of a request that says who asks: a token at the interface for programs, else the cookie of who has signed in."""
        if path.startswith("/api/"):
            return f"Authorization: Bearer {self.about['tokens'][account]}"
        return f"Cookie: {self.about['cookies'][account]}"


def power(size: int) -> str:
    """A number of cases as it is said."""
    return f"10^{len(str(size)) - 1}" if str(size).strip("0") == "1" else f"{size:,}"


@contextmanager
def nodes(
    server: Postgres, sizes: Sequence[int], *, running: float = RUNNING, keep: Path | None = None
) -> Iterator[list[Populated]]:
    """One node for each size, stopped at the end. In a folder that is kept those of an earlier call stand already, on the same server."""
    with nullcontext(keep) if keep else TemporaryDirectory(prefix="lianqiao-bench-") as name:
        folder = Path(name)
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not (folder / CODE).exists():
            tell(server, folder)
        made = []
        try:
            for size in sizes:
                made.append(populated(server, folder, size, running))
                made[-1].staged.node.start()
            for one in made:
                one.staged.node.ready()
            yield made
        finally:
            for one in made:
                one.staged.node.stop()


def tell(server: Postgres, folder: Path) -> None:
    """Let two nodes tell the cases of the demonstration; the database of the first one, from which those of all sizes are made."""
    with stage.nodes(server, CODE, "50", keep=folder / "telling") as (both, _folder):
        show.tell_cases({staged.node.code: staged.node for staged in both})
    with psycopg.connect(server.url, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE IF EXISTS {TOLD}")
        connection.execute(f"ALTER DATABASE bench_{CODE} RENAME TO {TOLD}")
    (folder / "telling" / CODE).rename(folder / CODE)


def populated(server: Postgres, folder: Path, size: int, running: float) -> Populated:
    """The node of this size, not yet started; its rows are made unless they are there."""
    called = f"{size}" if running == RUNNING else f"{size}_{running * 100:.0f}"
    name, card = f"bench_{CODE}_{called}", folder / f"{called}.json"
    url = urlsplit(server.url)._replace(path=f"/{name}").geturl()
    settings = {
        "LIANQIAO_DATABASE_URL": url,
        "LIANQIAO_SERVE_PROCESSES": str(PROCESSES),
        "LIANQIAO_SERVE_THREADS": str(stage.THREADS),
        "LIANQIAO_LOG_LEVEL": "ERROR",
    }
    [port] = free_ports(1)
    staged = Staged(RunningNode(CODE, port, folder / CODE, settings=settings), url)
    if not card.exists():
        began = time.perf_counter()
        with loading(server) as connection:
            connection.execute(f"DROP DATABASE IF EXISTS {name}")
            connection.execute(f"CREATE DATABASE {name} TEMPLATE {TOLD}")
            staged.node.run("init", "--if-new")
            about = staged.within("bench.population", "multiply", str(size), str(running))
        about |= {"size": size, "seconds": round(time.perf_counter() - began, 1)}
        card.write_text(json.dumps(about, ensure_ascii=False, indent=1), encoding="utf-8")
    staged.node.run("init", "--if-new")  # migrations that have come since
    about = json.loads(card.read_text(encoding="utf-8"))
    return Populated(staged, about | staged.within("bench.population", "sign_in"))


@contextmanager
def loading(server: Postgres) -> Iterator[psycopg.Connection[Any]]:
    """The server set for copying, and back."""
    with psycopg.connect(server.url, autocommit=True) as connection:
        for name, value in LOADING.items():
            connection.execute(f"ALTER SYSTEM SET {name} = {value}")
        connection.execute("SELECT pg_reload_conf()")
        try:
            yield connection
        finally:
            for name in LOADING:
                connection.execute(f"ALTER SYSTEM RESET {name}")
            connection.execute("SELECT pg_reload_conf()")
            connection.execute("CHECKPOINT")
