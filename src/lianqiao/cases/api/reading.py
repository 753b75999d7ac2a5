"""Reading cases: lists, one case, what happened to it, its limits with their arithmetic. Everything through `visible_to`."""

from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.db.models import Exists, OuterRef, Q
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop
from ninja import Query, Router
from pydantic import BaseModel, Field

from lianqiao.cases import access, clocks, dossier, flow, keys, looks, timeline
from lianqiao.cases.models import NUMBER, REQUEST, Case, Clock
from lianqiao.cases.pictures import language, name_of
from lianqiao.law import keeping
from lianqiao.record import time
from lianqiao.record.models import Event
from lianqiao.record.refusal import Refused
from lianqiao.registry.door import person_of, reading
from lianqiao.registry.models import Agency, Person

from . import answers
from .asking import case_of

router = Router(tags=["cases"], auth=reading)
MOST = 1000


class Filters(BaseModel):
    """Which cases, and which page of them."""

    after: str | None = Field(None, max_length=40, description="Number of the last case of the page before.")
    limit: int = Field(20, ge=1, le=100)
    state: str | None = Field(
        None, max_length=200, description="States, separated by commas; `open` for every one that is not finished."
    )
    programme: str | None = Field(None, max_length=32)
    due_until: date | None = Field(None, description="With a running limit that ends on this day or earlier.")
    q: str | None = Field(None, max_length=200, description="Words, Chinese or English; all must occur.")
    mine: bool = Field(False, description="That the person handles, or whose enterprise the person stands for.")
    count: bool = Field(False, description='Also count, up to "1000+".')


@router.get("/cases", response=answers.CasePage, summary=gettext_noop("List cases"))
def list_cases(request: HttpRequest, wanted: Query[Filters]) -> object:
    """The cases that the person may see, newest first, page by page."""
    person = person_of(request)
    found = Case.objects.visible_to(person)
    if wanted.state:
        found = found.filter(state__in=_states(wanted.state))
    if wanted.programme:
        found = found.filter(programme=wanted.programme)
    if wanted.due_until:
        found = found.filter(Exists(Clock.objects.filter(case=OuterRef("pk")).due_until(wanted.due_until)))
    if wanted.mine:
        held = keys.enterprise_ids_of(person)
        found = found.filter(Q(handler=person) | Q(enterprise__in=held))
    if wanted.q and wanted.q.strip():
        found = found.search(wanted.q, person)
    counted = _counted(found) if wanted.count else None
    if wanted.after:
        found = found.filter(pk__lt=_serial(wanted.after))
    page = list(found.listed(person)[: wanted.limit + 1])
    looks.at_list(page[: wanted.limit], person)
    following = None
    if len(page) > wanted.limit:
        asked = [(name, value) for name, value in request.GET.items() if name != "after"]
        following = f"{answers.PREFIX}/cases?{urlencode([*asked, ('after', page[wanted.limit - 1].number)])}"
    return {"cases": [row(case) for case in page[: wanted.limit]], "next": following, "count": counted}


def _counted(found: Any) -> str:
    counted = found.order_by()[: MOST + 1].count()
    return f"{MOST}+" if counted > MOST else str(counted)


def _states(given: str) -> list[str]:
    wanted: list[str] = []
    for name in given.split(","):
        if name == "open":
            wanted += flow.OPEN
        elif name in flow.State.values:
            wanted.append(name)
        else:
            raise Refused(
                "unknown-state",
                _("There is no such state. Known: %(known)s."),
                status=422,
                known=", ".join(["open", *flow.State.values]),
            )
    return wanted


def _serial(number: str) -> int:
    found = NUMBER.match(number)
    if found is None:
        raise Refused("after", _("`after` takes the number of a case, as it stands in the page before."), status=422)
    return int(found["serial"])


def row(case: Any) -> dict[str, Any]:
    """A line of the list; `known` is annotated (`listed`), or set."""
    return {
        "number": case.number,
        "title": case.titled(known=case.known),
        "kind": case.kind,
        "programme": case.programme,
        "category": case.category,
        "state": case.state,
        "state_label": str(flow.State(case.state).label),
        "agency": answers.named(case.agency),
        "filed_on": case.filed_on,
        "first_filed_on": case.first_filed_on,
        "confidential": case.confidential,
        "complainant": case.complainant if case.known else None,
        "next_due": case.next_due,
        "version": case.event_count,
    }


