"""Errands: what is asked of an agency here while the case stays with who asks. Consultations to answer, sub-tasks to do.

An errand is no case and moves no tenure: it waits in a list, has its own limit in our own calendar, is assigned to an agency, and is seen by that
agency and the one addressed alone. Every word on it has a place, so that the other side takes each once and in order. What is asked by
another agency of this node goes the same way, without a parcel.
"""

from collections.abc import Collection, Iterable
from datetime import date
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Sum
from django.utils.translation import gettext_lazy as _
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from lianqiao.cases import files
from lianqiao.cases.actions import requests
from lianqiao.cases.actions.finding import agency_named, not_complained_of
from lianqiao.cases.keys import memberships_of
from lianqiao.cases.models import Attachment, Case
from lianqiao.law import clock
from lianqiao.law.limit import EVENT_DATE, Limit
from lianqiao.law.text import Text
from lianqiao.record import events
from lianqiao.record.actors import Actor
from lianqiao.record.models import Event
from lianqiao.record.nodes import this_node
from lianqiao.record.refusal import Refused
from lianqiao.record.time import now, today
from lianqiao.registry import lawbook, remembered
from lianqiao.registry.models import Agreement, Clause, Person

from . import inbox, parcels
from .attachments import Named
from .kinds import Early, dossier_of, receives
from .models import ANSWERING, WORKING, Errand, ErrandFile, Fetch, ParcelIn

ASKED, ANSWERED = "consultation.asked", "consultation.answered"
GIVEN, REPORTED = "task.given", "task.reported"
KIND = {ASKED: Errand.Kind.CONSULTATION, GIVEN: Errand.Kind.TASK}
WORD = {Errand.Kind.CONSULTATION: ANSWERED, Errand.Kind.TASK: REPORTED}
LETS = {Errand.Kind.CONSULTATION: "consult", Errand.Kind.TASK: "task"}
State = Errand.State


class Length(BaseModel):
    model_config = ConfigDict(extra="ignore")

    amount: int = Field(ge=1, le=1000)
    unit: str = Field(pattern="^(working_days|calendar_days)$")


class Asked(BaseModel):
    """What travels of a case when an opinion is asked or a sub-task given: the least that can be answered."""

    model_config = ConfigDict(extra="ignore")

    request: UUID
    place: int = Field(ge=1, le=32000)
    number: str = Field(max_length=40)
    agreement: UUID | None = None
    clause: str = Field("", max_length=20)
    asked_on: date
    programme: str = Field(max_length=64)
    category: str = Field(max_length=64)
    agency: dict[str, str] = {}
    lead: str = Field("", max_length=200)
    text: str = Field(min_length=1, max_length=20000)
    trigger: str = Field("", max_length=64)
    limit: Length | None = None
    due_on: date | None = None
    attachments: list[Named] = Field([], max_length=500)


# What comes in


@receives(ASKED)
def asked(parcel: ParcelIn, data: dict[str, Any]) -> None:
    """A peer asks for an opinion. It waits here for a person, unless no clause in force lets it: then the node says so."""
    _enter(parcel, data)


@receives(GIVEN)
def given(parcel: ParcelIn, data: dict[str, Any]) -> None:
    """A peer gives a sub-task of a case that stays with it."""
    _enter(parcel, data)


def _enter(parcel: ParcelIn, data: dict[str, Any]) -> None:
    try:
        told = Asked.model_validate(data)
    except ValidationError as error:
        raise Refused(
            "malformed", _("The parcel cannot be read: %(why)s."), why=str(error.errors()[0]["loc"])
        ) from None
    if _of_peer(told.request, parcel):
        return
    agreement = Agreement.objects.filter(pk=told.agreement).first() if told.agreement else None
    if agreement is None or agreement.state == Agreement.State.PROPOSED:
        raise Early("agreement-unknown")
    kind = KIND[parcel.kind]
    clause = Agreement.objects.clause_for(agreement.pk, told.clause, min(told.asked_on, today()))
    leads_here = clause is not None and (clause.from_node, clause.to_node) == (parcel.peer_id, this_node().code)
    lets = clause is not None and leads_here and LETS[kind] in clause.lets
    code = clause.to_agency if clause and lets else ""
    errand = Errand(
        id=told.request, peer_id=parcel.peer_id, kind=kind, dossier=dossier_of(parcel), folder=told.request, addressed=code,
        agency=code, content=told.model_dump(mode="json"), received_at=now(), number=told.number, request=told.place,
        programme=told.programme, agreement=told.agreement, clause=told.clause,
    )  # fmt: skip
    _write(errand, inbox.actor(parcel), clause if lets else None, parcel=parcel.digest)
    for file in told.attachments:
        _expect(errand, file, parcel.peer_id)
    if not lets:
        _end(errand, State.DECLINED, Actor.clock("agreement"), text="no-clause")


