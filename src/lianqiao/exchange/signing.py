"""Signatures over messages (RFC 9421) by the keys of the record, and what a signature that does not verify means.

Covered: method, path, query, receiver, content type, content digest; not the host, which proxies change. The receiver's
code binds a message to its node whatever address it came by. An answer covers the signature of the request it answers.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from secrets import token_urlsafe
from typing import Any

import http_sf
from http_message_signatures import (
    HTTPMessageSigner,
    HTTPMessageVerifier,
    HTTPSignatureAlgorithm,
    HTTPSignatureKeyResolver,
    InvalidSignature,
)
from http_message_signatures.digests import ContentDigest
from http_message_signatures.structures import CaseInsensitiveDict

from lianqiao.record.algorithms import ALGORITHMS, PublicKey, SigningKey
from lianqiao.record.time import now

from . import wire

LABEL = "lianqiao"
TAG = "lianqiao-exchange-v1"
RECEIVER = "Lianqiao-Receiver"
OF_REQUEST = ("@method", "@path", "@query", "lianqiao-receiver", "content-type", "content-digest")
OF_ANSWER = ("@status", "content-type", "content-digest", '"signature";req')
MOST_SKEW = 2**31 - 1
KEPT = ("content-type", "content-digest", "lianqiao-receiver", "signature-input", "signature")


def fields(headers: Mapping[str, str]) -> Any:
    """Header fields whose names are found in any case."""
    return CaseInsensitiveDict(headers)  # type: ignore[no-untyped-call]


@dataclass
class Request:
    """A request as the signature library reads it. The host is no part of what is signed."""

    method: str
    path: str
    headers: Any

    @property
    def url(self) -> str:
        return "http://node" + self.path


@dataclass
class Answer:
    """An answer as the signature library reads it, with the request that it answers."""

    status_code: int
    request: Request
    headers: Any


@dataclass(frozen=True)
class Signed:
    """What a signature that verifies says of itself."""

    kid: str
    created: datetime
    nonce: str

    @property
    def skew_seconds(self) -> int:
        """How far the signer's clock was ahead of ours, in whole seconds; what a column cannot hold, as the most that it can."""
        return max(-MOST_SKEW, min(MOST_SKEW, round((self.created - now()).total_seconds())))

    @property
    def in_window(self) -> bool:
        """Whether the message was signed now, give or take five minutes."""
        return abs(self.created - now()) <= wire.WINDOW


@cache
def algorithm(name: str) -> type[HTTPSignatureAlgorithm]:
    """An algorithm of the record's table in the form that the signature library takes. KeyError if there is none."""
    entry = ALGORITHMS[name]

    class OfRecord(HTTPSignatureAlgorithm):
        algorithm_id = name

        def __init__(self, public_key: Any = None, private_key: Any = None) -> None:
            self.public_key, self.private_key = public_key, private_key

        def sign(self, message: bytes) -> bytes:
            return entry.sign(self.private_key, message)

        def verify(self, signature: bytes, message: bytes) -> None:
            if not entry.verify(self.public_key, signature, message):
                raise InvalidSignature("the signature does not verify")

    return OfRecord


class OneKey(HTTPSignatureKeyResolver):
    """Gives the library the one key that the caller chose."""

    def __init__(self, *, public: bytes | None = None, private: Any = None) -> None:
        self.public, self.private = public, private

    def resolve_public_key(self, key_id: str) -> Any:
        return self.public

    def resolve_private_key(self, key_id: str) -> Any:
        return self.private


class Verifier(HTTPMessageVerifier):
    """Leaves the age of a signature to `Signed.in_window`, which can tell a wrong clock from a wrong signature."""

    def validate_created_and_expires(self, sig_input: Any, max_age: Any = None) -> None:
        if type(sig_input.params.get("created")) is not int:
            raise InvalidSignature("the time of signing is missing")


