"""Service areas: new areas and zones without a division code, and the divisions in which they lie."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

from lianqiao.law.divisions import is_within
from lianqiao.law.text import NOTHING, Text

FILE = Path(__file__).parent / "service_areas.toml"


@dataclass(frozen=True, slots=True)
class ServiceArea:
    """One area: our own code, its name, days on which it exists, the divisions in which it lies (mostly in part).

    `upper`: the division whose agency answers where none of the area's own is entered. `within`: the larger area that
    holds it. `statistical_code`: a code that statistics use and that is no division.
    """

    code: str
    name: Text
    first: date
    until: date | None
    divisions: tuple[str, ...]
    upper: str
    within: str
    statistical_code: str
    mark: str
    note: Text

    def exists(self, on: date) -> bool:
        """Whether the area exists on a day."""
        return self.first <= on and (self.until is None or on <= self.until)


@cache
def service_areas() -> dict[str, ServiceArea]:
    """All areas by code, past ones too."""
    rows = tomllib.loads(FILE.read_text(encoding="utf-8"))
    return {
        code: ServiceArea(
            code, Text(row["zh"], row["en"]), row["from"], row.get("until"), tuple(row["divisions"]), row["upper"],
            row.get("within", ""), row.get("statistical_code", ""), row["mark"],
            Text(**row["note"]) if "note" in row else NOTHING,
        )
        for code, row in rows.items()
    }  # fmt: skip


def areas_in(division: str, on: date) -> tuple[ServiceArea, ...]:
    """The areas that reach into a division ("510116", "51", "" for China) on a day, in the order of the file.

    An enterprise in such a division may lie in the area or outside: the address decides, not the code.
    """
    return tuple(
        area
        for area in service_areas().values()
        if area.exists(on)
        and any(is_within(held, division) or is_within(division, held) for held in area.divisions)
    )  # fmt: skip


def area_of_statistics(code: str) -> ServiceArea | None:
    """The area of a code that statistics use as if it were a division, e.g. 411071; None where none is known."""
    return next((area for area in service_areas().values() if area.statistical_code == code), None)
