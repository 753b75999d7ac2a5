"""`make bench`: scenarios by name, each beside its yardstick in the same run, as one table, as JSON and as Markdown under bench/results/.

`make bench ONLY=file,worklist SIZE=100000`, or `python -m bench file worklist --size 100000 [--long]`. Each module of SCENARIOS is a process of its own and can
be run by itself (`python -m bench.filing`); it compares figures with a named yardstick taken in turns with them, several times, and ends by itself
when it has taken too long. What has been measured is written after each of them. Exit code: 1 when one of them failed.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from bench.stage import BROKEN_OFF, GRACE, arguments, machine

HERE = Path(__file__).parent
SCENARIOS = {
    "deadline": "deadline",
    "file": "filing",
    "act": "acting",
    "import": "ledgers",
    "export": "ledgers",
    "worklist": "reading",
    "casepage": "reading",
    "search": "reading",
    "ownlist": "reading",
    "handover": "handover",
    "follower": "following",
    "redate": "redating",
    "memory": "memory",
}
"""The module that measures each."""
TOGETHER, SIZED = ("reading",), ("reading", "redating")
"""Modules that are told which of their scenarios are wanted, and those that are told how many cases."""
SHORT = {"ledgers": ["--rows", "20000"]}
"""What is asked of modules that have no long run of their own when a short one is wanted."""
BASE = "1000"
"""Cases of the node beside which a larger one is told."""
HEAD = ("scenario", "ours", "yardstick", "ratio (median, least to most)", "aim")


def main() -> int:
    parser = arguments(__doc__)
    parser.add_argument("names", nargs="*", metavar="scenario", help=", ".join(SCENARIOS))
    parser.add_argument("--size", help="cases of the nodes with a population: 10000, 1000000 ...")
    args = parser.parse_args()
    names = [name for word in args.names for name in word.split(",") if name]
    unknown = [name for name in names if name not in SCENARIOS]
    if unknown:
        parser.error(f"no such scenario: {', '.join(unknown)}. There are: {', '.join(SCENARIOS)}")
    wanted: dict[str, list[str]] = {}
    for name in names or SCENARIOS:
        wanted.setdefault(SCENARIOS[name], []).append(name)
    told: dict[str, Any] = {"machine": machine(), "measurements": {}}
    failed = []
    path = HERE / "results" / f"{told['machine']['at'].replace(':', '').replace('+0000', 'Z')}.json"
    path.parent.mkdir(exist_ok=True)
    for module, scenarios in wanted.items():
        print(f"measuring {', '.join(scenarios)} ...", file=sys.stderr, flush=True)
        words = [sys.executable, "-m", f"bench.{module}", "--json"]
        words += SHORT.get(module, []) if not args.long else ["--long"] if module not in SHORT else []
        words += ["--only", ",".join(scenarios)] if module in TOGETHER else []
        if args.size and module in SIZED:
            words += ["--sizes", BASE, args.size] if module in TOGETHER else ["--size", args.size]
        began = time.monotonic()
        code, said = ran(words)
        took = round(time.monotonic() - began)
        if code:
            failed.append(module)
        if not said.strip():
            why = f"broken off after {took} s" if code == BROKEN_OFF else f"failed, exit code {code}"
            said = json.dumps({"rows": [[name, why] for name in scenarios], "notes": []})
        told["measurements"][",".join(scenarios)] = json.loads(said.splitlines()[-1]) | {"took": took}
        path.write_text(json.dumps(told, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
        path.with_suffix(".md").write_text(markdown(told), encoding="utf-8")
        print(f"  took {took} s", file=sys.stderr, flush=True)
    print(json.dumps(told, ensure_ascii=False) if args.json else table(told))
    print(f"written to {path.relative_to(HERE.parent)} and, as a table of Markdown, beside it (.md)", file=sys.stderr)
    if failed:
        print("failed:", ", ".join(failed), file=sys.stderr)
    return 1 if failed else 0


def ran(words: list[str]) -> tuple[int, str]:
    """Exit code and output of a measurement. Whoever interrupts it lets it stop what it has started."""
    with subprocess.Popen(words, cwd=HERE.parent, stdout=subprocess.PIPE, text=True) as process:
        try:
            said, _nothing = process.communicate()
        except KeyboardInterrupt:
            process.wait(GRACE)
            raise
    return process.returncode, said


def rows_of(told: dict[str, Any]) -> list[tuple[str, ...]]:
    """Scenario, ours, yardstick, ratio and aim of every figure. A measurement without a yardstick tells two cells."""
    found = [tuple(map(str, row)) for measured in told["measurements"].values() for row in measured["rows"]]
    return [(*row, *("-",) * (len(HEAD) - len(row))) for row in found]


def about(told: dict[str, Any]) -> str:
    return ", ".join(f"{name} {value}" for name, value in told["machine"].items())


def table(told: dict[str, Any]) -> str:
    """One line for each figure, and the notes."""
    rows = [HEAD, *rows_of(told)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(HEAD))]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
    return "\n".join([about(told), "", lines[0], "-" * len(lines[0]), *lines[1:], "", *notes(told)])


def notes(told: dict[str, Any]) -> list[str]:
    """What each measurement says beside its figures, and how long it took."""
    return [
        f"{name}: {note}"
        for name, measured in told["measurements"].items()
        for note in [*measured.get("notes", []), f"took {measured['took']} s"]
    ]


def markdown(told: dict[str, Any]) -> str:
    """The same, to be put into docs/operate/performance.md."""
    lines = [" | ".join(row) for row in [HEAD, *rows_of(told)]]
    rule = "|---" * len(HEAD) + "|"
    below = [f"- {note}" for note in notes(told)]
    return "\n".join(
        [f"{about(told)}\n", f"| {lines[0]} |", rule, *(f"| {line} |" for line in lines[1:]), "", *below, ""]
    )


if __name__ == "__main__":
    sys.exit(main())
