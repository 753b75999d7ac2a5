"""The rules of the units on which regimes differ: worked by hand over one holiday, then for every figure that is loaded."""

from datetime import UTC, date, datetime

import pytest

from lianqiao.law.calendar import china
from lianqiao.law.clock import explain
from lianqiao.law.limit import EVENT_DATE, HOURS, PERIODIC, ROLLING_UNITS, UNITS, WORKING_DAYS
from lianqiao.law.regime import regime, regimes
from lianqiao.law.units import UNIT_RULES, columns, days_rule

# National Day 2026: off 1-7 October, Saturday 10 October is worked.
BY_HAND = [
    # regime             limit              from          to            because
    ("cn-mofcom-2020-3", "accept",          "2026-09-28", "2026-10-13"),  # 7 working days: 29, 30, 8, 9, 10, 12, 13
    ("gd-fie-2022",      "accept",          "2026-09-28", "2026-10-10"),  # 5 working days, the worked Saturday is the fifth
    ("hb-fie-2022",      "accept",          "2026-09-28", "2026-10-08"),  # 5 days end on 3 October and roll
    ("cn-recon-2023",    "accept",          "2026-09-28", "2026-10-10"),  # the law says 5 days and means working days
    ("cn-petition-2022", "transfer",        "2026-09-28", "2026-10-13"),  # 15 days, on a working day
    ("cn-petition-2022", "dispute",         "2026-09-28", "2026-10-10"),  # 5 working days in the same regulation
    ("ha-yshj-2020",     "transfer",        "2026-09-28", "2026-10-08"),
    ("ha-yshj-2020",     "handle",          "2026-09-03", "2026-10-08"),  # 30 days end on 3 October and roll
    ("cn-mofcom-2020-3", "absence",         "2026-09-03", "2026-10-03"),  # 30 consecutive days do not roll
    ("cn-mofcom-2020-3", "report",          "2025-10-03", "2026-10-08"),  # one year, rolls
    ("credit-2026",      "publish_general", "2025-10-03", "2026-10-03"),  # one year, ends by itself
    ("credit-2026",      "publish_minor",   "2026-07-03", "2026-10-03"),  # three months, ends by itself
    ("hb-fie-2022",      "handle",          "2026-09-28", "2026-11-27"),  # 60 days
    ("cn-mofcom-2020-3", "handle",          "2026-09-28", "2026-12-25"),  # 60 working days, four weeks later
    ("cn-mofcom-2020-3", "summary",         "2026-09-28", "2026-11-10"),  # 7th working day of November
]  # fmt: skip


@pytest.mark.parametrize(("code", "name", "start", "due"), BY_HAND)
def test_limit_ends_as_counted_by_hand_over_national_day(code, name, start, due):
    told = explain(regime(code).limit(name), date.fromisoformat(start), china())
    assert told.due == date.fromisoformat(due)


FIGURES = [
    pytest.param(limit, id=f"{held.id}-{limit.name}-{'-'.join(limit.kinds)}")
    for held in regimes().values()
    for limit in held.limits
    if limit.amount is not None and limit.unit != EVENT_DATE
]


@pytest.mark.parametrize("limit", FIGURES)
@pytest.mark.parametrize("start", [datetime(2026, 9, day, 4, tzinfo=UTC) for day in (2, 25, 30)])
def test_figure_ends_as_its_unit_says(limit, start):
    told = explain(limit, start, china())
    if limit.unit == HOURS:
        assert (told.due_at - start).total_seconds() == limit.amount * 3600
    elif limit.unit in (WORKING_DAYS, PERIODIC):
        assert china().is_working(told.due)
    if limit.unit == WORKING_DAYS:
        assert china().count_working_days(start.date(), told.due) == limit.amount
    if limit.unit in ROLLING_UNITS:
        assert told.due == (china().on_or_after(told.end.nominal) if limit.rolls else told.end.nominal)


def test_every_unit_has_its_rule():
    assert list(UNIT_RULES) == ["working_days", "calendar_days", "months", "years", "hours", "event_date", "periodic"]
    assert set(UNIT_RULES) == set(UNITS)


def test_columns_sort_figures_by_the_way_they_are_counted():
    assert {group: said.en for group, said in columns(regime("cn-mofcom-2020-3")).items()} == {
        "working": "correct 7 working days; supplement 15 working days; accept 7 working days; handle 60 working days; deliver 3 working days",
        "rolling": "report 1 year",
        "fixed": "absence 30 calendar days",
        "other": "summary working day 7 of every 2 months",
    }
    assert columns(regime("hb-fie-2022"))["working"].zh == "deliver 3个工作日*"
    assert {said.en for said in columns(regime("node-target")).values()} == {"-"}
    assert columns(regime("roundtable-yz"))["other"].en == "handle"


def test_regime_says_itself_what_a_day_is():
    said = {held.id: days_rule(held).zh for held in regimes().values() if days_rule(held).zh != "-"}
    assert said == {
        "cn-recon-2023": "有关“三日”“五日”“七日”“十日”的规定指工作日，不含法定休假日",
        "cn-petition-2022": "除写明工作日外，“日”为自然日",
        "hb-fie-2022": "所称“日”为自然日",
    }
