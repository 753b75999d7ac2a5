"""An independent reckoning of limits, in tests only: one day (or half hour) after the other, by the words of the rules, with calendars that it
reads itself.

`python -m tests.law.oracle --many 1000000 --seed 7` draws so many combinations of limit, dates, pauses, extensions, hand-overs and versions
of the calendar, and holds the clock of the house against it: the end, the moment, whether it is provisional, and each single day that was
counted. A third voice, the package chinesecalendar, says in some of them which days are worked, in the years that it knows.
"""

import argparse
import random
import sys
import time
import tomllib
from collections import Counter
from collections.abc import Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from functools import cache, partial
from itertools import islice
from types import MappingProxyType
from typing import NamedTuple

import chinese_calendar

from lianqiao.law import calendar, clock
from lianqiao.law.limit import Limit
from lianqiao.law.regime import regimes
from lianqiao.law.text import Text

DAY, HALF_HOUR, EIGHT_HOURS = timedelta(days=1), timedelta(minutes=30), timedelta(hours=8)
WHY = Text("等待鉴定", "waiting for an expert")
YEARS = range(2019, 2028)
MOST_DAYS = 6000
PLACES = 12


class Notices(NamedTuple):
    """What the notices of some years say: days off, days worked, the years that were announced, and days that a place adds."""

    off: frozenset[date]
    worked: frozenset[date]
    announced: frozenset[int]
    named: frozenset[date]
    local: Mapping[date, bool] = MappingProxyType({})
    third_voice: bool = False

    def __repr__(self) -> str:
        return (
            f"Notices of {sorted(self.announced)}, {len(self.local)} days of a place, third voice: {self.third_voice}"
        )

    def works(self, day: date) -> bool:
        if day in self.local:
            return self.local[day]
        if self.third_voice and 2019 <= day.year <= 2026:
            return worked_by_the_third(day)
        return day in self.worked or (day.isoweekday() <= 5 and day not in self.off)

    def sure(self, day: date) -> bool:
        """Whether every notice that may touch the day is there: that of its year, and from 29 December on that of the next."""
        if day in self.local:
            return True
        if day.month == 12 and day.year + 1 in self.announced and (day in self.named or day.day >= 29):
            return day in self.named or day.year in self.announced
        return day.year in self.announced and not (day.month == 12 and day.day >= 29)


@cache
def worked_by_the_third(day: date) -> bool:
    """What chinesecalendar says, which looks through all of its years for each answer."""
    return bool(chinese_calendar.is_workday(day))


@cache
def said(years: tuple[int, ...]) -> Notices:
    off, worked, announced = set(), set(), set()
    for year in years:
        told = tomllib.loads((calendar.FOLDER / f"china-{year}.toml").read_text(encoding="utf-8"))
        if told["status"] == "announced":
            announced.add(year)
        for row in told["holiday"]:
            day = row["first"]
            while day <= row["last"]:
                off.add(day)
                day += DAY
            worked.update(row.get("work", ()))
    return Notices(frozenset(off), frozenset(worked), frozenset(announced), frozenset(off | worked))


@cache
def kept(years: tuple[int, ...]) -> tuple[calendar.Year, ...]:
    """The same years as the house reads them."""
    return tuple(calendar.read_year(calendar.FOLDER / f"china-{year}.toml") for year in years)


@cache
def of_a_place(years: tuple[int, ...], place: int) -> tuple[Notices, calendar.Calendar]:
    """What is said and held of these years; in place 0 no more than that, in others with two hundred days that were added there."""
    notices = said(years)
    if not place:
        return notices, calendar.Calendar(kept(years))
    chance = random.Random(place)
    local = {date(2019, 1, 1) + DAY * chance.randrange(3600): chance.random() < 0.3 for _day in range(200)}
    extra = [calendar.extra_day(day, working=on, reason=WHY, source=WHY) for day, on in local.items()]
    return notices._replace(local=local), calendar.Calendar(kept(years), extra)


