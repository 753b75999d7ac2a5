"""`python -m tests.house.audit` (`make audit`): whether a locked package has a known hole, asked of the index of packages by pip-audit.

Where the index cannot be reached, or does not answer for a package, that is said, and is no failure: the machine may stand without a network.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]


def main() -> int:
    files = [part for path in sorted((ROOT / "requirements").glob("*.txt")) for part in ("-r", str(path))]
    ask = [
        sys.executable,
        "-m",
        "pip_audit",
        "--disable-pip",
        "--require-hashes",
        "--progress-spinner=off",
        "--format=json",
    ]
    done = subprocess.run([*ask, *files], capture_output=True, text=True, check=False)
    sentence, code = judged(json.loads(done.stdout)) if done.stdout.startswith("{") else unreached(done.stderr)
    print(sentence)
    return code


def judged(report: Mapping[str, Any]) -> tuple[str, int]:
    """What the report says, and 1 if a package has a hole."""
    packages = report["dependencies"]
    asked = [one for one in packages if "skip_reason" not in one]
    holes = [
        f"{one['name']} {one['version']}: {hole['id']}, mended in {', '.join(hole['fix_versions']) or 'no version'}"
        for one in asked
        for hole in one["vulns"]
    ]
    if not asked:
        return f"The audit was skipped: the index answers for none of the {len(packages)} packages from here.", 0
    left = len(packages) - len(asked)
    sentence = f"{len(asked)} packages audited, {left} not known to the index, {len(holes)} known holes."
    return "\n".join([sentence, *holes]), 1 if holes else 0


def unreached(error: str) -> tuple[str, int]:
    """Without a report: no network, or a fault of the audit itself, which is one."""
    if any(word in error for word in ("ConnectionError", "ServiceError", "Max retries", "timed out", "resolve")):
        return "The audit was skipped: the index of packages cannot be reached from here.", 0
    return error.strip()[-2000:], 1


if __name__ == "__main__":
    sys.exit(main())
