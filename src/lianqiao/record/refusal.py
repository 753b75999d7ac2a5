"""The one way in which a verb says no."""

from typing import Any

from django.utils.translation import get_language

from lianqiao.law.text import Text


class Refused(Exception):  # noqa: N818 (the word that the house uses)
    """A verb was not carried out, and nothing of it was written.

    `code` is stable and for programs; `sentence` (lazily translated, named placeholders) tells a person what to do;
    `status` is the HTTP status with which the doors answer; `params` fill the placeholders, a text of the
    law in the reader's language.
    """

    def __init__(self, code: str, sentence: Any, /, *, status: int = 409, **params: Any) -> None:
        super().__init__(code)
        self.code = code
        self.sentence = sentence
        self.status = status
        self.params = params

    def __str__(self) -> str:
        sentence, language = str(self.sentence), get_language() or "zh"
        said = {name: value.in_(language) if isinstance(value, Text) else value for name, value in self.params.items()}
        return sentence % said if said else sentence
