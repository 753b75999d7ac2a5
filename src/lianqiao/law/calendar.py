"""Working days of China, from one file per year, each day with its reason and the notice that it rests on.

A working day is a make-up workday, or a Monday to Friday that no notice declares off. Years without a notice are
never refused: their weekdays count and every one of their days is marked provisional. A notice may reach into the last
days of the December before its year, so 29-31 December stay provisional until the next year's notice is there.
"""

from __future__ import annotations

import hashlib
import re
import tomllib
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta, timezone
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from lianqiao.law.text import NOTHING, Text

BEIJING = timezone(timedelta(hours=8), "Asia/Shanghai")
LASTING = (1949, 2100)
"""Years whose table is kept once it was asked for; a table for others is built for the question and forgotten."""
BESIDE = (2, 8)
"""So many years before and after those of the notices stand in the table from the first: limits seldom build it anew."""
LAST_DAY = date.max.toordinal()
FOLDER = Path(__file__).parent / "calendars"
WEEKDAYS = (
    Text("周一", "Monday"),
    Text("周二", "Tuesday"),
    Text("周三", "Wednesday"),
    Text("周四", "Thursday"),
    Text("周五", "Friday"),
    Text("周六", "Saturday"),
    Text("周日", "Sunday"),
)
WORKING_DAY = Text("工作日", "working day")
REACHES_BACK = 29
"""From this day of the December before, a notice may still be to come."""
LONGEST_HOLIDAY = 31
REVERSED = Text("{name}：止于 {last}，早于始于 {first}", "{name}: last {last} lies before first {first}")
TOO_LONG = Text("{name}：放假{days}天，过长", "{name}: {days} days off are too many")
NO_WEEKEND = Text(
    "{name}：调休上班日 {day} 不是周六或周日", "{name}: make-up workday {day} is not a Saturday or Sunday"
)
TWICE = Text("{day} 出现两次（同一日不能既放假又上班）", "{day} is named twice (a day is either off or worked)")
OUTSIDE = Text("{day} 不在{year}年（及上年12月）之内", "{day} lies outside {year} (and the December before it)")
STATUS = Text(
    "status 为 {status}，应为 announced 或 provisional", "status {status} is neither announced nor provisional"
)
MISSING = Text("缺少 {key}", "{key} is missing")
UNKNOWN_KEY = Text("没有 {key} 这一项", "there is no such key as {key}")
NO_NOTICE = Text(
    "{name}：notice 应为 0 至 {last} 之一的整数", "{name}: notice should be a whole number from 0 to {last}"
)
NO_REGION = Text("region {region} 不是行政区划代码的前几位", "region {region} is not the beginning of a division code")
EMPTY = Text("没有任何日期或者通知", "holds no day, or no notice")
NO_SOURCE = Text("尚无放假安排通知", "no holiday notice yet")
OFF = Text("{name}放假", "{name} holiday")
IN_LIEU = Text("{name}补假（暂定）", "day off in lieu for {name} (provisional place)")
MAKE_UP = Text("{name}调休上班", "make-up workday for {name}")


class CalendarError(ValueError):
    """A calendar file that contradicts itself: `file` and `what` (Text) say where and how."""

    def __init__(self, file: str, what: Text) -> None:
        super().__init__(f"{file}: {what.en}")
        self.file, self.what = file, what

    def in_(self, lang: str) -> str:
        """The whole message in "zh" or "en"."""
        return f"{self.file}: {self.what.in_(lang)}"


class Day(NamedTuple):
    """One day of the calendar. `serial` counts working days from the start of the table up to and with this day."""

    date: date
    working: bool
    reason: Text
    source: Text
    provisional: bool
    kind: str
    serial: int

    @property
    def weekday(self) -> Text:
        return WEEKDAYS[self.date.weekday()]


