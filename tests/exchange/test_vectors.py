"""The vectors in docs/reference/vectors/exchange/message.json: made by this code with a key that everybody knows, and checked by it."""

import json
from pathlib import Path
from typing import Any

import pytest
import time_machine
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from lianqiao.exchange import signing, wire
from lianqiao.record.algorithms import PublicKey, SigningKey, kid_of
from lianqiao.record.refusal import Refused

VECTORS = Path(__file__).parents[2] / "docs" / "reference" / "vectors" / "exchange" / "message.json"
SEED = bytes.fromhex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60")  # RFC 8032, 7.1, test 1
NONCE = "bm9uY2Utb2YtdGhlLXZlY3Rvcg"


def vectors() -> dict[str, Any]:
    return dict(json.loads(VECTORS.read_text(encoding="utf-8")))


def key() -> SigningKey:
    private = Ed25519PrivateKey.from_private_bytes(SEED)
    return SigningKey(kid_of(private.public_key().public_bytes_raw()), "ed25519", private)


def public() -> PublicKey:
    return PublicKey("50", "ed25519", key().public)


def test_request_is_signed_as_in_the_vector(monkeypatch: pytest.MonkeyPatch) -> None:
    told = vectors()["request"]
    monkeypatch.setattr(signing, "token_urlsafe", lambda size: NONCE)

    with time_machine.travel(told["created"], tick=False):
        made = signing.sign_request(key(), told["method"], told["path"], "51", told["body"].encode(), wire.PARCEL_TYPE)

    assert {name.lower(): value for name, value in made.items()} == told["headers"]
    assert wire.digest(told["body"].encode()) == told["digest"]


def test_answer_is_signed_as_in_the_vector(monkeypatch: pytest.MonkeyPatch) -> None:
    told, asked = vectors()["answer"], vectors()["request"]
    monkeypatch.setattr(signing, "token_urlsafe", lambda size: NONCE)

    with time_machine.travel(told["created"], tick=False):
        made = signing.sign_answer(
            key(), told["status"], told["body"].encode(), wire.JSON_TYPE,
            method=asked["method"], path=asked["path"], asked=asked["headers"],
        )  # fmt: skip

    assert {name.lower(): value for name, value in made.items()} == told["headers"]


def test_vector_verifies_and_nothing_beside_it() -> None:
    told = vectors()["request"]
    signed = signing.verify_request(public(), told["method"], told["path"], told["headers"], told["body"].encode())
    assert (signed.kid, signed.nonce, int(signed.created.timestamp())) == (vectors()["kid"], NONCE, told["created"])

    changed = [
        ("GET", told["path"], told["headers"], told["body"]),
        (told["method"], told["path"] + "?x=1", told["headers"], told["body"]),
        (told["method"], told["path"], told["headers"] | {"lianqiao-receiver": "33"}, told["body"]),
        (told["method"], told["path"], told["headers"] | {"content-type": "text/plain"}, told["body"]),
        (told["method"], told["path"], told["headers"], told["body"] + " "),
        (told["method"], told["path"], {k: v for k, v in told["headers"].items() if k != "signature"}, told["body"]),
    ]  # fmt: skip
    for method, path, headers, body in changed:
        with pytest.raises(Refused) as refused:
            signing.verify_request(public(), method, path, headers, body.encode())
        assert refused.value.code == "bad-signature"


@pytest.mark.parametrize("left_out", range(len(signing.OF_REQUEST)))
def test_signature_that_leaves_a_component_out_is_refused(left_out: int, monkeypatch: pytest.MonkeyPatch) -> None:
    covered = signing.OF_REQUEST[:left_out] + signing.OF_REQUEST[left_out + 1 :]
    with monkeypatch.context() as patch:
        patch.setattr(signing, "OF_REQUEST", covered)
        headers = signing.sign_request(key(), "POST", wire.PARCELS, "51", b"", wire.PARCEL_TYPE)
    if signing.OF_REQUEST[left_out] == "content-digest":
        return  # the library covers the digest of a body whether it is asked to or not

    with pytest.raises(Refused) as refused:
        signing.verify_request(public(), "POST", wire.PARCELS, headers, b"")

    assert refused.value.code == "bad-signature"
