"""Which cell of a ledger a reader may change: by a verb of the flow, on the form of that verb, never past it."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from lianqiao.cases import access, parts
from lianqiao.cases.models import Case
from lianqiao.registry.models import Person

from .columns import Line

VERBS: dict[str, tuple[str, ...]] = {
    "programme": ("accept",),
    "category": ("accept",),
    "agency": ("route",),
    "handler": ("reassign",),
    "co_handlers": ("engage",),
    "accepted_on": ("accept",),
    "due_on": ("extend",),
    "supervised": ("supervise",),
    "progress": ("note",),
    "concluded_on": ("conclude",),
    "ground": ("conclude",),
    "result": ("conclude",),
    "delivered_on": ("deliver",),
    "struck_off": ("conclude", "reopen"),
    "struck_by": ("reopen",),
}
"""By the code of a column: the verbs that change what stands in it; the first that is possible is offered."""
PARTS = ("questions", "participants", "exclusions")
"""What must be in hand of each case so that `possible` asks the database nothing."""


def possible(lines: Sequence[Line], columns: Collection[str], person: Person) -> dict[int, dict[str, str]]:
    """By case: by which verb the person may change the cell of which column now. The cases were read with `PARTS`."""
    wanted = {verb for code in columns for verb in VERBS.get(code, ())}
    return {line.case.pk: _of(line.case, columns, wanted, person) for line in lines} if wanted else {}


def _of(case: Case, columns: Collection[str], wanted: set[str], person: Person) -> dict[str, str]:
    may = access.possible(access.seen(parts.in_hand(case, *PARTS), person), person, among=wanted)
    first = {code: next((verb for verb in VERBS.get(code, ()) if verb in may), "") for code in columns}
    return {code: verb for code, verb in first.items() if verb}
