"""A ledger as an office hands it in: an XLSX with its sheets, a CSV, or NDJSON; its heads, and its lines one after the other.

What is handed in may be meant to harm, see `registry.tables`. On top of that a workbook may say one long text in every cell, so that it takes
no room in the file and all memory of who reads it; it is weighed before. Formulas are never carried out. A cell that is merged over
several lines counts for each of them, one that is merged over several columns for the first; in a head for all.
"""

from __future__ import annotations

import csv
import itertools
import json
import re
import zipfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, BinaryIO, NamedTuple

from django.utils.translation import gettext_lazy as _

from lianqiao.jobs.sources import LONGEST_LINE, flat
from lianqiao.record.refusal import Refused
from lianqiao.registry import tables

MOST_BYTES = 50 * 2**20
MOST_ROWS = 200_000
MOST_SHEETS = 30
HEADS_WITHIN = 15
"""Lines among which the head is looked for."""
DEEPEST = 3
"""Lines that a head has at most."""
MOST_SIGNS = 200 * 2**20
"""Bytes of all texts of a workbook, each counted as often as it stands in a cell."""
SHARED = re.compile(rb't="s"[^>]*>\s*<v>(\d{1,9})</v>')


class Sheet(NamedTuple):
    """One sheet: its name ("" where there is only one), the headings of its columns, the first line below them (from 1), and its lines."""

    name: str
    titles: list[str]
    start: int
    lines: Iterator[tuple[int, list[Any]]]


@dataclass(frozen=True)
class Merged:
    """Cells that count for more than one, by line and column from 0."""

    ranges: Sequence[tuple[tuple[int, int], tuple[int, int]]] = ()

    def over(self, head: list[list[Any]]) -> list[list[Any]]:
        """The first lines, each merged cell written into all its places."""
        filled = [list(line) for line in head]
        for (top, left), (bottom, right) in self.ranges:
            if top < len(filled) and left < len(filled[top]):
                for line in filled[top : bottom + 1]:
                    line[left : right + 1] = [filled[top][left]] * len(line[left : right + 1])
        return filled

    def down(self, lines: Iterable[list[Any]]) -> Iterator[list[Any]]:
        """The lines, a cell that is merged downwards written into each line of its column."""
        begins: dict[int, list[tuple[int, int]]] = {}
        for (top, left), (bottom, _right) in self.ranges:
            if bottom > top:
                begins.setdefault(top, []).append((left, bottom))
        held: dict[int, tuple[int, Any]] = {}
        for number, line in enumerate(lines):
            for left, (bottom, value) in list(held.items()):
                if number > bottom:
                    del held[left]
                elif left < len(line):
                    line[left] = value
            for left, bottom in begins.get(number, ()):
                if left < len(line):
                    held[left] = (bottom, line[left])
            yield line


Find = Callable[[str, list[list[Any]]], tuple[list[str], int] | None]
"""What says of a sheet, by its name and first lines, its headings and how many lines the head takes; None for one that holds no table."""


def sheets(file: BinaryIO, name: str, find: Find) -> Iterator[Sheet]:
    """The sheets that hold a table, each to be read before the next is asked for.

    Refused: what is no table ("import-unreadable"), unpacks or weighs without measure ("import-unpacks"), is too large or long
    ("import-too-long"), or has no head that is understood ("ledger-no-head").
    """
    file.seek(0, 2)
    if file.tell() > MOST_BYTES:
        raise Refused(
            "import-too-long", _("The file has more than %(most)s megabytes. Divide it."), status=422, most=MOST_BYTES // 2**20
        )  # fmt: skip
    file.seek(0)
    start = file.read(64).lstrip(b"\xef\xbb\xbf \t\r\n")
    file.seek(0)
    found = False
    read = _workbook if start.startswith(tables.PACKED) else _objects if start.startswith(b"{") else _text
    for sheet in read(file, name, find):
        found = True
        yield sheet
    if not found:
        raise Refused(
            "ledger-no-head",
            _(
                "No sheet has a head that is understood. Name the columns in one of the first lines: enterprise, date, matter."
            ),
            status=422,
        )


LEAST = 2
"""Columns that a head must name to be one."""


def _workbook(file: BinaryIO, name: str, find: Find) -> Iterator[Sheet]:
    from python_calamine import CalamineError, CalamineWorkbook  # noqa: PLC0415  only an import needs it

    tables.look_through(file, name, MOST_ROWS + HEADS_WITHIN)
    weigh(file, name)
    file.seek(0)
    try:
        book = CalamineWorkbook.from_filelike(file)
        for title in book.sheet_names[:MOST_SHEETS]:
            sheet = book.get_sheet_by_name(title)
            left = sheet.start[1] if sheet.start else 0
            ranges = [
                ((top, max(one - left, 0)), (bottom, other - left))
                for (top, one), (bottom, other) in sheet.merged_cell_ranges or ()
            ]
            one = _sheet(title, sheet.iter_rows(), Merged(ranges), find)
            if one:
                yield one
    except (CalamineError, IndexError, ValueError) as error:
        raise tables.unreadable(name, str(error)) from error


