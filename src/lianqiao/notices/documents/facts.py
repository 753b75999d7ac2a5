"""What a document may name: facts of the case, of the event and of the law under which it was done, in both languages."""

from __future__ import annotations

import re
from datetime import date
from itertools import groupby
from typing import Any

from lianqiao.cases import clocks, data
from lianqiao.cases.models import Case, Clock
from lianqiao.law.clock import Counted, Explanation
from lianqiao.law.limit import EVENT_DATE, HOURS, UNKNOWN_ARTICLE, amount_text
from lianqiao.law.regime import Item, Regime
from lianqiao.law.telling import line, sentences
from lianqiao.law.text import NOTHING, Text, in_two
from lianqiao.law.vocabulary import KINDS
from lianqiao.record.models import Event
from lianqiao.registry.models import Agency, Agreement

from .letters import Letter, dated

METHODS = {
    "electronic": Text("电子送达", "electronic delivery"),
    "post": Text("邮寄送达", "by post"),
    "in_person": Text("直接送达", "in person"),
    "left_at_address": Text("留置送达", "left at the address"),
    "public_notice": Text("公告送达", "public notice"),
}
PROVISIONAL = Text(
    "该日期为暂定：期间内有日期尚未公布放假安排，公布后可能顺延。",
    "The date is provisional: some days still lack their holiday notice. ",
)
WRITTEN = ("reason", "text", "competent_body", "receipt")
"""Texts that people wrote: they stand in the letter as they were written, in whatever language."""
PART = re.compile(r"^(\d+)(?:\((\d+)\))?$")


def same(text: str) -> Text:
    return Text(text, text)


def titled(title: Text) -> Text:
    """The title of a rule as a letter cites it: 《…》 around the name, not around what is added in brackets."""
    name, bracket, rest = title.zh.partition("（")
    return Text(title.zh if title.zh.startswith("《") else f"《{name}》{bracket}{rest}", title.en)


DIGITS = "〇一二三四五六七八九"


def numeral(number: int) -> str:
    """A number below a hundred as statutes count their articles: 十四, 二十, 二十一; a greater one as it is."""
    if not 0 < number < 100:
        return str(number)
    tens, ones = divmod(number, 10)
    ten = "" if tens == 0 else "十" if tens == 1 else f"{DIGITS[tens]}十"
    return ten + (DIGITS[ones] if ones else "")


def cited(regime: Regime, article: str) -> Text:
    """A rule with its article; nothing where the article is not known or the "rule" is a target of the node."""
    if not statutory(regime) or article in ("", UNKNOWN_ARTICLE):
        return NOTHING
    found = PART.match(article)
    item = f"第（{numeral(int(found[2]))}）项" if found and found[2] else ""
    zh = f"第{numeral(int(found[1]))}条{item}" if found else f"第{article}条"
    title = titled(regime.title)
    return Text(f"{title.zh}{zh}", f"article {article} of the {title.en}")


def statutory(regime: Regime) -> bool:
    return regime.precedence > -1000


def ruled(regime: Regime, code: str) -> Text:
    """A provision of the regime as a sentence with its article; nothing where none is known."""
    item = regime.provision(code)
    if item is None:
        return NOTHING
    where = cited(regime, item.article)
    said = item.text.zh
    if said.startswith("不影响"):  # says of what, for it stands alone in the letter
        zh = f"本投诉及其处理{said}（{where.zh}）。" if where.zh else f"本投诉及其处理{said}。"
    else:
        zh = f"依照{where.zh}，{said}。" if where.zh else f"{said}。"
    en = item.text.en[:1].upper() + item.text.en[1:]
    return Text(zh, f"{en} ({where.en})." if where.en else f"{en}.")


def article_of(regime: Regime, code: str) -> Text:
    """Where a provision of the regime stands; nothing where none is known."""
    item = regime.provision(code)
    return cited(regime, item.article) if item else NOTHING


