"""A case that goes from Sichuan to Chongqing and on to Hubei, while every line is bad and each node is killed once."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from tests.faults.wire import Bad, clear
from tests.stories import hubei, journey, judging, tables
from tests.stories.pair import Pair, seed
from tests.stories.ports import held

from lianqiao.site.calling import until
from lianqiao.site.demo import handing
from lianqiao.site.running import answer

pytestmark = [pytest.mark.proof, pytest.mark.large]

CODES = ("51", "50", "42")
TERMS = Path(hubei.__file__).parent / "agreement.json"
REFERENCE = "CQ-HB-2021-06-01"
TAKEN: Mapping[str, Any] = {
    "agency": "hb-private-centre", "programme": "private-complaint", "kind": "infringement", "category": "enforcement",
}  # fmt: skip


@pytest.fixture
def ports() -> Iterator[list[int]]:
    with held(6) as found:
        yield found


@pytest.fixture
def three(tmp_path: Path, ports: list[int]) -> Iterator[Pair]:
    """The pair, and Hubei, which Chongqing alone knows."""
    seed(tmp_path, [ports[0], ports[1], ports[3], ports[4]])
    nodes = Pair(tmp_path, ports, CODES)
    chongqing, third = nodes.nodes["50"], nodes.nodes["42"]
    tables.lay(third.folder)
    answer(third.popen("tests.stories.hubei", []), "Hubei")
    for node, peer in ((chongqing, third), (third, chongqing)):
        card, fingerprint = peer.popen("lianqiao", ["peer", "card"]).communicate()
        (peer.folder / "card.json").write_text(card, encoding="utf-8")
        by = ("--by", f"admin-{node.code}")
        node.run("peer", "add", str(peer.folder / "card.json"), *by)
        words = " ".join(
            word for word in fingerprint.split() if len(word) == 4 and set(word) <= set("0123456789abcdef")
        )
        node.run("peer", "trust", peer.code, "--fingerprint", words, *by)
    chongqing.run("agreement", "propose", str(TERMS), "--by", "admin-50")
    chongqing.run("agreement", "sign", REFERENCE, "--by", "admin-50")
    try:
        nodes.start()
        until("the terms in Hubei", lambda: "Proposed" in shown(nodes))
        third.run("agreement", "sign", REFERENCE, "--by", "admin-42")
        until("in force", lambda: handing.in_force(nodes["cq-liaison"], REFERENCE))
        yield nodes
    finally:
        nodes.end()


def shown(nodes: Pair) -> str:
    return nodes.nodes["42"].popen("lianqiao", ["agreement", "show", REFERENCE]).communicate()[0]


def test_case_goes_on_to_a_third_region_on_bad_lines_and_comes_back(three: Pair) -> None:
    for n, wire in enumerate(three.wires.values()):
        wire.follow(Bad(n, share=0.3, until=sys.maxsize))
    here = journey.file(three)
    journey.offer(three, here)
    there = journey.take_over(three, here)
    three.restart("51")
    clause = handing.clause_id(three["cq-liaison"], REFERENCE)
    three["cq-liaison"].do(there, "offer", agreement=clause, clause="1.1", reason="门店在湖北")
    three.restart("50")
    beyond = str(handing.take_over(three["hb-liaison"], there, **TAKEN)["number"])
    three.restart("42")
    handing.reaches(three["cq-handler"], there, "handed_over")
    three["hb-handler"].do(beyond, "note", text="进展", shared=True)
    three["hb-handler"].do(beyond, "conclude", ground="resolved", text="结果")
    handing.reaches(three["cq-handler"], there, "concluded")
    handing.reaches(three["li-intake"], here, "concluded")
    three["li-intake"].do(here, "deliver", method="electronic")
    handing.reaches(three["hb-handler"], beyond, "delivered")
    done = {code: wire.follow(clear) for code, wire in three.wires.items()}
    harmed = {code: count.total() - count["passed"] for code, count in done.items()}

    sheets = [three["li-intake"].case(here), three["cq-handler"].case(there), three["hb-handler"].case(beyond)]
    assert len({sheet["dossier"] for sheet in sheets}) == 1
    assert [(sheet["holder_node"], sheet["tenure"]) for sheet in sheets] == [("50", 3), ("42", 3), ("42", 3)]
    assert min(harmed.values()) > 0
    journey.settled(three)
    three.end()
    assert judging.faults(three.folder, CODES) == []
    assert judging.sound(three) == []
