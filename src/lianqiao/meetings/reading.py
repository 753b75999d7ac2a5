"""What one reader may see of a meeting: its items, concerns and lines, each with how far it is. The one place where that is decided.

An item that is confidential, or that holds a matter kept from the reader's agency, stands there without its words.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Exists, OuterRef
from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from lianqiao.cases import clocks, flow, keys
from lianqiao.cases.models import Exclusion
from lianqiao.record import time
from lianqiao.registry.models import Person

from .access import keeps, presides
from .models import WORKING, Concern, Line, Meeting, Paper, Topic, begins, offices_of

CARRIED_MINUTES = 20
"""The time for the open lines of earlier meetings, which stand first."""
SOON = 7
"""Days before its completion date from which on a line stands among those that are due."""
STRUCK_OFF = (flow.State.CONCLUDED, flow.State.DELIVERED, flow.State.ARCHIVED)


@dataclass(frozen=True)
class Item:
    """An item of the agenda for one reader: when it begins, its concerns, whether its words are open to them, and its papers (`papers.of`)."""

    topic: Topic
    begins: datetime
    is_open: bool
    concerns: list[Concern] = field(default_factory=list)
    papers: list[Paper] = field(default_factory=list)


@dataclass(frozen=True)
class Told:
    """A line for one reader. `number` is the case's where they may open it; `words` are empty where the line is not for them."""

    line: Line
    words: str
    number: str
    status: str
    label: str | Promise
    late: bool

    @property
    def tone(self) -> str:
        tones = {"noted": "warn", "extended": "warn", "on_the_spot": "good", "struck_off": "good", "explained": "good"}
        return "bad" if self.late else tones.get(self.status, "act")


LABELS = {
    "noted": _("typed, not entered yet"),
    "in_progress": _("in progress"),
    "extended": _("extended"),
    "settled": _("settled, until the minutes are confirmed"),
    "handed_over": _("with the other region"),
    "on_the_spot": _("settled on the spot"),
    "policy_study": _("policy study"),
    "explained": _("explained"),
    "struck_off": _("struck off"),
    "ended": _("ended without a result"),
}
"""How far a line is, in the house's words; the regime's own go before them (`status`)."""


def status(line: Line) -> str:
    """How far the line is: a name for the state of its case and the ground on which that ended."""
    case = line.case
    if case is None:
        return "noted"
    if case.state in STRUCK_OFF:
        return {"on-the-spot": "on_the_spot", "policy-study": "policy_study", "explained": "explained"}.get(
            case.ground, "struck_off"
        )
    if case.state in (flow.State.OFFERED, flow.State.HANDED_OVER):
        return "handed_over"
    if case.state not in flow.OPEN:
        return "ended"
    return "settled" if line.undertaken else "extended" if line.extensions else "in_progress"


def label(line: Line) -> str | Promise:
    """The status in the words of the regime under which the case runs, where it has its own."""
    code, case = status(line), line.case
    if case is not None and code not in ("settled", "handed_over", "struck_off", "ended"):
        state = "concluded" if case.state in STRUCK_OFF else case.state
        ground = "extended" if code == "extended" else case.ground
        own = clocks.regime_of(case).label(state, ground)
        if own is not None:
            return own.in_(get_language() or "zh")
    return LABELS[code]


def is_late(line: Line) -> bool:
    """Whether the completion date has passed and the line is open."""
    return line.due_on is not None and line.is_open and line.due_on < time.today()


def insider(meeting: Meeting, person: Person) -> bool:
    """Whether the person reads what is confidential: the secretariat, and who presides."""
    return keeps(person, meeting.series.body) or presides(person, meeting.series.body)


def concerns_of(meeting: Meeting, person: Person) -> dict[Any, list[Concern]]:
    """The concerns of the agenda by their item, each with whether the reader is barred from its case. One query."""
    barred = Exclusion.objects.filter(case=OuterRef("case_id"), key__in=keys.bars_of(person))
    found: dict[Any, list[Concern]] = {}
    rows = Concern.objects.filter(topic__meeting=meeting).annotate(barred=Exists(barred))
    for one in rows.select_related("case", "enterprise"):
        found.setdefault(one.topic_id, []).append(one)
    return found


