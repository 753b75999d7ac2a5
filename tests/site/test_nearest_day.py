"""The stored nearest day of a case, by which lists are sorted: what verbs write is the one of its clocks, and `lianqiao check` finds another."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.cast import Cast, cast, filing, node  # noqa: F401  fixtures

from lianqiao.cases import clocks
from lianqiao.cases.actions import ACTIONS, calendars, intake
from lianqiao.cases.models import Case
from lianqiao.record import log, sequencer
from lianqiao.site.soundness import dates, look


@pytest.fixture
def cases(cast: Cast) -> list[Case]:  # noqa: F811
    """One that was filed, one whose limit is paused and one that was refused: two of them have no day."""
    held = [intake.file(by=cast.lin, **filing(cast)).case for _turn in range(3)]
    ACTIONS["accept"](held[1], by=cast.wei)
    ACTIONS["pause"](held[1], by=cast.he, cause=clocks.regime_of(held[1]).pause_causes[0].code, reason="等待鉴定")
    ACTIONS["refuse"](held[2], by=cast.wei, ground="unfounded", reason="不属于本机构范围")
    sequencer.place_pending()
    log.sign_checkpoint()
    for case in held:
        case.refresh_from_db()
    return held


def test_what_the_verbs_wrote_is_sound(cases: list[Case]) -> None:
    assert [case.next_due is None for case in cases] == [False, True, True]
    assert (list(Case.objects.misdated()), look().faults) == ([], [])


@pytest.mark.parametrize(("place", "planted"), [(0, "a day later"), (0, None), (1, "2020-01-01"), (2, "2020-01-01")])
def test_another_day_is_found_named_and_put_right(cases: list[Case], place: int, planted: Any) -> None:
    case = cases[place]
    told = case.next_due
    stored = told + timedelta(days=1) if planted == "a day later" else planted and date.fromisoformat(planted)  # type: ignore[operator]
    Case.objects.filter(pk=case.pk).update(next_due=stored)

    assert look().faults == [
        f"Case {case.number} is listed by {stored or 'no day'}, but its clocks say {told or 'no day'}: it may be shown late, or on time,"
        " when it is not. Run: lianqiao init"
    ]
    assert calendars.date_anew() == 1
    case.refresh_from_db()
    assert (case.next_due, look().faults, calendars.date_anew()) == (told, [], 0)


def test_it_is_said_in_chinese(cases: list[Case], monkeypatch: pytest.MonkeyPatch) -> None:
    Case.objects.filter(pk=cases[0].pk).update(next_due=None)
    monkeypatch.setenv("LIANQIAO_LANGUAGE", "zh-hans")

    assert list(dates()) == [
        f"案件 {cases[0].number} 在列表中的到期日是 无，按各项期限应当是 {cases[0].next_due}，逾期与否可能显示有误。请运行：lianqiao init"
    ]


def test_it_takes_one_query_however_many_are_wrong(cases: list[Case]) -> None:
    Case.objects.update(next_due=date(2020, 1, 1))

    with CaptureQueriesContext(connection) as asked:
        assert len(list(dates())) == 3
    assert len(asked) == 1
