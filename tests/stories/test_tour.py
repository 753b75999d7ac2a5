"""The tour walks to its end in both languages, and every command of docs/tour.md and docs/tour.zh.md does what the page says."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.stories.pair import ROOT, Pair
from tests.stories.reading import rows


@pytest.mark.proof
@pytest.mark.parametrize(("language", "last"), [("zh", "全程无误"), ("en", "All went as it should")])
def test_tour_ends_well(language: str, last: str) -> None:
    surroundings = {name: value for name, value in os.environ.items() if not name.startswith("LIANQIAO_")}

    done = subprocess.run(
        [sys.executable, "-m", "lianqiao", "tour"],
        cwd=ROOT, env=surroundings | {"LIANQIAO_LANGUAGE": language}, capture_output=True, text=True, check=False,
    )  # fmt: skip

    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.strip().splitlines()[-1].startswith(last)


def test_ports_are_put_in_once() -> None:
    assert ported("127.0.0.1:80$1/ 8051 8050", 28050, 28051) == (
        "127.0.0.1:$([ $1 = 51 ] && echo 28050 || echo 28051)/ 28050 28051"
    )


@pytest.mark.proof
@pytest.mark.parametrize("page", ["tour.md", "tour.zh.md"])
def test_every_command_of_the_page_works(fresh: Callable[..., Pair], tmp_path: Path, page: str) -> None:
    pair = fresh()
    text = (ROOT / "docs" / page).read_text(encoding="utf-8")
    script = "\n".join(re.findall(r"```sh\n(.*?)```", text, re.DOTALL))
    script = ported(script, pair.nodes["51"].port, pair.nodes["50"].port).replace(".venv/bin/python", sys.executable)
    (tmp_path / "var").mkdir()
    (tmp_path / "var/demo").symlink_to(pair.folder)

    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script],
        cwd=tmp_path, env=os.environ | {"PYTHONPATH": str(ROOT / "src")}, capture_output=True, text=True, check=False,
    )  # fmt: skip

    assert (done.returncode, done.stderr) == (0, ""), standing(pair)
    assert done.stdout.count("cosigned the checkpoint") + done.stdout.count("会签了该检查点") == 2


def ported(script: str, here: int, there: int) -> str:
    """The script with these ports, each put in once: a port may have 8051 in it."""
    put = {"80$1": f"$([ $1 = 51 ] && echo {here} || echo {there})", "8051": str(here), "8050": str(there)}
    return re.sub(r"80\$1|805[01]", lambda found: put[found[0]], script)


def standing(pair: Pair) -> str:
    """How the parcels of each node stand, and what it last said."""
    told = []
    for code, node in pair.nodes.items():
        for query in (
            "SELECT kind, state, attempts, last_status, last_error, next_attempt_at, created_at FROM exchange_parcelout",
            "SELECT kind, state, tries, reason, next_try_at, received_at FROM exchange_parcelin",
            "SELECT name, place, error FROM record_follower",
        ):
            told += [code, *(str(tuple(row)) for row in rows(pair.folder, code, query))]
        told.append(node.last_words())
    return "\n".join(told)
