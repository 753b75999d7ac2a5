"""The regimes that come with the package: read once, by id."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from lianqiao.law.reading import read_folder
from lianqiao.law.statute import ExtensionRule, Item, Regime, RegimeError
from lianqiao.law.vocabulary import KINDS, NODE_TARGET, PROGRAMMES

FOLDER = Path(__file__).parent / "regimes"


@cache
def regimes() -> dict[str, Regime]:
    """All regimes of the package by id. A file that contradicts itself stops it (RegimeError)."""
    return read_folder(FOLDER)


def shipped(code: str) -> bytes:
    """The text of a regime as the package brings it. KeyError for one that it does not bring."""
    return (FOLDER / f"{regime(code).id}.toml").read_bytes()


def regime(code: str) -> Regime:
    """The regime of this id; KeyError names the known ones."""
    held = regimes()
    if code not in held:
        raise KeyError(f"unknown regime {code}; known: {', '.join(held)}")
    return held[code]


__all__ = [
    "FOLDER", "KINDS", "NODE_TARGET", "PROGRAMMES", "ExtensionRule", "Item", "Regime", "RegimeError", "regime",
    "regimes", "shipped",
]  # fmt: skip
