"""How wide somebody sees the columns of a ledger: as they have drawn them, else as the column is by itself. In the height of a letter (rem)."""

from __future__ import annotations

from collections.abc import Mapping

from lianqiao.registry.models import Person

from .columns import COLUMNS
from .models import SheetWidths

NARROWEST, WIDEST = 3, 40
SIZES = {"s": 6, "m": 8, "l": 11, "xl": 17}
"""How wide a column is by itself, in the height of a letter (rem)."""
SHAPES = {"narrow": 0.6, "normal": 1.0, "wide": 1.6}
"""What may be chosen without script, as a part of that."""


def drawn_by(ledger: str, person: Person) -> dict[str, int]:
    """How wide the person has drawn the columns of the ledger; without those that were left as they are."""
    held = SheetWidths.objects.filter(person=person, ledger=ledger).first()
    return dict(held.widths) if held else {}


def width_of(code: str, drawn: Mapping[str, int]) -> int:
    """How wide a column is shown."""
    return min(max(drawn.get(code) or SIZES[COLUMNS[code].size], NARROWEST), WIDEST)


def shape_of(code: str, drawn: Mapping[str, int]) -> str:
    """Which of the shapes a column has that was drawn; "" where it is between two."""
    wide = drawn.get(code)
    return next((name for name, part in SHAPES.items() if wide == shaped(code, part)), "") if wide else "normal"


def shaped(code: str, part: float) -> int:
    return round(SIZES[COLUMNS[code].size] * part)
