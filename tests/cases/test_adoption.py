"""A jurist's correction and the cases that run: accepted ones keep their version, new ones get the corrected one; on the command line too."""

import argparse
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.utils import translation
from tests.cases.notice import NOTICE
from tests.cast import Cast

from lianqiao.cases import access, adoption, clocks, commands
from lianqiao.cases.actions import ACTIONS, intake
from lianqiao.cases.models import Case, Clock, Redating
from lianqiao.law import commands as law_commands
from lianqiao.law.regime import regime
from lianqiao.record.models import Event
from lianqiao.registry import adopting, lawbook
from lianqiao.registry.actions import law
from lianqiao.registry.models import AdoptedRegime, Person

pytestmark = pytest.mark.django_db

Filing = Callable[..., intake.Filed]
ORDER = "cn-mofcom-2020-3"
QUOTE = "投诉工作机构应当在受理投诉之日起30个工作日内办结受理的投诉事项。（虚构）"
CORRECTION = adopting.Correction(limit="handle", amount=30, article="19", verified=True, quote=QUOTE)


@pytest.fixture(autouse=True)
def _in_november() -> Iterator[None]:
    with time_machine.travel("2026-11-23T02:00:00Z", tick=False), translation.override("en"):
        yield


def handled(case: Case) -> tuple[int | None, date | None, str]:
    row = Case.objects.get(pk=case.pk).clocks.get(name="handle")
    limit = clocks.limit_of(row)
    assert clocks.explain(row).due == row.due_on
    return limit.amount, row.due_on, row.case.regime_digest


def test_running_case_keeps_its_version_and_a_new_one_gets_the_corrected(
    cast: Cast, people: dict[str, Person], filing: Filing
) -> None:
    accepted, waiting = filing().case, filing().case
    ACTIONS["accept"](accepted, by=people["intake"])
    before = handled(accepted)

    row = law.correct_regime(ORDER, CORRECTION, by=cast.root)

    ACTIONS["accept"](waiting, by=people["intake"])
    new = filing().case
    ACTIONS["accept"](new, by=people["intake"])
    assert before == handled(accepted) == (60, date(2027, 2, 22), regime(ORDER).digest)
    assert handled(waiting) == handled(new) == (30, date(2027, 1, 5), row.text.digest)
    assert clocks.explain(new.clocks.get(name="handle")).limit.authority.en == "article 19"
    assert [clocks.regime_of(case).version for case in (accepted, new)] == [1, 2]


def test_running_case_keeps_grounds_and_extension_of_its_version(
    cast: Cast, people: dict[str, Person], filing: Filing
) -> None:
    case = filing().case
    ACTIONS["accept"](case, by=people["intake"])
    law.correct_regime(ORDER, CORRECTION, by=cast.root)
    law.end_regime(ORDER, by=cast.root)

    ACTIONS["pause"](case, by=people["handler"], cause=clocks.regime_of(case).pause_causes[0].code, reason="等待鉴定")
    ACTIONS["resume"](case, by=people["handler"])
    ACTIONS["extend"](case, by=people["lead"], amount=5, unit="working_days", reason="情况复杂")

    assert handled(case)[0] == 60
    assert "conclude" in access.possible(case, people["handler"])


def test_effects_are_those_that_wait_for_acceptance(cast: Cast, people: dict[str, Person], filing: Filing) -> None:
    accepted, waiting, _other = filing().case, filing().case, filing(programme="inward-complaint").case
    ACTIONS["accept"](accepted, by=people["intake"])
    book, today = lawbook.read(), date(2026, 11, 23)
    plan = adopting.plan(law.correct_text(ORDER, CORRECTION, today, book), book, today)

    told = list(adoption.effects(book.with_adopted(plan.adoptions()), today))

    assert [(one.case.pk, one.handled_before, one.handled_after, one.after.version) for one in told] == [
        (waiting.pk, date(2027, 2, 22), date(2027, 1, 5), 2)
    ]
    assert adoption.keeping({ORDER}) == 1


# -- the command line --------------------------------------------------------------------------------------------------


def lianqiao(*words: object) -> int:
    parser = argparse.ArgumentParser(prog="lianqiao")
    verbs = parser.add_subparsers()
    law_commands.register(verbs)
    commands.register(verbs)
    args = parser.parse_args([str(word) for word in words])
    return int(args.run(args))


@pytest.fixture
def quote(tmp_path: Path) -> Path:
    path = tmp_path / "article-19.txt"
    path.write_text(QUOTE, encoding="utf-8")
    return path


def correct(quote: Path, *more: str) -> int:
    words = [
        "regime",
        "correct",
        ORDER,
        "--limit",
        "handle",
        "--amount",
        30,
        "--article",
        19,
        "--verified",
        "--text",
        quote,
    ]
    return lianqiao(*words, "--by", "root", *more)


