"""What is due again and again: the two-monthly report, the yearly archive, the quarterly roundtable, the one-year report.

A duty rests on a limit of a regime (its figure is the regime's, so a corrected regime corrects the duty), or on days of the
year that a text names. A named day does not move off a day off: the text sets a date, not a period.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path

from lianqiao.law import clock, telling
from lianqiao.law.calendar import Calendar
from lianqiao.law.limit import EVENT_DATE, Limit
from lianqiao.law.regime import Regime, regimes
from lianqiao.law.text import NOTHING, Text

FILE = Path(__file__).parent / "duties.toml"
DAY = timedelta(days=1)
COVERS: dict[str, Text] = {
    "two-months-before": Text("前两个月", "the two months before"),
    "quarter": Text("本季度", "the quarter"),
    "year": Text("本年度", "the year"),
    "year-before": Text("上一年度", "the year before"),
    "case": Text("每件案件", "each case"),
}
HEAD = Text("{name}（{authority}；{standing}）。", "{name} ({authority}; {standing}).")
WHO = Text("责任单位：{who}。", "Who: {who}.")
PERIOD = Text("期间：{first} 至 {last}（{covers}）。", "Period: {first} to {last} ({covers}).")
SET_DAY = Text("日期：{why}。", "The day: {why}.")
NAMED = Text("条文写明的日期，不因休息日移动", "named by the text; a day off does not move it")
DUE = Text("应于 {due}（{weekday}）前完成。", "Due by {due} ({weekday}).")
PROVISIONAL = Text("暂定：有关日期尚无放假安排通知。", "Provisional: some of these days have no holiday notice yet.")


@dataclass(frozen=True, slots=True)
class Duty:
    """One duty: what, who, on which limit of which regime it rests or on which days (month, day) it falls, and how well known.

    `limit` is "" where `dates` say when; `covers` is a key of COVERS; `day_note` says why a day was taken that no text names;
    `owed_by`: "provincial" or "competent" agencies for the programmes of the regime, "" for others.
    """

    code: str
    name: Text
    who: Text
    regime: str
    limit: str
    dates: tuple[tuple[int, int], ...]
    covers: str
    article: str
    mark: str
    verified: bool
    day_note: Text
    owed_by: str

    @property
    def per_case(self) -> bool:
        """Whether the duty falls due for every case by itself, not on days of the year."""
        return self.covers == "case"

    def rule(self, held: Mapping[str, Regime] | None = None) -> Limit:
        """The limit on which the duty rests, among the regimes that are `held` (default: those of the package)."""
        if not self.limit:
            return Limit(
                self.code, None, EVENT_DATE, self.day_note, article=self.article, verified=self.verified, mark=self.mark,
                regime=self.regime,
            )  # fmt: skip
        found = (held or regimes())[self.regime].limit(self.limit)
        if found is None:
            raise KeyError(f"{self.regime} has no limit {self.limit}, on which the duty {self.code} rests")
        return found


@cache
def duties() -> dict[str, Duty]:
    """All duties by code."""
    rows = tomllib.loads(FILE.read_text(encoding="utf-8"))
    return {
        code: Duty(
            code, Text(row["zh"], row["en"]), Text(**row["who"]), row["regime"], row.get("limit", ""),
            tuple((int(day[:2]), int(day[3:])) for day in row.get("dates", ())), row["covers"], row.get("article", ""),
            row.get("mark", ""), row.get("verified", False), Text(**row["day"]) if "day" in row else NOTHING,
            row.get("owed_by", ""),
        )
        for code, row in rows.items()
    }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Due:
    """One time that a duty falls due: the last day, the time that it is about, whether the day may still move, and why."""

    duty: Duty
    due: date
    first: date
    last: date
    provisional: bool
    because: tuple[Text, ...]

    def sentences(self, lang: str) -> list[str]:
        """The explanation, line by line, in "zh" or "en"."""
        return [text.in_(lang) for text in self.because]


def _period(covers: str, due: date) -> tuple[date, date]:
    """First and last day of what a duty is about."""
    if covers == "two-months-before":
        month = due.replace(day=1)
        return clock.add_months(month, -2), month - DAY
    if covers == "quarter":
        first = date(due.year, (due.month - 1) // 3 * 3 + 1, 1)
        return first, clock.add_months(first, 3) - DAY
    year = due.year - 1 if covers == "year-before" else due.year
    return date(year, 1, 1), date(year, 12, 31)


def _because(duty: Duty, rule: Limit, due: date, calendar: Calendar) -> Iterator[Text]:
    yield HEAD.filled(name=duty.name, authority=rule.authority, standing=rule.standing)
    yield WHO.filled(who=duty.who)
    first, last = _period(duty.covers, due)
    yield PERIOD.filled(first=first.isoformat(), last=last.isoformat(), covers=COVERS[duty.covers])
    if duty.limit:
        number = 0
        for day in calendar.span(due.replace(day=1), due):
            number += day.working
            yield telling.line(clock.Counted(day, day.working, number))
    else:
        yield SET_DAY.filled(why=duty.day_note if duty.day_note.zh else NAMED)
    yield DUE.filled(due=due.isoformat(), weekday=calendar.day(due).weekday)


def next_due(
    duty: Duty, after: date, calendar: Calendar, held: Mapping[str, Regime] | None = None
) -> Due | None:  # fmt: skip
    """The next time after a day on which the duty falls due; None when its regime is no longer in force by then.

    Refused (ValueError): a duty that falls due for every case by itself; see `case_due`.
    """
    if duty.per_case:
        raise ValueError(f"the duty {duty.code} runs for each case from its own event: use case_due")
    rule, statute = duty.rule(held), (held or regimes())[duty.regime]
    after = max(after, statute.first - DAY)
    if duty.limit:
        due = clock.due_date(rule, after, calendar)
        assert due is not None
        provisional = calendar.is_provisional(due.replace(day=1), due)
    else:
        days = (date(year, *day) for year in (after.year, after.year + 1) for day in duty.dates)
        due, provisional = next(day for day in days if day > after), False
    if statute.until is not None and due > statute.until:
        return None
    because = [*_because(duty, rule, due, calendar), *([PROVISIONAL] if provisional else [])]
    return Due(duty, due, *_period(duty.covers, due), provisional, tuple(because))


def dues(
    duty: Duty, first: date, last: date, calendar: Calendar, held: Mapping[str, Regime] | None = None
) -> list[Due]:  # fmt: skip
    """Every time from first to last, both included, on which the duty falls due."""
    found: list[Due] = []
    following = next_due(duty, first - DAY, calendar, held)
    while following is not None and following.due <= last:
        found.append(following)
        following = next_due(duty, following.due, calendar, held)
    return found


def case_due(
    duty: Duty, event: date, calendar: Calendar, held: Mapping[str, Regime] | None = None
) -> clock.Explanation:  # fmt: skip
    """When a duty of one case falls due, from its event (acceptance), with every day. Refused (ValueError): another duty."""
    if not duty.per_case:
        raise ValueError(f"the duty {duty.code} falls on days of the year: use next_due")
    return clock.explain(duty.rule(held), event, calendar)