@dataclass(frozen=True, slots=True)
class Notice:
    """The document behind the days off: its title, number (文号) and date, and how well the number is known."""

    title: Text
    number: str
    date: date
    number_mark: str

    @property
    def source(self) -> Text:
        return Text(f"{self.title.zh}（{self.number}）", f"{self.title.en} ({self.number})")


@dataclass(frozen=True, slots=True)
class Special:
    """A day that is not what its weekday says, or is off by name: kind "holiday", "in_lieu", "make_up" or "local"."""

    date: date
    working: bool
    kind: str
    reason: Text
    source: Text


@dataclass(frozen=True, slots=True)
class Year:
    """One year file as read: its notices, its special days and whether it was announced.

    `region` is the beginning of a division code where the days were added for one place only ("" = China).
    """

    year: int
    announced: bool
    mark: str
    notices: tuple[Notice, ...]
    specials: tuple[Special, ...]
    digest: str
    region: str = ""

    @property
    def span(self) -> tuple[date, date]:
        """The first and the last day on which the file may make a difference."""
        first = date(self.year, 1, 1) if self.region else date(self.year - 1, 12, REACHES_BACK)
        days = [special.date for special in self.specials]
        return min([first, *days]), max([date(self.year, 12, 31), *days])


def extra_day(day: date, *, working: bool, reason: Text, source: Text) -> Special:
    """A day that a province adds (a local day off, an emergency order): goes to `Calendar(..., extra=[...])`."""
    return Special(day, working, "local", reason, source)


def _notice(row: Mapping[str, Any], where: str) -> Notice:
    _refuse_unknown(row, {"title", "number", "date", "number_mark", "source"}, where)
    return Notice(Text(**row["title"]), row["number"], _day(row["date"]), row.get("number_mark", ""))


def _holiday(row: Mapping[str, Any], notices: tuple[Notice, ...], where: str) -> Iterable[Special]:
    _refuse_unknown(row, {"name", "first", "last", "work", "in_lieu", "notice"}, where)
    name = Text(**row["name"])
    first, last = _day(row["first"]), _day(row["last"])
    number = row.get("notice", 0)
    if number not in range(len(notices)):
        raise CalendarError(where, NO_NOTICE.filled(name=name, last=len(notices) - 1))
    source = notices[number].source
    if last < first:
        raise CalendarError(where, REVERSED.filled(name=name, first=first, last=last))
    if (last - first).days >= LONGEST_HOLIDAY:
        raise CalendarError(where, TOO_LONG.filled(name=name, days=(last - first).days + 1))
    kind, template = ("in_lieu", IN_LIEU) if row.get("in_lieu") else ("holiday", OFF)
    off, on = template.filled(name=name), MAKE_UP.filled(name=name)
    for step in range((last - first).days + 1):
        yield Special(first + timedelta(days=step), False, kind, off, source)
    for day in map(_day, row.get("work", ())):
        if day.weekday() < 5:
            raise CalendarError(where, NO_WEEKEND.filled(name=name, day=day))
        yield Special(day, True, "make_up", on, source)


def _refuse_unknown(row: Mapping[str, Any], known: set[str], where: str) -> None:
    for key in row:
        if key not in known:
            raise CalendarError(where, UNKNOWN_KEY.filled(key=key))


def read_year(path: Path) -> Year:
    """Read one year file; refused as `parse_year` says."""
    return parse_year(path.name, path.read_bytes())


