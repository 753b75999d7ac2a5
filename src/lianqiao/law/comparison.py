"""Two regimes side by side, line by line, with every difference marked."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from lianqiao.law.aloud import PARTS, extension_of, figure_of, kinds_of, place_of
from lianqiao.law.limit import Limit
from lianqiao.law.statute import Item, Regime
from lianqiao.law.text import Text
from lianqiao.law.units import days_rule
from lianqiao.law.vocabulary import MARKS, PROCEDURE, PROGRAMMES

SAME, ALIKE, DIFFERENT = "=", "~", "#"
MEANING = Text(
    "= 相同；~ 数字相同，起算或者依据程度不同；# 不同。",
    "= the same; ~ the same figure, another start or standing; # different.",
)
NONE = Text("无", "none")


@dataclass(frozen=True, slots=True)
class Line:
    """One matter on which two regimes are compared: what each says, and SAME, ALIKE or DIFFERENT."""

    part: Text
    name: Text
    left: Text
    right: Text
    mark: str


def _line(part: Text, name: Text, left: Text, right: Text) -> Line:
    return Line(part, name, left, right, SAME if left == right else DIFFERENT)


def _limit_said(limit: Limit | None) -> Text:
    if limit is None:
        return NONE
    return Text("{f}，{s}起（{a}；{v}）", "{f} from: {s} ({a}; {v})").filled(
        f=figure_of(limit), s=limit.start, a=limit.authority, v=limit.standing
    )


def _limit_mark(left: Limit | None, right: Limit | None) -> str:
    if left is None or right is None:
        return DIFFERENT
    if (left.amount, left.unit, left.rolls) != (right.amount, right.unit, right.rolls):
        return DIFFERENT
    known = [(limit.start, limit.statutory, limit.verified, limit.mark, limit.every) for limit in (left, right)]
    return SAME if known[0] == known[1] else ALIKE


def _extension_mark(left: Regime, right: Regime) -> str:
    rules = [(one.allowed, one.amount, one.total, one.unit) for one in (left.extension, right.extension)]
    if rules[0] != rules[1]:
        return DIFFERENT
    return SAME if extension_of(left) == extension_of(right) else ALIKE


def _limits(left: Regime, right: Regime, kind: str | None) -> Iterator[Line]:
    part = Text("期限", "Limits")
    if kind is not None:
        for name in dict.fromkeys(limit.name for held in (left, right) for limit in held.limits):
            one, other = left.limit(name, kind), right.limit(name, kind)
            shown = one or other
            if shown is not None:
                yield Line(part, shown.label, _limit_said(one), _limit_said(other), _limit_mark(one, other))
        return
    held = [{(limit.name, limit.kinds): limit for limit in regime.limits} for regime in (left, right)]
    for key in dict.fromkeys([*held[0], *held[1]]):
        one, other = held[0].get(key), held[1].get(key)
        label = (one or other or left.limits[0]).label
        if key[1]:
            kinds = kinds_of(key[1])
            label = Text(f"{label.zh}（{kinds.zh}）", f"{label.en} ({kinds.en})")
        yield Line(part, label, _limit_said(one), _limit_said(other), _limit_mark(one, other))


def _items(title: Text, left: Iterable[Item], right: Iterable[Item]) -> Iterator[Line]:
    ones, others = {item.code: item for item in left}, {item.code: item for item in right}
    for code in dict.fromkeys([*ones, *others]):
        one, other = ones.get(code), others.get(code)
        yield _line(title, Text(code, code), one.text if one else NONE, other.text if other else NONE)


def _facts(left: Regime, right: Regime) -> Iterator[Line]:
    part = Text("概况", "Facts")

    def both(name: Text, said: tuple[Text, Text]) -> Line:
        return _line(part, name, *said)

    def plain(words: str) -> Text:
        return Text(words, words)

    def programmes(held: Regime) -> Text:
        names = [PROGRAMMES[code] for code in held.programmes]
        return Text("、".join(name.zh for name in names), ", ".join(name.en for name in names))

    pair = (left, right)
    yield both(Text("名称", "title"), (left.title, right.title))
    yield both(Text("适用", "for"), (programmes(left), programmes(right)))
    yield both(Text("地域", "place"), (place_of(left), place_of(right)))
    until = [held.until.isoformat() if held.until else "" for held in pair]
    yield both(
        Text("施行", "in force"),
        (plain(f"{left.first}..{until[0]}"), plain(f"{right.first}..{until[1]}")),
    )
    yield both(Text("依据程度", "evidence"), (MARKS[left.mark], MARKS[right.mark]))
    yield both(Text("“日”的含义", "what a day is"), (days_rule(left), days_rule(right)))
    verbs = [", ".join(verb for verb in PROCEDURE if verb not in held.verbs) or "-" for held in pair]
    yield both(Text("没有的环节", "steps that it leaves out"), (plain(verbs[0]), plain(verbs[1])))


def compare(left: Regime, right: Regime, kind: str | None = None) -> list[Line]:
    """Every matter on which the two can be compared. `kind`: only what holds for this kind of case."""
    lines = [*_facts(left, right), *_limits(left, right, kind)]
    title = Text("延期", "Extension")
    lines.append(Line(title, title, extension_of(left), extension_of(right), _extension_mark(left, right)))
    for name, title in PARTS:

        def of(held: Regime, name: str = name) -> list[Item]:
            items: tuple[Item, ...] = getattr(held, name)
            return [item for item in items if kind is None or not item.kinds or kind in item.kinds]

        lines += _items(title, of(left), of(right))
    return lines


def told(left: Regime, right: Regime, lang: str, kind: str | None = None) -> Iterator[str]:
    """The comparison as lines of text: a head, the meaning of the marks, then part by part."""
    yield f"{left.id} | {right.id}"
    yield MEANING.in_(lang)
    part = None
    for line in compare(left, right, kind):
        if line.part != part:
            part = line.part
            yield part.in_(lang)
        colon = "：" if lang.startswith("zh") else ": "
        both = [line.left.in_(lang)] if line.mark == SAME else [line.left.in_(lang), line.right.in_(lang)]
        yield f"{line.mark} {line.name.in_(lang)}{colon}{' | '.join(both)}"


def differences(left: Regime, right: Regime, lang: str) -> list[str]:
    """The lines of `told` that are not the same on both sides."""
    return [line for line in told(left, right, lang) if line.startswith((f"{ALIKE} ", f"{DIFFERENT} "))]
