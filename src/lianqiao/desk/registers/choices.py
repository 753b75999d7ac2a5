"""What may be chosen in the registers, and the words for codes, in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping

from lianqiao.cases.pictures import language
from lianqiao.law.categories import CATEGORIES
from lianqiao.law.regime import PROGRAMMES
from lianqiao.law.text import Text
from lianqiao.record.nodes import this_node
from lianqiao.registry.models import Agency, Region

MOST = 100


def named(value: str, words: Mapping[str, Text]) -> str:
    """The word for a code in the reader's language."""
    text = words.get(value)
    return text.in_(language()) if text is not None else value


def programme(value: str) -> str:
    return named(value, PROGRAMMES)


def programmes(*_given: object) -> list[tuple[str, str]]:
    return [(value, programme(value)) for value in PROGRAMMES]


def category(value: str) -> str:
    return named(value, CATEGORIES)


def categories(*_given: object) -> list[tuple[str, str]]:
    return [(value, text.in_(language())) for value, text in CATEGORIES.items()]


def agencies(*_given: object) -> list[tuple[str, str]]:
    """The active agencies of this node, in the order of their tree."""
    found = Agency.objects.of_node(this_node().code).filter(active=True)
    return [(one.code, one.label) for one in found]


def regions(*_given: object) -> list[tuple[str, str]]:
    found = Region.objects.filter(node_code=this_node().code)[:MOST]
    return [(one.code, f"{one.label} {one.code}") for one in found]
