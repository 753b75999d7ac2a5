"""Papers of the agenda: who hands them in, who reads them, what becomes of the file."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from tests.cast import Cast, filing
from tests.meetings.conftest import Round
from tests.portal.conftest import signed_in, text
from tests.site.api.conftest import Caller, call  # noqa: F401

from lianqiao.cases import files
from lianqiao.cases.actions import intake
from lianqiao.cases.models import Case
from lianqiao.meetings import actions
from lianqiao.meetings.invitations import page_of
from lianqiao.meetings.models import Paper, Topic
from lianqiao.record.models import Event, Read
from lianqiao.record.refusal import Refused
from lianqiao.site import clearing

pytestmark = pytest.mark.django_db


def item(cast: Cast, round_: Round, **more: Any) -> Topic:
    return actions.put_on_agenda(round_.first, by=cast.chengdu, title="施工许可", agency=cast.planning, **more)


def paper(topic: Topic, by: Any, name: str = "汇报.txt", **more: Any) -> Paper:
    return actions.add_paper(topic, by=by, name=name, chunks=["情况汇报".encode()], **more)


def got(response: Any) -> tuple[int, str]:
    """The answer and, of a file, what it holds."""
    said = b"".join(response.streaming_content).decode() if response.streaming else ""
    return response.status_code, said


def refused(code: str, verb: Callable[..., Any], *args: Any, **named: Any) -> None:
    with pytest.raises(Refused) as found:
        verb(*args, **named)
    assert found.value.code == code


def test_paper_is_handed_in_by_form_and_read_by_members_and_invited_guests(cast: Cast, round_: Round) -> None:
    topic, at = item(cast, round_), f"/meetings/{round_.first.pk}"
    seat = actions.invite(round_.first, by=cast.chengdu, name="某商会")
    bureau = signed_in(cast.pu)  # leads the item
    for name, audience in (("汇报.txt", "invited"), ("内部.txt", "body")):
        file = SimpleUploadedFile(name, f"{name}的内容".encode())
        bureau.post(f"{at}/papers", {"topic": str(topic.pk), "file": file, "audience": audience})
    told, inner = (Paper.objects.get(name=name) for name in ("汇报.txt", "内部.txt"))

    shown = text(signed_in(cast.chengdu).get(at))
    assert ["汇报.txt" in shown, "内部.txt" in shown] == [True, True]
    given = bureau.get(f"{at}/papers/{told.pk}")
    assert given["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert got(given) == (200, "汇报.txt的内容")
    guest = page_of(seat.pk)
    assert ["汇报.txt" in text(Client().get(guest)), "内部.txt" in text(Client().get(guest))] == [True, False]
    wei = signed_in(cast.wei)
    asked = [[got(Client().get(f"{guest}/papers/{one.pk}"))[0], got(wei.get(f"{at}/papers/{one.pk}"))[0]] for one in (told, inner)]  # fmt: skip
    assert asked == [[200, 404], [404, 404]]
    actions.invite(round_.first, by=cast.chengdu, agency=cast.centre)  # no member: invited
    assert [got(wei.get(f"{at}/papers/{one.pk}"))[0] for one in (told, inner)] == [200, 404]


def test_paper_of_a_confidential_case_is_for_those_alone_who_may_see_the_case(cast: Cast, round_: Round) -> None:
    made = intake.file(
        by=cast.lin, **filing(cast, agency="cd-inward-centre", confidential=True, summary="一家企业的困难")
    ).case
    number = Case.objects.get(pk=made.pk).number
    seat = actions.invite(round_.first, by=cast.chengdu, name="某商会")
    held = paper(item(cast, round_), cast.chengdu, case=number)
    at = f"/meetings/{round_.first.pk}"

    reads = Read.objects.count()
    codes = [got(signed_in(one).get(f"{at}/papers/{held.pk}"))[0] for one in (cast.chengdu, cast.pu, cast.zhao)]
    seen = [Case.objects.visible_to(one).filter(pk=made.pk).exists() for one in (cast.chengdu, cast.pu, cast.zhao)]
    assert (codes, seen[:2]) == ([200 if one else 404 for one in seen], [True, False])
    assert Client().get(f"{page_of(seat.pk)}/papers/{held.pk}").status_code == 404
    assert Read.objects.count() == reads + sum(seen)
    assert f" {Case.objects.get(pk=made.pk).uid} " in Read.objects.latest("pk").subjects
    refused("unknown-case", paper, Topic.objects.get(), cast.pu, case=number)


def test_paper_of_a_confidential_item_is_read_by_the_secretariat_and_the_look_is_written_down(
    cast: Cast, round_: Round
) -> None:
    held = paper(item(cast, round_, confidential=True), cast.chengdu)
    at = f"/meetings/{round_.first.pk}/papers/{held.pk}"

    assert [got(signed_in(one).get(at))[0] for one in (cast.pu, cast.chengdu)] == [404, 200]
    assert (Read.objects.latest("pk").by, Read.objects.latest("pk").part) == (str(cast.chengdu.pk), "meetings")


def test_add_paper_refuses_strangers_types_and_too_much(cast: Cast, round_: Round, settings: Any) -> None:
    topic = item(cast, round_)
    refused("not-secretary", paper, topic, cast.wei)
    refused("file-type", actions.add_paper, topic, by=cast.pu, name="a.exe", chunks=[b"MZ\x00\x01"])
    refused("unknown-audience", paper, topic, cast.pu, audience="all")
    settings.LIANQIAO_FILES_TOTAL_BYTES = 20
    paper(topic, cast.pu)
    refused("too-many-papers", paper, topic, cast.pu)
    assert len([path for path in files.folder().rglob("*") if path.is_file()]) == 1
    actions.cancel(round_.first, by=cast.chengdu, reason="改期")
    settings.LIANQIAO_FILES_TOTAL_BYTES = 2000
    refused("wrong-stage", paper, topic, cast.pu)


def test_paper_that_is_taken_away_is_gone_with_its_file_and_one_that_stands_is_kept(
    cast: Cast, round_: Round, django_capture_on_commit_callbacks: Any
) -> None:
    topic = item(cast, round_)
    first, second = paper(topic, cast.pu), paper(topic, cast.pu, "二.txt")
    places = [Path(files.path_of(round_.first.pk, one.pk)) for one in (first, second)]
    for place in places:
        os.utime(place, (1, 1))
    with django_capture_on_commit_callbacks(execute=True):
        signed_in(cast.chengdu).post(f"/meetings/{round_.first.pk}/do/remove-paper", {"paper": str(first.pk)})

    assert (clearing.clear_now(), [place.exists() for place in places]) == (0, [False, True])
    assert [one.verb for one in Event.objects.about("meeting", round_.first.pk)][-3:] == [
        "add_paper",
        "add_paper",
        "remove_paper",
    ]
    assert signed_in(cast.pu).get(f"/meetings/{round_.first.pk}/papers/{first.pk}").status_code == 404


def test_paper_is_named_and_fetched_by_the_api(cast: Cast, round_: Round, call: Caller) -> None:  # noqa: F811
    held = paper(item(cast, round_), cast.pu)
    [told] = call.get(f"meetings/{round_.first.pk}", "chengdu").json()["items"][0]["papers"]

    assert (told["name"], told["size"], told["id"]) == ("汇报.txt", 12, str(held.pk))
    assert call.get(told["address"].removeprefix("/api/v1/"), "chengdu").body.decode() == "情况汇报"
    assert call.get(f"meetings/{round_.first.pk}/papers/{round_.first.pk}", "chengdu").json()["code"] == "unknown-paper"
