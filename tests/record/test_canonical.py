"""Both ways to the canonical form give the same bytes, or refuse the same."""

from typing import Any

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from lianqiao.record.canonical import LARGEST, canonical, is_plain

VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-LARGEST, LARGEST)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(st.text(max_size=5), inner, max_size=5),
    max_leaves=20,
)


@given(VALUES)
def test_gives_the_bytes_of_rfc_8785(value: Any) -> None:
    assert canonical(value) == rfc8785.dumps(value)


def test_takes_the_quick_way_for_what_the_record_holds() -> None:
    assert is_plain(
        {"v": 1, "data": {"title": '题\u2028\x7f\x1f"\\', "due": None, "parallel": False, "missing": ["执照"]}}
    )
    assert is_plain([LARGEST, -LARGEST])


@pytest.mark.parametrize(
    "value",
    [
        {"a": 2**53},
        {"a": -(2**53)},
        {"a": float("nan")},
        {1: "a"},
        {"a": "\ud800"},
        ["\udfff"],
        {"a": object()},
        {"\ud800": 1},
        float("inf"),
    ],
    ids=[
        "too-large",
        "too-small",
        "nan",
        "key-no-text",
        "half-character",
        "half-in-list",
        "object",
        "half-in-key",
        "infinite",
    ],
)
def test_refuses_what_json_cannot_carry_everywhere(value: Any) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 (of two kinds)
        canonical(value)


@pytest.mark.parametrize("value", [{"\U0001f600": 1, "\ufb33": 2}, {"a": 1.0}, {"a": 1e21}, ("a", "b")], ids=str)
def test_leaves_the_rest_to_the_careful_way(value: Any) -> None:
    assert not is_plain(value)
    assert canonical(value) == rfc8785.dumps(value)
