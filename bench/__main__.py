"""`make bench`: every measurement of this folder, one after the other, each in a process of its own.

A measurement is a module that can be run by itself (`python -m bench.deadline`): it prints its figure beside a named yardstick taken
in the same run, and exits 0. Exit code here: 1 when one of them failed.
"""

import subprocess
import sys
from pathlib import Path

FOLDER = Path(__file__).parent


def main() -> int:
    names = sys.argv[1:] or [path.stem for path in sorted(FOLDER.glob("[!_]*.py"))]
    failed = []
    for name in names:
        print(f"== {name}", flush=True)
        if subprocess.run([sys.executable, "-m", f"bench.{name}"], cwd=FOLDER.parent).returncode:
            failed.append(name)
    if failed:
        print("failed:", ", ".join(failed), file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
