"""The calendar against the notices, against another package day by day, and where no notice exists."""

import hashlib
import math
from dataclasses import replace
from datetime import date, datetime, timedelta

import chinese_calendar
import pytest

from lianqiao.law.calendar import (
    BEIJING,
    FOLDER,
    NO_SOURCE,
    Calendar,
    CalendarError,
    china,
    extra_day,
    parse_year,
    read_year,
    years,
)
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


def test_beijing_time_is_eight_hours_ahead():
    assert datetime(2026, 1, 1, tzinfo=BEIJING).isoformat() == "2026-01-01T00:00:00+08:00"
    assert datetime(2026, 1, 1, tzinfo=BEIJING).tzname() == "Asia/Shanghai"


def test_day_says_its_weekday():
    week = china().span(date(2026, 3, 2), date(2026, 3, 8))
    assert [day.weekday.zh for day in week] == ["周一", "周二", "周三", "周四", "周五", "周六", "周日"]
    assert [day.weekday.en[:3] for day in week] == ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]


@pytest.mark.parametrize(
    ("day", "kind"),
    [
        (date(2026, 3, 2), "weekday"),
        (date(2026, 3, 7), "weekend"),
        (date(2026, 10, 1), "holiday"),
        (date(2026, 9, 20), "make_up"),
        (date(2027, 2, 9), "in_lieu"),
    ],
)
def test_day_says_of_which_kind_it_is(day, kind):
    assert china().day(day).kind == kind


def test_local_day_is_of_a_kind_of_its_own():
    assert extra_day(date(2026, 4, 14), working=False, reason=LOCAL, source=ORDER).kind == "local"


@pytest.mark.parametrize(
    ("day", "provisional", "source"),
    [
        (date(2026, 3, 2), False, ""),
        (date(2026, 3, 7), False, ""),
        (date(2026, 12, 28), False, ""),
        (date(2026, 12, 29), True, "尚无放假安排通知"),
        (date(2027, 3, 1), True, "尚无放假安排通知"),
        (date(2027, 3, 6), True, "尚无放假安排通知"),
        (date(2101, 1, 1), True, "尚无放假安排通知"),
    ],
)
def test_ordinary_day_without_a_notice_says_so(day, provisional, source):
    told = china().day(day)
    assert (told.provisional, told.source.zh) == (provisional, source)


def test_special_day_of_a_provisional_year_keeps_its_own_source():
    told = china().day(date(2027, 10, 1))
    assert told.provisional is True
    assert told.source == read_year(FOLDER / "china-2027.toml").specials[0].source != NO_SOURCE


def test_december_days_that_an_announced_year_names_are_certain():
    told = china().span(date(2018, 12, 27), date(2019, 1, 1))
    assert [day.provisional for day in told] == [True, True, False, False, False, False]
    assert told[2].source.zh == "国务院办公厅关于2019年部分节假日安排的通知（国办发明电〔2018〕15号）"


def test_december_days_are_certain_whatever_comes_after_the_year_that_names_them():
    assert Calendar([off_on("2025-12-05")]).day(date(2025, 12, 5)).provisional is False


def test_days_that_only_a_provisional_year_names_are_provisional():
    provisional = YEAR.replace("announced", "provisional")
    for day in ("2025-12-05", "2026-10-01", "2026-12-05"):
        assert Calendar([off_on(day, provisional)]).day(date.fromisoformat(day)).provisional is True
    announced_after = off_on("2027-05-01", YEAR.replace("2026", "2027", 1))
    assert Calendar([off_on("2026-10-01", provisional), announced_after]).day(date(2026, 10, 1)).provisional is True


def test_named_day_at_the_end_of_an_announced_year_waits_for_the_next():
    calendar = Calendar([off_on("2026-12-30")])
    assert calendar.day(date(2026, 12, 30)).provisional is True
    assert calendar.day(date(2026, 12, 30)).source == Text("通知（1）", "notice (1)")


def test_notices_are_those_of_the_year():
    assert [notice.number for notice in china().notice_for(2026)] == ["国办发明电〔2025〕7号"]
    assert len(china().notice_for(2020)) == 2
    assert china().notice_for(2018) == china().notice_for(2028) == ()


