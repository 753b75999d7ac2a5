"""One byte form for one JSON value: RFC 8785 (JCS)."""

from hashlib import sha256
from typing import Any

import rfc8785


def canonical(value: Any) -> bytes:
    """The RFC 8785 form of a JSON value.

    Raises ValueError for what JSON cannot carry everywhere: integers beyond 2^53, NaN, keys that are not text, lone
    surrogates, objects of Python (a date, a UUID: hand in their text).
    """
    return rfc8785.dumps(value)


def digest(value: Any) -> str:
    """SHA-256 of the canonical form, in hex."""
    return sha256(canonical(value)).hexdigest()
