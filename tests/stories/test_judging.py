"""The judge itself: it finds what it is there to find."""

from __future__ import annotations

from typing import Any

from tests.stories.judging import Step, acting, doubled, holders


def told(*steps: tuple[str, str]) -> list[Step]:
    return [
        Step(node, "d", number, verb, "node:x" if verb.endswith("_reported") else "person:x", f"{number:02}", {})
        for number, (node, verb) in enumerate(steps)
    ]


CROSSED = (("51", "file"), ("51", "accept"), ("51", "offer"), ("50", "take_over"), ("51", "taken_over"))


def test_judge_accepts_a_journey() -> None:
    assert acting(told(*CROSSED, ("50", "conclude"), ("51", "result_reported"), ("51", "deliver"))) == []


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
