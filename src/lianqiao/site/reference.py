"""Pages of the documentation that are drawn from the code: `make docs` writes them, a test compares them."""

import os
from collections.abc import Callable
from pathlib import Path

import django
from django.utils.translation import override

from lianqiao.cases import flow
from lianqiao.law import document

HEAD = "<!-- Drawn from {source} by `make docs`. Do not edit. -->\n\n"


def both(label: object) -> str:
    """A lazy text in Chinese and English."""
    with override("zh-hans"):
        zh = str(label)
    with override("en"):
        return f"{zh} {label}"


def flow_page() -> str:
    """The life of a case on one page: the diagram of the states, then every rule of every verb."""
    lines = [HEAD.format(source="src/lianqiao/cases/flow.py") + "# The life of a case 案件的一生\n"]
    lines += [
        "Every change of a case is one of these verbs, and goes through `act`. A bare verb is done here; a participle"
    ]
    lines += ["(`taken_over`) is something that the other node of a hand-over told us.\n"]
    lines += ["```mermaid", "stateDiagram-v2"]
    lines += [f"    {state.value} : {both(state.label)}" for state in flow.State]
    moves: dict[tuple[str, str], list[str]] = {}
    for verb in flow.VERBS.values():
        for rule in verb.rules:
            if isinstance(rule.reaches, flow.State):
                for leaves in rule.leaves:
                    start = leaves.value if leaves else "[*]"
                    moves.setdefault((start, rule.reaches.value), []).append(verb.name)
            elif rule.reaches is flow.Reach.RETURNS:
                for state in flow.VERBS["offer"].rules[0].leaves:
                    if state:
                        moves.setdefault((flow.State.OFFERED.value, state.value), []).append(verb.name)
    lines += [f"    {start} --> {end} : {', '.join(names)}" for (start, end), names in moves.items()]
    lines += ["```\n", "## States 状态\n", "| state | 中文 English |", "|---|---|"]
    lines += [f"| `{state.value}` | {both(state.label)} |" for state in flow.State]
    for room in dict.fromkeys(verb.room for verb in flow.VERBS.values()):
        lines += [f"\n## `cases/actions/{room}.py`\n", "| verb | 中文 English | from | to | who | starts | stops |"]
        lines += ["|---|---|---|---|---|---|---|"]
        for verb in flow.VERBS.values():
            if verb.room == room:
                lines += [row(verb, rule) for rule in verb.rules]
    lines += ["\n## Who 谁\n", "| role | 中文 English |", "|---|---|"]
    lines += [f"| `{role.value}` | {both(role.label)} |" for role in flow.Role]
    return "\n".join(lines) + "\n"


def row(verb: flow.Verb, rule: flow.Rule) -> str:
    leaves = ", ".join(state.value if state else "(new)" for state in rule.leaves)
    who = ", ".join(role.value for role in flow.Role if role in rule.who)
    cells = [f"`{verb.name}`", both(verb.label), leaves, rule.reaches.value, who]
    return f"| {' | '.join([*cells, clocks(rule.starts), clocks(rule.stops)])} |"


def clocks(names: tuple[str, ...]) -> str:
    return ", ".join("all" if name == flow.ALL else name for name in names)


def openapi() -> str:
    """The description of the JSON API."""
    from lianqiao.site.api import api, document  # noqa: PLC0415 (needs the models, which are loaded later)

    return document.page(api)


PAGES: dict[str, Callable[[], str]] = {"docs/reference/flow.md": flow_page, "docs/reference/openapi.json": openapi} | {
    f"docs/reference/{name}": page for name, page in document.DOCUMENTS.items()
}
"""Path from the root of the repository, and what stands there."""


def write(root: Path) -> None:
    for name, page in PAGES.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(page(), encoding="utf-8")


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lianqiao.site.settings")
    django.setup()
    write(Path(__file__).parents[3])
