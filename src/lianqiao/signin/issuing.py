"""The keys with which this node signs what it says of its people: rows for the public halves, files for the private ones, events for each change.

They are RSA keys, because RS256 is the one algorithm that every OpenID Connect client knows and the only one that django-allauth signs with.
A new one is made when the first is needed, or by the security administrator; the old one stays published for a day, which is far longer than
anything signed with it is believed.
"""

from __future__ import annotations

import json
from datetime import timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

from allauth.core.internal import jwkkit
from allauth.idp.oidc.models import PrivateKey
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from django.db import transaction
from django.db.models import Q
from jwt.algorithms import RSAAlgorithm

from lianqiao.record import events, keys, nodes
from lianqiao.record.actors import Actor
from lianqiao.record.models import Node
from lianqiao.record.time import now
from lianqiao.signin.models import SigningKey

BITS = 2048
PUBLISHED = timedelta(days=1)
"""For so long after its end a key stays published."""


def path_of(kid: str) -> Path:
    return keys.folder() / f"signin-{kid}.pem"


def ensure() -> SigningKey:
    """The key that signs now; made, with its event by the clock, if there is none yet."""
    there = SigningKey.objects.filter(valid_until=None).first()
    if there:
        return there
    with transaction.atomic():
        Node.objects.select_for_update().get()
        there = SigningKey.objects.filter(valid_until=None).first()
        return there or begin(by=Actor.clock("setup"), why="setup")


def begin(*, by: Actor, why: str) -> SigningKey:
    """A new key, in the transaction of the caller, who holds the lock of the node. The one before it ends."""
    pem = generated()
    jwk = public_of(pem)
    keys.write(path_of(jwk["kid"]), pem)
    moment = now()
    ended = SigningKey.objects.filter(valid_until=None).update(valid_until=moment)
    row = SigningKey.objects.create(kid=jwk["kid"], public=jwk, valid_from=moment)
    data = {"kid": row.kid, "public": jwk, "why": why}
    events.append("signin", nodes.subject(nodes.this_node().code), "rotate" if ended else "create", by=by, data=data)
    return row


def generated() -> bytes:
    """A new private key, as PEM."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=BITS)
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def public_of(pem: bytes) -> dict[str, Any]:
    """The public half as a JWK; its `kid` is its thumbprint (RFC 7638)."""
    key = serialization.load_pem_private_key(pem, password=None)
    assert isinstance(key, rsa.RSAPrivateKey)
    jwk: dict[str, Any] = json.loads(RSAAlgorithm.to_jwk(key.public_key()))
    return {name: jwk[name] for name in ("kty", "n", "e")} | {
        "kid": jwkkit.jwk_thumbprint(jwk),
        "use": "sig",
        "alg": "RS256",
    }


def published() -> list[SigningKey]:
    """The keys with which something that is still believed may have been signed."""
    return list(SigningKey.objects.filter(Q(valid_until=None) | Q(valid_until__gt=now() - PUBLISHED)))


def private_keys() -> list[PrivateKey]:
    """The same with their private halves, as django-allauth takes them. Makes the first."""
    ensure()
    return [PrivateKey(pem=read(path_of(row.kid)), issued_at=row.valid_from) for row in published()]


@lru_cache(maxsize=16)
def read(path: Path) -> str:
    return path.read_text(encoding="ascii")
