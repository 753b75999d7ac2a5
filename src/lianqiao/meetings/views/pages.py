"""The pages of officers: all meetings, one series, one meeting before and after it, the coverage picture. Reads only; what is done is in `doing`."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from django.db.models import Exists, OuterRef, Prefetch
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from lianqiao.cases import keys
from lianqiao.cases.models import Case, Exclusion
from lianqiao.law import keeping
from lianqiao.law.categories import CATEGORIES
from lianqiao.law.vocabulary import PROGRAMMES
from lianqiao.record import time
from lianqiao.registry.models import Agency, Membership, Person
from lianqiao.signin.officers import at_the_desk

from .. import access, agenda, coverage, figures, invitations, joint, minutes, papers, presence, reading
from ..actions.afterwards import circulated
from ..models import Body, Comment, Concern, JointBody, Line, Meeting, Series, offices_of
from .frame import CRUMBS, shown

MOST = 100
"""Rows of a list; older ones are found by their series."""


@at_the_desk
@require_safe
def listing(request: HttpRequest, *, person: Person) -> HttpResponse:
    """The meetings that are to come and those that were held, and the series of the bodies that the person sees."""
    found = Meeting.objects.visible_to(person).select_related("series__body")
    held = list(found.exclude(stage__in=("planned", "open"))[:MOST])
    unconfirmed = [one for one in held if one.stage == "closed" and access.keeps(person, one.series.body)]
    said = {
        "coming": list(found.filter(stage__in=("planned", "open")).order_by("starts_at")[:MOST]),
        "held": held,
        "due": reading.due(person),
        "unconfirmed": unconfirmed,
        "series": list(Series.objects.visible_to(person).select_related("body")[:MOST]),
        "bodies": [one for one in Body.objects.visible_to(person)[:MOST] if access.keeps(person, one)],
        "joint": [(one, joint.read(one)) for one in JointBody.objects.visible_to(person).select_related("peer")[:MOST]],
        "kinds": Series.Kind.choices,
        "fields": [(code, text.in_(get_language() or "zh")) for code, text in CATEGORIES.items()],
        "crumbs": [CRUMBS[0], (CRUMBS[1][0], "")],
    }
    return render(request, "meetings/meetings.html", said)


@at_the_desk
@require_safe
def establish(request: HttpRequest, *, person: Person) -> HttpResponse:
    """Where a body is established, for who leads in an agency."""
    led = [one.agency for one in keys.memberships_of(person) if one.role == Membership.Role.LEAD]
    said = {
        "led": led,
        "agencies": list(Agency.objects.order_by("name_zh", "code")[:500]),
        "crumbs": [*CRUMBS, (_("Establish a body"), "")],
    }
    return render(request, "meetings/establish.html", said)


@at_the_desk
@require_safe
def body(request: HttpRequest, body: UUID, *, person: Person) -> HttpResponse:
    """A body: who belongs to it, its series, and its tasks of a year."""
    held = access.body_for(person, body)
    keeps, now = access.keeps(person, held), time.today().year
    asked = request.GET.get("year", "")
    year = int(asked) if asked.isascii() and asked.isdigit() and len(asked) == 4 else now
    tasks = list(held.tasks.filter(year=year).select_related("agency")[:MOST])
    own = offices_of(person)
    said = {
        "body": held,
        "keeps": keeps,
        "presides": access.presides(person, held),
        "year": year,
        "years": (now - 1, now, now + 1),
        "tasks": [(task, keeps or task.agency_id in own) for task in tasks],
        "members": list(held.members.order_by("name_zh", "code")),
        "deputies": list(held.deputies.order_by("name", "account")),
        "series": list(held.series.all()[:MOST]),
        "agreements": joint.agreements_with(held.peer) if held.peer and not held.shared_under else [],
        "crumbs": [*CRUMBS, (str(held), "")],
    }
    return render(request, "meetings/body.html", said)


@at_the_desk
@require_safe
def series(request: HttpRequest, series: UUID, *, person: Person) -> HttpResponse:
    """A series: its meetings, the concerns that wait for an agenda, and the next free times."""
    held = access.series_for(person, series)
    keeps = access.keeps(person, held.body)
    meetings = list(held.meetings.order_by("-number")[:MOST])
    room = meetings[0].room if meetings else ""
    last = meetings[0].starts_at if meetings else time.now()
    since = max(time.now(), last + timedelta(days=30 * held.months - 7) if meetings else last)
    said = {
        "series": held,
        "keeps": keeps,
        "meetings": meetings,
        "concerns": waiting(held, person) if keeps else [],
        "erasable": erasable(held, person),
        "grounds": [
            (code, one.text.in_(get_language() or "zh")) for code, one in keeping.grounds(time.today()).items()
        ],
        "room": room,
        "slots": agenda.slots(held.body, room, timedelta(hours=2), since=since) if keeps and room else [],
        "crumbs": [*CRUMBS, (held.title, "")],
    }
    return render(request, "meetings/series.html", said)


def erasable(held: Series, person: Person) -> list[Concern]:
    """For a lead of the secretariat: the concerns of no case that can be erased, the newest first. One query."""
    if held.body.office_id not in offices_of(person, Membership.Role.LEAD):
        return []
    return list(held.concerns.filter(case=None).exclude(text="").order_by("-collected_at", "-pk")[:MOST])


def waiting(held: Series, person: Person) -> list[Concern]:
    """The concerns on no agenda, but for those whose case is kept from the person; each with whether they see its case (`seen`). One query."""
    seen = Case.objects.visible_to(person).filter(pk=OuterRef("case_id"))
    barred = Exclusion.objects.filter(case=OuterRef("case_id"), key__in=keys.bars_of(person))
    return list(
        held.concerns.waiting()
        .exclude(Exists(barred))
        .annotate(seen=Exists(seen))
        .select_related("enterprise", "case")[:200]
    )


@at_the_desk
@require_safe
def series_figures(request: HttpRequest, series: UUID, *, person: Person) -> HttpResponse:
    """The figures of all meetings of a series."""
    held = access.series_for(person, series)
    crumbs = [*CRUMBS, (held.title, f"/meetings/series/{held.pk}"), (_("Figures"), "")]
    return render(
        request, "meetings/series_figures.html", {"series": held, "figures": figures.of_series(held), "crumbs": crumbs}
    )


@at_the_desk
@require_safe
def meeting(request: HttpRequest, meeting: UUID, *, person: Person) -> HttpResponse:
    """Before the meeting: agenda, concerns, invitations, what is missing."""
    held = access.meeting_for(person, meeting)
    keeps = access.keeps(person, held.series.body)
    before = reading.carried(held, person)
    items = papers.of(reading.agenda(held, person, after=reading.CARRIED_MINUTES if before else 0), held, person)
    seats, doubly = agenda.seats(held, doubly=keeps and held.stage == "planned")
    concerns = waiting(held.series, person) if keeps and held.takes_papers else []
    own = {one.agency_id for one in keys.memberships_of(person)}
    led = [one for one in items if one.is_open and (keeps or (one.topic.agency_id and one.topic.agency_id in own))]
    said = {
        "items": items,
        "led": led if held.takes_papers else [],
        "carried": before,
        "seats": [
            (seat, keeps or seat.agency_id in own, invitations.page_of(seat.pk) if keeps and not seat.agency_id else "")
            for seat in seats
        ],
        "concerns": concerns,
        "alike": agenda.alike(concerns),
        "missing": agenda.missing(held, topics=len(items), seats=seats, waiting=len(concerns))
        if keeps and held.stage == "planned"
        else [],
        "doubly": doubly,
        "members": list(held.series.body.members.order_by("name_zh")) if keeps and held.takes_papers else [],
    }
    return shown(request, "meeting", held, person, said)


@at_the_desk
@require_safe
def attendance(request: HttpRequest, meeting: UUID, *, person: Person) -> HttpResponse:
    """The code of the room in large digits, for the wall; for the secretariat while the meeting is in session."""
    held = access.meeting_for(person, meeting)
    access.refuse_stranger(person, held.series.body)
    seats = list(held.seats.all()) if held.is_running else []
    code, until = presence.code_of(held.pk)
    return shown(request, "attendance", held, person, {"code": code, "until": until, "seats": seats})


@at_the_desk
@require_safe
def lines(request: HttpRequest, meeting: UUID, *, person: Person) -> HttpResponse:
    """The lines of the meeting and those that were carried over: how far each is."""
    held = access.meeting_for(person, meeting)
    shut = reading.shut(reading.agenda(held, person))
    said = {"lines": reading.lines_of(held, person, shut), "carried": reading.carried(held, person)}
    return shown(request, "lines", held, person, said)


@at_the_desk
@require_safe
def line(request: HttpRequest, meeting: UUID, number: int, *, person: Person) -> HttpResponse:
    """One line with what can be done about it: enter it, settle it, supervise, give it more time, have it confirmed."""
    held = access.meeting_for(person, meeting)
    shut = reading.shut(reading.agenda(held, person))
    found = get_object_or_404(held.lines.all().told_to(person).prefetch_related("co_agencies"), number=number)
    body = held.series.body
    told = reading.told([found], held, person, shut)[0]
    keeps = access.keeps(person, body)
    said = {
        "told": told,
        "line": found,
        "agencies": list(body.members.order_by("name_zh")) if keeps and found.case is None else [],
        "enterprises": [seat.enterprise for seat in held.seats.exclude(enterprise=None).select_related("enterprise")] if keeps and found.case is None else [],
        "supervisors": supervisors(body) if keeps and found.case is None else [],
        "categories": [(code, text.in_(get_language() or "zh")) for code, text in CATEGORIES.items()],
        "programmes": programmes(),
        "supervises": Membership.Role.SUPERVISOR in {one.role for one in keys.memberships_of(person)},
        "today": time.today(),
    }  # fmt: skip
    return shown(request, "line", held, person, said)


@at_the_desk
@require_safe
def opened_line(request: HttpRequest, line: UUID, *, person: Person) -> HttpResponse:
    """Where a reminder leads: to the case of the line, for whoever sees it."""
    found = Line.objects.filter(case__in=Case.objects.visible_to(person).values("pk")).select_related("case")
    held = get_object_or_404(found, pk=line)
    assert held.case is not None
    return redirect(f"/desk/cases/{held.case.number}")


def programmes() -> list[tuple[str, str]]:
    """The programmes, that of meetings first."""
    tongue = get_language() or "zh"
    return sorted(
        ((code, text.in_(tongue)) for code, text in PROGRAMMES.items()), key=lambda one: one[0] != "roundtable"
    )


def supervisors(body: Body) -> list[Person]:
    """Who supervises in the secretariat or above it. One query."""
    codes = [*keys.codes_above(body.office), body.office.code]
    held = Membership.objects.active(time.today()).filter(role=Membership.Role.SUPERVISOR, agency__code__in=codes)
    return list(Person.objects.filter(pk__in=held.values("person")).order_by("name", "account")[:100])


@at_the_desk
@require_safe
def after(request: HttpRequest, meeting: UUID, *, person: Person) -> HttpResponse:
    """The minutes: their versions, comments, confirmation and publication."""
    held = access.meeting_for(person, meeting)
    sheet = reading.sheet(held, person)
    inside, stage = sheet.is_whole, held.stage
    remarks = Prefetch("comments", Comment.objects.select_related("by", "seat"))
    versions = list(held.versions.select_related("by").prefetch_related(remarks)) if inside else []
    given = None if inside or sheet.is_barred else circulated(held)
    last = versions[0] if versions else None
    readable = inside or stage in ("confirmed", "published")
    text = last.text if last else minutes.proposed(sheet) if readable and stage in Meeting.HELD else ""
    said = {
        "inside": inside,
        "versions": versions,
        "last": last,
        "text": text,
        "public": held.published
        or (minutes.for_the_public(sheet) if inside and stage in ("closed", "confirmed") else ""),
        "given": given,
        "remarks": sum(len(one.comments.all()) for one in versions),
        "unfinished": sum(one.line.case is None for one in sheet.lines) if inside and stage == "closed" else 0,
    }
    return shown(request, "minutes", held, person, said)


@at_the_desk
@require_safe
def meeting_figures(request: HttpRequest, meeting: UUID, *, person: Person) -> HttpResponse:
    """The figures of one meeting with their definitions."""
    held = access.meeting_for(person, meeting)
    return shown(request, "figures", held, person, {"figures": figures.of_meeting(held)})


@at_the_desk
@require_safe
def covered(request: HttpRequest, *, person: Person) -> HttpResponse:
    """Who has not been heard for how long."""
    said = {"coverage": coverage.of(person), "long": coverage.LONG, "crumbs": [*CRUMBS, (_("Who has been heard"), "")]}
    return render(request, "meetings/coverage.html", said)


@at_the_desk
@require_safe
def calendar(request: HttpRequest, meeting: UUID, *, person: Person) -> HttpResponse:
    """The meeting as a file for a calendar program."""
    held = access.meeting_for(person, meeting)
    return invitations.as_file(held)