@pytest.mark.parametrize("amount", [0, -1, -30])
@pytest.mark.parametrize("start", [date(2026, 9, 21), date(2026, 9, 26), date(9999, 12, 31)])
def test_no_working_days_later_is_the_day_itself(start, amount):
    assert china().add_working_days(start, amount) == start


@pytest.mark.parametrize(
    ("day", "found"),
    [
        (date(2026, 9, 21), date(2026, 9, 21)),
        (date(2026, 9, 20), date(2026, 9, 20)),
        (date(2026, 3, 7), date(2026, 3, 9)),
        (date(2026, 10, 1), date(2026, 10, 8)),
        (date(9999, 12, 31), date(9999, 12, 31)),
    ],
)
def test_on_or_after_is_the_day_itself_or_the_next_working_day(day, found):
    assert china().on_or_after(day) == found


def test_columns_are_those_of_the_days_of_the_span():
    for first, last in [(date(2026, 9, 18), date(2026, 10, 12)), (date(2026, 1, 1), date(2026, 1, 1))]:
        flags, serials = china().columns(first, last)
        days = china().span(first, last)
        assert (days[0].date, days[-1].date, len(days)) == (first, last, (last - first).days + 1)
        assert (flags, serials) == ([day.working for day in days], [day.serial for day in days])


def test_serials_count_the_working_days():
    flags, serials = china().columns(date(2026, 9, 18), date(2026, 9, 27))
    assert flags == [True, False, True, True, True, True, True, False, False, False]
    assert [serial - serials[0] for serial in serials] == [0, 0, 1, 2, 3, 4, 5, 5, 5, 5]


@pytest.mark.parametrize(
    ("first", "last"),
    [
        (date(2026, 3, 3), date(2026, 3, 2)),
        (date(2017, 1, 10), date(2016, 12, 20)),
        (date(2035, 12, 31), date(2017, 1, 1)),
        (date(2036, 1, 1), date(2016, 12, 31)),
        (date(1900, 1, 10), date(1899, 12, 20)),
        (date(2200, 1, 1), date(1900, 1, 1)),
        (date(9999, 12, 31), date(1, 1, 1)),
    ],
)
def test_nothing_lies_between_a_day_and_an_earlier_one(first, last):
    calendar = Calendar(years())
    assert calendar.span(first, last) == ()
    assert calendar.columns(first, last) == ([], [])
    assert calendar.count_working_days(first, last) == 0
    assert calendar.is_provisional(first, last) is False


def test_time_begins_with_the_year_1():
    first = date(1, 1, 1)
    days = Calendar(years()).span(first, date(1, 1, 8))
    assert [day.date for day in days] == [first + DAY * step for step in range(8)]
    assert [day.working for day in days] == [True, True, True, True, True, False, False, True]
    assert [day.serial for day in days] == [1, 2, 3, 4, 5, 5, 5, 6]
    assert china().columns(first, date(1, 1, 8)) == ([day.working for day in days], [day.serial for day in days])
    assert china().day(first).date == first
    assert china().count_working_days(first, date(1, 1, 8)) == 5
    assert china().add_working_days(first, 5) == date(1, 1, 8)
    assert china().on_or_after(first) == first


def test_time_ends_with_the_year_9999():
    last = date(9999, 12, 31)  # a Friday
    assert china().day(last)[:2] == (last, True)
    assert [day.date for day in china().span(date(9999, 12, 30), last)] == [date(9999, 12, 30), last]
    assert china().columns(date(9999, 12, 25), last)[0] == [False, False, True, True, True, True, True]
    assert china().count_working_days(date(9999, 12, 24), last) == 5
    assert china().add_working_days(date(9999, 12, 24), 5) == last
    for start, amount in [(last, 1), (date(9999, 12, 24), 6)]:
        with pytest.raises(OverflowError):
            china().add_working_days(start, amount)


