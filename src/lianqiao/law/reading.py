"""Regimes as read from TOML, and everything that would make one contradict itself.

A regime is refused (RegimeError: file, key, what) for: a key that is not known; a missing or wrongly typed value; a text
without one of its languages; an unknown programme, kind, verb, unit, limit name or mark; an amount that is not positive;
a figure without unit or article; `verified` on a mark that is no reading; a target that claims to be a statute's figure;
two limits or grounds of the same name; `until` before `from`; a parent that is missing; an extension or an objection or
grounds that its verbs leave out, or the other way round; targets that the last resort does not hold; a total that the
limit of handling already exceeds; two regimes of equal standing for the same matter.

A regime may have a parent. From a statute it takes everything that it leaves unsaid, as not verified. From "node-target"
it takes the node's own grounds, causes and notices, and of the node's figures only those that it names in `targets`; they
stay what they are: no law.
"""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date
from itertools import combinations
from pathlib import Path
from typing import Any

from lianqiao.law.limit import EVENT_DATE, LIMIT_NAMES, PERIODIC, UNITS, Limit
from lianqiao.law.statute import ExtensionRule, Item, Regime, RegimeError
from lianqiao.law.text import NOTHING, Text
from lianqiao.law.vocabulary import KINDS, MARKS, NODE_TARGET, PROCEDURE, PROGRAMMES, READ_MARKS, STEPS

TOP = {
    "id", "version", "title", "programmes", "kinds", "jurisdiction", "from", "until", "precedence", "parent", "source",
    "mark", "note", "verbs", "limit", "extension", "refusal", "conclusion", "pause", "material", "notice", "report",
    "provision", "labels", "pattern", "targets",
}  # fmt: skip
LIMIT_KEYS = {
    "name", "amount", "unit", "start", "rolls", "article", "verified", "mark", "note", "kinds", "every", "first_month",
    "node_target", "begins", "again", "ends",
}  # fmt: skip
ITEM_KEYS = {"code", "zh", "en", "article", "verified", "mark", "names_competent_body", "kinds", "verb", "required"}
EXTENSION_KEYS = {"allowed", "needs", "amount", "total", "unit", "article", "verified", "mark", "node_target"}
GROUPS = ("refusal", "conclusion", "pause", "material", "notice", "report", "provision")


class _Table:
    """One table of the file, read with types; every complaint carries the file and the key."""

    def __init__(self, file: str, where: str, data: Mapping[str, Any], keys: set[str]) -> None:
        self.file, self.where, self.data = file, where, data
        for key in data:
            if key not in keys:
                self.refuse(key, "此键不存在", "there is no such key")

    def refuse(self, key: str, zh: str, en: str) -> None:
        raise RegimeError(self.file, f"{self.where}.{key}" if self.where else key, Text(zh, en))

    def get(self, key: str, kind: type, default: Any = None) -> Any:
        value = self.data.get(key, default)
        if value is None:
            self.refuse(key, "缺少此项", "is missing")
        if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
            self.refuse(key, f"应为 {kind.__name__}，不是 {value!r}", f"should be {kind.__name__}, not {value!r}")
        return value

    def text(self, key: str, default: Text | None = None) -> Text:
        if key not in self.data and default is not None:
            return default
        return self.pair(key, self.get(key, dict))

    def pair(self, key: str, value: Mapping[str, Any]) -> Text:
        if set(value) != {"zh", "en"} or not all(isinstance(part, str) and part for part in value.values()):
            self.refuse(key, "文本须有 zh 和 en 两种语言", "a text has both languages, zh and en")
        return Text(value["zh"], value["en"])

    def words(self, key: str, known: Iterable[str], default: list[str] | None = None) -> tuple[str, ...]:
        words = self.get(key, list, default)
        for word in words:
            self.known(key, word, known)
        return tuple(words)

    def known(self, key: str, word: str, known: Iterable[str]) -> str:
        if word not in known:
            self.refuse(key, f"未知的词 {word!r}", f"unknown word {word!r}; known: {', '.join(known)}")
        return word

    def standing(self, *, node_target: bool) -> tuple[str, bool, str]:
        """Article, verified and mark of an item that rests on the statute or on the node."""
        mark = self.known("mark", self.get("mark", str), MARKS)
        verified = self.get("verified", bool, False)
        article = self.get("article", str, "")
        if not node_target and not article:
            self.refuse(
                "article",
                '没有条文依据（条号不明写 "unknown"）',
                'rests on no article (write "unknown" if not identified)',
            )
        if verified and (mark not in READ_MARKS or node_target):
            self.refuse(
                "verified",
                f"标记 {mark} 不表示读过数字，不能称已核实",
                f"mark {mark} is no reading: it cannot be verified",
            )
        return article, verified, mark


