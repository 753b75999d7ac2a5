"""Checkpoints between nodes: growth is cosigned, a fork never, and its alarm stays until it is handled."""

import json
from typing import Any

import httpx
import pytest
from django.db import transaction
from django.test import Client

from lianqiao.exchange import alarms, checkpoints, wire
from lianqiao.exchange.models import Alarm, Peer, PeerCheckpoint
from lianqiao.record import checkpoint, events, keys, log, merkle, sequencer
from lianqiao.record.actors import Actor
from lianqiao.record.models import Cosignature
from lianqiao.record.time import now
from lianqiao.registry.models import Person

from .other_node import OtherNode, Said

LEAVES = [merkle.leaf_hash(bytes([n]) * 32) for n in range(8)]


def root(leaves: list[bytes]) -> bytes:
    """The root over a few leaves, the slow way."""
    if len(leaves) == 1:
        return leaves[0]
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    return merkle.node_hash(root(leaves[:split]), root(leaves[split:]))


def proof(old: int, new: int, leaves: list[bytes] = LEAVES) -> list[str]:
    """The consistency proof of RFC 6962, 2.1.2, the slow way."""

    def sub(m: int, part: list[bytes], whole: bool) -> list[bytes]:
        if m == len(part):
            return [] if whole else [root(part)]
        k = 1
        while k * 2 < len(part):
            k *= 2
        if m <= k:
            return [*sub(m, part[:k], whole), root(part[k:])]
        return [*sub(m - k, part[k:], False), root(part[:k])]

    return [step.hex() for step in sub(old, leaves[:new], True)]


def note(other: OtherNode, size: int, leaves: list[bytes] = LEAVES) -> str:
    text = checkpoint.body(checkpoint.origin(other.code, other.epoch), size, root(leaves[:size]))
    return f"{text}\n{checkpoint.sign(text, other.key)}"


def show(client: Client, other: OtherNode, text: str, old_size: int = 0, steps: list[str] | None = None) -> Any:
    body = json.dumps({"note": text, "old_size": old_size, "proof": steps}).encode()
    headers = other.headers("POST", wire.CHECKPOINTS, body)
    headers.pop("Content-Type")
    return client.post(wire.CHECKPOINTS, data=body, content_type=wire.JSON_TYPE, headers=headers)


def test_cosigns_growth(client: Client, peer: Peer, other: OtherNode) -> None:
    first = show(client, other, note(other, 3))
    second = show(client, other, note(other, 7), 3, proof(3, 7))

    assert (first.status_code, second.status_code) == (200, 200)
    line = checkpoint.parse_line(second.json()["cosignature"])
    at = checkpoint.verify_cosignature(checkpoint.parse(note(other, 7)), line, keys.published()[-1])
    assert at == pytest.approx(now().timestamp(), abs=5)
    assert PeerCheckpoint.objects.values_list("epoch", "size", "root").get() == (1, 7, root(LEAVES[:7]).hex())


def test_says_from_which_size_the_proof_must_begin(client: Client, peer: Peer, other: OtherNode) -> None:
    show(client, other, note(other, 3))

    answers = [
        show(client, other, note(other, 7)),
        show(client, other, note(other, 2), 3, []),
        show(client, other, note(other, 7), 3),
    ]

    assert [(a.status_code, a.json()["code"], a.json()["final"], a.json()["params"]) for a in answers] == [
        (409, "checkpoint-stale", False, {"size": 3})
    ] * 3
    assert PeerCheckpoint.objects.get().size == 3


def test_cosigns_the_same_checkpoint_again(client: Client, peer: Peer, other: OtherNode) -> None:
    show(client, other, note(other, 3))

    assert show(client, other, note(other, 3), 3, []).status_code == 200


FORKED = [*LEAVES[:2], *reversed(LEAVES[2:])]


@pytest.mark.parametrize(("size", "steps"), [(3, []), (7, proof(3, 7, FORKED)), (7, proof(3, 7))])
def test_refuses_fork_until_alarm_is_handled(
    client: Client, peer: Peer, other: OtherNode, admin: Person, size: int, steps: list[str]
) -> None:
    show(client, other, note(other, 3))

    forked = show(client, other, note(other, size, FORKED), 3, steps)
    honest = show(client, other, note(other, 5), 3, proof(3, 5))

    assert [(a.status_code, a.json()["code"]) for a in (forked, honest)] == [(409, "fork"), (409, "fork")]
    alarm = Alarm.objects.get()
    assert (alarm.kind, alarm.node, alarm.params) == (
        "fork", "50", {"seen": note(other, 3), "shown": note(other, size, FORKED)},
    )  # fmt: skip
    assert PeerCheckpoint.objects.get().size == 3
    alarms.handle(alarm.pk, by=admin.actor, note="Node 50 had started from a copy; it was restored.")
    assert show(client, other, note(other, 5), 3, proof(3, 5)).status_code == 200


@pytest.mark.parametrize("body", [
    {}, {"note": "x", "old_size": 0, "proof": None}, {"note": 1, "old_size": 0, "proof": None}, [1],
    {"note": "", "old_size": "x", "proof": None},
])  # fmt: skip
def test_refuses_what_is_no_checkpoint(client: Client, peer: Peer, other: OtherNode, body: Any) -> None:
    raw = json.dumps(body).encode()
    headers = other.headers("POST", wire.CHECKPOINTS, raw)
    headers.pop("Content-Type")

    answer = client.post(wire.CHECKPOINTS, data=raw, content_type=wire.JSON_TYPE, headers=headers)

    assert (answer.status_code, answer.json()["code"]) == (422, "malformed")


