"""Checkpoints in the formats of C2SP (signed-note, tlog-checkpoint, tlog-cosignature), pure.

A note is the text (origin, size, root, each on a line), an empty line, and one line for each signature:
em dash, name, base64 of key hash and signature. The log signs as the origin `lianqiao/<node>/<epoch>`, a node that
cosigns as `lianqiao/<node>`.
"""

import re
from base64 import b64decode, b64encode
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256

from lianqiao.record import merkle
from lianqiao.record.algorithms import ALGORITHMS, PublicKey, SigningKey

DASH = "— "
LONGEST = 64 * 1024
LATEST = 253402300799
"""The last second that has a date, 9999-12-31T23:59:59Z: no cosignature is of a later time."""
ORIGIN = re.compile(r"lianqiao/([0-9A-Za-z-]{1,12})/([1-9][0-9]{0,9})")


class Malformed(ValueError):  # noqa: N818 (a description of the note)
    """Not a checkpoint; the text says why (English, for logs)."""


@dataclass(frozen=True)
class Line:
    """One signature line: who, the first four bytes of the key's hash, and what follows them."""

    name: str
    key_hash: bytes
    signature: bytes

    def __str__(self) -> str:
        return f"{DASH}{self.name} {b64encode(self.key_hash + self.signature).decode()}\n"


@dataclass(frozen=True)
class Note:
    """A checkpoint that was read: `text` is what is signed (with its last line feed)."""

    text: str
    origin: str
    size: int
    root: bytes
    lines: tuple[Line, ...]

    @property
    def node(self) -> str:
        """The code of the node in the origin ("" if the origin is not one of this system)."""
        found = ORIGIN.fullmatch(self.origin)
        return found[1] if found else ""

    @property
    def epoch(self) -> int:
        """The epoch in the origin (0 if the origin is not one of this system)."""
        found = ORIGIN.fullmatch(self.origin)
        return int(found[2]) if found else 0

    def __str__(self) -> str:
        return self.text + "\n" + "".join(map(str, self.lines))


def origin(node: str, epoch: int) -> str:
    return f"lianqiao/{node}/{epoch}"


def cosigner(node: str) -> str:
    return f"lianqiao/{node}"


def body(origin: str, size: int, root: bytes) -> str:
    """The text of a checkpoint."""
    return f"{origin}\n{size}\n{b64encode(root).decode()}\n"


def key_hash(name: str, kind: int, public: bytes) -> bytes:
    return sha256(name.encode() + b"\n" + bytes([kind]) + public).digest()[:4]


def sign(text: str, key: SigningKey) -> Line:
    """The log's own signature under a text; its name is the origin."""
    name = text.partition("\n")[0]
    return Line(name, key_hash(name, ALGORITHMS[key.algorithm].note, key.public), key.sign(text.encode()))


def cosigned_message(text: str, at: int) -> bytes:
    return f"cosignature/v1\ntime {at}\n{text}".encode()


def cosign(note: Note, node: str, key: SigningKey, at: int) -> Line:
    """The signature of another node, saying that at `at` (seconds since 1970) it had seen this log grow to here."""
    name = cosigner(node)
    signature = at.to_bytes(8, "big") + key.sign(cosigned_message(note.text, at))
    return Line(name, key_hash(name, ALGORITHMS[key.algorithm].cosignature, key.public), signature)


def parse(note: str) -> Note:
    """Read a checkpoint. Raises Malformed; extension lines are kept in the text, as C2SP wants."""
    text, gap, signatures = note.rpartition("\n\n")
    if len(note) > LONGEST or not gap or any((c < " " and c != "\n") or "\ud800" <= c <= "\udfff" for c in note):
        raise Malformed("no note")
    text += "\n"
    rows = text.split("\n")[:-1]
    if len(rows) < 3 or not all(rows):
        raise Malformed("too few or empty lines")
    if not re.fullmatch(r"0|[1-9][0-9]{0,17}", rows[1], re.ASCII):
        raise Malformed("size")
    root = decoded(rows[2])
    if len(root) != 32:
        raise Malformed("root")
    if not signatures.endswith("\n"):
        raise Malformed("last line feed")
    lines = tuple(map(parse_line, signatures[:-1].split("\n")))
    if len(lines) > 100:
        raise Malformed("too many signatures")
    return Note(text, rows[0], int(rows[1]), root, lines)


