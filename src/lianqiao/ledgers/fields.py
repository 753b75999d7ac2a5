"""What an import understands of an office's own ledger: its fields, and the headings and words under which offices keep them (`wordings.toml`)."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from lianqiao.cases import flow
from lianqiao.registry import names

from .columns import COLUMNS

FILE = Path(__file__).with_name("wordings.toml")


class Field(NamedTuple):
    """One field: what it is called here, and how many signs it may have."""

    code: str
    label: Promise
    longest: int = 200


FIELDS: dict[str, Field] = {
    one.code: one
    for one in (
        Field("number", _("Case number")),
        Field("ref", _("Number in the ledger")),
        Field("filed_on", _("Filed on")),
        Field("accepted_on", _("Accepted on")),
        Field("concluded_on", _("Concluded on")),
        Field("delivered_on", _("Delivered on")),
        Field("enterprise_name", _("Enterprise")),
        Field("enterprise_code", _("Credit code")),
        Field("contact.name", _("Contact person")),
        Field("contact.phone", _("Telephone")),
        Field("title", _("Matter")),
        Field("facts", _("What the matter is"), 20_000),
        Field("request", _("What is asked for"), 5_000),
        Field("kind", _("Kind of request (complaint, help, suggestion, consultation)")),
        Field("programme", _("Rules that apply (programme)")),
        Field("category", _("Field of the matter (procurement, fees and so on)")),
        Field("respondents", _("Complained of"), 2_000),
        Field("unit", _("Who handles it")),
        Field("state", _("State")),
        Field("ground", _("Ground of conclusion")),
        Field("text", _("Result"), 20_000),
        Field("score", _("Rating")),
        Field("confidential", _("Confidential")),
    )
}
"""By code, in the order in which they are offered."""
DAYS = ("filed_on", "accepted_on", "concluded_on", "delivered_on")
CODED = ("kind", "programme", "category")
"""What a ledger that lacks it takes from one choice for all of its lines."""
RECKONED = ("days_left", "days_used", "overdue")
"""Columns of the catalogue that change with the day of looking: an export that comes back is not compared by them."""


@cache
def words(part: str) -> dict[str, str]:
    """What stands for what, in one part of the file: the word as it is compared, and the code."""
    told: dict[str, list[str]] = tomllib.loads(FILE.read_text(encoding="utf-8"))[part]
    return {names.plain(word): code for code, each in told.items() for word in each}


def plain(heading: Any) -> str:
    """A heading as it is compared: one width and case, without spaces, stars and remarks in brackets."""
    said = names.plain(str(heading)).replace("\n", "").strip()
    return said.partition("(")[0].strip().removesuffix("*").strip() or said


def named(heading: Any) -> str:
    """The field that a heading names by itself; "" for none."""
    said = plain(heading)
    return said if said in FIELDS else words("headings").get(said) or words("headings").get(said.replace(" ", ""), "")


@cache
def states() -> dict[str, str]:
    """What may be written for a state, the names that it has here among it."""
    known = dict(words("states"))
    for language in ("en", "zh-hans"):
        with override(language):
            known |= {names.plain(str(one.label)): one.value for one in flow.State if one in known.values()}
    return known


@cache
def feet() -> tuple[str, ...]:
    """How a line begins that is none of the ledger's."""
    return tuple(words("feet"))


@cache
def catalogue() -> dict[str, tuple[str, str]]:
    """The columns of the catalogue that can be compared, by their heading in either language, or by their code, as programs write it: (language, code)."""
    found: dict[str, tuple[str, str]] = {}
    for language in ("en", "zh-hans"):
        with override(language):
            for code, column in COLUMNS.items():
                if code not in RECKONED:
                    found.setdefault(str(column.label), (language, code))
    for code in COLUMNS:
        if code not in RECKONED:
            found.setdefault(code, ("", code))
    return found