def test_refuses_note_with_half_a_character_and_size_without_end(client: Client, peer: Peer, other: OtherNode) -> None:
    good = note(other, 3)

    answers = [
        show(client, other, good.replace("\n", "\ud800\n", 1)),
        show(client, other, good, float("inf")),  # type: ignore[arg-type]
    ]

    assert [(answer.status_code, answer.json()["code"]) for answer in answers] == [(422, "malformed")] * 2


def test_refuses_epoch_that_no_parcel_can_have(client: Client, peer: Peer, other: OtherNode) -> None:
    other.epoch = 2**31

    answer = show(client, other, note(other, 3))

    assert (answer.status_code, answer.json()["code"], PeerCheckpoint.objects.count()) == (422, "malformed", 0)
    other.epoch = 2**31 - 1
    assert show(client, other, note(other, 3)).status_code == 200


def test_refuses_growth_proven_with_steps_that_are_no_hashes(client: Client, peer: Peer, other: OtherNode) -> None:
    """As in tests/record/test_merkle.py: the third leaf is another, and a proof cut at other places hides it."""
    pair, third, fourth = merkle.node_hash(*LEAVES[:2]), LEAVES[2], LEAVES[3]
    changed = next(leaf for n in range(10000) if (leaf := merkle.leaf_hash(b"%d" % n))[0] == third[-1])
    left, cut, rest = pair + third[:31], third[31:], changed[1:] + fourth
    text = checkpoint.body(checkpoint.origin("50", 1), 4, merkle.node_hash(left, merkle.node_hash(cut, rest)))
    show(client, other, note(other, 3))

    answer = show(client, other, f"{text}\n{checkpoint.sign(text, other.key)}", 3, [cut.hex(), rest.hex(), left.hex()])

    assert (answer.status_code, answer.json()["code"]) == (409, "fork")
    assert Alarm.objects.get().kind == "fork"


def test_refuses_checkpoint_of_another_node(client: Client, peer: Peer, other: OtherNode) -> None:
    third = OtherNode("33")
    third.key = other.key

    answer = show(client, other, note(third, 3))

    assert (answer.status_code, answer.json()["code"]) == (422, "malformed")
    assert PeerCheckpoint.objects.count() == 0


def grown(count: int) -> None:
    with transaction.atomic():
        for n in range(count):
            events.append("node", nodes_subject(), f"say{n}", by=Actor.clock("test"), data={})
    while sequencer.place_pending():
        pass
    log.sign_checkpoint()


def nodes_subject() -> Any:
    from lianqiao.record import nodes

    return nodes.subject("51")


def cosigner(other: OtherNode, asked: list[Any], stale: int = 0) -> Any:
    """What node 50 answers to our checkpoints: its line, or first the size that it wants the proof from."""

    def answer(body: bytes) -> Said:
        given = json.loads(body)
        asked.append((checkpoint.parse(given["note"]).size, given["old_size"], given["proof"]))
        if stale and given["old_size"] != stale:
            return 409, {"code": "checkpoint-stale", "final": False, "params": {"size": stale}}
        line = checkpoint.cosign(checkpoint.parse(given["note"]), "50", other.key, int(now().timestamp()))
        return 200, {"cosignature": str(line).rstrip("\n"), "size": 0}

    return answer


def test_has_own_checkpoint_cosigned_with_proof_from_the_last(live: OtherNode, http: httpx.Client) -> None:
    asked: list[Any] = []
    live.answers[wire.CHECKPOINTS] = cosigner(live, asked)
    grown(3)
    first = log.size()
    assert checkpoints.work(http) == 1
    assert checkpoints.work(http) == 0
    grown(2)

    assert checkpoints.work(http) == 1

    assert asked == [(first, 0, None), (first + 2, first, log.consistency(first, first + 2))]
    assert Cosignature.objects.filter(node="50").count() == 2


def test_gives_the_proof_that_the_peer_wants(live: OtherNode, http: httpx.Client) -> None:
    asked: list[Any] = []
    grown(6)
    live.answers[wire.CHECKPOINTS] = cosigner(live, asked, stale=2)

    assert checkpoints.work(http) == 1

    assert [old for _size, old, _proof in asked] == [0, 2]


@pytest.mark.parametrize("said", [
    (409, {"code": "fork", "final": True}),
    (409, {"code": "checkpoint-stale", "final": False, "params": {"size": 1000}}),
])  # fmt: skip
def test_raises_alarm_when_peer_has_seen_another_history(live: OtherNode, http: httpx.Client, said: Said) -> None:
    grown(3)
    live.answers[wire.CHECKPOINTS] = lambda body: said

    assert (checkpoints.work(http), checkpoints.work(http)) == (0, 0)

    assert Alarm.objects.values_list("kind", "node", "times").get() == ("fork-reported", "50", 1)
    assert Cosignature.objects.count() == 0


def test_keeps_no_cosignature_by_another_key(live: OtherNode, http: httpx.Client) -> None:
    grown(3)
    live.answers[wire.CHECKPOINTS] = cosigner(OtherNode(), [])

    assert checkpoints.work(http) == 0
    assert Cosignature.objects.count() == 0