def test_correct_is_tried_first_then_done(
    cast: Cast, filing: Filing, quote: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    case = filing().case

    assert correct(quote, "--dry-run") == 0

    tried = capsys.readouterr().out
    assert tried.splitlines()[:2] == [
        f"{ORDER} 1 | {ORDER} 2",
        "# handling: 60 working days from: the complaint is accepted (article 19; figure verified: read in a public page) | 30 working days from:"
        " the complaint is accepted (article 19; verified: read in the primary text)",
    ]
    assert [
        line for line in tried.splitlines()[2:] if line.endswith("inherits from it and follows.")
    ] == tried.splitlines()[2:-3]
    assert tried.splitlines()[-3:] == [
        "0 running cases were accepted before and keep their version.",
        f"{case.number} would be accepted under {ORDER} 2 instead of {ORDER} 1; handled until 2027-01-05 instead of 2027-02-22, if accepted on"
        " 2026-11-23.",
        "Nothing was changed.",
    ]
    assert (AdoptedRegime.objects.count(), Event.objects.filter(subject_kind="regime").count()) == (0, 0)
    assert correct(quote) == 0
    said = capsys.readouterr().out
    assert said.splitlines()[:-1] == tried.splitlines()[:-1]
    row = AdoptedRegime.objects.first()
    assert row is not None
    assert said.splitlines()[-1] == f"{ORDER}, version 2, is in force here from 2026-11-23 ({row.text.digest[:16]})."
    assert lianqiao("regime", "adopted", ORDER) == 0
    assert capsys.readouterr().out.splitlines() == [
        f"{ORDER}\t2\t2026-11-23..\t{row.text.digest[:16]}\t2026-11-23\t管理员",
        f"\thandling, article 19: {QUOTE}",
    ]


def test_end_and_adopt_again(cast: Cast, capsys: pytest.CaptureFixture[str]) -> None:
    assert lianqiao("regime", "end", ORDER, "--on", "2026-12-31", "--by", "root") == 0
    assert capsys.readouterr().out.splitlines()[-1] == f"{ORDER}, version 1, is in force here until 2026-12-31."

    assert lianqiao("regime", "adopt", ORDER, "--since", "2027-03-01", "--by", "root") == 0

    assert capsys.readouterr().out.splitlines()[0] == f"{ORDER} is not in force here yet."
    held = [ORDER in lawbook.book().in_force(day) for day in (date(2026, 12, 31), date(2027, 2, 28), date(2027, 3, 1))]
    assert held == [True, False, True]


def test_calendar_is_tried_imported_listed_and_undone(
    cast: Cast, people: dict[str, Person], filing: Filing, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    case = filing().case
    ACTIONS["accept"](case, by=people["intake"])
    path = tmp_path / "2027.toml"
    path.write_text(NOTICE, encoding="utf-8")
    source = "Notice on the holidays of 2027 (invented) (测试〔2026〕1号)"

    def run(*words: object) -> list[str]:
        assert lianqiao("calendar", *words) == 0
        return capsys.readouterr().out.splitlines()

    assert run("import", path, "--by", "root", "--dry-run") == [
        f"{case.number} handling: 2027-02-22 -> 2027-02-23 (had been told: those concerned are told anew)",
        # What only becomes certain is the report after one year.
        "Dates that move: 1; that stay because they had been told: 0; that only become certain or uncertain: 1.",
        "Nothing was changed.",
    ]
    assert Redating.objects.count() == 0
    said = run("import", path, "--by", "root")
    number = said[0].split()[1]
    assert said == [
        f"Notice {number} is adopted: {source}",
        "Dates moved: 1. Cases in which somebody is told: 1. The node looks once more at 10:01:00.",
    ]
    assert run("adopted") == [f"{number}\t2027\t-\tadopted\t2026-11-23\t管理员\t{source}"]
    assert run("undo", number, "--by", "root", "--dry-run")[0] == (
        f"{case.number} handling: 2027-02-23 stays, because it had been told (reckoned 2027-02-22)"
    )
    assert run("undo", number, "--by", "root")[1].startswith("Dates moved: 0. Cases in which somebody is told: 0.")
    assert Clock.objects.get(case=case, name="handle").due_on == date(2027, 2, 23)
    assert run("adopted")[0].split("\t")[3] == "undone"


def test_help_tells_every_verb(capsys: pytest.CaptureFixture[str]) -> None:
    told: dict[str, Any] = {}
    for verb in ("regime", "calendar"):
        with pytest.raises(SystemExit):
            lianqiao(verb, "--help")
        told[verb] = capsys.readouterr().out

    assert all(f"  {name} " in told["regime"] for name in ("list", "show", "adopt", "correct", "end", "adopted"))
    assert all(f"  {name} " in told["calendar"] for name in ("show", "import", "undo", "adopted"))