@dataclass(frozen=True)
class Draw:
    """One question, as it is put to both."""

    limit: Limit
    start: date | datetime
    notices: Notices
    calendar: calendar.Calendar
    pauses: tuple[tuple[date | datetime, date | datetime | None], ...] = ()
    extensions: tuple[tuple[int, str], ...] = ()
    carried_from: date | datetime | None = None
    until: date | None = None
    floor: date | None = None


@dataclass
class Reckoned:
    """What comes of it. `due` None: a pause is open. `counted`: the days that count, in their order."""

    due: date | None = None
    at: datetime | None = None
    provisional: bool = False
    counted: list[date] = field(default_factory=list)


def reckon(draw: Draw) -> Reckoned:
    """The answer by the rules, day by day."""
    if draw.limit.unit == "hours":
        return hours(draw)
    begun = draw.start if draw.carried_from is None else draw.carried_from
    told = Reckoned()
    day: date | None = draw.until or beijing(begun)
    pauses = () if draw.limit.unit in ("event_date", "periodic") else draw.pauses
    unit = draw.limit.unit
    parts: list[list[object]] = [[draw.limit.amount, unit]]
    for amount, more in draw.extensions:  # amounts of the same kind are one amount
        if parts[-1][1] == more:
            parts[-1][0] += amount  # type: ignore[operator]
        else:
            parts.append([amount, more])
    for amount, unit in parts:  # type: ignore[assignment]
        assert day is not None
        if unit == "event_date":
            continue
        if unit == "periodic":
            day = next_report(draw, day)
            continue
        if unit in ("months", "years"):
            amount = (months_later(day, amount * (12 if unit == "years" else 1)) - day).days  # type: ignore[operator]
        day = walk(draw, pauses, day, amount, unit == "working_days", told)  # type: ignore[arg-type]
        if day is None:
            return Reckoned(counted=told.counted)
    nominal = day
    if unit in ("calendar_days", "months", "years") and draw.limit.rolls and not draw.notices.works(nominal):
        day = walk(draw, pauses, nominal, 1, True, Reckoned())
        if day is None:
            return Reckoned(counted=told.counted)
    units = {draw.limit.unit, *(more for _amount, more in draw.extensions)}
    if {"working_days", "periodic"} & units:
        told.provisional = unsure(draw, (draw.until or beijing(begun)) + DAY, day)
    elif draw.limit.unit != "event_date":
        told.provisional = draw.limit.rolls and unsure(draw, nominal, day)
    told.due = day if draw.floor is None or draw.floor < day else draw.floor
    after = told.due + DAY
    told.at = datetime(after.year, after.month, after.day, tzinfo=UTC) - EIGHT_HOURS
    return told


def walk(draw: Draw, pauses, day: date, amount: int, working: bool, told: Reckoned) -> date | None:  # type: ignore[no-untyped-def]
    """One day after the other until so many have counted; None when the clock stands for good."""
    for _turn in range(MOST_DAYS):
        if amount == 0:
            return day
        day += DAY
        for first, last in pauses:
            if first <= day and (last is None or day < last):
                if last is None:
                    return None
                break
        else:
            if not working or draw.notices.works(day):
                amount -= 1
                told.counted.append(day)
    raise AssertionError(f"{draw} does not end")


def next_report(draw: Draw, day: date) -> date:
    """The next day that is the n-th working day counted from the first of a month of report. A month with fewer is counted on beyond its
    end, so that no report is lost."""
    wanted = draw.limit.amount or 1
    for _turn in range(MOST_DAYS):
        day += DAY
        first = day.replace(day=1)
        for begun in (first, (first - DAY).replace(day=1)):
            if (begun.month - draw.limit.first_month) % draw.limit.every == 0 and draw.notices.works(day):
                since = sum(draw.notices.works(begun + DAY * number) for number in range((day - begun).days + 1))
                if since == wanted:
                    return day
    raise AssertionError("no report")