class Why(BaseModel):
    why: str | None = Field(None, max_length=32, description="A verb: is it possible now, and if not, why?")


@router.get("/cases/{number}", response=answers.CaseSheet, summary=gettext_noop("Read a case"))
def read_case(
    request: HttpRequest,
    response: HttpResponse,
    number: str,
    asked: Query[Why],
) -> object:
    """One case: where it stands, what was said, its limits, and what the person may do now."""
    person, case = person_of(request), case_of(request, number)
    by = timeline.reader(case, person)
    running = list(case.clocks.order_by("pk"))
    for clock in running:
        clock.case = case
    case.known = by.knows_identity  # type: ignore[attr-defined]
    response["ETag"] = answers.etag(case)
    return row(case) | {
        "dossier": str(case.dossier),
        "tenure": case.tenure,
        "home_node": case.home_node,
        "holder_node": case.holder_node,
        "home_agency": answers.named(case.home_agency),
        "assigned": answers.named(case.assigned) if case.assigned else None,
        "regime": case.regime,
        "regime_pinned": case.regime_pinned,
        "enterprise": str(case.enterprise_id) if by.knows_identity and case.enterprise_id else None,
        "ground": case.ground,
        "score": case.score,
        "offered_to": case.offered_to,
        "peer_number": case.peer_number,
        "received_from": case.received_from,
        "frozen": case.frozen_epoch is not None,
        "objection_to": case.objection_to.number if case.objection_to else None,
        "together": {
            "main": by.related.main.number if by.related.main else None,
            "followers": [one.number for one in by.related.followers],
            "follows": case.following_id is not None,
        },
        "about": by.related.about.number if by.related.about else None,
        "reports_of_retaliation": [one.number for one in by.related.reports],
        "kept": kept(case) if case.retention else None,
        "statement": statement(case, by),
        "attachments": [
            attachment(case, held) for held in case.attachments.order_by("event") if str(held.pk) in by.attachments
        ],
        "clocks": [clock_row(case, clock) for clock in running if shows_clock(clock, by)],
        "possible": [
            {
                "verb": verb,
                "label": str(flow.VERBS[verb].label),
                "address": f"{answers.PREFIX}/cases/{case.number}/{'attachments' if verb == 'attach' else verb}",
            }
            for verb in access.possible(case, person)
        ],
        "why": _why(case, asked.why, person) if asked.why else None,
    }


def statement(case: Case, by: timeline.Reader) -> dict[str, Any]:
    said = dossier.filing(case)
    agencies = {agency.code: agency for agency in Agency.objects.filter(code__in=said.get("respondents", []))}
    matter = {name: said.get(name) if by.knows_identity else None for name in ("facts", "request", "basis")}
    contact = {part: value for part in dossier.CONTACT if isinstance(value := said.get(f"contact.{part}"), str)}
    return {
        **{name: value if isinstance(value, str) else None for name, value in matter.items()},
        "summary": case.summary or None,
        "respondents": [answers.named(agency) for agency in agencies.values()],
        "contact": contact if by.knows_identity else None,
    }


def kept(case: Case) -> dict[str, Any]:
    """How long the archived file is kept, why, and what became of it."""
    steps = {
        event.verb: event for event in Event.objects.about("case", case.uid).filter(verb__in=("archive", "dispose"))
    }
    archived, gone = steps["archive"], steps.get("dispose")
    found = keeping.keeping(case.kind, archived.legal_date, case.retention, chosen=archived.data["retention_chosen"])
    disposed = _("Disposed of on %(on)s: %(texts)s texts and %(files)s files were destroyed.")
    return {
        "retention": case.retention,
        "label": found.period.text.in_(language()),
        "disposable_on": case.disposable_on,
        "because": found.because.in_(language()),
        "held_back": case.holds.standing(time.today()).exists(),
        "proposed": case.disposal_proposed is not None and gone is None,
        "disposed": str(disposed)
        % {"on": gone.legal_date.isoformat(), "texts": gone.data["texts"], "files": gone.data["files"]}
        if gone
        else None,
    }


