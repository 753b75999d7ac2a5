"""All ledgers, and one as a sheet, whose cells are changed by the verbs of the flow."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from lianqiao.cases import flow, keys, looks
from lianqiao.record import time
from lianqiao.record.refusal import Refused
from lianqiao.registry.models import Membership, Person
from lianqiao.signin.officers import at_the_desk

from .. import editing, reading, standard, widths, writing
from ..columns import COLUMNS, Column, Line
from ..definition import Definition, address_of, changed
from ..models import Ledger
from ..standard import Shown

CRUMBS = [(gettext_lazy("Desk"), "/desk"), (gettext_lazy("Ledgers"), "/ledgers")]
SOON = 3
"""Days before its last day that a case is coloured."""
TOLD_FIRST = ("number", "title", "enterprise", "state", "due_on")
"""What the card of a case shows on a telephone; the other columns are folded."""


@at_the_desk
@require_safe
def ledgers(request: HttpRequest, *, person: Person) -> HttpResponse:
    """The standard ledgers, and those that are kept by the person and their agencies."""
    said = {
        "standard": [one.shown() for one in standard.standard().values()],
        "kept": [standard.of(one) for one in Ledger.objects.open_to(person)[:200]],
        "takes_in": any(one.role == Membership.Role.INTAKE for one in keys.memberships_of(person)),
        "crumbs": [CRUMBS[0], (CRUMBS[1][0], "")],
    }
    return render(request, "ledgers/ledgers.html", said)


@at_the_desk
@require_safe
def ledger(request: HttpRequest, code: str, *, person: Person) -> HttpResponse:
    """A ledger as a sheet: 200 rows, and the next ones when the last is reached. What cannot be shown as asked is said, and shown as it was kept."""
    shown, status = standard.named(code, person), 200
    try:
        shown = asked_of(request, shown)
    except Refused as refused:
        messages.error(request, str(refused))
        status = refused.status
    held = shown.definition
    if number := request.GET.get("row", "") if request.headers.get("HX-Request") else "":
        return changed_row(request, held, number, person)
    lines, after = reading.page(held, person, request.GET.get("after", "")[:300], along=editing.PARTS)
    said = {
        "ledger": shown,
        "rows": (rows := rows_of(held, lines, person)),
        "changes": any(cell.edit for row in rows for cell in row["cells"]),
        "more": f"/ledgers/{code}?{with_(held, after=after)}" if after else "",
        "width": len(held.columns),
    }
    if request.headers.get("HX-Request") and request.GET.get("after"):
        return render(request, "ledgers/ledger.html#rows", said)
    said |= framed(held, shown, person) | {"begun": bool(request.GET.get("after")), "here": request.get_full_path()}
    return render(request, "ledgers/ledger.html", said, status=status)


def changed_row(request: HttpRequest, held: Definition, number: str, person: Person) -> HttpResponse:
    """The row of a case that was changed in the sheet, in its place; with what was recorded, which the page then says."""
    lines = reading.row(held, person, number, along=editing.PARTS)
    said = {"rows": rows_of(held, lines, person), "gone": "" if lines else number, "width": len(held.columns)}
    answer = render(request, "ledgers/ledger.html#rows", said)
    answer["HX-Retarget"], answer["HX-Reswap"] = f'[id="{number}"]', "outerHTML"
    recorded = " ".join(str(one) for one in messages.get_messages(request))
    answer["HX-Trigger-After-Swap"] = json.dumps({"changed": {"number": number, "said": recorded}})
    return answer


def rows_of(held: Definition, lines: list[Line], person: Person) -> list[dict[str, Any]]:
    looks.at_list([line.case for line in lines], person)
    edits = editing.possible(lines, held.columns, person)
    return [row_of(held, line, edits.get(line.case.pk, {})) for line in lines]


def asked_of(request: HttpRequest, shown: Shown) -> Shown:
    """The ledger as the address changes it."""
    return Shown(shown.code, shown.name, shown.about, shown.basis, changed(shown.definition, request.GET), shown.kept)


@dataclass(frozen=True)
class Heading:
    """The head of a column: how it is sorted now, where a click leads, how wide it is."""

    column: Column
    sorted: str
    address: str
    width: int


class Cell(NamedTuple):
    """A cell: its value, where it is changed and by which verb, what the colour of the row means, where that is said, and whether a telephone folds it."""

    column: Column
    value: str
    edit: str
    verb: str
    told: str
    folded: bool


def row_of(held: Definition, line: Line, edits: Mapping[str, str]) -> dict[str, Any]:
    """A row as the page shows it: the address of the case, how it is coloured and what that means, and its cells, each with the verb that changes it."""
    case = line.case
    address = f"/desk/cases/{case.number}"

    def edit(code: str) -> tuple[str, str]:
        verb = edits.get(code)
        if verb is None:
            return "", ""
        return f"{address}/{verb}", _("Call back") if verb == "reopen" else str(flow.VERBS[verb].label)

    left = (due - time.today()).days if (due := case.__dict__.get("next_due")) else None
    tone = "" if left is None else "over" if left < 0 else "soon" if left <= SOON else ""
    told = {"over": _("Overdue"), "soon": _("Due soon")}.get(tone, "")
    flagged = "number" if "number" in held.columns else held.columns[0]  # a colour is also said in words
    shown = {code for code in held.columns if code in TOLD_FIRST}
    shown |= {held.columns[0]} if len(shown) > 2 else set(held.columns[:4])
    cells = [
        Cell(
            column,
            writing.on_screen(value, column),
            *edit(column.code),
            told if column.code == flagged else "",
            column.code not in shown,
        )
        for column, value in reading.values(held, line)
    ]
    return {"address": address, "tone": tone, "cells": cells, "number": case.number, "folds": len(shown) < len(cells)}


def framed(held: Definition, shown: Shown, person: Person) -> dict[str, Any]:
    """What stands around the rows."""
    by, down = held.order.removeprefix("-"), held.order.startswith("-")
    drawn = widths.drawn_by(shown.code, person)
    return {
        "headings": [
            Heading(
                column,
                ("descending" if down else "ascending") if column.code == by else "",
                f"/ledgers/{shown.code}?{with_(held, order=column.code if column.code != by or down else f'-{column.code}')}"
                if column.sorted_by
                else "",
                widths.width_of(column.code, drawn),
            )
            for column in writing.columns_of(shown)
        ],
        "groups": [
            (group, f"/ledgers/{shown.code}?{with_(grouped_by(held, group.value), group='')}")
            for group in reading.groups(held, person)
        ],
        "grouped": COLUMNS[held.group].label if held.group else "",
        "outs": [
            (_("XLSX, A4"), f"/ledgers/{shown.code}/out?{with_(held, form='xlsx', paper='A4')}"),
            (_("XLSX, A3"), f"/ledgers/{shown.code}/out?{with_(held, form='xlsx', paper='A3')}"),
            (_("CSV"), f"/ledgers/{shown.code}/out?{with_(held, form='csv')}"),
            (_("NDJSON"), f"/ledgers/{shown.code}/out?{with_(held, form='ndjson')}"),
        ],
        "query": address_of(held).urlencode(),
        "hidden": [(name, value) for name, values in address_of(held).lists() for value in values],
        "asked": held,
        "crumbs": [*CRUMBS, (shown.name, "")],
    }  # fmt: skip


def grouped_by(held: Definition, value: str) -> Definition:
    return held.model_copy(update={"where": {**held.where, held.group: [value]}})


def with_(held: Definition, **more: str) -> str:
    """The query of the definition with something else in it; an empty value takes a name away."""
    query = address_of(held)
    for name, value in more.items():
        query.pop(name, None)
        if value:
            query[name] = value
    return query.urlencode()
