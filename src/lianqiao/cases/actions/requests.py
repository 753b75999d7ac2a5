"""What is asked of others while the case stays where it is: consultation of an agency or node, and sub-tasks of joint handling (联动联办).

The tenure does not move: the answer to the enterprise stays here, and so do its limits, which run on; only a cause of the regime pauses them
(`pause`). What another node learns is what the officer writes and the documents that the officer chooses, never who files confidentially.
"""

import uuid
from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from lianqiao.record import time
from lianqiao.record.models import Event
from lianqiao.record.refusal import Refused
from lianqiao.registry.models import Agreement, Clause, Person

from .. import data
from ..act import By, action
from ..models import Attachment, Case, Request
from .finding import agency_named, not_complained_of, person_with_account, refuse_naming


@action
def consult(case: Case, told: data.Consult, by: By) -> dict[str, Any]:
    """Ask another agency of this node, or one of another node under a clause that lets consult, for its opinion. The limits of the case run on.

    Refused: the agency complained of, the answering agency; no clause in force that lets consult on such a matter; no date where no clause
    sets one, or one that has passed; a text that names a confidential enterprise; a document that may not go along.
    """
    _refuse_past(told.reply_by)
    refuse_naming(case, told.question)
    if told.agency:
        agency = agency_named(told.agency)
        not_complained_of(case, agency)
        if agency == case.agency:
            raise Refused("answers-already", _("%(agency)s answers for this case already."), status=422, agency=agency)
        if told.reply_by is None:
            raise Refused("reply-by-missing", _("Say until when you ask for the answer."), status=422)
        _refuse_documents(case, told.documents, None)
        return _new(case, settings.LIANQIAO_NODE, agency.code)
    clause = _clause(case, told.agreement, told.clause, "consult")
    _refuse_documents(case, told.documents, clause)
    if told.reply_by is None and clause.answer_amount is None:
        raise Refused("reply-by-missing", _("Say until when you ask for the answer."), status=422)
    return _new(case, clause.to_node, clause.to_agency) | _answer_limit(clause)


@action
def give_task(case: Case, told: data.GiveTask, by: By) -> dict[str, Any]:
    """Give a sub-task to an agency of another node; the conclusion stays here. Its limit runs from the acceptance there, or to a date.

    Refused: no clause in force that lets give sub-tasks of such a matter; no trigger where the clause names triggers of joint handling, or
    another one; no limit, or two; a text that names a confidential enterprise; a document that may not go along.
    """
    clause = _clause(case, told.agreement, told.clause, "task")
    if (told.amount is None) == (told.due_on is None):
        raise Refused("one-limit", _("Give the sub-task either a number of days or a date."), status=422)
    _refuse_past(told.due_on)
    if (told.trigger or "") not in (clause.joint_triggers or [""]):
        raise Refused(
            "trigger-missing",
            _("Clause %(clause)s is for joint handling under one of: %(known)s. Name the one that is given."),
            status=422,
            clause=clause.ref,
            known=", ".join(clause.joint_triggers) or "-",
        )
    refuse_naming(case, told.task)
    _refuse_documents(case, told.documents, clause)
    leads = person_with_account(told.lead) if told.lead else by
    led = {"led_by": str(leads.pk)} if isinstance(leads, Person) else {}
    return _new(case, clause.to_node, clause.to_agency) | _answer_limit(clause) | led


def _new(case: Case, node: str, agency: str) -> dict[str, Any]:
    return {"request": case.requests.count() + 1, "uid": str(uuid.uuid4()), "node": node, "to_agency": agency}


def _answer_limit(clause: Clause) -> dict[str, Any]:
    if clause.answer_amount is None:
        return {}
    return {"answer_amount": clause.answer_amount, "answer_unit": clause.answer_unit}


