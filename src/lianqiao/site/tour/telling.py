"""How the tour tells: headings, steps with who does them, deadlines with their reason, and comparisons that must hold."""

from typing import Any

from lianqiao.law.text import Text
from lianqiao.site.calling import Caller


class WentWrong(Exception):  # noqa: N818 (the end of a tour)
    """Something that must hold does not; the text says what."""


class Telling:
    """Prints in one language; counts what it has compared."""

    def __init__(self, language: str) -> None:
        self.language = language
        self.compared = 0
        self.steps = 0

    def say(self, zh: str, en: str, **values: object) -> None:
        print(
            Text(zh, en).filled(**values).in_(self.language) if values else Text(zh, en).in_(self.language), flush=True
        )

    def heading(self, zh: str, en: str) -> None:
        print()
        self.say(f"━━ {zh}", f"━━ {en}")

    def step(self, who: Text, zh: str, en: str, **values: object) -> None:
        """One numbered step: who, and what they did."""
        self.steps += 1
        print(f"{self.steps:3}. {who.in_(self.language)}{Text('：', ': ').in_(self.language)}", end="")
        self.say(zh, en, **values)

    def deadline(self, caller: Caller, number: str, name: str) -> None:
        """When the running limit `name` ends, and why."""
        rows = [row for row in caller.get(f"/cases/{number}/clocks")["clocks"] if row["name"] == name]
        if not rows:
            raise WentWrong(f"{number}: {name}")
        row = caller.get(f"/cases/{number}/clocks/{rows[-1]['id']}")
        end = [sentence for sentence in row["sentences"] if str(row["due_on"]) in sentence]
        for sentence in [*row["sentences"][:2], *end[-1:]]:
            print(f"       ⏱ {sentence}")

    def clock(self, sentence: str) -> None:
        """One sentence of the arithmetic of a limit."""
        print(f"       ⏱ {sentence}")

    def same(self, what: Text, one: Any, other: Any) -> None:
        """Raises `WentWrong` unless both are equal."""
        self.compared += 1
        if one != other:
            raise WentWrong(f"{what.in_(self.language)}: {one!r} ≠ {other!r}")

    def held(self, zh: str, en: str, **values: object) -> None:
        """A comparison that held."""
        print("       ✓ ", end="")
        self.say(zh, en, **values)
