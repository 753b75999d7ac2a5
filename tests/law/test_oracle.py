"""The clock against an independent reckoning, and that reckoning against planted faults."""

from datetime import date, timedelta

import pytest
from tests.law import oracle

from lianqiao.law import clock
from lianqiao.law.calendar import Calendar
from lianqiao.law.limit import UNITS

DAY = timedelta(days=1)


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
    def a_day_longer(*asked, pauses=(), **more):
        return explain(
            *asked, pauses=[pause._replace(last=pause.last and pause.last + DAY) for pause in pauses], **more
        )

    monkeypatch.setattr(clock, "explain", a_day_longer)


def a_day_worked_in_lieu_is_forgotten(monkeypatch):
    day = date(2024, 2, 18)
    works = oracle.Notices.works
    monkeypatch.setattr(oracle.Notices, "works", lambda self, asked: asked != day and works(self, asked))


def a_notice_to_come_is_not_told(monkeypatch):
    monkeypatch.setattr(clock.Explanation, "provisional", False)


explain = clock.explain


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
