from dataclasses import replace

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
