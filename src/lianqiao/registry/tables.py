"""Reads a table that somebody hands in, the first sheet of an XLSX or a CSV, line by line, and finds its heading. Writes nothing.

What is handed in may be meant to harm: a workbook is looked through before it is opened, so that it can neither unpack without end nor
claim a sheet of billions of cells. Formulas are never carried out: of a workbook counts the value that was saved with them, and a text that
begins with "=" is that text.
"""

from __future__ import annotations

import csv
import io
import re
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from datetime import date, datetime, time
from typing import Any, BinaryIO, NamedTuple

from django.utils.translation import gettext_lazy as _

from lianqiao.record.refusal import Refused
from lianqiao.record.time import SHANGHAI, day_of
from lianqiao.registry import names

HEADING_WITHIN = 10
MOST_LINES = 500_000
MOST_COLUMNS = 200
MOST_PARTS = 2000
UNPACKED_BYTES = 500 * 2**20
PACKED = b"PK"
REFERENCE = re.compile(rb'\br="([A-Z]{0,12})(\d{1,12})"')
DECLARES = re.compile(rb"<!(DOCTYPE|ENTITY)", re.IGNORECASE)
OVERLAP = 64


class Heading(NamedTuple):
    """Where the data begins, what stands above each column, and which column holds which field."""

    start: int
    titles: list[str]
    columns: dict[str, int]


def lines(file: BinaryIO, name: str, most: int = MOST_LINES) -> Iterator[list[Any]]:
    """The lines of the table, as long as somebody asks for them. `name` is what a complaint calls the file.

    Refuses what is no table ("import-unreadable"), unpacks without measure ("import-unpacks"), or is too long or wide ("import-too-long").
    """
    start = file.read(2)
    file.seek(0)
    return from_xlsx(file, name, most) if start == PACKED else from_csv(file, name, most)


def unreadable(name: str, problem: str) -> Refused:
    return Refused(
        "import-unreadable",
        _("The file %(path)s cannot be read as CSV or XLSX: %(problem)s"),
        status=422,
        path=name,
        problem=problem,
    )


def too_long(most: int) -> Refused:
    return Refused("import-too-long", _("The table has more than %(most)s rows. Divide it."), status=422, most=most)


def from_xlsx(file: BinaryIO, name: str, most: int) -> Iterator[list[Any]]:
    """The cells of the first sheet."""
    from python_calamine import CalamineError, CalamineWorkbook  # noqa: PLC0415  only an import needs it

    look_through(file, name, most + HEADING_WITHIN)
    file.seek(0)
    try:
        sheet = CalamineWorkbook.from_filelike(file).get_sheet_by_index(0)
        cells = sheet.to_python(skip_empty_area=False)
    except (CalamineError, IndexError, ValueError) as error:
        raise unreadable(name, str(error)) from error
    return iter(cells)


def look_through(file: BinaryIO, name: str, most: int) -> None:
    """Unpack the workbook once into nothing, and refuse one that would harm whoever opens it."""
    unpacked = 0
    try:
        with zipfile.ZipFile(file) as archive:
            parts = archive.infolist()
            if len(parts) > MOST_PARTS:
                raise unreadable(name, f"{len(parts)} parts")
            for part in parts:
                before = b""
                with archive.open(part) as content:
                    while chunk := content.read(2**18):
                        unpacked += len(chunk)
                        if unpacked > UNPACKED_BYTES:
                            raise Refused(
                                "import-unpacks",
                                _("The file unpacks to more than %(most)s megabytes. Save only the rows that are needed, as a new file."),
                                status=422,
                                most=UNPACKED_BYTES // 2**20,
                            )  # fmt: skip
                        text = before + chunk
                        if DECLARES.search(text):
                            raise unreadable(name, "XML with declarations of its own")
                        if part.filename.startswith("xl/worksheets/"):
                            _refuse_far_cells(text, most)
                        before = chunk[-OVERLAP:]
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError, NotImplementedError, ValueError) as error:
        raise unreadable(name, str(error)) from error


