"""Administrative divisions (GB/T 2260): what a code is called, what it lies in."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from lianqiao.law.text import Text

FILE = Path(__file__).parent / "divisions.toml"
CHINA = Text("中国", "China")


@dataclass(frozen=True, slots=True)
class Division:
    """One division: code of six digits, name, and how well the code is known (mark of evidence)."""

    code: str
    name: Text
    mark: str

    @property
    def level(self) -> str:
        """province, prefecture or county."""
        if self.code.endswith("0000"):
            return "province"
        return "prefecture" if self.code.endswith("00") else "county"


@cache
def divisions() -> dict[str, Division]:
    """All divisions held, by code."""
    blocks = tomllib.loads(FILE.read_text(encoding="utf-8"))["block"]
    held = (
        Division(code, Text(zh, en), block["mark"]) for block in blocks for code, (zh, en) in block["divisions"].items()
    )
    return {division.code: division for division in sorted(held, key=lambda division: division.code)}


def division(code: str) -> Division | None:
    """The division of a code, also of a short one ("51", "5101"); None where it is not held."""
    return divisions().get(code.ljust(6, "0"))


def parent(code: str) -> Division | None:
    """The next division above that is held: county -> prefecture -> province; None for a province.

    The counties of Chongqing lie directly under the municipality.
    """
    full = code.ljust(6, "0")
    above = (full[:4] + "00", full[:2] + "0000")
    return next((divisions()[up] for up in above if up != full and up in divisions()), None)


def children(code: str) -> tuple[Division, ...]:
    """The divisions directly below."""
    full = code.ljust(6, "0")
    return tuple(held for held in divisions().values() if (up := parent(held.code)) and up.code == full)


def is_within(code: str, prefix: str) -> bool:
    """Whether a division lies in (or is) another. The prefix may be short ("51"), full ("510100") or "" for China."""
    short = prefix if len(prefix) < 6 else prefix.removesuffix("00").removesuffix("00")
    return code.startswith(short)


def name_of(code: str) -> Text:
    """The full name from the province down, e.g. 四川省成都市锦江区 / Jinjiang District, Chengdu City, Sichuan Province.

    A code that is not held is named by what it lies in and the code itself; "" is China.
    """
    if not code:
        return CHINA
    held = division(code)
    chain = [held.name if held else Text(code, code)]
    up = parent(code)
    while up:
        chain.append(up.name)
        up = parent(up.code)
    return Text("".join(name.zh for name in reversed(chain)), ", ".join(name.en for name in chain))
