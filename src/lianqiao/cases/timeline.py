"""What one reader may read of what happened to a case: the events, opened as far as the reader's side allows.

Officers read every event; who files only with the right to it. The enterprise reads what concerns it: no internal notes, no questions to
others, no supervision. Nobody else reads anything: whoever asks has found the case through `visible_to`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import Exists, OuterRef
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from lianqiao.law.divisions import name_of
from lianqiao.record import events, time
from lianqiao.record.models import Event
from lianqiao.record.nodes import this_node
from lianqiao.registry.models import EnterpriseMember, Membership, Person

from . import dossier, erasing, flow, keys, looks, related, requests
from .clocks import CO_HANDLING
from .models import Attachment, Case, CaseKey
from .related import Related

EVERYTHING = None
TOLD: dict[str, tuple[str, ...] | None] = {
    "file": EVERYTHING,
    "request_correction": EVERYTHING,
    "supplement": EVERYTHING,
    "summarise": EVERYTHING,
    "accept": EVERYTHING,
    "refuse": EVERYTHING,
    "withdraw": EVERYTHING,
    "route": ("agency",),
    "sign_for": (),
    "decide": ("agency",),
    "engage": ("agency",),
    "offer": ("to_node", "to_agency", "agreement", "clause"),
    "retract": (),
    "taken_over": EVERYTHING,
    "declined": EVERYTHING,
    "retracted": (),
    "take_over": EVERYTHING,
    "imported": (
        "agency",
        "state",
        "kind",
        "programme",
        "category",
        "title",
        "facts",
        "request",
        "enterprise_name",
        "respondents",
        "unit",
        "accepted_on",
        "concluded_on",
        "delivered_on",
        "ground",
        "text",
        "score",
    ),
    "import_undone": (),
    "progress_reported": EVERYTHING,
    "result_reported": EVERYTHING,
    "delivery_reported": EVERYTHING,
    "rating_reported": EVERYTHING,
    "materials_reported": EVERYTHING,
    "question_reported": EVERYTHING,
    "answer_reported": EVERYTHING,
    "withdrawal_reported": EVERYTHING,
    "freeze": (),
    "thaw": (),
    "recover": (),
    "ask": EVERYTHING,
    "reply": EVERYTHING,
    "attach": EVERYTHING,
    "consult": ("request", "node", "to_agency"),
    "give_task": ("request", "node", "to_agency", "trigger"),
    "request_reported": ("request", "step", "agency"),
    "note": EVERYTHING,
    "extend": EVERYTHING,
    "pause": EVERYTHING,
    "resume": (),
    "redate": EVERYTHING,
    "settle": EVERYTHING,
    "merge": ("main", "reason"),
    "absorb": ("duplicate",),
    "unmerge": ("main", "reason", "because"),
    "release": ("duplicate",),
    "pass_on": ("main", "step", "text", "due_on"),
    "conclude_with": ("main", "ground", "article", "text"),
    "conclude": EVERYTHING,
    "deliver": EVERYTHING,
    "rate": EVERYTHING,
    "contact": EVERYTHING,
    "object": EVERYTHING,
    "objection_told": EVERYTHING,
    "reopen_on_objection": EVERYTHING,
    "reopening_reported": EVERYTHING,
    "reopen": EVERYTHING,
    "archive": EVERYTHING,
    "request_erasure": EVERYTHING,
    "refuse_erasure": EVERYTHING,
    "erase": ("what", "ground", "article", "request", "reason"),
    "erasure_reported": ("what", "ground"),
    "erased": ("outcome",),
    "dispose": ("retention", "texts", "files"),
    "disposal_reported": ("retention",),
}
"""What the enterprise reads of each verb: all of it, or these fields. A verb that is not named here is internal."""
ALWAYS = {"due", "regime", "regime_digest"}
IDENTITY = {"enterprise", "enterprise_name", "enterprise_code", *dossier.MATTER}
"""What of a confidential case only they read who may know who files; the matter too, for it is told in words of the enterprise. The others read
the summary."""
OWN_WORDS = {
    "supplement",
    "withdraw",
    "withdrawal_reported",
    "rate",
    "rating_reported",
    "object",
    "request_erasure",
    "imported",
}
"""Verbs in which the enterprise speaks in its own words, other than to answer a question, or an office's ledger of it: of a confidential case
likewise."""


@dataclass(frozen=True)
class Reader:
    """What a person is to a case as its reader."""

    person: Person
    officer: bool
    knows_identity: bool
    attachments: frozenset[str]
    """Ids of the attachments that the person may fetch."""
    asked: frozenset[int]
    """Numbers of the questions that were put to the enterprise."""
    related: Related
    """The cases that are tied to this one and that the person may see."""


class Step(NamedTuple):
    """One event as its reader sees it."""

    event: Event
    label: str
    by: str
    data: dict[str, Any]
    place: int | None


READ_BY = "_read_by"


def sides(person: Person) -> dict[str, Exists]:
    """What tells, read with the case, whether the person reads it as an officer and may know who files."""
    held = keys.keys_of(person)
    opening = CaseKey.objects.filter(case=OuterRef("pk"), key__in=held)
    as_officer = [key for key in held if not key.startswith(("enterprise:", keys.ASSOCIATION))]
    return {
        "read_by_officer": Exists(opening.filter(key__in=as_officer)),
        "read_by_name": Exists(opening.filter(identity=True)),
    }


def known_reader(case: Case, person: Person) -> Case:
    """The case, just read with `sides` of the person: `reader` asks the database no second time for the same person."""
    case.__dict__[READ_BY] = (person.pk, *(case.__dict__[name] for name in ("read_by_officer", "read_by_name")))
    return case


def _side(case: Case, person: Person) -> tuple[bool, bool]:
    held = case.__dict__.get(READ_BY)
    if held and held[0] == person.pk:
        return bool(held[1]), bool(held[2])
    asked = sides(person)
    found = Case.objects.filter(pk=case.pk).annotate(**asked).values(*asked).first() or {}
    return bool(found.get("read_by_officer")), bool(found.get("read_by_name"))


def reader(case: Case, person: Person) -> Reader:
    """Which side the person reads the case from. A look at a confidential case is written down.

    Whoever holds only a key of the enterprise or its association reads as the enterprise."""
    officer, named = _side(case, person)
    knows = not case.confidential or named
    looks.at(case, person, identity=knows)
    return Reader(
        person,
        officer,
        knows,
        frozenset(str(row.pk) for row in case.attachments.all() if fetchable(case, row, officer, knows)),
        frozenset(question.number for question in case.questions.all() if question.to == "enterprise"),
        related.to(case, person),
    )


def fetchable(case: Case, attachment: Attachment, officer: bool, knows_identity: bool) -> bool:
    """Files for officers stay with officers; the files of a confidential case are for those who may know who files, since they tell it."""
    return (officer or attachment.audience == "everyone") and (knows_identity or not case.confidential)


def steps(case: Case, by: Reader, numbers: Sequence[int] | None = None) -> list[Step]:
    """The events that the reader may see, in their order; `numbers` limits them. Two queries, whatever their number, three if
    something was erased."""
    found = Event.objects.about("case", case.uid).select_related("sealed", "place")
    chain = list(found if numbers is None else found.filter(number__in=numbers))
    if numbers is None:
        requests.known_chain(case, chain)
    read = [(event, data) for event in chain if (data := told(by, event)) is not None]
    if any(events.ERASED in data.values() for _event, data in read):
        marks = erasing.marks(case, get_language() or "zh")
        read = [(event, _explained(event, data, marks)) for event, data in read]
    names = _names(case, by, [event for event, _data in read])
    return [Step(event, label(event.verb), names.get(event.pk, event.by), data, _place(event)) for event, data in read]


def _explained(event: Event, data: dict[str, Any], marks: dict[tuple[str, str], erasing.Mark]) -> dict[str, Any]:
    """The data with each erased value replaced by when and why it was erased."""

    def said(name: str) -> dict[str, Any]:
        mark = marks.get((event.digest, name)) or marks.get(("", ""))
        if mark is None:
            return dict(events.ERASED)
        sentence = _("Erased on %(on)s because: %(because)s") % {"on": mark.on.isoformat(), "because": mark.because}
        return {"erased": True, "on": mark.on.isoformat(), "because": mark.because, "sentence": sentence}

    return {name: said(name) if value == events.ERASED else value for name, value in data.items()}


def told(by: Reader, event: Event) -> dict[str, Any] | None:
    """The data of the event as the reader may read it, None if not even that it happened."""
    opened = events.opened(event)
    if event.verb == "attach" and str(opened.get("attachment")) not in by.attachments:
        return None
    if not by.knows_identity:
        opened = {
            name: value for name, value in opened.items() if name not in IDENTITY and not name.startswith("contact.")
        }
        if event.verb in OWN_WORDS:
            opened = {name: value for name, value in opened.items() if name not in ("text", "reason")}
    if any(opened[tie] not in by.related.numbers for tie in related.TIES if tie in opened):
        opened = {name: value for name, value in opened.items() if name not in related.TIES}
        if not by.officer and event.verb in ("merge", "absorb", "unmerge", "release"):
            opened = {name: value for name, value in opened.items() if name in ("because", *ALWAYS)}
    if by.officer:
        return opened
    opened.pop("others", None)
    if event.verb not in TOLD or not _concerns(by, event.verb, opened):
        return None
    if event.verb == "redate":
        return _of_concern(opened)
    fields = TOLD[event.verb]
    if fields is EVERYTHING:
        return opened
    return {name: value for name, value in opened.items() if name in fields or name in ALWAYS}


def _of_concern(opened: dict[str, Any]) -> dict[str, Any] | None:
    """The dates that moved, without those of co-handlers, which are a matter between agencies; None if no other moved."""
    moved = [one for one in opened["moved"] if one["clock"] != CO_HANDLING]
    due = {name: day for name, day in opened["due"].items() if name != CO_HANDLING}
    return opened | {"moved": moved, "due": due} if moved else None


def _concerns(by: Reader, verb: str, opened: dict[str, Any]) -> bool:
    if verb == "note":
        return bool(opened.get("shared"))
    if verb == "ask":
        return bool(opened.get("to") == "enterprise")
    if verb in ("reply", "answer_reported"):
        return opened.get("ask") in by.asked
    return True


def label(verb: str) -> str:
    """The verb in the reader's language."""
    return str(flow.VERBS[verb].label) if verb in flow.VERBS else verb


