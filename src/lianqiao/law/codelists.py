"""Codes that cases and enterprises use: industries, countries and regions, the lists of GB/T 39046 annex A."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from lianqiao.law.text import Text

FOLDER = Path(__file__).parent
GROUPS: dict[str, Text] = {
    "mainland": Text("内地（大陆）", "mainland of China"),
    "hmt": Text("港澳台", "Hong Kong, Macao and Taiwan"),
    "foreign": Text("外国", "foreign countries and regions"),
}
"""Where capital comes from. Hong Kong, Macao and Taiwan follow the rules for foreign investment by reference."""
HMT = ("HK", "MO", "TW")


@dataclass(frozen=True, slots=True)
class Industry:
    """A section of GB/T 4754: its letter, its name, the first and the last of its divisions (two digits)."""

    code: str
    name: Text
    first: int
    last: int


@cache
def industries() -> dict[str, Industry]:
    """The twenty sections A to T, by letter."""
    rows = tomllib.loads((FOLDER / "industries.toml").read_text(encoding="utf-8"))
    return {code: Industry(code, Text(row["zh"], row["en"]), row["first"], row["last"]) for code, row in rows.items()}


def industry_of(code: str) -> Industry | None:
    """The section of a code as it is written in practice: "C", "C13", "13", "1311" or "C1311"; None where it is none."""
    letter, digits = (code[:1], code[1:]) if code[:1].isalpha() else ("", code)
    if not digits:
        return industries().get(letter)
    if not (digits.isascii() and digits.isdecimal() and 2 <= len(digits) <= 4):
        return None
    found = next((held for held in industries().values() if held.first <= int(digits[:2]) <= held.last), None)
    return found if found and letter in ("", found.code) else None


@cache
def countries() -> dict[str, Text]:
    """Names of all countries and regions by ISO 3166-1 alpha-2 code."""
    rows = tomllib.loads((FOLDER / "countries.toml").read_text(encoding="utf-8"))
    return {code: Text(zh, en) for code, (zh, en) in rows.items()}


def origin_group(code: str) -> str | None:
    """The group of origin of a country or region: "mainland", "hmt" or "foreign"; None for an unknown code."""
    if code not in countries():
        return None
    return "hmt" if code in HMT else "mainland" if code == "CN" else "foreign"


@dataclass(frozen=True, slots=True)
class CodeList:
    """One list: its title, where it stands, how well it is known, its codes; `to_standard` leads to the list `standard`."""

    name: str
    title: Text
    source: str
    mark: str
    codes: dict[str, Text]
    standard: str
    to_standard: dict[str, str]


@cache
def codelists() -> dict[str, CodeList]:
    """All lists by name: item_type, level, body, served, served_in_use, channel, case, special_procedure, satisfaction."""
    rows = tomllib.loads((FOLDER / "codelists.toml").read_text(encoding="utf-8"))
    return {
        name: CodeList(
            name, Text(**row["title"]), row["source"], row["mark"],
            {code: Text(zh, en) for code, (zh, en) in row["codes"].items()},
            row.get("standard", ""), row.get("to_standard", {}),
        )
        for name, row in rows.items()
    }  # fmt: skip


def code_name(name: str, code: str) -> Text | None:
    """What a code of a list means; None where the list has no such code. KeyError: no such list."""
    return codelists()[name].codes.get(code)


def to_standard(name: str, code: str) -> str | None:
    """The code of the standard for a code that running systems use; None where there is none. KeyError: no such list."""
    held = codelists()[name]
    return held.to_standard.get(code) if held.standard else code if code in held.codes else None


def stars(satisfaction: str) -> int:
    """The stars (5 is best) of a satisfaction code (1 is best). Refused (ValueError): another code."""
    if satisfaction not in codelists()["satisfaction"].codes:
        raise ValueError(f"{satisfaction!r} is no satisfaction code; known: 1 to 5")
    return 6 - int(satisfaction)
