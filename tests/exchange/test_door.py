"""What the door takes in and what it turns away; after each refusal nothing is stored and an honest parcel still comes in."""

import hmac
import json
from base64 import b64encode
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.db import DatabaseError
from django.test import Client

from lianqiao.exchange import signing, wire
from lianqiao.exchange.models import Alarm, Nonce, ParcelIn, Peer
from lianqiao.record import keys, prepared
from lianqiao.record.algorithms import SigningKey
from lianqiao.record.time import now

from .other_node import OtherNode


def verified(response: Any, asked: dict[str, str]) -> signing.Signed:
    """The answer's signature, checked with this node's public key."""
    return signing.verify_answer(
        keys.published()[-1], response.status_code, response.headers, response.content,
        method="POST", path=wire.PARCELS, asked=asked,
    )  # fmt: skip


def test_takes_parcel_and_acknowledges_with_signature(client: Client, peer: Peer, other: OtherNode) -> None:
    dossier = uuid4()
    body = other.parcel("nothing.known", {"text": "连桥"}, dossier=dossier, tenure=2)
    asked = other.headers("POST", wire.PARCELS, body)

    response = other.post(client, body, asked)

    row = ParcelIn.objects.get()
    assert response.status_code == 202
    assert (row.peer_id, row.kind, row.dossier, row.tenure, row.sequence) == ("50", "nothing.known", dossier, 2, 1)
    assert (row.body.encode(), row.digest, row.state) == (body, wire.digest(body), "stored")
    said = response.json()
    assert (said["parcel"], said["digest"], said["sender"], said["receiver"]) == (
        str(row.parcel),
        row.digest,
        "50",
        "51",
    )
    assert verified(response, asked).kid == keys.current().kid


def test_keeps_proof_that_verifies_for_ever(client: Client, peer: Peer, other: OtherNode) -> None:
    body = other.parcel("nothing.known")
    other.post(client, body)

    proof = ParcelIn.objects.get().proof

    signed = signing.verify_request(other.public(), proof["method"], proof["path"], proof, body)
    assert signed.kid == other.key.kid


def test_gives_same_acknowledgement_for_second_copy(client: Client, peer: Peer, other: OtherNode) -> None:
    body = other.parcel("nothing.known")

    first, second = other.post(client, body), other.post(client, body)

    assert (first.status_code, second.status_code) == (202, 200)
    assert first.content == second.content
    assert ParcelIn.objects.count() == 1


def altered(other: OtherNode, body: bytes) -> dict[str, Any]:
    return {"body": body.replace(b'"a"', b'"b"'), "headers": other.headers("POST", wire.PARCELS, body)}


def stranger(other: OtherNode, body: bytes) -> dict[str, Any]:
    somebody = OtherNode()
    return {"body": body, "headers": somebody.headers("POST", wire.PARCELS, body)}


def forged(other: OtherNode, body: bytes) -> dict[str, Any]:
    thief = OtherNode()
    thief.key = SigningKey(other.key.kid, "ed25519", thief.key.private)
    return {"body": body, "headers": thief.headers("POST", wire.PARCELS, body)}


def other_path(other: OtherNode, body: bytes) -> dict[str, Any]:
    return {"body": body, "headers": other.headers("POST", wire.CHECKPOINTS, body) | {"Content-Type": wire.PARCEL_TYPE}}


def unsigned(other: OtherNode, body: bytes) -> dict[str, Any]:
    return {"body": body, "headers": {"Content-Type": wire.PARCEL_TYPE}}


def garbage(other: OtherNode, body: bytes) -> dict[str, Any]:
    headers = other.headers("POST", wire.PARCELS, body)
    return {"body": body, "headers": headers | {"Signature-Input": "lianqiao=(((", "Signature": ":;:"}}


def downgraded(other: OtherNode, body: bytes) -> dict[str, Any]:
    """The public key, which everybody has, taken for the secret of a weaker algorithm."""
    headers = other.headers("POST", wire.PARCELS, body)
    base = headers["Signature-Input"].replace("ed25519", "hmac-sha256")
    made = hmac.digest(other.key.public, f'"@signature-params": {base}'.encode(), "sha256")
    return {
        "body": body,
        "headers": headers
        | {"Signature-Input": base, "Signature": f"{base.partition('=')[0]}=:{b64encode(made).decode()}:"},
    }


