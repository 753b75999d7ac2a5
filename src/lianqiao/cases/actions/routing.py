"""Who answers for a case: assignment within this node, hand-over to another, and what the other node tells us of it.

Within the node the first receiver answers until somebody else has signed for the case (首接负责). Between nodes the offer keeps the case here,
read-only, until the other node has answered; tenure rises by one at each take-over, and a word of a lower tenure is refused.
"""

import uuid
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from lianqiao.record import time
from lianqiao.record.actors import Actor
from lianqiao.record.models import Event
from lianqiao.record.refusal import Refused
from lianqiao.registry.models import Agreement, Clause, Competence

from .. import data, keys, objections
from ..act import By, act, action
from ..models import Case
from . import against, requests, together
from .finding import agencies_named, agency_named, not_complained_of, person_with_account

# Within the node


@action
def route(case: Case, told: data.Route, by: By) -> dict[str, Any]:
    """Assign the case to an agency of this node; the answering agency stays answerable until the other has signed for it.

    The event states which agency the rules of competence name, so that a deviation shows. Refused: the agency complained of; the agency that answers already;
    an assignment that was decided for good.
    """
    agency = agency_named(told.agency)
    not_complained_of(case, agency)
    if case.assignment_final:
        raise Refused("decided-for-good", _("The lead has decided this assignment; the decision is final."))
    if agency == case.agency:
        raise Refused("answers-already", _("%(agency)s answers for this case already."), status=422, agency=agency)
    handler = person_with_account(told.handler) if told.handler else None
    competent = Competence.objects.competent(agency.region_id, case.programme, case.category, "", time.today()).agency
    return {"competent": competent.code if competent else "", "person": str(handler.pk) if handler else ""}


@action
def sign_for(case: Case, told: data.SignFor, by: By) -> None:
    """The assigned agency signs for the case (签收) and answers for it from now on. Refused: while the assignment is disputed."""
    if case.assignment_disputed:
        raise Refused("disputed", _("The assignment is disputed; it waits for the decision of the lead."))


@action
def dispute(case: Case, told: data.Dispute, by: By) -> None:
    """Say, once, that another agency is competent. Refused: a second time, and after the lead has decided."""
    agency_named(told.proposed)
    if case.assignment_final or case.assignment_disputed:
        raise Refused(
            "disputed-once", _("An assignment can be disputed once; now the lead decides, and that is final.")
        )


@action
def decide(case: Case, told: data.Decide, by: By) -> None:
    """Decide a disputed assignment, for good. Refused: nothing is disputed; the agency complained of."""
    not_complained_of(case, agency_named(told.agency))
    if not case.assignment_disputed:
        raise Refused("not-disputed", _("No assignment of this case is disputed."))


@action
def engage(case: Case, told: data.Engage, by: By) -> None:
    """Engage another agency as co-handler, with its task and its own limit. Refused: the agency complained of, the answering agency, one that is
    engaged already."""
    agency = agency_named(told.agency)
    not_complained_of(case, agency)
    if agency == case.agency:
        raise Refused("answers-already", _("%(agency)s answers for this case already."), status=422, agency=agency)
    if case.participants.filter(agency=agency, part="co_handler").exists():
        raise Refused("engaged-already", _("%(agency)s is a co-handler of this case already."), agency=agency)


@action
def contribute(case: Case, told: data.Contribute, by: By) -> dict[str, Any]:
    """Answer as a co-handler, within one's own limit. The answering agency still answers to the enterprise."""
    own = keys.memberships_of(by) if not isinstance(by, Actor) else []
    held = {membership.agency.code for membership in own if keys.is_for(membership, case)}
    mine = case.participants.filter(agency__code__in=held, part="co_handler").values_list("agency__code", flat=True)
    return {"agency": sorted(mine)[0]}


# Handing over


