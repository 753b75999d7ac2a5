"""`make bench`: the measurements one after the other, each in a process of its own, as one table and as JSON under bench/results/.

`python -m bench filing --long` runs some of them, larger. A measurement is a module that can be run by itself; it compares a figure
with a named yardstick taken in the same run, several times in pairs, and exits 0. Exit code here: 1 when one of them failed.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from bench.stage import arguments, machine

HERE = Path(__file__).parent
MEASUREMENTS = ("deadline", "filing", "handover")


def main() -> int:
    parser = arguments(__doc__)
    parser.add_argument("names", nargs="*", metavar="measurement", help=", ".join(MEASUREMENTS))
    args = parser.parse_args()
    unknown = [name for name in args.names if name not in MEASUREMENTS]
    if unknown:
        parser.error(f"no such measurement: {', '.join(unknown)}")
    told: dict[str, Any] = {"machine": machine(), "measurements": {}}
    failed = []
    for name in args.names or MEASUREMENTS:
        print(f"measuring {name} ...", file=sys.stderr, flush=True)
        words = [sys.executable, "-m", f"bench.{name}", "--json", *(["--long"] if args.long else [])]
        ran = subprocess.run(words, cwd=HERE.parent, stdout=subprocess.PIPE, text=True)
        if ran.returncode:
            failed.append(name)
        if ran.stdout.strip():
            told["measurements"][name] = json.loads(ran.stdout.splitlines()[-1])
    path = HERE / "results" / f"{told['machine']['at'].replace(':', '').replace('+0000', 'Z')}.json"
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps(told, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    print(json.dumps(told, ensure_ascii=False) if args.json else table(told))
    print(f"written to {path.relative_to(HERE.parent)}", file=sys.stderr)
    if failed:
        print("failed:", ", ".join(failed), file=sys.stderr)
    return 1 if failed else 0


def table(told: dict[str, Any]) -> str:
    """One line for each figure: what, the figure, its yardstick, the median ratio with its spread, the aim."""
    rows = [("measured", "here", "yardstick", "ratio (median, least to most)", "aim")]
    for measured in told["measurements"].values():
        rows += [tuple(row) for row in measured["rows"]]
    widths = [max(len(row[column]) for row in rows) for column in range(5)]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
    about = ", ".join(f"{name} {value}" for name, value in told["machine"].items())
    notes = [f"{name}: {note}" for name, measured in told["measurements"].items() for note in measured.get("notes", [])]
    return "\n".join([about, "", lines[0], "-" * len(lines[0]), *lines[1:], "", *notes])


if __name__ == "__main__":
    sys.exit(main())
