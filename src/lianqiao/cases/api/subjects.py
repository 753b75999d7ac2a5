"""Subjects by the API: open, read, preview and give one reply to many cases, go on with it, close."""

from typing import Any, Literal
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_noop
from ninja import Query, Router
from pydantic import BaseModel, Field

from lianqiao.cases.actions import subjects
from lianqiao.cases.data import Code, Line, LongWords, Storable, Words
from lianqiao.cases.models import Subject, SubjectAnswer, SubjectReply
from lianqiao.record import events
from lianqiao.record.models import Event
from lianqiao.record.refusal import Refused
from lianqiao.registry.door import acting, person_of, reading
from lianqiao.registry.models import Person

from . import answers, examples

router = Router(tags=["subjects"])
OPEN = {
    "agency": "sc-inward-centre",
    "kind": "common_issue",
    "title": "招标设置本地注册门槛",
    "why": "三家企业就不同项目反映同一做法。",
}
REPLY = {"form": "note", "text": "省发展改革部门已发文要求清理此类条款。"}


class Opening(Storable):
    agency: Code = Field(description="Code of the lead agency, in which the person leads or supervises.")
    kind: Literal["common_issue", "mass_event"]
    trigger: Literal["", "social_impact", "operation", "major_interests", "business_environment"] = Field(
        "", description="Of a mass or emergency event: what makes it one."
    )
    title: Line
    why: Words


class Replying(Storable):
    form: Literal["note", "conclude"] = Field(description="A shared note, or the conclusion of each case.")
    text: LongWords
    ground: Code | None = Field(None, description="The ground of the conclusion.")


class Foreseeing(Storable):
    form: Literal["note", "conclude"]


class Closing(Storable):
    reason: Words


class SubjectRow(BaseModel):
    id: str
    kind: str
    kind_label: str
    trigger: str
    title: str
    agency: answers.Named = Field(description="The lead agency.")
    opened_on: Any
    closed_on: Any
    address: str


class SubjectSheet(SubjectRow):
    why: str | None = Field(description="Why it was opened; null if it was erased.")
    cases: list[str] = Field(description="The cases under it that the reader may see.")
    replies: list[int] = Field(description="The replies that were given, by their number.")


class SubjectPage(BaseModel):
    subjects: list[SubjectRow]
    next: str | None = Field(description="Address of the next page; null on the last one.")


class ForeseenRow(BaseModel):
    case: str
    possible: bool
    code: str | None
    sentence: str | None


class ForeseenPage(BaseModel):
    cases: list[ForeseenRow]


class AnsweredRow(BaseModel):
    case: str
    state: str
    state_label: str
    event: int | None
    code: str


class ReplySheet(BaseModel):
    """How far a reply has gone. While `done` is false, call `continue`."""

    reply: int
    form: str
    done: bool
    waiting: int
    answered: list[AnsweredRow] = Field(description="What became of it in each case that the reader may see.")
    address: str


class SubjectsWanted(BaseModel):
    after: UUID | None = Field(None, description="Id of the last subject of the page before.")
    limit: int = Field(20, ge=1, le=100)


@router.post(
    "/subjects", auth=acting, response={201: SubjectSheet}, operation_id="open_subject",
    summary=gettext_noop("Open a subject"), openapi_extra=examples.of(OPEN),
)  # fmt: skip
def open_subject(request: HttpRequest, response: HttpResponse, told: Opening) -> object:
    """Open a subject: a heading under which cases that suffer the same are put, each by its own verb `join`."""
    made = subjects.open_subject(by=person_of(request), **told.model_dump())
    response["Location"] = f"{answers.PREFIX}/subjects/{made.pk}"
    return sheet(made, person_of(request))


@router.get("/subjects", auth=reading, response=SubjectPage, summary=gettext_noop("List subjects"))
def list_subjects(request: HttpRequest, wanted: Query[SubjectsWanted]) -> object:
    """The subjects of the person's agencies, page by page, in the order of their ids."""
    found = Subject.objects.visible_to(person_of(request)).select_related("agency").order_by("pk")
    if wanted.after:
        found = found.filter(pk__gt=wanted.after)
    page = list(found[: wanted.limit + 1])
    shown = page[: wanted.limit]
    more = f"{answers.PREFIX}/subjects?after={shown[-1].pk}&limit={wanted.limit}" if len(page) > wanted.limit else None
    return {"subjects": [row(one) for one in shown], "next": more}


@router.get("/subjects/{uuid:subject}", auth=reading, response=SubjectSheet, summary=gettext_noop("Read a subject"))
def read_subject(request: HttpRequest, subject: UUID) -> object:
    """One subject with the cases under it that the person may see."""
    return sheet(_subject(request, subject), person_of(request))


