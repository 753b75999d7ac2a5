"""What pages draw of a case: its limits as bars, one limit day by day on a small calendar, its journey between regions as two lanes.

Only shapes and words; nothing here asks who may see them, and nothing asks the database for more than the clock's own law.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby
from typing import Any

from django.conf import settings
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from lianqiao.law import divisions, text
from lianqiao.law.clock import Counted, Explanation, local_date
from lianqiao.law.limit import HOURS, UNITS, Limit
from lianqiao.law.text import Text
from lianqiao.record import time

from . import clocks
from .models import Clock
from .timeline import Step

OWN = {
    clocks.OFFER: Text("移交答复期限", "answer to the offer"),
    clocks.CO_HANDLING: Text("协办期限", "co-handling"),
    clocks.ANSWER: Text("答复期限", "answer to a question"),
    clocks.SUPERVISION: Text("督办答复期限", "answer to a supervision letter"),
}
"""Limits that an event sets, not a regime."""
SOON = 3
"""With so many days left, or fewer, a limit is shown as soon ending."""


def language() -> str:
    return "zh" if (get_language() or "zh").startswith("zh") else "en"


def listed(words: Iterable[object], *, strong: bool = False) -> str:
    """The words one behind the other, as the reader's language parts them; `strong` where they are whole phrases."""
    return text.listed(words, language(), strong=strong)


@dataclass(frozen=True)
class Bar:
    """One limit as a bar. `segments`: kind (used, paused, over), place and width in per cent; `told`: the same in words."""

    clock: Clock
    label: str
    when: str
    tone: str
    segments: tuple[tuple[str, float, float], ...]
    told: str
    basis: str


def name_of(clock: Clock, limit: Limit) -> str:
    """What the limit is called, in the reader's language."""
    return OWN.get(clock.name, limit.label).in_(language())


def bar(clock: Clock, on: date | None = None) -> Bar:
    """The limit as it stands on the day (today): elapsed, paused, left or overdue, and the law that it rests on. The clock's case is in hand."""
    on, told = on or time.today(), clocks.explain(clock)
    days = told.days
    until = clock.stopped_on or on
    state = clocks.state_of(clock)
    over = max((until - told.due).days, 0) if told.due else 0
    whole = max(len(days) - 1, 1) + over
    segments: list[tuple[str, float, float]] = []
    elapsed = [day for day in days[1:] if day.date <= until]
    for kind, run in groupby(elapsed, key=lambda day: "paused" if _is_paused(told, day) else "used"):
        _add(segments, kind, len(list(run)), whole)
    if state == "paused" and until > days[-1].date:
        segments[:] = [(kind, x * 0.8, width * 0.8) for kind, x, width in segments]
        segments.append(("paused", sum(width for _kind, _x, width in segments), 20.0))
    if over:
        _add(segments, "over", over, whole)
    return Bar(
        clock,
        name_of(clock, told.limit),
        told.due.isoformat() if told.due else str(_("paused")),
        "over" if over else "soon" if state == "running" and _left(told, on) <= SOON else "",
        tuple(segments),
        _in_words(told, state, until, over),
        f"{_title(clock)} {told.limit.authority.in_(language())}".strip()
        if told.limit.statutory
        else told.limit.authority.in_(language()),
    )


def _title(clock: Clock) -> str:
    return "" if clock.name in OWN else clocks.regime_of(clock.case).title.in_(language())


def _add(segments: list[tuple[str, float, float]], kind: str, days: int, whole: int) -> None:
    begin = segments[-1][1] + segments[-1][2] if segments else 0.0
    segments.append((kind, round(begin, 2), round(100 * days / whole, 2)))


def _is_paused(told: Explanation, day: Counted) -> bool:
    return day.cause is not None and any(
        local_date(pause.first) <= day.date and (pause.last is None or day.date < local_date(pause.last))
        for pause in told.pauses
    )


def _left(told: Explanation, on: date) -> int:
    """How many countable days are left after the day."""
    return sum(1 for day in told.days if day.counted and day.date > on)


def _in_words(told: Explanation, state: str, until: date, over: int) -> str:
    unit = UNITS[told.limit.unit].in_(language())
    if state == "paused":
        return _("The clock stands still.")
    if over:
        return _("Overdue by %(days)s days.") % {"days": over}
    if state == "stopped":
        return _("Kept: ended on %(day)s.") % {"day": until.isoformat()}
    if told.limit.unit == HOURS or told.limit.amount is None:
        return _("Until %(day)s.") % {"day": told.due.isoformat() if told.due else "-"}
    used = sum(1 for day in told.days if day.counted and day.date <= until)
    return _("%(used)s of %(amount)s %(unit)s have passed, %(left)s are left.") % {
        "used": used,
        "amount": used + _left(told, until),
        "unit": unit,
        "left": _left(told, until),
    }


