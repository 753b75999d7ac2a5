"""What may be erased and on which ground, how long a file is kept and what stops its disposal: dated data with its article.

The files of this package are what a node begins with; nothing here decides by itself. A period that is not known from a text is a
target of the node and says so.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from lianqiao.law.text import NOTHING, Text
from lianqiao.law.vocabulary import MARKS

FILE = Path(__file__).parent / "keeping.toml"
VERIFIED, UNVERIFIED = Text("已核实", "verified"), Text("未核实", "not verified")
CITED = Text("{law}第{article}条（{standing}）", "{law}, article {article} ({standing})")
LAW_ONLY = Text("{law}，条次未核实", "{law}, article not verified")
TARGET = Text("本节点自定", "set by this node, no text found")
KEPT_UNTIL = Text(
    "保管期限{period}（{authority}）；{count}；自{day}起可以处置。",
    "Kept: {period} ({authority}); {count}; may be disposed of from {day}.",
)
KEPT_FOR_EVER = Text("保管期限{period}（{authority}），不处置。", "Kept: {period} ({authority}); never disposed of.")


@dataclass(frozen=True, slots=True)
class Basis:
    """One ground, reason of refusal, period or cause of a hold, with the text from which it comes and how well that is known.

    `running`: a ground that holds also while the case is handled; `kept`: also for what the retention period protects.
    `years`: the length of a period, None for ever.
    """

    code: str
    text: Text
    law: Text
    article: str
    since: date
    mark: str
    verified: bool
    running: bool
    kept: bool
    years: int | None

    @property
    def authority(self) -> Text:
        """The text, its article, and whether the words were compared; the node itself where no text is known."""
        if not self.law.zh:
            return TARGET
        if self.article == "unknown":
            return LAW_ONLY.filled(law=self.law)
        return CITED.filled(law=self.law, article=self.article, standing=VERIFIED if self.verified else UNVERIFIED)

    def told(self) -> Text:
        """The words with their authority."""
        return Text(f"{self.text.zh}（{self.authority.zh}）", f"{self.text.en} ({self.authority.en})")


@cache
def _rows() -> dict[str, Any]:
    return tomllib.loads(FILE.read_text(encoding="utf-8"))


@cache
def _entries(table: str) -> dict[str, Basis]:
    return {
        code: Basis(
            code, Text(row["zh"], row["en"]), Text(**row["law"]), row["article"], row["since"], row["mark"],
            row.get("verified", False), row.get("running", False), row.get("kept", False), row.get("years"),
        )
        for code, row in _rows()[table].items()
    }  # fmt: skip


def _in_force(table: str, on: date) -> dict[str, Basis]:
    return {code: entry for code, entry in _entries(table).items() if entry.since <= on}


def grounds(on: date) -> dict[str, Basis]:
    """The grounds on which something may be erased on the day."""
    return _in_force("ground", on)


def refusals(on: date) -> dict[str, Basis]:
    """The reasons for which an erasure may be refused on the day."""
    return _in_force("refusal", on)


def periods(on: date) -> dict[str, Basis]:
    """The periods of keeping on the day."""
    return _in_force("period", on)


def holds(on: date) -> dict[str, Basis]:
    """The causes that stop a disposal on the day."""
    return _in_force("hold", on)


def named(code: str) -> Text:
    """What a code of any of these tables says, with its authority; for what was recorded, whatever holds today."""
    for table in ("ground", "refusal", "period", "hold"):
        if code in _entries(table):
            return _entries(table)[code].told()
    return NOTHING


@dataclass(frozen=True, slots=True)
class Keeping:
    """How long one file is kept: the period, from when it may be disposed of (None: never), whether the node chose it, and why."""

    period: Basis
    disposable_on: date | None
    chosen: bool
    because: Text


def keeping(kind: str, archived_on: date, code: str = "", *, chosen: bool | None = None) -> Keeping:
    """How long the file of a case is kept that is archived on the day: for the period `code`, else for the default of its kind.

    `chosen`: whether somebody ordered the period (else it was the default). Years count from 1 January of the year after archiving.
    Refused (KeyError): an unknown period.
    """
    chosen = bool(code) if chosen is None else chosen
    code = code or _rows()["default"][kind]["period"]
    period = periods(archived_on)[code]
    count = _rows()["count"]
    standing = Text(f"{count['zh']}（{MARKS[count['mark']].zh}）", f"{count['en']} ({MARKS[count['mark']].en})")
    authority = period.authority if chosen else Text(
        f"{period.authority.zh}；本类案件归入该期限系{TARGET.zh}",
        f"{period.authority.en}; that cases of this kind belong there is {TARGET.en}",
    )  # fmt: skip
    if period.years is None:
        return Keeping(period, None, chosen, KEPT_FOR_EVER.filled(period=period.text, authority=authority))
    day = date(archived_on.year + 1 + period.years, 1, 1)
    because = KEPT_UNTIL.filled(period=period.text, authority=authority, count=standing, day=day.isoformat())
    return Keeping(period, day, chosen, because)