def test_notices_may_be_of_the_first_and_of_the_last_year():
    first = Calendar([off_on("0001-12-31", YEAR.replace("2026", "2", 1))])
    last = Calendar([off_on("9999-12-31", YEAR.replace("2026", "9999", 1))])
    assert (first.day(date(1, 1, 1)).working, first.day(date(1, 12, 31)).working) == (True, False)
    assert (last.day(date(9999, 12, 30)).working, last.day(date(9999, 12, 31)).working) == (True, False)


@pytest.mark.parametrize("year", [1900, 1948, 1949, 2016, 2036, 2100, 2101, 2104])
def test_far_year_is_told_from_its_first_to_its_last_day(year):
    calendar, days = Calendar(years()), days_of(year)
    assert [calendar.day(day).date for day in (days[0], days[-1])] == [days[0], days[-1]]
    assert [calendar.is_working(day) for day in days] == [day.weekday() < 5 for day in days]
    assert [day.date for day in calendar.span(days[0], days[-1])] == days
    assert calendar.is_provisional(days[0], days[-1]) is True


def test_count_reaches_over_years_that_are_not_held():
    weekdays = sum(day.weekday() < 5 for year in range(2100, 2103) for day in days_of(year))
    assert china().count_working_days(date(2099, 12, 31), date(2102, 12, 31)) == weekdays
    assert Calendar(years()).count_working_days(date(2035, 12, 31), date(2036, 1, 4)) == 4  # Tuesday to Friday


@pytest.mark.parametrize(
    ("start", "amount", "found"),
    [
        (date(2035, 12, 31), 1, date(2036, 1, 1)),
        (date(2035, 12, 28), 262, date(2036, 12, 30)),
        (date(2035, 12, 28), 264, date(2037, 1, 1)),
        (date(2100, 12, 31), 1, date(2101, 1, 3)),
        (date(1948, 12, 31), 5, date(1949, 1, 7)),
        (date(3000, 12, 26), 4, date(3001, 1, 1)),
    ],
)
def test_working_days_are_added_beyond_the_years_held(start, amount, found):
    assert Calendar(years()).add_working_days(start, amount) == found


def test_next_working_day_is_found_after_a_long_closure():
    closed = [date(2040, 11, 1) + DAY * step for step in range(120)]
    local = Calendar(years(), [extra_day(day, working=False, reason=LOCAL, source=ORDER) for day in closed])
    assert local.add_working_days(date(2040, 11, 15), 1) == date(2041, 3, 1)
    assert local.on_or_after(closed[0]) == date(2041, 3, 1)


def test_provisional_days_are_seen_beyond_the_days_held_at_first():
    place = extra_day(date(2035, 12, 31), working=False, reason=LOCAL, source=ORDER)
    assert Calendar(years(), [place]).is_provisional(place.date, place.date) is False
    assert Calendar(years(), [place]).is_provisional(place.date, date(2036, 1, 1)) is True


def held_by(calendar):
    return calendar._table.first, calendar._table.last


def test_table_holds_two_years_before_the_notices_and_eight_after_and_is_built_once():
    calendar = Calendar(years())
    table = calendar._table
    for day in (date(2017, 1, 1), date(2035, 12, 31)):
        calendar.day(day)
        calendar.span(day, day)
    calendar.span(date(2017, 1, 1), date(2035, 12, 31))
    calendar.add_working_days(date(2035, 12, 28), 1)
    assert held_by(calendar) == (2017, 2035)
    assert calendar._table is table


@pytest.mark.parametrize(
    ("day", "held"),
    [
        (date(2016, 12, 31), (2016, 2035)),
        (date(2036, 1, 1), (2017, 2036)),
        (date(1949, 1, 1), (1949, 2035)),
        (date(1948, 12, 31), (2017, 2035)),
        (date(2100, 12, 31), (2017, 2100)),
        (date(2101, 1, 1), (2017, 2035)),
        (date(9999, 12, 31), (2017, 2035)),
    ],
)
def test_table_grows_only_to_years_in_which_somebody_may_have_a_limit(day, held):
    calendar = Calendar(years())
    calendar.day(day)
    assert held_by(calendar) == held
    calendar.day(date(2026, 3, 2))
    assert held_by(calendar) == held


