"""The roundtables of the demonstration, held by the verbs of the meetings in the node's own process: one that was held and published, with lines at
every stage, and the next one, on whose agenda the open lines stand. Invented, like all."""

# ruff: noqa: PLC0415  (what needs a node is imported in the node's process)

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

ROUNDS: dict[str, dict[str, Any]] = {
    "51": {
        "zh": "成都市外资企业圆桌会议", "en": "Chengdu Roundtable of Foreign-Invested Enterprises", "office": "cd-fie-centre", "secretary": "cd-intake",
        "chair": "cd-lead", "supervisor": "fie-lead-51", "handler": "cd-handler", "members": ("cd-fie-centre", "cd-planning", "cd-market", "sc-economy-it"),
        "department": "cd-planning", "owner": "owner-foreign", "room": "成都市政务服务中心301会议室",
    },
    "50": {
        "zh": "渝中区外资企业圆桌会议", "en": "Yuzhong District Roundtable of Foreign-Invested Enterprises",
        "office": "yz-fie-centre", "secretary": "yz-intake",
        "chair": "yz-lead", "supervisor": "fie-lead-50", "handler": "yz-handler", "members": ("yz-fie-centre", "yz-commerce", "yz-market", "cq-planning"),
        "department": "cq-planning", "owner": "owner-foreign-50", "room": "渝中区政府一号会议室",
    },
}  # fmt: skip


def hold(code: str) -> int:
    """Both meetings of the node with this code; how many lines."""
    from lianqiao.meetings import actions
    from lianqiao.record import time
    from lianqiao.registry import finding
    from lianqiao.registry.models import EnterpriseMember, Person

    told = ROUNDS[code]
    who = {
        name: Person.objects.get(account=told[name])
        for name in ("secretary", "chair", "supervisor", "handler", "owner")
    }
    by, enterprise = (
        who["secretary"],
        EnterpriseMember.objects.select_related("enterprise").get(person=who["owner"]).enterprise,
    )
    body = actions.establish(
        by=who["chair"], name_zh=told["zh"], name_en=told["en"], chair=who["chair"], office=finding.agency(told["office"]),
        members=[finding.agency(one) for one in told["members"]],
    )  # fmt: skip
    series = actions.open_series(body, by=by, kind="roundtable", title="季度圆桌会议", field="licensing")
    department = finding.agency(told["department"])

    def planned(days: int) -> Any:
        begins = (time.now() + timedelta(days=days)).replace(hour=1, minute=30, second=0, microsecond=0)
        return actions.plan(series, by=by, starts_at=begins, ends_at=begins + timedelta(hours=2), room=told["room"])

    def collected(text: str, **more: Any) -> str:
        return str(actions.collect(series, by=by, text=text, **more).pk)

    first = planned(-20)
    permits = [
        collected("施工许可分段办理，衔接时间长。", enterprise=enterprise),
        collected("施工许可办理分段多，衔接慢。", raised_by="外商投资企业协会"),
    ]
    staff = collected("外籍员工工作许可与居留许可不能一并申请。", enterprise=enterprise)
    one = actions.put_on_agenda(first, by=by, title="施工许可衔接", concerns=permits, agency=department, minutes=40)
    two = actions.put_on_agenda(first, by=by, title="外籍员工许可", concerns=[staff], minutes=30)
    for seat in (
        actions.invite(first, by=by, agency=department),
        actions.invite(first, by=by, enterprise=enterprise),
    ):
        actions.answer(seat, by=by, coming=True)
    meeting = actions.open_meeting(first, by=by, presided_by=who["chair"])
    for seat in first.seats.all():
        actions.attend(seat, by=by)
    actions.say(
        meeting, by=by, key=uuid4(), topic=str(one.pk), speaker=department.name_zh, text="两个环节可以并联办理。"
    )
    spot, slow, common, last = (
        actions.write_line(meeting, by=by, key=uuid4(), topic=str(topic.pk), text=text)
        for topic, text in (
            (one, "规划核实与施工许可并联办理"), (one, "核实历史用地材料"), (two, "工作许可与居留许可一并申请"), (two, "公布英文办理指南"),
        )
    )  # fmt: skip
    actions.settle(spot, by=by, undertaken=f"{department.name_zh}承诺即日起并联办理。", enterprise=enterprise)
    due_on = time.today() + timedelta(days=15)
    more: dict[str, Any] = {"enterprise": enterprise, "supervisor": who["supervisor"], "due_on": due_on}
    slow = actions.enter(
        slow, by=by, agency=department, measure="调取档案，逐宗核实。", follow_up="每周报告进展", **more
    )
    common = actions.enter(common, by=by, measure="会同出入境管理部门研究一窗受理。", **more)
    last = actions.enter(last, by=by, measure="翻译并公布。", **more)
    actions.take_charge(slow, by=who["supervisor"])
    minutes = actions.draft(actions.close(meeting, by=by), by=by, text=_minutes(meeting, by))
    actions.confirm(minutes, by=who["chair"])
    actions.publish(meeting, by=by, text=_public(meeting, by))
    _conclude(common, who["handler"], "policy-study", "属共性问题，转专题研究一并申请办法。")
    _conclude(last, who["handler"], "resolved", "英文办理指南已公布。")
    actions.confirm_result(last, by=by, text="企业电话确认。")

    second = planned(12)
    waits = collected("检验结果在两地不能互认。", enterprise=enterprise)
    actions.put_on_agenda(second, by=by, title="检验结果互认", concerns=[waits], minutes=30)
    actions.invite(second, by=by, agency=department)
    collected("园区公交班次少，员工通勤不便。", raised_by="外商投资企业协会")
    if code == "51":
        join()
    return meeting.lines.count()


