"""A joint body of two regions: what the other node is told, what it says, and that late, doubled and foreign parcels change nothing."""

# ruff: noqa: F811  (fixtures of the exchange)

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.test import Client
from tests.exchange.conftest import admin, agreement, between, established, node, other, peer, people, people_of  # noqa: F401
from tests.exchange.other_node import OtherNode
from tests.portal.conftest import signed_in, text

from lianqiao.exchange import inbox
from lianqiao.exchange.models import Alarm, ParcelIn, ParcelOut
from lianqiao.meetings import actions, joint
from lianqiao.meetings.models import Body, Concern, JointBody, Meeting, Task
from lianqiao.notices.models import Notice
from lianqiao.record import followers, sequencer, time
from lianqiao.record.models import Event
from lianqiao.record.refusal import Refused
from lianqiao.registry import finding
from lianqiao.registry.models import Agreement, Person

pytestmark = pytest.mark.django_db


def code_of(call: Any, *args: Any, **said: Any) -> str:
    with pytest.raises(Refused) as caught:
        call(*args, **said)
    return caught.value.code


def follow() -> None:
    while sequencer.place_pending() + followers.run("meetings.share"):
        pass


def sent() -> list[dict[str, Any]]:
    """What node 50 is told, in order."""
    return [json.loads(one.body)["data"] for one in ParcelOut.objects.filter(kind="body.told").order_by("sequence")]


def say(other: OtherNode, client: Client, kind: str, data: dict[str, Any], **more: Any) -> ParcelIn:
    body = other.parcel(kind, data, **more)
    assert other.post(client, body).status_code in (200, 202)
    while inbox.work():
        pass
    return ParcelIn.objects.get(parcel=json.loads(body)["id"])


@pytest.fixture
def body(people: dict[str, Person], agreement: Agreement) -> Body:
    office = finding.agency("sc-fie-centre")
    made = actions.establish(
        by=people["lead"], name_zh="川渝联席会议", name_en="Joint Meeting", chair=people["lead"], office=office, members=[office], peer="50",
        others="召集人：某副秘书长",
    )  # fmt: skip
    actions.open_series(made, by=people["intake"], kind="joint", title="年度联席会议", months=12)
    return made


def planned(body: Body, by: Person, days: int = 5) -> Meeting:
    begins = time.now() + timedelta(days=days)
    return actions.plan(
        body.series.get(), by=by, starts_at=begins, ends_at=begins + timedelta(hours=2), room="一号会议室"
    )


def test_body_is_told_whole_after_each_change_and_only_what_is_open(
    people: dict[str, Person],
    agreement: Agreement,
    body: Body,
) -> None:
    lead, intake = people["lead"], people["intake"]
    assert code_of(actions.share, body, by=people["owner"], agreement=agreement) == "not-secretary"
    actions.share(body, by=intake, agreement=agreement)
    meeting = planned(body, intake)
    actions.put_on_agenda(meeting, by=intake, title="通办事项")
    actions.put_on_agenda(meeting, by=intake, title="秘密议题", confidential=True)
    actions.collect(body.series.get(), by=intake, text="尚未公开的诉求")
    follow()
    before = len(sent())
    actions.collect(body.series.get(), by=intake, text="又一条诉求")
    follow()
    today = time.today()
    actions.set_task(body, by=lead, year=today.year, text="提供目录", due_on=today, owner="重庆某处长")
    follow()

    told = sent()
    last = json.dumps(told[-1], ensure_ascii=False)
    assert (before, len(told)) == (2, 3)  # at sharing, after all of the batch, after the task; nothing for a concern
    assert [one["title"] for one in told[-1]["meetings"][0]["agenda"]] == ["通办事项"]
    assert [one["owner"] for one in told[-1]["tasks"]] == ["重庆某处长"]
    assert [word for word in ("秘密议题", "诉求") if word in last] == []

    actions.stop_sharing(body, by=intake)
    planned(body, intake, days=9)
    follow()
    assert [one["ended_on"] for one in sent()] == [None, None, None, today.isoformat()]


