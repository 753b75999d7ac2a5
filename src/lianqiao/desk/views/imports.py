"""Enterprises from a table: handed in, looked through row by row, entered in the background, taken back."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from lianqiao.batches import enterprises
from lianqiao.cases.pictures import listed
from lianqiao.desk.entrance import at_the_desk
from lianqiao.desk.registers.parts import Cell, Table, address, badge, moment
from lianqiao.jobs import actions as jobs
from lianqiao.jobs.models import Job
from lianqiao.record.refusal import Refused
from lianqiao.registry import access, actions, finding, importing
from lianqiao.registry.models import EnterpriseImport, Person

HERE = "/desk/registry/enterprises/import"
SHOWN = 20
PROBLEMS = 100
TONES = {Job.State.DONE: "good", Job.State.FAILED: "bad", Job.State.CANCELLED: "warn"}
ABOUT = {
    "name_zh": gettext_lazy("The whole name; needed."),
    "name_en": gettext_lazy("The Chinese name stands for it when it is left out."),
    "uscc": gettext_lazy("18 signs, as text; nothing for one that is being founded."),
    "kind": gettext_lazy("民营企业, 外商投资企业 or 外来企业; needed."),
    "region": gettext_lazy("Six digits; needed."),
    "origin": gettext_lazy("Two capital letters; needed for foreign-invested enterprises."),
    "address": gettext_lazy("The postal address."),
    "former_codes": gettext_lazy("Several with a semicolon."),
}


@at_the_desk
@require_http_methods(["GET", "HEAD", "POST"])
def tables(request: HttpRequest, *, person: Person) -> HttpResponse:
    """Hand a table in; what was handed in before, and what was entered from it. For administrators."""
    access.admin(person)
    status, problem = 200, ""
    if request.method == "POST":
        file = request.FILES.get("file")
        try:
            if file is None or file.file is None:
                raise Refused("no-file", gettext_lazy("Choose a file first."), status=422)
            return HttpResponseRedirect(f"{HERE}/{enterprises.begin(file.file, file.name or '-', by=person).pk}")
        except Refused as refused:
            status, problem = refused.status, str(refused)
    said = {
        "problem": problem,
        "most": enterprises.MOST_ROWS,
        "columns": columns(),
        "jobs": begun(person),
        "imports": entered(),
        "crumbs": crumbs(),
    }
    return render(request, "desk/imports.html", said, status=status)


def crumbs(*last: tuple[str, str]) -> list[tuple[str, str]]:
    return [
        (_("Desk"), "/desk"),
        (_("Registers"), "/desk/registry"),
        (_("Enterprises"), address("enterprises")),
        (_("Import from a table"), HERE if last else ""),
        *last,
    ]


def columns() -> Table:
    """What a table may hold, under which headings."""
    return Table(
        (_("Column heading"), _("Also"), _("What stands in it")),
        [
            (Cell(titles[1]), Cell(listed((titles[0], *titles[2:])), mark="code"), Cell(ABOUT[name]))
            for name, titles in importing.COLUMNS.items()
        ],
    )


def begun(person: Person) -> Table:
    """One's own newest jobs over tables."""
    return Table(
        (_("The file"), _("What"), _("State"), _("Rows"), _("Begun")),
        [
            (
                Cell(one.asked["file"], f"{HERE}/{one.pk}"),
                Cell(kind(one)),
                badge(one.get_state_display(), TONES.get(Job.State(one.state), "act")),
                Cell(f"{one.done} / {one.total}", mark="number"),
                moment(one.created_at),
            )
            for one in Job.objects.of(person).filter(kind=enterprises.KIND)[:SHOWN]
        ],
        _("None yet."),
    )


def kind(job: Job) -> str:
    return _("Look through") if job.asked["dry_run"] else _("Enter")


