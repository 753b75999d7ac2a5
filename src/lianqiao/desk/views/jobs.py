"""Long work that one has begun: how far it is, what became of each row, and its end. It goes on when the page is left."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from lianqiao.batches import enterprises
from lianqiao.cases import flow
from lianqiao.desk import bulk
from lianqiao.desk.entrance import at_the_desk
from lianqiao.jobs import actions
from lianqiao.jobs.models import Job, Row
from lianqiao.ledgers import takeout
from lianqiao.record.refusal import Refused
from lianqiao.registry.models import Person

SHOWN = 50
KINDS: dict[str, Promise] = {
    "batch": gettext_lazy("Filing by the batch"),
    "tickets": gettext_lazy("Tickets of a hotline"),
    enterprises.KIND: gettext_lazy("Enterprises from a table"),
    takeout.KIND: gettext_lazy("A ledger that is taken out"),
}
TONES = {Row.State.DONE: "good", Row.State.KNOWN: "", Row.State.FAULTY: "bad", Row.State.WAITING: ""}


@at_the_desk
@require_safe
def jobs(request: HttpRequest, *, person: Person) -> HttpResponse:
    """The jobs that the person began, newest first."""
    found = [(job, label(job)) for job in Job.objects.of(person)[:SHOWN]]
    return render(request, "desk/jobs.html", {"jobs": found, "crumbs": [(_("Desk"), "/desk"), (_("Long work"), "")]})


@at_the_desk
@require_safe
def job(request: HttpRequest, job: UUID, *, person: Person) -> HttpResponse:
    """One job: its progress, then its rows with what became of each."""
    found = own(job, person)
    if found.kind == enterprises.KIND:
        return redirect(f"/desk/registry/enterprises/import/{found.pk}")
    after = request.GET.get("after", "")
    place = int(after) if after.isdecimal() and len(after) < 10 else 0
    rows = list(found.rows.filter(number__gt=place).order_by("number")[: SHOWN + 1])
    numbers = [row.number for row in rows[:SHOWN]]
    problems: dict[int, list[str]] = {}
    for problem in found.problems.filter(row__in=numbers).order_by("pk"):
        problems.setdefault(problem.row, []).append(
            _("%(column)s: %(problem)s") % {"column": problem.column, "problem": problem.sentence}
            if problem.column
            else problem.sentence
        )
    cases = found.asked.get("cases", []) if found.kind == bulk.KIND else []
    said = {
        "job": found,
        "label": label(found),
        "share": round(100 * found.done / found.total) if found.total else 0,
        "refused": found.counts.get(Row.State.FAULTY, 0),
        "rows": [
            (
                row,
                cases[row.number - 1] if row.number <= len(cases) else "",
                TONES[Row.State(row.state)],
                problems.get(row.number, []),
            )
            for row in rows[:SHOWN]
        ],
        "older": f"/desk/jobs/{found.pk}?after={numbers[-1]}" if len(rows) > SHOWN else "",
        "newer": f"/desk/jobs/{found.pk}" if place else "",
        "here": f"/desk/jobs/{found.pk}?after={place}",
        "crumbs": [(_("Desk"), "/desk"), (_("Long work"), "/desk/jobs"), (label(found), "")],
    }
    part = "#progress" if request.headers.get("HX-Request") else ""
    return render(request, f"desk/job.html{part}", said)


@at_the_desk
@require_POST
def cancel(request: HttpRequest, job: UUID, *, person: Person) -> HttpResponse:
    """Ask for the end of a job; what it has done stays done."""
    try:
        actions.cancel(job, by=person)
        messages.success(request, _("It ends after the part that is being worked on. What is done stays done."))
    except Refused as refused:
        if refused.status == 404:
            raise
        messages.error(request, str(refused))
    return redirect(f"/desk/jobs/{job}")


def own(job: UUID, person: Person) -> Job:
    """The person's own job. Refused: any other (404)."""
    found = Job.objects.of(person).filter(pk=job).first()
    if found is None:
        raise actions.unknown_job()
    return found


def label(job: Job) -> str:
    """What the job does, in words."""
    verb: Any = flow.VERBS.get(job.asked.get("verb", "")) if job.kind == bulk.KIND else None
    return str(verb.label if verb else KINDS.get(job.kind, job.kind))
