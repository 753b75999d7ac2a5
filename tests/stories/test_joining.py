"""Two nodes that have never met join by the commands of docs/operate/join.md, and nothing else."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.stories import tables
from tests.stories.ports import held

from lianqiao.site.calling import until
from lianqiao.site.demo import seeding
from lianqiao.site.demo.show import start, together
from lianqiao.site.running import RunningNode

pytestmark = pytest.mark.proof


@pytest.fixture(scope="module")
def entered(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, RunningNode]]:
    """Two nodes with their people, each by itself."""
    folder = tmp_path_factory.mktemp("entered")
    with held(2) as ports:
        nodes = {
            code: RunningNode(code, port, folder / code, settings=tables.CHEAPLY)
            for code, port in zip(("51", "50"), ports, strict=True)
        }
        for node in nodes.values():
            tables.lay(node.folder)
        together(node.popen("lianqiao.site.demo.seeding", ["enter"]) for node in nodes.values())
        yield nodes


@pytest.fixture
def strangers(entered: dict[str, RunningNode], tmp_path: Path) -> Iterator[dict[str, RunningNode]]:
    nodes = {
        code: RunningNode(code, node.port, shutil.copytree(node.folder, tmp_path / code), language="en")
        for code, node in entered.items()
    }
    yield nodes
    for node in nodes.values():
        node.kill()


def state(node: RunningNode) -> str:
    """The line `State: ...` of the agreement, empty while the node has none."""
    shown = node.popen("lianqiao", ["agreement", "show", "SC-CQ-2020-05-29"]).communicate()[0]
    return next((line for line in shown.splitlines() if line.startswith("State: ")), "")


def card(node: RunningNode) -> str:
    """Writes the card of a node beside it; its fingerprint, which its people would read out."""
    out, err = node.popen("lianqiao", ["peer", "card"]).communicate()
    (node.folder / "own.json").write_text(out, encoding="utf-8")
    return " ".join(word for word in err.split() if len(word) == 4 and set(word) <= set("0123456789abcdef"))


def test_nodes_join_by_commands(strangers: dict[str, RunningNode]) -> None:
    here, there = strangers["51"], strangers["50"]
    fingerprints = {node.code: card(node) for node in strangers.values()}
    start(strangers.values())
    for node, peer in ((here, there), (there, here)):
        by = ("--by", seeding.administrator(node.code))
        node.run("peer", "add", str(peer.folder / "own.json"), *by)
        node.run("peer", "trust", peer.code, "--fingerprint", fingerprints[peer.code], *by)

    here.run("agreement", "propose", str(seeding.HERE / "agreement-2020.json"), "--by", "admin-51")
    here.run("agreement", "sign", "SC-CQ-2020-05-29", "--by", "admin-51")
    proposed = until("the terms at the other node", lambda: state(there))
    there.run("agreement", "sign", "SC-CQ-2020-05-29", "--by", "admin-50")

    assert proposed == "State: Proposed"
    until("in force at both", lambda: {state(here), state(there)} == {"State: Signed by both"})


def test_a_wrong_fingerprint_is_not_trusted(strangers: dict[str, RunningNode]) -> None:
    here, there = strangers["51"], strangers["50"]
    fingerprint = card(there)
    here.run("peer", "add", str(there.folder / "own.json"), "--by", "admin-51")
    wrong = ("0" if fingerprint[0] != "0" else "1") + fingerprint[1:]

    refused = here.popen("lianqiao", ["peer", "trust", "50", "--fingerprint", wrong, "--by", "admin-51"])

    assert refused.communicate()[1].startswith("The fingerprint is not the one of node 50.")