def sign_request(
    key: SigningKey, method: str, path: str, receiver: str, body: bytes, content_type: str
) -> dict[str, str]:
    """The header fields of a request signed now, with a nonce that was never used before."""
    request = Request(method, path, fields({"Content-Type": content_type, RECEIVER: receiver}))
    _sign(key, request, OF_REQUEST, body)
    return dict(request.headers.items())


def sign_answer(
    key: SigningKey, status: int, body: bytes, content_type: str, *, method: str, path: str, asked: Mapping[str, str]
) -> dict[str, str]:
    """The header fields of an answer, signed together with the signature of the request `asked`, if that was signed."""
    answer = Answer(status, Request(method, path, fields(asked)), fields({"Content-Type": content_type}))
    covered = OF_ANSWER if "signature" in answer.request.headers else OF_ANSWER[:-1]
    _sign(key, answer, covered, body)
    return dict(answer.headers.items())


def kid_of(headers: Mapping[str, str]) -> str:
    """The id of the key that a message says it is signed with. Refuses a message that is not signed as this protocol asks."""
    try:
        given: Any = http_sf.parse(fields(headers)["signature-input"].encode(), tltype="dictionary")
        found = [params for _components, params in given.values() if params.get("tag") == TAG]
        return str(found[0]["keyid"])
    except (KeyError, IndexError, ValueError, TypeError, AttributeError):
        raise wire.refuse("bad-signature", why="no signature") from None


def verify_request(key: PublicKey, method: str, path: str, headers: Mapping[str, str], body: bytes) -> Signed:
    """Checks a request against a key. Refuses "bad-signature"; time and nonce are the caller's to judge."""
    return _verify(key, Request(method, path, fields(headers)), OF_REQUEST, body)


def verify_answer(
    key: PublicKey,
    status: int,
    headers: Mapping[str, str],
    body: bytes,
    *,
    method: str,
    path: str,
    asked: Mapping[str, str],
) -> Signed:
    """Checks an answer to the request `asked` against a key. Refuses "bad-signature"."""
    request = Request(method, path, fields(asked))
    covered = OF_ANSWER if "signature" in request.headers else OF_ANSWER[:-1]
    return _verify(key, Answer(status, request, fields(headers)), covered, body)


def proof(method: str, path: str, headers: Mapping[str, str]) -> dict[str, str]:
    """What must be kept of a signed request so that it can be verified for ever."""
    return {"method": method, "path": path} | kept(headers)


def kept(headers: Mapping[str, str]) -> dict[str, str]:
    """The header fields that a signature covers or consists of."""
    given = fields(headers)
    return {name: given[name] for name in KEPT if name in given}


def _sign(key: SigningKey, message: Request | Answer, covered: tuple[str, ...], body: bytes) -> None:
    signer = HTTPMessageSigner(signature_algorithm=algorithm(key.algorithm), key_resolver=OneKey(private=key.private))
    message.headers["Content-Digest"] = ContentDigest.create(body)
    signer.sign(
        message, key_id=key.kid, created=now(), nonce=token_urlsafe(18), label=LABEL, tag=TAG,
        covered_component_ids=covered, body=body, use_existing_digest=True,
    )  # fmt: skip


def _verify(key: PublicKey, message: Request | Answer, covered: tuple[str, ...], body: bytes) -> Signed:
    try:
        verifier = Verifier(signature_algorithm=algorithm(key.algorithm), key_resolver=OneKey(public=key.public))
        (result,) = verifier.verify(message, max_age=None, expect_tag=TAG, require_components=covered, body=body)
        created = datetime.fromtimestamp(int(result.parameters["created"]), UTC)
    except (InvalidSignature, ValueError, OverflowError, OSError, TypeError, AttributeError) as error:
        raise wire.refuse("bad-signature", why=str(error)[:200]) from None
    if result.parameters["keyid"] != key.kid:
        raise wire.refuse("bad-signature", why="keyid")
    return Signed(key.kid, created, result.nonce or "")