def facts_of(letter: Letter, case: Case, event: Event, opened: dict[str, Any], issuer: Agency) -> dict[str, Text]:
    """Every fact that the letter may name. Who files is among them only for letters to the enterprise or to be signed by it."""
    regime = clocks.regime_of(case)
    facts = {
        "case": same(case.number),
        "kind": KINDS[case.kind],
        "filed": dated(case.filed_on),
        "first_filed": dated(case.first_filed_on),
        "on": dated(event.legal_date),
        "answering": named(case.agency),
        "issuer": named(issuer),
        "other_routes": ruled(regime, "other-routes"),
        "objection": ruled(regime, "objection"),
        "settlement_article": article_of(regime, "methods"),
        "extension_article": cited(regime, regime.extension.article),
        "confidential": same("confidential") if case.confidential else NOTHING,
        "notice_article": _article_of_notice(regime, letter),
        "blank": same(" "),
    }
    if statutory(regime):
        facts["regime"] = titled(regime.title)
    if letter.audience == "everyone" or not case.confidential:
        facts |= {"title": same(case.title), "open_title": same(case.title), "enterprise": complainant(case)}
    facts |= {name: same(str(opened[name])) for name in WRITTEN if isinstance(opened.get(name), str)}
    facts |= _of_event(event.verb, opened, regime, case)
    due = event.data.get("due", {})
    if "offer" in due:
        facts["offer_due"] = dated(due["offer"])
    if letter.to == "assigned" and (handling := clock_as_of(case, "handle", event)) and handling.due_on:
        facts["handle_due"] = dated(handling.due_on)
    return facts


def complainant(case: Case) -> Text:
    """Who files; in English with the English name that is on record, if there is one."""
    named = case.complainant or (case.enterprise.name_zh if case.enterprise else "")
    return Text(named, case.who_files("en") or named)


def named(agency: Agency) -> Text:
    return Text(agency.name_zh, agency.name_en)


def _article_of_notice(regime: Regime, letter: Letter) -> Text:
    found = notice_of(regime, letter)
    return cited(regime, found.article) if found else NOTHING


def notice_of(regime: Regime, letter: Letter) -> Item | None:
    """The document as the regime names it, if it does."""
    return next((item for item in regime.notices if item.code == letter.notice), None)


def title_of(regime: Regime, letter: Letter) -> Text:
    """The regime's own name of the document; else the usual one."""
    found = notice_of(regime, letter)
    return Text(found.text.zh.partition("（")[0], letter.title.en) if found else letter.title


def _of_event(verb: str, opened: dict[str, Any], regime: Regime, case: Case) -> dict[str, Text]:
    facts: dict[str, Text] = {}
    grounds = regime.refusal_grounds if verb == "refuse" else regime.conclusion_grounds
    ground = next((item for item in grounds if item.code == opened.get("ground")), None)
    if ground:
        facts |= {"ground": ground.text, "ground_article": cited(regime, ground.article)}
    if verb == "extend":
        facts["extended_by"] = amount_text(opened["amount"], opened["unit"])
    if verb == "deliver":
        facts["method"] = METHODS[opened["method"]]
    if verb in ("taken_over", "result_reported"):
        facts |= {"peer_agency": in_two(case.peer_agency), "peer_number": same(case.peer_number)}
        if opened.get("due_on"):
            facts["peer_due"] = dated(opened["due_on"])
    if verb == "offer":
        agreement = Agreement.objects.get(pk=opened["agreement"])
        zh, en = agreement.title_zh, agreement.title_en
        facts |= {"agreement": titled(Text(zh, en)), "clause": same(str(opened["clause"]))}
    for name in ("answer_by", "perform_by", "concluded_on"):
        if opened.get(name):
            facts[name] = dated(opened[name])
    return facts


