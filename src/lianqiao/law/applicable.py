"""Which regime applies to a matter, and why; which figure a limit has there."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date

from lianqiao.law.divisions import division, name_of
from lianqiao.law.limit import Limit
from lianqiao.law.regime import NODE_TARGET, PROGRAMMES, Regime, regime, regimes
from lianqiao.law.text import Text

ONLY = Text("{programme}、{place}、{on}：适用《{title}》", "{programme}, {place}, {on}: {title} applies")
REASONS = {
    "local": Text("（为{scope}所定，比上级规定更具体）", " (made for {scope}, more specific than the rules above it)"),
    "national": Text(
        "（全国规定；未见更具体的地方规定）", " (rule for the whole country; no more specific local rule known)"
    ),
    "target": Text(
        "：未见法定规则，期限均为本节点自设目标", ": no statute found, every limit is a target set by the node"
    ),
}
IN_FORCE = Text("，自{first}起施行。", ", in force since {first}.")
FULL_STOP = Text("。", ".")


@dataclass(frozen=True, slots=True)
class Choice:
    """The regime that applies, the reason in words, and the others that would have applied, strongest first."""

    regime: Regime
    because: Text
    others: tuple[Regime, ...]


def _strength(held: Regime) -> tuple[bool, int, int]:
    return held.id != NODE_TARGET, len(held.jurisdiction), held.precedence


def applicable(
    programme: str, place: str, on: date, kind: str | None = None, held: Mapping[str, Regime] | None = None
) -> Choice:
    """The regime for a programme in a division (its code) on a day, for a kind of case, among those that are `held` (all that
    the package brings, unless a node says what it has adopted).

    The most specific jurisdiction wins, then the higher precedence; where no statute is in force, "node-target" applies.
    Refused (ValueError): an unknown programme.
    """
    if programme not in PROGRAMMES:
        raise ValueError(f"unknown programme {programme}; known: {', '.join(PROGRAMMES)}")
    known = regimes() if held is None else held
    fitting = sorted(
        (one for one in known.values() if one.covers(programme, place, on, kind)), key=_strength, reverse=True
    )
    if not fitting:
        fitting = [known[NODE_TARGET]]
    first = fitting[0]
    because = ONLY.filled(programme=PROGRAMMES[programme], place=name_of(place), on=on.isoformat(), title=first.title)
    if first.id == NODE_TARGET:
        parts = [because, REASONS["target"], FULL_STOP]
    else:
        made_for = division(first.jurisdiction.ljust(6, "0")) if first.jurisdiction else None
        scope = made_for.name if made_for else Text(first.jurisdiction, first.jurisdiction)
        reason = REASONS["local" if first.jurisdiction else "national"].filled(scope=scope)
        parts = [because, reason, IN_FORCE.filled(first=first.first.isoformat())]
    said = Text("".join(part.zh for part in parts), "".join(part.en for part in parts))
    return Choice(first, said, tuple(fitting[1:]))


def limit_for(
    held: Regime,
    name: str,
    kind: str | None = None,
    targets: Mapping[str, tuple[int, str]] | None = None,
    last_resort: Regime | None = None,
) -> Limit | None:
    """The limit of this name under a regime. `last_resort`: the "node-target" that is in force, the package's unless given.

    A figure of the statute stands. Where the regime names the limit without one, or is "node-target", the node's target
    (`targets[name]` = amount, unit) fills it, else the package's default target; such a limit has `statutory` False. A
    limit that the regime does not name exists only if the node has set a target for it. None: there is no such limit.
    """
    own = held.limit(name, kind)
    if own is not None and own.statutory:
        return own
    target = None
    if targets is not None:
        with suppress(KeyError):
            target = targets[name]
    default = (last_resort or regime(NODE_TARGET)).limit(name, kind)
    if target is not None:
        base = own or default or Limit(name, None, target[1], regime=held.id)
        return base.as_target(*target)
    if own is not None and own.amount is None and default is not None and default.amount is not None:
        return own.as_target(default.amount, default.unit)
    return own if own is not None and own.amount is not None else None
