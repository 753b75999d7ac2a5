"""Bytes that somebody has tampered with: anything at all, and good samples of which parts were cut out, doubled, exchanged or filled with what is extreme."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import strategies as st

EXTREME = (
    b"", b"\0", b"\xff\xfe", b"\xef\xbb\xbf", b"[" * 3000, b"{" * 3000, b"((((", b"9" * 5000, b"-1", b"1e999", b"NaN", b"0001-01-01",
    b"9999-12-31T23:59:59-23:59", b'"' * 3, b"'", b"\r", b"\n" * 50, "字".encode() * 2000, "\u2028".encode(), b"=HYPERLINK(1)",
    b"<!DOCTYPE a>", b"../" * 20, b"null", b"true", b"18446744073709551616",
)  # fmt: skip


@st.composite
def mangled(draw: st.DrawFn, *samples: bytes) -> bytes:
    """One of the samples after one to four deeds, or bytes of no sample."""
    if not samples or draw(st.integers(0, 9)) == 0:
        return draw(st.binary(max_size=300))
    whole = draw(st.sampled_from(samples))
    for _deed in range(draw(st.integers(1, 4))):
        first = draw(st.integers(0, len(whole)))
        last = min(len(whole), first + draw(st.sampled_from((0, 1, 2, 8, 60, 500))))
        put = draw(st.sampled_from((*EXTREME, whole[first:last] * 2)) | st.binary(max_size=12))
        whole = whole[:first] + put + whole[last:]
    return whole


VALUES: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20)
    | st.sampled_from(("0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59-23:59", "00" * 32, "\ud800", 2**64, -1, "9" * 5000)),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)  # fmt: skip


@st.composite
def exchanged(draw: st.DrawFn, sample: Any) -> bytes:
    """A JSON document in which one value, at any depth, is another, or is missing."""
    whole = json.loads(json.dumps(sample))
    holder, key = whole, ""
    while isinstance(holder, dict | list) and holder:
        key = draw(st.sampled_from(sorted(holder) if isinstance(holder, dict) else range(len(holder))))
        if not isinstance(holder[key], dict | list) or not holder[key] or draw(st.booleans()):
            break
        holder = holder[key]
    if draw(st.integers(0, 4)) == 0:
        del holder[key]
    else:
        holder[key] = draw(VALUES)
    return json.dumps(whole).encode()
