"""What is erased of a case is erased of its line, and where the minutes repeat it."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from tests import remains
from tests.cast import Cast
from tests.meetings.conftest import Round
from tests.portal.conftest import signed_in, text

from lianqiao.cases.actions import ACTIONS, keeping
from lianqiao.cases.models import Case
from lianqiao.meetings import actions
from lianqiao.meetings.invitations import page_of
from lianqiao.meetings.models import Concern, Paper, Statement, Topic
from lianqiao.record import events, followers, sequencer
from lianqiao.record.models import Event
from lianqiao.registry.actions import erasing

pytestmark = pytest.mark.django_db


def follow() -> None:
    while sequencer.place_pending() + followers.run("meetings"):
        pass


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
    follow()

    assert number < Case.objects.get(pk=case.pk).event_count
    assert remains.found([WORDS, WHO]) == {}
    line.refresh_from_db()
    meeting.refresh_from_db()
    assert (line.text, line.raised_by, line.measure, meeting.published) == ("", "", "", "（1）［…］")
    assert meeting.versions.get().text == "（1）［…］；由中心办理。"
    assert events.verify_chain(meeting.pk, "meeting") == []


def test_concern_that_led_to_a_line_and_its_papers_go_with_the_case(
    cast: Cast, round_: Round, django_capture_on_commit_callbacks: Any
) -> None:
    told = actions.collect(round_.series, by=cast.chengdu, text=f"{WORDS}。", raised_by=WHO)
    other = actions.collect(round_.series, by=cast.chengdu, text="另一企业的诉求", enterprise=cast.enterprise)
    topic = actions.put_on_agenda(round_.first, by=cast.chengdu, title=f"关于{WORDS}", concerns=[str(told.pk)])
    meeting = actions.open_meeting(round_.first, by=cast.chengdu, presided_by=cast.zhao)
    actions.say(meeting, by=cast.chengdu, key=uuid4(), text=f"{WORDS}，请尽快。", topic=str(topic.pk))
    line = actions.write_line(meeting, by=cast.chengdu, key=uuid4(), text=f"{WORDS}。", topic=str(topic.pk))
    line = actions.enter(line, by=cast.chengdu, enterprise=cast.enterprise)
    case = Case.objects.get(pk=line.case_id)
    paper = actions.add_paper(topic, by=cast.chengdu, name="锦秘照片.txt", chunks=[WORDS.encode()], case=case.number)
    actions.close(meeting, by=cast.chengdu)
    ACTIONS["conclude"](case, by=cast.chengdu, ground="resolved", text="已处理。")
    named = [f"1.{name}" for name in ("title", "facts", "request")]
    keeping.erase(Case.objects.get(pk=case.pk), by=cast.chengdu, texts=named, ground="secret")
    with django_capture_on_commit_callbacks(execute=True):
        follow()

    assert remains.found([WORDS, WHO, "锦秘照片"]) == {}
    assert [one.text for one in Concern.objects.order_by("pk") if one.text] == [other.text]
    assert (Topic.objects.get().title, Statement.objects.get().text) == ("关于［…］", "［…］，请尽快。")
    assert Paper.objects.get(pk=paper.pk).removed_at is not None
    assert [
        events.verify_chain(one, kind) for one, kind in ((meeting.pk, "meeting"), (round_.series.pk, "series"))
    ] == [[], []]


def test_contacts_of_an_enterprise_go_from_its_concerns_and_seats(cast: Cast, round_: Round) -> None:
    actions.collect(round_.series, by=cast.chengdu, text="用地慢", enterprise=cast.enterprise, raised_by=WHO)
    seat = actions.invite(round_.first, by=cast.chengdu, enterprise=cast.enterprise, email="jinmi@example.org")
    actions.substitute(seat, by=cast.chengdu, name="锦秘代会人")
    actions.answer(seat, by=cast.chengdu, coming=False, reason="锦秘原因")
    words = [WHO, "jinmi@example.org", "锦秘代会人", "锦秘原因"]
    assert set(remains.found(words)) == set(words)
    asked = erasing.request_contacts(cast.enterprise, reason="撤回同意", by=cast.lin)
    erasing.erase(asked, ground="consent", by=cast.zhao)
    follow()

    assert remains.found(words) == {}
    assert Concern.objects.get().text == "用地慢"
    assert events.verify_chain(round_.first.pk, "meeting") == []


def test_concern_of_no_case_is_erased_by_a_lead_of_the_secretariat(cast: Cast, round_: Round) -> None:
    guest = page_of(actions.invite(round_.first, by=cast.chengdu, name="某商会").pk).rpartition("/")[2]
    concern = actions.collect_by_code(guest, text=f"{WORDS}。", raised_by=WHO)
    actions.put_on_agenda(round_.first, by=cast.chengdu, title=f"{WORDS}", concerns=[str(concern.pk)])
    at = f"/meetings/series/{round_.series.pk}"
    sent = {"concern": str(concern.pk), "ground": "consent"}
    assert "Erase a concern" not in text(signed_in(cast.pu).get(at))
    signed_in(cast.pu).post(f"{at}/erase", sent)
    assert remains.found([WORDS, WHO]) != {}
    lead = signed_in(cast.chengdu)
    assert WORDS in text(lead.get(at))
    lead.post(f"{at}/erase", sent | {"ground": "whim"})
    assert remains.found([WORDS]) != {}
    lead.post(f"{at}/erase", sent)

    assert remains.found([WORDS, WHO]) == {}
    event = Event.objects.about("series", round_.series.pk).last()
    assert event is not None
    assert (event.verb, event.by, event.data["ground"]) == ("forget", str(cast.chengdu.pk), "consent")
    assert "Erase a concern" not in text(lead.get(at))
    assert events.verify_chain(round_.series.pk, "series") == []
