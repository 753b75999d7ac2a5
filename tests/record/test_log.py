from uuid import UUID

import pytest
from django.db import transaction

from lianqiao.record import checkpoint, epochs, events, keys, log, nodes, sequencer
from lianqiao.record.algorithms import ALGORITHMS, PublicKey, SigningKey
from lianqiao.record.checkpoint import Judged, Judgement
from lianqiao.record.models import Checkpoint, Cosignature, Event, Node, Place
from lianqiao.record.refusal import Refused

from .conftest import PERSON
from .test_sequencer import happened

PEER = SigningKey.of(ALGORITHMS["ed25519"].generate())
PEER_PUBLIC = PublicKey("50", "ed25519", PEER.public)


def cosigned(signed: Checkpoint, at: int = 1_795_000_000) -> Cosignature:
    line = checkpoint.cosign(checkpoint.parse(signed.note), "50", PEER, at)
    return log.add_cosignature(str(line), PEER_PUBLIC, signed.epoch, signed.size)


def signed_log(count: int) -> Checkpoint:
    happened(count)
    sequencer.place_pending()
    signed = log.sign_checkpoint()
    assert signed is not None
    return signed


def test_signs_the_log_only_when_it_has_grown(node: Node) -> None:
    assert log.sign_checkpoint() is None
    key = keys.ensure()
    first = signed_log(2)
    assert (first.epoch, first.size, first.root) == (1, 3, log.root(3))
    assert log.sign_checkpoint() == first
    read = checkpoint.parse(first.note)
    assert (read.origin, read.size, read.root.hex()) == ("lianqiao/51/1", 3, first.root)
    assert checkpoint.verify(read, keys.public(key.kid))
    happened(1)
    sequencer.place_pending()
    assert [log.sign_when_grown(), log.sign_when_grown()] == [1, 0]
    second = log.latest()
    assert second is not None
    judged = checkpoint.judge(first.note, second.note, log.consistency(3, 4), keys.published())
    assert judged == Judged(Judgement.GROWN, "consistent")


def test_waits_under_load_before_it_signs_again(node: Node) -> None:
    keys.ensure()
    signed_log(1)
    happened(2)
    sequencer.place_pending(1)
    assert log.sign_when_grown() == 0
    sequencer.place_pending()
    assert log.sign_when_grown() == 1


@pytest.mark.parametrize(("leaf", "size"), [(0, 4), (3, 4), (3, 3), (-1, 3)])
def test_refuses_proofs_beyond_the_log(node: Node, leaf: int, size: int) -> None:
    keys.ensure()
    signed_log(2)
    with pytest.raises(Refused) as refused:
        log.inclusion(leaf, size)
    assert (refused.value.code, refused.value.status) == ("not-in-log", 404)
    with pytest.raises(Refused) as refused:
        log.consistency(4, max(size, 4))
    assert refused.value.code == "not-in-log"


def test_keeps_the_first_cosignature_of_a_peer(node: Node) -> None:
    keys.ensure()
    signed = signed_log(2)
    first = cosigned(signed)
    assert cosigned(signed, 1_795_000_009) == first
    assert log.note(signed) == f"{signed.note}{first.line}\n"
    assert (
        checkpoint.verify_cosignature(
            checkpoint.parse(log.note(signed)), checkpoint.parse_line(first.line), PEER_PUBLIC
        )
        == 1_795_000_000
    )


def test_refuses_a_cosignature_that_does_not_hold(node: Node) -> None:
    keys.ensure()
    signed = signed_log(2)
    line = str(checkpoint.cosign(checkpoint.parse(signed.note), "50", PEER, 1))
    other = PublicKey("50", "ed25519", SigningKey.of(ALGORITHMS["ed25519"].generate()).public)
    for given, key, size, code in (
        (line, PEER_PUBLIC, 99, "no-such-checkpoint"),
        ("nothing", PEER_PUBLIC, signed.size, "cosignature-malformed"),
        (line, other, signed.size, "cosignature-wrong"),
        (str(checkpoint.parse(signed.note).lines[0]), PEER_PUBLIC, signed.size, "cosignature-wrong"),
    ):
        with pytest.raises(Refused) as refused:
            log.add_cosignature(given, key, 1, size)
        assert refused.value.code == code
    assert Cosignature.objects.count() == 0


def test_opens_an_epoch_with_a_tree_of_its_own(node: Node, case: UUID) -> None:
    keys.ensure()
    last = signed_log(4)
    held = log.note(cosigned(last).checkpoint)
    with transaction.atomic():
        waiting = events.append("case", case, "say", by=PERSON, data={})
    sequencer.place_pending()
    told = epochs.open_epoch(by=PERSON, why="restored", cites=[held], above=0)
    assert nodes.epoch() == 2
    closing = log.latest(1)
    assert closing is not None
    assert (closing.size, log.consistency(5, 6, 1)) == (6, log.consistency(5, 6, 1))
    assert told.data == {
        "epoch": 2,
        "previous_epoch": 1,
        "size": 6,
        "root": closing.root,
        "cites": [held],
        "why": "restored",
    }
    happened(2)
    assert sequencer.place_pending() == 3
    assert list(Place.objects.filter(epoch=2).order_by("place").values_list("place", "leaf")) == [
        (7, 0),
        (8, 1),
        (9, 2),
    ]
    assert Place.objects.get(event=waiting).epoch == 1
    signed = log.sign_checkpoint()
    assert signed is not None
    assert (checkpoint.parse(signed.note).origin, signed.size, log.size(1), log.size()) == ("lianqiao/51/2", 3, 6, 3)
    assert checkpoint.judge(closing.note, signed.note, [], keys.published()).reason == "origin"
    assert events.verify_chain(nodes.subject("51"), "node") == []


def test_opens_an_epoch_above_every_number_ever_heard_of(node: Node) -> None:
    key = keys.signing_key(keys.ensure().kid)
    text = checkpoint.body("lianqiao/51/7", 3, b"\0" * 32)
    lost = f"{text}\n{checkpoint.sign(text, key)}"
    assert epochs.open_epoch(by=PERSON, why="restored", cites=[lost]).data["epoch"] == 8
    assert epochs.open_epoch(by=PERSON, why="restored again", above=11).data["epoch"] == 12


@pytest.mark.parametrize("note", ["nothing", "lianqiao/50/1"])
def test_refuses_to_open_an_epoch_that_cites_no_checkpoint_of_ours(node: Node, note: str) -> None:
    keys.ensure()
    if note != "nothing":
        text = checkpoint.body(note, 3, b"\0" * 32)
        note = f"{text}\n{checkpoint.sign(text, PEER)}"
    with pytest.raises(Refused) as refused:
        epochs.open_epoch(by=PERSON, why="restored", cites=[note])
    assert (refused.value.code, nodes.epoch()) == ("checkpoint-malformed", 1)
    assert Event.objects.filter(subject_kind="node").count() == 0
