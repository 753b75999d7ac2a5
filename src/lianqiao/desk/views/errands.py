"""What other regions and agencies ask of us while the case stays with them: consultations to answer, sub-tasks to do."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import F, Q
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from lianqiao.cases import files
from lianqiao.desk.entrance import at_the_desk
from lianqiao.desk.registers.parts import Cell, Table, badge, day, moment
from lianqiao.exchange import errands
from lianqiao.exchange.models import Errand
from lianqiao.law.categories import CATEGORIES
from lianqiao.law.vocabulary import PROGRAMMES
from lianqiao.record import events, time
from lianqiao.record.models import Event
from lianqiao.record.nodes import this_node
from lianqiao.record.refusal import Refused
from lianqiao.registry.models import Agency, Person

HERE = "/desk/errands"
PAGE = 50
EXCERPT = 60
STATES = {
    Errand.State.WAITING: "act",
    Errand.State.ACCEPTED: "act",
    Errand.State.ANSWERED: "good",
    Errand.State.DONE: "good",
}
MOST_AGENCIES = 500


@at_the_desk
@require_safe
def listing(request: HttpRequest, *, person: Person) -> HttpResponse:
    """Those that wait for the person's agencies, the first due first; or those that are over, the newest first."""
    over = request.GET.get("which") == "over"
    rows, older = page(person, over, request.GET.get("after", ""))
    agencies = labels({code for one in rows for code in (one.agency, one.addressed) if code})
    kept = "?which=over" if over else ""
    table = Table(
        (_("Answer by"), _("What is asked"), _("Who asks"), _("Who has it"), _("State"), _("Received")),
        [
            (
                due_cell(one),
                Cell(excerpt(one), f"{HERE}/{one.pk}", below=f"{one.get_kind_display()} · {one.number}"),
                Cell(asker(one)),
                Cell(agencies.get(one.agency, "–")),
                badge(one.get_state_display(), STATES.get(Errand.State(one.state), "")),
                moment(one.received_at),
            )
            for one in rows
        ],
        _("Nothing waits here."),
        f"{HERE}?{'which=over&' if over else ''}after={older}" if older else "",
        f"{HERE}{kept}" if request.GET.get("after") else "",
    )
    said = {"table": table, "over": over, "crumbs": [(_("Desk"), "/desk"), (_("Received requests"), "")]}
    return render(request, "desk/errands.html", said)


def page(person: Person, over: bool, after: str) -> tuple[list[Errand], str]:
    """One page, and the id after which the next one begins ("" on the last)."""
    found = Errand.objects.visible_to(person).select_related("peer")
    last = found.filter(pk=after).first() if is_uuid(after) else None
    if over:
        found = found.exclude(state__in=Errand.OPEN).order_by("-received_at", "-pk")
        if last:
            found = found.filter(Q(received_at__lt=last.received_at) | Q(received_at=last.received_at, pk__lt=last.pk))
    else:
        found = found.open().order_by(F("due_on").asc(nulls_last=True), "pk")
        if last and last.due_on:
            found = found.filter(
                Q(due_on=last.due_on, pk__gt=last.pk) | Q(due_on__gt=last.due_on) | Q(due_on__isnull=True)
            )
        elif last:
            found = found.filter(due_on__isnull=True, pk__gt=last.pk)
    rows = list(found[: PAGE + 1])
    return rows[:PAGE], str(rows[PAGE - 1].pk) if len(rows) > PAGE else ""


