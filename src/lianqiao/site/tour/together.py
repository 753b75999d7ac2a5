"""The ways of the cases in which both regions take part while one answers: consultation, sub-task, objection upward."""

from dataclasses import replace

from lianqiao.law.text import Text
from lianqiao.site.demo import handing
from lianqiao.site.demo.between import WORKING, Places
from lianqiao.site.demo.within import ONE
from lianqiao.site.tour.journeys import CD_INTAKE, CQ_HANDLER, CQ_LIAISON, OWNER, Crossing, refusal
from lianqiao.site.tour.telling import Telling

CQ_ECONOMY = Text("重庆市经信委", "Chongqing economy commission")
CQ_REVIEW = Text("重庆市政府办公厅复核员", "Review officer, General Office of Chongqing")


def consultation(places: Places, tell: Telling) -> str:
    """Order 2020-3 art. 17 and S1.1 to S1.4: the other region is asked, and gives a hand, while Chengdu answers; its number in Chengdu."""
    sichuan, chongqing = places["51"].callers, places["50"].callers
    desk, liaison = sichuan["cd-intake"], chongqing["cq-liaison"]
    tell.heading(
        "跨地区征询与联动联办：案件不移交", "Asked across the border, done together: the case stays in Chengdu"
    )
    filed = sichuan["owner-chengdu"].file(
        agency="cd-inward-centre", programme="private-complaint", kind="help", category="no-coordination", confidential=True,
        title="两地项目同时停工", facts="成都与重庆两处项目因验收标准不一同时停工。", request="请求协调统一验收标准。",
        enterprise=places["51"].enterprises[ONE], contact={"name": "朱先生"},
    )  # fmt: skip
    number = str(filed["number"])
    desk.do(number, "accept")
    agreement = handing.clause_id(desk, WORKING)
    refused = refusal(
        desk,
        number,
        "consult",
        agreement=agreement,
        clause="1.1",
        question="成都示例一号科技有限公司的项目适用何种标准？",
    )
    tell.same(Text("文字中出现企业名称", "a question that names the enterprise"), refused, "names-the-enterprise")
    desk.do(number, "consult", agreement=agreement, clause="1.1", question="重庆市此类项目的验收适用何种标准？")
    tell.step(
        CD_INTAKE,
        "依第1.1条征询重庆。企业身份保密：写了企业名称的问题发不出去。",
        "asks Chongqing under clause 1.1. The identity is confidential: a question that names the enterprise is not sent.",
    )
    asked = handing.errand(liaison, number, "consultation")
    seen = liaison.get(f"/errands/{asked['id']}")
    tell.same(
        Text("对方所见", "what the other side sees"),
        (seen["number"], seen["text"]),
        (number, "重庆市此类项目的验收适用何种标准？"),
    )
    tell.same(
        Text("对方是否有案件", "no case there"),
        any(row["title"] == "两地项目同时停工" for row in liaison.get("/cases")["cases"]),
        False,
    )
    liaison.ask("POST", f"/errands/{asked['id']}/assign", {"agency": "cq-economy-it", "reason": "属其职责。"})
    tell.step(
        CQ_LIAISON,
        "看到问题和案件编号，别无其他；交经信委答复，最迟 {due}。",
        "sees the question and the number of the case, nothing else; gives it to the economy commission, due on {due}.",
        due=seen["due_on"],
    )
    for sentence in [*seen["sentences"][:2], *[line for line in seen["sentences"] if str(seen["due_on"]) in line][-1:]]:
        tell.clock(sentence)
    chongqing["economy-50"].ask("POST", f"/errands/{asked['id']}/answer", {"text": "适用2024年版地方标准。"})
    heard = handing.answered(desk, number, 1, "answered")
    tell.same(Text("答复", "the answer"), heard["words"][0]["text"], "适用2024年版地方标准。")
    tell.step(CQ_ECONOMY, "答复，成都即收到。", "answers; Chengdu has it a moment later.")

    task = {"task": "请现场核实重庆项目停工情况。", "amount": 3, "trigger": "operation_affected"}
    desk.do(number, "give_task", agreement=agreement, clause="2.1", **task)
    given = handing.errand(liaison, number, "task")
    taken = chongqing["cq-handler"].ask("POST", f"/errands/{given['id']}/accept")
    tell.step(
        CD_INTAKE,
        "以“严重影响正常生产经营”请重庆协办；重庆接受，{due} 前完成。",
        "asks Chongqing to help under “normal operation seriously affected”; Chongqing accepts, due on {due}.",
        due=taken["due_on"],
    )
    handing.answered(desk, number, 2, "accepted")
    refused = refusal(sichuan["cd-handler"], number, "conclude", ground="resolved", text="x")
    tell.same(Text("协办未了不得办结", "no conclusion while a sub-task is open"), refused, "requests-open")
    chongqing["cq-handler"].ask("POST", f"/errands/{given['id']}/progress", {"text": "已到现场。"})
    chongqing["cq-handler"].ask("POST", f"/errands/{given['id']}/answer", {"text": "停工属实，已协调复工。"})
    done = handing.answered(desk, number, 2, "done")
    tell.same(
        Text("协办经过", "the words on the sub-task"),
        [word["step"] for word in done["words"]],
        ["accepted", "progress", "done"],
    )
    tell.step(CQ_HANDLER, "到场核实并协调复工，报告完成。", "goes there, gets work going again, and reports it done.")
    told = sichuan["owner-chengdu"].get(f"/cases/{number}/requests")["requests"]
    tell.same(
        Text("企业所见", "what the enterprise sees"),
        [(row["node"], row["agency"], row["text"], row["words"]) for row in told],
        [("50", "cq-private-centre", None, [])] * 2,
    )
    sheet = desk.case(number)
    tell.same(Text("负责节点与任次", "who answers, and the tenure"), (sheet["holder_node"], sheet["tenure"]), ("51", 1))
    sichuan["cd-handler"].do(number, "conclude", ground="resolved", text="两地统一适用2024年版标准，均已复工。")
    desk.do(number, "deliver", method="electronic")
    tell.held(
        "企业只看到一个答复和谁在一起办；始终由成都负责，第 1 任。",
        "The enterprise sees one answer, and who works with whom; Chengdu answered all the time, tenure 1.",
    )
    return number


