"""Files that are meant to harm, or are none: each refused with its reason, with nothing begun and little memory."""

import io
import zipfile

import pytest
from tests.batches.conftest import lines, row, table, xlsx
from tests.batches.test_filing import filed, problems, refused
from tests.cast import Cast

from lianqiao.registry import tables

pytestmark = pytest.mark.django_db


def changed(name: str, content: bytes) -> bytes:
    """A workbook in which one part was exchanged."""
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(xlsx(row()))) as source, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as target:
        for part in source.infolist():
            target.writestr(part.filename, content if part.filename == name else source.read(part))
    return file.getvalue()


SHEET = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>%s</sheetData></worksheet>'
BOMB = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]><worksheet>&b;</worksheet>'
FAR = SHEET % b'<row r="1048576"><c r="XFD1048576" t="inlineStr"><is><t>x</t></is></c></row>'
WIDE = SHEET % b'<row r="1"><c r="XFD1" t="inlineStr"><is><t>x</t></is></c></row>'
HOSTILE = {
    "XML bomb": (changed("xl/worksheets/sheet1.xml", BOMB), "import-unreadable"),
    "a cell at the edge": (changed("xl/worksheets/sheet1.xml", FAR), "import-too-long"),
    "a wide sheet": (changed("xl/worksheets/sheet1.xml", WIDE), "import-too-wide"),
    "no workbook": (b"PK\x03\x04 no workbook", "import-unreadable"),
    "a cut-off workbook": (xlsx(row())[:900], "import-unreadable"),
    "an old workbook": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "import-unreadable"),
    "no encoding": (b"\xff\xff\xff\xff", "import-unreadable"),
    "UTF-16": ("编号,标题".encode("utf-16"), "import-unreadable"),
    "a huge cell of a CSV": (table(["编号", "标题"], ["A", "长" * 140_000]), "import-unreadable"),
    "no heading": (b"a,b\n1,2\n", "import-columns"),
    "nothing": (b"", "import-columns"),
    "a line that is no JSON": (lines(row()) + b"{oops}\n", "batch-line"),
    "JSON in GBK": ('{"ref": "编号"}\n'.encode("gbk"), "batch-line"),
    "a list": (lines(row()) + b"[1]\n", "batch-line"),
    "nested": (b'{"ref": {"a": [[1]]}}\n', "batch-line"),
    "nested too deep": (b'{"ref": ' + b"[" * 100_000 + b"\n", "batch-line"),
    "a long line": (b'{"ref": "' + b"a" * 2**20 + b'"}\n', "batch-line"),
}  # fmt: skip


def test_begin_refuses_every_hostile_file(cast: Cast) -> None:
    answered = {kind: refused(content, cast.wei) for kind, (content, _code) in HOSTILE.items()}

    assert answered == {kind: code for kind, (_content, code) in HOSTILE.items()}


def test_begin_refuses_what_unpacks_without_measure(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables, "UNPACKED_BYTES", 5 * 2**20)
    bomb = changed("xl/styles.xml", bytes(6 * 2**20))

    assert (len(bomb) < 20_000, refused(bomb, cast.wei)) == (True, "import-unpacks")


def test_begin_refuses_too_many_rows(cast: Cast) -> None:
    content = lines(*(row(f"A-{number}") for number in range(4)))

    assert refused(content, cast.wei, most=3) == "import-too-long"


def test_huge_cell_of_a_workbook_and_control_signs_are_problems_of_their_column(cast: Cast) -> None:
    job = filed(lines(row("A-1", title="长" * 300), row("A-2", facts="a\x01b"), row("A-3", oops="x")), cast.wei)

    assert problems(job) == [
        (1, "title", "string_too_long"),
        (2, "facts", "control_characters"),
        (3, "oops", "extra_forbidden"),
    ]


def test_code_that_became_a_number_is_told(cast: Cast) -> None:
    cells = SHEET % (
        b'<row r="1">%s</row><row r="2">%s</row>'
        % (
            b"".join(b'<c t="inlineStr"><is><t>%s</t></is></c>' % head.encode() for head in HEADS),
            b"".join(b'<c t="inlineStr"><is><t>%s</t></is></c>' % cell.encode() for cell in CELLS)
            + b"<c><v>915101000000000000</v></c>",
        )
    )

    job = filed(changed("xl/worksheets/sheet1.xml", cells), cast.wei)

    assert problems(job) == [(2, "统一社会信用代码", "wrong-code")]


HEADS = ("编号", "事项类别", "诉求类型", "问题类别", "标题", "事实和理由", "具体请求", "被投诉单位", "统一社会信用代码")
CELLS = ("A-1", "inward-complaint", "投诉", "levies", "t", "f", "r", "sc-market")
