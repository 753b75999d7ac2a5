"""The cases of the demonstration that cross from one region to the other, in all states of a hand-over."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from lianqiao.site.calling import until
from lianqiao.site.demo import handing
from lianqiao.site.demo.tales import Place, day
from lianqiao.site.demo.within import FOUR, ONE, TWO

Places = Mapping[str, Place]
COMPLAINTS, SERVICES, WORKING = "SC-CQ-2020-05-29", "SC-CQ-2020-07-22", "SC-CQ-2021-03-01"
MAPPED = {
    "agency": "cq-private-centre",
    "programme": "private-complaint",
    "kind": "infringement",
    "category": "enforcement",
}


def until_in_force(places: Places) -> None:
    """Wait until both nodes hold both signatures under all agreements."""
    for place in places.values():
        caller = next(iter(place.callers.values()))
        for reference in (COMPLAINTS, SERVICES, WORKING):
            until(f"agreement {reference}", partial(handing.in_force, caller, reference))


def from_sichuan(places: Places, title: str, facts: str, request: str, **more: Any) -> str:
    """A case of the Chengdu enterprise with trouble in Chongqing, accepted at Sichuan's centre and offered under clause 3.1."""
    people = places["51"].callers
    filed = people["owner-chengdu"].file(
        agency="sc-inward-centre", programme="private-complaint", kind="infringement", category="enforcement", title=title,
        facts=facts, request=request, enterprise=places["51"].enterprises[ONE], respondents=["cd-market"],
        contact={"name": "朱先生", "phone": "028-00000001"}, **more,
    )  # fmt: skip
    number = str(filed["number"])
    people["li-intake"].do(number, "accept")
    offer(places, "51", "li-intake", number, "3.1", "被投诉行为发生在重庆市。")
    return number


def offer(
    places: Places, code: str, account: str, number: str, clause: str, reason: str, agreement: str = COMPLAINTS
) -> None:
    caller = places[code].callers[account]
    caller.do(number, "offer", agreement=handing.clause_id(caller, agreement), clause=clause, reason=reason)


def take_over(places: Places, number: str, **mapping: Any) -> str:
    """Chongqing's liaison takes over; the number there."""
    taken = handing.take_over(places["50"].callers["cq-liaison"], number, **(MAPPED | mapping))
    handing.reaches(places["51"].callers["li-intake"], number, "handed_over")
    return str(taken["number"])


def waits_in_chongqing(places: Places) -> None:
    from_sichuan(places, "展会被临时取消", "签约展位被主办单位临时取消，未退款。", "请求退款并说明。")


def followed(places: Places) -> None:
    number = from_sichuan(places, "工程款逾期", "区属单位项目验收后八个月未付款。", "请求支付。")
    there = take_over(places, number, remark="由本中心直接办理。")
    people = places["50"].callers
    people["cq-handler"].do(there, "note", text="已向项目单位发函，约定下周面谈。", shared=True)
    people["cq-handler"].do(there, "ask", to="enterprise", question="请补充结算书编号。", reply_by=day(10))
    handing.hears(places["51"].callers["li-intake"], number, "question_reported")


def whole(places: Places) -> None:
    number = from_sichuan(places, "许可延续被拒收", "窗口拒收延续申请，未说明理由。", "请求受理。", confidential=True)
    there = take_over(places, number)
    concluded(places, number, there, "窗口已受理并完成延续。", "resolved")
    sichuan = places["51"].callers
    sichuan["li-intake"].do(number, "deliver", method="electronic", receipt="平台送达回执")
    sichuan["owner-chengdu"].do(number, "rate", score=1, text="在成都就办成了。")


def concluded(places: Places, number: str, there: str, text: str, ground: str) -> None:
    chongqing = places["50"].callers
    chongqing["cq-handler"].do(there, "conclude", ground=ground, text=text)
    handing.reaches(places["51"].callers["li-intake"], number, "concluded")


def rated_badly(places: Places) -> None:
    number = from_sichuan(places, "跨省运输车辆被重复检查", "同日同路段被检查四次。", "请求结果互认。")
    there = take_over(places, number)
    concluded(places, number, there, "已说明检查依据，检查事项不同。", "explained")
    sichuan = places["51"].callers
    sichuan["li-intake"].do(number, "deliver", method="electronic")
    sichuan["owner-chengdu"].do(number, "rate", score=5, text="没有解决重复检查。")
    handing.hears(places["50"].callers["cq-handler"], there, "rating_reported")


