"""The vectors in docs/reference/vectors: for somebody who writes a node of their own.

`write()` makes them anew (with Django set up, see CONTRIBUTING); a test compares them with what the code does now.
"""

import json
from datetime import UTC, date, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import UUID

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from lianqiao.record import checkpoint, commitments, events, keys, merkle, proofs
from lianqiao.record.algorithms import PublicKey, SigningKey, kid_of
from lianqiao.record.canonical import canonical, digest
from lianqiao.record.models import Event

FOLDER = Path(__file__).parents[2] / "docs" / "reference" / "vectors"
VALUES: list[Any] = [
    {},
    {"b": 1, "a": [True, False, None], "": "empty name"},
    {"€": "Euro", "\r": "CR", "דּ": "Hebrew", "1": "One", "😀": "emoji", "\x80": "control", "ö": "o"},
    {"number": 9007199254740991, "small": -0.0, "exponent": 1e21, "fraction": 0.1},
    '引号" 反斜线\\ 换行\n 企业诉求',
]


def seeded(seed: int) -> tuple[SigningKey, str]:
    """A key whose private half is 32 times one byte."""
    private = Ed25519PrivateKey.from_private_bytes(bytes([seed]) * 32)
    public = private.public_key().public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
    return SigningKey(kid_of(public), "ed25519", private), (bytes([seed]) * 32).hex()


OURS, OUR_SEED = seeded(1)
PEER, PEER_SEED = seeded(2)


def canonical_vectors() -> list[dict[str, Any]]:
    return [{"value": value, "canonical_hex": canonical(value).hex(), "sha256": digest(value)} for value in VALUES]


def commitment_vectors() -> list[dict[str, str]]:
    salts = ("00" * 16, "000102030405060708090a0b0c0d0e0f")
    return [
        {
            "field": field,
            "value": value,
            "salt": salt,
            "commitment": commitments.commit(field, value, bytes.fromhex(salt)),
        }
        for salt in salts
        for field, value in (("title", "Permit"), ("标题", "企业开办"), ("empty", ""))
    ]


def event_vectors() -> list[dict[str, Any]]:
    found, previous = [], ""
    for number, (verb, data) in enumerate(
        [
            ("file", {"title": {"commitment": commitment_vectors()[0]["commitment"]}, "programme": "51-inward"}),
            ("accept", {"confidential": False, "days": 60}),
        ],
        1,
    ):
        event = Event(
            subject_kind="case",
            subject=UUID("6d1e0b1e-8f9d-4c9e-a1e5-2f0f2c9f0a11"),
            number=number,
            verb=verb,
            by_kind="person",
            by="0b0f3c1e-4c25-4d1a-9a6b-0d6d3c1f7e42",
            legal_date=date(2026, 9, 18),
            recorded_at=datetime(2026, 9, 18, 1, 2, 3, number, tzinfo=UTC),
            data=data,
            previous=previous,
        )
        body = events.body(event, "51")
        previous = digest(body)
        leaf = merkle.leaf_hash(bytes.fromhex(previous)).hex()
        found.append({"body": body, "canonical": canonical(body).decode(), "digest": previous, "leaf_hash": leaf})
    return found


def signature_vectors() -> dict[str, Any]:
    words = keys.announcement("51", PEER.kid, "ed25519", PEER.public.hex(), "2026-09-18T01:02:03.000000Z", OURS.kid)
    return {
        "private": OUR_SEED,
        "public": OURS.public.hex(),
        "kid": OURS.kid,
        "message": "连桥",
        "message_hex": "连桥".encode().hex(),
        "signature": OURS.sign("连桥".encode()).hex(),
        "announcement": words | {"signature": OURS.sign(canonical(words)).hex()},
        "announced_by": PublicKey("51", "ed25519", OURS.public).document(),
    }


def checkpoint_vectors() -> dict[str, Any]:
    digests = [event["digest"] for event in event_vectors()] + [sha256(b"third").hexdigest()]
    leaves = [merkle.leaf_hash(bytes.fromhex(value)) for value in digests]
    two = merkle.node_hash(leaves[0], leaves[1])
    roots = [leaves[0], two, merkle.node_hash(two, leaves[2])]
    notes = []
    for size, root in enumerate(roots, 1):
        text = checkpoint.body(checkpoint.origin("51", 1), size, root)
        note = checkpoint.parse(f"{text}\n{checkpoint.sign(text, OURS)}")
        notes.append(f"{note}{checkpoint.cosign(note, '50', PEER, 1_789_693_323)}")
    promise = {
        "kind": proofs.KIND,
        "stage": "promised",
        "node": "51",
        "event": digests[1],
        "recorded_at": "2026-09-18T01:02:03.000002Z",
        "placed_by": "2026-09-19T01:02:03.000002Z",
        "facts": {"number": "川-2026-000001"},
        "signed_at": "2026-09-18T01:02:03.100000Z",
        "kid": OURS.kid,
    }
    receipt = promise | {
        "stage": "placed",
        "signature": OURS.sign(canonical(proofs.promised(promise))).hex(),
        "log": {
            "origin": "lianqiao/51/1",
            "leaf": 1,
            "proof": [leaves[0].hex(), leaves[2].hex()],
            "checkpoint": notes[2],
        },
    }
    return {
        "log_private": OUR_SEED,
        "cosigner_private": PEER_SEED,
        "event_digests": digests,
        "leaf_hashes": [leaf.hex() for leaf in leaves],
        "roots": [root.hex() for root in roots],
        "notes": notes,
        "consistency_2_3": [leaves[2].hex()],
        "receipt": receipt,
        "keys": [
            PublicKey("51", "ed25519", OURS.public).document(),
            PublicKey("50", "ed25519", PEER.public).document(),
        ],
    }


def all_vectors() -> dict[str, str]:
    """The text of every file by its name."""
    made = {
        "canonical": canonical_vectors(),
        "commitment": commitment_vectors(),
        "event": event_vectors(),
        "signature": signature_vectors(),
        "checkpoint": checkpoint_vectors(),
    }
    return {f"{name}.json": json.dumps(value, ensure_ascii=False, indent=2) + "\n" for name, value in made.items()}


def write() -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name, text in all_vectors().items():
        (FOLDER / name).write_text(text, encoding="utf-8")
