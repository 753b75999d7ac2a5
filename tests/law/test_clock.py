"""The clock: the vectors, pauses, extensions, units, and what it says."""

from datetime import UTC, date, datetime, timedelta

import pytest
from tests.law.vectors import VECTORS

from lianqiao.law.calendar import FOLDER, Calendar, china, extra_day, read_year
from lianqiao.law.clock import LONGEST, Extension, Floor, Pause, add_months, due_date, explain
from lianqiao.law.limit import Limit
from lianqiao.law.text import Text

DAY = timedelta(days=1)
WHY = Text("等待鉴定", "waiting for an expert")
ART = Text("第19条", "article 19")


def working(amount):
    return Limit("handle", amount, "working_days", article="19", verified=True, mark="V2")


def calendar_days(amount, **more):
    return Limit("handle", amount, "calendar_days", article="1", mark="K", **more)


@pytest.mark.parametrize(("start", "amount", "due"), VECTORS)
def test_working_days_end_as_counted_by_hand(start, amount, due):
    told = explain(working(amount), date.fromisoformat(start), china())
    assert told.due == date.fromisoformat(due)
    assert told.provisional is False
    assert (told.days[0].number, told.days[-1].number) == (0, amount)
    assert [row.number for row in told.days if row.counted] == list(range(1, amount + 1))


def test_summary_falls_on_the_seventh_working_day_of_odd_months():
    summary = Limit("summary", 7, "periodic", every=2, first_month=1, article="25", mark="K-high")
    days, last = [], date(2024, 12, 31)
    for _turn in range(6):
        last = explain(summary, last, china()).due
        days.append(last.isoformat())
    assert days == ["2025-01-10", "2025-03-11", "2025-05-14", "2025-07-09", "2025-09-09", "2025-11-11"]


def test_filing_on_a_day_off_counts_from_that_day():
    assert explain(working(1), date(2026, 10, 3), china()).due == date(2026, 10, 8)
    assert explain(working(1), date(2026, 9, 30), china()).due == date(2026, 10, 8)


def test_instant_near_midnight_belongs_to_the_day_in_beijing():
    late = datetime(2026, 9, 17, 16, 0, tzinfo=UTC)
    assert explain(working(5), late, china()).due == date(2026, 9, 24)
    assert explain(working(5), late - timedelta(seconds=1), china()).due == date(2026, 9, 23)


def test_due_at_is_midnight_after_the_last_day_in_beijing():
    assert explain(working(5), date(2026, 9, 18), china()).due_at == datetime(2026, 9, 24, 16, tzinfo=UTC)


def test_calendar_days_roll_over_days_off_and_say_so():
    told = explain(calendar_days(30), date(2026, 9, 1), china())
    assert (told.end.nominal, told.due) == (date(2026, 10, 1), date(2026, 10, 8))
    assert [row.reason.en for row in told.days[-2:]] == ["the end falls on a day off and moves on"] * 2
    assert told.days[-1].number == 30
    assert explain(calendar_days(30, rolls=False), date(2026, 9, 1), china()).due == date(2026, 10, 1)


@pytest.mark.parametrize(
    ("day", "months", "end"),
    [
        (date(2026, 1, 31), 1, date(2026, 2, 28)), (date(2024, 2, 29), 12, date(2025, 2, 28)),
        (date(2026, 11, 30), 3, date(2027, 2, 28)), (date(2026, 12, 15), 1, date(2027, 1, 15)),
        (date(2026, 3, 31), 0, date(2026, 3, 31)),
    ],
)  # fmt: skip
def test_months_end_on_the_same_number_or_the_last_day(day, months, end):
    assert add_months(day, months) == end


def test_year_ends_on_the_same_date_and_rolls():
    limit = Limit("report", 1, "years", article="21", mark="K-high")
    assert explain(limit, date(2025, 10, 2), china()).due == date(2026, 10, 8)
    assert explain(limit, date(2025, 9, 18), china()).due == date(2026, 9, 18)


def test_hours_run_exactly_and_through_days_off():
    limit = Limit("contact", 24, "hours", article="1", mark="K")
    told = explain(limit, datetime(2026, 9, 30, 9, 30, tzinfo=UTC), china())
    assert (told.due_at, told.due, told.provisional) == (
        datetime(2026, 10, 1, 9, 30, tzinfo=UTC),
        date(2026, 10, 1),
        False,
    )


