"""What was asked of others while the case stayed: consultations and sub-tasks, with what was said on them."""

from datetime import date
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_noop
from ninja import Router
from pydantic import BaseModel, Field

from lianqiao.cases import timeline
from lianqiao.cases.actions import requests
from lianqiao.cases.models import Request
from lianqiao.record import events, time
from lianqiao.record.models import Event
from lianqiao.registry.door import person_of, reading

from .asking import case_of

router = Router(tags=["cases"])


class Word(BaseModel):
    """One word of the other side."""

    step: str
    text: str | None
    recorded_at: str
    late: bool = Field(description="It came after the request had been closed, and changed nothing.")


class RequestRow(BaseModel):
    """A consultation or a sub-task. The enterprise sees who works with whom; officers see what was asked and said."""

    number: int
    kind: str
    kind_label: str
    node: str
    agency: str = Field(description="Code of the agency, in the terms of its own node.")
    state: str
    state_label: str
    trigger: str
    text: str | None
    lead: str | None = Field(description="Account of who leads on our side.")
    due_on: date | None = Field(description="Until when the next word is due.")
    overdue: bool
    reminders: int
    documents: list[str]
    words: list[Word]


class Requests(BaseModel):
    number: str
    requests: list[RequestRow]


@router.get(
    "/cases/{number}/requests",
    auth=reading,
    response=Requests,
    summary=gettext_noop("Read the consultations and sub-tasks of a case"),
)
def list_requests(request: HttpRequest, number: str) -> object:
    """Every consultation and sub-task of the case, in order. The limits of the case run on meanwhile."""
    case = case_of(request, number)
    officer = timeline.reader(case, person_of(request)).officer
    # Before the words: one that comes in between is then read with the state before it, never a state without its word.
    asked = list(case.requests.select_related("lead").prefetch_related("documents").order_by("number"))
    dues = {row.subject: row.due_on for row in case.clocks.running() if row.due_on}
    texts = requests.texts_of(case) if officer else {}
    return {"number": case.number, "requests": [row(one, dues, texts, officer) for one in asked]}


def row(asked: Request, dues: dict[str, date], texts: dict[int, Event], officer: bool) -> dict[str, Any]:
    said = events.opened(texts[asked.asked_by]) if officer else {}
    due = dues.get(asked.subject) if officer else None
    return {
        "number": asked.number,
        "kind": asked.kind,
        "kind_label": str(Request.Kind(asked.kind).label),
        "node": asked.node,
        "agency": asked.agency,
        "state": asked.state,
        "state_label": str(Request.State(asked.state).label),
        "trigger": asked.trigger,
        "text": text(said, "question") or text(said, "task"),
        "lead": asked.lead.account if officer and asked.lead else None,
        "due_on": due,
        "overdue": bool(due and due < time.today()),
        "reminders": asked.reminders if officer else 0,
        "documents": [str(document.pk) for document in asked.documents.all()] if officer else [],
        "words": [word(event) for event in texts.values() if is_word(event, asked)],
    }


def is_word(event: Event, asked: Request) -> bool:
    return event.verb == "request_reported" and bool(event.data.get("request") == asked.number)


def word(event: Event) -> dict[str, Any]:
    said = events.opened(event)
    return {
        "step": said["step"],
        "text": text(said, "text"),
        "recorded_at": time.stamp(event.recorded_at),
        "late": bool(said.get("late")),
    }


def text(said: dict[str, Any], name: str) -> str | None:
    value = said.get(name)
    return value if isinstance(value, str) else None