def parse_year(name: str, raw: bytes) -> Year:
    """Read one year from its text; `name` is what a complaint calls it.

    Refused (CalendarError): what is no TOML, lacks or misspells something, names no notice of the file, is named twice (such as a day both off and
    working), make-up work on a weekday, a reversed span or one of more than 31 days, a day outside the year (the December
    before is inside), a region that is no beginning of a division code, a local file that declares nothing.
    """
    try:
        data = tomllib.loads(raw.decode())
    except (ValueError, RecursionError) as why:  # also digits without end, and lists in lists without end
        raise CalendarError(name, Text(f"不是有效的 TOML：{why}", f"is not valid TOML: {why}")) from None
    _refuse_unknown(data, {"year", "status", "mark", "region", "notice", "holiday"}, name)
    if data.get("status") not in ("announced", "provisional"):
        raise CalendarError(name, STATUS.filled(status=data.get("status")))
    try:
        notices = tuple(_notice(row, name) for row in data["notice"])
        if not notices:
            raise CalendarError(name, EMPTY)
        specials = tuple(special for row in data["holiday"] for special in _holiday(row, notices, name))
        year, region = data["year"], data.get("region", "")
        first, last = date(year - 1, 12, 1), date(year, 12, 31)
    except KeyError as missing:
        raise CalendarError(name, MISSING.filled(key=missing.args[0])) from None
    except CalendarError:
        raise
    except (TypeError, ValueError, OverflowError) as why:
        raise CalendarError(name, Text(f"写法有误：{why}", f"is not written as it should be: {why}")) from None
    if not (isinstance(region, str) and re.fullmatch("[0-9]{0,6}", region)):
        raise CalendarError(name, NO_REGION.filled(region=region))
    seen: set[date] = set()
    for special in specials:
        if special.date in seen:
            raise CalendarError(name, TWICE.filled(day=special.date))
        if not first <= special.date <= last:
            raise CalendarError(name, OUTSIDE.filled(day=special.date, year=year))
        seen.add(special.date)
    if not seen:
        raise CalendarError(name, EMPTY)
    if region:
        specials = tuple(replace(special, kind="local") for special in specials)
    digest = hashlib.sha256(raw).hexdigest()
    return Year(year, data["status"] == "announced", data.get("mark", ""), notices, specials, digest, region)


def _day(value: Any) -> date:
    if type(value) is not date:  # a date with an hour is none
        raise TypeError(f"{value!r} is no date")
    return value


