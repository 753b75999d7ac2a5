"""Subjects: many cases that suffer the same, put under one heading, and one reply to all of them.

A subject is a thing with a chain of events of its own (opened, replied, closed); that a case joins or leaves it stands in the case. A reply goes to
each case by the case's own verb and rules, one transaction for each, so that it can be gone on with at any time and says which are done.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from lianqiao.record import events, time
from lianqiao.record.models import Event
from lianqiao.record.refusal import Refused
from lianqiao.registry.models import Person

from .. import access, data, keys
from ..act import By, action
from ..models import Case, Kind, Subject, SubjectAnswer, SubjectCase, SubjectReply
from . import conclusion, handling
from .finding import agency_named

MOST = 200
"""So many cases stand under one subject at most."""
BATCH = 50
"""So many cases are answered in one go."""
VERBS = {"note": handling.note, "conclude": conclusion.conclude}


def open_subject(*, by: Person, agency: str, kind: str, title: str, why: str, trigger: str = "") -> Subject:
    """Open a subject of an agency in which the person leads or supervises, or of one below it.

    Refused: another agency; a mass or emergency event without its trigger, a common issue with one.
    """
    lead = agency_named(agency)
    own = {membership.agency.code for membership in keys.memberships_of(by) if membership.role in keys.OVERSEEING}
    if not own & {lead.code, *keys.codes_above(lead)}:
        raise Refused(
            "not-yours",
            _("A subject is opened by who leads or supervises in %(agency)s, or above it."),
            status=403,
            agency=lead,
        )
    if (kind == Subject.Kind.MASS_EVENT) != bool(trigger):
        raise Refused(
            "trigger", _("A mass or emergency event has a trigger, and a common issue has none."), status=422
        )  # fmt: skip
    with transaction.atomic():
        subject = Subject.objects.create(agency=lead, kind=kind, trigger=trigger, title=title, opened_on=time.today())
        stated = {"agency": lead.code, "kind": kind} | ({"trigger": trigger} if trigger else {})
        events.append("subject", subject.pk, "open", by=by.actor, data=stated, erasable={"title": title, "why": why})
    return subject


def close_subject(subject: Subject, *, by: Person, reason: str) -> Subject:
    """Close a subject: no case joins it any more; those under it stay. Refused: closed already; a person who may not lead it; a reply
    that has not gone to all."""
    with transaction.atomic():
        subject = _locked(subject, by)
        if subject.replies.filter(done_at__isnull=True).exists():
            raise Refused("reply-unfinished", _("A reply has not gone to all its cases yet. Go on with it first."))
        subject.closed_on = time.today()
        subject.save(update_fields=["closed_on"])
        events.append("subject", subject.pk, "close", by=by.actor, data={}, erasable={"reason": reason})
    return subject


def _locked(subject: Subject, by: Person) -> Subject:
    held = Subject.objects.visible_to(by).select_for_update(of=("self",)).select_related("agency").get(pk=subject.pk)
    if held.closed_on:
        raise Refused("subject-closed", _("This subject is closed."))
    if not may_lead(held, by):
        raise Refused("not-yours", _("Only who leads or supervises there may do this."), status=403)
    return held


def may_lead(subject: Subject, person: Person) -> bool:
    """Whether the person leads or supervises in the agency of the subject, or above it."""
    own = {membership.agency.code for membership in keys.memberships_of(person) if membership.role in keys.OVERSEEING}
    return bool(own & {subject.agency.code, *keys.codes_above(subject.agency)})


def unknown_subject() -> Refused:
    return Refused("unknown-subject", _("There is no such subject among those that you may see."), status=404)


# In the case


@action
def join(case: Case, told: data.Join, by: By) -> None:
    """Put the case under a subject, with reasons. Refused: an unknown or closed subject; one with 200 cases; the case stands under it already;
    a report of retaliation, which is grouped with nothing."""
    subject = _subject(told.subject, by)
    if case.kind == Kind.RETALIATION:
        raise Refused("never-grouped", _("A report of retaliation is kept apart from other cases."), status=422)
    if subject.closed_on:
        raise Refused("subject-closed", _("This subject is closed."))
    if SubjectCase.objects.filter(subject=subject, case=case).exists():
        raise Refused("joined-already", _("The case stands under this subject already."))
    if subject.cases.count() >= MOST:
        raise Refused("subject-full", _("%(most)s cases stand under this subject. Open another one."), most=MOST)


@action
def leave(case: Case, told: data.Leave, by: By) -> None:
    """Take the case out of a subject, with reasons. Refused: it does not stand under it."""
    if not SubjectCase.objects.filter(subject=_subject(told.subject, by), case=case).exists():
        raise Refused("not-joined", _("The case does not stand under this subject."))


def _subject(subject: UUID, by: By) -> Subject:
    found = Subject.objects.visible_to(by).filter(pk=subject).first() if isinstance(by, Person) else None
    if found is None:
        raise unknown_subject()
    return found


# One reply to many


@dataclass(frozen=True)
class Foreseen:
    """What a reply would do to one case: None, or why not."""

    case: Case
    refused: Refused | None


def preview(subject: Subject, *, by: Person, form: str) -> list[Foreseen]:
    """The cases of the subject that the person may see, and which of them the verb does not allow now; nothing is written."""
    return [Foreseen(case, access.refusal(case, form, by)) for case in members(subject, by)]


def members(subject: Subject, person: Person) -> list[Case]:
    """The cases under the subject that the person may see, in their order; at most 200."""
    found = Case.objects.visible_to(person).filter(pk__in=subject.cases.values("case"))
    return list(found.select_related("agency", "home_agency", "assigned", "enterprise").order_by("pk"))


def reply(subject: Subject, *, by: Person, form: str, text: str, ground: str = "") -> SubjectReply:
    """Give one text to all cases under the subject that the person may see, as a shared note or as the conclusion; the first of them at once.

    Each case answers for itself: what refuses is named with its reason, the others are done. Refused: a closed subject; a person who
    may not lead it; a conclusion without its ground; no case to answer.
    """
    if (form == "conclude") != bool(ground):
        raise Refused("ground", _("A conclusion has a ground, and a note has none."), status=422)
    with transaction.atomic():
        subject = _locked(subject, by)
        cases = members(subject, by)
        if not cases:
            raise Refused("nothing-to-answer", _("No case under this subject is one that you may see."), status=422)
        stated = {"form": form, "cases": [case.number for case in cases]} | ({"ground": ground} if ground else {})
        event = events.append("subject", subject.pk, "reply", by=by.actor, data=stated, erasable={"text": text})
        made = SubjectReply.objects.create(
            subject=subject, event=event.number, form=form, ground=ground, made_at=time.now()
        )
        SubjectAnswer.objects.bulk_create(SubjectAnswer(reply=made, case=case) for case in cases)
    return go_on(made, by=by)


def go_on(made: SubjectReply, *, by: Person) -> SubjectReply:
    """Give the reply to the next fifty cases that still wait for it; called again until none waits. What is done is not done twice.

    Refused: a person who may not lead the subject; a text that was erased meanwhile.
    """
    if not may_lead(made.subject, by):
        raise Refused("not-yours", _("Only who leads or supervises there may do this."), status=403)
    text = events.opened(Event.objects.about("subject", made.subject_id).get(number=made.event)).get("text")
    if not isinstance(text, str):
        raise Refused("text-erased", _("The text of this reply was erased; it can go to nobody any more."))
    waiting = made.answers.filter(outcome=SubjectAnswer.Outcome.WAITING).order_by("pk")
    for pk in list(waiting.values_list("pk", flat=True)[:BATCH]):
        _answer(pk, made, text, by)
    if not waiting.exists() and made.done_at is None:
        made.done_at = time.now()
        made.save(update_fields=["done_at"])
    return made


def _answer(pk: int, made: SubjectReply, text: str, by: Person) -> None:
    """The case's own event and the mark that it is done, in one transaction; a refusal is marked by itself."""
    try:
        with transaction.atomic():
            row = _waiting(pk)
            if row is None:
                return
            told: dict[str, Any] = {"ground": made.ground} if made.form == "conclude" else {"shared": True}
            event = VERBS[made.form](row.case, by=by, text=text, **told)
            row.outcome, row.event = SubjectAnswer.Outcome.DONE, event.number
            row.save(update_fields=["outcome", "event"])
    except Refused as refused:
        with transaction.atomic():
            row = _waiting(pk)
            if row is not None:
                row.outcome, row.code = SubjectAnswer.Outcome.REFUSED, refused.code
                row.save(update_fields=["outcome", "code"])


def _waiting(pk: int) -> SubjectAnswer | None:
    rows = SubjectAnswer.objects.select_for_update(of=("self",)).select_related("case")
    return rows.filter(pk=pk, outcome=SubjectAnswer.Outcome.WAITING).first()


def answered(made: SubjectReply, person: Person) -> Iterable[SubjectAnswer]:
    """What became of the reply in each case that the person may see."""
    seen = Case.objects.visible_to(person).values("pk")
    return made.answers.filter(case__in=seen).select_related("case").order_by("pk")


UNKNOWN_REPLY = _("This subject has no such reply.")
