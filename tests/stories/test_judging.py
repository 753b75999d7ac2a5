"""The judge itself: it finds what it is there to find."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from tests.faults.wire import FAULTS
from tests.stories import prove
from tests.stories.judging import Step, acting, doubled, holders, merged
from tests.stories.reading import parcels
from tests.stories.steps import RECEIVER_DIES, SENDER_DIES


def told(*steps: tuple[str, str]) -> list[Step]:
    return [
        Step(node, "d", number, verb, "node:x" if verb.endswith("_reported") else "person:x", f"{number:02}", {})
        for number, (node, verb) in enumerate(steps)
    ]


CROSSED = (("51", "file"), ("51", "accept"), ("51", "offer"), ("50", "take_over"), ("51", "taken_over"))


def test_judge_accepts_a_journey() -> None:
    assert acting(told(*CROSSED, ("50", "conclude"), ("51", "result_reported"), ("51", "deliver"))) == []


def test_judge_orders_by_causes_whatever_the_clocks_say() -> None:
    """Node 50's clock is hours behind: its events seem to come before the offer from which they follow."""
    steps = told(*CROSSED, ("50", "conclude"), ("51", "result_reported"))
    late = [replace(step, data={"offer": "o"}, at="00" if step.node == "50" else step.at) for step in steps]

    assert [step.verb for step in merged(late)[:4]] == ["file", "accept", "offer", "take_over"]
    assert acting(merged(late)) == []
    assert acting(merged([*late, replace(late[0], verb="conclude", number=9, at="00")])) == [
        "51 did conclude while 50 answers"
    ]


def test_judge_sees_two_that_act() -> None:
    assert acting(told(*CROSSED, ("51", "conclude"))) == ["51 did conclude while 50 answers"]


def test_judge_sees_an_act_while_offered() -> None:
    assert acting(told(*CROSSED[:3], ("51", "settle"))) == ["51 did settle while 51 answers"]


def test_judge_sees_a_case_taken_over_twice() -> None:
    assert acting(told(*CROSSED[:4], ("50", "take_over"))) == ["50 takes over what it holds"]


def test_judge_sees_what_happened_twice() -> None:
    assert doubled(told(("50", "conclude"), ("50", "conclude"))) == ["50 has conclude 2 times"]


def test_judge_sees_that_nobody_or_two_answer() -> None:
    def row(holder: str, tenure: int, state: str) -> Any:
        return {"holder_node": holder, "tenure": tenure, "state": state}

    assert holders({"51": row("50", 2, "handed_over"), "50": row("50", 2, "accepted")}) == []
    assert holders({"51": row("51", 1, "offered"), "50": row("50", 2, "accepted")}) == []
    assert holders({"51": row("51", 1, "accepted"), "50": row("50", 2, "accepted")}) != []
    assert holders({"51": row("51", 2, "accepted"), "50": row("50", 2, "accepted")}) != []
    assert holders({"51": row("50", 2, "handed_over")}) != []


def test_what_is_undertaken_follows_from_the_seed_alone() -> None:
    planned = prove.plan(7, 200)
    assert planned.digest == prove.plan(7, 200).digest != prove.plan(8, 200).digest
    assert {undertaking.way for undertaking in planned.journeys} == set(prove.WAYS)
    troubles = [trouble for undertaking in planned.journeys for trouble in undertaking.troubles.values()]
    assert {trouble.kind for trouble in troubles} == set(prove.TROUBLES)
    assert {trouble.code for trouble in troubles} == set(prove.CODES) == set(planned.dying)
    assert {fault for line in [planned.line("51")] for fault in (line.next() for _message in range(2000))} == {
        "",
        *FAULTS,
    }


def test_an_event_that_somebody_was_told_of_and_a_parcel_are_missed(tmp_path: Path) -> None:
    for code in prove.CODES:
        (tmp_path / code).mkdir()
        with closing(sqlite3.connect(tmp_path / code / "lianqiao.sqlite3")) as connection:
            connection.executescript(
                """CREATE TABLE cases_case (id, uid, filed_on); CREATE TABLE record_event (subject, subject_kind, number);
                CREATE TABLE exchange_parcelout (kind, state, last_error); CREATE TABLE exchange_parcelin (kind, state, reason);
                INSERT INTO cases_case VALUES (1, 'u', '2026-11-25'); INSERT INTO record_event VALUES ('u', 'case', 1)"""
            )
    assert prove.gone(tmp_path, [("51", "51-2026-000001", 1)]) == []
    assert prove.gone(tmp_path, [("51", "51-2026-000001", 2)]) == ["51: event 2 of 51-2026-000001 is gone"]
    with closing(sqlite3.connect(tmp_path / "51" / "lianqiao.sqlite3")) as connection, connection:
        connection.execute("INSERT INTO exchange_parcelout VALUES ('offer', 'given_up', 'lost')")
    assert parcels(tmp_path, "51") == ["parcel out ('offer', 'given_up', 'lost')"]


@pytest.mark.parametrize("step", sorted({*SENDER_DIES, *RECEIVER_DIES}))
def test_a_node_can_be_killed_at_each_step(step: str) -> None:
    """The step names a function that is there: who moves one is told here, not by a node that does not start."""
    module, name, when = step.split(":")
    assert callable(getattr(import_module(f"lianqiao.{module}"), name))
    assert when in ("before", "after")