def _limit(table: _Table, regime: str) -> Limit:
    name = table.known("name", table.get("name", str), LIMIT_NAMES)
    node_target = table.get("node_target", bool, False)
    amount = table.data.get("amount")
    if amount is not None and table.get("amount", int) <= 0:
        table.refuse("amount", f"须为正数，不是 {amount}", f"must be positive, not {amount}")
    unit = table.known("unit", table.get("unit", str), UNITS)
    if amount is None and not node_target and unit != EVENT_DATE:
        table.refuse("amount", "法定期限没有数字", "a limit of the statute has a figure")
    if amount is not None and unit == EVENT_DATE:
        table.refuse("amount", "日期由事项确定的期限没有数字", "a date set by the event has no figure")
    every, first_month = table.get("every", int, 0), table.get("first_month", int, 1)
    if (unit == PERIODIC) != (every in range(1, 13)):
        table.refuse(
            "every", "定期期限须写明每几个月，且仅定期期限可写", "belongs to a periodic limit, and it needs it"
        )
    if first_month not in range(1, 13):
        table.refuse("first_month", f"没有第{first_month}月", f"there is no month {first_month}")
    article, verified, mark = table.standing(node_target=node_target)
    return Limit(
        name=name, amount=amount, unit=unit, start=table.text("start"), rolls=table.get("rolls", bool, True),
        article=article, verified=verified, mark=mark, note=table.text("note", NOTHING), statutory=not node_target,
        kinds=table.words("kinds", KINDS, []), every=every, first_month=first_month, regime=regime,
        begins=table.words("begins", STEPS, []), again=table.words("again", STEPS, []), ends=table.words("ends", STEPS, []),
    )  # fmt: skip


def _item(table: _Table, *, node_target: bool) -> Item:
    article, verified, mark = table.standing(node_target=node_target)
    text = table.pair("zh", {"zh": table.get("zh", str), "en": table.get("en", str)})
    verb = table.get("verb", str, "")
    if verb:
        table.known("verb", verb, PROCEDURE)
    return Item(
        code=table.get("code", str), text=text, article=article, verified=verified, mark=mark, verb=verb,
        names_competent_body=table.get("names_competent_body", bool, False),
        kinds=table.words("kinds", KINDS, []), required=table.get("required", bool, True),
    )  # fmt: skip


def _extension(table: _Table) -> ExtensionRule:
    allowed = table.get("allowed", bool)
    node_target = table.get("node_target", bool, False)
    unit, amount = table.get("unit", str, ""), table.data.get("amount")
    if unit:
        table.known("unit", unit, UNITS)
    if amount is not None and (table.get("amount", int) <= 0 or not unit):
        table.refuse("amount", "须为正数并写明单位", "must be positive and have a unit")
    total = table.data.get("total")
    if total is not None and (table.get("total", int) <= 0 or not unit or amount is not None):
        table.refuse(
            "total", "须为正数并写明单位，且不与 amount 并用", "must be positive, have a unit and stand without amount"
        )
    if not allowed and (amount is not None or total is not None):
        table.refuse("allowed", "不允许延期却写了延长多少", "allows nothing, yet says how much")
    article, verified, mark = table.standing(node_target=node_target or not allowed)
    return ExtensionRule(
        allowed, table.text("needs", NOTHING), amount, unit, article, verified, mark, not node_target, total=total
    )


def _unique(top: _Table, group: str, codes: Iterable[tuple[str, ...]]) -> None:
    seen: set[tuple[str, ...]] = set()
    for code in codes:
        if code in seen:
            top.refuse(group, f"{' '.join(code).strip()} 出现两次", f"{' '.join(code).strip()} is there twice")
        seen.add(code)


def _consistent(top: _Table, regime: Regime) -> None:
    """What the parts say about each other."""
    if regime.until is not None and regime.until < regime.first:
        top.refuse(
            "until", f"止于 {regime.until}，早于始于 {regime.first}", f"{regime.until} lies before {regime.first}"
        )
    needs: tuple[tuple[str, str, object], ...] = (
        ("refuse", "refusal", regime.refusal_grounds),
        ("conclude", "conclusion", regime.conclusion_grounds),
        ("pause", "pause", regime.pause_causes),
        ("extend", "extension", regime.extension.allowed),
        ("object", "provision", regime.objection),
        ("request_correction", "limit", regime.limit("supplement")),
    )
    for verb, key, held in needs:
        if (verb in regime.verbs) != bool(held):
            top.refuse(
                key,
                f"与 verbs 矛盾：{verb} {'已列入而此处没有' if not held else '未列入而此处有'}内容",
                f"contradicts verbs: {verb} is {'listed, yet nothing stands here' if not held else 'not listed'}",
            )
    for notice in regime.notices:
        if notice.verb and notice.verb not in regime.verbs:
            top.refuse("notice", f"{notice.verb} 不在 verbs 中", f"{notice.verb} is not among the verbs")


