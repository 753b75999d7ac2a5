"""A regime in sentences, so that a jurist can read it out and check it against the text."""

from __future__ import annotations

from collections.abc import Iterator

from lianqiao.law.divisions import name_of
from lianqiao.law.limit import EVENT_DATE, PERIODIC, Limit, amount_text
from lianqiao.law.statute import Item, Regime
from lianqiao.law.text import Text
from lianqiao.law.units import UNIT_RULES
from lianqiao.law.vocabulary import KINDS, MARKS, NODE_TARGET, PROGRAMMES

PARTS = (
    ("refusal_grounds", Text("不予受理的事由", "Grounds of refusal")),
    ("conclusion_grounds", Text("处理终结的事由", "Grounds of conclusion")),
    ("pause_causes", Text("中止的事由", "Causes to pause")),
    ("materials", Text("材料", "Materials")),
    ("notices", Text("文书", "Notices")),
    ("reports", Text("报送内容", "Data of the periodic summary")),
    ("provisions", Text("其他规定", "Other provisions")),
)
PATTERN = Text(
    "制定地不明，不自动适用，只供对照和采用",
    "its place is not known: it applies nowhere by itself, it is held to compare and to adopt",
)
NO_LAW = Text("本节点的通用条目，不是法律规定", "the node's own, no rule of the statute")
TARGET = Text("建议目标 {figure}", "proposed target {figure}")
LIMITS, EXTENSION = Text("期限", "Limits"), Text("延期", "Extension")
COUNTING, LABELS = Text("计算方法", "How it is counted"), Text("自用名称", "Its own words")
NO_EXTENSION = Text("未见允许延期的规定", "no rule that allows one is known")
IN_ALL, AT_MOST = Text("连同原期限共{a}", "{a} in all"), Text("最长{a}", "at most {a}")
NO_MAXIMUM = Text("总长不设上限", "no maximum")
FOR = Text(
    "适用于{programmes}；地域：{place}；{first}起施行{until}。",
    "For: {programmes}. Place: {place}. In force from {first}{until}.",
)
UNTIL = Text("，至{day}止", " until {day}")
EVIDENCE = Text("依据：{source}（{meaning}）。", "Source: {source} ({meaning}).")
ABOVE = Text(
    "未规定者取自 {parent}，均标为未核实。", "What it leaves unsaid comes from {parent}, marked as not verified."
)
OWN = Text("未规定者用本节点的通用条目，不是法律规定。", "What it leaves unsaid is filled by the node's own words, which are no law.")  # fmt: skip
TAKEN = Text("未读到，暂按 {parent}，均未核实", "not readable, assumed as in {parent}, none verified")
VERSION = Text("第{version}版，文件摘要 sha256 {digest}。", "Version {version}, sha256 of the file {digest}.")
LIMIT = Text("{name}：自{start}起{figure}（{authority}；{standing}）。", "{name}: {figure} from: {start} ({authority}; {standing}).")  # fmt: skip
EVERY = Text(
    "{name}：{start}的第{amount}个工作日以前（{authority}；{standing}）。",
    "{name}: by working day {amount} of {start} ({authority}; {standing}).",
)
SET = Text("{name}：{start}（{authority}；{standing}）。", "{name}: {start} ({authority}; {standing}).")
NO_FIGURE = Text(
    "{name}（自{start}起算）：未见法定期限，由本节点自设目标。",
    "{name}, from: {start}: no statutory limit was found; the node sets a target.",
)
FORMS = {EVENT_DATE: SET, PERIODIC: EVERY}
ONLY_FOR = Text("（限{kinds}）", " (for {kinds})")
FIXED = Text("末日遇休息日不顺延。", "An end on a day off does not move.")


def figure_of(limit: Limit) -> Text:
    """The figure, called a proposed target where no law gives it."""
    if limit.statutory or limit.amount is None:
        return limit.figure
    return TARGET.filled(figure=limit.figure)


def most_of(held: Regime) -> Text:
    """How far handling may be extended, in a few words."""
    rule = held.extension
    if not rule.allowed:
        return NO_EXTENSION
    if rule.total is not None:
        return IN_ALL.filled(a=amount_text(rule.total, rule.unit))
    return NO_MAXIMUM if rule.amount is None else AT_MOST.filled(a=amount_text(rule.amount, rule.unit))


def extension_of(held: Regime) -> Text:
    """The rule on extensions in one clause, with article and standing."""
    rule, most = held.extension, most_of(held)
    if not rule.allowed:
        return most
    like = Limit(
        "extend", 1, "working_days", article=rule.article, verified=rule.verified, mark=rule.mark,
        statutory=rule.statutory, inherited=rule.inherited,
    )  # fmt: skip
    return Text("{n}；{m}（{a}；{s}）", "{n}; {m} ({a}; {s})").filled(
        n=rule.needs, m=most, a=like.authority, s=like.standing
    )


