"""A clock that begins on a day like others is reckoned once for all of them; the date is the one that it explains."""

from __future__ import annotations

from tests.cast import Cast, filing

from lianqiao.cases import clocks
from lianqiao.cases.actions import intake
from lianqiao.cases.models import Clock
from lianqiao.record import time
from lianqiao.registry import lawbook, remembered
from lianqiao.registry.models import Target


def dates(row: Clock) -> tuple[object, ...]:
    return row.name, row.given, row.due_on, row.due_at, row.provisional


def test_the_second_clock_has_the_date_of_the_first_and_of_its_explanation(cast: Cast) -> None:
    first, second = (intake.file(by=cast.lin, **filing(cast)).case for _ in range(2))
    told = [
        [dates(row) for row in case.clocks.select_related("case__agency").order_by("name")] for case in (first, second)
    ]
    assert told[0] == told[1]
    assert [row[0] for row in told[0]] == ["accept", "correct"]
    for row in second.clocks.select_related("case__agency"):
        explained = clocks.explain(row)
        assert (row.due_on, row.due_at, row.provisional) == (explained.due, explained.due_at, explained.provisional)


def test_a_target_that_the_node_has_changed_counts_at_once(cast: Cast) -> None:
    before = intake.file(by=cast.lin, **filing(cast)).case.clocks.get(name="accept")
    Target.objects.filter(programme=before.case.programme, limit="accept").delete()
    Target.objects.create(
        programme=before.case.programme, limit="accept", amount=40, unit="working_days", since=time.today()
    )
    remembered.empty()
    after = intake.file(by=cast.lin, **filing(cast)).case.clocks.get(name="accept")
    assert (before.given["target"] == [40, "working_days"], after.given["target"]) == (False, [40, "working_days"])
    assert clocks.explain(after).due == after.due_on
    assert after.due_on != before.due_on


def test_a_book_answers_each_question_once(cast: Cast) -> None:
    asked: list[int] = []
    book = lawbook.LawBook()
    for _ in range(2):
        assert book.once("question", lambda: (asked.append(1), len(asked))[1]) == 1
    assert lawbook.LawBook().once("question", lambda: 2) == 2