def attachment(case: Case, held: Any) -> dict[str, Any]:
    return {
        "id": str(held.pk),
        "name": held.name,
        "media_type": held.media_type,
        "size": held.size,
        "sha256": held.sha256,
        "audience": held.audience,
        "event": held.event,
        "stored": held.stored,
        "erased": held.erased,
        "address": f"{answers.PREFIX}/cases/{case.number}/attachments/{held.pk}",
    }


def _why(case: Case, verb: str, person: Person) -> dict[str, Any]:
    if verb not in flow.VERBS:
        raise Refused(
            "unknown-verb", _("There is no such verb. See `possible` for those that are open to you."), status=422
        )
    refused = access.refusal(case, verb, person)
    return {
        "verb": verb,
        "allowed": refused is None,
        "code": refused.code if refused else None,
        "sentence": str(refused) if refused else None,
    }


@router.get("/cases/{number}/events", response=answers.Steps, summary=gettext_noop("Read what happened to a case"))
def list_events(request: HttpRequest, number: str) -> object:
    """Every event that the person may read, in order, with the texts that were not erased."""
    case = case_of(request, number)
    return {
        "number": case.number,
        "events": [
            {
                "number": step.event.number,
                "verb": step.event.verb,
                "label": step.label,
                "by": step.by,
                "legal_date": step.event.legal_date,
                "recorded_at": time.stamp(step.event.recorded_at),
                "data": step.data,
                "digest": step.event.digest,
                "place": step.place,
            }
            for step in timeline.steps(case, timeline.reader(case, person_of(request)))
        ],
    }


@router.get("/cases/{number}/clocks", response=answers.Clocks, summary=gettext_noop("Read the limits of a case"))
def list_clocks(request: HttpRequest, number: str) -> object:
    """Every limit of the case: running, paused and stopped, each with regime, article and whether it is verified."""
    case = case_of(request, number)
    by = timeline.reader(case, person_of(request))
    rows = list(case.clocks.order_by("pk"))
    for clock in rows:
        clock.case = case
    return {"number": case.number, "clocks": [clock_row(case, clock) for clock in rows if shows_clock(clock, by)]}


@router.get("/cases/{number}/clocks/{int:clock}", response=answers.ClockSheet, summary=gettext_noop("Explain a limit"))
def explain_clock(request: HttpRequest, number: str, clock: int) -> object:
    """The arithmetic of one limit, day by day: which days counted, which did not, why, by which rule."""
    case = case_of(request, number)
    found = case.clocks.filter(pk=clock).first()
    if found is None or not shows_clock(found, timeline.reader(case, person_of(request))):
        raise Refused("unknown-clock", _("This case has no such limit."), status=404)
    found.case = case
    told = clocks.explain(found)
    sentences = [*told.sentences(language()), *(note.in_(language()) for note in clocks.notes(found))]
    return clock_row(case, found) | {"sentences": sentences, "explanation": told.as_data()}


def shows_clock(clock: Clock, by: timeline.Reader) -> bool:
    """Supervision, co-handling, consultations and sub-tasks are matters between agencies."""
    between_agencies = clock.name in (clocks.SUPERVISION, clocks.CO_HANDLING) or clock.subject.startswith(REQUEST)
    return by.officer or not between_agencies


def clock_row(case: Case, clock: Clock) -> dict[str, Any]:
    limit = clocks.limit_of(clock)
    return {
        "id": clock.pk,
        "name": clock.name,
        "label": name_of(clock, limit),
        "subject": clock.subject,
        "state": clocks.state_of(clock),
        "started_on": clock.started_on,
        "started_by": clock.started_by,
        "stopped_on": clock.stopped_on,
        "due_on": clock.due_on,
        "due_at": time.stamp(clock.due_at) if clock.due_at else None,
        "provisional": clock.provisional,
        "figure": limit.figure.in_(language()),
        "regime": limit.regime or case.regime,
        "article": limit.article,
        "verified": limit.verified,
        "statutory": limit.statutory,
        "address": f"{answers.PREFIX}/cases/{case.number}/clocks/{clock.pk}",
    }
