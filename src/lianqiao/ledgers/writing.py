"""A ledger as a workbook (XLSX), text (CSV) or objects (NDJSON): exactly the rows, columns and order of the screen, and what each column means.

In the workbook codes are text and keep their zeros, days are days, numbers are numbers, and a text that begins with "=" is a text. In the CSV,
which knows no kinds, such a text is made harmless by an apostrophe. The workbook is printed on A4 or A3, landscape, its head on every page.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any, BinaryIO, Literal

import orjson
from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from lianqiao.record import time
from lianqiao.registry.models import Person
from lianqiao.registry.sheets import TEXT as AS_TEXT

from .columns import COLUMNS, DATE, NUMBER, YES, Column, Line, Value
from .standard import Shown

Paper = Literal["A4", "A3"]
PAPERS: dict[str, int] = {"A3": 8, "A4": 9}
"""The numbers that spreadsheets give to the sizes of paper."""
HEAD = 3
"""Lines above the heading of the table: name, what it holds, of when and by whom."""
DAY = "yyyy-mm-dd"
LONGEST_CELL = 32_000
"""A spreadsheet takes 32,767 characters in a cell."""


def head_lines(shown: Shown, person: Person) -> list[str]:
    """What stands above the table."""
    told = _("As of %(on)s (Beijing time), node %(node)s, taken out by %(who)s. Cases that this person may see.")
    about = "　".join(part for part in (shown.about, shown.basis) if part)
    return [
        shown.name,
        about,
        told
        % {
            "on": f"{timezone.localtime(time.now()):%Y-%m-%d %H:%M}",
            "node": settings.LIANQIAO_NODE,
            "who": person.account,
        },
    ]


def columns_of(shown: Shown) -> list[Column]:
    return [COLUMNS[code] for code in shown.definition.columns]


def cell(value: Value) -> Any:
    """A value as it is written: days as days, yes and no as words, nothing as an empty text."""
    if type(value) is str:
        return value if len(value) <= LONGEST_CELL else value[:LONGEST_CELL]
    if type(value) is bool:
        return _("yes") if value else _("no")
    return "" if value is None else value


Cells = list[Any]


def cells(held: list[Column], line: Line) -> Cells:
    """The row of a line."""
    return [
        told if type(told := column.value(line)) is str and len(told) <= LONGEST_CELL else cell(told) for column in held
    ]


def for_programs(held: list[Column], line: Line) -> Cells:
    """The row of a line as programs read it."""
    return [plain(column.value(line)) for column in held]


def workbook(file: BinaryIO, shown: Shown, person: Person, table_rows: Iterable[Cells], paper: Paper = "A4") -> None:
    """Write the workbook into the file, the rows as they come."""
    import rustpy_xlsxwriter as library  # noqa: PLC0415  only who writes a workbook needs it

    held = columns_of(shown)
    names = distinct([str(column.label) for column in held])

    def rows() -> Iterator[dict[str, Any]]:
        row: Cells | None = None
        for row in table_rows:
            yield dict(zip(names, row, strict=True))
        if row is None:  # the headings are taken from the first row
            yield dict.fromkeys(names, "")

    table, meaning = _("Ledger"), _("Definitions")
    about_name, about_text = _("Column of the ledger"), _("What it holds")
    definitions = [{about_name: name, about_text: str(column.about)} for name, column in zip(names, held, strict=True)]
    bold = library.Format().set_bold()
    title, soft = library.Format().set_bold().set_font_size(15), library.Format().set_font_color("#555555")
    wrapped = library.Format().set_num_format(AS_TEXT).set_text_wrap().set_align("top")
    formats = {
        name: library.Format().set_num_format(DAY).set_align("top") if column.kind == DATE
        else library.Format().set_align("top") if column.kind == NUMBER else wrapped
        for name, column in zip(names, held, strict=True)
    }  # fmt: skip
    last = max(len(held) - 1, 1)
    library.write_worksheets(
        [(table, rows()), (meaning, definitions)],
        file,
        header_row={table: HEAD},
        merge_ranges={
            table: [
                (n, 0, n, last, line, title if n == 0 else soft)
                for n, line in enumerate(head_lines(shown, person))
            ]
        },
        freeze_panes={table: {"row": HEAD + 1, "col": 2 if len(held) > 2 else 0}, meaning: {"row": 1, "col": 0}},
        column_widths={
            table: {name: column.width for name, column in zip(names, held, strict=True)},
            meaning: {about_name: 24, about_text: 90},
        },
        column_formats={table: formats, meaning: {about_name: wrapped, about_text: wrapped}},
        header_format={"general": bold},
        autofilter={table: True},
        page_setup={
            table: {
                "landscape": True, "paper_size": PAPERS[paper], "fit_to_pages": (1, 0), "repeat_rows": (HEAD, HEAD), "footer": "&C&P / &N",
            }
        },
    )  # fmt: skip


def distinct(names: list[str]) -> list[str]:
    """The names, a second one of the same name with its number: a table of a workbook has no two columns of one name."""
    seen: dict[str, int] = {}
    found = []
    for name in names:
        seen[name] = seen.get(name, 0) + 1
        found.append(name if seen[name] == 1 else f"{name} {seen[name]}")
    return found


def text(file: BinaryIO, shown: Shown, table_rows: Iterable[Cells]) -> None:
    """Write the ledger as CSV in UTF-8, with the mark by which spreadsheets know it."""
    words = io.TextIOWrapper(file, encoding="utf-8-sig", newline="")
    written = csv.writer(words, lineterminator="\r\n")
    written.writerow([str(column.label) for column in columns_of(shown)])
    written.writerows([harmless(one) for one in row] for row in table_rows)
    words.flush()
    words.detach()


def plain(value: Value) -> Any:
    """A value as programs read it: a day as 2026-09-18, yes and no as such, nothing as null."""
    return value.isoformat() if isinstance(value, date) else value


def objects(file: BinaryIO, shown: Shown, table_rows: Iterable[Cells]) -> None:
    """Write the ledger as NDJSON: one object a line, by the codes of the columns."""
    codes = [column.code for column in columns_of(shown)]
    for row in table_rows:
        file.write(orjson.dumps(dict(zip(codes, row, strict=True))) + b"\n")


def harmless(value: Any) -> Any:
    """A cell that no spreadsheet takes for a formula."""
    return f"'{value}" if isinstance(value, str) and value[:1] in ("=", "+", "-", "@", "\t", "\r") else value


def on_screen(value: Value, column: Column) -> str:
    """A value as a page shows it."""
    if column.kind == YES:
        return _("yes") if value else ""
    if isinstance(value, date):
        return value.isoformat()
    return "" if value is None else str(value)
