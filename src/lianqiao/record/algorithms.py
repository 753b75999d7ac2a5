"""Signature algorithms and public keys, pure. Another algorithm (SM2) is one more row of the table."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any, Self

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from lianqiao.record.time import moment, stamp


@dataclass(frozen=True)
class Algorithm:
    """One row of the table. `note` and `cosignature` are the type bytes of C2SP signed notes."""

    name: str
    generate: Callable[[], bytes]
    """A fresh private key as PEM (PKCS #8, not encrypted: the file's mode protects it)."""
    load: Callable[[bytes], Any]
    """The private key of a PEM; ValueError if it is none of this algorithm."""
    public: Callable[[Any], bytes]
    """The raw public key of a private one."""
    load_public: Callable[[bytes], bytes]
    """The raw public key of a PEM (SubjectPublicKeyInfo); ValueError."""
    sign: Callable[[Any, bytes], bytes]
    """(private key, message) -> signature."""
    verify: Callable[[bytes, bytes, bytes], bool]
    """(raw public key, signature, message) -> whether it holds; never raises."""
    note: int
    cosignature: int


def ed25519_generate() -> bytes:
    return Ed25519PrivateKey.generate().private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def ed25519_load(pem: bytes) -> Ed25519PrivateKey:
    key = serialization.load_pem_private_key(pem, None)
    if not isinstance(key, Ed25519PrivateKey):
        raise ValueError("not an Ed25519 key")
    return key


def ed25519_load_public(pem: bytes) -> bytes:
    key = serialization.load_pem_public_key(pem)
    if not isinstance(key, Ed25519PublicKey):
        raise ValueError("not an Ed25519 key")
    return key.public_bytes_raw()


def ed25519_verify(public: bytes, signature: bytes, message: bytes) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True


ALGORITHMS: dict[str, Algorithm] = {
    "ed25519": Algorithm(
        name="ed25519",
        generate=ed25519_generate,
        load=ed25519_load,
        public=lambda key: key.public_key().public_bytes_raw(),
        load_public=ed25519_load_public,
        sign=lambda key, message: key.sign(message),
        verify=ed25519_verify,
        note=0x01,
        cosignature=0x04,
    )
}
DEFAULT = "ed25519"


def kid_of(public: bytes) -> str:
    """The name of a raw public key: the first 16 hex digits of its SHA-256."""
    return sha256(public).hexdigest()[:16]


def verify(public: bytes, message: bytes, signature: bytes, algorithm: str = DEFAULT) -> bool:
    """Whether the signature over the message is by the raw public key. False for an algorithm that is not known."""
    return algorithm in ALGORITHMS and ALGORITHMS[algorithm].verify(public, signature, message)


@dataclass(frozen=True)
class SigningKey:
    """A private key in memory."""

    kid: str
    algorithm: str
    private: Any

    @classmethod
    def of(cls, pem: bytes, algorithm: str = DEFAULT) -> Self:
        private = ALGORITHMS[algorithm].load(pem)
        return cls(kid_of(ALGORITHMS[algorithm].public(private)), algorithm, private)

    @property
    def public(self) -> bytes:
        return ALGORITHMS[self.algorithm].public(self.private)

    def sign(self, message: bytes) -> bytes:
        return ALGORITHMS[self.algorithm].sign(self.private, message)


@dataclass(frozen=True)
class PublicKey:
    """A public key of a node, with the time in which the node signs new things with it."""

    node: str
    algorithm: str
    public: bytes
    valid_from: datetime | None = None
    valid_until: datetime | None = None

    @property
    def kid(self) -> str:
        return kid_of(self.public)

    def verify(self, signature: bytes, message: bytes) -> bool:
        return verify(self.public, message, signature, self.algorithm)

    def holds_at(self, at: datetime) -> bool:
        """Whether the key was the node's at that time; unknown ends are open."""
        return (self.valid_from is None or self.valid_from <= at) and (
            self.valid_until is None or at <= self.valid_until
        )

    def document(self) -> dict[str, str | None]:
        """The key as published: the inverse of `read`."""
        return {
            "node": self.node,
            "kid": self.kid,
            "algorithm": self.algorithm,
            "public": self.public.hex(),
            "valid_from": stamp(self.valid_from) if self.valid_from else None,
            "valid_until": stamp(self.valid_until) if self.valid_until else None,
        }

    @classmethod
    def read(cls, document: Mapping[str, Any]) -> Self:
        """A published key. ValueError if it is not one, or its kid is another's."""
        try:
            key = cls(
                node=str(document["node"]),
                algorithm=str(document["algorithm"]),
                public=bytes.fromhex(document["public"]),
                valid_from=moment(document["valid_from"]) if document.get("valid_from") else None,
                valid_until=moment(document["valid_until"]) if document.get("valid_until") else None,
            )
        except (KeyError, TypeError, AttributeError) as error:
            raise ValueError("not a published key") from error
        if key.algorithm not in ALGORITHMS or document.get("kid", key.kid) != key.kid:
            raise ValueError("not a published key")
        return key