def test_hours_stand_still_while_paused():
    limit = Limit("contact", 10, "hours", article="1", mark="K")
    start = datetime(2026, 9, 1, 0, 0, tzinfo=UTC)
    pauses = [
        (start + timedelta(hours=4), start + timedelta(hours=7), WHY),
        (start + timedelta(hours=5), start + timedelta(hours=8), WHY),
    ]
    assert explain(limit, start, china(), pauses=pauses).due_at == start + timedelta(hours=14)
    assert explain(limit, start, china(), pauses=[(start + timedelta(hours=4), None, WHY)]).due_at is None
    assert explain(limit, start, china(), extensions=[(2, "hours", ART)]).due_at == start + timedelta(hours=12)


def test_date_set_by_the_event_is_the_end():
    limit = Limit("answer", None, "event_date", article="1", mark="K")
    told = explain(limit, date(2026, 9, 1), china(), until=date(2026, 10, 3))
    assert (told.due, told.provisional) == (date(2026, 10, 3), False)


def test_extension_of_the_same_unit_adds_up_before_the_end_rolls():
    told = explain(calendar_days(30), date(2026, 9, 1), china(), extensions=[(30, "calendar_days", ART)])
    assert told.due == date(2026, 11, 2)  # 31 October is a Saturday
    assert told.end.nominal == date(2026, 10, 31)


def test_extension_of_another_unit_goes_on_from_the_first_end():
    told = explain(working(5), date(2026, 9, 18), china(), extensions=[Extension(3, "calendar_days", ART)])
    assert told.end.nominal == date(2026, 9, 27)
    assert told.due == date(2026, 9, 28)
    assert [(row.number, row.unit) for row in told.days if row.counted][-4:] == [
        (5, "working_days"), (1, "calendar_days"), (2, "calendar_days"), (3, "calendar_days"),
    ]  # fmt: skip


def test_pause_begun_and_ended_on_one_day_changes_nothing():
    day = date(2026, 9, 22)
    assert explain(working(5), date(2026, 9, 18), china(), pauses=[(day, day, WHY)]).due == date(2026, 9, 24)


def test_pause_begun_on_the_last_day_keeps_the_limit_alive():
    told = explain(working(5), date(2026, 9, 18), china(), pauses=[(date(2026, 9, 24), date(2026, 10, 12), WHY)])
    assert told.due == date(2026, 10, 12)


def test_open_pause_leaves_no_due_date():
    told = explain(working(5), date(2026, 9, 18), china(), pauses=[Pause(date(2026, 9, 22), None, WHY)])
    assert (told.due, told.due_at, told.paused) == (None, None, True)
    assert (told.days[-1].date, told.days[-1].counted, told.days[-1].reason.en) == (date(2026, 9, 22), False, "paused: waiting for an expert")  # fmt: skip
    assert told.sentences("zh")[-2] == "期限中止，暂无到期日；恢复后重新计算。"


def test_open_pause_after_the_end_changes_nothing():
    told = explain(working(5), date(2026, 9, 18), china(), pauses=[(date(2026, 9, 25), None, WHY)])
    assert told.due == date(2026, 9, 24)


def test_limit_carried_over_goes_on_from_the_sender():
    told = explain(working(60), date(2026, 3, 20), china(), carried_from=date(2026, 2, 11))
    assert told.due == date(2026, 5, 15)
    assert told.sentences("en")[2] == (
        "Carried over: the limit has run since 2026-02-11 (Wednesday) with the sender; "
        "the hand-over (2026-03-20 (Friday)) does not restart it."
    )


@pytest.mark.parametrize(
    ("limit", "start", "provisional"),
    [
        (working(60), date(2026, 11, 23), True),
        (working(5), date(2026, 12, 18), False),
        (calendar_days(30), date(2026, 11, 23), False),  # ends on 23 December
        (calendar_days(60), date(2026, 11, 23), True),
        (calendar_days(60, rolls=False), date(2026, 11, 23), False),
        (working(5), date(2030, 1, 1), True),
    ],
)
def test_date_is_provisional_where_a_notice_is_missing(limit, start, provisional):
    assert explain(limit, start, china()).provisional is provisional