def for_another_node(other: OtherNode, body: bytes) -> dict[str, Any]:
    return {"body": body, "headers": other.headers("POST", wire.PARCELS, body, receiver="33")}


def too_early(other: OtherNode, body: bytes) -> dict[str, Any]:
    return {"body": body, "headers": other.headers("POST", wire.PARCELS, body, minutes=6)}


def too_late(other: OtherNode, body: bytes) -> dict[str, Any]:
    return {"body": body, "headers": other.headers("POST", wire.PARCELS, body, minutes=-6)}


def large(other: OtherNode, body: bytes) -> dict[str, Any]:
    return {"body": body + b" " * wire.PARCEL_BYTES}


def with_attribute(**attributes: Any) -> Callable[[OtherNode, bytes], dict[str, Any]]:
    def change(other: OtherNode, body: bytes) -> dict[str, Any]:
        return {"body": json.dumps(json.loads(body) | attributes).encode()}

    return change


def raw(body: bytes) -> Callable[[OtherNode, bytes], dict[str, Any]]:
    return lambda other, _body: {"body": body}


TURNED_AWAY = [
    ("altered", altered, 401, "bad-signature", True),
    ("stranger", stranger, 401, "unknown-key", True),
    ("forged", forged, 401, "bad-signature", True),
    ("signed for another address", other_path, 401, "bad-signature", True),
    ("unsigned", unsigned, 401, "bad-signature", True),
    ("weaker algorithm", downgraded, 401, "bad-signature", True),
    ("garbled signature", garbage, 401, "bad-signature", True),
    ("for another node", for_another_node, 422, "wrong-receiver", True),
    ("clock fast", too_early, 401, "clock-skew", False),
    ("clock slow", too_late, 401, "clock-skew", False),
    ("large", large, 413, "too-large", True),
    ("receiver inside", with_attribute(receiver="33"), 422, "wrong-receiver", True),
    ("source inside", with_attribute(source="lianqiao://33"), 422, "wrong-sender", True),
    ("no id", with_attribute(id="x"), 422, "malformed", True),
    ("sequence zero", with_attribute(sequence=0), 422, "malformed", True),
    ("type of another house", with_attribute(type="com.example.x"), 422, "malformed", True),
    ("data no object", with_attribute(data=[1]), 422, "malformed", True),
    ("not utf-8", raw(b"\xff\xfe"), 422, "malformed", True),
    ("not json", raw(b"{"), 422, "malformed", True),
    ("deep", raw(b"[" * 5000), 422, "malformed", True),
    ("nul", with_attribute(data={"text": "\0"}), 422, "malformed", True),
]


@pytest.mark.parametrize(
    ("change", "status", "code", "final"), [row[1:] for row in TURNED_AWAY], ids=[row[0] for row in TURNED_AWAY]
)
def test_turns_away(
    client: Client, peer: Peer, other: OtherNode, change: Any, status: int, code: str, final: bool
) -> None:
    response = other.post(client, **change(other, other.parcel("nothing.known", {"text": "a"})))

    problem = response.json()
    assert response["Content-Type"] == "application/problem+json"
    assert (response.status_code, problem["code"], problem["final"]) == (status, code, final)
    assert problem["detail"]
    assert ParcelIn.objects.count() == 0
    assert other.post(client, other.parcel("nothing.known")).status_code == 202


def test_turns_away_replay(client: Client, peer: Peer, other: OtherNode) -> None:
    body = other.parcel("nothing.known")
    headers = other.headers("POST", wire.PARCELS, body)

    first, second = other.post(client, body, headers), other.post(client, body, headers)

    assert (first.status_code, second.status_code, second.json()["code"]) == (202, 401, "replayed-nonce")
    assert second.json()["final"] is False
    assert Nonce.objects.count() == 1


def test_turns_away_second_content_under_one_id(client: Client, peer: Peer, other: OtherNode) -> None:
    body = other.parcel("nothing.known", {"text": "a"})
    other.post(client, body)

    response = other.post(client, body.replace(b'"a"', b'"b"'))

    assert (response.status_code, response.json()["code"]) == (409, "digest-conflict")
    assert ParcelIn.objects.get().body.encode() == body
    assert Alarm.objects.values_list("kind", "node", "subject").get() == (
        "digest-conflict", "50", json.loads(body)["id"],
    )  # fmt: skip


