"""The mutants of the reckoning and of the flow table: that they are made, that they are killed, and that one that nobody asks about lives."""

from __future__ import annotations

import ast

import pytest
from tests.cases import constitution
from tests.law import mutants

from lianqiao.cases import flow


def test_the_flow_is_what_its_literal_table_says() -> None:
    assert constitution.told(flow) == constitution.TABLE.strip().splitlines()


def test_each_mutant_is_one_change_and_the_tree_is_sound_again() -> None:
    made = mutants.mutants(mutants.CLOCK)
    before = ast.unparse(made[0].tree)

    for mutant in made[::20]:
        mutant.code(mutants.CLOCK)

    assert len(made) > 300
    assert ast.unparse(made[0].tree) == before


def test_mutants_of_the_flow_table_are_killed() -> None:
    """One in ten here; all of them by `python -m tests.law.mutants --every 1`."""
    _tried, _same, unseen = mutants.judged(mutants.FLOW, 10)

    assert unseen == []


@pytest.mark.proof
def test_mutants_of_the_clock_are_killed() -> None:
    """One in forty here."""
    _tried, _same, unseen = mutants.judged(mutants.CLOCK, 40)

    assert unseen == []


def test_a_mutant_of_the_clock_that_nobody_asks_about_survives(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mutants, "DRAWS", 0)
    monkeypatch.setattr(mutants, "asked_of_the_clock", list)

    _tried, _same, unseen = mutants.judged(mutants.CLOCK, 200)

    assert len(unseen) == 2


def test_a_mutant_that_nobody_asks_about_survives(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(constitution, "told", lambda module: constitution.TABLE.strip().splitlines())

    tried, _same, unseen = mutants.judged(mutants.FLOW, 200)

    assert len(unseen) > tried / 2  # the others cannot even be imported
