"""The large run itself finds what it is there to find."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.stories import prove

from lianqiao.exchange import handover
from lianqiao.site import calling

pytestmark = [pytest.mark.proof, pytest.mark.large]


def test_a_parcel_that_the_house_loses_is_a_violation(
    seeded: Path, ports: list[int], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(calling, "PATIENCE", 60.0)
    planned = prove.Planned(7, [prove.Undertaking("whole"), prove.Undertaking("at home")], {}, {"51": 1, "50": 2})

    violations = prove.prove(planned, seeded, tmp_path / "nodes", ports, loses=handover.OFFERED)

    said = capsys.readouterr().out
    assert violations == 1, said
    assert "violations: 1\nwhole: NeverCame('offer of 51-" in said
