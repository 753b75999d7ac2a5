"""What the row of a case takes from an event, verb by verb. Called by `act` alone; the state itself is moved there.

Each function reads only the event's data, opened, so that the row can be told again from the record.
"""

from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import UUID

from django.conf import settings

from lianqiao.registry import remembered
from lianqiao.registry.models import Agency, Enterprise, Person

from . import erasing, keys
from .dossier import filing, tell
from .models import Attachment, Case, Hold, Participant, Question, Request, SubjectCase, Tie

Given = dict[str, Any]
Move = Callable[[Case, Given, int], None]
MOVES: dict[str, Move] = {}


def _move(function: Move) -> Move:
    MOVES[function.__name__] = function
    return function


def _agency(code: str) -> Agency:
    found = remembered.agency(code)
    if found is None:
        raise LookupError(f"no agency {code}; the verb should have refused")
    return found


@_move
def file(case: Case, given: Given, number: int) -> None:
    case.home_node = case.holder_node = settings.LIANQIAO_NODE
    case.kind, case.programme, case.category = given["kind"], given["programme"], given["category"]
    case.confidential = given.get("confidential", False)
    if given.get("about"):
        case.about = Case.objects.numbered(given["about"]).first()
    case.enterprise_id = UUID(given["enterprise"])
    case.summary = given.get("summary", "")
    tell(case, given)


@_move
def summarise(case: Case, given: Given, number: int) -> None:
    case.summary = given["text"]
    tell(case, filing(case), names=bool(case.complainant))


@_move
def take_over(case: Case, given: Given, number: int) -> None:
    if case.is_new:
        case.dossier = UUID(given["dossier"])
        case.home_node = given["home_node"]
        case.first_filed_on = date.fromisoformat(given["first_filed_on"])
        case.home_agency = case.agency
        if given.get("objection_to"):
            case.objection_to = Case.objects.filter(dossier=UUID(given["objection_to"])).first()
        case.confidential = given.get("confidential", False)
        case.complainant = given.get("enterprise_name", "")
        case.summary = given.get("summary", "")
        tell(case, given)
    case.kind, case.programme, case.category = given["kind"], given["programme"], given["category"]
    case.received_from, case.tenure = given["from_node"], given["tenure"]
    case.holder_node = settings.LIANQIAO_NODE
    case.peer_number = given.get("from_number", "")
    case.agreement, case.clause = UUID(given["agreement"]), given["clause"]
    case.regime_pinned = True


@_move
def request_correction(case: Case, given: Given, number: int) -> None:
    case.correction_requested = True


@_move
def accept(case: Case, given: Given, number: int) -> None:
    case.programme = given.get("programme", case.programme)
    case.category = given.get("category", case.category)
    case.regime_pinned = True


@_move
def refuse(case: Case, given: Given, number: int) -> None:
    case.ground = given["ground"]
    _close_requests(case, number)


@_move
def withdraw(case: Case, given: Given, number: int) -> None:
    case.withdrawal_asked = True
    if given.get("main"):
        case.following, case.state_before_merge = None, ""
    if case.state not in ("offered", "handed_over"):
        _close_requests(case, number)


def _close_requests(case: Case, number: int) -> None:
    """The case ends without a result: what was asked of others is moot."""
    case.requests.open().update(state=Request.State.WITHDRAWN, closed_by=number)


@_move
def imported(case: Case, given: Given, number: int) -> None:
    case.home_node = case.holder_node = settings.LIANQIAO_NODE
    case.kind, case.programme, case.category = given["kind"], given["programme"], given["category"]
    case.confidential, case.regime_pinned = given.get("confidential", False), given["state"] != "filed"
    case.enterprise_id = UUID(given["enterprise"]) if given.get("enterprise") else None
    case.complainant = given.get("enterprise_name", "")
    case.score, case.ground = given.get("score"), given.get("ground", "")
    tell(case, given)


@_move
def withdrawal_reported(case: Case, given: Given, number: int) -> None:
    case.withdrawal_asked = True


@_move
def route(case: Case, given: Given, number: int) -> None:
    case.assigned = _agency(given["agency"])
    case.assignment_disputed = False
    case.handler = Person.objects.get(pk=given["person"]) if given.get("person") else None


@_move
def sign_for(case: Case, given: Given, number: int) -> None:
    if case.assigned:
        case.agency = case.assigned
    case.assigned = None


@_move
def dispute(case: Case, given: Given, number: int) -> None:
    case.assignment_disputed = True


