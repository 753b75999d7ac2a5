"""The command line: an export of a hotline is taken in with a bar."""

from pathlib import Path

import pytest
from tests.batches.conftest import table
from tests.cast import Cast

from lianqiao.hotline.models import Ticket
from lianqiao.site import cli

pytestmark = [pytest.mark.django_db, pytest.mark.once]


def test_hotline_import_takes_in_and_tells(cast: Cast, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    head = ["工单编号", "受理时间", "诉求类型", "内容摘要", "来电人"]
    (tmp_path / "x.csv").write_bytes(
        table(head, ["T-1", "2026-11-20", "咨询", "事项", "张三"], ["T-2", "", "咨询", "事项", ""])
    )
    words = ["hotline", "import", str(tmp_path / "x.csv"), "--by", "wei"]

    assert [cli.main([*words, "--dry-run"]), Ticket.objects.count()] == [1, 0]
    assert [cli.main(words), list(Ticket.objects.values_list("number", "hotline__code"))] == [
        1,
        [("T-1", "sc-inward-centre")],
    ]
    assert "来电人" in capsys.readouterr().out
    assert cli.main([*words[:2], str(tmp_path / "nowhere.csv"), *words[3:]]) == 2
