"""While a case is being handled: ask and reply, record progress, supervise, extend, pause, settle."""

from datetime import date
from typing import Any

from django.conf import settings
from django.db.models import Sum
from django.utils.translation import gettext_lazy as _

from lianqiao.record import time
from lianqiao.record.models import Event
from lianqiao.record.refusal import Refused
from lianqiao.registry.models import Person

from .. import access, clocks, data, keys, redating
from ..access import WORKING
from ..act import By, action
from ..clocks import SUPERVISION
from ..models import Case, Kind, Participant, Question
from . import together
from .finding import agency_named, not_complained_of, person_with_account


@action
def ask(case: Case, told: data.Ask, by: By) -> dict[str, Any]:
    """Put a question to the enterprise, to the agency complained of, or to another agency.

    The agency complained of sees the question and the case number, nothing else. Refused: no agency named where one is needed; an agency
    that is not complained of asked as respondent, or the reverse; a reply date that has passed; the agency complained of in a report of
    retaliation.
    """
    _refuse_past(told.reply_by)
    number = case.questions.count() + 1
    if told.to == "enterprise":
        return {"question_number": number}
    if told.agency is None:
        raise Refused("no-addressee", _("Name the agency that you ask."), status=422)
    agency = agency_named(told.agency)
    if told.to == "respondent" and case.kind == Kind.RETALIATION:
        raise Refused(
            "never-asked",
            _(
                "Of retaliation the agency complained of is not asked: the question would tell it. Ask the agency above, and name nobody."
            ),
            status=422,
        )
    if told.to == "agency":
        not_complained_of(case, agency)
    elif not any(
        row.agency_id == agency.pk and row.part == Participant.Part.RESPONDENT for row in case.participants.all()
    ):
        raise Refused(
            "not-complained-of",
            _("%(agency)s is not complained of in this case; ask it as an agency."),
            status=422,
            agency=agency,
        )
    return {"question_number": number}


def _refuse_past(day: Any) -> None:
    if day and day < time.today():
        raise Refused("past-date", _("This date has passed; enter today's or a later one."), status=422)


@action
def reply(case: Case, told: data.Reply, by: By) -> None:
    """Answer a question that was put to one's enterprise or agency. Refused: no such question, or it has been answered."""
    asked = next((one for one in case.questions.all() if one.number == told.ask), None)
    waits = asked and (asked.waits_for(by) if isinstance(by, Person) else asked.answered_by is None)
    if not waits:
        raise no_such_question()


def reply_to(question: Question, *, by: Person, **given: Any) -> Event:
    """The same for whoever has been led here by the question itself and may not see its case: no refusal tells more of it than the question does.

    Refused as `reply`, and a legal date before the day of the question (422).
    """
    if not question.waits_for(by):
        raise no_such_question()
    case = question.case
    if on := given.get("legal_date"):
        _refuse_before(question, on)
    try:
        return reply(case, by=by, ask=question.number, **given)
    except Refused as refused:
        if refused.code in OF_THE_CASE and not access.is_visible(case, by):
            raise no_such_question() from None
        raise


OF_THE_CASE = ("unknown-case", "not-yours", "wrong-state", "frozen", "not-in-this-regime")
"""Refusals that tell how the case stands."""


def _refuse_before(question: Question, on: date) -> None:
    asked = Event.objects.filter(subject_kind="case", subject=question.case.uid, number=question.asked_by)
    if on < asked.values_list("legal_date", flat=True).get():
        raise Refused(
            "legal-date",
            _("The legal date lies before the day of the question; enter that day or a later one."),
            status=422,
        )


def no_such_question() -> Refused:
    """The same answer whether there is no such question, or it is for others, or has been answered."""
    return Refused("no-such-question", _("No question with this number waits for your answer."), status=404)


@action
def attach(case: Case, told: data.Attach, by: By) -> None:
    """Add a file that has been stored (`cases.files`). Refused: more files than the case may hold."""
    total = case.attachments.aggregate(total=Sum("size"))["total"] or 0
    if total + told.size > settings.LIANQIAO_FILES_TOTAL_BYTES:
        raise Refused(
            "too-many-files", _("The files of this case are too large together; leave out or shrink some."), status=413
        )


@action(then=together.pass_on_progress)
def note(case: Case, told: data.Note, by: By) -> None:
    """Record progress; shared notes are shown to the enterprise and reported to the region that handed the case over."""