class Calendar:
    """Working days by bisection. Immutable in what it says; its table grows when a date lies outside."""

    def __init__(self, years: Iterable[Year], extra: Iterable[Special] = ()) -> None:
        self.years = tuple(sorted(years, key=lambda year: year.year))
        extra = tuple(sorted(extra, key=lambda special: special.date))
        self._specials = {special.date: special for year in self.years for special in year.specials}
        self._specials.update((special.date, special) for special in extra)
        self._announced = {year.year for year in self.years if year.announced}
        facts = "\n".join([year.digest for year in self.years] + [repr(special) for special in extra])
        span = f"{self.years[0].year}-{self.years[-1].year}" if self.years else "none"
        self.version = f"{span}/{hashlib.sha256(facts.encode()).hexdigest()[:12]}"
        held: Sequence[int] = [year.year for year in self.years] or LASTING
        first, last = held[0] - BESIDE[0], held[-1] + BESIDE[1]
        self._table = self._build(max(first, date.min.year), min(last, date.max.year))

    # -- the table -------------------------------------------------------------------------------------------------

    def _build(self, first: int, last: int) -> _Table:
        start, end = date(first, 1, 1).toordinal(), date(last, 12, 31).toordinal()
        days: list[Day] = []
        working: list[int] = []
        provisional: list[int] = []
        for ordinal in range(start, end + 1):
            day = date.fromordinal(ordinal)
            special = self._specials.get(day)
            unsure = self._is_provisional(day, special)
            if special is not None:
                works, reason, source, kind = special.working, special.reason, special.source, special.kind
            else:
                works, source = day.weekday() < 5, NO_SOURCE if unsure else NOTHING
                reason, kind = (WORKING_DAY, "weekday") if works else (WEEKDAYS[day.weekday()], "weekend")
            if works:
                working.append(ordinal)
            if unsure:
                provisional.append(ordinal)
            days.append(Day(day, works, reason, source, unsure, kind, len(working)))
        flags, serials = [day.working for day in days], [day.serial for day in days]
        return _Table(first, last, start, end, tuple(days), flags, serials, working, provisional)

    def _is_provisional(self, day: date, special: Special | None) -> bool:
        if special is not None and special.kind == "local":
            return False
        if special is not None and day.year + 1 in self._announced and day.month == 12:
            return False
        if day.year not in self._announced:
            return True
        return day.month == 12 and day.day >= REACHES_BACK and day.year + 1 not in self._announced

    def _covering(self, first: int, last: int) -> _Table:
        """A table with all days from first to last; any table when last lies before first."""
        table = self._table
        if table.start <= first and last <= table.end:
            return table
        low, high = date.fromordinal(first).year, date.fromordinal(last).year
        if low < LASTING[0] or high > LASTING[1]:
            return self._build(low, high)
        table = self._table = self._build(min(table.first, low), max(table.last, high))
        return table

    def _between(self, first: date, last: date) -> tuple[_Table, slice]:
        """A table and the place of the days in it, both included; an empty place when last lies before first."""
        low, high = first.toordinal(), last.toordinal()
        table = self._covering(low, high)
        return table, slice(low - table.start, high - table.start + 1) if low <= high else slice(0)

    # -- questions -------------------------------------------------------------------------------------------------

    def day(self, day: date) -> Day:
        """The one day, with its reason."""
        ordinal = day.toordinal()
        table = self._covering(ordinal, ordinal)
        return table.days[ordinal - table.start]

    def is_working(self, day: date) -> bool:
        """Whether offices work on this day."""
        return self.day(day).working

    def span(self, first: date, last: date) -> tuple[Day, ...]:
        """All days from first to last, both included; empty when last lies before first."""
        table, part = self._between(first, last)
        return table.days[part]

    def columns(self, first: date, last: date) -> tuple[list[bool], list[int]]:
        """Of the days of `span`: whether each is a working day, and its serial."""
        table, part = self._between(first, last)
        return table.flags[part], table.serials[part]

    def add_working_days(self, start: date, amount: int) -> date:
        """The amount-th working day after start; start itself is not counted. Amount 0 gives start."""
        if amount <= 0:
            return start
        ordinal = last = start.toordinal()
        while True:
            table = self._covering(ordinal, last)
            place = bisect_right(table.working, ordinal) + amount - 1
            if place < len(table.working):
                return date.fromordinal(table.working[place])
            if table.end == LAST_DAY:
                raise OverflowError("the date lies outside the years 1 to 9999")
            last = min(table.end + amount, LAST_DAY)

    def count_working_days(self, after: date, until: date) -> int:
        """How many working days lie after `after` and up to `until` included."""
        low, high = after.toordinal(), until.toordinal()
        table = self._covering(low, high)
        return max(0, bisect_right(table.working, high) - bisect_right(table.working, low))

    def on_or_after(self, day: date) -> date:
        """The day itself if it is a working day, else the next working day."""
        return day if self.is_working(day) else self.add_working_days(day, 1)

    def is_provisional(self, first: date, last: date) -> bool:
        """Whether any day from first to last, both included, still waits for its notice."""
        low, high = first.toordinal(), last.toordinal()
        table = self._covering(low, high)
        return bisect_right(table.provisional, high) > bisect_left(table.provisional, low)

    def notice_for(self, year: int) -> tuple[Notice, ...]:
        """The notices on which a year rests; empty for a year that is not held."""
        return next((held.notices for held in self.years if held.year == year), ())


class _Table(NamedTuple):
    first: int
    last: int
    start: int
    end: int
    days: tuple[Day, ...]
    flags: list[bool]
    serials: list[int]
    working: list[int]
    provisional: list[int]


def years() -> tuple[Year, ...]:
    """The year files that come with the package, oldest first."""
    return tuple(read_year(path) for path in sorted(FOLDER.glob("china-*.toml")))


@cache
def china() -> Calendar:
    """The calendar of China from the files of the package, built once."""
    return Calendar(years())
