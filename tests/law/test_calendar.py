"""The calendar against the notices, against another package day by day, and where no notice exists."""

import math
from datetime import date, datetime, timedelta

import chinese_calendar
import pytest

from lianqiao.law.calendar import FOLDER, Calendar, CalendarError, china, extra_day, parse_year, read_year, years
from lianqiao.law.text import Text

DAY = timedelta(days=1)
LOCAL = Text("泼水节放假", "Water Festival")
ORDER = Text("州政府通知", "order of the prefecture")


def days_of(year):
    return [date(year, 1, 1) + DAY * step for step in range((date(year + 1, 1, 1) - date(year, 1, 1)).days)]


@pytest.mark.parametrize("year", range(2019, 2027))
def test_calendar_agrees_with_another_package_every_day(year):
    assert [china().is_working(day) for day in days_of(year)] == [
        chinese_calendar.is_workday(day) for day in days_of(year)
    ]


@pytest.mark.parametrize(
    ("year", "count"),
    [(2019, 250), (2020, 249), (2021, 250), (2022, 249), (2023, 249), (2024, 251), (2025, 248), (2026, 248)],
)
def test_calendar_counts_the_working_days_of_a_year(year, count):
    assert china().count_working_days(date(year - 1, 12, 31), date(year, 12, 31)) == count
    assert sum(china().is_working(day) for day in days_of(year)) == count


def test_day_gives_its_reason_and_its_notice():
    makeup, holiday = china().day(date(2026, 9, 20)), china().day(date(2026, 10, 1))
    assert (makeup.working, makeup.reason) == (True, Text("国庆节调休上班", "make-up workday for National Day"))
    assert (holiday.working, holiday.reason) == (False, Text("国庆节放假", "National Day holiday"))
    assert makeup.source.zh == "国务院办公厅关于2026年部分节假日安排的通知（国办发明电〔2025〕7号）"
    assert china().day(date(2026, 9, 19)).reason == Text("周六", "Saturday")
    assert china().day(date(2026, 9, 21)).reason == Text("工作日", "working day")


def test_day_cites_the_later_notice_where_one_changed_the_year():
    assert (
        china().day(date(2020, 1, 31)).source.zh == "国务院办公厅关于延长2020年春节假期的通知（国办发明电〔2020〕1号）"
    )
    assert (
        china().day(date(2019, 5, 2)).source.zh
        == "国务院办公厅关于调整2019年劳动节假期安排的通知（国办发明电〔2019〕3号）"
    )


def test_day_of_the_december_before_follows_the_notice_of_the_next_year():
    assert china().day(date(2018, 12, 29)).kind == "make_up"
    assert china().day(date(2018, 12, 31)).working is False


def test_provisional_year_holds_the_statutory_days_and_those_in_lieu():
    off = [day for day in days_of(2027) if not china().is_working(day) and day.weekday() < 5]
    assert [day.strftime("%m-%d") for day in off] == [
        "01-01", "02-05", "02-08", "02-09", "02-10", "04-05", "05-03", "05-04", "06-09", "09-15", "10-01", "10-04", "10-05",
    ]  # fmt: skip
    assert all(china().day(day).provisional for day in days_of(2027))


def test_statutory_days_are_thirteen():
    named = [special for special in read_year(FOLDER / "china-2027.toml").specials if special.kind == "holiday"]
    assert len(named) == 13


@pytest.mark.parametrize("year", [1950, 2017, 2028, 2100, 3000])
def test_year_without_notice_counts_weekdays_and_is_provisional(year):
    monday = next(day for day in days_of(year) if day.weekday() == 0 and day.month == 6)
    assert china().add_working_days(monday, 5) == monday + 7 * DAY
    assert china().is_provisional(monday, monday)


def test_last_days_of_the_last_announced_year_are_provisional():
    assert [china().day(date(2026, 12, day)).provisional for day in (28, 29, 30, 31)] == [False, True, True, True]
    assert china().day(date(2025, 12, 31)).provisional is False


def test_add_working_days_refuses_the_end_of_time():
    with pytest.raises(OverflowError):
        china().add_working_days(date(9999, 12, 30), 60)


def test_province_adds_a_day_of_its_own():
    day = date(2026, 4, 14)
    local = Calendar(years(), [extra_day(day, working=False, reason=LOCAL, source=ORDER)])
    assert local.add_working_days(date(2026, 4, 13), 1) == date(2026, 4, 15)
    assert (local.day(day).reason, local.day(day).source, local.day(day).provisional) == (LOCAL, ORDER, False)
    assert local.version != china().version


def test_version_names_the_years_and_is_stable():
    assert china().version == Calendar(years()).version
    assert china().version.startswith("2019-2027/")


YEAR = """
year = 2026
status = "announced"
mark = "V2"
[[notice]]
title = { zh = "通知", en = "notice" }
number = "1"
date = 2025-11-04
number_mark = "K"
"""


