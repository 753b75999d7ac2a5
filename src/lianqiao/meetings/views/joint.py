"""A joint body whose papers another region keeps: its meetings and tasks as they were told, and what our side says to it."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from lianqiao.record.refusal import Refused
from lianqiao.registry.models import Person
from lianqiao.signin.officers import at_the_desk

from .. import access, actions, joint
from ..forms import Said
from ..models import WORKING, offices_of
from .frame import CRUMBS


@at_the_desk
@require_safe
def body(request: HttpRequest, body: UUID, *, person: Person) -> HttpResponse:
    """Who belongs to it, its meetings with agenda and published minutes, the tasks of both regions."""
    held = access.joint_for(person, body)
    told, reported = joint.read(held), joint.reported(held)
    coming = joint.coming([told])
    waiting = {one.id for one in coming}
    said = {
        "held": held,
        "told": told,
        "mine": told.ended_on is None and held.agency_id in offices_of(person, *WORKING),
        "tasks": [(one, reported.get(one.id)) for one in told.tasks],
        "coming": coming,
        "past": [one for one in told.meetings if one.id not in waiting],
        "crumbs": [*CRUMBS, (told.name, "")],
    }
    return render(request, "meetings/joint.html", said)


@at_the_desk
@require_POST
def do(request: HttpRequest, body: UUID, deed: str, *, person: Person) -> HttpResponse:
    """Report one of our tasks as finished, or bring a concern."""
    held, said = access.joint_for(person, body), Said(request.POST)
    try:
        if deed == "report":
            actions.report_task(held, by=person, task=said.uuid("task"), result=said.text("result"))
            messages.success(request, str(_("The report is on its way to the other region.")))
        elif deed == "raise":
            told = {"text": said.text("text"), "raised_by": said.text("raised_by")}
            actions.raise_concern(held, by=person, series=said.uuid("series"), **told)
            messages.success(request, str(_("The concern is on its way to the other region.")))
        else:
            raise Http404
    except Refused as refused:
        messages.error(request, str(refused))
    return redirect(f"/meetings/joint/{held.pk}")