def _clause(case: Case, agreement: uuid.UUID | None, ref: str, lets: str) -> Clause:
    """The clause in force today that lets this with such a matter, from an agency that answers for the case or received it."""
    clause = Agreement.objects.clause_for(agreement, ref, time.today()) if agreement else None
    if clause is None or clause.from_node != settings.LIANQIAO_NODE:
        raise Refused(
            "no-clause",
            _(
                "No clause %(clause)s of this agreement is in force today. Without one nothing is asked of another region."
            ),
            status=422,
            clause=ref or "-",
        )
    if lets not in clause.lets:
        raise Refused("clause-does-not-let", _("Clause %(clause)s is not for this."), status=422, clause=ref)
    if clause.from_agency not in {case.agency.code, case.home_agency.code}:
        raise Refused(
            "clause-of-another-agency",
            _(
                "Clause %(clause)s is for cases of %(agency)s. Choose a clause of the agency that answers, or assign the case there first."
            ),
            status=422,
            clause=ref,
            agency=clause.from_agency,
        )
    if not clause.covers(case.programme, case.category):
        raise Refused(
            "clause-does-not-cover",
            _("Clause %(clause)s does not cover this programme and matter."),
            status=422,
            clause=ref,
        )
    return clause


def _refuse_past(day: Any) -> None:
    if day and day < time.today():
        raise Refused("past-date", _("This date has passed; enter today's or a later one."), status=422)


def _refuse_documents(case: Case, chosen: Sequence[uuid.UUID], clause: Clause | None) -> None:
    """Of a confidential case only what an officer has made for officers goes along: what the enterprise handed in tells who it is."""
    if not chosen:
        return
    if clause is not None and "attachments" not in clause.shares:
        raise Refused("attachments-not-shared", _("Clause %(clause)s shares no files."), status=422, clause=clause.ref)
    held = Attachment.objects.filter(case=case, pk__in=chosen, stored=True)
    if held.count() != len(set(chosen)):
        raise Refused("no-such-file", _("There is no such file in this case."), status=404)
    if case.confidential and held.exclude(audience="officers").exists():
        raise Refused(
            "file-tells-who",
            _(
                "In a confidential case only files that officers keep among themselves may go along. Prepare one without names."
            ),
            status=422,
        )


@action
def remind(case: Case, told: data.Remind, by: By) -> None:
    """Remind whoever was asked. Refused: it is answered, declined, done, or called back."""
    _open(case, told.request)


@action
def call_back(case: Case, told: data.CallBack, by: By) -> None:
    """Call a consultation or sub-task back, at once; what is said on it later is recorded and changes nothing. Refused: it is over."""
    _open(case, told.request)


def _open(case: Case, number: int) -> Request:
    found = case.requests.open().filter(number=number).first()
    if found is None:
        raise Refused("no-such-request", _("No consultation or sub-task with this number is open."), status=404)
    return found


@action
def request_reported(case: Case, told: data.RequestReported, by: By) -> dict[str, Any]:
    """A word of whoever was asked: accepted, progress, answered, done, declined, given back. Refused: of another node; out of its order; a
    step that does not belong to the kind."""
    asked = case.requests.filter(number=told.request, node=getattr(by, "id", "")).first()
    if asked is None:
        raise Refused("no-such-request", _("No consultation or sub-task with this number is open."), status=404)
    if told.place != asked.reports + 1:
        raise Refused("out-of-order", _("This is not the next word on this consultation or sub-task."))
    if told.step not in STEPS[asked.kind]:
        raise Refused("unknown-step", _("There is no such step."), status=422)
    return {} if asked.state in Request.OPEN else {"late": True}


STEPS = {"consultation": ("answered", "declined"), "task": ("accepted", "progress", "done", "declined", "returned")}
"""What may be said on a consultation, and on a sub-task."""


def refuse_while_open(case: Case) -> None:
    """Refused: something that was asked of another node or agency is open. What contributes to the answer comes in, or is called back, before
    the case moves on or ends."""
    waiting = ", ".join(str(number) for number in case.requests.open().values_list("number", flat=True))
    if waiting:
        raise Refused(
            "requests-open",
            _(
                "Still open: consultation or sub-task %(numbers)s. Wait for the answer, or call it back with the reason."
            ),
            numbers=waiting,
        )


def texts_of(case: Case) -> dict[int, Event]:
    """The events of what was asked and said, by their number; one query."""
    verbs = ("consult", "give_task", "request_reported", "call_back")
    chain = Event.objects.about("case", case.uid).filter(verb__in=verbs).select_related("sealed")
    return {event.number: event for event in chain}