def standing_of(item: Item) -> tuple[Text, Text]:
    """Article and standing of an item in words; ("-", "-") for what is no law."""
    if item.mark == "D":
        return Text("-", "-"), Text("-", "-")
    like = Limit(
        item.code, 1, "working_days", article=item.article, verified=item.verified, mark=item.mark,
        inherited=item.inherited,
    )  # fmt: skip
    return like.authority, like.standing


def kinds_of(kinds: tuple[str, ...]) -> Text:
    """Kinds of case in words."""
    return Text("、".join(KINDS[kind].zh for kind in kinds), ", ".join(KINDS[kind].en for kind in kinds))


def place_of(held: Regime) -> Text:
    """The place in words."""
    return PATTERN if held.pattern else name_of(held.jurisdiction)


def _limit(limit: Limit) -> Text:
    name = limit.label
    if limit.kinds:
        only = ONLY_FOR.filled(kinds=kinds_of(limit.kinds))
        name = Text(name.zh + only.zh, name.en + only.en)
    form = NO_FIGURE if limit.amount is None and not limit.statutory else LIMIT
    said = FORMS.get(limit.unit, form).filled(
        name=name,
        figure=figure_of(limit),
        start=limit.start,
        authority=limit.authority,
        standing=limit.standing,
        amount=limit.amount,
    )
    parts = [said, *([FIXED] if not limit.rolls else []), *([limit.note] if limit.note.zh else [])]
    return Text("".join(part.zh for part in parts), " ".join(part.en for part in parts))


def _item(item: Item, *, said_above: bool) -> Text:
    article, standing = standing_of(item)
    if item.mark == "D":
        return item.text if said_above else Text(f"{item.text.zh}（{NO_LAW.zh}）", f"{item.text.en} ({NO_LAW.en})")
    if said_above:
        return Text("{t}（{a}）", "{t} ({a})").filled(t=item.text, a=article)
    return Text("{t}（{a}；{s}）", "{t} ({a}; {s})").filled(t=item.text, a=article, s=standing)


def _sections(held: Regime) -> Iterator[tuple[Text, list[Text]]]:
    yield LIMITS, [_limit(limit) for limit in held.limits]
    yield COUNTING, [UNIT_RULES[unit].sentence for unit in UNIT_RULES if any(one.unit == unit for one in held.limits)]
    yield EXTENSION, [extension_of(held)]
    for name, title in PARTS:
        items: tuple[Item, ...] = getattr(held, name)
        sources = {item.inherited for item in items}
        said_above = len(sources) == 1 and "" not in sources
        if said_above:
            source = sources.pop()
            why = NO_LAW if source == NODE_TARGET else TAKEN.filled(parent=source)
            title = Text(f"{title.zh}（{why.zh}）", f"{title.en} ({why.en})")
        yield title, [_item(item, said_above=said_above) for item in items]
    yield LABELS, [Text(f"{state}：{word.zh}", f"{state}: {word.en}") for state, word in held.labels.items()]


def sentences(held: Regime) -> Iterator[Text]:
    """The regime line by line: what it is, then each part with its number."""
    yield held.title
    programmes = Text(
        "、".join(PROGRAMMES[code].zh for code in held.programmes),
        ", ".join(PROGRAMMES[code].en for code in held.programmes),
    )
    until = UNTIL.filled(day=held.until.isoformat()) if held.until else Text("", "")
    yield FOR.filled(programmes=programmes, place=place_of(held), first=held.first.isoformat(), until=until)
    yield EVIDENCE.filled(source=held.source or "-", meaning=MARKS[held.mark])
    if held.parent:
        yield OWN if held.parent == NODE_TARGET else ABOVE.filled(parent=held.parent)
    if held.note.zh:
        yield held.note
    yield VERSION.filled(version=held.version, digest=held.digest)
    number = 0
    for title, lines in _sections(held):
        if not lines:
            continue
        number += 1
        yield Text(f"{_numeral(number)}、{title.zh}", f"{number}. {title.en}")
        for place, line in enumerate(lines, 1):
            yield Text(f"（{_numeral(place)}）{line.zh}", f"({place}) {line.en}")


def _numeral(number: int) -> str:
    digits = "零一二三四五六七八九"
    ten, one = divmod(number, 10)
    return ("" if ten == 0 else "十" if ten == 1 else digits[ten] + "十") + (digits[one] if one or not ten else "")


def aloud(held: Regime, lang: str) -> str:
    """The whole regime in "zh" or "en": its id, then the lines of `sentences`."""
    return "\n".join([held.id, *(line.in_(lang) for line in sentences(held))])