@router.post(
    "/subjects/{uuid:subject}/close", auth=acting, response=SubjectSheet, operation_id="close_subject",
    summary=gettext_noop("Close a subject"), openapi_extra=examples.of({"reason": "政策已发布，问题已解决。"}),
)  # fmt: skip
def close_subject(request: HttpRequest, subject: UUID, told: Closing) -> object:
    """Close the subject: no case joins it any more."""
    closed = subjects.close_subject(_subject(request, subject), by=person_of(request), reason=told.reason)
    return sheet(closed, person_of(request))


@router.post(
    "/subjects/{uuid:subject}/preview", auth=reading, response=ForeseenPage, operation_id="preview_reply",
    summary=gettext_noop("See what a reply to many would do"), openapi_extra=examples.of({"form": "note"}),
)  # fmt: skip
def preview_reply(request: HttpRequest, subject: UUID, told: Foreseeing) -> object:
    """Which cases the reply would reach, and which refuse it now and why. Nothing is written."""
    foreseen = subjects.preview(_subject(request, subject), by=person_of(request), form=told.form)
    return {
        "cases": [
            {
                "case": one.case.number,
                "possible": one.refused is None,
                "code": one.refused.code if one.refused else None,
                "sentence": str(one.refused) if one.refused else None,
            }
            for one in foreseen
        ]
    }


@router.post(
    "/subjects/{uuid:subject}/reply", auth=acting, response={201: ReplySheet}, operation_id="reply_to_many",
    summary=gettext_noop("Give one reply to many cases"), openapi_extra=examples.of(REPLY),
)  # fmt: skip
def reply_to_many(request: HttpRequest, subject: UUID, told: Replying) -> object:
    """Give one text to all cases under the subject: fifty at once, the rest by `continue`. Each case has an event of its own."""
    by = person_of(request)
    made = subjects.reply(_subject(request, subject), by=by, form=told.form, text=told.text, ground=told.ground or "")
    return progress(made, by)


@router.get(
    "/subjects/{uuid:subject}/replies/{int:reply}", auth=reading, response=ReplySheet, summary=gettext_noop("Read how far a reply has gone")
)  # fmt: skip
def read_reply(request: HttpRequest, subject: UUID, reply: int) -> object:
    """Which cases have the reply, which refused it and why, and how many wait."""
    return progress(_reply(request, subject, reply), person_of(request))


@router.post(
    "/subjects/{uuid:subject}/replies/{int:reply}/continue", auth=acting, response=ReplySheet, operation_id="continue_reply",
    summary=gettext_noop("Go on with a reply"),
)  # fmt: skip
def continue_reply(request: HttpRequest, subject: UUID, reply: int) -> object:
    """Give the reply to the next fifty cases that wait for it. What is done is not done twice."""
    by = person_of(request)
    return progress(subjects.go_on(_reply(request, subject, reply), by=by), by)


def _subject(request: HttpRequest, subject: UUID) -> Subject:
    found = Subject.objects.visible_to(person_of(request)).select_related("agency").filter(pk=subject).first()
    if found is None:
        raise subjects.unknown_subject()
    return found


def _reply(request: HttpRequest, subject: UUID, reply: int) -> SubjectReply:
    found = _subject(request, subject).replies.select_related("subject__agency").filter(event=reply).first()
    if found is None:
        raise Refused("unknown-reply", subjects.UNKNOWN_REPLY, status=404)
    return found


def row(subject: Subject) -> dict[str, Any]:
    return {
        "id": str(subject.pk),
        "kind": subject.kind,
        "kind_label": str(Subject.Kind(subject.kind).label),
        "trigger": subject.trigger,
        "title": subject.title,
        "agency": answers.named(subject.agency),
        "opened_on": subject.opened_on,
        "closed_on": subject.closed_on,
        "address": f"{answers.PREFIX}/subjects/{subject.pk}",
    }


def sheet(subject: Subject, person: Person) -> dict[str, Any]:
    why = events.opened(Event.objects.about("subject", subject.pk).get(number=1)).get("why")
    return row(subject) | {
        "why": why if isinstance(why, str) else None,
        "cases": [case.number for case in subjects.members(subject, person)],
        "replies": list(subject.replies.order_by("event").values_list("event", flat=True)),
    }


def progress(made: SubjectReply, person: Person) -> dict[str, Any]:
    rows = list(subjects.answered(made, person))
    return {
        "reply": made.event,
        "form": made.form,
        "done": made.done_at is not None,
        "waiting": sum(one.outcome == SubjectAnswer.Outcome.WAITING for one in rows),
        "answered": [
            {
                "case": one.case.number,
                "state": one.outcome,
                "state_label": str(SubjectAnswer.Outcome(one.outcome).label),
                "event": one.event,
                "code": one.code,
            }
            for one in rows
        ],
        "address": f"{answers.PREFIX}/subjects/{made.subject_id}/replies/{made.event}",
    }