@_move
def decide(case: Case, given: Given, number: int) -> None:
    case.assigned = _agency(given["agency"])
    case.assignment_disputed, case.assignment_final = False, True


@_move
def engage(case: Case, given: Given, number: int) -> None:
    Participant.objects.get_or_create(case=case, agency=_agency(given["agency"]), part=Participant.Part.CO_HANDLER)


@_move
def offer(case: Case, given: Given, number: int) -> None:
    case.state_before_offer = case.state
    case.offer, case.offered_to = UUID(given["offer"]), given["to_node"]
    case.agreement, case.clause = UUID(given["agreement"]), given["clause"]
    case.retraction_asked = False


@_move
def retract(case: Case, given: Given, number: int) -> None:
    case.retraction_asked = True


@_move
def taken_over(case: Case, given: Given, number: int) -> None:
    case.tenure, case.holder_node = given["tenure"], case.offered_to
    case.peer_number, case.peer_agency = given["peer_number"], given.get("peer_agency", "")
    case.offer, case.retraction_asked = None, False


@_move
def declined(case: Case, given: Given, number: int) -> None:
    case.offer, case.offered_to, case.retraction_asked = None, "", False


MOVES["retracted"] = declined


@_move
def progress_reported(case: Case, given: Given, number: int) -> None:
    case.tenure = max(case.tenure, given["tenure"])


@_move
def result_reported(case: Case, given: Given, number: int) -> None:
    case.ground = given["ground"]
    case.tenure = max(case.tenure, given["tenure"])


@_move
def freeze(case: Case, given: Given, number: int) -> None:
    case.frozen_epoch = given["epoch"]


@_move
def thaw(case: Case, given: Given, number: int) -> None:
    case.frozen_epoch = None


@_move
def recover(case: Case, given: Given, number: int) -> None:
    here = given["holder"] == settings.LIANQIAO_NODE
    if case.is_new:
        case.dossier = UUID(given["dossier"])
        case.home_node, case.first_filed_on = given["home_node"], date.fromisoformat(given["first_filed_on"])
        case.kind, case.programme, case.category = given["kind"], given["programme"], given["category"]
        case.confidential, case.summary = given.get("confidential", False), given.get("summary", "")
        case.complainant = given.get("enterprise_name", "")
        code = given.get("enterprise_code", "")
        case.enterprise = Enterprise.objects.filter(uscc=code).first() if code else None
        tell(case, given)
        case.regime_pinned = True
    before = case.state_before_offer or ("" if case.is_new else case.state) or "accepted"
    offered = given["state"] == "offered"
    case.state_before_offer = before if offered else case.state_before_offer
    case.tenure, case.holder_node = given["tenure"], given["holder"]
    case.offer = UUID(given["offer"]) if offered else None
    case.offered_to = given["peer"] if offered or not here else ""
    if here and not offered and given["tenure"] > 1:
        case.received_from = given["peer"]
    if given.get("agreement"):
        case.agreement, case.clause = UUID(given["agreement"]), given["clause"]
    case.ground = given.get("ground", case.ground)


@_move
def ask(case: Case, given: Given, number: int) -> None:
    agency = _agency(given["agency"]) if given.get("agency") else None
    Question.objects.create(
        case=case,
        number=given["question_number"],
        to=given["to"],
        agency=agency,
        addressee_key=keys.agency_key(agency) if agency else keys.enterprise_key(case.enterprise_id),
        asked_by=number,
        reply_by=given.get("reply_by"),
    )


@_move
def question_reported(case: Case, given: Given, number: int) -> None:
    Question.objects.create(
        case=case,
        number=given["question_number"],
        to="enterprise",
        addressee_key=keys.enterprise_key(case.enterprise_id),
        asked_by=number,
        peer_question=given["peer_question"],
        reply_by=given.get("reply_by"),
    )


@_move
def reply(case: Case, given: Given, number: int) -> None:
    Question.objects.filter(case=case, number=given["ask"]).update(answered_by=number)


MOVES["answer_reported"] = reply


@_move
def consult(case: Case, given: Given, number: int) -> None:
    _ask_another(case, given, number, Request.Kind.CONSULTATION)


@_move
def give_task(case: Case, given: Given, number: int) -> None:
    _ask_another(case, given, number, Request.Kind.TASK)


