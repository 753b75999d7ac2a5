"""The ways of the cases: what the agreements of 2020-05-29 (complaints) and 2020-07-22 (services) promised to enterprises."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from lianqiao.law.text import Text
from lianqiao.site.calling import Answered
from lianqiao.site.demo import handing
from lianqiao.site.demo.between import COMPLAINTS, SERVICES, Places
from lianqiao.site.demo.tales import day
from lianqiao.site.demo.within import ONE, TWO
from lianqiao.site.tour.telling import Telling, WentWrong

OWNER = Text("企业负责人（成都示例一号）", "The enterprise's owner (Chengdu Example One)")
CD_INTAKE = Text("成都中心受理员", "Intake officer, Chengdu centre")
CD_LEAD = Text("成都中心负责人", "Lead, Chengdu centre")
CQ_LIAISON = Text("重庆民企中心联络员", "Liaison, Chongqing centre")
CQ_HANDLER = Text("重庆民企中心经办员", "Handler, Chongqing centre")
CQ_MARKET = Text("重庆市市场监管局（被投诉）", "Chongqing market regulator (complained of)")
WORKSTATION = Text("成都外商投资企业协会工作站", "Workstation at the association in Chengdu")
HOTLINE_51, HOTLINE_50 = Text("四川12345", "Sichuan 12345"), Text("重庆12345", "Chongqing 12345")


@dataclass(frozen=True)
class Crossing:
    """A case that crossed: its number at both nodes, and who can read it there."""

    here: str
    there: str
    reader_here: str
    reader_there: str
    verbs_here: tuple[str, ...]
    verbs_there: tuple[str, ...]
    home: str = "51"


def take_over(places: Places, tell: Telling, account: str, number: str, **mapping: Any) -> str:
    taken = handing.take_over(places["50"].callers[account], number, **mapping)
    return str(taken["number"])


def complaint(places: Places, tell: Telling) -> Crossing:
    """S1.1: an enterprise of Sichuan with trouble in Chongqing says it once, in Chengdu."""
    sichuan, chongqing = places["51"].callers, places["50"].callers
    tell.heading(
        "一、企业在成都说一次，重庆来办（2020年5月29日协议）",
        "1. Said once in Chengdu, handled in Chongqing (agreement of 29 May 2020)",
    )
    filed = sichuan["owner-chengdu"].file(
        agency="cd-inward-centre", programme="private-complaint", kind="infringement", category="enforcement",
        title="重庆分公司货物被扣押", facts="分公司货物被市场监管部门扣押，期满未解除，也未告知理由。", request="请求解除扣押并书面说明理由。",
        enterprise=places["51"].enterprises[ONE], respondents=["cd-market"], confidential=True,
        contact={"name": "朱先生", "phone": "028-00000001"},
    )  # fmt: skip
    number = str(filed["number"])
    tell.step(OWNER, "在成都中心提交投诉，要求身份保密，取得编号 {number}、查询码和签名回执。",
              "files at the Chengdu centre, identity confidential; gets number {number}, a code word and a signed receipt.", number=number)  # fmt: skip
    tell.deadline(sichuan["owner-chengdu"], number, "accept")
    status = sichuan["owner-chengdu"].ask("POST", "/status", {"number": number, "code_word": filed["code_word"]})
    tell.same(Text("凭查询码所见状态", "status by code word"), status["state"], "filed")
    tell.held(
        "不用账号，凭编号和查询码即可查看状态：{state}。",
        "Without an account, number and code word show the status: {state}.",
        state=status["state_label"],
    )

    sichuan["cd-intake"].do(number, "request_correction", missing=["扣押决定书复印件"])
    tell.step(CD_INTAKE, "一次性告知需补正的材料。", "says once, in writing, everything that is missing.")
    tell.deadline(sichuan["owner-chengdu"], number, "supplement")
    sichuan["owner-chengdu"].do(number, "supplement", text="补交扣押决定书复印件。")
    tell.step(OWNER, "补交材料，受理期限重新起算。", "hands it in; the limit for acceptance begins anew.")
    sichuan["cd-intake"].do(number, "accept", remark="材料齐全，予以受理。")
    tell.step(CD_INTAKE, "受理。", "accepts.")
    tell.deadline(sichuan["owner-chengdu"], number, "handle")
    agreement = handing.clause_id(sichuan["cd-intake"], COMPLAINTS)
    sichuan["cd-intake"].do(
        number, "offer", agreement=agreement, clause="3.5", reason="扣押行为发生在重庆市，由重庆办理更便捷。"
    )
    tell.step(
        CD_INTAKE,
        "依协议第3.5条移交重庆。答复之前，成都仍对企业负责。",
        "offers it to Chongqing under clause 3.5. Until the answer, Chengdu still answers for it.",
    )
    tell.same(
        Text("移交答复前的负责节点", "who answers before the answer"),
        sichuan["cd-intake"].case(number)["holder_node"],
        "51",
    )
    tell.deadline(sichuan["cd-intake"], number, "offer")
    refused = refusal(sichuan["cd-handler"], number, "conclude", ground="resolved", text="x")
    tell.same(Text("移交期间只读", "read-only while offered"), refused, "wrong-state")
    tell.held("移交期间四川一方不能再作实体处理。", "While it is offered, Sichuan cannot act on the substance.")

    offer = handing.offered(chongqing["cq-liaison"], number)
    tell.step(
        CQ_LIAISON,
        "看到移交：{title}，最迟 {due} 答复。",
        "finds the offer: {title}, to be answered by {due}.",
        title=offer["title"],
        due=offer["due_on"],
    )
    there = take_over(
        places, tell, "cq-liaison", number, agency="cq-private-centre", programme="private-complaint", kind="infringement",
        category="enforcement", respondents=["cq-market"], remark="由本中心直接办理。",
    )  # fmt: skip
    tell.step(
        CQ_LIAISON,
        "按本地机构和事项接收，重庆编号 {number}。",
        "takes it over, in Chongqing's own terms; number there {number}.",
        number=there,
    )
    tell.deadline(chongqing["cq-handler"], there, "handle")
    handing.reaches(sichuan["cd-intake"], number, "handed_over")
    one_answers(places, tell, number, "cd-intake", there, "cq-handler", "50", 2)

    chongqing["cq-handler"].do(
        there, "ask", to="respondent", agency="cq-market", question="该批货物扣押的期限和依据是什么？", reply_by=day(9)
    )
    tell.step(CQ_HANDLER, "向被投诉机关询问。", "asks the agency complained of.")
    rows = [row for row in chongqing["cq-market-handler"].get("/questions")["questions"] if row["case"] == there]
    tell.same(
        Text("被投诉机关所见企业", "the enterprise, as the agency complained of sees it"),
        [row["enterprise"] for row in rows],
        [None],
    )
    tell.same(
        Text("被投诉机关查阅案件", "the case, for the agency complained of"),
        refusal(chongqing["cq-market-handler"], there, "note", text="x"),
        "unknown-case",
    )
    chongqing["cq-market-handler"].answer(there, "扣押期限已满，即日解除，并补送书面说明。")
    tell.step(
        CQ_MARKET, "只看到问题，看不到是谁投诉；作出答复。", "sees the question and not who complains, and replies."
    )
    chongqing["cq-handler"].do(there, "note", text="货物已解除扣押，正在协商损失。", shared=True)
    handing.hears(sichuan["cd-intake"], number, "progress_reported")
    tell.step(CQ_HANDLER, "登记进展，成都和企业同时看到。", "records progress; Chengdu and the enterprise see it.")
    chongqing["cq-handler"].do(there, "settle", text="双方约定十日内补偿仓储损失。", perform_by=day(10))
    tell.step(CQ_HANDLER, "主持调解，双方达成和解。", "mediates; both sides settle.")
    chongqing["cq-handler"].do(there, "conclude", ground="settled", text="货物已返还，仓储损失按和解协议补偿。")
    handing.reaches(sichuan["cd-intake"], number, "concluded")
    tell.step(CQ_HANDLER, "办结，结果回到成都。", "concludes; the result is back in Chengdu.")
    sichuan["cd-intake"].do(number, "deliver", method="electronic", receipt="平台送达回执")
    handing.reaches(chongqing["cq-handler"], there, "delivered")
    tell.step(CD_INTAKE, "由受理地送达企业。", "delivers it to the enterprise: its home desk stays its desk.")
    sichuan["owner-chengdu"].do(number, "rate", score=5, text="补偿款尚未到账。")
    handing.hears(chongqing["cq-handler"], there, "rating_reported")
    tell.step(OWNER, "评价“非常不满意”。", "rates it “very dissatisfied”.")
    tell.deadline(chongqing["cq-handler"], there, "contact")
    chongqing["cq-handler"].do(there, "contact", text="已联系企业，补偿款当日到账。")
    sichuan["cd-intake"].do(number, "contact", text="已回访企业，确认收到补偿款。")
    tell.step(CQ_HANDLER, "按期回访，问题解决。", "contacts the enterprise in time; it is put right.")
    return Crossing(
        number, there, "cd-intake", "cq-handler",
        ("file", "request_correction", "supplement", "accept", "offer", "taken_over", "progress_reported", "progress_reported",
         "result_reported", "deliver", "rate", "contact"),
        ("take_over", "ask", "reply", "note", "settle", "conclude", "delivery_reported", "rating_reported", "contact"),
    )  # fmt: skip


def workstation(places: Places, tell: Telling) -> None:
    """S1.5 and the way back: taken in by a workstation, declined by one region, asked back from the other."""
    sichuan, chongqing = places["51"].callers, places["50"].callers
    tell.heading(
        "二、服务工作站代收；对方退回，也可撤回", "2. Taken in by a workstation; declined once, asked back once"
    )
    filed = sichuan["workstation-51"].file(
        agency="cd-fie-workstation", programme="fie-complaint", kind="infringement", category="licensing",
        title="重庆门店许可延期未决", facts="门店许可延期申请逾期未答复。", request="请求依法作出决定。",
        enterprise=places["51"].enterprises[TWO], respondents=["cd-planning"], channel="workstation",
    )  # fmt: skip
    number = str(filed["number"])
    tell.step(
        WORKSTATION,
        "替外资企业代收投诉 {number}。",
        "takes the complaint in for a foreign-invested enterprise: {number}.",
        number=number,
    )
    tell.deadline(sichuan["workstation-51"], number, "accept")
    sichuan["workstation-51"].do(number, "route", agency="cd-fie-centre", reason="由成都市外商投资企业投诉中心办理。")
    sichuan["cd-intake"].do(number, "sign_for")
    sichuan["cd-intake"].do(number, "accept")
    tell.step(
        CD_INTAKE,
        "签收并受理。签收之前由工作站负责（首接负责）。",
        "signs for it and accepts; until then the workstation answered for it.",
    )
    tell.deadline(sichuan["cd-intake"], number, "handle")
    agreement = handing.clause_id(sichuan["cd-intake"], COMPLAINTS)
    sichuan["cd-intake"].do(number, "offer", agreement=agreement, clause="3.6", reason="门店在重庆市。")
    handing.decline(
        chongqing["fie-intake-50"],
        number,
        reason="该许可由门店所在区办理，请先向区中心提出。",
        competent_body="渝中区外商投诉协调中心",
    )
    handing.reaches(sichuan["cd-intake"], number, "accepted")
    said = handing.hears(sichuan["cd-intake"], number, "declined")["data"]
    tell.same(
        Text("退回时写明的机构", "the body named in the answer"), said["competent_body"], "渝中区外商投诉协调中心"
    )
    tell.step(Text("重庆外资中心", "Chongqing centre for foreign investors"), "退回，写明理由和有权机构。案件回到成都，一刻也没有无人负责。",
              "declines, with the reason and the competent body. The case is back in Chengdu; at no moment did nobody answer for it.")  # fmt: skip
    sichuan["cd-intake"].do(number, "offer", agreement=agreement, clause="3.6", reason="经核实仍属重庆市级权限。")
    handing.offered(chongqing["fie-intake-50"], number)
    sichuan["cd-lead"].do(number, "retract", reason="企业来电：门店已收到决定。")
    handing.reaches(sichuan["cd-intake"], number, "accepted")
    tell.step(
        CD_LEAD,
        "再次移交后撤回；以对方答复为准，先到者为先。",
        "offers again and asks it back; the other side's answer decides, first come first served.",
    )
    tell.same(
        Text("撤回后的负责节点", "who answers after the retraction"),
        sichuan["cd-intake"].case(number)["holder_node"],
        "51",
    )


def emergency(places: Places, tell: Telling) -> Crossing:
    """S1.3: an event that seriously affects production, offered under a trigger of joint handling."""
    sichuan, chongqing = places["51"].callers, places["50"].callers
    tell.heading("三、突发事件，两地联动", "3. An emergency, at once and by both sides")
    filed = sichuan["owner-chengdu"].file(
        agency="cd-inward-centre", programme="private-complaint", kind="infringement", category="enforcement",
        title="重庆工厂被断电停产", facts="工厂被突然断电，三条生产线停产，在制品报废。", request="请求立即恢复供电。",
        enterprise=places["51"].enterprises[ONE], respondents=["cd-market"],
    )  # fmt: skip
    number = str(filed["number"])
    sichuan["cd-intake"].do(number, "accept")
    agreement = handing.clause_id(sichuan["cd-intake"], COMPLAINTS)
    sichuan["cd-intake"].do(
        number,
        "offer",
        agreement=agreement,
        clause="3.5",
        reason="工厂停产，需立即处置。",
        trigger="operation_affected",
    )
    offer = handing.offered(chongqing["cq-liaison"], number)
    tell.same(Text("联动情形", "trigger of joint handling"), offer["trigger"], "operation_affected")
    tell.step(
        CD_INTAKE,
        "当即受理，并以“严重影响正常生产经营”移交 {number}。",
        "accepts at once and offers {number} as “normal operation seriously affected”.",
        number=number,
    )
    there = take_over(
        places, tell, "cq-liaison", number, agency="cq-private-centre", programme="private-complaint", kind="infringement",
        category="enforcement", respondents=["cq-market"],
    )  # fmt: skip
    chongqing["cq-handler"].do(there, "engage", agency="cq-economy-it", task="协调恢复供电。", amount=1)
    chongqing["economy-50"].do(there, "contribute", text="供电已于当日恢复。")
    tell.step(
        CQ_HANDLER,
        "即时接收，重庆市经信委协办，当日恢复供电。",
        "takes it over; the economy commission helps, and power is back the same day.",
    )
    handing.reaches(sichuan["cd-intake"], number, "handed_over")
    chongqing["cq-handler"].do(there, "conclude", ground="resolved", text="供电恢复，责任单位已书面致歉。")
    handing.reaches(sichuan["cd-intake"], number, "concluded")
    sichuan["cd-intake"].do(number, "deliver", method="electronic")
    handing.reaches(chongqing["cq-handler"], there, "delivered")
    tell.step(CD_INTAKE, "送达企业。", "delivers the result to the enterprise.")
    one_answers(places, tell, number, "cd-intake", there, "cq-handler", "50", 2)
    return Crossing(
        number, there, "cd-intake", "cq-handler", ("file", "accept", "offer", "taken_over", "result_reported", "deliver"),
        ("take_over", "engage", "contribute", "conclude", "delivery_reported"),
    )  # fmt: skip


def service(places: Places, tell: Telling) -> Crossing:
    """S3.4: a service begun in one region and obtained in the other, under the second agreement."""
    sichuan, chongqing = places["51"].callers, places["50"].callers
    tell.heading(
        "四、政务服务跨省通办（2020年7月22日协议）", "4. A service across the border (agreement of 22 July 2020)"
    )
    filed = sichuan["hotline-51"].file(
        agency="sc-hotline", programme="hotline", kind="help", category="no-coordination", title="转出证明两次被退",
        facts="员工社保关系由重庆转入成都，转出证明两次被退。", request="请求协调开具。", enterprise=places["51"].enterprises[ONE], channel="hotline",
    )  # fmt: skip
    number = str(filed["number"])
    sichuan["hotline-51"].do(number, "accept")
    tell.step(HOTLINE_51, "接到企业来电，立案 {number}。", "takes the enterprise's call: {number}.", number=number)
    tell.deadline(sichuan["hotline-51"], number, "handle")
    sichuan["hotline-51"].do(
        number,
        "offer",
        agreement=handing.clause_id(sichuan["hotline-51"], SERVICES),
        clause="2.1",
        reason="证明由重庆开具。",
    )
    there = take_over(
        places,
        tell,
        "hotline-50",
        number,
        agency="cq-hotline",
        programme="hotline",
        kind="help",
        category="no-coordination",
    )
    handing.reaches(sichuan["hotline-51"], number, "handed_over")
    tell.step(
        HOTLINE_50,
        "依第2.1条接收 {number}。办理期限从四川受理日起连续计算。",
        "takes it over under clause 2.1: {number}. The limit runs on from Sichuan's acceptance.",
        number=there,
    )
    tell.deadline(chongqing["hotline-50"], there, "handle")
    one_answers(places, tell, number, "hotline-51", there, "hotline-50", "50", 2)
    chongqing["hotline-50"].do(there, "conclude", ground="resolved", text="转出证明已开具并邮寄。")
    handing.reaches(sichuan["hotline-51"], number, "concluded")
    sichuan["hotline-51"].do(number, "deliver", method="electronic")
    handing.reaches(chongqing["hotline-50"], there, "delivered")
    tell.step(HOTLINE_50, "办结；四川12345答复企业。", "concludes; Sichuan 12345 tells the enterprise.")
    return Crossing(
        number, there, "hotline-51", "hotline-50", ("file", "accept", "offer", "taken_over", "result_reported", "deliver"),
        ("take_over", "conclude", "delivery_reported"),
    )  # fmt: skip


def refusal(caller: Any, number: str, verb: str, **content: Any) -> str:
    """The code with which the node refuses; raises `WentWrong` if it does not."""
    try:
        caller.do(number, verb, **content)
    except Answered as answered:
        return answered.code
    raise WentWrong(f"{caller.account} {verb} {number}")


def one_answers(
    places: Places, tell: Telling, here: str, reader_here: str, there: str, reader_there: str, holder: str, tenure: int
) -> None:
    """Both nodes name the same one who answers, in the same tenure."""
    sheets: Mapping[str, Any] = {
        "51": places["51"].callers[reader_here].case(here), "50": places["50"].callers[reader_there].case(there)
    }  # fmt: skip
    for sheet in sheets.values():
        tell.same(
            Text("负责节点与任次", "who answers, and the tenure"),
            (sheet["holder_node"], sheet["tenure"]),
            (holder, tenure),
        )
    tell.same(Text("卷宗编号", "the dossier"), sheets["51"]["dossier"], sheets["50"]["dossier"])
    tell.held(
        "两地记录一致：由节点 {holder} 负责，第 {tenure} 任。",
        "Both records agree: node {holder} answers, tenure {tenure}.",
        holder=holder,
        tenure=tenure,
    )