def _refuse_far_cells(xml: bytes, most: int) -> None:
    """A reader makes room for every cell up to the farthest: one cell at the edge of the sheet would take all memory."""
    places = REFERENCE.findall(xml)
    if any(int(row) > most for _column, row in places):
        raise too_long(most - HEADING_WITHIN)
    if any(_column_number(column) > MOST_COLUMNS for column in {column for column, _row in places}):
        raise Refused(
            "import-too-wide",
            _("The table has more than %(most)s columns. Leave out what is not needed."),
            status=422,
            most=MOST_COLUMNS,
        )


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def from_csv(file: BinaryIO, name: str, most: int) -> Iterator[list[Any]]:
    """The cells of a CSV: UTF-8, or GB 18030 as spreadsheets in China write it; comma, semicolon or tab."""
    text = io.TextIOWrapper(file, encoding_of(file, name), newline="")
    first = text.readline()
    text.seek(0)
    delimiter = max(",;\t", key=first.count)
    try:
        for number, line in enumerate(csv.reader(text, delimiter=delimiter, strict=True)):
            if number >= most + HEADING_WITHIN:
                raise too_long(most)
            yield list(line)
    except csv.Error as error:
        raise unreadable(name, str(error)) from error
    finally:
        text.detach()


def encoding_of(file: BinaryIO, name: str) -> str:
    """The first of the known encodings in which the whole file can be read. Refuses one in none ("import-unreadable")."""
    problem = ""
    for encoding in ("utf-8-sig", "gb18030"):
        file.seek(0)
        text = io.TextIOWrapper(file, encoding)
        try:
            while text.read(2**18):
                pass
            return encoding
        except UnicodeDecodeError as error:
            problem = str(error)
        finally:
            text.detach()
            file.seek(0)
    raise unreadable(name, problem)


# The heading


def heading(head: Sequence[Sequence[Any]], column_of: Callable[[Any], str | None]) -> Heading:
    """The heading among the first lines: the line that names most columns, or two lines where one gives the parts of merged cells.

    `column_of` says which field a title names, if any. The first column that names a field holds it.
    """
    best: tuple[int, int, list[str]] = (-1, 0, [])
    for place, line in enumerate(head[:HEADING_WITHIN]):
        single = [str(cell).strip() for cell in line]
        told = _known(single, column_of)
        best = max(best, (told, place + 1, single), key=lambda one: one[0])
        if place + 1 < min(len(head), HEADING_WITHIN):
            lower = [str(cell).strip() for cell in head[place + 1]]
            lower += [""] * (len(single) - len(lower))
            upper = single + [""] * (len(lower) - len(single))
            both = [
                above if column_of(above) and not column_of(below) else below or above
                for above, below in zip(upper, lower, strict=True)
            ]
            repeats = any(lower) and all(column_of(title) for title in lower if title)
            if _known(both, column_of) > told or (repeats and _known(both, column_of) >= told):
                best = max(best, (_known(both, column_of), place + 2, both), key=lambda one: (one[0], one[1]))
    _told, start, titles = best
    columns: dict[str, int] = {}
    for place, title in enumerate(titles):
        if field := column_of(title):
            columns.setdefault(field, place)
    return Heading(start, titles, columns)


def _known(titles: Iterable[str], column_of: Callable[[Any], str | None]) -> int:
    return len({field for title in titles if (field := column_of(title))})


# What people type


def text(cell: Any) -> str:
    """A cell as text, as it was written: a whole number without its decimal point, a date as 2026-09-18."""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e15:
        return str(int(cell))
    if isinstance(cell, datetime) and cell.time() == time():
        return cell.date().isoformat()
    return "" if cell is None else str(cell).strip()


DAY = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?|(\d{4})(\d{2})(\d{2})")
HOUR = re.compile(r"(\d{1,2})\s*[:时点]\s*(\d{1,2})\s*(?:[:分]\s*(?:(\d{1,2})\s*秒?)?)?")


def day(word: str) -> date:
    """A day as people write it: 2026-09-18, 2026/9/18, 2026.9.18, 2026年9月18日, 20260918, in any width. ValueError for anything else."""
    return day_of(moment(word))


def moment(word: str) -> datetime:
    """The same with or without a time of day, as an instant; the clock is that of China. ValueError for anything else."""
    plain = names.plain(word).strip().replace("t", " ")
    found = DAY.match(plain)
    if not found:
        raise ValueError(word)
    on = date(*(int(part) for part in found.groups() if part))
    rest = plain[found.end() :].strip()
    at = time()
    if rest:
        clock = HOUR.fullmatch(rest)
        if not clock:
            raise ValueError(word)
        at = time(int(clock[1]), int(clock[2]), int(clock[3] or 0))
    return datetime.combine(on, at, SHANGHAI)


def yes(word: str) -> bool:
    """Whether a cell says yes. ValueError for a word that is neither."""
    said = names.plain(word).strip()
    with suppress(KeyError):
        return {"": False, "是": True, "否": False, "true": True, "false": False, "yes": True, "no": False, "y": True, "n": False,
                "1": True, "0": False, "√": True}[said]  # fmt: skip
    raise ValueError(word)
