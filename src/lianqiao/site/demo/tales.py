"""How the demonstration tells a case: who files what, then who does which verb. The same people and doors as in earnest."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import httpx

from lianqiao.record.time import today
from lianqiao.site.calling import Caller

Step = tuple[str, str, dict[str, Any]]
"""Account, verb, content. A content that is a function is called with what the verbs of this case have answered so far."""


@dataclass(frozen=True)
class Tale:
    """One case: where it goes, what it says, and what happens to it, in order."""

    by: str
    filing: dict[str, Any]
    steps: tuple[Step, ...] = ()


@dataclass
class Place:
    """One node as the tales see it: the line to it, its people, and the enterprises by credit code."""

    http: httpx.Client
    callers: Mapping[str, Caller]
    enterprises: Mapping[str, str]


def day(distance: int) -> str:
    """The day so many calendar days from today (Asia/Shanghai), ISO."""
    return (today() + timedelta(days=distance)).isoformat()


def by_letter(days_ago: int) -> dict[str, Any]:
    """A filing that came by letter so many days ago, with the evidence that its earlier legal date needs."""
    return {"channel": "letter", "legal_date": day(-days_ago), "evidence": f"信封邮戳 {day(-days_ago)}"}


def on_paper(days_ago: int) -> dict[str, Any]:
    """A step that was taken on paper so many days ago and is entered now."""
    return {"legal_date": day(-days_ago), "evidence": f"纸质文书落款 {day(-days_ago)}"}


def number_of(verb: str) -> Callable[[dict[str, Any]], int]:
    """The number of the event that `verb` made in this case, as `answer_supervision` names it."""
    return lambda told: int(told[verb]["event"])


def tell(tale: Tale, place: Place) -> str:
    """Let the tale happen; the number of the case."""
    content = dict(tale.filing)
    content["enterprise"] = place.enterprises[content["enterprise"]]
    told = {"file": place.callers[tale.by].file(**content)}
    number = str(told["file"]["number"])
    for account, verb, given in tale.steps:
        filled = {name: value(told) if callable(value) else value for name, value in given.items()}
        caller = place.callers[account]
        told[verb] = caller.answer(number, **filled) if verb == "reply" else caller.do(number, verb, **filled)
    return number