def enter_own(case: Case, told: dict[str, Any]) -> None:
    """An agency of this node consults another one: the same errand, without a parcel; its files stay with the case."""
    asked = Asked.model_validate(told)
    if Errand.objects.filter(pk=asked.request).exists():
        return
    agency = told["to"]
    errand = Errand(
        id=asked.request, kind=Errand.Kind.CONSULTATION, dossier=case.dossier, folder=case.uid, addressed=agency, agency=agency,
        content=asked.model_dump(mode="json"), received_at=now(), number=asked.number, request=asked.place,
        programme=asked.programme,
    )  # fmt: skip
    _write(errand, Actor.node(this_node().code), None)
    for file in asked.attachments:
        ErrandFile.objects.get_or_create(id=file.id, errand=errand, defaults=file.model_dump(exclude={"id"}))


def _write(errand: Errand, by: Actor, clause: Clause | None, **data: Any) -> None:
    """The row and its first event, with the limit that runs from today: a date, that of the asker's clause, or none."""
    content = errand.content
    task = errand.kind == Errand.Kind.TASK
    if content["due_on"] and not task:
        errand.limit = _until(content["due_on"])
    elif clause and clause.answer_amount:
        errand.limit = _running(
            clause.answer_amount,
            clause.answer_unit,
            f"协议第{clause.ref}条",
            f"clause {clause.ref} of the agreement",
        )
    errand.due_on = last_day(errand)
    errand.save(force_insert=True)
    stated = {"agreement": str(errand.agreement or ""), "clause": errand.clause, "number": errand.number} | data
    _note(errand, "received", by, erasable={"text": content["text"]}, **stated)


def _expect(errand: Errand, file: Named, peer: str) -> None:
    """A file that came named with the errand: fetched later, once."""
    if Fetch.objects.filter(pk=file.id).exists() or ErrandFile.objects.filter(pk=file.id).exists():
        return
    row = {"name": file.name, "size": file.size, "sha256": file.sha256}
    ErrandFile.objects.create(id=file.id, errand=errand, media_type=file.media_type, stored=False, **row)
    Fetch.objects.create(id=file.id, peer_id=peer, case=errand.folder, event=0, next_attempt_at=now(), **row)


def _of_peer(identity: Any, parcel: ParcelIn) -> Errand | None:
    """The errand with this id, locked. Refused: it was asked by another node."""
    errand = Errand.objects.select_for_update().filter(pk=identity).first()
    if errand is not None and errand.peer_id != parcel.peer_id:
        raise Refused("another-node", _("This was asked by another node."))
    return errand


@receives("consultation.withdrawn")
@receives("task.withdrawn")
def withdrawn(parcel: ParcelIn, data: dict[str, Any]) -> None:
    """The peer calls back what it asked; all of these at once. What is answered already stays answered."""
    for errand in _named(parcel, data):
        withdraw(errand, inbox.actor(parcel), _text(data, "reason"))


@receives("consultation.reminded")
@receives("task.reminded")
def reminded(parcel: ParcelIn, data: dict[str, Any]) -> None:
    """The peer reminds us."""
    for errand in _named(parcel, data):
        remind(errand, inbox.actor(parcel), _text(data, "text"))


