"""A case crosses from one live node to the other: undisturbed, over a bad line, and while a node is killed at any step."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from tests.faults.wire import FAULTS, bad
from tests.stories import journey, judging
from tests.stories.pair import Pair

SENDER_DIES = [
    "cases.act:act:after",  # in the transaction of the offer (or of the filing before it)
    "exchange.outgoing:tell:before",  # the follower, before the parcel is made
    "exchange.parcels:send:after",  # the parcel made, not committed
    "exchange.post:claim:after",  # leased
    "exchange.post:attempt:after",  # delivered, the receipt not yet written down
    "exchange.post:finish:after",
    "exchange.door:store:after",  # the answer stored, not yet acknowledged
    "exchange.inbox:carry_out:before",
    "exchange.inbox:carry_out:after",  # the answer carried out, not committed
    "exchange.inbox:settle:after",
]
RECEIVER_DIES = [
    "exchange.door:store:before",
    "exchange.door:store:after",  # the offer stored, not yet acknowledged
    "exchange.inbox:carry_out:after",  # the offer entered, not committed
    "exchange.inbox:settle:after",
    "exchange.handover:take_over:before",
    "exchange.handover:take_over:after",
    "exchange.outgoing:tell:before",
    "exchange.parcels:send:after",
    "exchange.post:attempt:before",
    "exchange.post:attempt:after",  # the answer delivered, not written down
    "exchange.post:finish:after",
    "record.sequencer:place_pending:after",
]


def judge(pair: Pair, here: str, there: str) -> None:
    """The journey happened exactly once at both nodes, and nothing that was promised is broken."""
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

    here, there = journey.cross(pair)

    judge(pair, here, there)
    assert pair.died == []


def crosses_while_dying(fresh: Callable[..., Pair], code: str, step: str) -> None:
    pair = fresh(dying={code: step})

    here, there = journey.cross(pair)

    assert pair.died == [code]
    judge(pair, here, there)


@pytest.mark.proof
@pytest.mark.parametrize("step", SENDER_DIES)
def test_case_crosses_though_the_sender_is_killed_at(fresh: Callable[..., Pair], step: str) -> None:
    crosses_while_dying(fresh, "51", step)


@pytest.mark.proof
@pytest.mark.parametrize("step", RECEIVER_DIES)
def test_case_crosses_though_the_receiver_is_killed_at(fresh: Callable[..., Pair], step: str) -> None:
    crosses_while_dying(fresh, "50", step)


def crosses_a_bad_line(fresh: Callable[..., Pair], seed: int, faults: tuple[str, ...] = FAULTS) -> None:
    pair = fresh()
    for n, wire in enumerate(pair.wires.values()):
        wire.plan = bad(seed * 2 + n, faults=faults)

    here, there = journey.cross(pair)

    harmed = {fault for wire in pair.wires.values() for fault in wire.done} - {"passed"}
    judge(pair, here, there)
    assert harmed <= set(faults)
    assert harmed != set()


@pytest.mark.proof
@pytest.mark.parametrize("fault", FAULTS)
def test_case_crosses_a_line_with_only_one_fault(fresh: Callable[..., Pair], fault: str) -> None:
    crosses_a_bad_line(fresh, 7, (fault,))


@pytest.mark.proof
@pytest.mark.parametrize("seed", range(1, 4))
def test_case_crosses_any_bad_line(fresh: Callable[..., Pair], seed: int) -> None:
    crosses_a_bad_line(fresh, seed)
