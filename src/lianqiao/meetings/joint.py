"""A joint body of two regions, as the node that keeps its papers tells the other one: who meets, when, on what, and who does what by when.

What is told is whole each time, so that any parcel but the last may be lost or come late. Confidential items of an agenda, concerns,
statements and unpublished minutes stay where they are; cases cross by their own offers.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db.models import Prefetch
from django.utils.translation import get_language
from pydantic import BaseModel, ConfigDict, Field

from lianqiao.record import time
from lianqiao.record.canonical import canonical
from lianqiao.record.models import Event
from lianqiao.registry.models import Agreement

from .models import Body, JointBody, Meeting, Topic, titled

MEETINGS = 24
"""The last ones, and those to come, of which is told."""
TASKS = 200
MOST = 900_000
"""Bytes of what is told; a parcel holds 1 MiB."""


class _Part(BaseModel):
    model_config = ConfigDict(extra="ignore")


class Item(_Part):
    title: str = Field(max_length=200)
    minutes: int = Field(ge=0, le=10000)
    agency: str = Field("", max_length=200)


class Sitting(_Part):
    """One meeting: when, where, on what; its minutes once they are published."""

    id: UUID
    series: UUID
    cycle: str = Field(max_length=120, description="Name of the series")
    number: int = Field(ge=1, le=32000)
    stage: str = Field(max_length=10)
    starts_at: datetime
    ends_at: datetime
    room: str = Field(max_length=120)
    agenda: list[Item] = Field([], max_length=200)
    minutes: str = Field("", max_length=MOST)

    @property
    def title(self) -> str:
        return titled(self.cycle, self.number)

    @property
    def stage_label(self) -> str:
        known = dict(Meeting.Stage.choices)
        return str(known.get(self.stage, self.stage))


class Duty(_Part):
    """A task of the yearly list. `agency` names one of the node that keeps the list; without it the task is the other region's."""

    id: UUID
    year: int = Field(ge=2000, le=2200)
    number: int = Field(ge=1, le=32000)
    text: str = Field(max_length=5000)
    agency: str = Field("", max_length=200)
    owner: str = Field("", max_length=200)
    due_on: date
    done_on: date | None = None
    result: str = Field("", max_length=5000)

    @property
    def is_ours(self) -> bool:
        """For the node that is told: whether somebody of its own region does it."""
        return not self.agency

    @property
    def is_late(self) -> bool:
        return self.done_on is None and self.due_on < time.today()


class Cycle(_Part):
    id: UUID
    title: str = Field(max_length=120)


class Told(_Part):
    """All that the other node is told of a joint body."""

    body: UUID
    agreement: UUID
    zh: str = Field(max_length=120)
    en: str = Field(max_length=120)
    chair: str = Field("", max_length=200)
    deputies: list[str] = Field([], max_length=100)
    office: str = Field(max_length=200)
    members: list[str] = Field([], max_length=500)
    others: str = Field("", max_length=5000)
    series: list[Cycle] = Field([], max_length=100)
    meetings: list[Sitting] = Field([], max_length=MEETINGS)
    tasks: list[Duty] = Field([], max_length=TASKS)
    ended_on: date | None = None

    @property
    def name(self) -> str:
        return self.en if get_language() == "en" else self.zh

    @property
    def open_tasks(self) -> list[Duty]:
        """Those that the region that is told has not finished yet."""
        return [one for one in self.tasks if one.is_ours and one.done_on is None]


def of(body: Body, *, ended_on: date | None = None) -> Told:
    """What is told of the body now; the oldest minutes are left out where all of it would not fit into a parcel."""
    assert body.shared_under is not None
    year = time.today().year
    open_items = Topic.objects.filter(confidential=False).select_related("agency")
    held = Meeting.objects.filter(series__body=body).select_related("series").order_by("-starts_at")
    meetings = list(held.prefetch_related(Prefetch("topics", open_items))[:MEETINGS])
    tasks = body.tasks.filter(year__gte=year - 1).select_related("agency")[:TASKS]
    told = Told(
        body=body.pk, agreement=body.shared_under, zh=body.name_zh, en=body.name_en, chair=str(body.chair),
        deputies=[str(one) for one in body.deputies.order_by("name", "account")], office=body.office.name_zh,
        members=[one.name_zh for one in body.members.order_by("name_zh", "code")], others=body.others,
        series=[Cycle(id=one.pk, title=one.title) for one in body.series.all()[:100]],
        meetings=[sitting(one) for one in meetings],
        tasks=[
            Duty(
                id=one.pk, year=one.year, number=one.number, text=one.text, agency=one.agency.name_zh if one.agency else "",
                owner=one.owner, due_on=one.due_on, done_on=one.done_on, result=one.result,
            )
            for one in tasks
        ],
        ended_on=ended_on,
    )  # fmt: skip
    for one in reversed(told.meetings):
        if len(canonical(told.model_dump(mode="json"))) <= MOST:
            break
        one.minutes = ""
    return told


def sitting(meeting: Meeting) -> Sitting:
    published = meeting.stage == Meeting.Stage.PUBLISHED
    return Sitting(
        id=meeting.pk, series=meeting.series_id, cycle=meeting.series.title, number=meeting.number, stage=meeting.stage, starts_at=meeting.starts_at,
        ends_at=meeting.ends_at, room=meeting.room, minutes=meeting.published if published else "",
        agenda=[
            Item(title=one.title, minutes=one.minutes, agency=one.agency.name_zh if one.agency else "")
            for one in meeting.topics.all()
        ],
    )  # fmt: skip


def read(row: JointBody) -> Told:
    """What the node that keeps it told last."""
    return Told.model_validate(row.content)


def news(before: Told | None, now: Told) -> list[str]:
    """What our people should hear of: a meeting that is planned or moved, called off, its minutes, a task of ours."""
    known = {one.id: one for one in before.meetings} if before else {}
    found = set()
    for one in now.meetings:
        old = known.get(one.id)
        if one.stage == Meeting.Stage.PLANNED and (
            old is None or (old.starts_at, old.room) != (one.starts_at, one.room)
        ):
            found.add("meeting")
        if one.stage == Meeting.Stage.CANCELLED and old is not None and old.stage != one.stage:
            found.add("cancel")
        if one.minutes and (old is None or not old.minutes):
            found.add("minutes")
    if {one.id for one in now.open_tasks} - {one.id for one in (before.tasks if before else ())}:
        found.add("task")
    return sorted(found)


def reported(row: JointBody) -> dict[UUID, date]:
    """The tasks that somebody here has reported as finished, and when. One query."""
    said = Event.objects.about("body", row.pk).filter(verb="report_task")
    return {UUID(event.data["task"]): time.day_of(event.recorded_at) for event in said}


def coming(told: Iterable[Told]) -> list[Sitting]:
    """The meetings that are to come, the next first."""
    since = time.now() - timedelta(hours=12)
    found = [
        one for body in told for one in body.meetings if one.stage in ("planned", "open") and one.starts_at > since
    ]
    return sorted(found, key=lambda one: one.starts_at)


def agreements_with(peer: str) -> list[Agreement]:
    """The agreements with the node that are in force today."""
    in_force = Agreement.objects.in_force(time.today())
    return list((in_force.filter(node_a=peer) | in_force.filter(node_b=peer)).order_by("reference")[:50])