def _named(parcel: ParcelIn, data: dict[str, Any]) -> list[Errand]:
    named = data.get("requests")
    try:
        ids = [UUID(str(one)) for one in named] if isinstance(named, list) else []
    except ValueError:
        ids = []
    if not ids or len(ids) > 500:
        raise Refused("malformed", _("The parcel cannot be read: %(why)s."), why="requests")
    found = [errand for one in ids if (errand := _of_peer(one, parcel))]
    if len(found) < len(ids):
        raise Early("request-unknown")
    return found


def withdraw(errand: Errand, by: Actor, reason: str) -> None:
    if errand.state in Errand.OPEN:
        errand.state, errand.ended_at = State.WITHDRAWN, now()
        errand.save(update_fields=["state", "ended_at"])
        _note(errand, "withdrawn", by, erasable={"reason": reason})
        _forget_if_asked(errand)


def remind(errand: Errand, by: Actor, text: str) -> None:
    if errand.state in Errand.OPEN:
        errand.reminders += 1
        errand.save(update_fields=["reminders"])
        _note(errand, "reminded", by, erasable={"text": text})


# What people do


def assign(errand_id: UUID, *, by: Person, agency: str, reason: str) -> Errand:
    """Assign the errand to an agency of this node, which does it from now on. By intake, lead or liaison of the agency addressed, or of the one
    that has it. Refused: another state; an agency that is complained of in the case, where it is known here."""
    with transaction.atomic():
        errand = _open_for(errand_id, by, ANSWERING, of_addressed=True)
        found = agency_named(agency)
        for case in Case.objects.filter(dossier=errand.dossier):
            not_complained_of(case, found)
        if found.code == errand.agency:
            raise Refused("has-it-already", _("%(agency)s has this already."), status=422, agency=found)
        errand.agency = found.code
        errand.due_on = last_day(errand)
        errand.save(update_fields=["agency", "due_on"])
        _note(errand, "assigned", by.actor, erasable={"reason": reason.strip()}, agency=found.code)
    return errand


def accept(errand_id: UUID, *, by: Person) -> Errand:
    """Accept a sub-task: its limit runs from today, and its last day is told to who gave it. Refused: a consultation; accepted already."""
    with transaction.atomic():
        errand = _open_for(errand_id, by, WORKING)
        if errand.kind != Errand.Kind.TASK or errand.state != State.WAITING:
            raise Refused("cannot-accept", _("Only a sub-task that waits can be accepted."))
        content = errand.content
        length = content["limit"]
        errand.limit = (
            _running(length["amount"], length["unit"], "任务书", "the sub-task")
            if length
            else _until(content["due_on"])
        )
        errand.due_on = last_day(errand)
        _say(errand, "accepted", State.ACCEPTED, by.actor)
    return errand


def progress(errand_id: UUID, *, by: Person, text: str) -> Errand:
    """Tell how far a sub-task is. Refused: not accepted yet; no text."""
    with transaction.atomic():
        errand = _open_for(errand_id, by, WORKING)
        if errand.state != State.ACCEPTED:
            raise Refused("not-accepted", _("Accept the sub-task first."))
        _say(errand, "progress", State.ACCEPTED, by.actor, _filled(text))
    return errand


def answer(errand_id: UUID, *, by: Person, text: str) -> Errand:
    """Answer a consultation, or report a sub-task done, with the files added meanwhile. Refused: a sub-task that is not accepted; no text."""
    with transaction.atomic():
        errand = _open_for(errand_id, by, WORKING)
        if errand.kind == Errand.Kind.TASK and errand.state != State.ACCEPTED:
            raise Refused("not-accepted", _("Accept the sub-task first."))
        _end(errand, State.DONE if errand.kind == Errand.Kind.TASK else State.ANSWERED, by.actor, text=_filled(text))
    return errand


@files.keeper
def kept(folder: UUID) -> Iterable[UUID]:
    """The files that errands keep; those of a case of this node are kept, or erased, by the case."""
    of_cases = Attachment.objects.filter(case__uid=folder).values("pk")
    return ErrandFile.objects.filter(errand__folder=folder).exclude(pk__in=of_cases).values_list("pk", flat=True)


