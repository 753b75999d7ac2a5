"""What an error says, without the values that it quotes: logs and rows of errors are read by operators, who may not know what a case says."""

import re

LEFT_OUT = "…"

_QUOTED = (
    # PostgreSQL quotes the failing row or key behind DETAIL; CONTEXT may hold a line of data.
    (re.compile(r"^(\s*(?:DETAIL|CONTEXT|DETALLE|详细信息|背景):).*$", re.MULTILINE), rf"\1 {LEFT_OUT}"),
    # pydantic quotes what it was given.
    (re.compile(r"input_value=.*?, input_type=", re.DOTALL), f"input_value={LEFT_OUT}, input_type="),
    # Tokens of this house.
    (re.compile(r"\blq_[A-Za-z0-9_-]+"), f"lq_{LEFT_OUT}"),
)
_SECRET_SEGMENT = re.compile(r"(?<=/)(?![0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b)[A-Za-z0-9_-]{24,}")
"""Part of an address that is long and no id: what opens a door is never shorter."""


def discreet(text: str) -> str:
    """The same text without rows, keys and inputs that databases and parsers quote, and without tokens."""
    for quoted, instead in _QUOTED:
        text = quoted.sub(instead, text)
    return text


def address(text: str) -> str:
    """The same text without what opens a door by standing in an address: invitations, feeds, links of letters. Ids stay."""
    return _SECRET_SEGMENT.sub(LEFT_OUT, text)
