"""The command line: a batch is filed with a bar, rehearsed, followed and written out."""

import io
from pathlib import Path

import pytest
from python_calamine import CalamineWorkbook
from tests.batches.conftest import row, xlsx
from tests.cast import Cast

from lianqiao.cases.models import Case
from lianqiao.jobs.models import Job
from lianqiao.site import cli

pytestmark = [pytest.mark.django_db, pytest.mark.once]


@pytest.fixture
def file(cast: Cast, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("LIANQIAO_LANGUAGE", "zh")
    path = tmp_path / "诉求.xlsx"
    path.write_bytes(xlsx(row("A-1"), row("A-2", category="天气")))
    return path


def test_batch_file_files_tells_and_writes_out(file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "结果.xlsx"

    assert cli.main(["batch", "file", str(file), "--by", "wei", "--out", str(out)]) == 1

    told = capsys.readouterr()
    case = Case.objects.get()
    assert "第3行“问题类别”：不是可填的值。" in told.out
    assert told.err.endswith("2/2\n")
    _head, [number, ref, name, word] = (
        CalamineWorkbook.from_filelike(io.BytesIO(out.read_bytes())).get_sheet_by_index(0).to_python()
    )
    assert ((number, ref, name), case.code_matches(word)) == (("2", "A-1", case.number), True)
    assert out.stat().st_mode & 0o077 == 0
    assert cli.main(["batch", "file", str(file), "--by", "wei", "--out", str(out)]) == 2


def test_batch_file_rehearses(file: Path) -> None:
    assert cli.main(["batch", "file", str(file), "--by", "wei", "--dry-run"]) == 1

    assert Case.objects.count() == 0


def test_job_is_listed_and_shown_to_who_began_it(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    cli.main(["batch", "file", str(file), "--by", "wei"])
    job = Job.objects.get()
    capsys.readouterr()

    shown = [
        cli.main(["job", "list", "--by", "wei"]),
        cli.main(["job", "show", str(job.pk), "--by", "wei"]),
        cli.main(["job", "show", str(job.pk), "--by", "lin"]),
    ]

    assert shown == [0, 1, 2]
    assert capsys.readouterr().out.count(str(job.pk)) == 2


def test_template_is_written(cast: Cast, tmp_path: Path) -> None:
    assert cli.main(["batch", "template", str(tmp_path / "t.xlsx")]) == 0

    assert len(CalamineWorkbook.from_path(str(tmp_path / "t.xlsx")).sheet_names) == 3