def decline(errand_id: UUID, *, by: Person, reason: str) -> Errand:
    """Decline, with the reason; a sub-task that was accepted is given back undone. Refused: no reason."""
    with transaction.atomic():
        errand = _open_for(errand_id, by, WORKING)
        state = State.RETURNED if errand.state == State.ACCEPTED else State.DECLINED
        _end(errand, state, by.actor, text=_filled(reason))
    return errand


def attach(errand_id: UUID, *, by: Person, name: str, chunks: Iterable[bytes]) -> ErrandFile:
    """Add a file, which goes with the next word. Refused: what `files.store` refuses; more than one case may hold."""
    errand = _open_for(errand_id, by, WORKING, lock=False)
    stored = files.store(errand.folder, name, chunks)
    try:
        with transaction.atomic():
            errand = _open_for(errand_id, by, WORKING)
            total = errand.files.aggregate(total=Sum("size"))["total"] or 0
            if total + stored.size > settings.LIANQIAO_FILES_TOTAL_BYTES:
                raise Refused(
                    "too-many-files", _("The files are too large together; leave out or shrink some."), status=413
                )
            file = ErrandFile.objects.create(
                id=stored.attachment, errand=errand, name=stored.name, media_type=stored.media_type, size=stored.size,
                sha256=stored.sha256, ours=True,
            )  # fmt: skip
            _note(errand, "attached", by.actor, file=str(file.pk), size=file.size, sha256=file.sha256)
    except BaseException:
        files.remove(errand.folder, stored.attachment)
        raise
    return file


def _open_for(
    errand_id: UUID, by: Person, roles: tuple[str, ...], *, of_addressed: bool = False, lock: bool = True
) -> Errand:
    """The errand, locked, that is open and the person may work on. Refused: not theirs to see (404), not theirs to do (403), over (409)."""
    found = Errand.objects.visible_to(by).filter(pk=errand_id)
    errand = (found.select_for_update() if lock else found).first()
    if errand is None:
        raise unknown()
    agencies = {errand.agency} | ({errand.addressed} if of_addressed else set())
    if not any(held.agency.code in agencies and held.role in roles for held in memberships_of(by)):
        raise Refused("not-yours", _("This is for the agency that has it, in another role than yours."), status=403)
    if errand.state not in Errand.OPEN:
        raise Refused("is-over", _("This is over: %(state)s."), state=State(errand.state).label)
    return errand


def unknown() -> Refused:
    return Refused(
        "unknown-errand", _("There is no such consultation or sub-task among those of your agency."), status=404
    )


def _filled(text: str) -> str:
    if not text.strip():
        raise Refused("text-missing", _("Say what is to be told."), status=422)
    return text.strip()[:20000]


# What goes out


def _end(errand: Errand, state: State, by: Actor, *, text: str) -> None:
    errand.ended_at = now()
    _say(errand, state.value, state, by, text)


def _say(errand: Errand, step: str, state: State, by: Actor, text: str = "") -> None:
    """One word on the errand, with its place: to the peer as a parcel, to the case here by its verb."""
    errand.state, errand.words = state, errand.words + 1
    errand.save(update_fields=["state", "words", "ended_at", "limit", "due_on"])
    going = list(errand.files.filter(ours=True, word=None))
    ErrandFile.objects.filter(pk__in=[file.pk for file in going]).update(word=errand.words)
    agency = remembered.agency(errand.agency) if errand.agency else None
    event = _note(errand, step, by, erasable={"text": text}, place=errand.words, due=str(errand.due_on or ""))
    data = {
        "request": str(errand.pk), "place": errand.words, "step": step, "text": text,
        "agency": {"code": agency.code, "zh": agency.name_zh, "en": agency.name_en} if agency else {},
        "due_on": errand.due_on.isoformat() if errand.due_on and step == "accepted" else None,
        "attachments": [
            {"id": str(file.pk), "name": file.name, "media_type": file.media_type, "size": file.size, "sha256": file.sha256}
            for file in going
        ],
    }  # fmt: skip
    if errand.peer_id:
        kind = WORD[Errand.Kind(errand.kind)]
        parcels.send(errand.peer_id, kind, data, by=by, dossier=errand.dossier, source=event.digest)
    else:
        here = Actor.node(this_node().code)
        report(Case.objects.get(dossier=errand.dossier), errand.request, data, here, event.digest)
    _forget_if_asked(errand)


