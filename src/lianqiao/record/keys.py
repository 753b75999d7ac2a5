"""The keys of this node: rows for the public halves, files for the private ones, events for every change."""

import os
import stat
import time
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from lianqiao.record import events, nodes
from lianqiao.record.actors import Actor
from lianqiao.record.algorithms import ALGORITHMS, DEFAULT, Algorithm, PublicKey, SigningKey, kid_of, verify
from lianqiao.record.canonical import canonical
from lianqiao.record.models import Node, NodeKey
from lianqiao.record.refusal import Refused
from lianqiao.record.time import now, stamp

__all__ = [
    "ALGORITHMS",
    "Algorithm",
    "PublicKey",
    "SigningKey",
    "announcement",
    "current",
    "ensure",
    "faults",
    "kid_of",
    "public",
    "published",
    "rotate",
    "sign",
    "signing_key",
    "verify",
    "verify_announcement",
]
ANNOUNCEMENT = "lianqiao/key/v1"


def folder() -> Path:
    return Path(settings.LIANQIAO_DATA) / "keys"


KEPT_SECONDS = 30.0
_kept: dict[str, tuple[float, int, NodeKey]] = {}


def current() -> NodeKey:
    """The key with which this node signs now. Refuses `no-key` (503) before there is one.

    A process remembers it while nothing changes in the folder of keys, for 30 seconds at most: a rotation changes the
    folder when it writes the new key, and again when it has been committed.
    """
    path, tick = f"{settings.LIANQIAO_DATA}/keys", time.monotonic()
    try:
        touched = os.stat(path).st_mtime_ns  # a Path would cost ten times as much for each receipt
    except OSError:
        return from_database()
    kept = _kept.get(path)
    if kept is None or kept[1] != touched or tick - kept[0] > KEPT_SECONDS:
        kept = _kept[path] = (tick, touched, from_database())
    return kept[2]


def changed() -> None:
    """Let every process look the current key up again."""
    _kept.clear()
    os.utime(folder(), ns=(time.time_ns(), time.time_ns()))


def from_database() -> NodeKey:
    key = NodeKey.objects.filter(valid_until=None).order_by("-valid_from").first()
    if key is None:
        raise Refused("no-key", _("This node has no key. Run: lianqiao init"), status=503)
    return key


def signing_key(kid: str | None = None) -> SigningKey:
    """The private half of the current key, or of the one named. Refuses `key-unreadable` (503) if its file is not there."""
    row = NodeKey.objects.get(kid=kid) if kid else current()
    path = f"{settings.LIANQIAO_DATA}/keys/{row.kid}.pem"
    try:
        return loaded(path, row.algorithm)
    except (OSError, ValueError) as error:
        raise Refused("key-unreadable", _("The private key %(path)s cannot be read."), status=503, path=path) from error


@lru_cache(maxsize=16)
def loaded(path: str, algorithm: str) -> SigningKey:
    return SigningKey.of(Path(path).read_bytes(), algorithm)


def sign(message: bytes) -> bytes:
    """The signature of this node over the message, by its current key (`current().kid`)."""
    return signing_key().sign(message)


def public(kid: str) -> PublicKey:
    """A public key of this node, ended ones too. Refuses `no-such-key` (404)."""
    row = NodeKey.objects.filter(kid=kid).first()
    if row is None:
        raise Refused("no-such-key", _("This node has no key %(kid)s."), status=404, kid=kid)
    return as_public(row)


def published() -> list[PublicKey]:
    """All public keys of this node, oldest first."""
    return [as_public(row) for row in NodeKey.objects.order_by("valid_from", "id")]


def as_public(row: NodeKey) -> PublicKey:
    return PublicKey(nodes.this_node().code, row.algorithm, bytes.fromhex(row.public), row.valid_from, row.valid_until)


def ensure() -> NodeKey:
    """The current key; made, with its event by the clock, if the node has none yet."""
    with transaction.atomic():
        Node.objects.select_for_update().get()
        there = NodeKey.objects.filter(valid_until=None).first()
        return there or begin(None, by=Actor.clock("setup"), why="setup")


def rotate(*, by: Actor, why: str) -> NodeKey:
    """End the current key and begin a new one, which the old one announces (event `rotate` of subject kind "key")."""
    with transaction.atomic():
        Node.objects.select_for_update().get()
        return begin(from_database(), by=by, why=why)


def begin(old: NodeKey | None, *, by: Actor, why: str) -> NodeKey:
    pem = ALGORITHMS[DEFAULT].generate()
    key = SigningKey.of(pem)
    moment = now()
    write(folder() / f"{key.kid}.pem", pem)
    if old:
        NodeKey.objects.filter(pk=old.pk).update(valid_until=moment, ended_reason=why[:200])
    row = NodeKey.objects.create(kid=key.kid, algorithm=key.algorithm, public=key.public.hex(), valid_from=moment)
    changed()
    transaction.on_commit(changed)
    code = nodes.this_node().code
    words = announcement(code, key.kid, key.algorithm, key.public.hex(), stamp(moment), old.kid if old else "")
    signer = signing_key(old.kid) if old else key
    data = words | {"signature": signer.sign(canonical(words)).hex(), "why": why}
    events.append("key", nodes.subject(code), "rotate" if old else "create", by=by, data=data)
    return row


def announcement(
    node: str, kid: str, algorithm: str, public: str, valid_from: str, previous_kid: str
) -> dict[str, str]:
    """What the old key signs (in canonical form) when it announces the new one; the first key signs for itself."""
    return {
        "kind": ANNOUNCEMENT,
        "node": node,
        "kid": kid,
        "algorithm": algorithm,
        "public": public,
        "valid_from": valid_from,
        "previous_kid": previous_kid,
    }


def verify_announcement(data: Mapping[str, Any], old: PublicKey) -> PublicKey | None:
    """The key that an announcement (data of the event `rotate`) makes known, if `old` signed it; else None. Pure."""
    try:
        key = PublicKey.read({name: data[name] for name in ("node", "kid", "algorithm", "public", "valid_from")})
        words = announcement(key.node, key.kid, key.algorithm, data["public"], data["valid_from"], old.kid)
        signature = bytes.fromhex(data["signature"])
    except (KeyError, TypeError, ValueError):
        return None
    same = data.get("previous_kid") == old.kid and key.node == old.node
    return key if same and old.verify(signature, canonical(words)) else None


def write(path: Path, pem: bytes) -> None:
    """A private key in a file that only the owner reads, on the disk before the row that names it."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(pem)
        file.flush()
        os.fsync(file.fileno())


def faults() -> list[str]:
    """What is wrong with the current key, as sentences: none, its file gone or open to others, or another key in it."""
    try:
        row = from_database()
        key = signing_key(row.kid)
    except Refused as refused:
        return [str(refused)]
    path = folder() / f"{row.kid}.pem"
    found = []
    if not path.exists():
        found.append(_("The private key %(path)s cannot be read.") % {"path": path})
    elif stat.S_IMODE(path.stat().st_mode) & 0o077:
        found.append(_("Others can read the private key %(path)s. Run: chmod 600 %(path)s") % {"path": path})
    if key.kid != row.kid or key.public.hex() != row.public:
        found.append(_("The file %(path)s holds another key than the record says.") % {"path": path})
    return found
