"""All ledgers, one as a sheet, what is taken out."""

from __future__ import annotations

import io
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from lianqiao.cases import flow, keys, looks
from lianqiao.jobs.models import Job
from lianqiao.record import time
from lianqiao.record.refusal import Refused
from lianqiao.registry.models import Agency, Membership, Person
from lianqiao.signin.officers import at_the_desk

from .. import actions, reading, standard, takeout, writing
from ..columns import COLUMNS, Column, Line
from ..definition import Definition, address_of, changed
from ..models import Ledger
from ..standard import Shown

CRUMBS = [(gettext_lazy("Desk"), "/desk"), (gettext_lazy("Ledgers"), "/ledgers")]


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
    lines, after = reading.page(held, person, request.GET.get("after", "")[:300])
    looks.at_list([line.case for line in lines], person)
    led = actions.led_by(person)
    said = {
        "ledger": shown,
        "rows": [row_of(held, line, led) for line in lines],
        "more": f"/ledgers/{code}?{with_(held, after=after)}" if after else "",
        "width": len(held.columns),
    }
    if request.headers.get("HX-Request") and request.GET.get("after"):
        return render(request, "ledgers/ledger.html#rows", said)
    said |= framed(held, shown, person) | {"begun": bool(request.GET.get("after"))}
    return render(request, "ledgers/ledger.html", said, status=status)


def asked_of(request: HttpRequest, shown: Shown) -> Shown:
    """The ledger as the address changes it."""
    return Shown(shown.code, shown.name, shown.about, shown.basis, changed(shown.definition, request.GET), shown.kept)


@dataclass(frozen=True)
class Heading:
    """The head of a column: how it is sorted now, and where a click leads."""

    column: Column
    sorted: str
    address: str


@dataclass(frozen=True)
class Filter:
    """A column that can be asked: its choices with those that are asked for, or its days."""

    column: Column
    choices: list[tuple[str, str, bool]]
    since: str = ""
    until: str = ""


EDITS = {"handler": "reassign", "due_on": "extend", "struck_by": "reopen"}
"""What a lead changes from a cell: by a verb on its own page, with its reasons and its event. A line that was struck off is called back by `reopen`."""


def row_of(held: Definition, line: Line, led: Collection[UUID]) -> dict[str, Any]:
    """A row as the page shows it: the address of the case, how it is coloured, and its cells, each with the verb by which it may be changed."""
    case = line.case
    own = case.agency_id in led
    address = f"/desk/cases/{case.number}"

    def edit(code: str) -> tuple[str, str]:
        verb = flow.VERBS[EDITS[code]] if own and code in EDITS else None
        if verb is None or verb.rule(flow.State(case.state)) is None:
            return "", ""
        return f"{address}/{verb.name}", _("Call back") if verb.name == "reopen" else str(verb.label)

    cells = [
        (column, writing.on_screen(value, column), *edit(column.code)) for column, value in reading.values(held, line)
    ]
    due = case.__dict__.get("next_due")
    left = (due - time.today()).days if due else None
    tone = "" if left is None else "over" if left < 0 else "soon" if left <= 3 else ""
    return {"address": address, "tone": tone, "cells": cells, "number": case.number}


def framed(held: Definition, shown: Shown, person: Person) -> dict[str, Any]:
    """What stands around the rows."""
    by, down = held.order.removeprefix("-"), held.order.startswith("-")
    return {
        "headings": [
            Heading(
                column,
                ("descending" if down else "ascending") if column.code == by else "",
                f"/ledgers/{shown.code}?{with_(held, order=column.code if column.code != by or down else f'-{column.code}')}"
                if column.sorted_by
                else "",
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
        ],
        "query": address_of(held).urlencode(),
        "hidden": [(name, value) for name, values in address_of(held).lists() for value in values],
        "asked": held,
        "crumbs": [*CRUMBS, (shown.name, "")],
    }  # fmt: skip


@at_the_desk
@require_safe
def choose(request: HttpRequest, code: str, *, person: Person) -> HttpResponse:
    """Where columns, conditions, order and subtotals are chosen, and where what was chosen is kept under a name."""
    shown = asked_of(request, standard.named(code, person))
    held, kept = shown.definition, shown.kept
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


def grouped_by(held: Definition, value: str) -> Definition:
    return held.model_copy(update={"where": {**held.where, held.group: [value]}})


def filter_of(held: Definition, column: Column, known: dict[Any, list[tuple[str, str]]]) -> Filter:
    if column.filtered == "days":
        between = held.days.get(column.code)
        ends = (str(end or "") for end in ((between.since, between.until) if between else ("", "")))
        return Filter(column, [], *ends)
    asked = held.where.get(column.code, [])
    return Filter(column, [(value, label, value in asked) for value, label in known[column.choices]])


def with_(held: Definition, **more: str) -> str:
    """The query of the definition with something else in it; an empty value takes a name away."""
    query = address_of(held)
    for name, value in more.items():
        query.pop(name, None)
        if value:
            query[name] = value
    return query.urlencode()


@at_the_desk
@require_safe
def take_out(request: HttpRequest, code: str, *, person: Person) -> HttpResponseBase:
    """The ledger as a file at once, or a job for a long one, with its page."""
    shown = asked_of(request, standard.named(code, person))
    form, paper = request.GET.get("form", "xlsx"), request.GET.get("paper", "A4")
    file = io.BytesIO()
    if takeout.at_once(file, shown, person, form=form, paper=paper):
        file.seek(0)
        return takeout.download(file, shown.name, form)
    job = takeout.begin(shown, person, form=form, paper=paper)
    return redirect(f"/ledgers/out/{job.pk}")


@at_the_desk
@require_safe
def taking_out(request: HttpRequest, job: UUID, *, person: Person) -> HttpResponse:
    """How far the job is; in the end the file. The page may be left and opened again."""
    held = job_of(job, person)
    shown = standard.named(held.asked["code"], person)
    said = {
        "job": held,
        "ledger": shown,
        "ready": held.state == Job.State.DONE and takeout.path_of(held).exists(),
        "crumbs": [*CRUMBS, (shown.name, f"/ledgers/{shown.code}"), (_("Take out"), "")],
    }
    part = "#progress" if request.headers.get("HX-Request") else ""
    return render(request, f"ledgers/out.html{part}", said)


@at_the_desk
@require_safe
def taken_out(request: HttpRequest, job: UUID, *, person: Person) -> FileResponse:
    """The file. Refused: one that is not ready, or was deleted after a week or after an erasure ("file-gone", 404)."""
    held = job_of(job, person)
    return takeout.answer(held, standard.named(held.asked["code"], person).name)


def job_of(job: UUID, person: Person) -> Job:
    found = Job.objects.of(person).filter(pk=job, kind=takeout.KIND).first()
    if found is None:
        raise Http404
    return found


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