@pytest.mark.parametrize(
    ("limit", "start", "more", "says"),
    [
        (working(5), datetime(2026, 9, 18), {}, "a datetime without a time zone has no date in Beijing: give it a zone"),  # noqa: DTZ001
        (Limit("accept", None, "working_days"), date(2026, 9, 18), {}, "the limit accept has no figure: a target of the node must be given"),
        (Limit("contact", 2, "hours"), date(2026, 9, 18), {}, "hours run from a time of day: give a date with time and zone"),
        (working(5), date(2026, 9, 18), {"pauses": [(date(2026, 9, 22), date(2026, 9, 21), WHY)]}, "a pause ends before it begins"),
        (working(5), date(2026, 9, 18), {"extensions": [(5, "hours", ART)]}, "hours are extended by hours only, and days by days"),
        (working(20_000), date(2026, 9, 18), {}, "a limit of more than 10000 is a slip of the pen"),
        (working(5), date(2026, 9, 18), {"extensions": [(10_001, "calendar_days", ART)]}, "a limit of more than 10000 is a slip of the pen"),
        (working(5), date(2026, 9, 18), {"extensions": [(-1, "working_days", ART)]}, "an extension is a positive amount of hours, days, months or years"),
        (working(5), date(2026, 9, 18), {"extensions": [(1, "event_date", ART)]}, "an extension is a positive amount of hours, days, months or years"),
        (working(5), date(2026, 9, 18), {"extensions": [(1, "periodic", ART)]}, "an extension is a positive amount of hours, days, months or years"),
        (working(5), date(2026, 9, 18), {"until": date(2026, 9, 20)}, "a date set by the event belongs to the unit event_date, and only to it"),
    ],
)  # fmt: skip
def test_clock_refuses_what_has_no_answer(limit, start, more, says):
    with pytest.raises(ValueError) as refused:  # noqa: PT011
        explain(limit, start, china(), **more)
    assert str(refused.value) == says


def test_explanation_reads_line_by_line_in_chinese_and_english():
    limit = Limit(
        "accept", 5, "working_days", Text("收到完整材料", "complete materials"), article="15", verified=True, mark="V2"
    )
    told = explain(limit, date(2026, 9, 18), china())
    assert told.sentences("zh") == [
        "受理期限：5个工作日（第15条；已核实数字：读自公开转载）。",
        "起算：收到完整材料，2026-09-18（周五）。",
        "2026-09-18 周五 事项发生当日：不计入",
        "2026-09-19 周六：不计入",
        "2026-09-20 周日 国庆节调休上班：第1个工作日",
        "2026-09-21 周一：第2个工作日",
        "2026-09-22 周二：第3个工作日",
        "2026-09-23 周三：第4个工作日",
        "2026-09-24 周四：第5个工作日",
        "到期：2026-09-24（周四） 24:00（北京时间）。",
        "放假依据：国务院办公厅关于2026年部分节假日安排的通知（国办发明电〔2025〕7号）。",
    ]
    assert told.sentences("en")[:3] == [
        "acceptance decision: 5 working days (article 15; figure verified: read in a public page).",
        "Counted from: complete materials, 2026-09-18 (Friday).",
        "2026-09-18 Friday, day of the event: not counted",
    ]


def test_explanation_as_data_carries_every_day():
    data = explain(working(2), date(2026, 9, 18), china()).as_data()
    assert (data["due"], data["due_at"], data["provisional"]) == ("2026-09-21", "2026-09-21T16:00:00Z", False)
    assert [(row["date"], row["counted"], row["count"]) for row in data["days"]] == [
        ("2026-09-18", False, 0), ("2026-09-19", False, 0), ("2026-09-20", True, 1), ("2026-09-21", True, 2),
    ]  # fmt: skip
    assert data["calendar_version"] == china().version


def test_a_date_set_by_the_event_is_provisional_once_working_days_are_added_that_no_notice_covers():
    agreed = Limit("handle", None, "event_date", article="unknown", verified=False, mark="V2")
    day, more = date(2027, 7, 7), [Extension(31, "working_days", ART)]
    assert explain(agreed, day, china(), until=day).provisional is False
    assert explain(agreed, day, china(), until=day, extensions=more).provisional is True


def test_date_that_was_told_stands_when_the_days_lead_to_an_earlier_one():
    told = explain(
        working(5), date(2026, 9, 18), china(), floor=Floor(date(2026, 9, 28), Text("通知已变更", "the notice changed"))
    )

    assert (told.due, told.reckoned, told.stands) == (date(2026, 9, 28), date(2026, 9, 24), True)
    assert told.due_at == datetime(2026, 9, 28, 16, tzinfo=UTC)
    assert told.days[-1].date == date(2026, 9, 24)
    assert told.sentences("en")[-3:-1] == [
        "By these days the limit would end on 2026-09-24 (Thursday). 2026-09-28 (Monday) had been told before, and the notice"
        " changed. A date that was told never moves to an earlier one, so 2026-09-28 (Monday) stands.",
        "Due: 2026-09-28 (Monday), 24:00 Beijing time.",
    ]


