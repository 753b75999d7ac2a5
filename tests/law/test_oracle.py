"""The clock against an independent reckoning, and that reckoning against planted faults."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from tests.law import oracle

from lianqiao.law import clock
from lianqiao.law.calendar import Calendar
from lianqiao.law.limit import UNITS


def wrong(many: int) -> int:
    return sum(bool(oracle.differences(1, number)) for number in range(many))


def test_the_clock_and_an_independent_reckoning_agree_in_everything_that_is_drawn():
    assert wrong(150) == 0


def test_every_kind_of_limit_and_disturbance_is_drawn():
    draws = [oracle.drawn(7, number) for number in range(600)]
    assert {draw.limit.unit for draw in draws} == set(UNITS)
    for what in ("pauses", "extensions", "carried_from", "floor"):
        assert sum(bool(getattr(draw, what)) for draw in draws) > 60
    assert sum(draw.notices.third_voice for draw in draws) > 60
    assert sum(bool(draw.notices.local) for draw in draws) > 60


def a_day_late(monkeypatch):
    reached = Calendar.add_working_days
    monkeypatch.setattr(Calendar, "add_working_days", lambda self, start, amount: reached(self, start, amount + 1))


def months_of_thirty_days(monkeypatch):
    monkeypatch.setattr(clock, "add_months", lambda day, months: day + timedelta(days=30 * months))


def the_day_of_resumption_is_lost(monkeypatch):
    monkeypatch.setattr(
        clock, "_paused_spans", lambda pauses: [(first, last and last + 1) for first, last in spans(pauses)]
    )


def a_day_worked_in_lieu_is_forgotten(monkeypatch):
    day = date(2024, 2, 18)
    works = oracle.Notices.works
    monkeypatch.setattr(oracle.Notices, "works", lambda self, asked: asked != day and works(self, asked))


def a_notice_to_come_is_not_told(monkeypatch):
    monkeypatch.setattr(clock.Explanation, "provisional", False)


spans = clock._paused_spans


@pytest.mark.parametrize(
    "plant",
    [
        a_day_late,
        months_of_thirty_days,
        the_day_of_resumption_is_lost,
        a_day_worked_in_lieu_is_forgotten,
        a_notice_to_come_is_not_told,
    ],
)
def test_a_planted_fault_is_found(plant, monkeypatch):
    plant(monkeypatch)
    assert wrong(200) > 0


def test_a_month_too_short_for_its_report_is_counted_on_and_no_report_is_lost():
    """Found among a hundred thousand: the fifteenth working day of a February with a long holiday and days that a place took off."""
    assert oracle.differences(7, 58610) == []
    draw = replace(oracle.drawn(7, 58610), start=date(2022, 2, 28))
    assert clock.due_date(draw.limit, draw.start, draw.calendar) == oracle.reckon(draw).due == date(2022, 3, 1)
    later = replace(draw, start=date(2022, 3, 1))
    assert clock.due_date(later.limit, later.start, later.calendar) == oracle.reckon(later).due
    longer = replace(draw, limit=replace(draw.limit, amount=18), start=date(2022, 3, 2))
    assert clock.due_date(longer.limit, longer.start, longer.calendar) == oracle.reckon(longer).due == date(2022, 3, 4)
