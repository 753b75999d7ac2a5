"""What is erased of a case is erased of its line, and where the minutes repeat it."""

from __future__ import annotations

from uuid import uuid4

import pytest
from tests import remains
from tests.cast import Cast
from tests.meetings.conftest import Round

from lianqiao.cases.actions import ACTIONS, keeping
from lianqiao.cases.models import Case
from lianqiao.meetings import actions
from lianqiao.record import events, followers, sequencer

pytestmark = pytest.mark.django_db
WORDS, WHO = "锦秘厂房漏水无人处理", "锦秘联系人牛某"


def test_words_of_a_line_go_with_those_of_its_case(cast: Cast, round_: Round) -> None:
    meeting = actions.open_meeting(round_.first, by=cast.chengdu, presided_by=cast.zhao)
    line = actions.write_line(meeting, by=cast.chengdu, key=uuid4(), text=f"{WORDS}。", raised_by=WHO)
    line = actions.enter(line, by=cast.chengdu, enterprise=cast.enterprise, measure="先行排查")
    actions.close(meeting, by=cast.chengdu)
    minutes = actions.draft(meeting, by=cast.chengdu, text=f"（1）{WORDS}；由中心办理。")
    actions.comment(minutes, by=cast.chengdu, text=f"{WORDS}一项请改写。")
    actions.publish(actions.confirm(minutes, by=cast.zhao).meeting, by=cast.chengdu, text=f"（1）{WORDS}")
    case = Case.objects.get(pk=line.case_id)
    number = case.event_count
    ACTIONS["conclude"](case, by=cast.chengdu, ground="resolved", text="已处理。")
    named = [f"1.{name}" for name in ("title", "facts", "request")]
    assert remains.found([WORDS]) != {}

    keeping.erase(Case.objects.get(pk=case.pk), by=cast.chengdu, texts=named, ground="secret")
    while sequencer.place_pending() + followers.run("meetings"):
        pass

    assert number < Case.objects.get(pk=case.pk).event_count
    assert remains.found([WORDS, WHO]) == {}
    line.refresh_from_db()
    meeting.refresh_from_db()
    assert (line.text, line.raised_by, line.measure, meeting.published) == ("", "", "", "（1）［…］")
    assert meeting.versions.get().text == "（1）［…］；由中心办理。"
    assert events.verify_chain(meeting.pk, "meeting") == []
