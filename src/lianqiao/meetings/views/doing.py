"""What officers do on the pages of meetings: each form leads to one verb and back to its page."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from lianqiao.record.refusal import Refused
from lianqiao.registry.models import Agreement, Person
from lianqiao.signin.officers import at_the_desk

from .. import access, actions
from ..forms import Said
from ..models import Line, Meeting, Minutes, Paper, Seat, Series

Deed = Callable[[Meeting, Said, Person], Any]


def seat(meeting: Meeting, said: Said) -> Seat:
    found = meeting.seats.select_related("agency").filter(pk=said.uuid("seat")).first()
    if found is None:
        raise access.unknown()
    found.meeting = meeting
    return found


def line(meeting: Meeting, said: Said) -> Line:
    found = meeting.lines.select_related("case").filter(number=said.number("line", 0)).first()
    if found is None:
        raise access.unknown()
    found.meeting = meeting
    return found


def version(meeting: Meeting, said: Said) -> Minutes:
    found = meeting.versions.filter(version=said.number("version", 0)).first()
    if found is None:
        raise access.unknown()
    found.meeting = meeting
    return found


def paper(meeting: Meeting, said: Said) -> Paper:
    found = (
        Paper.objects.filter(pk=said.uuid("paper"), topic__meeting=meeting).standing().select_related("topic").first()
    )
    if found is None:
        raise access.unknown()
    found.topic.meeting = meeting
    return found


def open_it(meeting: Meeting, said: Said, by: Person) -> Any:
    if meeting.is_ahead and not said.flag("early"):
        raise Refused(
            "not-yet",
            _("The meeting is planned for %(day)s. Say that it begins earlier, or plan it anew."),
            status=422,
            day=meeting.on,
        )
    body = meeting.series.body
    presided_by = said.person("presided_by") or (by if access.presides(by, body) else body.chair)
    return actions.open_meeting(meeting, by=by, presided_by=presided_by)


def put_on_agenda(meeting: Meeting, said: Said, by: Person) -> Any:
    return actions.put_on_agenda(
        meeting, by=by, title=said.text("title"), concerns=said.every("concern"), minutes=said.number("minutes", 15),
        agency=said.agency("agency"), confidential=said.flag("confidential"),
    )  # fmt: skip


def enter(meeting: Meeting, said: Said, by: Person) -> Any:
    return actions.enter(
        line(meeting, said), by=by, enterprise=said.enterprise("code") or said.enterprise("enterprise"), case=said.text("case"),
        agency=said.agency("agency"), co_agencies=said.agencies("co_agency"), category=said.text("category") or "other",
        programme=said.text("programme") or "roundtable",
        measure=said.text("measure"), follow_up=said.text("follow_up"), supervisor=said.person("supervisor"), due_on=said.day("due_on"),
    )  # fmt: skip


def settle(meeting: Meeting, said: Said, by: Person) -> Any:
    of = said.enterprise("code") or said.enterprise("enterprise")
    told = {"undertaken": said.text("undertaken"), "category": said.text("category") or "other"}
    return actions.settle(line(meeting, said), by=by, enterprise=of, **told)


def extend(meeting: Meeting, said: Said, by: Person) -> Any:
    due_on = said.day("due_on")
    if due_on is None:
        raise Refused("no-date", _("Enter the new completion date."), status=422)
    return actions.extend(line(meeting, said), by=by, due_on=due_on, reason=said.text("reason"))


def confirm(meeting: Meeting, said: Said, by: Person) -> Any:
    read = said.number("comments", 0) if "comments" in said.fields else None
    return actions.confirm(version(meeting, said), by=by, comments=read)


DEEDS: dict[str, tuple[Deed, Promise, str]] = {
    "put-on-agenda": (put_on_agenda, _("It stands on the agenda."), ""),
    "answer": (lambda m, s, by: actions.answer(seat(m, s), by=by, coming=s.flag("coming"), reason=s.text("reason")), _("The answer was kept."), ""),
    "substitute": (lambda m, s, by: actions.substitute(seat(m, s), by=by, name=s.text("name")), _("The substitute was kept."), ""),
    "remove-paper": (lambda m, s, by: actions.remove_paper(paper(m, s), by=by), _("The paper was taken away."), ""),
    "cancel": (lambda m, s, by: actions.cancel(m, by=by, reason=s.text("reason")), _("The meeting was called off."), ""),
    "open": (open_it, _("The meeting is open."), "/run"),
    "attend": (lambda m, s, by: actions.attend(seat(m, s), by=by, came=s.flag("came")), _("Attendance was kept."), "/run"),
    "attend-by-code": (lambda m, s, by: actions.attend_by_code(seat(m, s), s.text("code"), by=by), _("Attendance was kept."), "/run"),
    "close": (lambda m, _s, by: actions.close(m, by=by), _("The meeting is closed."), "/lines"),
    "enter": (enter, _("The line is a case now."), "/lines"),
    "settle": (settle, _("The line is settled on the spot."), "/lines"),
    "take-charge": (lambda m, s, by: actions.take_charge(line(m, s), by=by, text=s.text("text")), _("The letter of supervision was sent."), "/lines"),
    "extend": (extend, _("The line has more time."), "/lines"),
    "confirm-result": (lambda m, s, by: actions.confirm_result(line(m, s), by=by, text=s.text("text")), _("The confirmation was kept."), "/lines"),
    "draft": (lambda m, s, by: actions.draft(m, by=by, text=s.text("text")), _("The version was kept."), "/minutes"),
    "comment": (lambda m, s, by: actions.comment(version(m, s), by=by, text=s.text("text")), _("The comment was kept."), "/minutes"),
    "circulate": (lambda m, s, by: actions.circulate(version(m, s), by=by, text=s.text("text")), _("Those who took part are told."), "/minutes"),
    "confirm": (confirm, _("The minutes are confirmed."), "/minutes"),
    "publish": (lambda m, s, by: actions.publish(m, by=by, text=s.text("text")), _("The minutes are published."), "/minutes"),
}  # fmt: skip
"""By the name in the address: the verb, what is said when it was done, and the page to which it leads back."""


@at_the_desk
@require_POST
def do(request: HttpRequest, meeting: UUID, deed: str, *, person: Person) -> HttpResponse:
    """Do one thing to the meeting. What is refused is said on the page from which it came."""
    if deed not in DEEDS:
        raise Http404
    held = access.meeting_for(person, meeting)
    act, done, back = DEEDS[deed]
    said = Said(request.POST)
    try:
        act(held, said, person)
        messages.success(request, str(done))
    except Refused as refused:
        messages.error(request, str(refused))
        if deed == "open":
            back = ""  # it has not begun
        if deed in ("enter", "settle") and said.text("line").isdigit():
            back = f"/lines/{said.text('line')}"
    return redirect(f"/meetings/{held.pk}{back}")


@at_the_desk
@require_POST
def invite(request: HttpRequest, meeting: UUID, *, person: Person) -> HttpResponse:
    """Invite somebody; how they are told is said, and their link stands beside them from now on."""
    held, said = access.meeting_for(person, meeting), Said(request.POST)
    try:
        seat = actions.invite(
            held, by=person, agency=said.agency("agency"), enterprise=said.enterprise("enterprise"), name=said.text("name"),
            email=said.email("email"),
        )  # fmt: skip
    except Refused as refused:
        messages.error(request, str(refused))
        return redirect(f"/meetings/{held.pk}")
    by_mail = seat.email and settings.LIANQIAO_SMTP_URL
    told = _("%(name)s is invited; the invitation goes by mail to %(email)s.") if by_mail else _("%(name)s is invited.")
    messages.success(request, told % {"name": seat.name, "email": seat.email})
    return redirect(f"/meetings/{held.pk}")


@at_the_desk
@require_POST
def for_series(request: HttpRequest, series: UUID, deed: str, *, person: Person) -> HttpResponse:
    """Collect a concern, put a case before the body, or plan the next meeting."""
    held, said = access.series_for(person, series), Said(request.POST)
    try:
        if deed == "plan":
            made = actions.plan(
                held,
                by=person,
                starts_at=said.moment("starts_at"),
                ends_at=said.moment("ends_at"),
                room=said.text("room"),
            )
            return redirect(f"/meetings/{made.pk}")
        if deed == "erase":
            erase(held, said, person)
            messages.success(request, str(_("The concern is erased, here and where the meeting repeated it.")))
            return redirect(f"/meetings/series/{held.pk}")
        if deed != "collect":
            raise Http404
        collect(held, said, person)
        messages.success(request, str(_("The concern was collected.")))
    except Refused as refused:
        messages.error(request, str(refused))
    return redirect(f"/meetings/series/{held.pk}")


def erase(held: Series, said: Said, person: Person) -> None:
    found = held.concerns.filter(pk=said.uuid("concern")).first()
    if found is None:
        raise access.unknown()
    found.series = held
    actions.erase_concern(found, by=person, ground=said.text("ground"))


def collect(held: Series, said: Said, person: Person) -> None:
    if said.text("case"):
        actions.collect_case(held, by=person, number=said.text("case"))
    else:
        actions.collect(
            held, by=person, text=said.text("text"), enterprise=said.enterprise("enterprise"), raised_by=said.text("raised_by"),
            confidential=said.flag("confidential"),
        )  # fmt: skip


@at_the_desk
@require_POST
def for_body(request: HttpRequest, body: UUID, deed: str, *, person: Person) -> HttpResponse:
    """Put a task on the list of a year, say that one is done, share the body with the other region or share it no more."""
    held, said = access.body_for(person, body), Said(request.POST)
    year = ""
    try:
        if deed == "set-task":
            due_on = said.day("due_on")
            year = f"?year={due_on.year}" if due_on else ""
            actions.set_task(
                held, by=person, year=due_on.year if due_on else 0, text=said.text("text"), due_on=due_on, agency=said.agency("agency"),
                owner=said.text("owner"),
            )  # fmt: skip
            messages.success(request, str(_("The task stands on the list.")))
        elif deed == "finish-task":
            task = held.tasks.filter(pk=said.uuid("task")).first()
            if task is None:
                raise access.unknown()
            task.body, year = held, f"?year={task.year}"
            actions.finish_task(task, by=person, result=said.text("result"))
            messages.success(request, str(_("The task is done.")))
        elif deed == "share":
            agreement = Agreement.objects.filter(pk=said.uuid("agreement")).first()
            if agreement is None:
                raise access.unknown()
            actions.share(held, by=person, agreement=agreement)
            messages.success(request, str(_("The other region is told of this body from now on.")))
        elif deed == "stop-sharing":
            actions.stop_sharing(held, by=person)
            messages.success(request, str(_("The other region is told no more.")))
        else:
            raise Http404
    except Refused as refused:
        messages.error(request, str(refused))
    return redirect(f"/meetings/bodies/{held.pk}{year}")


@at_the_desk
@require_POST
def establish(request: HttpRequest, *, person: Person) -> HttpResponse:
    """Establish a body."""
    said = Said(request.POST)
    try:
        office, chair = said.agency("office"), said.person("chair")
        if office is None or chair is None:
            raise Refused("no-chair", _("Name the secretariat and who presides."), status=422)
        deputies = [
            deputy
            for account in said.text("deputies").replace("，", ",").split(",")
            if account.strip() and (deputy := Said({"one": account}).person("one"))
        ]
        actions.establish(
            by=person, name_zh=said.text("name_zh"), name_en=said.text("name_en"), chair=chair, office=office, lead=said.agency("lead"),
            deputies=deputies, members=said.agencies("member"), peer=said.text("peer"), others=said.text("others"),
        )  # fmt: skip
        messages.success(request, str(_("The body was established. Open a series of meetings for it.")))
    except Refused as refused:
        messages.error(request, str(refused))
        return redirect("/meetings/establish")
    return redirect("/meetings")


@at_the_desk
@require_POST
def open_series(request: HttpRequest, *, person: Person) -> HttpResponse:
    """Open a series of meetings."""
    said = Said(request.POST)
    try:
        body = access.body_for(person, said.uuid("body"))
        made = actions.open_series(
            body, by=person, kind=said.text("kind"), title=said.text("title"), field=said.text("field"), country=said.text("country"),
            topic=said.text("topic"), months=said.number("months", 3),
        )  # fmt: skip
    except Refused as refused:
        messages.error(request, str(refused))
        return redirect("/meetings")
    return redirect(f"/meetings/series/{made.pk}")