def test_table_grows_no_further_than_the_answer_asks():
    calendar = Calendar(years())
    assert calendar.add_working_days(date(2035, 12, 31), 1) == date(2036, 1, 1)
    assert held_by(calendar) == (2017, 2036)
    calendar.span(date(2099, 1, 1), date(2101, 1, 1))
    calendar.span(date(1948, 1, 1), date(1949, 1, 1))
    assert held_by(calendar) == (2017, 2036)


def test_calendar_without_any_year_counts_weekdays():
    calendar = Calendar([])
    assert calendar.add_working_days(date(2026, 9, 30), 1) == date(2026, 10, 1)
    assert calendar.is_provisional(date(2026, 9, 30), date(2026, 10, 1)) is True


def test_province_adds_a_day_of_its_own():
    day = date(2026, 4, 14)
    local = Calendar(years(), [extra_day(day, working=False, reason=LOCAL, source=ORDER)])
    assert local.add_working_days(date(2026, 4, 13), 1) == date(2026, 4, 15)
    assert (local.day(day).reason, local.day(day).source, local.day(day).provisional) == (LOCAL, ORDER, False)
    assert local.version != china().version


def test_version_names_the_years_and_is_stable():
    assert china().version == Calendar(reversed(years())).version
    assert china().version.startswith("2019-2027/")


def version_of(facts):
    return hashlib.sha256(facts.encode()).hexdigest()[:12]


def test_version_can_be_told_from_the_files():
    digests = [hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(FOLDER.glob("china-*.toml"))]
    assert china().version == f"2019-2027/{version_of(chr(10).join(digests))}"
    assert Calendar([]).version == f"none/{version_of('')}"


def test_version_changes_with_each_fact():
    first, second = (extra_day(date(2026, 4, day), working=False, reason=LOCAL, source=ORDER) for day in (14, 15))
    made = [
        Calendar(years()),
        Calendar(years()[1:]),
        Calendar(years()[:-1]),
        Calendar([*years()[:-1], replace(years()[-1], digest="0")]),
        Calendar(years(), [first]),
        Calendar(years(), [second]),
        Calendar(years(), [first, second]),
        Calendar(years(), [replace(first, working=True), second]),
        Calendar(years(), [replace(first, source=LOCAL), second]),
    ]
    assert len({calendar.version for calendar in made}) == len(made)
    assert Calendar(years(), [second, first]).version == made[6].version


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
GAMES = '[[holiday]]\nname = { zh = "运动会", en = "Games" }\n'


def year_with(rows, year=YEAR):
    return parse_year("games.toml", (year + GAMES + rows).encode())


def off_on(day, year=YEAR):
    return year_with(f"first = {day}\nlast = {day}", year)


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
        ('first = 2026-10-01\nlast = "2026-10-02"', "is not written as it should be: '2026-10-02' is no date"),
        ('first = 2026-10-01\nlast = 2026-10-01\nwork = ["2026-10-10"]', "is not written as it should be: '2026-10-10' is no date"),
        ('first = 2026-10-01T00:00:00\nlast = 2026-10-01T00:00:00',
         "is not written as it should be: datetime.datetime(2026, 10, 1, 0, 0) is no date"),
        ('first = 2026-10-01\nlast = 2026-10-01\nwork = [2026-10-10T09:00:00]',
         "is not written as it should be: datetime.datetime(2026, 10, 10, 9, 0) is no date"),
        ('first = 2026-10-01\nlast = 2026-10-01\nnotice = 1', "National Day: notice should be a whole number from 0 to 0"),
        ('first = 2026-10-01\nlast = 2026-10-01\nnotice = -1', "National Day: notice should be a whole number from 0 to 0"),
        ('first = 2026-10-01\nlast = 2026-10-01\nnotice = "0"', "National Day: notice should be a whole number from 0 to 0"),
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
        ("holiday = []" + YEAR, "holds no day, or no notice"),
        ("holiday = []\nnotice = []" + YEAR.partition("[[")[0], "holds no day, or no notice"),
        ("notice = []" + YEAR.partition("[[")[0] + GAMES + "first = 2026-10-01\nlast = 2026-10-01", "holds no day, or no notice"),
        (YEAR + 'number_marc = "V2"\n' + GAMES + "first = 2026-10-01\nlast = 2026-10-01", "there is no such key as number_marc"),
        (YEAR.replace("2026", "1", 1) + "[[holiday]]", "name is missing"),
        ("holiday = []" + YEAR.replace("2026", "1", 1), "is not written as it should be: year 0 is out of range"),
        ("holiday = []" + YEAR.replace("2026", "10000", 1), "is not written as it should be: year 10000 is out of range"),
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


