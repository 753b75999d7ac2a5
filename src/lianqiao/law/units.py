"""The rule of each unit in words, and how the regimes differ in theirs: one table, drawn from the data."""

from __future__ import annotations

from dataclasses import dataclass

from lianqiao.law.limit import (
    CALENDAR_DAYS,
    EVENT_DATE,
    HOURS,
    MONTHS,
    PERIODIC,
    ROLLING_UNITS,
    WORKING_DAYS,
    YEARS,
    Limit,
)
from lianqiao.law.statute import Regime
from lianqiao.law.text import Text


@dataclass(frozen=True, slots=True)
class UnitRule:
    """What is counted, and what becomes of an end on a day off."""

    name: Text
    counted: Text
    end: Text

    @property
    def sentence(self) -> Text:
        """The rule as one sentence."""
        return Text("{n}：{c}；{e}。", "{n}: {c}; {e}.").filled(n=self.name, c=self.counted, e=self.end)


MOVES = Text(
    "末日遇休息日的，顺延至下一工作日，写明不顺延的除外",
    "an end on a day off moves to the next working day, unless the limit does not roll",
)
STAYS = Text("末日不因休息日移动", "a day off does not move its end")
CANNOT = Text("末日总是工作日", "its end is always a working day")
SAME_NUMBER = Text(
    "至对应日，当月无对应日的至月末", "to the day with the same number, or the last day of a shorter month"
)
UNIT_RULES: dict[str, UnitRule] = {
    WORKING_DAYS: UnitRule(
        Text("工作日", "working days"),
        Text("只计工作日，含调休上班日", "working days only, make-up workdays among them"),
        CANNOT,
    ),
    CALENDAR_DAYS: UnitRule(Text("日", "calendar days"), Text("自然日，逐日计算", "every day"), MOVES),
    MONTHS: UnitRule(Text("月", "months"), SAME_NUMBER, MOVES),
    YEARS: UnitRule(Text("年", "years"), SAME_NUMBER, MOVES),
    HOURS: UnitRule(
        Text("小时", "hours"),
        Text("自钟点起连续计算，休息日照计", "exactly, from the time of day, through days off"),
        STAYS,
    ),
    EVENT_DATE: UnitRule(
        Text("由事项确定的日期", "a date set by the event"),
        Text("不计算，日期由事项写明", "nothing: the event sets the date"),
        STAYS,
    ),
    PERIODIC: UnitRule(
        Text("定期", "periodic"),
        Text(
            "每若干个月的第若干个工作日，取起算之后最近一次",
            "the n-th working day of every m-th month, the next one after the start",
        ),
        CANNOT,
    ),
}


def short(limit: Limit) -> Text:
    """A limit as `name figure`, with the kinds for which alone it is made."""
    kinds = f" [{', '.join(limit.kinds)}]" if limit.kinds else ""
    figure = Text("", "") if limit.unit == EVENT_DATE else limit.figure
    return Text(f"{limit.name} {figure.zh}{kinds}".strip(), f"{limit.name} {figure.en}{kinds}".strip())


def columns(held: Regime) -> dict[str, Text]:
    """The figures of a regime by the way in which they are counted.

    Keys: "working" (working days), "rolling" (days, months and years whose end moves off a day off), "fixed" (those
    whose end does not), "other" (hours, dates set by the event, periodic). Only what the law says, inherited figures
    among it (marked "*": assumed, not read).
    """
    groups: dict[str, list[Text]] = {"working": [], "rolling": [], "fixed": [], "other": []}
    for limit in held.limits:
        if not limit.statutory:
            continue
        if limit.unit == WORKING_DAYS:
            group = "working"
        elif limit.unit in ROLLING_UNITS:
            group = "rolling" if limit.rolls else "fixed"
        else:
            group = "other"
        said, star = short(limit), "*" if limit.inherited else ""
        groups[group].append(Text(said.zh + star, said.en + star))
    return {
        group: Text("；".join(said.zh for said in figures) or "-", "; ".join(said.en for said in figures) or "-")
        for group, figures in groups.items()
    }


def days_rule(held: Regime) -> Text:
    """What the regime itself says that a day is, else "-"."""
    rule = held.provision("days")
    return rule.text if rule else Text("-", "-")
