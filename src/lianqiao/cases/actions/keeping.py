"""What is kept and what is destroyed: erasure on request, holds, and the disposal of archived files by two people.

An erasure destroys values and salts; the events stay and verify. Which ground allows what is law as data (`law.keeping`).
"""

from datetime import date
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from lianqiao.law import keeping
from lianqiao.record import time
from lianqiao.record.actors import Actor
from lianqiao.record.models import Event
from lianqiao.record.refusal import Refused
from lianqiao.registry.models import Person

from .. import data, erasing, flow, requests, timeline
from ..act import By, act, action
from ..models import Case

DAY_OF_NOTHING = date.max


@action
def request_erasure(case: Case, told: data.RequestErasure, by: By) -> dict[str, Any]:
    """Ask that the contact, the name of who files, single texts or files of the case be erased (Personal Information Protection Law art. 47).

    The lead of the answering agency decides. Refused: nothing named; a text or file that is not there for the asking person.
    """
    found = _named(case, told)
    if isinstance(by, Person):
        reader = timeline.reader(case, by)
        shown = {f"{step.event.number}.{name}" for step in timeline.steps(case, reader) for name in step.data}
        hidden = sorted(set(told.texts) - shown) + [
            str(one) for one in told.files if str(one) not in reader.attachments
        ]
        if hidden:
            raise _no_such_text(hidden)
    return {"what": list(found.what)}


@action
def refuse_erasure(case: Case, told: data.RefuseErasure, by: By) -> dict[str, Any]:
    """Refuse what was asked, with a reason of law. Refused: no such request waits; an unknown reason."""
    _request(case, told.request)
    known = keeping.refusals(time.today())
    if told.ground not in known:
        raise _unknown_ground(known)
    return {"article": known[told.ground].article}


@action
def erase(case: Case, told: data.Erase, by: By) -> dict[str, Any]:
    """Erase what was asked for, or what is named: value and salt, what was derived from it, the files. The events stay and verify.

    Refused: an unknown ground; nothing that is still there; who files or how to reach them, while the case runs and the ground does not allow it;
    texts and files that the period of keeping protects.
    """
    ground = _ground(told.ground)
    chosen: data.Selection = told
    if told.request is not None:
        asked = _request(case, told.request)
        if not (told.contact or told.complainant or told.texts or told.files):
            chosen = data.Selection(**{name: asked.data[name] for name in SELECTING if name in asked.data})
    found = _named(case, chosen)
    if isinstance(by, Person):
        _refuse_what_is_needed(case, ground, found)
    return {**found.as_data(), "article": ground.article}


SELECTING = ("contact", "complainant", "texts", "files")


@action
def erasure_reported(case: Case, told: data.ErasureReported, by: By) -> dict[str, Any]:
    """Another node has erased something of the dossier: the same goes here. Refused: nothing of it is here (any more)."""
    return _named(case, told).as_data()


@action
def erased(case: Case, told: data.Erased, by: By) -> None:
    """Another node says whether it has erased what this one had passed on."""


def erase_for_the_node(case: Case, *, node: str, ground: str, decision: str, **selection: Any) -> Event | None:
    """Carry out in a case what was decided elsewhere (about an enterprise, or before a restore); None when nothing of it is there.

    `decision` is the digest of the event that decided.
    """
    given = {"ground": ground} | selection
    facts: dict[str, Any] = {"decision": decision} if decision else {}

    def check(case: Case, told: data.Erase, by: By) -> dict[str, Any]:
        return {**erase.check(case, told, by), **facts}  # type: ignore[dict-item]

    try:
        with transaction.atomic():
            return act(case, "erase", by=Actor.node(node), check=check, given=given)
    except Refused as refused:
        if refused.code in NOTHING:
            return None
        raise


AT_ONCE = 500
"""Texts that one event destroys at most."""
NOTHING = ("nothing-to-erase", "no-such-text")


def _ground(code: str) -> keeping.Basis:
    known = keeping.grounds(time.today())
    if code not in known:
        raise _unknown_ground(known)
    return known[code]


def _unknown_ground(known: dict[str, keeping.Basis]) -> Refused:
    return Refused(
        "unknown-ground", _("The law gives no such ground. Known: %(known)s."), status=422, known=", ".join(known)
    )


def _named(case: Case, told: data.Selection) -> erasing.Plan:
    found = erasing.plan(
        case, contact=told.contact, complainant=told.complainant, texts=told.texts, files=told.files
    )  # fmt: skip
    if found.unknown:
        raise _no_such_text(found.unknown)
    if not found.what:
        raise Refused(
            "nothing-to-erase",
            _("Nothing of what was named is still there. Name the contact, the name, texts or files of this case."),
        )
    return found


def _no_such_text(names: Any) -> Refused:
    return Refused(
        "no-such-text",
        _("This case has no such erasable text or file: %(names)s."),
        status=404,
        names=", ".join(names)[:500],
    )


def _request(case: Case, number: int) -> Event:
    found = next((event for event in requests.waiting(case) if event.number == number), None)
    if found is None:
        raise Refused("no-such-request", _("No request for erasure with this number waits for a decision."), status=404)
    return found