def entered() -> Table:
    """The newest imports of the node, whoever began them and by whichever door."""
    return Table(
        (_("The file"), _("By"), _("Rows"), _("Begun"), _("Taken back")),
        [
            (
                Cell(one.file_name),
                Cell(str(one.by)),
                Cell(one.rows, mark="number"),
                moment(one.began_at),
                moment(one.undone_at),
            )
            for one in EnterpriseImport.objects.select_related("by")[:SHOWN]
        ],
        _("None yet."),
    )


@at_the_desk
@require_http_methods(["GET", "HEAD", "POST"])
def table(request: HttpRequest, job: UUID, *, person: Person) -> HttpResponse:
    """One table: how far it is, what is wrong by row and column, and what comes next. It goes on when the page is left."""
    found = enterprises.found(job, person)
    status, problem = 200, ""
    if request.method == "POST":
        try:
            return HttpResponseRedirect(done(request, found, person))
        except Refused as refused:
            status, problem = refused.status, str(refused)
            found.refresh_from_db()
    part = "#job" if request.headers.get("HX-Request") else ""
    return render(request, f"desk/import.html{part}", told(request, found, problem), status=status)


def done(request: HttpRequest, found: Job, person: Person) -> str:
    """Do what was asked of a table, and where to go then."""
    match request.POST.get("do", ""):
        case "enter":
            return f"{HERE}/{enterprises.go_on(found.pk, by=person).pk}"
        case "cancel":
            jobs.cancel(found.pk, by=person)
            messages.success(request, _("Nothing more of it is begun; what was done stays done."))
        case "undo":
            record = finding.row(EnterpriseImport, UUID(found.asked.get("import", str(found.pk))))
            gone, stay = actions.undo_import(record, reason=request.POST.get("reason", ""), by=person)
            words = _("%(gone)s enterprises were taken back, %(stay)s are in use and stay.")
            messages.success(request, words % {"gone": gone, "stay": stay})
    return f"{HERE}/{found.pk}"


def told(request: HttpRequest, job: Job, problem: str) -> dict[str, Any]:
    after = request.GET.get("after", "")
    place = int(after) if after.isdecimal() and len(after) < 18 else 0
    lines = list(job.problems.filter(pk__gt=place).order_by("pk")[: PROBLEMS + 1])
    here = f"{HERE}/{job.pk}"
    rehearsal = job.asked["dry_run"]
    record = job.asked.get("import")
    undone = bool(record) and EnterpriseImport.objects.filter(pk=record, undone_at__isnull=False).exists()
    counts = job.counts
    return {
        "job": job,
        "title": f"{kind(job)} · {job.asked['file']}",
        "tone": TONES.get(Job.State(job.state), "act"),
        "here": here,
        "problem": problem,
        "rehearsal": rehearsal,
        "new": counts.get("done", 0),
        "facts": [
            (_("Can be entered") if rehearsal else _("Entered"), Cell(counts.get("done", 0), mark="number")),
            (_("In the registry already"), Cell(counts.get("known", 0), mark="number")),
            (_("Cannot be taken"), Cell(counts.get("faulty", 0), mark="number")),
            *([(_("Columns that are not read"), Cell(listed(job.asked["ignored"])))] if job.asked["ignored"] else []),
        ],
        "next": f"{HERE}/{job.result['next']}" if job.result.get("next") else "",
        "undo": bool(record) and job.is_finished and not undone,
        "undone": undone,
        "problems": Table(
            (_("Row of the file"), _("Column"), _("What"), _("Kind")),
            [
                (
                    Cell(one.row, mark="number"),
                    Cell(one.column or "–"),
                    Cell(one.sentence),
                    badge(_("note"), "act") if one.code in enterprises.NOTES else badge(_("problem"), "bad"),
                )
                for one in lines[:PROBLEMS]
            ],
            "" if not job.is_finished else _("Nothing was found wrong."),
            f"{here}?after={lines[PROBLEMS - 1].pk}" if len(lines) > PROBLEMS else "",
            here if place else "",
        ),
        "crumbs": crumbs((job.asked["file"], "")),
    }
