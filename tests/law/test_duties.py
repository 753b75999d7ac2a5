"""What is due again and again: the days, the time that it is about, the reason."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from lianqiao.law.calendar import Calendar, china, extra_day, years
from lianqiao.law.duties import COVERS, case_due, dues, duties, next_due
from lianqiao.law.regime import regime, regimes
from lianqiao.law.text import Text

YEAR = date(2025, 1, 1), date(2025, 12, 31)


def test_duties_are_five():
    assert list(duties()) == ["summary", "archive", "roundtable", "arrears", "one-year"]
    assert {duty.covers for duty in duties().values()} == set(COVERS)


def test_duty_says_who_owes_it_and_how_well_it_is_known():
    told = {code: (duty.owed_by, duty.article, duty.mark, duty.verified) for code, duty in duties().items()}
    assert told == {
        "summary": ("provincial", "", "", False),
        "archive": ("competent", "24", "K-high", False),
        "roundtable": ("competent", "unknown", "V2", False),
        "arrears": ("", "unknown", "V1", True),
        "one-year": ("", "", "", False),
    }


def test_two_monthly_report_falls_on_the_seventh_working_day_of_odd_months():
    found = dues(duties()["summary"], *YEAR, china())
    assert [due.due.strftime("%m-%d") for due in found] == ["01-10", "03-11", "05-14", "07-09", "09-09", "11-11"]


def test_two_monthly_report_is_about_the_two_months_before():
    found = [(due.first.isoformat(), due.last.isoformat()) for due in dues(duties()["summary"], *YEAR, china())]
    assert found == [
        ("2024-11-01", "2024-12-31"), ("2025-01-01", "2025-02-28"), ("2025-03-01", "2025-04-30"),
        ("2025-05-01", "2025-06-30"), ("2025-07-01", "2025-08-31"), ("2025-09-01", "2025-10-31"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("code", "after", "due", "first", "last"),
    [
        ("summary", "2025-01-09", "2025-01-10", "2024-11-01", "2024-12-31"),
        ("summary", "2025-01-10", "2025-03-11", "2025-01-01", "2025-02-28"),
        ("summary", "2026-10-01", "2026-11-10", "2026-09-01", "2026-10-31"),
        ("archive", "2026-09-18", "2026-12-31", "2026-01-01", "2026-12-31"),
        ("archive", "2026-12-31", "2027-12-31", "2027-01-01", "2027-12-31"),
        ("roundtable", "2026-09-18", "2026-09-30", "2026-07-01", "2026-09-30"),
        ("roundtable", "2026-12-30", "2026-12-31", "2026-10-01", "2026-12-31"),
        ("roundtable", "2026-12-31", "2027-03-31", "2027-01-01", "2027-03-31"),
        ("arrears", "2026-03-30", "2026-03-31", "2025-01-01", "2025-12-31"),
        ("arrears", "2026-03-31", "2027-03-31", "2026-01-01", "2026-12-31"),
        ("arrears", "2024-01-01", "2026-03-31", "2025-01-01", "2025-12-31"),
    ],
)
def test_next_time_follows_the_day(code, after, due, first, last):
    found = next_due(duties()[code], date.fromisoformat(after), china())
    assert (found.due, found.first, found.last) == tuple(map(date.fromisoformat, (due, first, last)))


@pytest.mark.parametrize(
    ("month", "first", "last"), [(1, "01-01", "03-31"), (4, "04-01", "06-30"), (11, "10-01", "12-31")]
)
def test_quarter_is_that_of_the_day(month, first, last):
    told = next_due(replace(duties()["roundtable"], dates=((month, 15),)), date(2025, 12, 31), china())
    assert (told.first, told.last) == (date.fromisoformat(f"2026-{first}"), date.fromisoformat(f"2026-{last}"))


@pytest.mark.parametrize(
    ("first", "last", "found"),
    [
        ("2025-01-10", "2025-03-11", ["01-10", "03-11"]),
        ("2025-01-11", "2025-03-11", ["03-11"]),
        ("2025-01-10", "2025-03-10", ["01-10"]),
        ("2025-03-11", "2025-03-11", ["03-11"]),
        ("2025-03-12", "2025-03-11", []),
    ],
)
def test_first_and_last_day_of_a_time_belong_to_it(first, last, found):
    told = dues(duties()["summary"], date.fromisoformat(first), date.fromisoformat(last), china())
    assert [due.due.strftime("%m-%d") for due in told] == found


def test_day_is_provisional_where_one_day_of_its_count_is():
    order = Text("州政府通知", "order of the prefecture")
    local = [date(2027, 1, 2) + timedelta(days=step) for step in range(11)]
    said = Calendar(years(), [extra_day(day, working=day.weekday() < 5, reason=order, source=order) for day in local])
    assert next_due(duties()["summary"], date(2026, 12, 1), said).provisional is True  # 1 January has no notice yet


def test_day_without_a_notice_is_provisional():
    assert next_due(duties()["summary"], date(2026, 9, 18), china()).provisional is False
    told = next_due(duties()["summary"], date(2026, 12, 1), china())
    assert (told.due, told.provisional) == (date(2027, 1, 12), True)
    assert told.sentences("zh")[-1] == "暂定：有关日期尚无放假安排通知。"


def test_report_explains_its_day():
    told = next_due(duties()["summary"], date(2025, 4, 1), china())
    lines = told.sentences("zh")
    assert lines[:6] == [
        "两月一报：汇总前两个月投诉情况，报全国外资投诉中心（第25条；未核实：按一般了解录入，与已核实部分相符，待核对条文）。",
        "责任单位：省级投诉工作机构；下级机构须赶在其前报送，日期由上级规定。",
        "期间：2025-03-01 至 2025-04-30（前两个月）。",
        "2025-05-01 周四 劳动节放假：不计入",
        "2025-05-02 周五 劳动节放假：不计入",
        "2025-05-03 周六 劳动节放假：不计入",
    ]
    assert lines[-2:] == ["2025-05-14 周三：第7个工作日", "应于 2025-05-14（周三）前完成。"]


def test_day_that_no_text_names_says_so():
    assert next_due(duties()["roundtable"], date(2026, 1, 1), china()).sentences("en") == [
        "roundtable of foreign-invested enterprises, quarterly in principle (article not identified; "
        "not verified: known from a public page, the text itself not read).",
        "Who: Yuzhong District commerce commission.",
        "Period: 2026-01-01 to 2026-03-31 (the quarter).",
        "The day: no day is named; the end of the quarter is taken.",
        "Due by 2026-03-31 (Tuesday).",
    ]


def test_one_year_report_runs_from_acceptance():
    duty = duties()["one-year"]
    assert case_due(duty, date(2025, 9, 18), china()).due == date(2026, 9, 18)
    assert case_due(duty, date(2025, 10, 2), china()).due == date(2026, 10, 8)


def test_duty_of_a_case_and_duty_of_the_year_are_not_mixed_up():
    with pytest.raises(ValueError, match="the duty one-year runs for each case"):
        next_due(duties()["one-year"], date(2026, 1, 1), china())
    with pytest.raises(ValueError, match="the duty archive falls on days of the year"):
        case_due(duties()["archive"], date(2026, 1, 1), china())


def test_duty_follows_a_regime_that_a_node_has_corrected():
    order = regime("cn-mofcom-2020-3")
    limits = tuple(replace(one, amount=5) if one.name == "summary" else one for one in order.limits)
    held = regimes() | {order.id: replace(order, limits=limits)}
    assert next_due(duties()["summary"], date(2025, 4, 1), china(), held).due == date(2025, 5, 12)


def test_duty_ends_with_its_regime():
    order = replace(regime("cn-mofcom-2020-3"), until=date(2026, 10, 31))
    held = regimes() | {order.id: order}
    assert next_due(duties()["summary"], date(2026, 8, 1), china(), held).due == date(2026, 9, 9)
    assert next_due(duties()["summary"], date(2026, 10, 1), china(), held) is None
    assert [
        due.due.month for due in dues(duties()["summary"], date(2026, 8, 1), date(2026, 12, 31), china(), held)
    ] == [9]


def test_duty_holds_from_the_first_day_of_its_regime_to_the_last():
    day = date(2026, 9, 9)
    order = replace(regime("cn-mofcom-2020-3"), first=day, until=day)
    held = regimes() | {order.id: order}
    assert next_due(duties()["summary"], date(2026, 1, 1), china(), held).due == day
    assert next_due(duties()["summary"], day, china(), held) is None