def _handed_down(items: tuple[Item, ...], parent: tuple[Item, ...], code: str) -> tuple[Item, ...]:
    return items or tuple(
        replace(item, verified=False, mark="D" if item.mark == "D" else "K", inherited=item.inherited or code)
        for item in parent
    )


def _limits(regime: Regime, parent: Regime, targets: tuple[str, ...]) -> tuple[Limit, ...]:
    own = {(limit.name, limit.kinds) for limit in regime.limits}
    unsaid = [limit for limit in parent.limits if (limit.name, limit.kinds) not in own]
    if parent.id == NODE_TARGET:
        return regime.limits + tuple(replace(limit, regime=regime.id) for limit in unsaid if limit.name in targets)
    return regime.limits + tuple(
        replace(limit, verified=False, mark="K", inherited=limit.inherited or parent.id, regime=regime.id)
        if limit.statutory
        else replace(limit, regime=regime.id)
        for limit in unsaid
    )


def _inherit(regime: Regime, parent: Regime, targets: tuple[str, ...]) -> Regime:
    """What the regime leaves unsaid is taken from its parent, and says so: never verified, mark K, or D if it is no law."""
    verbs = regime.verbs or parent.verbs
    extension = regime.extension
    if not extension.mark and "extend" in verbs:
        inherited = "" if parent.id == NODE_TARGET else parent.id
        mark = "K" if parent.extension.statutory else "D"
        extension = replace(parent.extension, verified=False, mark=mark, inherited=inherited)
    said = {item.code for item in regime.provisions}
    unsaid = tuple(
        item
        for item in parent.provisions
        if item.code not in said and (item.code != "objection" or "object" in verbs)
    )  # fmt: skip
    notices = tuple(notice for notice in parent.notices if not notice.verb or notice.verb in verbs)

    def of_verb(verb: str, own: tuple[Item, ...], above: tuple[Item, ...]) -> tuple[Item, ...]:
        return _handed_down(own, above if verb in verbs else (), parent.id)

    return replace(
        regime,
        limits=_limits(regime, parent, targets),
        extension=extension,
        labels=parent.labels | regime.labels,
        verbs=verbs,
        kinds=regime.kinds or parent.kinds,
        refusal_grounds=of_verb("refuse", regime.refusal_grounds, parent.refusal_grounds),
        conclusion_grounds=of_verb("conclude", regime.conclusion_grounds, parent.conclusion_grounds),
        pause_causes=of_verb("pause", regime.pause_causes, parent.pause_causes),
        materials=_handed_down(regime.materials, parent.materials, parent.id),
        notices=_handed_down(regime.notices, notices, parent.id),
        reports=_handed_down(regime.reports, parent.reports, parent.id),
        provisions=regime.provisions + _handed_down((), unsaid, parent.id),
    )


def _capped(top: _Table, regime: Regime) -> Regime:
    """A cap on the whole limit of handling, said as what is left for extensions."""
    rule, handle = regime.extension, regime.limit("handle")
    if rule.total is None:
        return regime
    left = rule.total - (handle.amount or 0) if handle is not None and handle.unit == rule.unit else 0
    if left <= 0:
        top.refuse("extension.total", "与办理期限不相容", "does not fit the limit of handling")
    return replace(regime, extension=replace(rule, amount=left))


def read(path: Path, parents: Mapping[str, Regime] | None = None) -> Regime:
    """Read one regime from a file that is named after it. `parents` are those read before; refused as the module says."""
    found = parse(path.name, path.read_bytes(), parents)
    if found.id != path.stem:
        raise RegimeError(
            path.name, "id", Text(f"应与文件名 {path.stem} 相同", f"must be the name of the file, {path.stem}")
        )
    return found