@pytest.mark.parametrize("region", ['"成都"', '"5101000"', "5101", '"５１０１"', '"51 01"', '["51"]'])
def test_region_is_refused_where_it_is_not_up_to_six_digits(region):
    with pytest.raises(CalendarError) as refused:
        off_on("2026-10-01", f"region = {region}\n{YEAR}")
    assert refused.value.what.en.endswith("is not the beginning of a division code")


@pytest.mark.parametrize("region", ["", "5", "51", "510104"])
def test_region_is_read_where_it_has_up_to_six_digits(region):
    year = off_on("2026-10-01", f'region = "{region}"\n{YEAR}')
    assert (year.region, year.specials[0].kind) == (region, "local" if region else "holiday")


def test_refusal_names_the_file_in_both_languages():
    with pytest.raises(CalendarError) as refused:
        year_with("first = 2026-10-01")
    assert refused.value.in_("zh") == "games.toml: 缺少 last"
    assert refused.value.in_("en") == "games.toml: last is missing"


def test_notice_is_read_with_all_that_is_said_of_it():
    year = off_on("2026-10-01")
    (notice,) = year.notices
    assert (year.year, year.announced, year.mark, year.region) == (2026, True, "V2", "")
    assert (notice.title, notice.number, notice.date) == (Text("通知", "notice"), "1", date(2025, 11, 4))
    assert (notice.number_mark, notice.source) == ("K", Text("通知（1）", "notice (1)"))
    assert year.specials[0].source == notice.source


def test_notice_need_not_say_how_well_it_is_known():
    year = off_on("2026-10-01", YEAR.replace('mark = "V2"', "").replace('number_mark = "K"', ""))
    assert (year.mark, year.notices[0].number_mark) == ("", "")


@pytest.mark.parametrize("day", ["2025-12-01", "2026-01-01", "2026-12-31"])
def test_year_may_name_days_from_the_december_before_to_its_end(day):
    assert [special.date.isoformat() for special in off_on(day).specials] == [day]


def test_holiday_may_last_a_month_of_thirty_one_days():
    assert len(year_with("first = 2026-10-01\nlast = 2026-10-31").specials) == 31


@pytest.mark.parametrize(
    ("region", "days", "span"),
    [
        ("", "first = 2026-10-01\nlast = 2026-10-02", (date(2025, 12, 29), date(2026, 12, 31))),
        ("", "first = 2025-12-05\nlast = 2025-12-05\nwork = [2026-01-04]", (date(2025, 12, 5), date(2026, 12, 31))),
        ("51", "first = 2026-12-31\nlast = 2026-12-31", (date(2026, 1, 1), date(2026, 12, 31))),
        ("51", "first = 2025-12-31\nlast = 2026-01-01", (date(2025, 12, 31), date(2026, 12, 31))),
    ],
)
def test_span_holds_all_days_on_which_the_file_may_make_a_difference(region, days, span):
    assert year_with(days, f'region = "{region}"\n{YEAR}').span == span


def test_span_reaches_to_what_was_added_after_the_year():
    year = off_on("2026-10-01")
    assert replace(year, specials=(replace(year.specials[0], date=date(2027, 1, 2)),)).span[1] == date(2027, 1, 2)


def test_local_days_are_added_where_they_were_declared():
    days = "first = 2026-09-21\nlast = 2026-09-22\nwork = [2026-09-19]"

    year = year_with(days, f'region = "5101"\n{YEAR}')

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
