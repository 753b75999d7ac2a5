"""What a time limit is: an amount, a unit, the event that starts it, and the article that it comes from."""

from __future__ import annotations

from dataclasses import dataclass, replace

from lianqiao.law.text import NOTHING, Text
from lianqiao.law.vocabulary import STANDING, VERIFIED

HOURS, WORKING_DAYS, CALENDAR_DAYS, MONTHS, YEARS = "hours", "working_days", "calendar_days", "months", "years"
EVENT_DATE, PERIODIC = "event_date", "periodic"

UNITS: dict[str, Text] = {
    HOURS: Text("小时", "hours"),
    WORKING_DAYS: Text("个工作日", "working days"),
    CALENDAR_DAYS: Text("日", "calendar days"),
    MONTHS: Text("个月", "months"),
    YEARS: Text("年", "years"),
    EVENT_DATE: Text("由事项确定的日期", "a date set by the event"),
    PERIODIC: Text("定期", "periodic"),
}
ROLLING_UNITS = (CALENDAR_DAYS, MONTHS, YEARS)

LIMIT_NAMES: dict[str, Text] = {
    "correct": Text("一次性补正告知期限", "one-off correction notice"),
    "supplement": Text("补正期限", "supplement"),
    "accept": Text("受理期限", "acceptance decision"),
    "transfer": Text("转办期限", "transfer to the competent body"),
    "handle": Text("办理期限", "handling"),
    "deliver": Text("送达期限", "delivery of the result"),
    "review": Text("复核期限", "review by the next instance"),
    "contact": Text("联系核实期限", "contact after a bad rating"),
    "absence": Text("连续失联期限", "absence of the complainant"),
    "report": Text("向本级政府报告期限", "report to the government"),
    "summary": Text("定期汇总报送期限", "periodic summary to the next level"),
    "answer": Text("协查答复期限", "answer of the body asked"),
    "offer": Text("移交答复期限", "answer to the offer of a hand-over"),
    "co_handling": Text("协办期限", "contribution of the co-handler"),
    "supervision": Text("督办答复期限", "answer to the supervision letter"),
    "apply": Text("申请期限", "application"),
    "handle_simple": Text("简易程序办理期限", "handling by the simplified procedure"),
    "dispute": Text("转送异议期限", "objection to a wrong assignment"),
    "provider": Text("信息提供单位核查期限", "check by the body that provided the information"),
    "remove": Text("删除期限", "removal of a record whose basis was withdrawn"),
    "ask_review": Text("申请复查期限", "request for review"),
    "ask_re_review": Text("申请复核期限", "request for re-review"),
    "re_review": Text("复核（终局）期限", "re-review, the last instance"),
    "publish_minor": Text("轻微失信信息最长公示期", "longest publication of a minor record"),
    "repair_general": Text("一般失信信息最短公示期", "shortest publication of a general record"),
    "publish_general": Text("一般失信信息最长公示期", "longest publication of a general record"),
    "repair_serious": Text("严重失信信息最短公示期", "shortest publication of a serious record"),
    "publish_serious": Text("严重失信信息最长公示期", "longest publication of a serious record"),
}
UNKNOWN_ARTICLE = "unknown"


@dataclass(frozen=True, slots=True)
class Limit:
    """One time limit under one regime, or one that an agreement or a letter sets (`source` names it).

    `amount` None: the regime names the limit but no figure was found (a node sets its own). `rolls`: an end on a day
    off moves to the next working day (calendar days, months, years only). `verified` says whether the figure itself
    was read; `mark` says where (V1 primary text, V2 public page, K from knowledge only). `statutory` False: a target
    of the node, not a rule. `every`, `first_month` serve the unit "periodic": the amount-th working day of every n-th
    month.

    `begins`, `again`, `ends`: the steps (vocabulary.STEPS) that start it, start it anew while it runs, and end it, where the statute
    says other ones than the flow of cases; empty: as the flow says.
    """

    name: str
    amount: int | None
    unit: str
    start: Text = NOTHING
    rolls: bool = True
    article: str = ""
    verified: bool = False
    mark: str = ""
    note: Text = NOTHING
    statutory: bool = True
    kinds: tuple[str, ...] = ()
    inherited: str = ""
    every: int = 0
    first_month: int = 1
    regime: str = ""
    source: Text = NOTHING
    begins: tuple[str, ...] = ()
    again: tuple[str, ...] = ()
    ends: tuple[str, ...] = ()

    @property
    def label(self) -> Text:
        """The name of the limit for people."""
        return LIMIT_NAMES.get(self.name, Text(self.name, self.name))

    @property
    def figure(self) -> Text:
        """The amount with its unit, e.g. 7个工作日 / 7 working days."""
        if self.unit == EVENT_DATE:
            return UNITS[EVENT_DATE]
        if self.amount is None:
            return Text("未见法定期限", "no statutory limit found")
        if self.unit == PERIODIC:
            zh_months = "每月" if self.every == 1 else f"每{self.every}个月"
            return Text(
                f"{zh_months}的第{self.amount}个工作日",
                f"working day {self.amount} of every {'month' if self.every == 1 else f'{self.every} months'}",
            )
        return amount_text(self.amount, self.unit)

    @property
    def authority(self) -> Text:
        """Where the figure comes from, in one clause: article, or "no statutory limit found"."""
        if self.source.zh:
            return self.source
        if not self.statutory:
            return Text("未见法定期限，为本节点自设目标", "no statutory limit found; target set by this node")
        if self.article in ("", UNKNOWN_ARTICLE):
            return Text("条号待核", "article not identified")
        if self.inherited:
            return Text(f"{self.inherited} 第{self.article}条", f"article {self.article} of {self.inherited}")
        return Text(f"第{self.article}条", f"article {self.article}")

    @property
    def standing(self) -> Text:
        """Whether the figure has been verified, in words."""
        if self.source.zh:
            return Text("由约定或者文书确定，非法定数字", "set by agreement or letter, not a figure of law")
        if not self.statutory:
            return Text("非法定数字，无需核对条文", "not a figure of law; there is no text to verify")
        if self.inherited:
            return Text(
                f"未核实：条文未能读到，暂按 {self.inherited} 的数字",
                f"not verified: text not readable, figure assumed as in {self.inherited}",
            )
        if self.verified:
            return VERIFIED.get(self.mark, Text("已核实", "verified"))
        return STANDING.get(self.mark, Text("未核实", "not verified"))

    def as_target(self, amount: int, unit: str) -> Limit:
        """The same limit with a figure set by the node itself."""
        return replace(
            self, amount=amount, unit=unit, statutory=False, verified=False, mark="D", article="", inherited=""
        )

    def as_data(self) -> dict[str, object]:
        """JSON form."""
        return {
            "name": self.name, "label": self.label.as_data(), "amount": self.amount, "unit": self.unit,
            "figure": self.figure.as_data(), "start": self.start.as_data(), "rolls": self.rolls,
            "regime": self.regime, "article": self.article, "verified": self.verified, "mark": self.mark,
            "statutory": self.statutory, "inherited": self.inherited, "note": self.note.as_data(),
            "begins": list(self.begins), "again": list(self.again), "ends": list(self.ends),
        }  # fmt: skip


def amount_text(amount: int, unit: str) -> Text:
    """An amount with its unit in both languages, English singular for one."""
    word = UNITS[unit]
    return Text(f"{amount}{word.zh}", f"{amount} {word.en[:-1] if amount == 1 else word.en}")