def _place(event: Event) -> int | None:
    place = getattr(event, "place", None)
    return place.place if place else None


def _names(case: Case, by: Reader, seen: Sequence[Event]) -> dict[int, str]:
    """Who acted, as the reader may know it: officers by name for officers, by agency for the enterprise; the enterprise's people by name only
    for those who know who files. By id of the event."""
    named: dict[int, str] = {}
    people = {UUID(event.by) for event in seen if event.by_kind == "person"}
    members: set[UUID] = set()
    roles: dict[UUID, list[Membership]] = {}
    stand_for = EnterpriseMember.objects.for_enterprises([case.enterprise] if case.enterprise else [])
    held_by = Membership.objects.filter(person__in=people).select_related("agency", "person")
    for membership in held_by.annotate(is_own=Exists(stand_for.filter(person=OuterRef("person_id")))):
        roles.setdefault(membership.person_id, []).append(membership)
        if membership.is_own:  # type: ignore[attr-defined]
            members.add(membership.person_id)
    involved = {case.agency_id, case.home_agency_id, case.assigned_id}
    for event in seen:
        if event.by_kind == "person":
            named[event.pk] = _person_named(UUID(event.by), event, members, roles, involved, officer=by.officer)
        elif event.by_kind == "node":
            own = event.by == this_node().code
            named[event.pk] = _("This node") if own else name_of(event.by).in_(get_language() or "zh")
        elif event.by_kind == "clock":
            named[event.pk] = _("The calendar") if event.by == "calendar" else _("The passing of time")
    return named


def _person_named(
    person: UUID,
    event: Event,
    members: set[UUID],
    roles: dict[UUID, list[Membership]],
    involved: set[Any],
    *,
    officer: bool,
) -> str:
    """The officer with the agency for which they acted then: one that has to do with the case, and in which they were on that day."""
    held = roles.get(person, [])
    if person in members or not held:
        return str(flow.Role.ENTERPRISE.label)
    day = time.day_of(event.recorded_at)
    then = [one for one in held if one.since <= day and (one.until is None or one.until >= day)] or held
    membership = next((one for one in then if one.agency_id in involved), then[0])
    if not officer:
        return membership.agency.label
    return _("%(person)s, %(agency)s") % {"person": membership.person, "agency": membership.agency.label}