def parse(name: str, raw: bytes, parents: Mapping[str, Regime] | None = None) -> Regime:
    """Read one regime from its text; `name` is what a complaint calls it. Refused (RegimeError) as the module says."""
    try:
        data = tomllib.loads(raw.decode())
    except (ValueError, RecursionError) as why:  # also digits without end, and lists in lists without end
        raise RegimeError(name, "-", Text(f"不是有效的 TOML：{why}", f"is not valid TOML: {why}")) from why
    top = _Table(name, "", data, TOP)
    code = top.get("id", str)
    parent_code = top.get("parent", str, "")
    if parent_code and parent_code not in (parents or {}):
        top.refuse("parent", f"没有 {parent_code}", f"there is no {parent_code}")
    targets = top.words("targets", LIMIT_NAMES, [])
    offered = {limit.name for limit in parents[NODE_TARGET].limits} if parents and parent_code == NODE_TARGET else set()
    if set(targets) - offered:
        top.refuse(
            "targets",
            "node-target 中没有，或者上位不是 node-target",
            "stand in node-target only, for those that inherit from it",
        )
    target = code == NODE_TARGET
    items: dict[str, tuple[Item, ...]] = {}
    for group in GROUPS:
        rows = top.get(group, list, [])
        items[group] = tuple(
            _item(_Table(name, f"{group}[{place}]", row, ITEM_KEYS), node_target=target)
            for place, row in enumerate(rows, 1)
        )
        _unique(top, group, ((item.code,) for item in items[group]))
    limits = tuple(
        _limit(_Table(name, f"limit[{place}]", row, LIMIT_KEYS), code)
        for place, row in enumerate(top.get("limit", list, []), 1)
    )
    _unique(top, "limit", ((limit.name, kind) for limit in limits for kind in limit.kinds or ("",)))
    extension = ExtensionRule(False)
    if "extension" in data:
        extension = _extension(_Table(name, "extension", top.get("extension", dict), EXTENSION_KEYS))
    labels = {state: top.pair(f"labels.{state}", value) for state, value in top.get("labels", dict, {}).items()}
    regime = Regime(
        id=code, version=top.get("version", int), title=top.text("title"),
        programmes=top.words("programmes", PROGRAMMES), kinds=top.words("kinds", KINDS, []),
        jurisdiction=top.get("jurisdiction", str), first=top.get("from", date),
        until=top.get("until", date) if "until" in data else None, precedence=top.get("precedence", int, 0),
        parent=parent_code, source=top.get("source", str, ""), mark=top.known("mark", top.get("mark", str), MARKS),
        note=top.text("note", NOTHING), verbs=frozenset(top.words("verbs", PROCEDURE, [] if parent_code else None)),
        limits=limits, extension=extension, refusal_grounds=items["refusal"], conclusion_grounds=items["conclusion"],
        pause_causes=items["pause"], materials=items["material"], notices=items["notice"], reports=items["report"],
        provisions=items["provision"], labels=labels, digest=hashlib.sha256(raw).hexdigest(),
        pattern=top.get("pattern", bool, False),
    )  # fmt: skip
    if parent_code:
        regime = _inherit(regime, (parents or {})[parent_code], targets)
    regime = _capped(top, regime)
    _consistent(top, regime)
    return regime


def refuse_rivals(held: Iterable[Regime]) -> None:
    """Refused (RegimeError): two regimes of equal standing for the same matter."""
    for one, other in combinations(held, 2):
        same = (one.jurisdiction, one.precedence) == (other.jurisdiction, other.precedence)
        shared = set(one.programmes) & set(other.programmes)
        kinds = not one.kinds or not other.kinds or set(one.kinds) & set(other.kinds)
        last = date.max
        meet = one.first <= (other.until or last) and other.first <= (one.until or last)
        if same and shared and kinds and meet and not one.pattern and not other.pattern:
            raise RegimeError(
                f"{other.id}.toml", "precedence",
                Text(f"与 {one.id} 适用于同一事项且同等优先", f"is as strong as {one.id} for the same matter"),
            )  # fmt: skip


def read_folder(folder: Path) -> dict[str, Regime]:
    """All regimes of a folder by id, parents first. Refused (RegimeError) as the module says."""
    held: dict[str, Regime] = {}
    waiting = sorted(folder.glob("*.toml"))
    while waiting:
        later: list[Path] = []
        names = {path.stem for path in waiting}
        for path in waiting:
            parent = _parent_of(path)
            if parent in names and parent != path.stem:
                later.append(path)
            else:
                found = read(path, held)
                held[found.id] = found
        if len(later) == len(waiting):
            raise RegimeError(later[0].name, "parent", Text("互为上位规定", "is its own ancestor"))
        waiting = later
    refuse_rivals(held.values())
    return dict(sorted(held.items()))


def _parent_of(path: Path) -> str:
    try:
        return str(tomllib.loads(path.read_text(encoding="utf-8")).get("parent", ""))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError):
        return ""
