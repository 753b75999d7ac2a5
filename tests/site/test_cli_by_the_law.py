from pathlib import Path

import pytest
from tests.cast import Cast, cast, node  # noqa: F401 fixtures

from lianqiao.registry import adopting
from lianqiao.registry.actions import law
from lianqiao.site.cli import main


def test_commands_of_the_law_go_by_what_the_node_has_adopted(
    cast: Cast,  # noqa: F811
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    words = ["deadline", "--regime", "cn-mofcom-2020-3", "--limit", "accept", "--from", "2026-09-18"]
    correction = adopting.Correction("accept", amount=5, verified=True, quote="5个工作日（虚构）")
    law.correct_regime("cn-mofcom-2020-3", correction, by=cast.root)

    def first_line() -> str:
        assert main(words) == 0
        return capsys.readouterr().out.splitlines()[0]

    monkeypatch.delenv("LIANQIAO_DATABASE_URL", raising=False)
    monkeypatch.setenv("LIANQIAO_DATA", str(tmp_path))
    package = first_line()
    monkeypatch.setenv("LIANQIAO_DATABASE_URL", "said to the process before")
    assert (package, first_line()) == ("2026-09-29", "2026-09-24")
    monkeypatch.delenv("LIANQIAO_DATABASE_URL")
    assert first_line() == "2026-09-29"
