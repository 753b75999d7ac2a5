import pytest
from django.db import connection

from lianqiao.cases import search_index
from lianqiao.site.cli import main


def test_version_prints_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert (main(["version"]), capsys.readouterr().out) == (0, "lianqiao 0.1.0\n")


def test_unknown_verb_exits_2(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        main(["nonsense"])

    assert (left.value.code, "nonsense" in capsys.readouterr().err) == (2, True)


def test_check_says_that_all_is_sound(node: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert (main(["check"]), capsys.readouterr().out.split(".")[0]) == (0, "All is sound")


def test_check_exits_1_and_says_what_is_wrong(db: None, capsys: pytest.CaptureFixture[str]) -> None:
    assert (main(["check"]), capsys.readouterr().err) == (1, "This node has not been set up. Run: lianqiao init\n")


def test_refusal_is_one_sentence_and_exit_2(node: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert (main(["init", "--code", "50"]), capsys.readouterr().err) == (2, "This data belongs to node 51.\n")


def test_interrupted_verb_exits_130(node: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted() -> list[str]:
        raise KeyboardInterrupt

    monkeypatch.setattr("lianqiao.site.start.faults", interrupted)

    assert main(["check"]) == 130


def test_check_says_when_the_index_of_the_search_is_gone(node: str, capsys: pytest.CaptureFixture[str]) -> None:
    with connection.cursor() as cursor:
        kind, name = {
            "postgresql": ("INDEX", "cases_search_tokens_open"), "sqlite": ("TRIGGER", "cases_search_in"),
        }[connection.vendor]  # fmt: skip
        cursor.execute(f"DROP {kind} {name}")
    try:
        assert (main(["check"]), name in capsys.readouterr().err) == (1, True)
    finally:
        search_index.install()