def is_uuid(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True


def labels(codes: set[str]) -> dict[str, str]:
    """The names of agencies by their codes, in one query."""
    return {one.code: one.label for one in Agency.objects.filter(code__in=codes)}


def due_cell(errand: Errand) -> Cell:
    late = errand.state in Errand.OPEN and errand.due_on is not None and errand.due_on < time.today()
    return Cell(errand.due_on.isoformat() if errand.due_on else "–", mark="number", below=_("overdue") if late else "")


def excerpt(errand: Errand) -> str:
    """The first words of what is asked; the number where the words were erased."""
    text = " ".join(str(errand.content.get("text", "")).split())
    return (text[: EXCERPT - 1] + "…" if len(text) > EXCERPT else text) or errand.number


def asker(errand: Errand) -> str:
    """The agency that asks, and its region."""
    named = errand.content.get("agency") or {}
    zh = (get_language() or "zh").startswith("zh")
    agency = named.get("zh" if zh else "en") or named.get("zh") or ""
    region = errand.peer.region if errand.peer else ""
    return " · ".join(part for part in (region, agency) if part) or this_node().code


@at_the_desk
@require_http_methods(["GET", "HEAD", "POST"])
def errand(request: HttpRequest, errand: UUID, *, person: Person) -> HttpResponse:
    """One consultation or sub-task: what is asked, by when and why, its files, what was said; and what may be done to it."""
    found = own(errand, person)
    status, problem, typed = 200, "", {}
    if request.method == "POST":
        typed = {name: request.POST.get(name, "").strip() for name in ("do", "text", "agency")}
        try:
            messages.success(request, do(request, found, typed, person))
            return HttpResponseRedirect(f"{HERE}/{found.pk}")
        except Refused as refused:
            status, problem = refused.status, str(refused)
            found.refresh_from_db()
    return render(
        request, "desk/errand.html", told(found, person) | {"problem": problem, "typed": typed}, status=status
    )


def own(errand: UUID, person: Person) -> Errand:
    """The errand, for the agencies that have it. Refused: any other (404)."""
    found = Errand.objects.visible_to(person).select_related("peer").filter(pk=errand).first()
    if found is None:
        raise errands.unknown()
    return found


def do(request: HttpRequest, found: Errand, typed: dict[str, str], person: Person) -> str:
    """Do what was asked of it; what to say then."""
    text = typed["text"]
    match typed["do"]:
        case "accept":
            made = errands.accept(found.pk, by=person)
            return _("Accepted. The limit runs from today; its last day is %(day)s.") % {"day": made.due_on}
        case "progress":
            errands.progress(found.pk, by=person, text=text)
            return _("Who asked is told how far it is.")
        case "answer":
            errands.answer(found.pk, by=person, text=text)
            return _("Your answer was recorded and goes to who asked.")
        case "decline":
            errands.decline(found.pk, by=person, reason=text)
            return _("Declined. Who asked is told the reasons.")
        case "assign":
            if not text:
                raise Refused("reason-missing", _("Say why: the reason stays in the record."), status=422)
            made = errands.assign(found.pk, by=person, agency=typed["agency"], reason=text)
            return _("Assigned to %(agency)s.") % {"agency": labels({made.agency}).get(made.agency, made.agency)}
        case "attach":
            file = request.FILES.get("file")
            if file is None:
                raise Refused("no-file", _("Choose a file first."), status=422)
            errands.attach(found.pk, by=person, name=file.name or "", chunks=file.chunks())
            return _("The file was added; it goes with the next word.")
    raise Http404


def told(found: Errand, person: Person) -> dict[str, Any]:
    explained = errands.explained(found)
    language = "zh" if (get_language() or "zh").startswith("zh") else "en"
    may = errands.allowed(found, person)
    content = found.content
    agencies = labels({code for code in (found.agency, found.addressed) if code})
    named = {**PROGRAMMES, **CATEGORIES}

    def word(code: str) -> str:
        return named[code].in_(language) if code in named else code or "–"

    choices = []
    if "assign" in may:
        here = Agency.objects.filter(active=True, region__node_code=this_node().code).exclude(code=found.agency)
        choices = [(one.code, one.label) for one in here.order_by("code")[:MOST_AGENCIES]]
    return {
        "errand": found,
        "title": excerpt(found),
        "text": content.get("text", ""),
        "tone": STATES.get(Errand.State(found.state), ""),
        "may": may,
        "task": found.kind == Errand.Kind.TASK,
        "agencies": choices,
        "due": due_cell(found),
        "sentences": explained.sentences(language) if explained else [],
        "facts": [
            (_("Who asks"), Cell(asker(found))),
            (_("Number there"), Cell(found.number, mark="number")),
            (_("Programme"), Cell(word(found.programme))),
            (_("Matter"), Cell(word(content.get("category", "")))),
            *([(_("Who leads there"), Cell(content["lead"]))] if content.get("lead") else []),
            *([(_("Clause"), Cell(found.clause, mark="number"))] if found.clause else []),
            (_("Addressed to"), Cell(agencies.get(found.addressed, "–"))),
            (_("Who has it"), Cell(agencies.get(found.agency, "–"))),
            (_("Asked on"), day(date.fromisoformat(content["asked_on"]) if content.get("asked_on") else None)),
            (_("Reminders"), Cell(found.reminders, mark="number")),
        ],
        "files": list(found.files.all()),
        "happened": happened(found),
        "crumbs": [(_("Desk"), "/desk"), (_("Received requests"), HERE), (found.number, "")],
    }


def happened(found: Errand) -> list[tuple[Any, str, str]]:
    """What was said on it, the first first: when, what, in which words."""
    words = {
        "received": _("Received"), "assigned": _("Assigned"), "accepted": _("Taken on"), "progress": _("Progress told"),
        "answered": _("Answered"), "done": _("Reported done"), "declined": _("Not taken on"), "returned": _("Given back undone"),
        "withdrawn": _("Called back by who asked"), "reminded": _("Reminded"), "attached": _("File added"), "erase": _("Erased"),
    }  # fmt: skip
    told = []
    for event in Event.objects.about("errand", found.pk):
        said = events.opened(event)
        text = said.get("text") or said.get("reason") or ""
        first = event.verb == "received"  # its words stand above
        told.append(
            (event.recorded_at, words.get(event.verb, event.verb), "" if first or not isinstance(text, str) else text)
        )
    return told


@at_the_desk
@require_safe
def file(request: HttpRequest, errand: UUID, file: UUID, *, person: Person) -> FileResponse:
    """A file of one errand."""
    found = own(errand, person)
    held = found.files.filter(pk=file, stored=True).first()
    if held is None:
        raise Refused("no-such-file", _("There is no such file here."), status=404)
    given = FileResponse(
        files.opened(found.folder, held.pk), as_attachment=True, filename=held.name, content_type=held.media_type
    )
    given["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return given