@pytest.mark.parametrize(
    ("rows", "says"),
    [
        ('first = 2026-10-07\nlast = 2026-10-01', "National Day: last 2026-10-01 lies before first 2026-10-07"),
        ('first = 2026-10-01\nlast = 2026-11-01', "National Day: 32 days off are too many"),
        ('first = 2026-10-01\nlast = 2026-10-01\nwork = [2026-09-21]', "National Day: make-up workday 2026-09-21 is not a Saturday or Sunday"),
        ('first = 2026-10-03\nlast = 2026-10-03\nwork = [2026-10-03]', "2026-10-03 is named twice (a day is either off or worked)"),
        ('first = 2026-12-31\nlast = 2027-01-01', "2027-01-01 lies outside 2026 (and the December before it)"),
        ('first = 2025-11-30\nlast = 2025-11-30', "2025-11-30 lies outside 2026 (and the December before it)"),
        ('first = 2026-10-01', "last is missing"),
        ('first = 2026-10-01\nlast = 2026-10-01\nworks = [2026-10-10]', "there is no such key as works"),
        ('first = "2026-10-01"\nlast = "2026-10-02"', "is not written as it should be: '2026-10-01' is no date"),
        ('first = 2026-10-01\nlast = 2026-10-01\nnotice = 1', "is not written as it should be: tuple index out of range"),
    ],
)  # fmt: skip
def test_year_refuses_what_contradicts_itself(rows, says):
    text = YEAR + '[[holiday]]\nname = { zh = "国庆节", en = "National Day" }\n' + rows
    with pytest.raises(CalendarError) as refused:
        parse_year("china-2026.toml", text.encode())
    assert str(refused.value) == f"china-2026.toml: {says}"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (YEAR, "holiday is missing"),
        (YEAR.replace("announced", "rumoured"), "status rumoured is neither announced nor provisional"),
        ("year = ", "is not valid TOML: Invalid value (at end of document)"),
        ('region = "成都"\n' + YEAR + '[[holiday]]\nname = { zh = "元旦", en = "New Year" }\nfirst = 2026-01-01\nlast = 2026-01-01',
         "region 成都 is not the beginning of a division code"),
    ],
)  # fmt: skip
def test_year_refuses_what_is_no_notice(text, says):
    with pytest.raises(CalendarError) as refused:
        parse_year("notice.toml", text.encode())
    assert str(refused.value) == f"notice.toml: {says}"


@pytest.mark.parametrize(
    "text", ["a = " + "[" * 3000, "year = " + "9" * 5000, "holiday = []" + YEAR.replace("2026", "9" * 20, 1)]
)  # fmt: skip
def test_year_refuses_what_no_machine_can_hold(text):
    with pytest.raises(CalendarError):
        parse_year("notice.toml", text.encode())


def test_local_days_are_added_where_they_were_declared():
    text = (
        'region = "5101"\n'
        + YEAR
        + '[[holiday]]\nname = { zh = "运动会", en = "Games" }\nfirst = 2026-09-21\nlast = 2026-09-22\nwork = [2026-09-19]'
    )

    year = parse_year("games.toml", text.encode())

    local = Calendar(years(), extra=year.specials)
    assert (year.region, year.span) == ("5101", (date(2026, 1, 1), date(2026, 12, 31)))
    assert [local.is_working(date(2026, 9, day)) for day in (19, 20, 21, 22, 23)] == [True, True, False, False, True]
    assert (local.day(date(2026, 9, 21)).kind, local.day(date(2026, 9, 21)).reason.en) == ("local", "Games holiday")


def new_moon(month: int) -> datetime:
    """The new moon number `month` after 2000, in Beijing time, by the main terms of Meeus chapter 49 (to a minute)."""
    t = month / 1236.85
    e = 1 - 0.002516 * t
    sun, moon, node, omega = (
        math.radians(angle)
        for angle in (
            2.5534 + 29.10535670 * month,
            201.5643 + 385.81693528 * month + 0.0107582 * t * t,
            160.7108 + 390.67050284 * month - 0.0016118 * t * t,
            124.7746 - 1.56375588 * month,
        )
    )
    terms = [
        (-0.40720, moon), (0.17241 * e, sun), (0.01608, 2 * moon), (0.01039, 2 * node), (0.00739 * e, moon - sun),
        (-0.00514 * e, moon + sun), (0.00208 * e * e, 2 * sun), (-0.00111, moon - 2 * node), (-0.00057, moon + 2 * node),
        (0.00056 * e, 2 * moon + sun), (-0.00042, 3 * moon), (0.00042 * e, sun + 2 * node), (0.00038 * e, sun - 2 * node),
        (-0.00024 * e, 2 * moon - sun), (-0.00017, omega), (0.000325, math.radians(299.77 + 0.107408 * month)),
    ]  # fmt: skip
    days = 2451550.09766 + 29.530588861 * month + sum(size * math.sin(angle) for size, angle in terms) - 2451545.0
    return datetime(2000, 1, 1, 12) + timedelta(days=days, hours=8, seconds=-70)  # noqa: DTZ001


@pytest.mark.parametrize(
    ("month", "day_of_month", "holiday"),
    [(335, 1, date(2027, 2, 6)), (339, 5, date(2027, 6, 9)), (342, 15, date(2027, 9, 15))],
)
def test_lunar_holidays_of_2027_follow_the_new_moons(month, day_of_month, holiday):
    assert new_moon(month).date() + (day_of_month - 1) * DAY == holiday
    assert china().day(holiday).kind == "holiday"
