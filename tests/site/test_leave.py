"""Somebody leaves: their cases and their roles in one command, all or nothing."""

import pytest
from tests.cast import Cast, cast, filing, node  # noqa: F401 fixtures

from lianqiao.cases.actions import handling, intake
from lianqiao.cases.models import Case
from lianqiao.record.time import today
from lianqiao.registry.models import Membership
from lianqiao.site.cli import main


def leave(*changed: str) -> int:
    return main(["leave", "he", *(changed or ("--to", "wei")), "--lead", "zhao", "--reason", "调离", "--by", "root"])


def handled(cast: Cast) -> Case:  # noqa: F811
    case = intake.file(by=cast.lin, **filing(cast)).case
    handling.reassign(case, by=cast.zhao, handler="he", reason="x")
    return case


def test_leave_hands_on_the_cases_and_ends_the_roles(
    cast: Cast,  # noqa: F811
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("LIANQIAO_LANGUAGE", "en")
    case = handled(cast)

    assert leave() == 0
    assert capsys.readouterr().out == "1 cases handed on; 1 roles, 0 delegations and 0 tokens ended.\n"
    case.refresh_from_db()
    assert (case.handler, Membership.objects.get(person=cast.he).until) == (cast.wei, today())


def test_leave_does_nothing_when_the_successor_cannot_handle(cast: Cast) -> None:  # noqa: F811
    case = handled(cast)

    assert leave("--to", "pu") == 2
    case.refresh_from_db()
    assert (case.handler, Membership.objects.get(person=cast.he).until) == (cast.he, None)
