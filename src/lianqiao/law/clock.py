"""When a limit ends, and every day that led there.

Rules. The day of the event is not counted. A limit ends at 24:00 Beijing time of its last day. A filing on a day off
counts from that day: the first counted day is the next working day (working days) or the next day (calendar days).
Months and years end on the day with the same number, or on the last day of a shorter month (Civil Code art. 202). An
end on a day off moves to the next working day (Civil Code art. 203), where the limit says that it rolls; the amounts
of a limit and its extensions are added up first. A day is paused when the pause is in force at its 24:00: the day on
which a pause begins is not counted, the day on which the clock resumes is. An open pause that begins before the end
leaves no due date. Hours run exactly and through days off.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property, partial
from itertools import repeat
from operator import sub
from typing import NamedTuple

from lianqiao.law import telling
from lianqiao.law.calendar import BEIJING, Calendar, Day
from lianqiao.law.limit import (
    EVENT_DATE,
    HOURS,
    MONTHS,
    PERIODIC,
    ROLLING_UNITS,
    WORKING_DAYS,
    YEARS,
    Limit,
)
from lianqiao.law.text import Text

LONGEST = 10_000
EVENT_DAY = Text("事项发生当日", "day of the event")
ROLLED = Text("期限届满日遇休息日，顺延", "the end falls on a day off and moves on")


class Pause(NamedTuple):
    """The clock stands still from `first` until `last` (None: still paused) for a legal cause."""

    first: date | datetime
    last: date | datetime | None
    cause: Text


class Extension(NamedTuple):
    """More time: an amount and unit, and the decision or article behind it."""

    amount: int
    unit: str
    cause: Text


class Floor(NamedTuple):
    """A date that had been told to somebody before: the limit does not end before it, and why not."""

    day: date
    cause: Text


class Counted(NamedTuple):
    """One day of an explanation: was it counted, the number so far, the cause when the reason is not the day's own.

    `unit` is the unit being counted on that day; where an extension brings another unit, the count begins anew.
    """

    day: Day
    counted: bool
    number: int
    cause: Text | None = None
    unit: str = WORKING_DAYS

    @property
    def date(self) -> date:
        return self.day.date

    @property
    def working(self) -> bool:
        return self.day.working

    @property
    def reason(self) -> Text:
        return self.cause or self.day.reason


_new_counted: Callable[[tuple[object, ...]], Counted] = partial(tuple.__new__, Counted)


def local_date(moment: date | datetime) -> date:
    """The date in Beijing of a date or of an aware datetime. A datetime without a zone is refused (ValueError)."""
    if not isinstance(moment, datetime):
        return moment
    if moment.tzinfo is None:
        raise ValueError("a datetime without a time zone has no date in Beijing: give it a zone")
    return moment.astimezone(BEIJING).date()


def _moment(moment: date | datetime) -> datetime:
    if isinstance(moment, datetime):
        local_date(moment)
        return moment.astimezone(UTC)
    return datetime.combine(moment, time(), BEIJING).astimezone(UTC)


def end_of(day: date) -> datetime:
    """24:00 Beijing time of a day, as an aware UTC datetime (the first instant after the limit)."""
    return datetime.combine(day, time(16), UTC)


def _last_day(at: datetime) -> date:
    """The day in Beijing that ends at this moment or in which it lies."""
    return local_date(at - timedelta(microseconds=1))


_Spans = list[tuple[int, int | None]]


def _paused_spans(pauses: Sequence[Pause]) -> _Spans:
    """Pauses as spans of ordinals [first, last), in the order in which they begin; they may overlap."""
    spans: _Spans = []
    for pause in pauses:
        first = local_date(pause.first).toordinal()
        last = None if pause.last is None else local_date(pause.last).toordinal()
        if last is not None and last < first:
            raise ValueError("a pause ends before it begins")
        spans.append((first, last))
    return sorted(spans, key=lambda span: span[0])


def _advance(calendar: Calendar, position: int, amount: int, *, working: bool, spans: _Spans) -> int | None:
    """The ordinal of the amount-th countable day after position that is not paused; None when the clock stands."""
    for first, last in spans:
        before = max(first - 1, position)
        free = (
            calendar.count_working_days(date.fromordinal(position), date.fromordinal(before))
            if working
            else before - position
        )
        if free >= amount:
            break
        if last is None:
            return None
        amount -= free
        position = max(position, last - 1)
    if working:
        return calendar.add_working_days(date.fromordinal(position), amount).toordinal()
    return position + amount


def add_months(day: date, months: int) -> date:
    """The day with the same number, months later; the last day of the month where it has no such day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    following = date(year + month // 11, (month + 1) % 12 + 1, 1)
    return min(date(year, month + 1, 1) + timedelta(days=day.day - 1), following - timedelta(days=1))


def _segments(limit: Limit, extensions: Sequence[Extension]) -> list[tuple[int, str]]:
    amount = 0 if limit.unit == EVENT_DATE else limit.amount
    if amount is None:
        raise ValueError(f"the limit {limit.name} has no figure: a target of the node must be given")
    segments = [(amount, limit.unit)]
    for extension in extensions:
        if (extension.unit == HOURS) != (limit.unit == HOURS):
            raise ValueError("hours are extended by hours only, and days by days")
        if extension.amount < 0 or extension.unit in (EVENT_DATE, PERIODIC):
            raise ValueError("an extension is a positive amount of hours, days, months or years")
        if segments[-1][1] == extension.unit:
            segments[-1] = (segments[-1][0] + extension.amount, extension.unit)
        else:
            segments.append((extension.amount, extension.unit))
    if any(amount > LONGEST for amount, _unit in segments):
        raise ValueError(f"a limit of more than {LONGEST} is a slip of the pen")
    return segments


def _next_period(limit: Limit, amount: int, start: date, calendar: Calendar) -> date:
    """The next report after start. One of a month too short for its working days is due in a month after it."""

    def report(month: date) -> date:
        return calendar.add_working_days(month - timedelta(days=1), amount)

    month = start.replace(day=1)
    while report(month) > start:
        month = add_months(month, -1)
    month = add_months(month, 1)
    while (month.month - limit.first_month) % limit.every:
        month = add_months(month, 1)
    return report(month)


class _End(NamedTuple):
    nominal: date
    due: date


def _end(limit: Limit, start: date, calendar: Calendar, spans: _Spans, segments: list[tuple[int, str]]) -> _End | None:
    position = start.toordinal()
    unit = limit.unit
    for amount, unit in segments:
        if unit == PERIODIC:
            position = _next_period(limit, amount, start, calendar).toordinal()
            continue
        if unit in (MONTHS, YEARS):
            day = date.fromordinal(position)
            amount = add_months(day, amount * (12 if unit == YEARS else 1)).toordinal() - position
        reached = _advance(calendar, position, amount, working=unit == WORKING_DAYS, spans=spans)
        if reached is None:
            return None
        position = reached
    nominal = date.fromordinal(position)
    if unit in ROLLING_UNITS and limit.rolls and not calendar.is_working(nominal):
        rolled = _advance(calendar, position, 1, working=True, spans=spans)
        return None if rolled is None else _End(nominal, date.fromordinal(rolled))
    return _End(nominal, nominal)


def _end_of_hours(start: datetime, hours: int, pauses: Sequence[Pause]) -> datetime | None:
    now, left = start, timedelta(hours=hours)
    for pause in sorted(pauses, key=lambda pause: _moment(pause.first)):
        first, last = _moment(pause.first), None if pause.last is None else _moment(pause.last)
        if last is not None and last < first:
            raise ValueError("a pause ends before it begins")
        if first - now >= left:
            break
        if last is None:
            return None
        left -= max(first - now, timedelta())
        now = max(now, last)
    return now + left


def due_date(
    limit: Limit,
    start: date | datetime,
    calendar: Calendar,
    *,
    pauses: Iterable[Pause] = (),
    extensions: Iterable[Extension] = (),
    carried_from: date | datetime | None = None,
    until: date | None = None,
    floor: Floor | None = None,
) -> date | None:
    """The last day of the limit, without the explanation; None while a pause is open. See `explain`."""
    return explain(
        limit,
        start,
        calendar,
        pauses=pauses,
        extensions=extensions,
        carried_from=carried_from,
        until=until,
        floor=floor,
    ).due


def explain(
    limit: Limit,
    start: date | datetime,
    calendar: Calendar,
    *,
    pauses: Iterable[Pause] = (),
    extensions: Iterable[Extension] = (),
    carried_from: date | datetime | None = None,
    until: date | None = None,
    floor: Floor | None = None,
) -> Explanation:
    """The end of a limit with every day that led there.

    `start` is the event (its day is not counted). `pauses` and `extensions` may be plain tuples in the order of Pause
    and Extension. `carried_from`: the limit began elsewhere, on that event, and goes on. `until`: the date that the
    event set, for unit "event_date" alone. `floor`: a date that was told before and stands if the days would now lead to an
    earlier one (limits in days, months, years). Refused (ValueError): a limit without figure, a naive datetime, hours from a
    mere date, a pause that ends before it begins, an extension of another kind than the limit, an amount above
    10 000, `until` missing or not wanted.
    """
    paused = tuple(Pause(*pause) for pause in pauses)
    extended = tuple(Extension(*extension) for extension in extensions)
    segments = _segments(limit, extended)
    if (limit.unit == EVENT_DATE) != (until is not None):
        raise ValueError("a date set by the event belongs to the unit event_date, and only to it")
    begun = start if carried_from is None else carried_from
    counted_from = until or local_date(begun)
    spans = [] if limit.unit in (EVENT_DATE, PERIODIC) else _paused_spans(paused)
    at: datetime | None = None
    if limit.unit == HOURS:
        if not isinstance(begun, datetime):
            raise ValueError("hours run from a time of day: give a date with time and zone")
        at = _end_of_hours(_moment(begun), segments[0][0], paused)
        end = None if at is None else _End(*[_last_day(at)] * 2)
    else:
        end = _end(limit, counted_from, calendar, spans, segments)
        if end is not None:
            at = end_of(end.due if floor is None else max(end.due, floor.day))
    return Explanation(limit, start, begun, counted_from, end, at, calendar, paused, spans, extended, segments, floor)


@dataclass(eq=False)
class Explanation:
    """The result of `explain`. `due` and `due_at` are None while a pause is open ("paused")."""

    limit: Limit
    start: date | datetime
    begun: date | datetime
    counted_from: date
    end: _End | None
    due_at: datetime | None
    calendar: Calendar
    pauses: tuple[Pause, ...]
    spans: _Spans
    extensions: tuple[Extension, ...]
    segments: list[tuple[int, str]]
    floor: Floor | None

    @property
    def due(self) -> date | None:
        """The last day of the limit in Beijing; the limit ends at its 24:00 (hours: at `due_at`)."""
        return None if self.due_at is None else _last_day(self.due_at)

    @property
    def reckoned(self) -> date | None:
        """The day to which the counted days lead, whatever was told before."""
        return None if self.end is None else self.end.due

    @property
    def stands(self) -> bool:
        """Whether the limit ends on a day that was told before, because the counted days would end it earlier."""
        return self.due != self.reckoned

    @property
    def paused(self) -> bool:
        """Whether the clock stands still, so that there is no due date."""
        return self.end is None

    @property
    def calendar_version(self) -> str:
        """Years held and digest of the calendar that was used."""
        return self.calendar.version

    @property
    def carried(self) -> bool:
        """Whether the limit began elsewhere and was carried over."""
        return self.begun is not self.start

    @cached_property
    def provisional(self) -> bool:
        """Whether the date may still move because a notice of days off is missing."""
        if self.limit.unit == HOURS or self.end is None:
            return False
        first = self.counted_from + timedelta(days=1)
        counts_working = self.limit.unit in (WORKING_DAYS, PERIODIC) or any(
            extension.unit == WORKING_DAYS for extension in self.extensions
        )
        if not counts_working:
            if not self.limit.rolls or self.limit.unit == EVENT_DATE:
                return False
            first = self.end.nominal
        return self.calendar.is_provisional(first, self.end.due)

    @cached_property
    def days(self) -> tuple[Counted, ...]:
        """Every day from the event to the end (while paused: to the day on which the pause began)."""
        first = local_date(self.begun)
        days = self.calendar.span(first, self._last_told(first))
        if self.limit.unit == WORKING_DAYS and not self.spans and not self.extensions:
            flags, serials = self.calendar.columns(first, days[-1].date)
            columns = zip(days, flags, map(sub, serials, repeat(days[0].serial)), repeat(None), repeat(WORKING_DAYS))
            return (Counted(days[0], False, 0, EVENT_DAY), *tuple(map(_new_counted, columns))[1:])
        return tuple(self._counted(days))

    def _last_told(self, first: date) -> date:
        if self.end is not None:
            return self.end.due
        standing = next(local_date(pause.first) for pause in self.pauses if pause.last is None)
        return max(first, standing)

    def _counted(self, days: Sequence[Day]) -> Iterable[Counted]:
        unit, switches = self._units()
        count = 0
        for place, day in enumerate(days):
            ordinal = day.date.toordinal()
            if place == 0:
                yield Counted(day, False, 0, EVENT_DAY, unit)
                continue
            while switches and ordinal > switches[0][0]:
                unit, count = switches.pop(0)[1], 0
            if any(low <= ordinal and (high is None or ordinal < high) for low, high in self.spans):
                yield Counted(day, False, count, self._cause(day.date), unit)
            elif self.end is not None and day.date > self.end.nominal:
                yield Counted(day, False, count, ROLLED, unit)
            else:
                counted = day.working if unit == WORKING_DAYS else True
                count += counted
                yield Counted(day, counted, count, None, unit)

    def _units(self) -> tuple[str, list[tuple[int, str]]]:
        """The unit in which counting begins, and after which ordinal an extension of another unit takes over."""
        switches: list[tuple[int, str]] = []
        for place in range(1, len(self.segments)):
            part = _end(self.limit, self.counted_from, self.calendar, self.spans, self.segments[:place])
            if part is not None:
                switches.append((part.nominal.toordinal(), self.segments[place][1]))
        return self.segments[0][1], switches

    def _cause(self, day: date) -> Text:
        cause = next(
            pause.cause
            for pause in self.pauses
            if local_date(pause.first) <= day and (pause.last is None or day < local_date(pause.last))
        )
        return Text("中止：{why}", "paused: {why}").filled(why=cause)

    def sentences(self, lang: str) -> list[str]:
        """The explanation for people, line by line, in "zh" or "en"."""
        return [text.in_(lang) for text in telling.sentences(self)]

    def as_data(self) -> dict[str, object]:
        """JSON form: limit, dates, every day, the version of the calendar and the sentences in both languages."""
        return telling.as_data(self)