def test_date_that_was_told_does_not_hold_a_later_one_back():
    told = explain(working(5), date(2026, 9, 18), china(), floor=Floor(date(2026, 9, 23), Text("通知", "notice")))

    assert (told.due, told.stands) == (date(2026, 9, 24), False)
    assert told.sentences("en") == explain(working(5), date(2026, 9, 18), china()).sentences("en")


def test_pause_that_was_over_on_the_day_of_the_event_changes_nothing():
    start = date(2026, 9, 14)
    over = [Pause(start - 5 * DAY, start, WHY)]
    assert explain(working(3), start, china(), pauses=over).due == explain(working(3), start, china()).due
    assert explain(calendar_days(3), start, china(), pauses=over).due == start + 3 * DAY


def test_hours_that_end_a_microsecond_after_midnight_end_on_the_new_day():
    limit = Limit("answer", 24, "hours", article="1", mark="K")
    told = explain(limit, datetime(2026, 9, 14, 16, 0, 0, 1, tzinfo=UTC), china())
    assert (told.due, told.due_at) == (date(2026, 9, 16), datetime(2026, 9, 15, 16, 0, 0, 1, tzinfo=UTC))


def test_the_day_of_the_event_itself_makes_nothing_provisional():
    """No notice is held of the year of the event, only of the next one, in which every day lies that counts."""
    held = Calendar((read_year(FOLDER / "china-2025.toml"),))
    assert explain(working(5), date(2024, 12, 31), held).provisional is False
    assert explain(working(5), date(2024, 12, 30), held).provisional is True


def test_the_longest_limit_is_reckoned():
    start = date(2026, 1, 1)
    assert due_date(calendar_days(LONGEST, rolls=False), start, china()) == start + LONGEST * DAY


def test_the_day_after_the_event_does_not_count_while_it_is_paused():
    monday = date(2026, 9, 14)
    pause = [Pause(monday + DAY, monday + 2 * DAY, WHY)]
    assert explain(working(3), monday, china(), pauses=pause).due == date(2026, 9, 18)
    assert explain(calendar_days(2), monday, china(), pauses=pause).due == date(2026, 9, 17)


def test_pauses_that_overlap_stop_each_day_once():
    """Tuesday to Saturday for one cause, and within it Wednesday for another: Tuesday, Wednesday, Thursday and Friday do not count."""
    monday = date(2026, 9, 7)
    within = [Pause(monday + DAY, monday + 5 * DAY, WHY), Pause(monday + 2 * DAY, monday + 3 * DAY, WHY)]
    assert explain(working(1), monday, china(), pauses=within).due == date(2026, 9, 14)
    assert explain(calendar_days(2, rolls=False), monday, china(), pauses=within).due == date(2026, 9, 13)


def test_each_paused_day_tells_the_cause_that_was_in_force_at_its_end():
    """The first cause falls away on the day on which the second one arises; which of them is told first makes no difference."""
    monday = date(2026, 9, 14)
    pauses = [Pause(monday + DAY, monday + 3 * DAY, WHY), Pause(monday + 3 * DAY, monday + 4 * DAY, ART)]
    for told in (
        explain(working(1), monday, china(), pauses=pauses),
        explain(working(1), monday, china(), pauses=pauses[::-1]),
    ):
        assert [row.reason.en for row in told.days[1:]] == [
            "paused: waiting for an expert", "paused: waiting for an expert", "paused: article 19", "working day",
        ]  # fmt: skip


def test_pause_of_hours_that_is_known_by_its_day_begins_and_ends_with_that_day_in_beijing():
    limit = Limit("contact", 24, "hours", article="1", mark="K")
    noon = datetime(2026, 9, 14, 4, tzinfo=UTC)
    told = explain(limit, noon, china(), pauses=[(date(2026, 9, 15), date(2026, 9, 17), WHY)])
    assert told.due_at == noon + timedelta(hours=24 + 48)


def test_open_pause_that_begins_as_the_hours_run_out_changes_nothing():
    limit = Limit("contact", 10, "hours", article="1", mark="K")
    start = datetime(2026, 9, 14, 4, tzinfo=UTC)
    end = start + timedelta(hours=10)
    assert explain(limit, start, china(), pauses=[(end, None, WHY)]).due_at == end


