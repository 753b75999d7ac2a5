"""One sample of each document, from invented facts: to look at, and to test the form with rare characters."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

from lianqiao.law import calendar, clock, regime
from lianqiao.law.limit import amount_text
from lianqiao.law.text import NOTHING, Text

from . import facts, letters, printing
from .facts import same
from .letters import LANGUAGES, LETTERS, Letter, dated

REGIME = "cn-mofcom-2020-3"
ON = date(2026, 9, 21)
CENTRE = Text("成都市外商投资企业投诉中心", "Chengdu Complaint Center for Foreign-Invested Enterprises")
MARKET = Text("成都市市场监督管理局", "Chengdu Administration for Market Regulation")
WRITTEN = {
    "reason": "该事项涉及两个区县的许可衔接，需要向省级主管部门征询意见后方能答复。\n请会同有关单位研究办理。",
    "text": "经核查，原招标文件中“须在本市注册”的条件没有法律依据，已责令招标人删除该条件并重新组织资格审查。\n"
    "你单位可以凭本告知书参加重新组织的招标。",
    "competent_body": "成都市公共资源交易服务中心（电话：028-00000002）",
    "receipt": "电子送达回执，2026年9月21日10时12分",
}
MISSING = ["投诉人主体资格证明（营业执照复印件）", "授权委托书，载明委托事项、权限和期限", "外文合同的中文翻译件"]


def known(letter: Letter) -> dict[str, Text]:
    """Facts of an invented case, of those kinds that `facts.facts_of` reads out of a real one."""
    rule = regime.regime(REGIME)
    grounds = {"refusal": rule.refusal_grounds[2], "termination": rule.conclusion_grounds[3]}
    ground = grounds.get(letter.code, rule.conclusion_grounds[0])
    told = {
        "case": same("51-2026-000012"),
        "kind": Text("权益受侵害投诉", "complaint about an infringement"),
        "filed": dated(date(2026, 9, 18)),
        "first_filed": dated(date(2026, 9, 18)),
        "on": dated(ON),
        "title": same("招标文件限制外地企业参加投标"),
        "open_title": same("招标文件限制外地企业参加投标"),
        "enterprise": same("重庆镕堃䶮精密机械有限公司"),
        "answering": CENTRE,
        "issuer": CENTRE,
        "regime": facts.titled(rule.title),
        "other_routes": facts.ruled(rule, "other-routes"),
        "objection": facts.ruled(rule, "objection"),
        "settlement_article": facts.article_of(rule, "methods"),
        "extension_article": facts.cited(rule, rule.extension.article),
        "extended_by": amount_text(30, "working_days"),
        "ground": ground.text,
        "ground_article": facts.cited(rule, ground.article),
        "agreement": facts.titled(
            Text(
                "川渝跨区域企业投诉处理协作协议",
                "Sichuan-Chongqing agreement on coordinated handling of enterprise complaints",
            )
        ),
        "clause": same("3"),
        "offer_due": dated(date(2026, 9, 28)),
        "handle_due": dated(date(2026, 12, 21)),
        "peer_agency": Text("重庆市外商投资投诉中心", "Chongqing Government Foreign Investor Complaint Center"),
        "peer_number": same("50-2026-000007"),
        "peer_due": dated(date(2026, 12, 21)),
        "answer_by": dated(date(2026, 9, 30)),
        "perform_by": dated(date(2026, 10, 31)),
        "concluded_on": dated(ON),
        "method": facts.METHODS["electronic"],
        "delivered_title": LETTERS["result"].title,
        "delivered_number": same("蓉外资投〔2026〕8号"),
        "blank": same(" "),
    }
    if found := facts.notice_of(rule, letter):
        told["notice_article"] = facts.cited(rule, found.article)
    return told | {name: same(text) for name, text in WRITTEN.items()}


def contents(letter: Letter, number: str) -> dict[str, dict[str, Any]]:
    told = known(letter)
    explained = None
    limit = regime.regime(REGIME).limit(letter.clock)
    if limit:
        explained = clock.explain(limit, ON, calendar.china())
        told |= facts.of_limit(explained, regime.regime(REGIME)) | {"due": dated(explained.due or ON)}
    to = {
        "enterprise": told["enterprise"],
        "assigned": MARKET,
        "answering": MARKET,
        "other_region": told["peer_agency"],
    }
    return {
        lang: letters.page(
            letter, told, {"missing": MISSING}, lang,
            issuer=CENTRE, number=number, title=letter.title, addressee=to.get(letter.to, NOTHING), on=ON,
            contact=("成都市虚构路1号", "028-00000001") if letter.to == "enterprise" else None,
            reckoning=facts.page_of(explained, lang) if explained else None,
            verify_at="https://node.example/api/v1/documents/verify",
        )
        for lang in LANGUAGES
    }  # fmt: skip


def write(folder: Path) -> list[str]:
    """Write CODE.zh.pdf and CODE.en.pdf for every letter; the names."""
    folder.mkdir(parents=True, exist_ok=True)
    names = []
    for serial, letter in enumerate(LETTERS.values(), start=1):
        for lang, content in contents(letter, f"蓉外资投〔2026〕{serial}号").items():
            name = f"{letter.code}.{lang}.pdf"
            (folder / name).write_bytes(printing.pdf(content))
            names.append(name)
    return names
