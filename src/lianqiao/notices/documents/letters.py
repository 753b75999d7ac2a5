"""The letters: which document goes with which verb, in what words (`letters.toml`), and how facts become its page."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any

from lianqiao.law.text import NOTHING, Text

PLACES = re.compile(r"\{(\w+)\}")
LANGUAGES = ("zh", "en")
Facts = Mapping[str, Text]
"""What a letter may name, in both languages; what is not known is not among them."""
Lists = Mapping[str, list[str]]


@dataclass(frozen=True)
class Paragraph:
    """One thing that a letter says: the first of `either` whose facts are all there; or a `quote`, `list` or `table` of facts."""

    either: tuple[Text, ...] = ()
    only: str = ""
    quote: str = ""
    items: str = ""
    table: tuple[tuple[Text, str], ...] = ()


@dataclass(frozen=True)
class Letter:
    """A kind of official document. `issuer`: agency (that answers), home (desk) or actor (the agency of who acted). `audience`: who may read it."""

    code: str
    title: Text
    verbs: tuple[str, ...]
    issuer: str
    to: str
    say: tuple[Paragraph, ...]
    audience: str = "everyone"
    clock: str = ""
    notice: str = ""
    grounds: frozenset[str] = frozenset()
    signers: bool = False


def _paragraph(row: dict[str, Any]) -> Paragraph:
    either = row.get("either") or ([row] if "zh" in row else [])
    return Paragraph(
        either=tuple(Text(one["zh"], one["en"]) for one in either),
        only=row.get("only", ""),
        quote=row.get("quote", ""),
        items=row.get("list", ""),
        table=tuple((Text(one["zh"], one["en"]), one["fact"]) for one in row.get("table", ())),
    )


def _read() -> dict[str, Letter]:
    rows = tomllib.loads(Path(__file__).with_name("letters.toml").read_text(encoding="utf-8"))
    return {
        code: Letter(
            code=code,
            title=Text(**row["title"]),
            verbs=tuple(row["verbs"]),
            issuer=row["issuer"],
            to=row["to"],
            say=tuple(_paragraph(one) for one in row["say"]),
            audience=row.get("audience", "everyone"),
            clock=row.get("clock", ""),
            notice=row.get("notice", code),
            grounds=frozenset(row.get("grounds", ())),
            signers=row.get("signers", False),
        )
        for code, row in rows.items()
    }


LETTERS = _read()


def letter_for(verb: str, ground: str = "") -> Letter | None:
    """The document that goes with a verb; of two for the same verb the one that is made for the ground. None: the verb writes none."""
    fitting = [letter for letter in LETTERS.values() if verb in letter.verbs]
    made = [letter for letter in fitting if ground in letter.grounds or (not ground and verb == "withdraw")]
    return next(iter(made or [letter for letter in fitting if not letter.grounds]), None)


MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December",
)  # fmt: skip


def dated(day: date | str) -> Text:
    """A date as a letter writes it: 2026年9月21日 / 21 September 2026."""
    on = date.fromisoformat(day) if isinstance(day, str) else day
    return Text(f"{on.year}年{on.month}月{on.day}日", f"{on.day} {MONTHS[on.month - 1]} {on.year}")


def blocks(letter: Letter, facts: Facts, lists: Lists, lang: str) -> list[dict[str, Any]]:
    """What the letter says in one language, as blocks of the page. Whatever names a fact that is not there is left out."""
    said: list[dict[str, Any]] = []
    for paragraph in letter.say:
        if paragraph.only and not _known(facts, paragraph.only):
            continue
        if paragraph.quote:
            if _known(facts, paragraph.quote):
                said.append({"kind": "quote", "text": facts[paragraph.quote].in_(lang)})
        elif paragraph.items:
            if lists.get(paragraph.items):
                said.append({"kind": "list", "items": list(lists[paragraph.items])})
        elif paragraph.table:
            rows = [[name.in_(lang), facts.get(fact, NOTHING).in_(lang)] for name, fact in paragraph.table]
            said.append({"kind": "table", "rows": rows})
        else:
            complete = (
                text for text in paragraph.either if all(_known(facts, name) for name in PLACES.findall(text.zh))
            )
            text = next(complete, None)
            if text is not None and (filled := text.filled(**facts).in_(lang).strip()):
                said.append({"kind": "text", "text": filled})
    return said


COURTESY = Text("", "Courtesy copy. The Chinese text governs.")
VERIFY = Text(
    "核验：将本文件的SHA-256值提交 {address} 即可核对真伪。", "To verify: submit the SHA-256 of this file to {address}."
)
CONTACT = Text("联系地址：{address}；电话：{phone}", "Contact: {address}; phone {phone}")
SIDES = (
    Text("投诉人（签字或者盖章）：　　　　　　", "Complainant (signature or seal):　　　　　　"),
    Text("被投诉人（盖章）：　　　　　　", "Agency complained of (seal):　　　　　　"),
)


def page(
    letter: Letter,
    facts: Facts,
    lists: Lists,
    lang: str,
    *,
    issuer: Text,
    number: str,
    title: Text,
    addressee: Text,
    on: date,
    contact: tuple[str, str] | None,
    reckoning: dict[str, Any] | None,
    verify_at: str,
) -> dict[str, Any]:
    """Everything that the document says in one language, as `letter.typ` prints it. JSON values only."""
    notes = [CONTACT.filled(address=contact[0], phone=contact[1]).in_(lang)] if contact else []
    foot = (COURTESY.in_(lang), VERIFY.filled(address=verify_at).in_(lang))
    return {
        "lang": lang,
        "issuer": issuer.in_(lang),
        "number": number,
        "title": title.in_(lang),
        "addressee": addressee.in_(lang),
        "blocks": blocks(letter, facts, lists, lang),
        "signers": [side.in_(lang) for side in SIDES if letter.signers] + [issuer.in_(lang)],
        "date": dated(on).in_(lang),
        "notes": notes,
        "reckoning": reckoning,
        "foot": [line for line in foot if line],
        "timestamp": int(datetime.combine(on, time(), tzinfo=UTC).timestamp()),
    }


OPTIONAL = {"provisional", "other_routes"}
"""Facts that complete a sentence and may be empty."""


def _known(facts: Facts, name: str) -> bool:
    return name in facts and (name in OPTIONAL or bool(facts[name].zh))
