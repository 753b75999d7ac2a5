"""One node in one file, and back: whole, verified, in a new epoch, and never over somebody else's data."""

from __future__ import annotations

import io
import json
import shutil
import tarfile
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tests.stories.judging import cases
from tests.stories.pair import Pair

from lianqiao.site.running import NotRunning, RunningNode

pytestmark = pytest.mark.proof


def said(node: RunningNode, *words: str) -> tuple[int, str]:
    """Exit code and last words of a command."""
    done = node.popen("lianqiao", words)
    out, err = done.communicate()
    return done.returncode, (err or out).strip()


@pytest.fixture
def one(seeded: Path, tmp_path: Path, ports: list[int]) -> Iterator[RunningNode]:
    """Node 51, not running, that knows no other node well enough to be asked."""
    shutil.copytree(seeded / "51", tmp_path / "51")
    node = RunningNode("51", ports[0], tmp_path / "51", language="en")
    yield node
    node.kill()


@pytest.fixture(scope="module")
def backup(seeded: Path, ports: list[int], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A backup of the node as it was seeded."""
    folder = tmp_path_factory.mktemp("backup")
    shutil.copytree(seeded / "51", folder / "51")
    node = RunningNode("51", ports[0], folder / "51", language="en")
    node.run("backup", str(folder / "a.tar"), "--by", "admin-51")
    return folder / "a.tar"


def test_backup_while_cases_are_filed_has_all_that_was_acknowledged_before(
    fresh: Callable[..., Pair], tmp_path: Path
) -> None:
    pair, filed, stop = fresh(), [], threading.Event()

    def file() -> None:
        while not stop.is_set():
            filed.append(
                pair["owner-inward"].file(
                    agency="sc-inward-centre", programme="inward-complaint", kind="help", category="other", title="题",
                    facts="事实", request="请求", enterprise=pair.places["51"].enterprises["91500103MA5U00011H"],
                )["number"]
            )  # fmt: skip

    writer = threading.Thread(target=file)
    writer.start()
    while len(filed) < 5:
        assert writer.is_alive()
        stop.wait(0.01)
    before = list(filed)
    pair.nodes["51"].run("backup", str(tmp_path / "b.tar"), "--by", "admin-51")
    during = len(filed) - len(before)
    stop.set()
    writer.join()
    pair.end()
    elsewhere = RunningNode("51", pair.nodes["51"].port, tmp_path / "elsewhere" / "51", language="en")
    told = elsewhere.run("restore", str(tmp_path / "b.tar"), "--by", "admin-51")

    kept = {f"{row['id']:06d}" for row in cases(tmp_path / "elsewhere", "51").values()}
    assert during > 0
    assert {number[-6:] for number in before} - kept == set()
    assert f"Case serials {int(max(kept)) + 1} to" in told
    assert "All is sound." in elsewhere.popen("lianqiao", ["check"]).communicate()[0]


def test_restore_into_an_empty_folder_opens_a_new_epoch(one: RunningNode, backup: Path, tmp_path: Path) -> None:
    empty = RunningNode("51", one.port, tmp_path / "new" / "51", language="en")

    told = empty.run("restore", str(backup), "--by", "admin-51")

    assert "Case serials 1 to 200 are left out" in told
    empty.run("follow", "--once")
    assert empty.run("log", "checkpoint").startswith("lianqiao/51/2\n")


def test_restore_refuses_a_node_that_holds_data(one: RunningNode, backup: Path) -> None:
    assert said(one, "restore", str(backup), "--by", "admin-51")[1].startswith("This node holds data.")


def test_restore_refuses_who_was_no_administrator(one: RunningNode, backup: Path) -> None:
    words = said(one, "restore", str(backup), "--by", "li-intake", "--replace")[1]

    assert words.startswith("li-intake was no administrator")


def test_restore_refuses_while_the_node_runs(one: RunningNode, backup: Path) -> None:
    one.start()
    one.ready()

    code, words = said(one, "restore", str(backup), "--by", "admin-51", "--replace")

    assert (code, words) == (2, "This node is running. Stop it first.")
    assert one.health()["status"] == "ok"


def test_restore_refuses_the_backup_of_another_node(backup: Path, tmp_path: Path) -> None:
    other = RunningNode("50", 21000, tmp_path / "50", language="en")

    assert said(other, "restore", str(backup), "--by", "admin-51")[1].startswith("This is the backup of node 51")


@pytest.mark.parametrize("harm", ["cut", "altered", "more", "none"])
def test_restore_refuses_a_file_that_is_not_whole(backup: Path, tmp_path: Path, harm: str) -> None:
    bad = tmp_path / "bad.tar"
    content = backup.read_bytes()
    if harm == "cut":
        bad.write_bytes(content[: len(content) // 2])
    elif harm == "altered":
        place = content.index(b"SQLite format 3") + 5000
        bad.write_bytes(content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :])
    elif harm == "more":
        bad.write_bytes(content)
        with tarfile.open(bad, "a") as tar:
            entry = tarfile.TarInfo("data/keys/extra.pem")
            entry.size = 3
            tar.addfile(entry, io.BytesIO(b"abc"))
    else:
        bad.write_bytes(b"no tar")
    empty = RunningNode("51", 21001, tmp_path / "empty", language="en")

    code, words = said(empty, "restore", str(bad), "--by", "admin-51")

    assert (code, "is no whole backup of a node" in words) == (2, True)
    assert not (empty.folder / "lianqiao.sqlite3").exists()


def test_replacing_moves_the_old_data_aside(one: RunningNode, backup: Path) -> None:
    before = (one.folder / "tokens.json").read_text()
    (one.folder / "tokens.json").write_text("{}")

    one.run("restore", str(backup), "--by", "admin-51", "--replace")

    aside = [path for path in one.folder.iterdir() if path.name.startswith("replaced-")]
    assert (one.folder / "tokens.json").read_text() == before
    assert [(path / "tokens.json").read_text() for path in aside] == ["{}"]
    assert (aside[0] / "lianqiao.sqlite3").stat().st_size > 0


def test_backup_refuses_a_file_that_exists(one: RunningNode, backup: Path) -> None:
    with pytest.raises(NotRunning, match="exists already"):
        one.run("backup", str(backup), "--by", "admin-51")


def test_backup_is_for_its_owner_only_and_names_every_file(backup: Path) -> None:
    with tarfile.open(backup) as tar:
        manifest = json.load(tar.extractfile("manifest.json") or io.BytesIO())
        names = set(tar.getnames())

    assert backup.stat().st_mode & 0o077 == 0
    assert names == {*manifest["files"], "manifest.json"}
    assert any(name.startswith("data/keys/") for name in names)
