"""What became of the others: a few figures over the cases of the last twelve months, each with what it counts.

The rule of docs/reference/figures.md decides what may be told (`cases.figures`); below it, no number below ten is shown here at all, for this
page is for everybody. Counted at most once an hour.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from django.core.cache import cache
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from lianqiao.cases import figures, flow
from lianqiao.cases.models import Case
from lianqiao.record import time

SPAN = timedelta(days=365)
HOUR = 3600
KEY = "portal.figures"
ENDED = (flow.State.CONCLUDED, flow.State.DELIVERED)
AWAY = (flow.State.HANDED_OVER,)
Rows = list[tuple[str, str, int]]


@dataclass(frozen=True)
class Figure:
    """One number; `value` "" where it may not be told. `counts` says what it counts."""

    label: Promise
    value: str
    counts: Promise


def shown() -> list[Figure]:
    """The figures of this node, or none where there is nothing that may be told."""
    rows: Rows | None = cache.get(KEY)
    if rows is None:
        rows = counted()
        cache.set(KEY, rows, HOUR)
    filed, ended = total(rows), total(row for row in rows if row[0] in ENDED)
    solved = total(row for row in rows if row[0] in ENDED and row[1] == "resolved")
    moved = total(row for row in rows if row[0] in AWAY)
    part = figures.share(solved, ended)
    if filed < figures.LEAST:
        return []
    return [
        Figure(
            _("filed"),
            told(filed),
            _("Cases that were filed here in the last twelve months, reports of retaliation in whole tens."),
        ),
        Figure(_("concluded"), told(ended), _("Of these, those whose result has been decided or delivered.")),
        Figure(
            _("resolved"),
            f"{round(part * 100)}%" if part is not None else "",
            _("Of those concluded, those that ended as resolved."),
        ),
        Figure(
            _("with another region"),
            told(moved),
            _("Of those filed, those that another region has taken over and still handles."),
        ),
    ]


def counted() -> Rows:
    """How many cases of the span there are by state and ground, as far as it may be told. One query."""
    found = Case.objects.filter(filed_on__gte=time.today() - SPAN)
    return [
        (str(state), str(ground), cases)
        for (state, ground), cases in figures.counted(found, "state", "ground").cells.items()
    ]


def total(rows: Iterable[tuple[str, str, int]]) -> int:
    return sum(cases for _state, _ground, cases in rows)


def told(number: int) -> str:
    return str(number) if number >= figures.LEAST else ""