@dataclass(frozen=True)
class Box:
    """One day of a small calendar: its number, how it is drawn, and why, in words. An empty place has no number."""

    number: int
    kind: str
    why: str


@dataclass(frozen=True)
class Month:
    title: str
    weeks: tuple[tuple[Box, ...], ...]


NO_DAY = Box(0, "", "")


def months(told: Explanation, on: date | None = None) -> list[Month]:
    """The days of a limit as small calendars, Monday first: which counted, which did not and why, the first, the last, and today."""
    on, tongue = on or time.today(), language()
    drawn: dict[date, Box] = {}
    for day in told.days:
        kinds = ["counted" if day.counted else "paused" if _is_paused(told, day) else "off"]
        kinds += ["first"] if day is told.days[0] else []
        kinds += ["last"] if told.due == day.date else []
        kinds += ["today"] if day.date == on else []
        kinds += ["holiday"] if not day.working and day.date.weekday() < 5 else []
        kinds += ["makeup"] if day.working and day.date.weekday() >= 5 else []
        drawn[day.date] = Box(day.date.day, " ".join(kinds), f"{day.date.isoformat()} {day.reason.in_(tongue)}")
    found: list[Month] = []
    for (year, month), run in groupby(sorted(drawn), key=lambda day: (day.year, day.month)):
        in_month = list(run)
        first, last = date(year, month, 1), in_month[-1]
        boxes = [NO_DAY] * first.weekday()
        for place in range((last - first).days + 1):
            one = first + timedelta(days=place)
            boxes.append(drawn.get(one, Box(one.day, "outside", one.isoformat())))
        boxes += [NO_DAY] * (-len(boxes) % 7)
        weeks = tuple(tuple(boxes[place : place + 7]) for place in range(0, len(boxes), 7))
        title = f"{year}年{month}月" if tongue == "zh" else first.strftime("%B %Y")
        found.append(
            Month(title, tuple(week for week in weeks if any(box.kind != "outside" and box.number for box in week)))
        )
    return found


WEEKDAYS = (Text("一", "Mo"), Text("二", "Tu"), Text("三", "We"), Text("四", "Th"), Text("五", "Fr"), Text("六", "Sa"), Text("日", "Su"))  # fmt: skip


def weekdays() -> list[str]:
    return [day.in_(language()) for day in WEEKDAYS]


@dataclass(frozen=True)
class Stop:
    """One station of the journey: in which lane ("here", "there"), what crossed ("out", "back", ""), on which day, and the words."""

    lane: str
    crosses: str
    on: date
    words: str
    other: str = ""
    """What the other region is called."""


CROSSING = {
    "offer": ("here", "out"),
    "retract": ("here", "out"),
    "taken_over": ("there", "back"),
    "declined": ("there", "back"),
    "retracted": ("there", "back"),
    "take_over": ("here", ""),
    "progress_reported": ("there", "back"),
    "result_reported": ("there", "back"),
    "delivery_reported": ("there", "back"),
    "rating_reported": ("there", "back"),
    "materials_reported": ("there", "back"),
    "question_reported": ("there", "back"),
    "answer_reported": ("there", "back"),
    "withdrawal_reported": ("there", "back"),
}
IN_THE_LANE = {"file", "imported", "accept", "conclude", "deliver", "rate", "withdraw", "refuse", "reopen"}


def journey(steps: Sequence[Step], sentence: Any) -> list[Stop]:
    """The stations of a case that crossed regions, in order; none for a case that stayed. `sentence` tells a step in words."""
    if not any(step.event.verb in CROSSING for step in steps):
        return []
    stops = []
    crossed = next(step for step in steps if step.event.verb in CROSSING)
    there = crossed.data.get("to_node") or crossed.data.get("from_node") or ""
    other = divisions.name_of(str(there)).in_(language()) if there else str(_("the other region"))
    for step in steps:
        verb = step.event.verb
        if verb not in CROSSING and verb not in IN_THE_LANE:
            continue
        lane, crosses = CROSSING.get(verb, ("here", ""))
        if verb == "take_over" and step.data.get("from_node") not in (None, settings.LIANQIAO_NODE):
            stops.append(
                Stop(
                    "there",
                    "in",
                    step.event.legal_date,
                    str(
                        _("Offered by %(region)s")
                        % {"region": divisions.name_of(step.data["from_node"]).in_(language())}
                    ),
                    other,
                )
            )
        stops.append(Stop(lane, crosses, step.event.legal_date, sentence(step), other))
    return stops
