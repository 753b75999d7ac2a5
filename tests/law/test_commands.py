"""The command line: the date first, then the explanation; bad input in both languages with exit code 2."""

import argparse
import json

import pytest
from tests.law.vectors import VECTORS

from lianqiao.law.commands import register
from lianqiao.law.regime import regimes

pytestmark = pytest.mark.once

ASK = ["deadline", "--regime", "cn-mofcom-2020-3", "--limit", "accept", "--from", "2026-09-18"]


@pytest.fixture(autouse=True)
def _chinese(monkeypatch):
    monkeypatch.setenv("LIANQIAO_LANGUAGE", "zh")


def run(*words):
    parser = argparse.ArgumentParser(prog="lianqiao")
    register(parser.add_subparsers())
    args = parser.parse_args(words)
    return args.run(args)


def test_deadline_prints_the_date_then_the_explanation(capsys):
    assert run(*ASK) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[:4] == [
        "2026-09-29",
        "外商投资企业投诉工作办法（商务部令2020年第3号）",
        "受理期限：7个工作日（第15条；已核实数字：读自公开转载）。",
        "起算：收到完整投诉材料，2026-09-18（周五）。",
    ]
    assert len(lines) == 4 + 12 + 2


def test_deadline_speaks_english_when_asked(capsys, monkeypatch):
    monkeypatch.setenv("LIANQIAO_LANGUAGE", "en")
    assert run(*ASK[:-4], "--limit", "deliver", "--from", "2026-09-18") == 0
    assert capsys.readouterr().out.splitlines()[2] == (
        "delivery of the result: 3 working days (article 20; not verified: from knowledge that fits what was read, no text compared)."
    )


def test_language_falls_back_to_lang(capsys, monkeypatch):
    monkeypatch.delenv("LIANQIAO_LANGUAGE")
    monkeypatch.setenv("LANG", "en_GB.UTF-8")
    assert run(*ASK) == 0
    assert capsys.readouterr().out.splitlines()[-2] == "Due: 2026-09-29 (Tuesday), 24:00 Beijing time."


def test_deadline_gives_data(capsys):
    assert run(*ASK, "--json") == 0
    data = json.loads(capsys.readouterr().out)
    assert (data["due"], data["regime"], data["limit"]["verified"]) == ("2026-09-29", "cn-mofcom-2020-3", True)


def test_deadline_differs_by_kind(capsys):
    ask = ["deadline", "--regime", "sc-12345-2026", "--limit", "handle", "--from", "2026-09-18"]
    assert run(*ask, "--kind", "consultation") == 0
    assert capsys.readouterr().out.splitlines()[0] == "2026-09-22"


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (("cn-mofcom-2020-3", "x"), f"There is no regime x. Known: {', '.join(regimes())}."),
        (("accept", "dream"), "cn-mofcom-2020-3 has no limit dream. Known: correct, supplement, accept, handle, deliver, absence, report, summary."),
        (("2026-09-18", "18.9.2026"), "18.9.2026 is not a date. Write 2026-09-18, or 2026-09-18T10:00 (Beijing time)."),
        (("2026-09-18", "2026-02-30"), "2026-02-30 is not a date. Write 2026-09-18, or 2026-09-18T10:00 (Beijing time)."),
        (("2026-09-18", "9999-12-31"), "The date lies outside the years 1 to 9999."),
    ],
)  # fmt: skip
def test_bad_input_is_answered_in_both_languages(capsys, change, says):
    assert run(*[change[1] if word == change[0] else word for word in ASK]) == 2
    answer = capsys.readouterr()
    assert (answer.out, answer.err.splitlines()[1]) == ("", says)
    assert len(answer.err.splitlines()) == 2


def test_limit_by_kind_asks_for_the_kind(capsys):
    assert run("deadline", "--regime", "sc-12345-2026", "--limit", "handle", "--from", "2026-09-18") == 2
    assert capsys.readouterr().err.splitlines()[1] == (
        "The limit handle of sc-12345-2026 differs by kind of case; name it with --kind: "
        "consultation, help, suggestion, infringement."
    )


def test_regimes_are_listed_and_shown(capsys):
    assert run("regime", "list") == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == len(regimes())
    assert lines[1] == ("cn-mofcom-2020-3\t2020-10-01..\t-\t外商投资企业投诉工作办法（商务部令2020年第3号）")
    assert run("regime", "show", "hb-yshj-2020-66", "--lang", "en") == 0
    assert capsys.readouterr().out.splitlines()[:2] == [
        "hb-yshj-2020-66",
        "Hubei Measures for the Joint Handling of Complaints about the Business Environment (E Zheng Ban Fa [2020] No. 66)",
    ]
    assert run("regime", "show", "x") == 2