def _ask_another(case: Case, given: Given, number: int, kind: Request.Kind) -> None:
    request = Request.objects.create(
        uid=UUID(given["uid"]),
        case=case,
        number=given["request"],
        kind=kind,
        node=given["node"],
        agency=given["to_agency"],
        agreement=UUID(given["agreement"]) if given.get("agreement") else None,
        clause=given.get("clause", ""),
        trigger=given.get("trigger", ""),
        lead_id=UUID(given["led_by"]) if given.get("led_by") else None,
        asked_by=number,
    )
    request.documents.set(given.get("documents", []))


@_move
def remind(case: Case, given: Given, number: int) -> None:
    request = case.requests.get(number=given["request"])
    case.requests.filter(pk=request.pk).update(reminders=request.reminders + 1)


@_move
def call_back(case: Case, given: Given, number: int) -> None:
    case.requests.filter(number=given["request"]).update(state=Request.State.WITHDRAWN, closed_by=number)


@_move
def request_reported(case: Case, given: Given, number: int) -> None:
    reached = {"progress": Request.State.ACCEPTED}.get(given["step"]) or Request.State(given["step"])
    requests = case.requests.filter(number=given["request"])
    requests.update(reports=given["place"])
    requests.open().update(state=reached, closed_by=None if reached in Request.OPEN else number)


@_move
def attach(case: Case, given: Given, number: int) -> None:
    Attachment.objects.create(
        id=given["attachment"],
        case=case,
        event=number,
        name=given["name"],
        media_type=given["media_type"],
        size=given["size"],
        sha256=given["sha256"],
        audience=given["audience"],
        origin_node=settings.LIANQIAO_NODE,
    )


@_move
def reassign(case: Case, given: Given, number: int) -> None:
    case.handler = Person.objects.get(pk=given["person"])


@_move
def conclude(case: Case, given: Given, number: int) -> None:
    case.ground, case.leads = given["ground"], 0


@_move
def conclude_with(case: Case, given: Given, number: int) -> None:
    case.ground = given["ground"]


@_move
def merge(case: Case, given: Given, number: int) -> None:
    case.following, case.state_before_merge = Case.objects.numbered(given["main"]).get(), case.state
    Tie.objects.get_or_create(case=case, other=case.following)


@_move
def absorb(case: Case, given: Given, number: int) -> None:
    case.leads = given["leads"]
    Tie.objects.get_or_create(case=case, other=Case.objects.numbered(given["duplicate"]).get())


@_move
def unmerge(case: Case, given: Given, number: int) -> None:
    case.following = None


@_move
def join(case: Case, given: Given, number: int) -> None:
    SubjectCase.objects.create(subject_id=UUID(given["subject"]), case=case, since=number)


@_move
def leave(case: Case, given: Given, number: int) -> None:
    SubjectCase.objects.filter(subject=UUID(given["subject"]), case=case).delete()


@_move
def release(case: Case, given: Given, number: int) -> None:
    case.leads = given["leads"]


@_move
def rate(case: Case, given: Given, number: int) -> None:
    case.score = given["score"]


MOVES["rating_reported"] = rate


@_move
def reopen(case: Case, given: Given, number: int) -> None:
    case.ground, case.withdrawal_asked, case.following = "", False, None


@_move
def archive(case: Case, given: Given, number: int) -> None:
    case.retention = given["retention"]
    case.disposable_on = date.fromisoformat(given["disposable_on"]) if given["disposable_on"] else None


# What is kept, and what is destroyed


@_move
def erase(case: Case, given: Given, number: int) -> None:
    erasing.destroy(case, given["fields"], given["attachments"], given["what"])


MOVES["erasure_reported"] = erase


@_move
def hold(case: Case, given: Given, number: int) -> None:
    Hold.objects.create(case=case, event=number, cause=given["cause"], until=given.get("until"))


@_move
def lift_hold(case: Case, given: Given, number: int) -> None:
    Hold.objects.filter(case=case, event=given["hold"]).update(released_by=number)


@_move
def propose_disposal(case: Case, given: Given, number: int) -> None:
    case.disposal_proposed = number


@_move
def refuse_disposal(case: Case, given: Given, number: int) -> None:
    case.disposal_proposed = None


@_move
def dispose(case: Case, given: Given, number: int) -> None:
    everything = erasing.everything(case)
    fields = [spot.as_data() for spot in everything.spots]
    erasing.destroy(case, fields, everything.files, (*everything.what, erasing.COMPLAINANT))
    case.peer_agency, case.code_digest = "", ""


@_move
def reopen_on_objection(case: Case, given: Given, number: int) -> None:
    case.ground, case.withdrawal_asked, case.score, case.following = "", False, None, None


MOVES["reopening_reported"] = reopen_on_objection
