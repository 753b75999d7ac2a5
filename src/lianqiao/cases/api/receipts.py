"""Receipts and status, with a token or, without an account, with the code word that was told at the filing."""

from typing import Annotated

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop
from ninja import Query, Router
from pydantic import BaseModel, Field

from lianqiao.cases import code_words, flow, timeline
from lianqiao.cases.models import Case
from lianqiao.record import receipts
from lianqiao.record.models import Event
from lianqiao.record.refusal import Refused
from lianqiao.registry.door import person_of, reading

from . import answers, examples
from .asking import case_of

router = Router(tags=["receipts"])


@router.get(
    "/cases/{number}/receipt",
    auth=reading,
    response=answers.Receipts,
    summary=gettext_noop("Read the receipts of a case"),
)
def case_receipts(request: HttpRequest, number: str) -> object:
    """The receipt of every event that the person may read, each with the proof of its place once it has one."""
    case = case_of(request, number)
    steps = timeline.steps(case, timeline.reader(case, person_of(request)))
    made = [receipts.receipt(step.event, number=case.number) for step in steps]
    return {"number": case.number, "receipts": made}


class CodeWord(BaseModel):
    code: str | None = Field(None, max_length=40, description="The code word, without an account.")


@router.get("/receipts/{digest}", auth=None, response=answers.Receipt, summary=gettext_noop("Read one receipt"))
def one_receipt(
    request: HttpRequest,
    digest: Annotated[str, Field(pattern="^[0-9a-f]{64}$")],
    asked: Query[CodeWord],
) -> object:
    """The receipt of one event, promised at first and later placed, at one address. With a token, or with the code word of the case."""
    code = asked.code
    if code is not None:
        code_words.refuse_too_many(request.META.get("REMOTE_ADDR", ""))
    elif "Authorization" not in request.headers:
        raise Refused(
            "token-or-code",
            _("Send a token in the header Authorization, or the code word of the case: ?code=..."),
            status=401,
        )
    event = Event.objects.filter(digest=digest, subject_kind="case").first()
    case = Case.objects.filter(uid=event.subject).first() if event else None
    if event is None or case is None or not _may_read(request, case, event, code):
        raise Refused("unknown-receipt", _("There is no such receipt among those that you may see."), status=404)
    return {"receipt": receipts.receipt(event, number=case.number)}


def _may_read(request: HttpRequest, case: Case, event: Event, code: str | None) -> bool:
    if code is not None:
        return case.code_matches(code)
    person = reading(request).person
    if not Case.objects.visible_to(person).filter(pk=case.pk).exists():
        return False
    return timeline.told(timeline.reader(case, person), event) is not None


@router.post(
    "/status",
    auth=None,
    response=answers.Status,
    summary=gettext_noop("See the status without an account"),
    openapi_extra=examples.of({"number": "51-2026-000001", "code_word": "K7MX2P9QRT"}),
)
def status(request: HttpRequest, asked: answers.StatusAsked) -> object:
    """Where a case stands, for who has its number and the code word that was told at the filing."""
    code_words.refuse_too_many(request.META.get("REMOTE_ADDR", ""))
    case = code_words.case_of(asked.number, asked.code_word)
    running = case.clocks.running().filter(name__in=code_words.PUBLIC_CLOCKS, subject="", due_on__isnull=False)
    return {
        "number": case.number,
        "state": case.state,
        "state_label": str(flow.State(case.state).label),
        "filed_on": case.filed_on,
        "agency": answers.named(case.agency),
        "due": dict(running.values_list("name", "due_on")),
        "receipts_at": f"{answers.PREFIX}/receipts/{Event.objects.about('case', case.uid).get(number=1).digest}",
    }
