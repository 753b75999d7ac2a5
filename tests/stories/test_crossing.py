"""A case crosses from one live node to the other: undisturbed, over bad lines, and while a node is killed at each step in turn."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from tests.faults.wire import FAULTS, Bad, clear
from tests.stories import journey, judging
from tests.stories.pair import Pair
from tests.stories.steps import RECEIVER_DIES, SENDER_DIES

from lianqiao.site import calling


def judge(pair: Pair, *crossings: tuple[str, str]) -> None:
    """Each journey happened exactly once at both nodes, and nothing that was promised is broken."""
    for here, there in crossings:
        assert (journey.verbs(pair, "li-intake", here), journey.verbs(pair, "cq-handler", there)) == (
            journey.HERE,
            journey.THERE,
        )
    journey.settled(pair)
    pair.end()
    assert judging.faults(pair.folder) == []
    assert judging.sound(pair) == []


def test_case_crosses_and_comes_back(fresh: Callable[..., Pair]) -> None:
    pair = fresh()

    crossing = journey.cross(pair)

    judge(pair, crossing)


@pytest.mark.proof
@pytest.mark.parametrize(("code", "steps"), [("51", SENDER_DIES), ("50", RECEIVER_DIES)], ids=["sender", "receiver"])
def test_cases_cross_though_a_node_is_killed_at_every_step(
    fresh: Callable[..., Pair], code: str, steps: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(calling, "PATIENCE", 300.0)  # one wait may have all the deaths of a node in it
    pair = fresh(dying={code: steps})

    crossings = []
    while pair.to_die[code] and len(crossings) < len(steps):
        crossings.append(journey.cross(pair))

    assert pair.died(code) == steps
    judge(pair, *crossings)


@pytest.mark.proof
def test_cases_cross_bad_lines(fresh: Callable[..., Pair]) -> None:
    """Lines with one fault only, one fault after the other. All of them together, with kills: `prove`."""
    pair = fresh()

    crossings = []
    for seed, fault in enumerate(FAULTS):
        for n, wire in enumerate(pair.wires.values()):
            wire.follow(Bad(seed * 2 + n, faults=(fault,)))
        crossings.append(journey.cross(pair))
        done = [wire.follow(clear) for wire in pair.wires.values()]
        assert set().union(*done) - {"passed"} == {fault}

    judge(pair, *crossings)
