from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from lianqiao.record import checkpoint, merkle
from lianqiao.record.algorithms import ALGORITHMS, PublicKey, SigningKey
from lianqiao.record.checkpoint import Judged, Judgement, Malformed

ED = ALGORITHMS["ed25519"]
OURS, THEIRS, STRANGER = (SigningKey.of(ED.generate()) for _n in range(3))
OURS_PUBLIC = PublicKey("51", "ed25519", OURS.public)
THEIRS_PUBLIC = PublicKey("50", "ed25519", THEIRS.public)
LEAVES = [merkle.leaf_hash(bytes([n])) for n in range(9)]


def lookup(subtree: merkle.Subtree) -> bytes:
    level, index = subtree
    if level == 0:
        return LEAVES[index]
    return merkle.node_hash(lookup((level - 1, 2 * index)), lookup((level - 1, 2 * index + 1)))


def note(size: int, *, root: bytes | None = None, key: SigningKey = OURS, origin: str = "lianqiao/51/1") -> str:
    text = checkpoint.body(origin, size, merkle.hash_of((0, size), lookup) if root is None else root)
    return f"{text}\n{checkpoint.sign(text, key)}"


def proof(old: int, new: int) -> list[str]:
    return [merkle.hash_of(leaves, lookup).hex() for leaves in merkle.consistency_ranges(old, new)]


def test_reads_what_it_wrote() -> None:
    read = checkpoint.parse(note(5))
    assert str(read) == note(5)
    assert (read.origin, read.size, read.node, read.epoch) == ("lianqiao/51/1", 5, "51", 1)
    assert checkpoint.verify(read, OURS_PUBLIC)
    assert not checkpoint.verify(read, THEIRS_PUBLIC)
    assert not checkpoint.verify(read, replace(OURS_PUBLIC, node="50"))
    assert not checkpoint.verify(replace(read, text=read.text.replace("\n5\n", "\n6\n")), OURS_PUBLIC)


def test_verifies_a_cosignature_with_its_time() -> None:
    read = checkpoint.parse(note(5))
    line = checkpoint.cosign(read, "50", THEIRS, 1_795_000_000)
    assert checkpoint.parse_line(str(line)) == line
    assert checkpoint.verify_cosignature(read, line, THEIRS_PUBLIC) == 1_795_000_000
    later = replace(line, signature=(1_795_000_001).to_bytes(8, "big") + line.signature[8:])
    assert checkpoint.verify_cosignature(read, later, THEIRS_PUBLIC) is None
    assert checkpoint.verify_cosignature(checkpoint.parse(note(6)), line, THEIRS_PUBLIC) is None
    assert checkpoint.verify_cosignature(read, line, OURS_PUBLIC) is None
    both = checkpoint.parse(note(5) + str(line))
    assert (len(both.lines), checkpoint.verify(both, OURS_PUBLIC)) == (2, True)


def test_takes_no_cosignature_of_a_time_that_has_no_date() -> None:
    read = checkpoint.parse(note(5))
    last = int(datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC).timestamp())
    times = [0, last, last + 1, 2**64 - 1]
    lines = [checkpoint.cosign(read, "50", THEIRS, at) for at in times]
    assert [checkpoint.verify_cosignature(read, line, THEIRS_PUBLIC) for line in lines] == [0, last, None, None]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("\n\n", "\n"),
        ("lianqiao/51/1\n", "\n"),
        ("\n5\n", "\n05\n"),
        ("\n5\n", "\n-5\n"),
        ("\n5\n", "\n٥\n"),
        ("\n5\n", "\n\n5\n"),
        ("=\n", "\n"),
        ("=\n", "==\n"),
        ("— ", "- "),
        ("— lianqiao/51/1 ", "— lianqiao/51/1  "),
        ("— lianqiao/51/1 ", "— lianqiao/51/1+ "),
        ("\n5\n", "\r\n5\r\n"),
        ("lianqiao/51/1\n", "lianqiao/51/1\t\n"),
        ("lianqiao/51/1\n", "lianqiao/51/1\ud800\n"),
        ("\n5\n", "\udfff\n5\n"),
    ],
)
def test_refuses_a_malformed_note(old: str, new: str) -> None:
    assert old in note(5)
    with pytest.raises(Malformed):
        checkpoint.parse(note(5).replace(old, new))