def join() -> None:
    """The joint meeting of both regions, whose papers Sichuan keeps and Chongqing is told."""
    from lianqiao.meetings import actions
    from lianqiao.record import time
    from lianqiao.registry import finding
    from lianqiao.registry.models import Agreement, Person

    chair, by = (Person.objects.get(account=account) for account in ("zhao-lead", "li-intake"))
    office = finding.agency("sc-inward-centre")
    body = actions.establish(
        by=chair, name_zh="川渝投诉工作联席会议", name_en="Sichuan-Chongqing Joint Meeting on Complaints", chair=chair, office=office,
        members=[office, finding.agency("sc-fie-centre"), finding.agency("sc-justice")], peer="50",
        others="召集人：重庆市民营企业维权投诉中心负责人；联络员：重庆市民营企业维权投诉中心受理科",
    )  # fmt: skip
    series = actions.open_series(body, by=by, kind="joint", title="年度联席会议", months=12)
    year = time.today().year
    for text, due_on, owner in (
        ("编制两地跨区域投诉转办事项目录（四川部分）", time.today() + timedelta(days=30), ""),
        ("编制两地跨区域投诉转办事项目录（重庆部分）", time.today() + timedelta(days=30), "重庆市民营企业维权投诉中心受理科"),
        ("汇总上年度移交事项办理情况", time.today() + timedelta(days=60), ""),
    ):  # fmt: skip
        due_on = min(due_on, time.today().replace(year=year, month=12, day=31))
        actions.set_task(
            body, by=by, year=year, text=text, due_on=due_on, owner=owner, agency=None if owner else office
        )
    begins = (time.now() + timedelta(days=18)).replace(hour=2, minute=0, second=0, microsecond=0)
    meeting = actions.plan(
        series, by=by, starts_at=begins, ends_at=begins + timedelta(hours=3), room="四川省政务服务中心201会议室"
    )
    for title in ("上年度移交事项通报", "跨区域投诉转办目录", "检验结果互认"):
        actions.put_on_agenda(meeting, by=by, title=title, minutes=40)
    actions.share(body, by=chair, agreement=Agreement.objects.get(reference="SC-CQ-2020-05-29"))


def _minutes(meeting: Any, by: Any) -> str:
    from lianqiao.meetings import minutes, reading

    return minutes.proposed(reading.sheet(meeting, by))


def _public(meeting: Any, by: Any) -> str:
    from lianqiao.meetings import minutes, reading

    return minutes.for_the_public(reading.sheet(meeting, by))


def _conclude(line: Any, by: Any, ground: str, text: str) -> None:
    from lianqiao.cases.actions import ACTIONS
    from lianqiao.cases.models import Case

    ACTIONS["conclude"](Case.objects.get(pk=line.case_id), by=by, ground=ground, text=text)
