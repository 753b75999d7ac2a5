"""What happens inside one region: a workstation files and follows for its members, and a jurist corrects the law."""

from collections.abc import Callable
from typing import Any

from lianqiao.law.text import Text
from lianqiao.site.calling import Answered, Caller
from lianqiao.site.demo.between import Places
from lianqiao.site.demo.within import ONE, TWO
from lianqiao.site.tour.journeys import CD_INTAKE, WORKSTATION
from lianqiao.site.tour.telling import Telling

MEMBER = Text("会员企业（四川示例二号）负责人", "Owner of the member (Sichuan Example Two)")
JURIST = Text("法务人员（系统管理员）", "A jurist (system administrator)")
ORDER = "cn-mofcom-2020-3"
QUOTE = "第十九条　投诉工作机构应当在受理投诉之日起45个工作日内办结受理的投诉事项。（演示用虚构文本）"


def membership(places: Places, tell: Telling) -> None:
    """S1.5: a workstation files for a member, follows the case, and sees only its members' cases."""
    callers, enterprises = places["51"].callers, places["51"].enterprises
    workstation, owner = callers["workstation-51"], callers["owner-foreign"]
    tell.heading("工作站为会员提交和跟进投诉", "A workstation files and follows for a member")
    members = workstation.get("/agencies/cd-fie-workstation/members")["members"]
    tell.same(Text("会员企业", "members"), [row["enterprise"]["id"] for row in members], [enterprises[TWO]])
    filed = complaint(workstation, enterprises[TWO], "出口退税迟迟未到账")
    number = str(filed["number"])
    tell.step(WORKSTATION, "为会员企业向成都市外商投资企业投诉中心提交投诉 {number}。",
              "files for a member at the Chengdu centre: {number}.", number=number)  # fmt: skip
    tell.same(Text("企业所见编号", "number as the member sees it"), owner.case(number)["number"], number)
    callers["cd-intake"].do(number, "request_correction", missing=["退税申报表"])
    workstation.do(number, "supplement", text="补交退税申报表。")
    callers["cd-intake"].do(number, "accept")
    tell.step(
        CD_INTAKE,
        "通知补正；工作站代为补交，中心受理。",
        "asks for a correction; the workstation hands it in, the centre accepts.",
    )
    tell.deadline(workstation, number, "handle")
    seen = [step["verb"] for step in workstation.events(number)]
    tell.same(
        Text("工作站所见步骤", "steps that the workstation sees"), seen, [step["verb"] for step in owner.events(number)]
    )
    tell.held(
        "工作站看到的与会员企业相同：{steps} 步。",
        "The workstation sees what its member sees: {steps} steps.",
        steps=len(seen),
    )

    foreign = str(next(row for row in callers["owner-chengdu"].get("/cases")["cases"])["number"])
    tell.same(Text("非会员的案件", "the case of another"), unseen(workstation, foreign), "unknown-case")
    tell.same(Text("为非会员提交", "filing for another"), refused(workstation, enterprises[ONE]), "not-yours")
    listed = {row["complainant"] for row in workstation.get("/cases")["cases"]}
    names = {row["enterprise"]["name_zh"] for row in members}
    tell.same(Text("工作站案件列表中的企业", "enterprises in the workstation's list"), listed, names)
    tell.held("别家企业的案件，工作站查不到，也不能代为提交。",
              "The case of an enterprise that is no member it neither finds nor files.")  # fmt: skip
    owner.do(number, "withdraw", reason="退税已到账。")
    tell.step(MEMBER, "撤回：退税已到账。", "withdraws: the refund has come.")


def complaint(caller: Caller, enterprise: str, title: str) -> dict[str, Any]:
    return caller.file(
        agency="cd-fie-centre", programme="fie-complaint", kind="infringement", category="policy-not-delivered",
        title=title, facts="申报已逾三个月，未获答复。", request="请求依法办理并书面答复。", enterprise=enterprise,
        respondents=["cd-planning"],
    )  # fmt: skip


def refused(caller: Caller, enterprise: str) -> str:
    """The code with which filing for the enterprise is refused."""
    return refusal_of(lambda: complaint(caller, enterprise, "代非会员提交"))


def refusal_of(attempt: Callable[[], Any]) -> str:
    """The code of the refusal; "" when nothing was refused."""
    try:
        attempt()
    except Answered as answered:
        return answered.code
    return ""


def unseen(caller: Caller, number: str) -> str:
    return refusal_of(lambda: caller.case(number))


def correction(places: Places, tell: Telling) -> None:
    """A jurist corrects a figure with article and text: a new case computes by it, a running one keeps its own."""
    callers, enterprise = places["51"].callers, places["51"].enterprises[TWO]
    jurist, owner, intake = callers["admin-51"], callers["owner-foreign"], callers["cd-intake"]
    tell.heading("法务人员订正规则中的数字", "A jurist corrects a figure of the law")
    before = accepted(owner, intake, enterprise, "规则订正前受理")
    held = handling(owner, before)
    body = {"limit": "handle", "amount": 45, "unit": "working_days", "article": "19", "verified": True, "text": QUOTE}
    tried = jurist.ask("POST", f"/regimes/{ORDER}/correct", body | {"dry_run": True})
    tell.step(JURIST, "先试算：{keeping} 件已受理案件保持原规则，以后受理的按新数字。",
              "tries it first: {keeping} running cases keep their version, later ones get the new figure.", keeping=tried["keeping"])  # fmt: skip
    version = jurist.get(f"/regimes/{ORDER}")["version"]
    tell.same(
        Text("试算未改变规则", "the trial has changed nothing"), (tried["done"], version), (False, tried["version"] - 1)
    )
    done = jurist.ask("POST", f"/regimes/{ORDER}/correct", body)
    for line in done["differences"][:2]:
        print(f"       {line}")
    tell.step(
        JURIST,
        "采用第{version}版，留下条文原文。",
        "adopts version {version}, with the words of the article.",
        version=done["version"],
    )
    kept = callers["cd-lead"].get("/adoptions", regime=ORDER)["adoptions"][-1]
    tell.same(
        Text("留存的条文", "the words that are kept"),
        (kept["version"], kept["evidence"]["text"]),
        (done["version"], QUOTE),
    )
    tell.held(
        "记录载明订正人 {by}、日期 {on} 和条文。",
        "The record names who ({by}), when ({on}) and the words.",
        by=kept["by"],
        on=kept["adopted_at"][:10],
    )
    after = accepted(owner, intake, enterprise, "规则订正后受理")
    tell.same(Text("订正前受理的期限不变", "the running case keeps its date"), handling(owner, before), held)
    figures = [clock(owner, number)["explanation"]["limit"]["amount"] for number in (before, after)]
    tell.same(Text("两案的办理期限", "the limits of the two cases"), figures, [60, 45])
    tell.held("先受理的仍按60个工作日，后受理的按45个工作日：{first}，{second}。",
              "The case accepted before keeps 60 working days, the later one has 45: {first}, {second}.",
              first=held, second=handling(owner, after))  # fmt: skip
    tell.deadline(owner, after, "handle")


def accepted(owner: Caller, intake: Caller, enterprise: str, title: str) -> str:
    number = str(complaint(owner, enterprise, title)["number"])
    intake.do(number, "accept")
    return number


def clock(caller: Caller, number: str) -> dict[str, Any]:
    row = next(row for row in caller.get(f"/cases/{number}/clocks")["clocks"] if row["name"] == "handle")
    told: dict[str, Any] = caller.get(f"/cases/{number}/clocks/{row['id']}")
    return told


def handling(caller: Caller, number: str) -> str:
    return str(clock(caller, number)["due_on"])
