"""The command line: `lianqiao VERB ...`.

Each room declares its verbs in `commands.register(subparsers)`; each verb sets `run(args) -> int`. The verbs of the law
need neither settings nor database and start without Django. Exit codes: 0 done, 1 found something wrong, 2 refused or not
understood, 130 interrupted.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from lianqiao import __version__
from lianqiao.law import commands as law_commands
from lianqiao.record.refusal import Refused
from lianqiao.site import showing
from lianqiao.site.language import FRAME, language, say

ROOMS = (
    "record",
    "registry",
    "jobs",
    "cases",
    "batches",
    "hotline",
    "exchange",
    "signin",
    "notices",
    "ledgers",
    "site",
)


def main(words: Sequence[str] | None = None) -> int:
    """Carry out one command line; the exit code. A refusal is one sentence on stderr."""
    words = list(sys.argv[1:] if words is None else words)
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    try:
        return carry_out(words)
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115  the reader has gone; say nothing more
        return 0
    except Refused as refused:
        print(refused, file=sys.stderr)
        return 2


def carry_out(words: list[str]) -> int:
    if language() != "en":
        argparse._ = lambda text: FRAME.get(text, text)  # type: ignore[attr-defined]
    parser = argparse.ArgumentParser(
        prog="lianqiao",
        description=say(
            "A node of Lianqiao: it takes up, hands over, handles and accounts for the difficulties of enterprises.",
            "连桥节点：受理、移交、办理企业诉求，并逐件留痕。",
        ),
    )
    parser.add_argument(
        "--version",
        action="version",
        version=f"lianqiao {__version__}",
        help=say("print the version", "显示版本"),
    )
    verbs = parser.add_subparsers(metavar=say("VERB", "命令"), required=True)
    register("law", verbs)
    showing.register(verbs)
    if not known(words, verbs) or (words[0] in OF_THE_LAW and node_here()):
        return with_django(parser, verbs, words)
    args = parser.parse_args(words)
    return int(args.run(args))


OF_THE_LAW = ("deadline", "regime", "duties", "calendar")


def node_here() -> bool:
    """Whether a node seems to be set up here, so that the law is what it has adopted."""
    folder = Path(os.environ.get("LIANQIAO_DATA") or "var/data").expanduser()
    return "LIANQIAO_DATABASE_URL" in os.environ or (folder / "lianqiao.sqlite3").exists()


def known(words: list[str], verbs: Any) -> bool:
    """Whether the verbs declared so far can carry this out. What a node has adopted of the law is told by rooms with a database."""
    if not (words and words[0] in verbs.choices):
        return False
    inner = verbs.choices[words[0]].get_default("verbs")
    return inner is None or (len(words) > 1 and words[1] in inner.choices)


def register(room: str, verbs: Any) -> None:
    if find_spec(f"lianqiao.{room}.commands"):
        import_module(f"lianqiao.{room}.commands").register(verbs)


def with_django(parser: argparse.ArgumentParser, verbs: Any, words: list[str]) -> int:
    """The verbs that need settings and database. What stands in their way is told in one sentence."""
    import django
    from django.core.exceptions import ImproperlyConfigured
    from django.db import DatabaseError, connection
    from django.utils import translation

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lianqiao.site.settings")
    try:
        django.setup()
        translation.activate(language())
        for room in ROOMS:
            register(room, verbs)
        from lianqiao.site.start import go_by_adopted_law, let_go

        if words and words[0] in OF_THE_LAW:
            go_by_adopted_law()
        args = parser.parse_args(words)
        run: Callable[[argparse.Namespace], int] = args.run
        try:
            return run(args)
        finally:
            law_commands.use(None)
            if not connection.in_atomic_block:  # as in a test
                let_go()
    except ImproperlyConfigured as error:
        print(say("The settings do not hold: ", "设置有误："), error, sep="", file=sys.stderr)
    except DatabaseError as error:
        sentence = say(
            "The database cannot be used. If this node is new, run: lianqiao init. It said: ",
            "数据库无法使用。如为新节点，请先运行：lianqiao init。数据库报告：",
        )
        print(sentence, str(error).strip().splitlines()[0], sep="", file=sys.stderr)
    return 2