def _refuse_what_is_needed(case: Case, ground: keeping.Basis, found: erasing.Plan) -> None:
    """Refused: what the file needs for its period, what the agency needs while it handles the case, where the ground does not reach so far."""
    today = time.today()
    if case.state in flow.OPEN and not ground.running:
        raise Refused(
            "still-running",
            _("The case is still being handled and this ground does not hold before it ends: %(why)s."),
            why=_Told(keeping.refusals(today)["duty"]),
        )
    needed = set(found.what) & erasing.NEEDED_BY_THE_RECORD
    if needed and not ground.kept and (case.disposable_on or DAY_OF_NOTHING) > today:
        raise Refused(
            "retention-holds",
            _(
                "The file needs these texts until it may be disposed of, and this ground does not outweigh that: %(why)s."
            ),
            why=_Told(keeping.refusals(today)["retention"]),
        )


class _Told:
    """An entry of the law in the reader's language, when it is read."""

    def __init__(self, entry: keeping.Basis) -> None:
        self.entry = entry

    def __str__(self) -> str:
        return self.entry.told().in_(get_language() or "zh")


# Holds and disposal


@action
def hold(case: Case, told: data.Hold, by: By) -> None:
    """Hold the file back from disposal, for a cause of law, until a day or until it is released. Refused: an unknown cause, a day that has passed."""
    known = keeping.holds(time.today())
    if told.cause not in known:
        raise _unknown_ground(known)
    if told.until and told.until < time.today():
        raise Refused("past-date", _("This date has passed; enter today's or a later one."), status=422)


@action
def lift_hold(case: Case, told: data.LiftHold, by: By) -> None:
    """Release the file from a hold, with reasons. Refused: no such hold stands."""
    if not case.holds.filter(event=told.hold, released_by__isnull=True).exists():
        raise Refused("no-such-hold", _("No hold with this number stops the disposal of this file."), status=404)


@action
def propose_disposal(case: Case, told: data.ProposeDisposal, by: By) -> None:
    """Propose that the file be disposed of; somebody else confirms. Refused: before its day, while a hold stands, proposed already."""
    _refuse_disposal_now(case)
    if case.disposal_proposed is not None:
        raise Refused("proposed-already", _("The disposal has been proposed; the audit administrator decides on it."))


@action
def refuse_disposal(case: Case, told: data.RefuseDisposal, by: By) -> None:
    """Refuse a proposed disposal, with reasons; the file stays. Refused: none was proposed."""
    _proposal(case)


@action
def dispose(case: Case, told: data.Dispose, by: By) -> dict[str, Any]:
    """Confirm the disposal as the second person: all texts and files go, a tombstone stays.

    Refused: none was proposed; by who proposed it; before its day; while a hold stands.
    """
    _refuse_disposal_now(case)
    proposal = _proposal(case)
    if isinstance(by, Person) and proposal.by == by.actor.id:
        raise Refused("two-persons", _("Who proposed the disposal cannot confirm it; another person does."), status=403)
    found = erasing.everything(case)
    return {
        "retention": case.retention, "proposal": proposal.number, "texts": len(found.spots), "files": len(found.files),
        "attachments": list(found.files),
    }  # fmt: skip


@action
def disposal_reported(case: Case, told: data.DisposalReported, by: By) -> None:
    """Another node has disposed of its file of the dossier; this one decides under its own law."""


def _proposal(case: Case) -> Event:
    if case.disposal_proposed is None:
        raise Refused("not-proposed", _("Nobody has proposed the disposal of this file."))
    return Event.objects.about("case", case.uid).get(number=case.disposal_proposed)


def _refuse_disposal_now(case: Case) -> None:
    today = time.today()
    if case.disposable_on is None:
        raise Refused("kept-for-ever", _("This file is kept for ever."))
    if case.disposable_on > today:
        raise Refused("kept-until", _("This file may be disposed of from %(day)s."), day=case.disposable_on.isoformat())
    standing = case.holds.standing(today).order_by("event").first()
    if standing:
        raise Refused(
            "held-back",
            _("The file is held back from disposal (%(cause)s, step %(event)s). Release it first."),
            cause=_Told(keeping.holds(today)[standing.cause]),
            event=standing.event,
        )


def again(
    case: Case, *, node: str, ground: str, decision: str, fields: list[dict[str, Any]], files: list[str]
) -> Event | None:
    """Destroy once more, after a restore, what had been destroyed since the backup: by digest of the event and field."""
    held = dict(Event.objects.about("case", case.uid).values_list("digest", "number"))
    texts = [f"{held[spot['event']]}.{spot['field']}" for spot in fields if spot["event"] in held]
    known = {str(pk) for pk in case.attachments.values_list("pk", flat=True)}
    done: Event | None = None
    for place in range(0, max(len(texts), 1), AT_ONCE):
        named = [UUID(one) for one in files if one in known] if place == 0 else []
        part = texts[place : place + AT_ONCE]
        done = erase_for_the_node(case, node=node, ground=ground, decision=decision, texts=part, files=named) or done
    return done
