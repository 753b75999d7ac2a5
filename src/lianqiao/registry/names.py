"""When two names of enterprises are the same name: folding of width, case, script, brackets and legal forms. Pure, no database.

`folded` is the name as it is compared; `core` is that without the place; `neighbours` meets names that differ in one character.
The table of traditional characters (traditional.txt) is that of OpenCC.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from pathlib import Path

from lianqiao.law.divisions import divisions

ASCII_BRACKETS = str.maketrans("[{]}", "(())")
LEAST = 2
"""Fewer characters than these are never left of a name."""

LONG = 6
"""From this length on, one differing character makes a name similar: of a shorter one it makes another name."""

FORMS_ZH = (
    "有限责任公司", "股份有限公司", "有限公司", "股份公司", "集团公司", "总公司", "公司", "集团", "股份",
    "有限合伙", "普通合伙", "特殊普通合伙", "合伙企业", "个人独资企业", "个人独资", "外商独资", "外商投资", "外资", "中外合资", "台港澳独资",
)  # fmt: skip
"""Legal forms, struck off the end; "分公司" is none: a branch is another body."""

FORMS_EN = {
    "co", "company", "ltd", "limited", "inc", "incorporated", "corp", "corporation", "llc", "llp", "plc", "lp", "gmbh", "ag",
    "sa", "srl", "bv", "nv", "pte", "pty", "kk", "oy", "ab", "as", "spa", "group",
}  # fmt: skip
WORDS = re.compile(r"\w+")
BRACKETS = re.compile(r"\(([^()]*)\)")
NAMED_PARTS = re.compile(r"[省市区县]$|自治[州县区]$|(?:[一-龥]{1,3}族)+自治[州县]$|新区$")


@cache
def traditional() -> dict[int, str]:
    """The table of `str.translate`: traditional to simplified, and all brackets to round ones."""
    lines = (Path(__file__).parent / "traditional.txt").read_text(encoding="utf-8").splitlines()
    pairs = {ord(pair[0]): pair[1] for line in lines if not line.startswith("#") for pair in line.split()}
    return pairs | dict.fromkeys(map(ord, "〔[【「{"), "(") | dict.fromkeys(map(ord, "〕]】」}"), ")")


@cache
def places() -> frozenset[str]:
    """Names of divisions, with and without the word for their rank."""
    full = {division.name.zh for division in divisions().values()}
    short = {NAMED_PARTS.sub("", name) for name in full}
    return frozenset(name for name in full | short if len(name) >= LEAST)


@cache
def beginnings() -> dict[str, tuple[int, ...]]:
    """By their first characters, how long the names of places are that begin so; the longest first."""
    found: dict[str, set[int]] = {}
    for name in places():
        found.setdefault(name[:LEAST], set()).add(len(name))
    return {start: tuple(sorted(lengths, reverse=True)) for start, lengths in found.items()}


def place_before(text: str) -> str:
    """The longest name of a place with which the text begins and after which enough of it is left; "" if there is none."""
    most, known = len(text) - LEAST, places()
    for size in beginnings().get(text[:LEAST], ()):
        if size <= most and text[:size] in known:
            return text[:size]
    return ""


def plain(name: str) -> str:
    """The name in one width, case and script; brackets are kept."""
    if name.isascii():
        return name.lower().translate(ASCII_BRACKETS)
    return unicodedata.normalize("NFKC", name).casefold().translate(traditional())


def letters(text: str) -> str:
    """Only what is a letter or a digit."""
    return text if text.isalnum() else "".join(filter(str.isalnum, text))


def folded(name: str) -> str:
    """A Chinese name as it is compared: one width, case and script, without brackets, signs, spaces and legal form."""
    return folded_plain(plain(name))


def folded_plain(text: str) -> str:
    """The same of what is `plain` already."""
    return without_form(letters(text))


def without_form(text: str) -> str:
    while text.endswith(FORMS_ZH):
        form = next((form for form in FORMS_ZH if text.endswith(form) and len(text) - len(form) >= LEAST), None)
        if form is None:
            return text
        text = text.removesuffix(form)
    return text


def core(name: str) -> str:
    """The folded name without the places at its beginning and those that stand in brackets."""
    return core_plain(plain(name))


def core_plain(text: str) -> str:
    """The same of what is `plain` already."""
    if "(" in text:
        text = BRACKETS.sub(lambda found: "" if letters(found[1]) in places() else found[1], text)
    text = without_form(letters(text))
    while place := place_before(text):
        text = text.removeprefix(place)
    return text


def folded_english(name: str) -> str:
    """An English name as it is compared: letters and digits in small, without signs, spaces, article and legal form."""
    words = WORDS.findall(plain(name).replace("&", " and ").replace("'", "").replace("’", ""))
    while len(words) > 1 and words[-1] in FORMS_EN:
        words.pop()
    if len(words) > 1 and words[0] == "the":
        words.pop(0)
    return "".join(words)


def neighbours(text: str) -> set[str]:
    """The text and all that is left of it without one character; nothing for a short one. Two texts that differ in one character
    (another one, one more, one less) have one of these in common."""
    return {text, *(text[:place] + text[place + 1 :] for place in range(len(text)))} if len(text) >= LONG else set()


def one_apart(one: str, other: str) -> bool:
    """Whether two different texts differ in one character: another one, one more, or one less."""
    if one == other or abs(len(one) - len(other)) > 1 or min(len(one), len(other)) < LONG - 1:
        return False
    short, long = sorted((one, other), key=len)
    same = next((place for place, sign in enumerate(short) if sign != long[place]), len(short))
    return short[same + (len(short) == len(long)) :] == long[same + 1 :]