def test_regimes_are_compared_in_both_languages(capsys):
    assert run("regime", "compare", "gd-fie-2022", "sz-fie-2022", "--kind", "infringement", "--lang", "en") == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[:3] == [
        "gd-fie-2022 | sz-fie-2022",
        "= the same; ~ the same figure, another start or standing; # different.",
        "Facts",
    ]
    assert "# place: Guangdong Province | Shenzhen City, Guangdong Province" in lines
    assert run("regime", "compare", "gd-fie-2022", "sz-fie-2022") == 0
    assert "# 地域：广东省 | 广东省深圳市" in capsys.readouterr().out.splitlines()


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("x", "sz-fie-2022"), f"There is no regime x. Known: {', '.join(regimes())}."),
        (("sz-fie-2022", "x"), f"There is no regime x. Known: {', '.join(regimes())}."),
        (("gd-fie-2022", "sz-fie-2022", "--kind", "love"), "There is no kind of case love. Known: infringement, suggestion, help, consultation, retaliation."),
    ],
)  # fmt: skip
def test_comparison_refuses_what_it_does_not_know(capsys, words, says):
    assert run("regime", "compare", *words) == 2
    answer = capsys.readouterr()
    assert (answer.out, answer.err.splitlines()[1]) == ("", says)


def test_duties_are_listed_with_their_next_day(capsys):
    assert run("duties", "--after", "2026-09-18", "--lang", "en") == 0
    lines = [line.split("\t")[:2] for line in capsys.readouterr().out.splitlines()]
    assert lines == [
        ["2026-11-10", "summary"], ["2026-12-31", "archive"], ["2026-09-30", "roundtable"], ["2027-03-31", "arrears"],
        ["each case", "one-year"],
    ]  # fmt: skip


def test_duty_is_explained(capsys):
    assert run("duties", "summary", "--after", "2025-04-01") == 0
    lines = capsys.readouterr().out.splitlines()
    assert (lines[0], lines[-1]) == ("2025-05-14", "应于 2025-05-14（周三）前完成。")
    assert run("duties", "one-year", "--after", "2025-10-02", "--lang", "en") == 0
    assert capsys.readouterr().out.splitlines()[0] == "2026-10-08"


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("dance",), "There is no duty dance. Known: summary, archive, roundtable, arrears, one-year."),
        (("summary", "--after", "soon"), "soon is not a date. Write 2026-09-18, or 2026-09-18T10:00 (Beijing time)."),
        (("--after", "9999-12-31"), "The date lies outside the years 1 to 9999."),
    ],
)
def test_duties_refuse_what_they_do_not_know(capsys, words, says):
    assert run("duties", *words) == 2
    answer = capsys.readouterr()
    assert (answer.out, answer.err.splitlines()[1]) == ("", says)


WITH = {3: ("cn-mofcom-2020-3", "deliver"), 5: ("hb-yshj-2020-66", "deliver"), 7: ("cn-mofcom-2020-3", "accept")}
WITH |= {15: ("cn-mofcom-2020-3", "supplement"), 60: ("cn-mofcom-2020-3", "handle")}


@pytest.mark.parametrize(("start", "amount", "due"), VECTORS)
def test_deadline_agrees_with_the_vectors(capsys, start, amount, due):
    code, limit = WITH[amount]
    assert run("deadline", "--regime", code, "--limit", limit, "--from", start, "--lang", "en") == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == due
    assert ("not verified" in lines[2]) == (limit in ("deliver", "supplement") and code != "hb-yshj-2020-66")


def test_calendar_shows_a_year_with_its_notice(capsys):
    assert run("calendar", "show", "2026", "--lang", "en") == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("2026: announced; 248 working days; calendar 2019-2027/")
    assert lines[2:4] == ["2026-01-01 Thursday New Year's Day holiday", "2026-01-02 Friday New Year's Day holiday"]


@pytest.mark.parametrize(
    ("year", "first"),
    [("2027", "2027: provisional, no notice yet; 248"), ("2028", "2028: provisional, no notice yet; 260")],
)
def test_calendar_of_a_year_without_notice_is_provisional(capsys, year, first):
    assert run("calendar", "show", year, "--lang", "en") == 0
    assert capsys.readouterr().out.startswith(first)


def test_calendar_refuses_a_year_that_cannot_be(capsys):
    assert run("calendar", "show", "0") == 2
    assert len(capsys.readouterr().err.splitlines()) == 2
