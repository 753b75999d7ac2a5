"""A ledger is taken out: what the files hold, how a long one is written part by part, what the record says of it."""

from __future__ import annotations

import csv
import io
from datetime import date
from pathlib import Path

import pytest
from python_calamine import CalamineWorkbook
from tests.cast import Cast, filing
from tests.portal.conftest import signed_in

from lianqiao.cases.actions import ACTIONS, intake
from lianqiao.cases.models import Case
from lianqiao.jobs import work
from lianqiao.jobs.models import Job
from lianqiao.ledgers import reading, takeout
from lianqiao.record import time
from lianqiao.record.models import Event
from lianqiao.site import cli

pytestmark = [pytest.mark.django_db, pytest.mark.once]
ASKED = "own=1&c=number&c=title&c=filed_on&c=days_used&order=number"


@pytest.fixture
def numbers(cast: Cast) -> list[str]:
    return [str(intake.file(by=cast.lin, **filing(cast, title=f"=1+{n}")).case.number) for n in range(5)]


def body(answer: object) -> bytes:
    return b"".join(answer.streaming_content)  # type: ignore[attr-defined]


def tables(content: bytes) -> tuple[list[list[object]], list[list[object]]]:
    book = CalamineWorkbook.from_filelike(io.BytesIO(content))
    table, meaning = (book.get_sheet_by_name(name).to_python() for name in book.sheet_names)
    return table, meaning


def test_workbook_holds_what_is_shown_and_what_it_means(cast: Cast, numbers: list[str]) -> None:
    answer = signed_in(cast.wei).get(f"/ledgers/complaints/out?{ASKED}&form=xlsx&paper=A3")

    table, meaning = tables(body(answer))
    assert table[0][0] == "Complaints and requests"
    assert table[3:] == [
        ["Case number", "Matter", "Filed on", "Days used"],
        *([number, f"=1+{n}", time.today(), 0] for n, number in enumerate(numbers)),
    ]
    assert [row[0] for row in meaning] == ["Column of the ledger", "Case number", "Matter", "Filed on", "Days used"]
    said = Event.objects.get(subject_kind="ledger")
    assert (said.verb, said.by, said.data["rows"], said.data["form"]) == ("take_out", str(cast.wei.pk), 5, "xlsx")


def test_workbook_without_a_row_has_its_headings(cast: Cast) -> None:
    table, _meaning = tables(body(signed_in(cast.wei).get(f"/ledgers/complaints/out?{ASKED}")))

    assert table[3] == ["Case number", "Matter", "Filed on", "Days used"]
    assert [cell for row in table[4:] for cell in row if cell] == []


def test_text_makes_formulas_harmless(cast: Cast, numbers: list[str]) -> None:
    answer = signed_in(cast.wei, "zh").get(f"/ledgers/complaints/out?{ASKED}&form=csv")

    rows = list(csv.reader(io.StringIO(body(answer).decode("utf-8-sig"))))
    assert rows[0] == ["案件编号", "事项", "提交日期", "已用天数"]
    assert rows[1] == [numbers[0], "'=1+0", time.today().isoformat(), "0"]


@pytest.mark.parametrize("query", ["form=pdf", "form=xlsx&paper=A5"])
def test_other_forms_are_refused(cast: Cast, query: str) -> None:
    assert signed_in(cast.wei).get(f"/ledgers/complaints/out?{query}").status_code == 422


def test_long_ledger_is_written_part_by_part(cast: Cast, numbers: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(takeout, "AT_ONCE", 1)
    monkeypatch.setattr(reading, "PART", 2)
    browser = signed_in(cast.wei)
    page = browser.get(f"/ledgers/complaints/out?{ASKED}").headers["Location"]
    job = Job.objects.get()

    for _order_and_first_part in range(2):
        work.work()
    half = job.pk, Job.objects.get().done
    rows = takeout.folder() / f"{job.pk}.rows"
    rows.write_bytes(rows.read_bytes() + b"half a row of a process that died")
    while not Job.objects.get().is_finished:
        work.work()

    assert half == (job.pk, 2)
    assert "Take the file" in browser.get(page).content.decode()
    table, _meaning = tables(body(browser.get(f"{page}/file")))
    assert [row[0] for row in table[4:]] == numbers
    assert (type(table[4][2]), table[4][2]) == (date, time.today())
    assert signed_in(cast.he).get(f"{page}/file").status_code == 404
    assert Event.objects.get(subject_kind="ledger").data["rows"] == 5


def test_erasure_takes_away_what_lies_ready(cast: Cast, numbers: list[str]) -> None:
    job = takeout.begin(takeout.standard.named("complaints", cast.wei), cast.wei, form="xlsx", paper="A4")
    while not Job.objects.get().is_finished:
        work.work()
    ready = takeout.path_of(Job.objects.get(pk=job.pk))

    takeout.erased([Event(verb="file")])
    before = ready.exists()
    takeout.erased([Event(verb="erase")])

    assert (before, ready.exists()) == (True, False)
    assert signed_in(cast.wei).get(f"/ledgers/out/{job.pk}/file").status_code == 404


def test_file_is_kept_for_a_week(cast: Cast, numbers: list[str]) -> None:
    takeout.folder().mkdir(parents=True, exist_ok=True)
    (takeout.folder() / "x.xlsx").write_bytes(b"x")

    assert takeout.forget_old() == 0
    assert takeout.forget(time.now()) == 1


def test_case_number_is_a_link_and_late_lines_are_marked(cast: Cast, numbers: list[str]) -> None:
    ACTIONS["accept"](Case.objects.order_by("pk")[0], by=cast.wei)

    page = signed_in(cast.wei).get("/ledgers/complaints").content.decode()

    assert f'<a href="/desk/cases/{numbers[0]}">{numbers[0]}</a>' in page


def test_command_takes_out_any_length(
    cast: Cast, numbers: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(reading, "PART", 2)
    person = cast.wei.account

    codes = [
        cli.main(["ledger", "export", "complaints", str(tmp_path / name), "--by", person])
        for name in ("a.xlsx", "a.xlsx", "a.pdf")
    ]

    table, _meaning = tables((tmp_path / "a.xlsx").read_bytes())
    assert (codes, [row[0] for row in table[4:]]) == ([0, 2, 2], numbers)
    assert cli.main(["ledger", "list", "--by", person]) == 0
    assert "complaints\t" in capsys.readouterr().out
