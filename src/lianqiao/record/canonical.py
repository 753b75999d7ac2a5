"""One byte form for one JSON value: RFC 8785 (JCS)."""

from hashlib import sha256
from typing import Any

import orjson
import rfc8785

LARGEST = 2**53 - 1


def canonical(value: Any) -> bytes:
    """The RFC 8785 form of a JSON value.

    Raises ValueError for what JSON cannot carry everywhere: integers beyond 2^53, NaN, keys that are not text, lone
    surrogates, objects of Python (a date, a UUID: hand in their text).
    """
    if not is_plain(value):
        return rfc8785.dumps(value)
    try:
        return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)
    except orjson.JSONEncodeError as error:  # a TypeError: half a character
        raise ValueError(str(error)) from error


def is_plain(value: Any) -> bool:
    """Whether orjson, which is many times as fast, writes the same bytes: no fractions, which have several forms, and only
    ASCII keys, which UTF-16 sorts like everybody else. Almost all that the record holds is plain."""
    kind = type(value)
    if kind is str or kind is bool or value is None:
        return True
    if kind is dict:
        for key, inner in value.items():  # noqa: SIM110 (a generator would cost twice as much)
            if type(key) is not str or not key.isascii() or not (type(inner) is str or is_plain(inner)):
                return False
        return True
    if kind is list:
        return all(map(is_plain, value))
    return kind is int and -LARGEST <= value <= LARGEST


def digest(value: Any) -> str:
    """SHA-256 of the canonical form, in hex."""
    return sha256(canonical(value)).hexdigest()