def agency_of_agreement(agreement: str, node: str, code: str) -> Text:
    """An agency of another node by the name that the signed agreement gives it."""
    terms = Agreement.objects.get(pk=agreement).text
    agencies = (agency for party in terms["parties"] if party["node"] == node for agency in party["agencies"])
    return next((Text(agency["zh"], agency["en"]) for agency in agencies if agency["code"] == code), same(code))


def lists_of(opened: dict[str, Any]) -> dict[str, list[str]]:
    return {"missing": data.lines(opened, "missing")}


# The arithmetic of the limit, on a page of its own


def clock_as_of(case: Case, name: str, event: Event) -> Clock | None:
    """The clock as it ran when the event was recorded: without the extensions and pauses that came later."""
    row = case.clocks.filter(name=name, subject="", started_by__lte=event.number).order_by("-started_by").first()
    if row is None or (row.stopped_by is not None and row.stopped_by <= event.number):
        return None
    row.case = case
    row.extensions = [one for one in row.extensions if one["event"] <= event.number]
    row.pauses = [one for one in row.pauses if one["event"] <= event.number]
    return row


def reckoning(letter: Letter, case: Case, event: Event) -> tuple[dict[str, Text], Explanation | None]:
    """The facts of the letter's limit and its explanation; nothing where the event set no date, or another one than the days give now."""
    told = event.data.get("due", {}).get(letter.clock)
    row = clock_as_of(case, letter.clock, event) if told else None
    if row is None:
        return {}, None
    explained = clocks.explain(row)
    facts = of_limit(explained, clocks.regime_of(case)) | {"due": dated(told)}
    agrees = explained.due is not None and explained.due.isoformat() == told
    return facts, explained if agrees else None


def of_limit(explained: Explanation, regime: Regime) -> dict[str, Text]:
    """What a letter says of a limit: its figure, where it comes from, and whether its date may still move."""
    limit = explained.limit
    article = cited(regime, limit.article)
    by_law = limit.statutory and not limit.source.zh and not limit.inherited
    return {
        "figure": limit.figure,
        "authority": article if by_law and article.zh else limit.authority,
        "provisional": PROVISIONAL if explained.provisional else NOTHING,
    }


HEAD = (Text("日期", "Days"), Text("说明", "Why"), Text("计数", "Count"))


def page_of(explained: Explanation, lang: str) -> dict[str, Any]:
    """The explanation as a page: what is said of the limit in sentences, then the days, those that follow each other for the same reason on one line."""
    days = [] if explained.limit.unit in (HOURS, EVENT_DATE) else list(explained.days)
    rows = []
    for (counted, reason, provisional), run in groupby(days, lambda one: (one.counted, _why(one), one.day.provisional)):
        group = list(run)
        first, last = group[0], group[-1]
        span = _span(first.date, last.date).in_(lang)
        unsure = Text("（暂定）", " (provisional)").in_(lang) if provisional else ""
        count = Text("不计入", "not counted").in_(lang)
        if counted:
            count = str(first.number) if first.number == last.number else f"{first.number}–{last.number}"
        rows.append([span, reason.in_(lang) + unsure, count])
    told = {line(counted).in_(lang) for counted in days}
    return {
        "mark": Text("附件", "Annex").in_(lang),
        "title": Text("期限计算说明", "How the Date Was Reckoned").in_(lang),
        "lines": [text.in_(lang) for text in sentences(explained) if text.in_(lang) not in told],
        "head": [text.in_(lang) for text in HEAD],
        "days": rows,
    }


WEEKEND = Text("周末", "weekend")


def _why(day: Counted) -> Text:
    """Saturday and Sunday are told as one weekend; every other day by its own reason."""
    return WEEKEND if day.day.kind == "weekend" and day.cause is None else day.reason


def _span(first: date, last: date) -> Text:
    if first == last:
        return dated(first)
    zh = (
        f"{dated(first).zh}至{last.month}月{last.day}日"
        if first.year == last.year
        else f"{dated(first).zh}至{dated(last).zh}"
    )
    return Text(zh, f"{dated(first).en} to {dated(last).en}")
