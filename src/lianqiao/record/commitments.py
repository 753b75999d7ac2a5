"""Commitments: an event binds itself to a value that can be destroyed later without breaking the chain."""

import secrets
from hashlib import sha256

DOMAIN = b"lianqiao/commitment/v1\0"
SALT_BYTES = 16


def salts(count: int) -> list[bytes]:
    """So many times 128 fresh random bits, drawn from the kernel at once. One per value, never reused, never sent to anybody."""
    drawn = secrets.token_bytes(SALT_BYTES * count)
    return [drawn[start : start + SALT_BYTES] for start in range(0, len(drawn), SALT_BYTES)]


def commit(field: str, value: str, salt: bytes) -> str:
    """SHA-256 in hex over the domain, the salt, the field's name (four bytes of length, UTF-8) and the value (UTF-8).

    Raises ValueError if the salt has not 16 bytes or a text has no UTF-8 form.
    """
    if len(salt) != SALT_BYTES:
        raise ValueError(f"a salt has {SALT_BYTES} bytes")
    name = field.encode()
    return sha256(DOMAIN + salt + len(name).to_bytes(4, "big") + name + value.encode()).hexdigest()