@action(then=together.release_all)
def offer(case: Case, told: data.Offer, by: By) -> dict[str, Any]:
    """Offer the case to the other region under a clause in force. It becomes read-only here and is still answered for here.

    Refused: the clause is not in force today, does not begin at an agency that answers for the case, or does not cover its programme and
    category; while a consultation or sub-task is open; a confidential case without a summary where the clause does not share who files.
    """
    clause = Agreement.objects.clause_for(told.agreement, told.clause, time.today())
    if clause is None or clause.from_node != settings.LIANQIAO_NODE:
        raise Refused(
            "no-clause",
            _(
                "No clause %(clause)s of this agreement is in force today. Without a clause in force nothing is handed over."
            ),
            status=422,
            clause=told.clause,
        )
    if clause.from_agency not in {case.agency.code, case.home_agency.code}:
        raise Refused(
            "clause-of-another-agency",
            _(
                "Clause %(clause)s is for cases of %(agency)s. Choose a clause of the agency that answers, or assign the case there first."
            ),
            status=422,
            clause=told.clause,
            agency=clause.from_agency,
        )
    if not {"hand_over", "objection" if case.objection_to_id else "hand_over"} & set(clause.lets):
        raise Refused("clause-does-not-let", _("Clause %(clause)s is not for this."), status=422, clause=told.clause)
    requests.refuse_while_open(case)
    if not clause.covers(case.programme, case.category):
        raise Refused(
            "clause-does-not-cover",
            _("Clause %(clause)s does not cover this programme and matter."),
            status=422,
            clause=told.clause,
        )
    if told.trigger and told.trigger not in clause.joint_triggers:
        raise Refused(
            "unknown-trigger",
            _("Clause %(clause)s knows no such trigger of joint handling."),
            status=422,
            clause=told.clause,
        )
    if case.confidential and not case.summary and "identity" not in clause.shares:
        raise Refused(
            "no-summary",
            _(
                "This case is confidential and clause %(clause)s does not share who files: only a summary without names may go. Write it first."
            ),
            clause=told.clause,
        )
    return {"offer": str(uuid.uuid4()), "to_node": clause.to_node, "to_agency": clause.to_agency, "tenure": case.tenure}


def pass_on(case: Case, to: objections.Instance, reason: str) -> Event:
    """The home desk passes an objection on to the node whose agency decides on it, at once and by itself: there is nothing to weigh here."""
    given = {"agreement": to.agreement, "clause": to.clause, "reason": reason[:5000]}
    return act(case, "offer", by=Actor.node(settings.LIANQIAO_NODE), check=_passed_on, given=given)


def _passed_on(case: Case, told: data.Offer, by: By) -> dict[str, Any]:
    clause = Clause.objects.get(agreement=told.agreement, ref=told.clause)
    return {"offer": str(uuid.uuid4()), "to_node": clause.to_node, "to_agency": clause.to_agency, "tenure": case.tenure}


@action
def retract(case: Case, told: data.Retract, by: By) -> dict[str, Any]:
    """Ask for the offer back. It takes effect when the other node answers: given back, or too late because taken over. Refused: asked already."""
    if case.retraction_asked:
        raise Refused(
            "retraction-asked", _("The offer has been asked back already; the answer of the other region is awaited.")
        )
    return {"offer": str(case.offer)}


def _refuse_other_offer(case: Case, offer_id: uuid.UUID, by: By) -> None:
    if case.offer != offer_id or not isinstance(by, Actor) or by.id != case.offered_to:
        raise Refused("other-offer", _("This answer belongs to an offer that is not open."))


@action
def taken_over(case: Case, told: data.TakenOver, by: By) -> None:
    """The other node has taken the case over and answers for it. Refused: another offer, or a tenure that is not the next."""
    _refuse_other_offer(case, told.offer, by)
    if told.tenure != case.tenure + 1:
        raise Refused("wrong-tenure", _("Tenure %(got)s does not follow %(held)s."), got=told.tenure, held=case.tenure)


@action
def declined(case: Case, told: data.Declined, by: By) -> None:
    """The other node has declined, with its reason and the body that it holds competent. The case returns to its state before the offer."""
    _refuse_other_offer(case, told.offer, by)


@action
def retracted(case: Case, told: data.Retracted, by: By) -> None:
    """The other node has given the offer back. The case returns to its state before the offer."""
    _refuse_other_offer(case, told.offer, by)


