"""The server: waitress, forked before it answers, on one shared socket, and the follower beside it.

Waitress reads a request whole before a thread takes it, so bodies that never come hold nothing (docs/decisions/0001).
"""

import gc
import logging
import os
import signal
import socket
import sys
import time
from collections.abc import Callable
from importlib import import_module
from types import FrameType

import waitress
from django.conf import settings
from django.db import connection
from django.utils.translation import gettext as _
from waitress import wasyncore

from lianqiao.record.refusal import Refused
from lianqiao.site import in_use
from lianqiao.site.follow import follow as follow_log
from lianqiao.site.start import let_go, refuse_unless_sound
from lianqiao.site.wsgi import application

log = logging.getLogger(__name__)

GRACE = 20
"""Seconds that a process has to finish what it began when it is asked to stop."""


def serve(host: str, port: int, *, follow: bool) -> int:
    """Answer on `host`:`port` until SIGTERM or SIGINT; 0. Refuses an unsound node and an address that is taken."""
    in_use.begin()
    refuse_unless_sound()
    on_sqlite = connection.vendor == "sqlite"
    processes = settings.LIANQIAO_SERVE_PROCESSES or (1 if on_sqlite else 2)
    threads = settings.LIANQIAO_SERVE_THREADS or (4 if on_sqlite else 8)
    import_module(settings.ROOT_URLCONF)  # once, for all the processes
    let_go()
    gc.freeze()  # what was loaded stays: no process looks through it for garbage, 0.15 s in the middle of a request
    shared = listen(host, port)
    bound = shared.getsockname()[1]
    tasks: list[Callable[[], int]] = [lambda: answer(shared, threads)] * processes
    if follow:
        tasks.append(lambda: follow_beside(shared))
    print(
        _("Node %(code)s answers at http://%(host)s:%(port)s/ (%(processes)s processes, %(threads)s threads each).")
        % {"code": settings.LIANQIAO_NODE, "host": host, "port": bound, "processes": processes, "threads": threads},
        flush=True,
    )
    return keep_alive(tasks)


def follow_beside(shared: socket.socket) -> int:
    shared.close()
    return follow_log()


def listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    shared = socket.socket(family, socket.SOCK_STREAM)
    shared.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        shared.bind((host, port))
    except (OSError, OverflowError) as error:
        shared.close()
        raise Refused(
            "address-taken",
            _("Cannot listen on %(host)s:%(port)s (%(why)s). Stop what listens there, or name another by --port."),
            host=host,
            port=port,
            why=getattr(error, "strerror", error),
        ) from error
    shared.listen(1024)
    return shared


def answer(shared: socket.socket, threads: int) -> int:
    """One worker process: answers until asked to stop, then finishes the requests that it has taken."""
    stopping: list[int] = []
    server = waitress.create_server(
        application,
        sockets=[shared],
        threads=threads,
        connection_limit=2000,
        asyncore_use_poll=True,
        channel_timeout=60,
        max_request_body_size=settings.LIANQIAO_BODY_BYTES + settings.LIANQIAO_FILE_BYTES + 2**20,
        url_scheme=settings.LIANQIAO_BASE_URL.partition(":")[0],
        ident="",
        **proxy(),
    )

    def stop(number: int, frame: FrameType | None) -> None:
        stopping.append(number)
        server.pull_trigger()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)
    parent = os.getppid()
    while not stopping and os.getppid() == parent:
        wasyncore.loop(timeout=1, use_poll=True, map=server._map, count=1)
    server._map.pop(server._fileno, None)  # accepts no more
    last = time.monotonic() + GRACE
    while time.monotonic() < last and any(
        channel.requests or channel.total_outbufs_len for channel in server.active_channels.values()
    ):
        wasyncore.loop(timeout=0.1, use_poll=True, map=server._map, count=1)
    server.task_dispatcher.shutdown(timeout=1)
    return 0


def proxy() -> dict[str, object]:
    """Believes the forwarding headers of the one proxy named in LIANQIAO_TRUSTED_PROXY, and of nobody else."""
    if not settings.LIANQIAO_TRUSTED_PROXY:
        return {}
    return {
        "trusted_proxy": settings.LIANQIAO_TRUSTED_PROXY,
        "trusted_proxy_headers": "x-forwarded-for x-forwarded-host x-forwarded-proto",
        "clear_untrusted_proxy_headers": True,
    }


# The process that keeps the others alive


def keep_alive(tasks: list[Callable[[], int]]) -> int:
    """Run each task in a process of its own, start a dead one again, and stop all when asked to stop."""
    stopping: list[int] = []
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda number, frame: stopping.append(number))
    running = {start(task): task for task in tasks}
    while not stopping:
        ended = reap(running)
        for task in ended:
            log.error("a process of this node ended by itself; it is started again")
            running[start(task)] = task
        time.sleep(0.5 if ended else 0.1)
    for process in running:
        os.kill(process, signal.SIGTERM)
    last = time.monotonic() + GRACE + 5
    while running and time.monotonic() < last:
        reap(running)
        time.sleep(0.02)
    for process in running:
        os.kill(process, signal.SIGKILL)
    return 0


def start(task: Callable[[], int]) -> int:
    """Fork a process that does the task; its id."""
    sys.stdout.flush()
    process = os.fork()
    if process:
        return process
    code = 1
    try:
        code = task()
    except Exception:
        log.exception("a process of this node failed")
    finally:
        sys.stdout.flush()
        os._exit(code)


def reap(running: dict[int, Callable[[], int]]) -> list[Callable[[], int]]:
    """The tasks whose processes have ended; they leave `running`."""
    ended = []
    while running:
        process, _status = os.waitpid(-1, os.WNOHANG)
        if not process:
            break
        if task := running.pop(process, None):
            ended.append(task)
    return ended
