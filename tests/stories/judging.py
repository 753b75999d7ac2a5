"""The judge: reads both databases after a story and says what of the promises does not hold."""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

from tests.stories.pair import CODES, Pair
from tests.stories.reading import parcels, rows

from lianqiao.cases import flow

ENDS = {"taken_over", "declined", "retracted"}
"""The peer's answers to an offer."""
AT_HOME = {"retract", "deliver", "rate", "contact"}
"""What the home desk, or who offered, does while another node answers."""
ONCE = {
    "file",
    "take_over",
    "taken_over",
    "result_reported",
    "delivery_reported",
    "rating_reported",
    "conclude",
    "deliver",
    "rate",
}
"""Verbs of which a journey has at most one per case and tenure."""


CAUSES = {"take_over": "offer", "taken_over": "take_over"}
"""What cannot have happened before what, about one and the same offer."""


@dataclass(frozen=True)
class Step:
    node: str
    dossier: str
    number: int
    verb: str
    by: str
    at: str
    data: dict[str, Any]


def cases(folder: Path, code: str) -> dict[str, sqlite3.Row]:
    return {str(UUID(row["dossier"])): row for row in rows(folder, code, "SELECT * FROM cases_case")}


def history(folder: Path, codes: Sequence[str] = CODES) -> list[Step]:
    """Every event of every case of all nodes. Their clocks may differ: see `merged`."""
    steps = []
    for code in codes:
        dossiers = {row["uid"]: dossier for dossier, row in cases(folder, code).items()}
        for row in rows(folder, code, "SELECT * FROM record_event WHERE subject_kind = 'case'"):
            steps.append(
                Step(code, dossiers[row["subject"]], row["number"], row["verb"], f"{row['by_kind']}:{row['by']}",
                     row["recorded_at"], json.loads(row["data"]))
            )  # fmt: skip
    return steps


def merged(told: list[Step]) -> list[Step]:
    """The events of a dossier in one order in which they can have come about, whatever the clocks say: those of a node by their numbers, an
    offer before it is taken over, and that before the word of it. Where nothing decides, the clocks do."""
    waiting = {
        node: sorted((step for step in told if step.node == node), key=lambda step: step.number)
        for node in {step.node for step in told}
    }
    marks = {("offer", step.data.get("offer")) for step in told if step.verb == "offer"}
    marks |= {("take_over", step.data.get("offer")) for step in told if step.verb == "take_over"}
    order: list[Step] = []
    while any(waiting.values()):
        heads = [steps[0] for steps in waiting.values() if steps]
        free = [step for step in heads if (CAUSES.get(step.verb), step.data.get("offer")) not in marks]
        step = min(free or heads, key=lambda step: step.at)
        order.append(waiting[step.node].pop(0))
        marks.discard((step.verb, step.data.get("offer")))
    return order


def faults(folder: Path, codes: Sequence[str] = CODES) -> list[str]:
    """Every broken promise, as a sentence; none when the story ended well."""
    found = []
    held = {code: cases(folder, code) for code in codes}
    steps = history(folder, codes)
    for dossier in set[str]().union(*held.values()):
        own = {code: held[code][dossier] for code in codes if dossier in held[code]}
        told = merged([step for step in steps if step.dossier == dossier])
        found += [f"{dossier}: {fault}" for fault in [*holders(own), *acting(told), *doubled(told)]]
    for code in codes:
        found += [f"{code}: {fault}" for fault in parcels(folder, code)]
    return found


def holders(own: dict[str, sqlite3.Row]) -> list[str]:
    """The holder of the highest tenure answers, and knows it; nobody else believes to."""
    highest = max(row["tenure"] for row in own.values())
    believing = [code for code, row in own.items() if row["holder_node"] == code and row["tenure"] == highest]
    others = [
        code for code, row in own.items()
        if row["holder_node"] == code and row["tenure"] < highest and row["state"] != "offered"
    ]  # fmt: skip
    return [] if (len(believing), others) == (1, []) else [f"answerable: {believing}, also believing: {others}"]


def acting(told: list[Step]) -> list[str]:
    """Over the merged history: whoever acts on the substance holds the case at that moment; never a second one."""
    holder, found, offered = "", [], False
    for step in told:
        state_free = step.by.startswith("node:") or step.verb in ("freeze", "thaw", "recover")
        if step.verb in ("file", "take_over"):
            if step.verb == "take_over" and holder == step.node:
                found.append(f"{step.node} takes over what it holds")
            holder, offered = step.node, False
        elif step.verb == "offer":
            offered = True
        elif step.verb in ENDS:
            offered = False
        elif not state_free and (step.node != holder or offered) and step.verb not in AT_HOME and substance(step.verb):
            found.append(f"{step.node} did {step.verb} while {holder} answers")
    return found


def substance(verb: str) -> bool:
    return any(rule.substance for rule in flow.VERBS[verb].rules)


def doubled(told: list[Step]) -> list[str]:
    """What can happen once, and once more after each reopening, has happened oftener."""
    seen = Counter((step.node, step.verb, step.data.get("tenure", 0)) for step in told if step.verb in ONCE)
    again = Counter(step.node for step in told if step.verb in ("reopen_on_objection", "reopening_reported"))
    return [f"{node} has {verb} {count} times" for (node, verb, _), count in seen.items() if count > 1 + again[node]]


def sound(pair: Pair) -> list[str]:
    """What `lianqiao check` finds damaged at either node: chains, places, roots, keys, protections."""
    said = []
    commands = {code: pair.nodes[code].popen("lianqiao", ["check"]) for code in pair.codes}
    for code, command in commands.items():
        out, err = command.communicate()
        if "All is sound." not in out:
            said.append(f"{code}: {err.strip()}")
    return said