def waits_for_delivery(places: Places) -> None:
    number = from_sichuan(places, "抵押登记材料要求不一", "两地窗口要求的材料不同。", "请求统一。")
    concluded(places, number, take_over(places, number), "已按统一清单办结登记。", "resolved")


def declined(places: Places) -> None:
    number = from_sichuan(places, "铁路专用线停运", "专用线停运影响发货。", "请求恢复。")
    handing.decline(
        places["50"].callers["cq-liaison"],
        number,
        reason="专用线由国铁集团管理，不属本市职权。",
        competent_body="国铁集团成都局集团公司",
    )
    handing.reaches(places["51"].callers["li-intake"], number, "accepted")


def retracted(places: Places) -> None:
    number = from_sichuan(places, "产权证信息有误", "证载面积与测绘不符。", "请求更正。")
    handing.offered(places["50"].callers["cq-liaison"], number)
    places["51"].callers["zhao-lead"].do(number, "retract", reason="企业补充材料表明登记机构在四川省内。")
    handing.reaches(places["51"].callers["li-intake"], number, "accepted")


def from_chongqing(places: Places) -> str:
    people = places["50"].callers
    filed = people["owner-foreign-50"].file(
        agency="cq-fie-centre", programme="fie-complaint", kind="infringement", category="licensing",
        title="Branch licence in Chengdu delayed", facts="The branch in Chengdu has waited five months for its licence.",
        request="Please obtain a decision.", enterprise=places["50"].enterprises[FOUR], respondents=["cq-market"],
    )  # fmt: skip
    number = str(filed["number"])
    people["fie-intake-50"].do(number, "accept")
    offer(places, "50", "fie-intake-50", number, "3.4", "分支机构的许可由四川省办理。")
    return number


def waits_in_sichuan(places: Places) -> None:
    from_chongqing(places)


def handled_in_sichuan(places: Places) -> None:
    number = from_chongqing(places)
    taken = handing.take_over(
        places["51"].callers["fie-intake-51"], number, agency="sc-fie-centre", programme="fie-complaint", kind="infringement",
        category="licensing", respondents=["cd-planning"],
    )  # fmt: skip
    handing.reaches(places["50"].callers["fie-intake-50"], number, "handed_over")
    places["51"].callers["fie-handler-51"].do(taken["number"], "note", text="已约谈许可窗口。", shared=True)
    handing.hears(places["50"].callers["fie-intake-50"], number, "progress_reported")


def service_difficulty(places: Places) -> None:
    """S3: a difficulty with a service, handed over by the hot lines under the second agreement."""
    people = places["51"].callers
    filed = people["hotline-51"].file(
        agency="sc-hotline", programme="hotline", kind="help", category="no-coordination", title="跨省迁移社保关系受阻",
        facts="员工由重庆转入成都，转出证明两次被退。", request="请求协调重庆窗口出具证明。",
        enterprise=places["51"].enterprises[TWO], channel="hotline",
    )  # fmt: skip
    number = str(filed["number"])
    people["hotline-51"].do(number, "accept")
    offer(places, "51", "hotline-51", number, "2.1", "转出证明由重庆市办理。", SERVICES)
    taken = handing.take_over(
        places["50"].callers["hotline-50"],
        number,
        agency="cq-hotline",
        programme="hotline",
        kind="help",
        category="no-coordination",
    )
    handing.reaches(people["hotline-51"], number, "handed_over")
    places["50"].callers["hotline-50"].do(taken["number"], "conclude", ground="resolved", text="证明已补开并邮寄。")
    handing.reaches(people["hotline-51"], number, "concluded")


def filed_twice(places: Places) -> None:
    """Within Sichuan: the same matter filed twice; the later case follows the first."""
    people, enterprise = places["51"].callers, places["51"].enterprises["91500103MA5U00011H"]
    first, second = (
        str(
            people["owner-inward"].file(
                agency="sc-inward-centre", programme="inward-complaint", kind="infringement", category="levies", title=title,
                facts="停车场违规收取进场费，已有收据三张。", request="请求退还并停止收取。", enterprise=enterprise,
                respondents=["cd-market"],
            )["number"]
        )
        for title in ("园区停车场乱收进场费", "园区停车场乱收进场费（再次反映）")
    )  # fmt: skip
    people["li-intake"].do(second, "merge", main=first, reason="与前件系同一事项，合并办理。")


JOURNEYS: tuple[Callable[[Places], None], ...] = (
    waits_in_chongqing, followed, whole, rated_badly, waits_for_delivery, declined, retracted, waits_in_sichuan,
    handled_in_sichuan, service_difficulty, filed_twice,
)  # fmt: skip
"""Each tells one case."""
