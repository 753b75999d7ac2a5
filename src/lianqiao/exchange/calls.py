"""Calls to another node: signed, with short patience, without redirects or proxies. No database here: it runs in threads."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx
from django.utils.translation import gettext_lazy as _

from lianqiao.record.algorithms import PublicKey, SigningKey
from lianqiao.record.refusal import Refused

from . import signing, wire

PATIENCE = httpx.Timeout(15, connect=4)


@dataclass(frozen=True)
class Target:
    """Where to call, whose keys must have signed the answer, and with which of our keys to sign."""

    code: str
    base_url: str
    keys: Mapping[str, PublicKey]
    our_key: SigningKey


@dataclass(frozen=True)
class Reply:
    """What came back. `status` 0: nothing, `error` says why. `signed` None: it cannot be trusted to end anything."""

    status: int
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    asked: Mapping[str, str] = field(default_factory=dict)
    signed: signing.Signed | None = None
    error: str = ""

    @property
    def value(self) -> dict[str, Any]:
        """The JSON object in the body; empty if there is none."""
        try:
            value = json.loads(self.body)
        except (ValueError, RecursionError):
            return {}
        return value if isinstance(value, dict) else {}

    @property
    def ok(self) -> bool:
        """A success that the peer itself has signed."""
        return self.signed is not None and self.status in (200, 202)

    @property
    def final(self) -> bool:
        """A refusal that the peer itself has signed and that no repetition can change."""
        return self.signed is not None and self.status >= 400 and self.value.get("final") is True

    @property
    def why(self) -> str:
        """In one line what went wrong."""
        if self.error:
            return self.error
        return str(self.value.get("code") or f"HTTP {self.status}") + ("" if self.signed else ", unsigned")


def client() -> httpx.Client:
    """A client for one round of calls; connections are kept alive between them."""
    return httpx.Client(timeout=PATIENCE, follow_redirects=False, trust_env=False)


def call(
    http: httpx.Client, target: Target, method: str, path: str, body: bytes = b"", content_type: str = wire.JSON_TYPE
) -> Reply:
    """Calls the node and checks who signed the answer. Never raises for what the network or the peer does."""
    asked = signing.sign_request(target.our_key, method, path, target.code, body, content_type)
    try:
        with http.stream(method, target.base_url + path, content=body, headers=asked) as response:
            return checked(target, response, method, path, asked)
    except (httpx.HTTPError, httpx.InvalidURL, ValueError) as error:
        return Reply(0, error=f"{type(error).__name__}: {error}"[:300])


def checked(target: Target, response: httpx.Response, method: str, path: str, asked: Mapping[str, str]) -> Reply:
    """What an open response says, and whether the peer signed it. Raises ValueError above the limit."""
    body, headers = _bounded(response), dict(response.headers)
    signed = _signer(target, response.status_code, headers, body, method, path, asked)
    return Reply(response.status_code, body, headers, asked, signed)


def card(address: str) -> dict[str, Any]:
    """The card of the node at an address: of anybody who answers there, so its fingerprint must be compared."""
    try:
        with client() as http, http.stream("GET", address.rstrip("/") + wire.CARD) as response:
            value = json.loads(_bounded(response))
    except (httpx.HTTPError, httpx.InvalidURL, ValueError) as error:
        raise Refused(
            "card-not-fetched", _("The card cannot be fetched: %(why)s."), status=502, why=str(error)
        ) from None
    return value if isinstance(value, dict) else {}


def _bounded(response: httpx.Response) -> bytes:
    """The body, of which nothing beyond the limit is kept."""
    parts, size = [], 0
    for part in response.iter_bytes():
        size += len(part)
        if size > wire.ANSWER_BYTES:
            raise ValueError("the answer is too large")
        parts.append(part)
    return b"".join(parts)


def _signer(
    target: Target,
    status: int,
    headers: Mapping[str, str],
    body: bytes,
    method: str,
    path: str,
    asked: Mapping[str, str],
) -> signing.Signed | None:
    try:
        key = target.keys[signing.kid_of(headers)]
        return signing.verify_answer(key, status, headers, body, method=method, path=path, asked=asked)
    except (Refused, KeyError):
        return None