@pytest.mark.parametrize(
    ("limit", "until", "due"),
    [
        (Limit("answer", None, "event_date", article="1", mark="K"), date(2026, 9, 21), date(2026, 9, 21)),
        (Limit("summary", 7, "periodic", every=1, rolls=False, article="25", mark="K"), None, date(2026, 10, 15)),
    ],
)
@pytest.mark.parametrize("more", [0, 2])
def test_date_that_is_set_stands_through_pauses_with_what_it_is_extended_by(limit, until, due, more):
    """Nothing is counted up to it that a pause could stop; the days that are added to it follow it."""
    pauses = [Pause(date(2026, 9, 15), None, WHY)]
    extensions = [Extension(more, "calendar_days", ART)] if more else []
    told = explain(limit, date(2026, 9, 14), china(), until=until, pauses=pauses, extensions=extensions)
    assert told.reckoned == due + more * DAY
    assert [row for row in told.days if "paused" in row.reason.en] == []


def test_days_added_to_a_date_that_was_set_are_counted_from_that_date():
    agreed = Limit("answer", None, "event_date", article="1", mark="K")
    added = [Extension(2, "working_days", ART), Extension(2, "calendar_days", ART)]
    told = explain(agreed, date(2026, 9, 1), china(), until=date(2026, 9, 22), extensions=added)
    assert [(row.date.day, row.number, row.unit) for row in told.days if row.counted][-5:] == [
        (22, 21, "event_date"), (23, 1, "working_days"), (24, 2, "working_days"), (25, 1, "calendar_days"), (26, 2, "calendar_days"),
    ]  # fmt: skip


def test_days_before_the_date_that_was_set_make_nothing_provisional():
    """Of the year of the event no notice is held; the days that count lie in the next one."""
    held = Calendar((read_year(FOLDER / "china-2025.toml"),))
    agreed = Limit("answer", None, "event_date", article="1", mark="K")
    added = [Extension(3, "working_days", ART)]
    told = explain(agreed, date(2024, 12, 2), held, until=date(2025, 2, 10), extensions=added)
    assert (told.due, told.provisional) == (date(2025, 2, 13), False)


def test_only_an_earlier_end_is_held_off_by_a_date_that_was_told():
    nothing_told = explain(working(5), date(2026, 9, 18), china())
    same_day = explain(working(5), date(2026, 9, 18), china(), floor=Floor(date(2026, 9, 24), WHY))
    assert (nothing_told.stands, same_day.stands) == (False, False)
    assert nothing_told.due == same_day.due == date(2026, 9, 24)


def test_the_day_of_the_event_is_number_nought_however_the_days_are_counted():
    friday = date(2026, 9, 18)
    paused = explain(working(5), friday, china(), pauses=[Pause(friday, friday + DAY, WHY)])
    extended = explain(working(5), friday, china(), extensions=[Extension(1, "months", ART)])
    for told in (explain(working(5), friday, china()), paused, extended, explain(calendar_days(5), friday, china())):
        assert (told.days[0].number, told.days[0].counted, told.days[0].reason.en) == (0, False, "day of the event")


def of_a_short_month():
    """China, and a place where February 2022 keeps no more than fourteen working days, the last of them the 28th."""
    off = [extra_day(date(2022, 2, day), working=False, reason=WHY, source=WHY) for day in (7, 8)]
    return Calendar((read_year(FOLDER / "china-2022.toml"),), off)


@pytest.mark.parametrize(
    ("amount", "start", "due"),
    [
        (15, "2022-02-27", "2022-03-01"),  # the first working day of March is the fifteenth since 1 February
        (15, "2022-02-28", "2022-03-01"),
        (15, "2022-03-01", "2022-03-21"),
        (18, "2022-03-02", "2022-03-04"),
        (18, "2022-03-04", "2022-03-24"),
        (40, "2022-03-02", "2022-03-07"),  # since 1 January: 21 in January, 14 in February, the fifth of March is the 7th
    ],
)  # fmt: skip
def test_report_of_a_month_too_short_for_it_is_due_after_its_end(amount, start, due):
    limit = Limit("summary", amount, "periodic", every=1, article="25", mark="K")
    assert due_date(limit, date.fromisoformat(start), of_a_short_month()) == date.fromisoformat(due)
