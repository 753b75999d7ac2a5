"""What everybody may open: the page behind an invitation link, and published minutes."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from lianqiao.record.refusal import Refused

from .. import actions, invitations, papers
from ..actions.afterwards import circulated
from ..actions.before import invitation_gone, seat_of
from ..forms import Said
from ..invitations import seat_behind
from ..models import Comment, Meeting

MOST = 100


@require_http_methods(["GET", "HEAD", "POST"])
def invitation(request: HttpRequest, code: str) -> HttpResponse:
    """Answer the invitation and bring concerns, without an account. What is wrong is said above the form, which keeps its words."""
    behind = seat_behind(code)
    if request.method != "POST" and behind is not None and circulated(behind.meeting):
        return redirect(f"/meetings/invitation/{code}/minutes")
    seat = seat_of(code)
    said, problem = Said(request.POST), ""
    if request.method == "POST":
        try:
            do = said.text("do")
            if do == "answer":
                actions.answer_by_code(code, coming=said.flag("coming"), reason=said.text("reason"))
            elif do == "here":
                actions.attend_by_code(seat, said.text("code"))
            elif do == "substitute":
                actions.substitute_by_code(code, name=said.text("name"))
            else:
                actions.collect_by_code(
                    code,
                    text=said.text("text"),
                    raised_by=said.text("raised_by"),
                    confidential=said.flag("confidential"),
                )
            return redirect(f"/meetings/invitation/{code}?done={do if do in ('concern', 'here') else 'answer'}")
        except Refused as refused:
            problem = str(refused)
    shown = {
        "seat": seat,
        "papers_at": f"/meetings/invitation/{code}/papers",
        "papers": papers.of_guest(seat),
        "meeting": seat.meeting,
        "code": code,
        "problem": problem,
        "said": {name: said.text(name) for name in ("text", "raised_by", "confidential", "reason", "name", "code")},
        "done": request.GET.get("done", ""),
    }
    return render(request, "meetings/invitation.html", shown, status=422 if problem else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def invitation_minutes(request: HttpRequest, code: str) -> HttpResponse:
    """The minutes as they were given to the participants, and a form for a comment, without an account."""
    seat = seat_behind(code)
    given = circulated(seat.meeting) if seat else None
    if seat is None or given is None:
        raise invitation_gone()
    text, problem = request.POST.get("text", ""), ""
    if request.method == "POST":
        try:
            actions.comment_by_code(code, text=text)
            return redirect(f"/meetings/invitation/{code}/minutes?done=1")
        except Refused as refused:
            problem = str(refused)
    shown = {
        "seat": seat, "meeting": seat.meeting, "given": given, "code": code, "problem": problem, "text": text,
        "own": list(Comment.objects.filter(seat=seat, minutes=given)), "done": "done" in request.GET,
    }  # fmt: skip
    return render(request, "meetings/invitation_minutes.html", shown, status=422 if problem else 200)


@require_safe
def invitation_calendar(request: HttpRequest, code: str) -> HttpResponse:
    """The meeting for the calendar of who was invited."""
    return invitations.as_file(seat_of(code).meeting)


@require_safe
def published(request: HttpRequest) -> HttpResponse:
    """The published minutes, the newest first."""
    found = Meeting.objects.filter(stage=Meeting.Stage.PUBLISHED).select_related("series__body")[:MOST]
    return render(request, "meetings/published.html", {"meetings": list(found)})


@require_safe
def published_one(request: HttpRequest, meeting: UUID) -> HttpResponse:
    """The published minutes of one meeting."""
    found = get_object_or_404(Meeting.objects.select_related("series__body"), pk=meeting, stage=Meeting.Stage.PUBLISHED)
    crumbs = [(_("Published minutes"), "/meetings/published"), (str(found), "")]
    return render(request, "meetings/published_one.html", {"meeting": found, "crumbs": crumbs})