def months_later(day: date, months: int) -> date:
    """The day with the same number; if the month has none, its last. Found by trying."""
    year, month = day.year, day.month
    for _month in range(months):
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)
    for number in range(day.day, 0, -1):
        try:
            return date(year, month, number)
        except ValueError:
            continue
    raise AssertionError("a month without days")


def unsure(draw: Draw, first: date, last: date) -> bool:
    while first <= last:
        if not draw.notices.sure(first):
            return True
        first += DAY
    return False


def hours(draw: Draw) -> Reckoned:
    """By half hours; all moments that are drawn lie on them."""
    moment = draw.start if draw.carried_from is None else draw.carried_from
    assert isinstance(moment, datetime)
    left = 2 * ((draw.limit.amount or 0) + sum(amount for amount, _unit in draw.extensions))
    while left:
        covering = [last for first, last in draw.pauses if first <= moment and (last is None or moment < last)]  # type: ignore[operator]
        if None in covering:
            return Reckoned()
        moment += HALF_HOUR
        left -= not covering
    return Reckoned(due=beijing(moment - timedelta(seconds=1)), at=moment.astimezone(UTC))


def beijing(moment: date | datetime) -> date:
    return (moment.astimezone(UTC) + EIGHT_HOURS).date() if isinstance(moment, datetime) else moment


# What is drawn


@cache
def known() -> tuple[Limit, ...]:
    return tuple(limit for regime in regimes().values() for limit in regime.limits)


def drawn(seed: int, number: int) -> Draw:
    """The combination of that number; the same for the same seed."""
    chance = random.Random(f"{seed}:{number}")
    last = chance.choice((2022, 2024, 2025, 2026, 2027, 2027))
    years = tuple(year for year in YEARS if year <= last)
    notices, house = of_a_place(years, chance.choice((0, 0, 0, chance.randint(1, PLACES))))
    if chance.random() < 0.5:
        notices = notices._replace(third_voice=last == 2027)
    start: date | datetime = date(2019, 1, 1) + DAY * chance.randrange((date(2027, 6, 30) - date(2019, 1, 1)).days)
    limit = limit_of(chance)
    if limit.unit == "hours":
        start = datetime(start.year, start.month, start.day, tzinfo=UTC) + HALF_HOUR * chance.randrange(48)
    step, spread = (HALF_HOUR, 200) if limit.unit == "hours" else (DAY, 80)
    draw = Draw(limit, start, notices, house)
    if chance.random() < 0.5:
        draw = replace(draw, pauses=tuple(pauses(chance, start, step, spread)))
    if chance.random() < 0.4:
        draw = replace(draw, extensions=tuple(extensions(chance, limit.unit)))
    if chance.random() < 0.2:
        draw = replace(draw, carried_from=start - step * chance.randrange(30))
    if limit.unit == "event_date":
        draw = replace(draw, until=beijing(start) + DAY * chance.randrange(90))
    elif limit.unit != "hours" and chance.random() < 0.2:
        draw = replace(draw, floor=beijing(start) + DAY * chance.randrange(120))
    return draw


def limit_of(chance: random.Random) -> Limit:
    """One of a regime (with a target where the statute has no figure), or any."""
    if chance.random() < 0.5:
        limit = chance.choice(known())
        if limit.amount is None and limit.unit != "event_date":
            limit = replace(limit, amount=chance.randint(1, 60))
        return limit
    unit = chance.choice(("working_days", "working_days", "calendar_days", "months", "years", "hours", "periodic"))
    amount = chance.randint(1, {"months": 14, "years": 3, "hours": 96, "periodic": 15}.get(unit, 130))
    every = chance.choice((1, 2, 3, 6, 12)) if unit == "periodic" else 0
    rolls, first = chance.random() < 0.7, chance.randint(1, 12)
    return Limit("handle", amount, unit, rolls=rolls, every=every, first_month=first, article="1", mark="K")