@action
def reassign(case: Case, told: data.Reassign, by: By) -> dict[str, Any]:
    """Give the case to another handler of the agency that answers, for example when somebody leaves. The event names both by their ids.

    Refused: one who has the case already; who does not work in that agency today; who may not see the case.
    """
    person = person_with_account(told.handler)
    if case.handler_id == person.pk:
        raise Refused("handles-already", _("%(person)s handles this case already."), status=422, person=person)
    works = any(
        membership.agency_id == case.agency_id and membership.role in WORKING and keys.is_for(membership, case)
        for membership in keys.memberships_of(person)
    )
    if not works or not Case.objects.visible_to(person).filter(pk=case.pk).exists():
        raise Refused(
            "cannot-handle",
            _("%(person)s does not work in %(agency)s today, or may not see this case. Choose another handler."),
            status=422,
            person=person,
            agency=case.agency,
        )
    return {"person": str(person.pk), "before": str(case.handler_id or "")}


@action
def supervise(case: Case, told: data.Supervise, by: By) -> None:
    """Send a supervision letter (督办函) with the date by which it is to be answered."""
    _refuse_past(told.answer_by)


@action
def answer_supervision(case: Case, told: data.AnswerSupervision, by: By) -> None:
    """Answer a supervision letter, named by the number of its event. Refused: none such waits for an answer."""
    if not any((row.name, row.subject) == (SUPERVISION, str(told.supervision)) for row in clocks.running(case)):
        raise Refused(
            "no-such-supervision", _("No supervision letter with this number waits for an answer."), status=404
        )


@action(then=together.pass_on_progress)
def extend(case: Case, told: data.Extend, by: By) -> dict[str, Any]:
    """Extend the limit of handling, with reasons, as far as the regime allows. Refused: the regime allows none, or not so much; the clock is not running."""
    rule = clocks.regime_of(case).extension
    row = _handling_clock(case)
    if not rule.allowed:
        raise Refused(
            "no-extension",
            _("%(regime)s allows no extension of the limit of handling."),
            regime=clocks.regime_of(case).title,
        )
    if rule.unit and told.unit != rule.unit:
        raise Refused(
            "extension-unit",
            _("%(regime)s counts extensions in another unit; enter it in that unit."),
            status=422,
            regime=clocks.regime_of(case).title,
        )
    used = sum(extension["amount"] for extension in row.extensions)
    if rule.amount and used + told.amount > rule.amount:
        raise Refused(
            "extension-too-long",
            _("%(regime)s allows an extension of at most %(most)s in all; %(used)s have been used."),
            status=422,
            regime=clocks.regime_of(case).title,
            most=rule.amount,
            used=used,
        )
    return {"article": rule.article}


def _handling_clock(case: Case) -> Any:
    row = next((row for row in clocks.running(case) if row.name == "handle"), None)
    if row is None:
        raise Refused(
            "no-handling-limit",
            _("No limit of handling runs for this case: neither the statute nor this node has set one."),
        )
    return row


@action(then=together.pass_on_progress)
def pause(case: Case, told: data.Pause, by: By) -> dict[str, Any]:
    """Stop the limit of handling for a legal cause. Refused: a cause that the regime does not know; a clock that is paused already."""
    row = _handling_clock(case)
    if clocks.state_of(row) == "paused":
        raise Refused("paused-already", _("The limit of handling is paused already. Resume it first."))
    causes = clocks.regime_of(case).pause_causes
    cause = next((cause for cause in causes if cause.code == told.cause), None)
    if cause is None:
        known = ", ".join(cause.code for cause in causes) or "-"
        raise Refused(
            "unknown-cause",
            _("%(regime)s knows no such cause to pause. Known: %(known)s."),
            status=422,
            regime=clocks.regime_of(case).title,
            known=known,
        )
    return {"cause_zh": cause.text.zh, "cause_en": cause.text.en, "article": cause.article}


@action(then=together.pass_on_progress)
def resume(case: Case, told: data.Resume, by: By) -> None:
    """Let a paused limit of handling run again from today. Refused: it is not paused."""
    if clocks.state_of(_handling_clock(case)) != "paused":
        raise Refused("not-paused", _("The limit of handling is not paused."))


@action
def redate(case: Case, told: data.Redate, by: By) -> dict[str, Any]:
    """Move dates that had been told to a later day, by a holiday notice that was adopted or undone. Refused: the notice moves none of them."""
    moved = redating.moved_later(case)
    if not moved:
        raise Refused("nothing-moved", _("No date of this case moves to a later day."))
    return {"moved": moved}


@action
def settle(case: Case, told: data.Settle, by: By) -> None:
    """Record the settlement between the two sides and by when it is to be performed; it binds both (Order 2020-3 art. 18)."""


@action
def report(case: Case, told: data.Report, by: By) -> None:
    """Record that the case was reported upward with suggestions, as Order 2020-3 art. 21 demands one year after acceptance."""
