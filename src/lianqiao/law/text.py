"""A text in the two languages of the law room; no translation machinery stands behind it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Text:
    """The same thing said in Chinese and in English."""

    zh: str
    en: str

    def in_(self, lang: str) -> str:
        """The text in `lang`: any code that begins with "zh" gives Chinese, everything else English."""
        return self.zh if lang.lower().startswith("zh") else self.en

    def filled(self, **values: object) -> Text:
        """The text with its {named} places filled; a Text among the values is filled language by language."""

        def said(lang: str) -> dict[str, object]:
            return {name: value.in_(lang) if isinstance(value, Text) else value for name, value in values.items()}

        return Text(self.zh.format(**said("zh")), self.en.format(**said("en")))

    def as_data(self) -> dict[str, str]:
        """JSON form: {"zh": ..., "en": ...}."""
        return {"zh": self.zh, "en": self.en}


NOTHING = Text("", "")


def listed(words: Iterable[object], lang: str, *, strong: bool = False) -> str:
    """The words one behind the other, as the language parts them; `strong` where they are whole phrases."""
    zh = lang.lower().startswith("zh")
    return (("；" if zh else "; ") if strong else ("、" if zh else ", ")).join(map(str, words))


def in_two(said: str) -> Text:
    """A name as another node sent it, "Chinese / English" in one line; one that came in one language stands for both."""
    zh, _slash, en = said.partition(" / ")
    return Text(zh, en or zh)