def pauses(  # type: ignore[no-untyped-def]
    chance: random.Random, start, step, spread
) -> Iterator[tuple[date | datetime, date | datetime | None]]:
    for _pause in range(chance.randint(1, 3)):
        first = start + step * chance.randrange(spread)
        yield first, None if chance.random() < 0.1 else first + step * chance.randrange(50)


def extensions(chance: random.Random, unit: str) -> Iterator[tuple[int, str]]:
    for _more in range(chance.randint(1, 2)):
        other = (
            "hours" if unit == "hours" else chance.choice(("working_days", "working_days", "calendar_days", "months"))
        )
        yield chance.randint(0, 3 if other == "months" else 60), other


# The comparison


def differences(seed: int, number: int, draw: Draw | None = None) -> list[str]:
    """Where the clock of the house and this reckoning differ; empty when they agree."""
    draw = draw or drawn(seed, number)
    told = clock.explain(
        draw.limit,
        draw.start,
        draw.calendar,
        pauses=[clock.Pause(first, last, WHY) for first, last in draw.pauses],
        extensions=[clock.Extension(amount, unit, WHY) for amount, unit in draw.extensions],
        carried_from=draw.carried_from,
        until=draw.until,
        floor=clock.Floor(draw.floor, WHY) if draw.floor else None,
    )
    ours = reckon(draw)
    found = {
        "due": (told.due, ours.due),
        "at": (told.due_at, ours.at),
        "provisional": (told.provisional, ours.provisional),
    }
    if draw.limit.unit in ("working_days", "calendar_days", "months", "years") and ours.due is not None:
        days = told.days
        found["counted"] = ([row.date for row in days if row.counted], ours.counted)
        found["gaps"] = (len(days), (days[-1].date - days[0].date).days + 1)
        found["worked"] = ([row.working for row in days], [draw.notices.works(row.date) for row in days])
    return [
        f"{what}: {a} here, {b} by the oracle; draw {number} of seed {seed}: {draw}"
        for what, (a, b) in found.items()
        if a != b
    ]


def of_part(seed: int, part: range) -> tuple[Counter[str], list[str]]:
    counts: Counter[str] = Counter()
    wrong: list[str] = []
    for number in part:
        draw = drawn(seed, number)
        counts[draw.limit.unit] += 1
        for what in ("pauses", "extensions", "carried_from", "floor"):
            counts[what] += bool(getattr(draw, what))
        counts["third voice"] += draw.notices.third_voice
        wrong += differences(seed, number, draw)
    return counts, wrong[:20]


def run(many: int, seed: int, processes: int = 2, first: int = 0) -> tuple[Counter[str], list[str]]:
    """Draw so many from that number on; what was drawn, and the first differences of each thousand."""
    end = first + many
    parts = [range(place, min(place + 1000, end)) for place in range(first, end, 1000)]
    counts: Counter[str] = Counter()
    wrong: list[str] = []
    with ProcessPoolExecutor(processes) as workers:
        for drawn_of, wrong_of in workers.map(partial(of_part, seed), parts):
            counts += drawn_of
            wrong += wrong_of
    return counts, wrong


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--many", type=int, default=20_000)
    parser.add_argument("--first", type=int, default=0, help="number of the first draw, to go on where a run was left")
    parser.add_argument("--seed", type=int, default=7)
    args = parser.parse_args(argv)
    began = time.monotonic()
    counts, wrong = run(args.many, args.seed, first=args.first)
    print(
        f"{args.many} limits reckoned twice (seed {args.seed}, from {args.first}), {len(wrong)} differences; {time.monotonic() - began:.0f} s"
    )
    print(", ".join(f"{what} {count}" for what, count in counts.most_common()))
    print("\n".join(islice(wrong, 20)))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
