"""The mutants of the law and of the flow table: that they are made, that they are killed, and that one that nobody asks about lives."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from tests.cases import constitution
from tests.law import mutants

from lianqiao.cases import flow

of_the_law = pytest.mark.parametrize("path", mutants.RECKONING, ids=lambda path: path.stem)


def test_the_flow_is_what_its_literal_table_says() -> None:
    assert constitution.told(flow) == constitution.TABLE.strip().splitlines()


@of_the_law
def test_each_mutant_is_one_change_and_the_tree_is_sound_again(path: Path) -> None:
    made = mutants.mutants(path)
    before = ast.unparse(made[0].tree)

    for mutant in made[::20]:
        mutant.code(path)

    assert len(made) > 250
    assert ast.unparse(made[0].tree) == before


def test_mutants_of_the_flow_table_are_killed() -> None:
    """One in ten here; all of them by `python -m tests.law.mutants --every 1`."""
    _tried, _same, unseen = mutants.judged(mutants.FLOW, 10)

    assert unseen == []


@pytest.mark.parametrize("path", mutants.RULES, ids=lambda path: path.stem)
def test_mutants_of_the_rules_are_killed(path: Path) -> None:
    """One in ten here."""
    _tried, _same, unseen = mutants.judged(path, 10)

    assert unseen == []


@pytest.mark.proof
@of_the_law
def test_mutants_of_the_clock_and_of_the_calendar_are_killed(path: Path) -> None:
    """One in forty here."""
    _tried, _same, unseen = mutants.judged(path, 40)

    assert unseen == []


@of_the_law
def test_a_mutant_of_the_law_that_nobody_asks_about_survives(monkeypatch: pytest.MonkeyPatch, path: Path) -> None:
    monkeypatch.setattr(mutants, "DRAWS", 0)
    monkeypatch.setattr(mutants, "asked_of", lambda _module: [])

    _tried, _same, unseen = mutants.judged(path, 200)

    assert len(unseen) == 2


def test_a_mutant_that_nobody_asks_about_survives(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(constitution, "told", lambda module: constitution.TABLE.strip().splitlines())

    tried, _same, unseen = mutants.judged(mutants.FLOW, 200)

    assert len(unseen) > tried / 2  # the others cannot even be imported