def objection(places: Places, tell: Telling, first: Crossing) -> tuple[Crossing, Crossing]:
    """Order 2020-3 art. 22: the objection goes to the agency above the one that concluded, in its region; what both cases went through."""
    sichuan, chongqing = places["51"].callers, places["50"].callers
    review = chongqing["cq-review"]
    tell.heading("对重庆的结果有异议：逐级向上", "An objection to Chongqing's result: one level up")
    made = sichuan["owner-chengdu"].do(first.here, "object", reason="仓储损失的补偿未及时落实。")["filed"]
    number = str(made["number"])
    tell.same(Text("异议转送的状态", "the objection is passed on at once"), made["state"], "offered")
    tell.step(
        OWNER,
        "在成都提出异议，得新编号 {number}；由重庆作结果的机构的上级决定，成都即时转送。",
        "objects in Chengdu and gets a number of its own, {number}; the agency above the one that concluded decides, so Chengdu passes it on at once.",
        number=number,
    )
    offer = handing.offered(review, number)
    tell.same(
        Text("异议所对案件与复核机构", "first case, and who decides"),
        (offer["objection_to"], offer["agency"]),
        (first.here, "cq-general-office"),
    )
    taken = handing.take_over(
        review, number, agency="cq-general-office", programme="private-complaint", kind="infringement", category="enforcement",
        respondents=["cq-market"], remark="受理异议。",
    )  # fmt: skip
    there = str(taken["number"])
    tell.same(Text("复核所对案件", "the first case there"), review.case(there)["objection_to"], first.there)
    handing.reaches(sichuan["cd-intake"], number, "handed_over")
    handing.hears(sichuan["cd-intake"], first.here, "objection_told")
    tell.step(
        CQ_REVIEW,
        "受理，重庆编号 {number}；原案两地都得知。",
        "accepts it as {number}; the first case is told in both regions.",
        number=there,
    )
    tell.deadline(review, there, "handle")
    review.do(there, "conclude", ground="resolved", text="补偿未及时落实，退回重新办理。", outcome="returned")
    handing.reaches(chongqing["cq-handler"], first.there, "accepted")
    handing.reaches(sichuan["cd-intake"], first.here, "handed_over")
    handing.reaches(sichuan["cd-intake"], number, "concluded")
    handing.hears(sichuan["cd-intake"], first.here, "objection_told", 2)
    tell.step(
        CQ_REVIEW,
        "决定退回；原案在重庆重新办理，期限重新起算。",
        "returns it: Chongqing handles the first case anew, with a new limit.",
    )
    tell.deadline(chongqing["cq-handler"], first.there, "handle")
    chongqing["cq-handler"].do(first.there, "conclude", ground="resolved", text="仓储损失已全额补偿。")
    for one, other, reader in ((first.here, first.there, "cq-handler"), (number, there, "cq-review")):
        handing.reaches(sichuan["cd-intake"], one, "concluded")
        sichuan["cd-intake"].do(one, "deliver", method="electronic")
        handing.reaches(chongqing[reader], other, "delivered")
    tell.step(CQ_HANDLER, "重新办结，成都送达两份结果。", "concludes again; Chengdu delivers both results.")
    seen = sorted(
        row["number"]
        for row in sichuan["owner-chengdu"].get("/cases")["cases"]
        if row["number"] in (first.here, number)
    )
    tell.same(Text("企业同时跟踪两案", "the enterprise follows both"), seen, sorted([first.here, number]))
    # the reopening and the outcome are told in parcels of two dossiers: in Chengdu either may come first
    here = tuple(step["verb"] for step in sichuan["cd-intake"].events(first.here))
    tell.same(
        Text("原案在成都的经过", "the first case in Chengdu"), sorted(here), sorted((*first.verbs_here, *LATER_HERE))
    )
    again = replace(first, verbs_here=here, verbs_there=(*first.verbs_there, *LATER_THERE))
    return again, Crossing(
        number, there, "cd-intake", "cq-review", ("file", "offer", "taken_over", "result_reported", "deliver"),
        ("take_over", "conclude", "delivery_reported"),
    )  # fmt: skip


LATER_HERE = ("object", "objection_told", "objection_told", "reopening_reported", "result_reported", "deliver")
LATER_THERE = ("objection_told", "objection_told", "reopen_on_objection", "conclude", "delivery_reported")
