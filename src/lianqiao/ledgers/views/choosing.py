"""What a ledger shows is chosen and kept under a name: columns, how wide they are, conditions, order, subtotals."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from lianqiao.cases import keys
from lianqiao.record.refusal import Refused
from lianqiao.registry.models import Agency, Person
from lianqiao.signin.officers import at_the_desk

from .. import actions, standard, widths
from ..columns import COLUMNS, Column
from ..definition import Definition, address_of, changed
from .sheet import CRUMBS, asked_of

SHAPES = {"narrow": gettext_lazy("narrow"), "normal": gettext_lazy("normal"), "wide": gettext_lazy("wide")}


@dataclass(frozen=True)
class Filter:
    """A column that can be asked: its choices with those that are asked for, or its days."""

    column: Column
    choices: list[tuple[str, str, bool]]
    since: str = ""
    until: str = ""


@at_the_desk
@require_safe
def choose(request: HttpRequest, code: str, *, person: Person) -> HttpResponse:
    """Where columns, conditions, order and subtotals are chosen, and where what was chosen is kept under a name."""
    shown = asked_of(request, standard.named(code, person))
    held, kept, drawn = shown.definition, shown.kept, widths.drawn_by(code, person)
    asked: dict[Any, list[tuple[str, str]]] = {}
    for column in COLUMNS.values():
        if column.choices and column.choices not in asked:
            asked[column.choices] = list(column.choices())
    mine = {one.agency_id for one in keys.memberships_of(person)}
    said = {
        "ledger": shown,
        "asked": held,
        "query": address_of(held).urlencode(),
        "hidden": [(name, value) for name, values in address_of(held).lists() for value in values],
        "columns": [(COLUMNS[code], True) for code in held.columns]
        + [(one, False) for code, one in COLUMNS.items() if code not in held.columns],
        "shapes": [
            (COLUMNS[one], [(shape, label, shape == widths.shape_of(one, drawn)) for shape, label in SHAPES.items()])
            for one in held.columns
        ],
        "filters": [filter_of(held, column, asked) for column in COLUMNS.values() if column.filtered],
        "orders": [
            (f"{sign}{one.code}", one.label, way, held.order == f"{sign}{one.code}")
            for one in COLUMNS.values() if one.sorted_by
            for sign, way in (("", _("ascending")), ("-", _("descending")))
        ],
        "groupings": [(one, one.code == held.group) for one in COLUMNS.values() if one.grouped],
        "agencies": list(Agency.objects.filter(pk__in=mine).order_by("code")),
        "own": kept and (kept.by_id == person.pk or kept.agency_id in actions.led_by(person)),
        "crumbs": [*CRUMBS, (shown.name, f"/ledgers/{code}?{address_of(held).urlencode()}"), (_("Columns and conditions"), "")],
    }  # fmt: skip
    return render(request, "ledgers/choose.html", said)


def filter_of(held: Definition, column: Column, known: dict[Any, list[tuple[str, str]]]) -> Filter:
    if column.filtered == "days":
        between = held.days.get(column.code)
        ends = (str(end or "") for end in ((between.since, between.until) if between else ("", "")))
        return Filter(column, [], *ends)
    asked = held.where.get(column.code, [])
    return Filter(column, [(value, label, value in asked) for value, label in known[column.choices]])


@at_the_desk
@require_POST
def keep(request: HttpRequest, *, person: Person) -> HttpResponse:
    """Keep the ledger as it is shown under a name."""
    code = request.POST.get("of", "")
    shown = standard.named(code, person)
    try:
        held = changed(shown.definition, request.POST)
        made = actions.keep(request.POST.get("name", ""), held, by=person, agency=request.POST.get("agency", ""))
    except Refused as refused:
        messages.error(request, str(refused))
        return redirect(f"/ledgers/{code}")
    messages.success(request, _("The ledger was kept. It stands among the ledgers."))
    return redirect(f"/ledgers/{made.pk}")


@at_the_desk
@require_POST
def change(request: HttpRequest, kept: UUID, *, person: Person) -> HttpResponse:
    """Keep a ledger of one's own as it is shown now."""
    shown = standard.named(str(kept), person)
    try:
        held = changed(shown.definition, request.POST)
        actions.change(kept, by=person, name=request.POST.get("name", ""), held=held)
        messages.success(request, _("The ledger was changed."))
    except Refused as refused:
        messages.error(request, str(refused))
    return redirect(f"/ledgers/{kept}")


@at_the_desk
@require_POST
def drop(request: HttpRequest, kept: UUID, *, person: Person) -> HttpResponse:
    """Drop a ledger of one's own."""
    try:
        actions.drop(kept, by=person)
        messages.success(request, _("The ledger was dropped. No case was changed."))
    except Refused as refused:
        messages.error(request, str(refused))
        return redirect(f"/ledgers/{kept}")
    return redirect("/ledgers")


@at_the_desk
@require_POST
def draw(request: HttpRequest, code: str, *, person: Person) -> HttpResponse:
    """Keep how wide the person sees the columns of this ledger: each `w.COLUMN` in letters, or narrow, normal, wide."""
    standard.named(code, person)
    told = {
        name.removeprefix("w."): str(value) for name, value in request.POST.items() if name.startswith("w.") and value
    }
    try:
        actions.draw(code, told, by=person)
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        if request.headers.get("Accept") == "application/json":
            return HttpResponse(status=204)
        messages.success(request, _("The widths were kept for you."))
    return redirect(f"/ledgers/{code}?{request.POST.get('query', '')[:4000]}")
