"""A ledger is taken out: at once, or by a job with a page of its own."""

from __future__ import annotations

import io
from uuid import UUID

from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from lianqiao.jobs.models import Job
from lianqiao.registry.models import Person
from lianqiao.signin.officers import at_the_desk

from .. import standard, takeout
from .sheet import CRUMBS, asked_of


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