def forget(errand: Errand, causes: Collection[str] | None) -> None:
    """What was asked is erased here, with the words of which the events are named in `causes` (all when None). An open errand keeps what the answer
    needs until it is over."""
    chain = list(Event.objects.about("errand", errand.pk))
    said = [event for event in chain if causes is None or event.number == 1 or event.digest in causes]
    if errand.state in Errand.OPEN:
        errand.to_erase = True
        errand.save(update_fields=["to_erase"])
        said = [event for event in said if event.number > 1]
    else:
        errand.content, errand.to_erase, errand.erased_at = {}, False, now()
        errand.save(update_fields=["content", "to_erase", "erased_at"])
    forget_words(said)


def forget_words(said: Iterable[Event]) -> None:
    events.destroy({event.pk: set(events.committed(event)) for event in said})


def _forget_if_asked(errand: Errand) -> None:
    if errand.to_erase and errand.state not in Errand.OPEN:
        forget(errand, ())


def report(case: Case, number: int, data: dict[str, Any], by: Actor, cause: str) -> None:
    """A word on what this case asked, entered in the case. `cause`: the event of the errand in which it was said."""
    named = data.get("agency")
    agency: dict[str, Any] = named if isinstance(named, dict) else {}
    requests.request_reported(
        case, by=by, request=number, place=data.get("place"), step=data.get("step"), text=data.get("text") or "",
        agency=" / ".join(str(agency[name]) for name in ("zh", "en") if agency.get(name))[:200],
        due_on=data.get("due_on") or None, attachments=data.get("attachments") or [], cause=cause,
    )  # fmt: skip


def _note(errand: Errand, verb: str, by: Actor, *, erasable: dict[str, str] | None = None, **data: Any) -> Event:
    stated = {"node": errand.peer_id or this_node().code, "dossier": str(errand.dossier), "kind": errand.kind} | data
    texts = {name: text for name, text in (erasable or {}).items() if text}
    return events.append("errand", errand.pk, verb, by=by, data=stated, erasable=texts)


def _text(data: dict[str, Any], name: str) -> str:
    return str(data.get(name) or "")[:5000]


# Its limit


def _until(day: str) -> dict[str, Any]:
    return {"start": today().isoformat(), "unit": EVENT_DATE, "until": day, "zh": "询问", "en": "the question"}


def _running(amount: int, unit: str, zh: str, en: str) -> dict[str, Any]:
    return {"start": today().isoformat(), "amount": amount, "unit": unit, "zh": zh, "en": en}


def explained(errand: Errand) -> clock.Explanation | None:
    """The arithmetic of the errand's limit, day by day, in the calendar of the agency that does it; None without a limit."""
    held = errand.limit
    if not held:
        return None
    agency = remembered.agency(errand.agency)
    calendar = lawbook.book().calendar(agency.region_id if agency else this_node().code)
    name = "co_handling" if errand.state == State.ACCEPTED else "answer"
    limit = Limit(name, held.get("amount"), held["unit"], source=Text(held["zh"], held["en"]))
    until = date.fromisoformat(held["until"]) if held.get("until") else None
    return clock.explain(limit, date.fromisoformat(held["start"]), calendar, until=until)


def last_day(errand: Errand) -> date | None:
    found = explained(errand)
    return found.due if found else None


# What may be done


def allowed(errand: Errand, by: Person) -> list[str]:
    """What the person may do to the errand now, by the names of the verbs; each verb refuses the rest."""
    if errand.state not in Errand.OPEN:
        return []
    held = memberships_of(by)
    has = any(one.agency.code == errand.agency and one.role in WORKING for one in held)
    assigns = any(one.agency.code in (errand.agency, errand.addressed) and one.role in ANSWERING for one in held)
    task, waits = errand.kind == Errand.Kind.TASK, errand.state == State.WAITING
    could = {
        "accept": has and task and waits,
        "progress": has and not waits,
        "answer": has and not (task and waits),
        "attach": has,
        "assign": assigns,
        "decline": has,
    }
    return [verb for verb, may in could.items() if may]
