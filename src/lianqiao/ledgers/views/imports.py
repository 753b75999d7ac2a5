"""An office's own ledger comes in: handed in, its columns mapped, looked at line by line, entered, taken back. All of it goes on without its page."""

from __future__ import annotations

from typing import Any, BinaryIO, cast
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from lianqiao.batches import columns as batch_columns
from lianqiao.batches.actions import takes_in_for
from lianqiao.jobs import actions as jobs
from lianqiao.jobs.models import Job
from lianqiao.record.refusal import Refused
from lianqiao.registry.models import Person
from lianqiao.signin.officers import at_the_desk

from .. import fields, handed_in, incoming, understood
from ..models import LedgerImport

HERE = "/ledgers/import"
SHOWN = 20
PROBLEMS = 100
CRUMBS = [
    (gettext_lazy("Desk"), "/desk"),
    (gettext_lazy("Ledgers"), "/ledgers"),
    (gettext_lazy("Hand a ledger in"), HERE),
]


@at_the_desk
@require_http_methods(["GET", "HEAD", "POST"])
def ledgers(request: HttpRequest, *, person: Person) -> HttpResponse:
    """Hand a ledger in; what was handed in before. For intake officers."""
    agencies, status, problem = incoming.agencies_of(person), 200, ""
    if not agencies:
        takes_in_for(person)
    if request.method == "POST":
        file = request.FILES.get("file")
        try:
            if file is None or file.file is None:
                raise Refused("no-file", gettext_lazy("Choose a file first."), status=422)
            made = incoming.hand_in(
                cast(BinaryIO, file.file), file.name or "-", by=person, agency=request.POST.get("agency", "")
            )
            return HttpResponseRedirect(f"{HERE}/{made.pk}")
        except Refused as refused:
            status, problem = refused.status, str(refused)
    said = {
        "problem": problem,
        "agencies": agencies,
        "most": handed_in.MOST_ROWS,
        "before": [(one, *where(one)) for one in incoming.of(person, SHOWN)],
        "crumbs": [*CRUMBS[:2], (CRUMBS[2][0], "")],
    }
    return render(request, "ledgers/imports.html", said, status=status)


def where(ledger: LedgerImport) -> tuple[str, str]:
    """How far a ledger is, and the tone in which that is told."""
    if ledger.job is not None and not ledger.job.is_finished:
        return str(Job.State(ledger.job.state).label), "act"
    if ledger.undone_at:
        return _("Was taken back"), "warn"
    if ledger.entered_at:
        return _("Entered as cases"), "good"
    return (_("Looked at"), "act") if ledger.job else (_("Handed in"), "")


@at_the_desk
@require_http_methods(["GET", "HEAD", "POST"])
def ledger(request: HttpRequest, ledger: UUID, *, person: Person) -> HttpResponse:
    """One ledger: its columns, how far it is, what is wrong by sheet, row and column, and what comes next."""
    held, status, problem = incoming.found(ledger, person), 200, ""
    if request.method == "POST":
        try:
            do(request, held, person)
            return HttpResponseRedirect(f"{HERE}/{held.pk}")
        except Refused as refused:
            status, problem = refused.status, str(refused)
    part = "#job" if request.headers.get("HX-Request") else ""
    return render(request, f"ledgers/import.html{part}", told(request, held, problem), status=status)


def do(request: HttpRequest, held: LedgerImport, person: Person) -> None:
    match request.POST.get("do", ""):
        case "look":
            mapping = {title: request.POST.get(f"field.{place}", "") for place, title in enumerate(titles(held))}
            chosen = {name: request.POST.get(name, "") for name in incoming.SHARED}
            incoming.look(held, by=person, mapping=mapping, chosen=chosen)
        case "enter":
            incoming.enter(held, by=person)
        case "cancel" if held.job:
            jobs.cancel(held.job.pk, by=person)
            messages.success(request, _("Nothing more of it is begun; what was done stays done."))
        case "undo":
            incoming.undo(held, reason=request.POST.get("reason", ""), by=person)


def titles(held: LedgerImport) -> list[str]:
    """The headings of all sheets, each once."""
    return list(dict.fromkeys(title for head in held.heads for title in head["titles"] if title))


def choices(name: str, chosen: str) -> tuple[str, Any, list[tuple[str, str, bool]]]:
    """What can be chosen for all lines under this name."""
    tongue = get_language() or "zh"
    known = [(code, text.in_(tongue), code == chosen) for code, text in batch_columns.CODES[name].items()]
    return name, fields.FIELDS[name].label, known


def told(request: HttpRequest, held: LedgerImport, problem: str) -> dict[str, Any]:
    after = request.GET.get("after", "")
    place = int(after) if after.isdecimal() and len(after) < 18 else 0
    job = held.job
    lines = list(job.problems.filter(pk__gt=place).order_by("pk")[: PROBLEMS + 1]) if job else []
    here, counts = f"{HERE}/{held.pk}", job.counts if job else {}
    rehearsal, back = bool(job and job.asked.get("dry_run")), bool(job and job.kind == incoming.UNDO)
    words = (
        (_("Can be entered as cases"), _("Entered already"), _("Cannot be taken")) if rehearsal
        else (_("Was taken back"), "", _("Stays, because somebody has acted on it")) if back
        else (_("Entered as cases"), _("Entered already"), _("Left out"))
    )  # fmt: skip
    state, tone = where(held)
    return {
        "ledger": held,
        "job": job,
        "state": state,
        "tone": tone,
        "here": here,
        "problem": problem,
        "mapped": [
            (place, title, [(one.code, one.label, held.mapping.get(title) == one.code) for one in fields.FIELDS.values()])
            for place, title in enumerate(titles(held))
        ],
        "sheets": [head["sheet"] for head in held.heads if head["sheet"]],
        "shared": [choices(name, str(held.chosen.get(name, ""))) for name in fields.CODED],
        "confidential": bool(held.chosen.get("confidential")),
        "open": held.entered_at is None and (job is None or job.is_finished),
        "new": counts.get("done", 0),
        "facts": [(word, counts.get(name, 0)) for word, name in zip(words, ("done", "known", "faulty"), strict=True) if word and job],
        "rehearsed": rehearsal and bool(job and job.state == Job.State.DONE),
        "undo": bool(held.entered_at and not held.undone_at and job and job.is_finished),
        "problems": [(one, one.code in understood.NOTES) for one in lines[:PROBLEMS]],
        "several": len(held.heads) > 1,
        "more": f"{here}?after={lines[PROBLEMS - 1].pk}" if len(lines) > PROBLEMS else "",
        "first": here if place else "",
        "crumbs": [*CRUMBS, (held.file_name, "")],
    }  # fmt: skip