def weigh(file: BinaryIO, name: str) -> None:
    """Refused: a workbook whose cells say more than MOST_SIGNS together ("import-unpacks"): one text may stand in a million cells."""
    with zipfile.ZipFile(file) as archive:
        shared = [part for part in archive.namelist() if part.lower().endswith("sharedstrings.xml")]
        weights = [len(text) for part in shared for text in _pieces(archive, part, b"</si>")]
        if not weights:
            return
        total = 0
        for part in archive.namelist():
            if part.lower().startswith("xl/worksheets/"):
                for piece in _pieces(archive, part, b"<c"):
                    try:
                        total += sum(weights[int(place)] for place in SHARED.findall(piece))
                    except IndexError as error:
                        raise tables.unreadable(name, str(error)) from error
                    if total > MOST_SIGNS:
                        raise Refused(
                            "import-unpacks",
                            _("The cells of the file say more than %(most)s megabytes together. Save only the rows that are needed, as a new file."),
                            status=422,
                            most=MOST_SIGNS // 2**20,
                        )  # fmt: skip


def _pieces(archive: zipfile.ZipFile, part: str, cut: bytes) -> Iterator[bytes]:
    """The part in pieces that end before a mark: text by text for the texts, else as large as it is read."""
    rest = b""
    with archive.open(part) as content:
        while chunk := content.read(2**20):
            rest += chunk
            if cut == b"</si>":
                *whole, rest = rest.split(cut)
                yield from whole
            elif (last := rest.rfind(cut)) > 0:
                yield rest[:last]
                rest = rest[last:]
    if cut != b"</si>":
        yield rest


def _text(file: BinaryIO, name: str, find: Find) -> Iterator[Sheet]:
    before = csv.field_size_limit(2**20)
    try:
        one = _sheet("", tables.from_csv(file, name, MOST_ROWS), Merged(), find)
        if one:
            yield one
    finally:
        csv.field_size_limit(before)


def _objects(file: BinaryIO, name: str, find: Find) -> Iterator[Sheet]:
    """NDJSON: the names of the first object's fields are the headings; what is nested is named by its path."""
    first = _object(file.readline(LONGEST_LINE + 1), 1)
    file.seek(0)
    if found := find("", [list(first)]):
        yield Sheet("", found[0], 1, _of_objects(file, found[0]))


def _of_objects(file: BinaryIO, titles: list[str]) -> Iterator[tuple[int, list[Any]]]:
    number = 0
    while line := file.readline(LONGEST_LINE + 1):
        number += 1
        if number > MOST_ROWS:
            raise tables.too_long(MOST_ROWS)
        if line.strip(b"\xef\xbb\xbf \t\r\n"):
            told = _object(line, number)
            yield number, [told.get(title, "") for title in titles]


def _object(line: bytes, number: int) -> dict[str, str]:
    try:
        if len(line) > LONGEST_LINE:
            raise ValueError(f"> {LONGEST_LINE} bytes")
        return flat(json.loads(line.decode("utf-8-sig")))
    except (ValueError, AttributeError, RecursionError) as error:
        raise Refused(
            "batch-line",
            _(
                "Line %(line)s is no JSON object in UTF-8 (%(problem)s). Each line holds one row; write it as the guide shows."
            ),
            status=422,
            line=number,
            problem=str(error)[:200],
        ) from None


# The head


def _sheet(name: str, lines: Iterator[list[Any]], merged: Merged, find: Find) -> Sheet | None:
    """The sheet with its head, or None for one that holds no table."""
    head = list(itertools.islice(lines, HEADS_WITHIN))
    found = find(name, merged.over(head))
    if found is None:
        return None
    titles, start = found
    return Sheet(name, titles, start + 1, _lines(merged.down(itertools.chain(head, lines)), start))


def _lines(lines: Iterable[list[Any]], start: int) -> Iterator[tuple[int, list[Any]]]:
    """The lines below the head with the numbers that the spreadsheet gives them."""
    for number, line in enumerate(lines, 1):
        if number > start:
            yield number, line


def heading(head: list[list[Any]], known: Callable[[str], str]) -> tuple[list[str], int] | None:
    """What stands above each column, and how many lines the head takes with what is above it: that run of one to three lines that names most
    fields, the shorter of two that name as many; None where none names two. Of a head in several lines the lowest word counts, with that above
    where it alone says nothing. `known` says which field a heading names ("" for none)."""
    best: tuple[tuple[int, int], list[str], int] = ((LEAST - 1, 0), [], 0)
    for first in range(len(head)):
        for deep in range(1, min(DEEPEST, len(head) - first) + 1):
            lines = [[str(cell).strip() for cell in line] for line in head[first : first + deep]]
            titles = [_title(words, known) for words in zip(*_even(lines), strict=True)]
            told = (len({known(title) for title in titles} - {""}), -deep)
            if told > best[0]:
                best = (told, titles, first + deep)
    return (best[1], best[2]) if best[2] and best[0][0] >= LEAST else None


def _even(lines: list[list[Any]]) -> list[list[Any]]:
    width = max(map(len, lines))
    return [line + [""] * (width - len(line)) for line in lines]


def _title(words: Sequence[str], known: Callable[[str], str]) -> str:
    """Of the words above a column, from the top, that which names a field: the lowest, two together, else the lowest that is there."""
    said = list(dict.fromkeys(word for word in words if word))
    together = ["".join(said[place:]) for place in range(len(said))]
    for title in (*reversed(said), *reversed(together)):
        if known(title):
            return title
    return " ".join(said) if len(said) > 1 else (said or [""])[-1]