def agenda(meeting: Meeting, person: Person, *, after: int = 0) -> list[Item]:
    """The items in their order with the time at which each begins, `after` so many minutes for what was carried over. Two queries."""
    inside, held = insider(meeting, person), concerns_of(meeting, person)
    items, passed = [], after
    for topic in meeting.topics.select_related("agency", "enterprise"):
        concerns = held.get(topic.pk, [])
        is_open = (inside or not topic.confidential) and not any(one.__dict__["barred"] for one in concerns)
        items.append(Item(topic, begins(meeting, passed), is_open, concerns if is_open else []))
        passed += topic.minutes
    return items


def told(lines: Iterable[Line], meeting: Meeting, person: Person, shut: Iterable[Any] = ()) -> list[Told]:
    """The lines (read by `told_to`) for the reader. `shut`: items whose words are not for them."""
    inside, closed = insider(meeting, person), set(shut)
    found = []
    for line in lines:
        case = line.case
        secret = (line.topic is not None and line.topic.confidential) or bool(case and case.confidential)
        found.append(_told(line, hidden=line.topic_id in closed or (secret and not inside)))
    return found


def _told(line: Line, *, hidden: bool) -> Told:
    hidden = hidden or line.__dict__["barred"]
    number = line.case.number if line.case is not None and line.__dict__["seen"] else ""
    return Told(line, "" if hidden else line.text, number, status(line), label(line), is_late(line))


def due(person: Person) -> list[Told]:
    """The open lines of the person's secretariats that are late or due within a week, at most 50. One query."""
    until = time.today() + timedelta(days=SOON)
    lines = Line.objects.told_to(person).open().filter(due_on__lte=until)
    own = lines.filter(meeting__series__body__office__in=offices_of(person, *WORKING))
    return [_told(line, hidden=False) for line in own.order_by("due_on", "pk")[:50]]


def carried(meeting: Meeting, person: Person) -> list[Told]:
    """The open lines of earlier meetings of the series: those that stood on the agenda when the meeting was opened, before that those that would."""
    lines = Line.objects.told_to(person).order_by("meeting__number", "number")
    lines = (
        lines.before(meeting).open()
        if meeting.stage == Meeting.Stage.PLANNED
        else lines.filter(carries__meeting=meeting)
    )
    return told(lines, meeting, person)


def lines_of(meeting: Meeting, person: Person, shut: Iterable[Any] = ()) -> list[Told]:
    """The meeting's own lines for the reader."""
    found = meeting.lines.all().told_to(person).order_by("number")
    return told(found, meeting, person, shut)


@dataclass(frozen=True)
class Sheet:
    """A meeting as one reader may read it: items, and its own lines."""

    meeting: Meeting
    person: Person
    items: list[Item]
    lines: list[Told]

    @property
    def is_whole(self) -> bool:
        """Whether the reader may read whole minutes: an insider from whom nothing on the agenda or in the lines is kept."""
        kept = any(not item.is_open for item in self.items) or any(one.line.__dict__["barred"] for one in self.lines)
        return insider(self.meeting, self.person) and not kept

    @property
    def is_barred(self) -> bool:
        """Whether an exclusion keeps something of it from the reader."""
        of_a_case = any(not item.is_open and not item.topic.confidential for item in self.items)
        return of_a_case or any(one.line.__dict__["barred"] for one in self.lines)


def sheet(meeting: Meeting, person: Person) -> Sheet:
    """Three queries."""
    items = agenda(meeting, person)
    return Sheet(meeting, person, items, lines_of(meeting, person, shut(items)))


def shut(items: Iterable[Item]) -> set[Any]:
    return {item.topic.pk for item in items if not item.is_open}
