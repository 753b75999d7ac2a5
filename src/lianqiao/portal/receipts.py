"""The receipt of a filing on paper: what stands in the record of it, in one language, and how anybody can verify it."""

from __future__ import annotations

from typing import Any

from django.conf import settings

from lianqiao.cases.models import Case
from lianqiao.law.text import Text
from lianqiao.notices.documents.facts import named
from lianqiao.notices.documents.letters import COURTESY, dated
from lianqiao.record.models import Event
from lianqiao.record.time import SHANGHAI, day_of

TITLE = Text("收件回执", "Receipt")
RECEIVED = Text(
    "本机构已收到以下事项，并已记入本节点的记录。",
    "This agency has received the matter below; it stands in the record of this node.",
)
NEXT = Text(
    "材料不齐的，将一次性告知全部需要补正的内容；是否受理，将书面告知。",
    "If something is missing, you are told once and of everything. You are told in writing whether the case is accepted.",
)
ROWS = (
    ("number", Text("诉求编号", "Number of the case")),
    ("title", Text("事由", "About")),
    ("complainant", Text("企业", "Enterprise")),
    ("received", Text("收到时间", "Received")),
    ("limit", Text("答复是否受理的期限", "Decision on acceptance by")),
    ("digest", Text("记录摘要", "Digest of the record")),
)
AT = Text("{at}（北京时间）", "{at} (Beijing time)")
VERIFY = Text(
    "核验：回执文件经签名，任何人均可在 {address} 或者不经本节点核验。",
    "To verify: the receipt file is signed; anybody can verify it at {address}, or without this node.",
)


def content(case: Case, event: Event, lang: str, *, names: bool) -> dict[str, Any]:
    """What `letter.typ` prints. `names`: the reader may know who files."""
    on = day_of(event.recorded_at)
    limit = case.clocks.filter(name="accept", started_by=1).first()
    at = AT.filled(at=event.recorded_at.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M"))
    facts = {
        "number": case.number,
        "title": case.titled(known=names),
        "complainant": case.who_files(lang) if names else "",
        "received": at.in_(lang),
        "limit": limit.due_on.isoformat() if limit and limit.due_on else "",
        "digest": " ".join(event.digest[place : place + 8] for place in range(0, len(event.digest), 8)),
    }
    verify = VERIFY.filled(address=f"{settings.LIANQIAO_BASE_URL}/verify")
    return {
        "lang": lang,
        "issuer": named(case.home_agency).in_(lang),
        "number": case.number,
        "title": TITLE.in_(lang),
        "addressee": facts["complainant"],
        "blocks": [
            {"kind": "text", "text": RECEIVED.in_(lang)},
            {"kind": "table", "rows": [[name.in_(lang), facts[fact]] for fact, name in ROWS if facts[fact]]},
            {"kind": "text", "text": NEXT.in_(lang)},
        ],
        "signers": [named(case.home_agency).in_(lang)],
        "date": dated(on).in_(lang),
        "notes": [],
        "reckoning": None,
        "foot": [line for line in (COURTESY.in_(lang), verify.in_(lang)) if line],
        "timestamp": int(event.recorded_at.timestamp()),
    }
