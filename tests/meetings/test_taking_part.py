"""Taking part without being typed in: attendance by the code of the room, comments on the minutes by link, which the chair reads before confirming."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.test import Client
from tests.cast import Cast
from tests.meetings.conftest import Round
from tests.portal.conftest import signed_in, text

from lianqiao.meetings import actions, presence
from lianqiao.meetings.actions import inviting
from lianqiao.meetings.invitations import page_of
from lianqiao.meetings.models import Comment, Minutes, Seat
from lianqiao.notices.models import Notice
from lianqiao.record import followers, sequencer, time
from lianqiao.record.models import Event
from lianqiao.record.refusal import Refused

pytestmark = pytest.mark.django_db


def refused(code: str, verb: Callable[..., Any], *args: Any, **named: Any) -> None:
    with pytest.raises(Refused) as found:
        verb(*args, **named)
    assert found.value.code == code


def test_guest_and_officer_show_by_the_code_of_the_room_that_they_have_come(cast: Cast, round_: Round) -> None:
    guest = actions.invite(round_.first, by=cast.chengdu, name="某商会")
    bureau = actions.invite(round_.first, by=cast.chengdu, agency=cast.planning)
    at = f"/meetings/{round_.first.pk}"
    code, _until = presence.code_of(round_.first.pk)
    refused("wrong-stage", actions.attend_by_code, guest, code)
    actions.open_meeting(round_.first, by=cast.chengdu, presided_by=cast.zhao)

    with time_machine.travel(time.now(), tick=False) as clock:
        code, until = presence.code_of(round_.first.pk)
        shown = text(signed_in(cast.chengdu).get(f"{at}/attendance"))
        typed = "".join(chr(ord(sign) + 0xFEE0) for sign in code)  # full width, as a phone in China types it
        wrong = Client().post(page_of(guest.pk), {"do": "here", "code": "000000" if code != "000000" else "1"})
        Client().post(page_of(guest.pk), {"do": "here", "code": f" {typed} "})
        clock.move_to(until + timedelta(seconds=presence.PERIOD - 1))
        signed_in(cast.pu).post(f"{at}/do/attend-by-code", {"seat": str(bureau.pk), "code": code})
        clock.shift(timedelta(seconds=2))
        refused("wrong-code", actions.attend_by_code, guest, code)

    assert (code in shown, wrong.status_code) == (True, 422)
    assert [one.came_at is not None for one in Seat.objects.order_by("name")] == [True, True]
    assert sorted((one.by_kind, one.data["way"]) for one in Event.objects.filter(verb="attend")) == [
        ("node", "code"),
        ("person", "code"),
    ]
    assert signed_in(cast.pu).get(f"{at}/attendance").status_code == 403
    refused("not-secretary", actions.attend_by_code, bureau, code, by=cast.wei)


def test_code_of_the_room_cannot_be_guessed(cast: Cast, round_: Round) -> None:
    guest = actions.invite(round_.first, by=cast.chengdu, name="某商会")
    actions.open_meeting(round_.first, by=cast.chengdu, presided_by=cast.zhao)
    with time_machine.travel(time.now(), tick=False):
        good = presence.code_of(round_.first.pk)[0]
        for n in range(20):
            refused("wrong-code", actions.attend_by_code, guest, f"x{n}")
        refused("too-many", actions.attend_by_code, guest, good)

    assert Seat.objects.get().came_at is None
    assert len({presence._code(round_.first.pk, period) for period in range(200)}) > 190
    assert presence.code_of(round_.first.pk)[0] != presence.code_of(uuid4())[0]


def test_participants_comment_by_link_and_the_chair_confirms_only_what_they_have_read(
    cast: Cast, round_: Round
) -> None:
    came = actions.invite(round_.first, by=cast.chengdu, name="某商会", email="chamber@example.org")
    firm = actions.invite(round_.first, by=cast.chengdu, enterprise=cast.enterprise)
    meeting = actions.open_meeting(round_.first, by=cast.chengdu, presided_by=cast.zhao)
    for seat in (came, firm):
        actions.attend(seat, by=cast.chengdu)
    meeting = actions.close(meeting, by=cast.chengdu)
    actions.draft(meeting, by=cast.chengdu, text="一、许可。二、内部事项。")
    at, link = f"/meetings/{meeting.pk}", page_of(came.pk)
    assert [Client().get(one).status_code for one in (link, f"{link}/minutes")] == [404, 404]

    signed_in(cast.chengdu).post(f"{at}/do/circulate", {"version": "1", "text": "一、许可。"})
    sequencer.place_pending()
    followers.run("invitations")

    assert [one.person.account for one in Notice.objects.filter(verb="circulate") if one.person] == ["lin"]
    shown = text(Client().get(link, follow=True))
    assert ("一、许可。" in shown, "内部事项" in shown) == (True, False)
    assert ("一、许可。" in (seen := text(signed_in(cast.pu).get(f"{at}/minutes"))), "内部事项" in seen) == (
        True,
        False,
    )
    chair = signed_in(cast.zhao)
    chair.get(f"{at}/minutes")
    Client().post(f"{link}/minutes", {"text": "请写明完成时限。"})
    chair.post(f"{at}/do/confirm", {"version": "1", "comments": "0"})
    assert Minutes.objects.get().confirmed_at is None
    page = text(chair.get(f"{at}/minutes"))
    assert ("请写明完成时限。" in page, "某商会" in page) == (True, True)
    chair.post(f"{at}/do/confirm", {"version": "1", "comments": "1"})

    assert Minutes.objects.get().confirmed_at is not None
    assert Client().get(f"{link}/minutes").status_code == 404
    refused("invitation-gone", actions.comment_by_code, link.rpartition("/")[2], text="迟到")
    assert [(one.seat, one.by) for one in Comment.objects.all()] == [(came, None)]
    assert inviting.guest_of(came.pk, "circulate") is None


def test_circulate_refuses_strangers_older_versions_and_a_flood(cast: Cast, round_: Round) -> None:
    seat = actions.invite(round_.first, by=cast.chengdu, name="某商会")
    code = page_of(seat.pk).rpartition("/")[2]
    meeting = actions.open_meeting(round_.first, by=cast.chengdu, presided_by=cast.zhao)
    first = actions.draft(meeting, by=cast.chengdu, text="一")
    refused("wrong-stage", actions.circulate, first, by=cast.chengdu, text="一")
    meeting = actions.close(meeting, by=cast.chengdu)
    second = actions.draft(meeting, by=cast.chengdu, text="二")
    refused("not-secretary", actions.circulate, second, by=cast.pu, text="二")
    refused("older-version", actions.circulate, first, by=cast.chengdu, text="一")
    actions.circulate(second, by=cast.chengdu, text="二")
    for n in range(20):
        actions.comment_by_code(code, text=f"意见{n}")
    refused("enough", actions.comment_by_code, code, text="又一条")
    refused("invitation-gone", actions.comment_by_code, "guess", text="意见")