def test_turns_away_second_parcel_in_one_place(client: Client, peer: Peer, other: OtherNode) -> None:
    other.post(client, other.parcel("nothing.known"))

    response = other.post(client, other.parcel("nothing.known", sequence=1))

    assert (response.status_code, response.json()["code"]) == (409, "sequence-reused")
    assert Alarm.objects.values_list("kind", "node").get() == ("sequence-reused", "50")


def test_late_copy_of_what_a_restore_has_lost_is_not_taken(client: Client, peer: Peer, other: OtherNode) -> None:
    """The peer was restored and has asked what we hold: from now on only its outbox says what it had sent before."""
    known, lost = other.parcel("nothing.known"), other.parcel("nothing.known")
    other.post(client, known)
    other.epoch, other.sequence = 2, 0
    assert other.get(client, "/exchange/v1/inbox?epoch=2&after=1.0").status_code == 200
    Peer.objects.update(pull_after=now())

    late, again = other.post(client, lost), other.post(client, known)

    assert (late.status_code, late.json()["code"], late.json()["final"]) == (409, "epoch-over", False)
    assert (again.status_code, ParcelIn.objects.count()) == (200, 1)
    peer.refresh_from_db()
    assert (peer.epoch, peer.pull_after) == (2, None)
    assert Alarm.objects.values_list("kind", "node").get() == ("peer-restored", "50")


@pytest.mark.parametrize(("state", "status", "code", "final"), [
    ("known", 403, "peer-inactive", False),
    ("blocked", 403, "peer-inactive", False),
    ("gone", 403, "peer-ended", True),
])  # fmt: skip
def test_turns_away_peer_that_is_not_active(
    client: Client, peer: Peer, other: OtherNode, state: str, status: int, code: str, final: bool
) -> None:
    Peer.objects.update(state=state)

    response = other.post(client, other.parcel("nothing.known"))

    assert (response.status_code, response.json()["code"], response.json()["final"]) == (status, code, final)
    assert ParcelIn.objects.count() == 0


def test_measures_the_skew_that_it_turns_away(client: Client, peer: Peer, other: OtherNode) -> None:
    body = other.parcel("nothing.known")

    other.post(client, body, other.headers("POST", wire.PARCELS, body, minutes=10))

    assert Peer.objects.get().skew_seconds == pytest.approx(600, abs=2)
    assert Alarm.objects.get().kind == "clock-skew"


def test_turns_away_clock_that_is_a_life_off(client: Client, peer: Peer, other: OtherNode) -> None:
    body = other.parcel("nothing.known")

    response = other.post(client, body, other.headers("POST", wire.PARCELS, body, minutes=70 * 366 * 24 * 60))

    assert (response.status_code, response.json()["code"]) == (401, "clock-skew")
    assert Peer.objects.get().skew_seconds == 2**31 - 1
    assert Alarm.objects.get().kind == "clock-skew"


def test_takes_clock_that_is_four_minutes_off(client: Client, peer: Peer, other: OtherNode) -> None:
    body = other.parcel("nothing.known")

    statuses = [
        other.post(client, body, other.headers("POST", wire.PARCELS, body, minutes=minutes)).status_code
        for minutes in (4, -4)
    ]

    assert statuses == [202, 200]


def test_answers_busy_when_database_cannot_write(
    client: Client, peer: Peer, other: OtherNode, monkeypatch: pytest.MonkeyPatch
) -> None:
    def locked(*args: Any, **kwargs: Any) -> None:
        raise DatabaseError("database is locked")

    with monkeypatch.context() as patch:
        patch.setattr(prepared, "add", locked)
        response = other.post(client, other.parcel("nothing.known"))

    assert (response.status_code, response.json()["code"], response["Retry-After"]) == (503, "busy", "2")
    assert ParcelIn.objects.count() == 0
    assert other.post(client, other.parcel("nothing.known")).status_code == 202


def test_speaks_to_people_in_their_language(client: Client, peer: Peer, other: OtherNode) -> None:
    body = other.parcel("nothing.known")
    headers = other.headers("POST", wire.PARCELS, body, receiver="33") | {"Accept-Language": "zh-hans"}

    response = other.post(client, body, headers)

    assert response.json()["detail"] == "报文的收件节点为33，而本节点并非该节点。"