@pytest.mark.parametrize("text", ["", "\n", "\n\n", "a\n\nb", note(5)[:-1], note(5) + "\n", note(5) + "x" * 70000])
def test_refuses_what_is_no_note(text: str) -> None:
    with pytest.raises(Malformed):
        checkpoint.parse(text)


def test_takes_a_note_up_to_its_limits_and_none_beyond() -> None:
    """Lines after the root are extensions: they are signed with the rest."""
    text = checkpoint.body("lianqiao/51/1", 1, LEAVES[0])
    line = str(checkpoint.sign(text, OURS))
    long = checkpoint.LONGEST - len(text + "\n" + line) - 1
    assert checkpoint.LONGEST == 65536
    assert checkpoint.parse(f"{text}{'x' * long}\n\n{line}").size == 1
    assert len(checkpoint.parse(f"{text}\n{line * 100}").lines) == 100
    for beyond in (f"{text}{'x' * (long + 1)}\n\n{line}", f"{text}\n{line * 101}"):
        with pytest.raises(Malformed):
            checkpoint.parse(beyond)
    assert checkpoint.parse_line("— lianqiao/51/1 AAAAAAE=") == checkpoint.Line("lianqiao/51/1", b"\0\0\0\0", b"\1")
    with pytest.raises(Malformed):
        checkpoint.parse_line("— lianqiao/51/1 AAAAAA==")


def test_reads_the_note_of_a_log_that_is_not_of_this_system() -> None:
    read = checkpoint.parse(note(5, origin="example.com/log"))
    assert (read.origin, read.node, read.epoch) == ("example.com/log", "", 0)
    assert not checkpoint.verify(read, OURS_PUBLIC)


@pytest.mark.parametrize("change", [{"name": "lianqiao/50/1"}, {"key_hash": b"\0\0\0\0"}])
def test_takes_no_line_whose_name_or_key_hash_is_another(change: Any) -> None:
    read = checkpoint.parse(note(5))
    cosigned = replace(checkpoint.cosign(read, "50", THEIRS, 1), **change)
    assert not checkpoint.verify(replace(read, lines=(replace(read.lines[0], **change),)), OURS_PUBLIC)
    assert not checkpoint.cosigned_by(cosigned, THEIRS_PUBLIC)
    assert checkpoint.verify_cosignature(read, cosigned, THEIRS_PUBLIC) is None


FORGED = note(8, key=STRANGER)
OTHER_ROOT = note(8, root=b"\1" * 32)


@pytest.mark.parametrize(
    ("old", "new", "steps", "expected"),
    [
        (None, note(8), None, Judged(Judgement.GROWN, "first")),
        (note(5), note(8), proof(5, 8), Judged(Judgement.GROWN, "consistent")),
        (note(8), note(8), None, Judged(Judgement.SAME, "same")),
        (note(8), OTHER_ROOT, None, Judged(Judgement.FORK, "roots")),
        (note(5), OTHER_ROOT, proof(5, 8), Judged(Judgement.FORK, "proof")),
        (note(5, root=b"\1" * 32), note(8), proof(5, 8), Judged(Judgement.FORK, "proof")),
        (note(5), note(8), None, Judged(Judgement.CANNOT_CHECK, "no-proof")),
        (note(8), note(5), proof(5, 8), Judged(Judgement.CANNOT_CHECK, "older")),
        (note(5), FORGED, proof(5, 8), Judged(Judgement.CANNOT_CHECK, "signature")),
        (note(8), note(8, root=b"\1" * 32, key=STRANGER), None, Judged(Judgement.CANNOT_CHECK, "signature")),
        (None, FORGED, None, Judged(Judgement.CANNOT_CHECK, "signature")),
        (note(5), note(8, origin="lianqiao/51/2"), proof(5, 8), Judged(Judgement.CANNOT_CHECK, "origin")),
        (note(5), "nothing", proof(5, 8), Judged(Judgement.CANNOT_CHECK, "malformed")),
        (note(5), note(8), ["xx"], Judged(Judgement.CANNOT_CHECK, "malformed")),
    ],
)
def test_judges_a_new_checkpoint(old: str | None, new: str, steps: list[str] | None, expected: Judged) -> None:
    assert checkpoint.judge(old, new, steps, [THEIRS_PUBLIC, OURS_PUBLIC]) == expected
