"""The completion date of a line: who is reminded of it, on which days, and where the reminder leads."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from uuid import uuid4

import pytest
import time_machine
from tests.cast import Cast
from tests.meetings.conftest import Round
from tests.portal.conftest import signed_in

from lianqiao.cases.actions import ACTIONS
from lianqiao.cases.models import Case
from lianqiao.meetings import actions
from lianqiao.meetings.actions import due
from lianqiao.meetings.models import Line
from lianqiao.notices import actions as notices
from lianqiao.notices.models import Notice
from lianqiao.record import time

pytestmark = pytest.mark.django_db


def entered(cast: Cast, round_: Round, due_on: date) -> Line:
    meeting = actions.open_meeting(round_.first, by=cast.chengdu, presided_by=cast.zhao)
    line = actions.write_line(meeting, by=cast.chengdu, key=uuid4(), text="并联办理施工许可")
    return actions.enter(line, by=cast.chengdu, enterprise=cast.enterprise, supervisor=cast.su, due_on=due_on)


def looked(day: date) -> int:
    with time_machine.travel(datetime(day.year, day.month, day.day, 10, tzinfo=time.SHANGHAI), tick=False):
        return due.remind()


def told() -> list[tuple[str, int | None, str]]:
    rows = Notice.objects.filter(kind="line").order_by("pk").select_related("person")
    return [
        (one.verb, one.days, one.person.account)
        for one in rows
        if one.person and one.person.account in ("su", "chengdu")
    ]


def wednesday_far_from_holidays() -> date:
    """At least two months ahead, and less than seven."""
    today = time.today()
    days = [date(today.year + year, month, day) for year in (0, 1) for month, day in ((3, 18), (7, 14), (11, 10))]
    first = next(day for day in days if day - today > timedelta(days=60))
    return first + timedelta(days=(2 - first.weekday()) % 7)


def test_agency_and_supervisor_are_reminded_once_on_each_day_and_anew_of_a_later_date(
    cast: Cast, round_: Round
) -> None:
    notices.remind_on([1, 0, -1], by=cast.root)
    last = wednesday_far_from_holidays()
    line = entered(cast, round_, last)

    assert [looked(last - timedelta(days=days)) for days in (46, 5, 1, 1, 0)] == [0, 1, 1, 0, 1]
    assert told() == [
        (verb, days, who) for verb, days in (("line_near", 1), ("line_ends", 0)) for who in ("chengdu", "su")
    ]
    later = last + timedelta(days=7)
    actions.extend(line, by=cast.zhao, due_on=later, reason="材料未齐")
    for days in (6, 1, 0, -1):
        looked(later - timedelta(days=days))
    assert [one[:2] for one in told()[4:]] == [
        (verb, days) for verb, days in (("line_near", 1), ("line_ends", 0), ("line_passed", -1)) for _who in "ab"
    ]
    [mine] = Notice.objects.visible_to(cast.chengdu).filter(verb="line_passed")
    case = Case.objects.get(pk=line.case_id)
    page = signed_in(cast.chengdu).get(f"/notices/{mine.pk}", follow=True)
    assert page.redirect_chain[-1][0] == f"/desk/cases/{case.number}"
    assert signed_in(cast.wei).get(f"/meetings/lines/{line.pk}").status_code == 404

    ACTIONS["conclude"](case, by=cast.chengdu, ground="resolved", text="已办理。")
    assert looked(later + timedelta(days=2)) == 0