def test_other_region_finishes_its_task_and_brings_a_concern_once(
    people: dict[str, Person],
    agreement: Agreement,
    body: Body,
    other: OtherNode,
    client: Client,
) -> None:
    lead, today = people["lead"], time.today()
    theirs = actions.set_task(body, by=lead, year=today.year, text="提供目录", due_on=today, owner="重庆某处长")
    ours = actions.set_task(body, by=lead, year=today.year, text="编制清单", due_on=today, agency=body.office)
    report = {"body": str(body.pk), "task": str(theirs.pk), "result": "目录已提供。"}
    concern = {
        "body": str(body.pk),
        "series": str(body.series.get().pk),
        "concern": str(uuid4()),
        "text": "跨区域经营许可",
        "raised_by": "某商会",
    }

    early = say(other, client, "body.reported", report)
    actions.share(body, by=lead, agreement=agreement)
    done = [
        say(other, client, "body.reported", report | {"result": told}).state for told in ("目录已提供。", "再说一次")
    ]
    brought = [say(other, client, "body.raised", concern).state for _n in range(2)]
    refused = [
        say(other, client, "body.reported", report | {"task": str(ours.pk)}).reason.partition(":")[0],
        say(other, client, "body.raised", concern | {"series": str(uuid4())}).reason.partition(":")[0],
        say(other, client, "body.raised", {"body": "x"}).reason.partition(":")[0],
    ]

    assert early.reason.partition(":")[0] == "unknown-body"
    assert (done, brought, refused) == (["done"] * 2, ["done"] * 2, ["unknown-task", "unknown-series", "malformed"])
    assert [(one.result, one.done_on) for one in Task.objects.order_by("number")] == [
        ("目录已提供。", today),
        ("", None),
    ]
    assert [(one.source, one.text, one.raised_by) for one in Concern.objects.all()] == [
        ("region", "跨区域经营许可", "某商会")
    ]
    assert {event.by_kind for event in Event.objects.filter(verb__in=("finish_task", "collect"))} == {"node"}
    assert Alarm.objects.filter(kind="parcel-rejected").count() == 4


def kept_by_the_other(body: Body, agreement: Agreement, **more: Any) -> dict[str, Any]:
    """What node 50 would tell of a body like ours that it keeps."""
    body.shared_under = agreement.pk
    told = joint.of(body).model_dump(mode="json") | {"body": "00000000-0000-4000-8000-0000000000aa"}
    return told | more


def test_what_another_region_tells_is_shown_and_answered(
    people: dict[str, Person],
    agreement: Agreement,
    body: Body,
    other: OtherNode,
    client: Client,
) -> None:
    lead, intake, today = people["lead"], people["intake"], time.today()
    actions.set_task(body, by=lead, year=today.year, text="提供四川目录", due_on=today, owner="四川某处长")
    actions.set_task(body, by=lead, year=today.year, text="编制重庆清单", due_on=today, agency=body.office)
    planned(body, intake)
    told = kept_by_the_other(body, agreement)
    say(other, client, "body.told", told)
    held = JointBody.objects.get()
    heard = sorted(Notice.objects.filter(person=intake).values_list("kind", "verb"))
    assert heard == [("joint_body", "meeting"), ("joint_body", "task")]
    say(other, client, "body.told", told | {"zh": "同样的安排"})
    assert Notice.objects.filter(person=intake).count() == 2
    mine = UUID(told["tasks"][0]["id"])
    page = signed_in(intake)
    at = f"/meetings/joint/{held.pk}"

    shown = text(page.get(at))
    assert [word for word in ("四川某处长", "提供四川目录", "一号会议室", "召集人") if word not in shown] == []
    assert "open tasks of our region: 1" in text(page.get("/meetings"))
    assert signed_in(people["owner"]).get(at).status_code in (302, 403, 404)

    page.post(f"{at}/report", {"task": str(mine), "result": "目录已提供。"})
    page.post(f"{at}/report", {"task": str(mine), "result": "再说一次"})
    page.post(f"{at}/raise", {"series": told["series"][0]["id"], "text": "跨区域经营许可", "raised_by": "某商会"})
    said = {one.kind: json.loads(one.body)["data"] for one in ParcelOut.objects.exclude(kind__startswith="agreement")}
    assert said["body.reported"] == {"body": str(held.pk), "task": str(mine), "result": "目录已提供。"}
    assert {name: said["body.raised"][name] for name in ("text", "raised_by")} == {
        "text": "跨区域经营许可",
        "raised_by": "某商会",
    }
    assert ParcelOut.objects.filter(kind="body.reported").count() == 1
    assert "not confirmed yet" in text(page.get(at))
    assert (
        code_of(actions.report_task, held, by=intake, task=UUID(told["tasks"][1]["id"]), result="x") == "not-our-task"
    )
    assert (
        code_of(actions.raise_concern, held, by=people["owner"], series=UUID(told["series"][0]["id"]), text="x")
        == "not-our-party"
    )

    say(other, client, "body.told", told | {"tasks": [], "ended_on": today.isoformat()})
    assert code_of(actions.report_task, held, by=intake, task=mine, result="x") == "shared-no-more"
    assert "shares this body no more" in text(page.get(at))


def test_what_comes_late_or_from_elsewhere_changes_nothing(
    people: dict[str, Person],
    agreement: Agreement,
    body: Body,
    other: OtherNode,
    client: Client,
) -> None:
    told = kept_by_the_other(body, agreement)
    older = other.parcel("body.told", told | {"zh": "旧名"})
    say(other, client, "body.told", told | {"zh": "新名"})
    assert other.post(client, older).status_code in (200, 202)
    while inbox.work():
        pass
    unknown = say(other, client, "body.told", told | {"agreement": str(uuid4())})

    assert (JointBody.objects.get().content["zh"], unknown.state, unknown.reason) == (
        "新名",
        "waiting",
        "agreement-unknown",
    )
    assert [event.verb for event in Event.objects.about("body", JointBody.objects.get().pk)] == ["hear"]
