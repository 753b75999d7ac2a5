"""What the API of cases answers: one model per kind of answer. Dates are those of Asia/Shanghai, instants are UTC."""

from datetime import date
from typing import Any

import orjson
from django.http import HttpResponse
from pydantic import BaseModel, Field

from lianqiao.cases.models import Case
from lianqiao.record import time
from lianqiao.record.models import Event
from lianqiao.registry.models import Agency

from .. import flow

PREFIX = "/api/v1"


class Named(BaseModel):
    """Something with a stable code and a name in the reader's language."""

    code: str
    name: str


class Done(BaseModel):
    """What a verb has done: its event, and where the case stands now. The header ETag carries the version of the case."""

    number: str = Field(description="Number of the case.")
    event: int = Field(description="Number of the event in the chain of the case.")
    verb: str
    state: str
    state_label: str
    legal_date: date
    recorded_at: str
    digest: str = Field(description="Digest of the event: the address of its receipt.")
    due: dict[str, date] = Field(description="Last day of each limit that this verb has started or changed.")
    receipt_at: str = Field(description="Address of the receipt; later it carries the proof of the place in the log.")


class FiledCase(Done):
    """A case that has been filed. The code word is told here and never again."""

    similar_at: str = Field(
        description="Address of what was filed before and is like it; computed when it is asked for."
    )
    code_word: str = Field(description="Shows the status without an account, together with the number. Keep it.")
    receipt: dict[str, Any] = Field(description="The signed promise of this node (stage `promised`).")


class ObjectedCase(Done):
    """The objection on the first case, and the new case at the agency above."""

    filed: FiledCase


class CaseRow(BaseModel):
    """One line of a list of cases."""

    number: str
    title: str
    kind: str
    programme: str
    category: str
    state: str
    state_label: str
    agency: Named = Field(description="Who answers for the case now.")
    filed_on: date
    first_filed_on: date
    confidential: bool
    complainant: str | None = Field(description="Who files; null if the reader may not know it.")
    next_due: date | None = Field(description="The nearest last day of a running limit.")
    version: int


class CasePage(BaseModel):
    """One page of cases, newest first."""

    cases: list[CaseRow]
    next: str | None = Field(description="Address of the next page; null on the last one.")
    count: str | None = Field(None, description='With ?count=1: how many there are, at most "1000+".')


class Possible(BaseModel):
    verb: str
    label: str
    address: str


class Refusal(BaseModel):
    """Why a verb is not possible now."""

    verb: str
    allowed: bool
    code: str | None
    sentence: str | None


class Statement(BaseModel):
    """What was said when the case began here. A text that was erased is null."""

    facts: str | None = Field(
        description="Of a confidential case, like request and basis, for who may know who files alone."
    )
    request: str | None
    basis: str | None
    summary: str | None = Field(
        description="What everybody who sees a confidential case reads in place of it, without names."
    )
    respondents: list[Named]
    contact: dict[str, str] | None = Field(description="How to reach who files; null if the reader may not know it.")


class AttachmentRow(BaseModel):
    id: str
    name: str
    media_type: str
    size: int
    sha256: str
    audience: str
    event: int
    stored: bool = Field(description="False while the file has not been fetched from the other region.")
    erased: bool = Field(False, description="The file and its name were erased.")
    address: str


class ClockRow(BaseModel):
    """One limit of the case. `statutory` false: a target that the node set itself. `verified` false: nobody has yet compared the figure with the text."""

    id: int
    name: str
    label: str
    subject: str
    state: str = Field(description="running, overdue, paused or stopped.")
    started_on: date
    started_by: int
    stopped_on: date | None
    due_on: date | None
    due_at: str | None
    provisional: bool
    figure: str
    regime: str
    article: str
    verified: bool
    statutory: bool
    address: str


class Together(BaseModel):
    """Cases that are one matter: those of them that the reader may see."""

    main: str | None = Field(description="The main case that it follows, or was concluded with.")
    followers: list[str] = Field(description="The cases that follow it, or were concluded with it.")
    follows: bool = Field(description="Whether it follows a main case, also one that the reader may not see.")


class Kept(BaseModel):
    """How long the archived file is kept, and what became of it."""

    retention: str
    label: str
    disposable_on: date | None = Field(description="From this day it may be disposed of; null: never.")
    because: str
    held_back: bool = Field(description="A hold stops the disposal.")
    proposed: bool = Field(description="The disposal was proposed and waits for the second person.")
    disposed: str | None = Field(description="When, and how much was destroyed; null while the file is there.")


