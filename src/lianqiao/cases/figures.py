"""Figures that may be shown: from none of them, and from no two of them, can one tell that there is a report of retaliation.

The rule, with its reasons and limits, stands in docs/reference/figures.md. Whoever shows a figure over cases that its reader cannot all
open takes it from here.
"""

from collections import Counter
from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from fractions import Fraction

from django.db.models import Count

from .models import CaseQuerySet, Kind

LEAST = 10
"""The smallest sample of which a share or an average is told, and the step in which sensitive cases enter a count."""
SENSITIVE = frozenset({Kind.RETALIATION})
"""Kinds of which a small count would tell something about somebody."""

Cell = tuple[Hashable, ...]


@dataclass(frozen=True)
class Counted:
    """Counts by cell. A cell of which nothing may be told is not there, just like one that is empty."""

    cells: dict[Cell, int]

    @property
    def total(self) -> int:
        """The sum of the cells that are shown, and of nothing else: so the difference tells nothing."""
        return sum(self.cells.values())


def counted(found: CaseQuerySet, *by: str) -> Counted:
    """How many cases there are, by the values of the fields `by` (one cell without any): one query."""
    rows = found.order_by().values_list(*by, "kind").annotate(cases=Count("pk"))
    return folded((tuple(cell), kind, cases) for *cell, kind, cases in rows)


def folded(counts: Iterable[tuple[Cell, str, int]]) -> Counted:
    """Counts by cell out of counts by cell and kind: of sensitive kinds only whole tens, of the others all."""
    plain: Counter[Cell] = Counter()
    sensitive: Counter[Cell] = Counter()
    for cell, kind, cases in counts:
        (sensitive if kind in SENSITIVE else plain)[cell] += cases
    for cell, cases in sensitive.items():
        plain[cell] += cases - cases % LEAST
    return Counted({cell: cases for cell, cases in plain.items() if cases})


def plain(found: CaseQuerySet) -> CaseQuerySet:
    """The cases of which shares, averages, ranks and lists of examples may be made: without sensitive kinds."""
    return found.exclude(kind__in=SENSITIVE)


def share(part: int, whole: int) -> Fraction | None:
    """Part of the whole; None where the whole is smaller than the least sample. Both are counted over `plain` cases."""
    return Fraction(part, whole) if whole >= LEAST else None
