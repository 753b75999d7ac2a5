"""Invitations and answers by real mail: to officers, to an enterprise, to a guest with a signed link; reminders before the meeting."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from email import message_from_bytes, policy
from typing import Any

import pytest
import time_machine
from django.test import Client
from icalendar import Calendar
from tests.cases.conftest import people  # noqa: F401 fixtures
from tests.cast import Cast
from tests.meetings.conftest import Round, planned
from tests.notices.conftest import Letter, Postbox, letters_of, postbox  # noqa: F401 fixtures
from tests.portal.conftest import signed_in, text

from lianqiao.meetings import actions, agenda
from lianqiao.meetings.actions import inviting
from lianqiao.meetings.invitations import page_of, seat_behind
from lianqiao.meetings.models import Meeting, Seat
from lianqiao.notices import mail
from lianqiao.notices.models import Notice
from lianqiao.record import discreet, followers, sequencer, time
from lianqiao.record.refusal import Refused

pytestmark = pytest.mark.django_db
TITLE = "季度圆桌会议"


@pytest.fixture(autouse=True)
def in_the_morning() -> Iterator[None]:
    """What is written to a guest in the quiet hours comes after them."""
    ten = time.now().astimezone(time.SHANGHAI).replace(hour=10) + timedelta(days=1)
    with time_machine.travel(ten, tick=True):
        yield


def follow() -> None:
    sequencer.place_pending()
    followers.run("invitations")
    mail.send_due()


def appointments(postbox: Postbox) -> list[Any]:  # noqa: F811
    parsed: list[Any] = [
        message_from_bytes(content.encode(), policy=policy.default) for _to, content in postbox.letters
    ]
    files = [next(one.iter_attachments()) for one in parsed]
    return [Calendar.from_ical(one.get_content()) for one in files if one.get_content_type() == "text/calendar"]


def test_invitation_of_a_guest_goes_by_mail_with_a_link_by_which_they_answer(
    cast: Cast,
    round_: Round,
    postbox: Postbox,  # noqa: F811
) -> None:
    seat = actions.invite(round_.first, by=cast.chengdu, name="某商会", email="chamber@example.org")
    for _twice in range(2):
        follow()

    [letter] = letters_of(postbox)
    page = f"http://127.0.0.1:8051{page_of(seat.pk)}"
    assert (letter.to, letter.subject.strip()) == (
        "chamber@example.org",
        "您受邀参加会议 / You are invited to a meeting",
    )
    for said in (letter.plain, letter.html):
        assert ["请答复是否出席" in said, "Please answer whether you come." in said, page in said, TITLE in said] == [
            True,
            True,
            True,
            False,
        ]
    [calendar] = appointments(postbox)
    [entry] = calendar.walk("VEVENT")
    assert (str(entry["location"]), str(entry["url"]), entry.decoded("dtstart")) == (
        "一号会议室",
        page,
        round_.first.starts_at.replace(microsecond=0),
    )
    assert TITLE not in calendar.to_ical().decode()

    guest = Client()
    assert "某商会" in text(guest.get(page_of(seat.pk)))
    guest.post(page_of(seat.pk), {"do": "answer", "coming": "0", "reason": "当日出差"})
    assert Seat.objects.values_list("answer", "reason").get() == ("declined", "当日出差")
    guest.post(page_of(seat.pk), {"do": "substitute", "name": "陈女士"})
    assert Seat.objects.values_list("answer", "reason", "substitute").get() == ("coming", "", "陈女士")


def test_link_of_an_invitation_is_good_only_as_signed_and_while_the_meeting_is_to_come(
    cast: Cast, round_: Round
) -> None:
    seat = actions.invite(round_.first, by=cast.chengdu, name="某商会")
    page = page_of(seat.pk)
    other = actions.invite(planned(cast, round_.series, 5), by=cast.chengdu, name="某商会")
    start = len("/meetings/invitation/")
    forged = page_of(other.pk)[: start + 21] + page[start + 21 :]

    assert [seat_behind(one) for one in ("", "guess", "a.b", "中文", "A" * 54)] == [None] * 5
    assert discreet.address(page) == "/meetings/invitation/…"
    assert [Client().get(one).status_code for one in (page, forged, page[:-1])] == [200, 404, 404]
    actions.cancel(round_.first, by=cast.chengdu, reason="改期")
    assert Client().get(page).status_code == 404


def test_agency_and_enterprise_are_told_by_their_people_and_the_secretariat_of_who_declines(
    cast: Cast,
    round_: Round,
    postbox: Postbox,  # noqa: F811
) -> None:
    bureau = actions.invite(round_.first, by=cast.chengdu, agency=cast.planning)
    firm = actions.invite(round_.first, by=cast.chengdu, enterprise=cast.enterprise)
    follow()

    told = sorted((one.person.account, one.kind, one.verb) for one in Notice.objects.all() if one.person)
    assert told == [("lin", "seat", "invite"), ("pu", "meeting", "invite")]
    [letter] = [one for one in letters_of(postbox) if one.to == "lin@example.org"]
    assert letter.subject == "您受邀参加会议"
    assert page_of(firm.pk) in letter.plain
    assert TITLE not in letter.plain

    actions.answer(bureau, by=cast.pu, coming=False, reason="另有会议")
    follow()

    declined = [one.person.account for one in Notice.objects.filter(verb="decline") if one.person]
    assert "chengdu" in declined
    assert Notice.objects.visible_to(cast.chengdu).get().verb == "decline"


def test_invited_agency_that_is_no_member_sees_the_meeting_and_not_the_body(cast: Cast, round_: Round) -> None:
    assert not Meeting.objects.visible_to(cast.wei).exists()
    actions.invite(round_.first, by=cast.chengdu, agency=cast.centre)

    assert Meeting.objects.visible_to(cast.wei).get() == round_.first


def test_meeting_that_is_called_off_is_told_to_all_who_were_invited(
    cast: Cast,
    round_: Round,
    postbox: Postbox,  # noqa: F811
) -> None:
    actions.invite(round_.first, by=cast.chengdu, name="某商会", email="chamber@example.org")
    gone = actions.invite(round_.first, by=cast.chengdu, name="某协会", email="gone@example.org")
    actions.answer(gone, by=cast.chengdu, coming=False)
    follow()
    postbox.letters.clear()
    actions.cancel(round_.first, by=cast.chengdu, reason="改期")
    follow()

    assert [(one.to, one.subject) for one in letters_of(postbox)] == [
        ("chamber@example.org", "会议已取消 / A meeting was called off")
    ]
    [calendar] = appointments(postbox)
    assert (str(calendar["method"]), str(calendar.walk("VEVENT")[0]["status"])) == ("CANCEL", "CANCELLED")


def test_reminders_go_to_the_secretariat_and_to_who_has_not_answered_once_on_each_day(
    cast: Cast,
    round_: Round,
    postbox: Postbox,  # noqa: F811
) -> None:
    meeting = planned(cast, round_.series, 10)
    actions.invite(meeting, by=cast.chengdu, name="某商会", email="chamber@example.org")
    quiet = actions.invite(meeting, by=cast.chengdu, name="某协会", email="other@example.org")
    actions.answer(quiet, by=cast.chengdu, coming=True)
    follow()
    postbox.letters.clear()
    assert inviting.remind() == 0

    told = []
    for days in (7, 3, 1):
        with time_machine.travel(meeting.starts_at - timedelta(days=days) + timedelta(minutes=1), tick=False):
            told.append([inviting.remind() for _twice in range(2)])
            mail.send_due()

    secretary = list(Notice.objects.filter(person=cast.chengdu, verb="prepare", subject=meeting.pk))
    assert [one.days for one in sorted(secretary, key=lambda one: one.pk)] == [7, 3, 1]
    letters: list[Letter] = [
        one for one in letters_of(postbox) if "@example.org" in one.to and one.to != cast.chengdu.email
    ]
    assert {one.to for one in letters} == {"chamber@example.org"}
    assert [one[1] for one in told] == [0, 0, 0]
    assert Notice.objects.filter(person=None, verb="unanswered").count() == 3


def test_meeting_that_is_planned_at_short_notice_reminds_nobody_at_once(cast: Cast, round_: Round) -> None:
    actions.invite(round_.first, by=cast.chengdu, name="某商会", email="chamber@example.org")

    assert (inviting.remind(), round_.first.reminded, time.now() < round_.first.starts_at) == (0, 3, True)


def test_who_is_wanted_at_two_meetings_at_once_is_named_and_a_taken_room_refused(cast: Cast, round_: Round) -> None:
    first = round_.first
    same = {"by": cast.chengdu, "starts_at": first.starts_at, "ends_at": first.ends_at}
    second = actions.plan(round_.series, room="二号会议室", **same)
    for meeting in (first, second):
        actions.invite(meeting, by=cast.chengdu, agency=cast.planning)
    actions.invite(second, by=cast.chengdu, agency=cast.market)

    own, elsewhere = agenda.seats(first, doubly=True)
    assert ([one.agency for one in own], [(one.agency, one.meeting) for one in elsewhere]) == (
        [cast.planning],
        [(cast.planning, second)],
    )
    assert "另有会议" in text(signed_in(cast.chengdu, "zh-hans").get(f"/meetings/{first.pk}"))
    actions.cancel(second, by=cast.chengdu, reason="改期")
    assert agenda.seats(first, doubly=True)[1] == []
    with pytest.raises(Refused) as refused:
        actions.plan(round_.series, room=first.room, **same)
    assert refused.value.code == "room-taken"
