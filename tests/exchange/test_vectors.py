"""The vectors in docs/reference/vectors/exchange/message.json: made by this code with a key that everybody knows, and checked by it."""

import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from http_message_signatures import HTTPMessageSigner

from lianqiao.exchange import signing, wire
from lianqiao.record.algorithms import PublicKey, SigningKey, kid_of
from lianqiao.record.refusal import Refused
from lianqiao.record.time import now

VECTORS = Path(__file__).parents[2] / "docs" / "reference" / "vectors" / "exchange" / "message.json"
SEED = bytes.fromhex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60")  # RFC 8032, 7.1, test 1
NONCE = "bm9uY2Utb2YtdGhlLXZlY3Rvcg"
EMPTY_DIGEST = "sha-256=:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=:"


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


def signed_by_hand(
    covered: tuple[str, ...] = signing.OF_REQUEST, *, kid: str = "", created: datetime | None = None, **params: Any
) -> dict[str, str]:
    """A request without a body as another program might sign it."""
    request = signing.Request(
        "POST", wire.PARCELS, signing.fields({"Content-Type": wire.PARCEL_TYPE, signing.RECEIVER: "51"})
    )
    if "content-digest" in covered:
        request.headers["Content-Digest"] = EMPTY_DIGEST
    signer = HTTPMessageSigner(
        signature_algorithm=signing.algorithm("ed25519"), key_resolver=signing.OneKey(private=key().private)
    )
    signer.sign(
        request, key_id=kid or key().kid, created=created or now(), tag=params.pop("tag", signing.TAG),
        covered_component_ids=covered, use_existing_digest="content-digest" in covered, **params,
    )  # fmt: skip
    return dict(request.headers.items())


def test_signature_of_another_program_is_taken() -> None:
    """Label and nonce are the signer's choice; whether a nonce is there is for the door to judge."""
    headers = signed_by_hand(label="another", include_alg=False)

    assert signing.kid_of(headers) == key().kid
    assert signing.verify_request(public(), "POST", wire.PARCELS, headers, b"").nonce == ""


def test_signature_under_the_id_of_another_key_or_for_another_use_is_refused() -> None:
    for headers in (signed_by_hand(kid="0" * 16), signed_by_hand(tag="another")):
        with pytest.raises(Refused) as refused:
            signing.verify_request(public(), "POST", wire.PARCELS, headers, b"")
        assert refused.value.code == "bad-signature"
    with pytest.raises(Refused) as refused:
        signing.kid_of(signed_by_hand(tag="another"))
    assert refused.value.code == "bad-signature"


def test_signature_that_leaves_out_the_digest_of_an_empty_body_is_refused() -> None:
    headers = signed_by_hand(("@method", "@path", "@query", "lianqiao-receiver", "content-type"))

    with pytest.raises(Refused) as refused:
        signing.verify_request(public(), "POST", wire.PARCELS, headers, b"")

    assert refused.value.code == "bad-signature"


@pytest.mark.parametrize("given", [None, 5, "", "x=(((", "x=5", 'x=("@path");tag="lianqiao-exchange-v1"'], ids=str)
def test_message_that_names_no_key_is_refused(given: Any) -> None:
    with pytest.raises(Refused) as refused:
        signing.kid_of({} if given is None else {"Signature-Input": given})

    assert refused.value.code == "bad-signature"


def test_two_signatures_for_one_use_or_a_time_without_a_date_are_refused() -> None:
    first, second = signed_by_hand(label="first"), signed_by_hand(label="second")
    twice = first | {name: f"{first[name]}, {second[name]}" for name in ("Signature-Input", "Signature")}
    late = first | {"Signature-Input": re.sub(r"created=\d+", "created=999999999999999", first["Signature-Input"])}

    for headers in (twice, late):
        with pytest.raises(Refused) as refused:
            signing.verify_request(public(), "POST", wire.PARCELS, headers, b"")
        assert refused.value.code == "bad-signature"


@pytest.mark.parametrize(
    ("seconds", "skew", "in_window"),
    [
        (300, 300, True), (-300, -300, True), (301, 301, False), (-301, -301, False),
        (2**31 - 1, 2**31 - 1, False), (2**31, 2**31 - 1, False),
    ]
)  # fmt: skip
def test_signature_is_in_the_window_for_five_minutes_both_ways(seconds: int, skew: int, in_window: bool) -> None:
    with time_machine.travel(1_795_000_000, tick=False):
        headers = signed_by_hand(created=now() + timedelta(seconds=seconds))
        signed = signing.verify_request(public(), "POST", wire.PARCELS, headers, b"")
        assert (signed.skew_seconds, signed.in_window) == (skew, in_window)


def test_answer_is_bound_to_the_request_that_it_answers() -> None:
    told, asked = vectors()["answer"], vectors()["request"]
    body, about = told["body"].encode(), {"method": asked["method"], "path": asked["path"]}
    unsigned = {"content-type": wire.JSON_TYPE}
    free = signing.sign_answer(key(), 200, b"{}", wire.JSON_TYPE, **about, asked=unsigned)

    assert signing.verify_answer(
        public(), told["status"], told["headers"], body, **about, asked=asked["headers"]
    ).created == datetime.fromtimestamp(told["created"], UTC)
    assert signing.verify_answer(public(), 200, free, b"{}", **about, asked=unsigned).kid == key().kid
    for status, headers, content, request in [
        (told["status"] + 1, told["headers"], body, asked["headers"]),
        (told["status"], told["headers"] | {"content-type": "text/plain"}, body, asked["headers"]),
        (told["status"], told["headers"], body + b" ", asked["headers"]),
        (told["status"], told["headers"], body, signed_by_hand()),
        (told["status"], told["headers"], body, unsigned),
        (200, free, b"{}", asked["headers"]),
    ]:
        with pytest.raises(Refused) as refused:
            signing.verify_answer(public(), status, headers, content, **about, asked=request)
        assert refused.value.code == "bad-signature"


def test_keeps_of_a_request_what_its_signature_covers() -> None:
    headers = signed_by_hand()

    proof = signing.proof("POST", wire.PARCELS, headers | {"Accept": "*/*", "Cookie": "secret"})

    assert proof == {"method": "POST", "path": wire.PARCELS} | {name.lower(): text for name, text in headers.items()}
    assert signing.verify_request(public(), "POST", wire.PARCELS, proof, b"").kid == key().kid


@pytest.mark.parametrize("left_out", range(len(signing.OF_REQUEST)))
def test_signature_that_leaves_a_component_out_is_refused(left_out: int, monkeypatch: pytest.MonkeyPatch) -> None:
    covered = signing.OF_REQUEST[:left_out] + signing.OF_REQUEST[left_out + 1 :]
    with monkeypatch.context() as patch:
        patch.setattr(signing, "OF_REQUEST", covered)
        headers = signing.sign_request(key(), "POST", wire.PARCELS, "51", b"", wire.PARCEL_TYPE)
    if signing.OF_REQUEST[left_out] == "content-digest":
        headers = signed_by_hand(covered)  # the library covers the digest of a body whether it is asked to or not

    with pytest.raises(Refused) as refused:
        signing.verify_request(public(), "POST", wire.PARCELS, headers, b"")

    assert refused.value.code == "bad-signature"


@pytest.mark.parametrize("value", [5, None, ["text"]], ids=str)
def test_refuses_kept_headers_that_are_no_text(value: Any) -> None:
    told = vectors()["request"]
    headers = told["headers"] | {"content-type": value}

    with pytest.raises(Refused) as refused:
        signing.verify_request(public(), told["method"], told["path"], headers, told["body"].encode())

    assert refused.value.code == "bad-signature"
