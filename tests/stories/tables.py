"""The empty tables of a node, which take ten seconds to make: made once for this code, kept in `var`, copied to where a story makes a node.

The node's own `init` runs all the same and finds nothing left to do. That it makes them from nothing is tried by the demonstration and the tour.
"""

from __future__ import annotations

import fcntl
import hashlib
import shutil
import sys
import tempfile
from functools import cache
from pathlib import Path

import django

from lianqiao.site.running import RunningNode, answer

ROOT = Path(__file__).parents[2]
KEPT = ROOT / "var" / "tables"
NAME = "lianqiao.sqlite3"
CHEAPLY = {"DJANGO_SETTINGS_MODULE": "tests.stories.cheap", "PYTHONPATH": f"{ROOT / 'src'}:{ROOT}"}
"""How a node is set up that a story needs."""
READ = ("*.py", "*.toml", "*.json")
"""What the tables, their protections and the law in them are made from."""


@cache
def made_from() -> str:
    """A digest of the code, and of what it runs on."""
    seen = hashlib.sha256(f"{sys.version} {django.VERSION}".encode())
    for path in sorted(path for kind in READ for path in (ROOT / "src").rglob(kind)):
        seen.update(f"{path.relative_to(ROOT)} {hashlib.sha256(path.read_bytes()).hexdigest()}\n".encode())
    return seen.hexdigest()[:16]


def lay(folder: Path) -> None:
    """Make the folder of a node that is to be set up, with its tables in it."""
    KEPT.mkdir(parents=True, exist_ok=True)
    kept = KEPT / f"{made_from()}.sqlite3"
    with (KEPT / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not kept.exists():
            for old in KEPT.glob("*.sqlite3"):
                old.unlink()
            make(kept)
        folder.mkdir(parents=True, mode=0o700)
        shutil.copyfile(kept, folder / NAME)


def make(kept: Path) -> None:
    with tempfile.TemporaryDirectory(dir=KEPT) as place:
        node = RunningNode("00", 0, Path(place), settings=CHEAPLY)
        answer(node.popen("django", ["migrate", "--verbosity", "0"]), "migrate")
        (node.folder / NAME).rename(kept)
