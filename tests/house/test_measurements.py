"""A measurement ends by itself, with what it has started, and what it could not measure stands in the table."""

import os
import subprocess
import sys
import time
from pathlib import Path

from bench.__main__ import markdown, ran
from bench.stage import BROKEN_OFF

ROOT = Path(__file__).parents[2]
HANGS = """
import subprocess, sys, threading
from pathlib import Path
from bench import stage
from lianqiao.site.running import answer

def main():
    threading.Thread(target=threading.Event().wait).start()
    try:
        started = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"], stdout=subprocess.PIPE, text=True)
        Path(sys.argv[1], "started").write_text(str(started.pid))
        answer(started, "a node that does not come")
    finally:
        Path(sys.argv[1], "stopped").touch()

sys.exit(stage.in_time(main, most=1))
"""


def test_measurement_that_hangs_is_broken_off_and_leaves_nothing(tmp_path: Path) -> None:
    began = time.monotonic()

    code, said = ran([sys.executable, "-c", HANGS, str(tmp_path)])

    assert (code, said, time.monotonic() - began < 30) == (BROKEN_OFF, "", True)
    assert (tmp_path / "stopped").exists()
    assert not alive(int((tmp_path / "started").read_text()))


def alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True


def test_long_run_has_more_time() -> None:
    script = (
        "import sys, time; from bench import stage; sys.exit(stage.in_time(lambda: time.sleep(0.4) or 0, most=0.2))"
    )
    codes = [
        subprocess.run([sys.executable, "-c", script, *words], cwd=ROOT, capture_output=True).returncode
        for words in ([], ["--long"])
    ]

    assert codes == [BROKEN_OFF, 0]


def test_table_tells_what_was_measured_and_how_long_it_took() -> None:
    told = {
        "machine": {"cores": 2},
        "measurements": {
            "file": {
                "rows": [["filing", "5 /s", "10 /s, pgbench", "0.5", "0.25"]],
                "notes": ["three pairs"],
                "took": 7,
            },
            "act": {"rows": [["act", "broken off after 300 s"]], "notes": [], "took": 300},
        },
    }

    assert markdown(told).splitlines() == [
        "cores 2",
        "",
        "| scenario | ours | yardstick | ratio (median, least to most) | aim |",
        "|---|---|---|---|---|",
        "| filing | 5 /s | 10 /s, pgbench | 0.5 | 0.25 |",
        "| act | broken off after 300 s | - | - | - |",
        "",
        "- file: three pairs",
        "- file: took 7 s",
        "- act: took 300 s",
    ]
