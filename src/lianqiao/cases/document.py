"""Draws docs/reference/flow.md from the table of the flow, so that the page cannot differ from what the code does."""

from collections.abc import Iterator

from django.utils.translation import override

from . import flow
from .flow import Reach, Role, State
from .models import Case

HEAD = """# The life of a case

This page is generated from `src/lianqiao/cases/flow.py` by `lianqiao document flow`; a test compares the two. A regime can narrow the table, never widen it.

The picture shows the verbs that move a case from one state to another; the table shows all of them. A verb in the bare form is something this node does;
a participle (`taken_over`, `declined`, `result_reported`) is something another node told us. While a case is `offered` it is read-only here, and still
answered for here; once it is `handed_over` the other node answers, and this one follows. `[*]` is the beginning.
"""


def flow_page() -> str:
    """The page as Markdown, in English with the Chinese labels beside."""
    with override("en"):
        english = {verb.name: str(verb.label) for verb in flow.VERBS.values()}
        roles_en = {role: str(role.label) for role in Role}
    with override("zh-hans"):
        chinese = {verb.name: str(verb.label) for verb in flow.VERBS.values()}
        states = {state: str(state.label) for state in State}
        roles_zh = {role: str(role.label) for role in Role}
    parts = [HEAD, "```mermaid", "stateDiagram-v2"]
    parts += [f"    {state}: {label} {state}" for state, label in states.items()]
    parts += sorted(set(_arrows()))
    parts += ["```", "", "## Verbs", "", "| verb | 中文 | leaves | reaches | who | starts | stops |", "|---|---|---|---|---|---|---|"]
    parts += [
        f"| `{verb.name}` {english[verb.name]} | {chinese[verb.name]} | {_names(rule.leaves)} | {_reach(rule)} | {_who(rule)} "
        f"| {', '.join(rule.starts) or '–'} | {_stops(rule)} |"
        for verb in flow.VERBS.values()
        for rule in verb.rules
    ]
    parts += ["", "## Roles", "", "| role | 中文 | meaning |", "|---|---|---|"]
    parts += [f"| `{role}` | {roles_zh[role]} | {roles_en[role]} |" for role in Role]
    parts += ["", f"Tables that carry it: `{Case._meta.db_table}` (the row), `record_event` (what happened), `cases_clock` (the limits).", ""]
    return "\n".join(parts)


def _arrows() -> Iterator[str]:
    for verb in flow.VERBS.values():
        for rule in verb.rules:
            if rule.reaches in (Reach.STAYS, Reach.RECOVERS):
                continue
            for leaves in rule.leaves:
                targets = (State.FILED, State.ACCEPTED) if rule.reaches == Reach.RETURNS else (rule.reaches,)
                yield from (f"    {leaves or '[*]'} --> {target}: {verb.name}" for target in targets)


def _names(states: tuple[State | None, ...]) -> str:
    return ", ".join(f"`{state}`" if state else "(new)" for state in states)


def _reach(rule: flow.Rule) -> str:
    words = {Reach.STAYS: "(stays)", Reach.RETURNS: "(state before the offer)", Reach.RECOVERS: "(state that the peer proves)"}
    return words[rule.reaches] if isinstance(rule.reaches, Reach) else f"`{rule.reaches}`"


def _who(rule: flow.Rule) -> str:
    return ", ".join(role.value for role in Role if role in rule.who)


def _stops(rule: flow.Rule) -> str:
    return "all" if flow.ALL in rule.stops else ", ".join(rule.stops) or "–"