class CaseSheet(CaseRow):
    """One case, as far as the reader may see it."""

    dossier: str
    tenure: int
    home_node: str
    holder_node: str
    home_agency: Named
    assigned: Named | None
    regime: str
    regime_pinned: bool
    enterprise: str | None = Field(
        description="Id of the enterprise in the registry; null if the reader may not know it."
    )
    ground: str
    score: int | None
    offered_to: str
    peer_number: str
    received_from: str
    frozen: bool
    objection_to: str | None
    together: Together = Field(description="With which other cases it is handled.")
    about: str | None = Field(
        description="Of a report of retaliation: the case for which they retaliate; null if the reader may not see it."
    )
    reports_of_retaliation: list[str] = Field(
        description="Reports of retaliation for this case, as far as the reader may see them."
    )
    kept: Kept | None = Field(None, description="Once the file is archived.")
    statement: Statement
    attachments: list[AttachmentRow]
    clocks: list[ClockRow]
    possible: list[Possible] = Field(description="What the reader may do now.")
    why: Refusal | None = Field(None, description="With ?why=verb: whether that verb is possible, and if not, why.")


class StepRow(BaseModel):
    """One event as its reader may read it. A value that was erased reads {"erased": true}."""

    number: int
    verb: str
    label: str
    by: str
    legal_date: date
    recorded_at: str
    data: dict[str, Any]
    digest: str
    place: int | None = Field(description="Place in the log of this node; null until it has one.")


class Steps(BaseModel):
    number: str
    events: list[StepRow]


class Clocks(BaseModel):
    number: str
    clocks: list[ClockRow]


class ClockSheet(ClockRow):
    """One limit with its arithmetic: every day, whether it counted, and why."""

    sentences: list[str]
    explanation: dict[str, Any]


class Receipt(BaseModel):
    """A receipt; `lianqiao receipt verify` checks it without this node. Its stage is `promised`, later `placed`."""

    receipt: dict[str, Any]


class Receipts(BaseModel):
    number: str
    receipts: list[dict[str, Any]]


class StatusAsked(BaseModel):
    model_config = {"extra": "forbid"}

    number: str = Field(max_length=40)
    code_word: str = Field(max_length=40)


class Status(BaseModel):
    """Where a case stands, for who has its number and code word."""

    number: str
    state: str
    state_label: str
    filed_on: date
    agency: Named
    due: dict[str, date]
    receipts_at: str


class QuestionRow(BaseModel):
    """A question that waits for the reader's answer. It opens no view of the case."""

    id: int
    case: str
    number: int
    question: str | None
    reply_by: date | None
    enterprise: str | None = Field(description="Whose case it is; null if the reader may not know it.")
    address: str


class Questions(BaseModel):
    questions: list[QuestionRow]


class Replied(BaseModel):
    case: str
    question: int
    recorded_at: str
    digest: str


class DraftForm(BaseModel):
    model_config = {"extra": "forbid"}

    content: dict[str, Any] = Field(
        description="The fields of a filing, as far as they are filled in; checked when it is submitted."
    )


class DraftRow(BaseModel):
    id: str
    content: dict[str, Any]
    created_at: str
    changed_at: str


class Drafts(BaseModel):
    drafts: list[DraftRow]


def named(agency: Agency) -> dict[str, str]:
    return {"code": agency.code, "name": agency.label}


def etag(case: Case) -> str:
    """The version of the case as an entity tag; `If-Match` takes it back."""
    return f'"{case.event_count}"'


def written(answer: dict[str, Any], response: HttpResponse, status: int) -> HttpResponse:
    """The answer as it leaves, where its shape is made here and a test holds it to its model: it is looked at no second time."""
    response.status_code, response.content = status, orjson.dumps(answer)
    return response


def done(case: Case, event: Event) -> dict[str, Any]:
    """The answer to a verb, made of what is in hand: no query."""
    return {
        "number": case.number,
        "event": event.number,
        "verb": event.verb,
        "state": case.state,
        "state_label": str(flow.State(case.state).label),
        "legal_date": event.legal_date,
        "recorded_at": time.stamp(event.recorded_at),
        "digest": event.digest,
        "due": event.data.get("due", {}),
        "receipt_at": f"{PREFIX}/receipts/{event.digest}",
    }