def parse_line(line: str) -> Line:
    """Read one signature line, with or without its line feed. Raises Malformed."""
    found = re.fullmatch(r"— ([^\s+]+) ([A-Za-z0-9+/=]+)\n?", line)
    if not found:
        raise Malformed("signature line")
    raw = decoded(found[2])
    if len(raw) < 5:
        raise Malformed("signature")
    return Line(found[1], raw[:4], raw[4:])


def decoded(text: str) -> bytes:
    try:
        raw = b64decode(text, validate=True)
    except ValueError as error:
        raise Malformed("base64") from error
    if b64encode(raw).decode() != text:
        raise Malformed("base64 is not canonical")
    return raw


def verify(note: Note, key: PublicKey) -> bool:
    """Whether the log signed this checkpoint with the key, and the key is of the node that the origin names."""
    expected = key_hash(note.origin, ALGORITHMS[key.algorithm].note, key.public)
    return note.node == key.node and any(
        line.name == note.origin and line.key_hash == expected and key.verify(line.signature, note.text.encode())
        for line in note.lines
    )


def cosigned_by(line: Line, key: PublicKey) -> bool:
    """Whether the line claims to be a cosignature by this key (true or not)."""
    name = cosigner(key.node)
    return line.name == name and line.key_hash == key_hash(name, ALGORITHMS[key.algorithm].cosignature, key.public)


def verify_cosignature(note: Note, line: Line, key: PublicKey) -> int | None:
    """The time (seconds since 1970) at which the key's node cosigned this note with this line; None if it did not."""
    if not cosigned_by(line, key):
        return None
    at = int.from_bytes(line.signature[:8], "big")
    return at if at <= LATEST and key.verify(line.signature[8:], cosigned_message(note.text, at)) else None


class Judgement(StrEnum):
    GROWN = "grown"
    SAME = "same"
    FORK = "fork"
    CANNOT_CHECK = "cannot_check"


@dataclass(frozen=True)
class Judged:
    """What two checkpoints of one log say about it, and why: first, same, consistent; roots, proof; malformed, origin,
    signature, older, no-proof."""

    judgement: Judgement
    reason: str


def judge(old_note: str | None, new_note: str, proof: Sequence[str] | None, keys: Iterable[PublicKey]) -> Judged:
    """Judge a peer's new checkpoint against the last one seen of the same origin (None: none was seen).

    `proof` is the consistency proof from the old size to the new (hex, as `log.consistency` gives it), `keys` the keys
    that the peer may sign with. `fork` is said only of notes that the peer has signed: the same size with two roots, or
    growth for which the proof that it gave does not hold. Whatever cannot be decided is `cannot_check`, never a fork.
    """
    try:
        new = parse(new_note)
        old = parse(old_note) if old_note is not None else None
        steps = [bytes.fromhex(step) for step in proof] if proof is not None else None
    except (ValueError, TypeError):
        return Judged(Judgement.CANNOT_CHECK, "malformed")
    if old and old.origin != new.origin:
        return Judged(Judgement.CANNOT_CHECK, "origin")
    if not any(verify(new, key) for key in keys):
        return Judged(Judgement.CANNOT_CHECK, "signature")
    if old is None:
        return Judged(Judgement.GROWN, "first")
    if new.size < old.size:
        return Judged(Judgement.CANNOT_CHECK, "older")
    if new.size == old.size:
        same = new.root == old.root
        return Judged(Judgement.SAME, "same") if same else Judged(Judgement.FORK, "roots")
    if steps is None:
        return Judged(Judgement.CANNOT_CHECK, "no-proof")
    grown = merkle.verify_consistency(old.size, new.size, old.root, new.root, steps)
    return Judged(Judgement.GROWN, "consistent") if grown else Judged(Judgement.FORK, "proof")
