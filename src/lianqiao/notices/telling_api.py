"""The JSON API of how one is told: one's choice, the calendar, the days of reminders, who would be told. Mounted by the API of the room."""

from datetime import datetime
from typing import Annotated, Literal

from django.http import HttpRequest
from django.utils.translation import gettext_noop
from ninja import Query, Router
from pydantic import BaseModel, ConfigDict, Field

from lianqiao.cases import flow, timeline
from lianqiao.cases.api.asking import case_of
from lianqiao.registry import finding
from lianqiao.registry.door import acting, person_of, reading
from lianqiao.registry.entering import check_choice

from . import actions, feed, hours, reminding
from .audience import Audience
from .models import CalendarFeed, Preference

router = Router(tags=["notices"])
Hour = Annotated[int, Field(ge=0, le=23, description="Hour of the clock in China.")]
Code = Annotated[str, Field(max_length=64, description="Code of an agency; left out: the rule of the node.")]


class Choice(BaseModel):
    """How one is told by mail. From `quiet_from` to `quiet_until` no mail is sent, except what is due on the same day."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)

    mail: Literal["each", "daily", "required"] = Field(
        description="each: at once; daily: one mail a day, at `hour`; required: only what the law demands."
    )
    hour: Hour = 8
    quiet_from: Hour = 22
    quiet_until: Hour = 7


class Chosen(BaseModel):
    """How one is told by mail, and whether a calendar program reads one's limits."""

    mail: str
    hour: int
    quiet_from: int
    quiet_until: int
    calendar_since: datetime | None = Field(description="Since when there is a secret address for a calendar.")


class CalendarAddress(BaseModel):
    """Whoever has the address reads one's limits; it is shown this once."""

    address: str


class Days(BaseModel):
    """On which days an agency is reminded of a limit."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)

    agency: Code = ""
    days: list[int] = Field(
        max_length=100, description="Working days before the last one; 0: on the last one; negative: after it."
    )


class DaysAsked(BaseModel):
    agency: Code = ""


class SideTold(BaseModel):
    """The enterprise, or one agency: how many people would be told, and for officers who they are."""

    side: str
    count: int
    people: list[str]


class WouldBeTold(BaseModel):
    told: list[SideTold]


class VerbAsked(BaseModel):
    verb: str = Field(max_length=40)
    agency: str = Field(
        "", max_length=64, description="Of an assignment, a co-handler, a question: the agency that is chosen."
    )
    to: str = Field("", max_length=20, description="Of a question: enterprise, respondent or agency.")
    shared: bool = Field(False, description="Of a note: whether the enterprise reads it.")


def example(body: dict[str, object]) -> dict[str, object]:
    return {"requestBody": {"content": {"application/json": {"example": body}}}}


@router.get("/notices/preferences", auth=reading, response=Chosen, summary=gettext_noop("See how one is told"))
def read_preferences(request: HttpRequest) -> object:
    """How the person is told by mail: as they have chosen, else at once, but not at night."""
    person = person_of(request)
    return chosen(hours.of([person.pk])[person.pk])


@router.put(
    "/notices/preferences",
    auth=acting,
    response=Chosen,
    summary=gettext_noop("Choose how one is told"),
    openapi_extra=example({"mail": "daily", "hour": 17, "quiet_from": 20, "quiet_until": 8}),
)
def choose_preferences(request: HttpRequest, choice: Choice) -> object:
    """Choose how one is told by mail. In the app one is told of everything, whatever one chooses."""
    person = person_of(request)
    return chosen(actions.choose(person, by=person, **choice.model_dump()))


def chosen(wish: Preference) -> dict[str, object]:
    open_one = CalendarFeed.objects.filter(person=wish.person_id).first()
    return {
        "mail": wish.mail,
        "hour": wish.hour,
        "quiet_from": wish.quiet_from,
        "quiet_until": wish.quiet_until,
        "calendar_since": open_one.created_at if open_one else None,
    }


@router.post(
    "/notices/calendar",
    auth=acting,
    response={201: CalendarAddress},
    summary=gettext_noop("Open a calendar of one's limits"),
)
def open_calendar(request: HttpRequest) -> object:
    """A secret address from which a calendar program reads one's limits (RFC 5545). One that was open before leads nowhere from now on."""
    return {"address": feed.address(actions.open_calendar(person_of(request)))}


@router.delete("/notices/calendar", auth=acting, response={204: None}, summary=gettext_noop("Close the calendar"))
def close_calendar(request: HttpRequest) -> object:
    """The secret address leads nowhere from now on."""
    person = person_of(request)
    actions.close_calendar(person, by=person)
    return None


@router.get("/notices/reminders", auth=reading, response=Days, summary=gettext_noop("See when one is reminded"))
def read_reminders(request: HttpRequest, asked: Query[DaysAsked]) -> object:
    """On which days people are reminded of a limit: the rule of the agency, else of the node."""
    return {"agency": asked.agency, "days": reminding.days_for(asked.agency)}


@router.put(
    "/notices/reminders",
    auth=acting,
    response=Days,
    summary=gettext_noop("Set when one is reminded"),
    openapi_extra=example({"agency": "sc-inward-centre", "days": [5, 2, 0, -1]}),
)
def set_reminders(request: HttpRequest, wanted: Days) -> object:
    """Set on which days an agency is reminded, by one of its leads, or the node, by an administrator."""
    agency = finding.agency(wanted.agency) if wanted.agency else None
    rule = actions.remind_on(wanted.days, agency=agency, by=person_of(request))
    return {"agency": rule.agency, "days": rule.days}


@router.get(
    "/cases/{number}/audience",
    auth=reading,
    response=WouldBeTold,
    summary=gettext_noop("See who would be told of a verb"),
)
def read_audience(request: HttpRequest, number: str, asked: Query[VerbAsked]) -> object:
    """Who would be told if the person did this to the case now. Officers read the names of officers; of an enterprise only how many."""
    case, person = case_of(request, number), person_of(request)
    check_choice("verb", asked.verb, list(flow.VERBS))
    told = Audience([case]).foreseen(case, asked.verb, person, asked.model_dump(exclude={"verb"}))
    names = timeline.reader(case, person).officer
    return {
        "told": [
            {"side": one.side, "count": one.number, "people": [str(who) for who in one.people] if names else []}
            for one in told
        ]
    }