@transaction.atomic
def take_over(*, by: By, serial: int | None = None, **given: Any) -> tuple[Case, Event]:
    """Take over a case that another node has offered: a case of this node's own, with its own number and clocks, answerable from this moment.

    A dossier that was here before resumes its case. `serial`: one that this node had given to it before a restore and that
    nobody bears. Refused: unknown agency; a tenure that is not above the one held; a dossier that this node answers for.
    """
    told = data.read("take_over", given)
    assert isinstance(told, data.TakeOver)
    agency = agency_named(told.agency)
    case = Case.objects.filter(dossier=told.dossier).first()
    if case is None:
        case = Case(pk=serial, agency=agency, home_agency=agency)
    return case, act(case, "take_over", by=by, check=_take_over, given=told)


def _take_over(case: Case, told: data.TakeOver, by: By) -> None:
    agencies_named(told.respondents)
    against.refuse_near(case, told.kind, told.respondents, by)
    if told.agency in told.respondents:
        raise Refused("complained-of", _("The agency complained of cannot take the case over."), status=422)
    if not case.is_new and told.tenure <= case.tenure:
        raise Refused("wrong-tenure", _("Tenure %(got)s does not follow %(held)s."), got=told.tenure, held=case.tenure)
    first = Case.objects.filter(dossier=told.objection_to).first() if told.objection_to else None
    if first and first.answers_here and told.agency == first.agency.code and objections.instance_above(first).is_here:
        raise Refused(
            "not-above", _("The objection is against this agency's own outcome; the agency above takes it."), status=422
        )


# What the other node reports


def refuse_lower_tenure(case: Case, tenure: int) -> None:
    if tenure < case.tenure:
        raise Refused(
            "lower-tenure",
            _("This word comes from tenure %(got)s; the case is in tenure %(held)s."),
            got=tenure,
            held=case.tenure,
        )


@action
def progress_reported(case: Case, told: data.ProgressReported, by: By) -> None:
    """A step that the answering node reports. Refused: a lower tenure."""
    refuse_lower_tenure(case, told.tenure)


@action
def result_reported(case: Case, told: data.ResultReported, by: By) -> None:
    """The answering node has concluded; the home desk delivers. Refused: a lower tenure."""
    refuse_lower_tenure(case, told.tenure)


@action
def delivery_reported(case: Case, told: data.DeliveryReported, by: By) -> None:
    """The home desk has delivered the result."""
    refuse_lower_tenure(case, told.tenure)


@action
def rating_reported(case: Case, told: data.RatingReported, by: By) -> None:
    """The enterprise has rated at its home desk."""
    refuse_lower_tenure(case, told.tenure)


@action
def materials_reported(case: Case, told: data.MaterialsReported, by: By) -> None:
    """Materials that the enterprise handed in at the other desk."""
    refuse_lower_tenure(case, told.tenure)


@action
def question_reported(case: Case, told: data.QuestionReported, by: By) -> dict[str, Any]:
    """A question of the answering node to the enterprise, which answers at its home desk."""
    refuse_lower_tenure(case, told.tenure)
    return {"question_number": case.questions.count() + 1}


@action
def answer_reported(case: Case, told: data.AnswerReported, by: By) -> None:
    """The enterprise's answer, given at its home desk. Refused: the question is not open."""
    refuse_lower_tenure(case, told.tenure)
    if not case.questions.unanswered().filter(number=told.ask).exists():
        raise Refused("no-such-question", _("No question with this number waits for your answer."), status=404)


@action
def withdrawal_reported(case: Case, told: data.WithdrawalReported, by: By) -> None:
    """The enterprise wishes to withdraw; the answering agency concludes with the ground of withdrawal."""
    refuse_lower_tenure(case, told.tenure)


# After a restore


@action
def freeze(case: Case, told: data.Freeze, by: By) -> None:
    """Make a shared case read-only until the other nodes have said what they hold of it."""


@action
def thaw(case: Case, told: data.Thaw, by: By) -> None:
    """Release a frozen case. Refused: it is not frozen."""
    if case.frozen_epoch is None:
        raise Refused("not-frozen", _("This case is not frozen."))


@action
def recover(case: Case, told: data.Recover, by: By) -> None:
    """Move the case to the state that a peer proves with this node's own signed parcels. Refused: a tenure below the one held."""
    refuse_lower_tenure(case, told.tenure)
