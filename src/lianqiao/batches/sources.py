"""What is handed in as a batch: an XLSX, a CSV, or NDJSON (one JSON object in each line), as numbered rows of texts by field."""

import itertools
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, BinaryIO

from django.utils.translation import gettext_lazy as _

from lianqiao.jobs.actions import Numbered
from lianqiao.record.refusal import Refused
from lianqiao.registry import tables

from . import columns

TWICE = "earlier_row"
"""Where a row says that an earlier one of the same file has its reference."""
LONGEST_LINE = 2**20


@dataclass(frozen=True)
class Source:
    """The rows, as long as somebody asks for them, what the file calls their fields, and what in it is not read."""

    rows: Iterator[Numbered]
    titles: dict[str, str]
    ignored: list[str]


def of(file: BinaryIO, name: str, most: int) -> Source:
    """The rows of a file, whichever kind it is. Refused: what `table` and `ndjson` refuse."""
    start = file.read(64).lstrip(b"\xef\xbb\xbf \t\r\n")
    file.seek(0)
    return ndjson(file, name, most) if start.startswith(b"{") else table(file, name, most)


def table(file: BinaryIO, name: str, most: int) -> Source:
    """Refused: whatever `tables.lines` refuses, and a table that lacks a needed column ("import-columns")."""
    lines = tables.lines(file, name, most)
    head = list(itertools.islice(lines, tables.HEADING_WITHIN))
    heading = tables.heading(head, columns.column_of)
    missing = [column.zh[0] for column in columns.NEEDED if column.field not in heading.columns]
    if missing:
        raise Refused(
            "import-columns",
            _("The table lacks the columns %(columns)s. Name them in the first row."),
            status=422,
            columns=", ".join(missing),
        )
    titles = {field: heading.titles[place] for field, place in heading.columns.items()}
    rows = _of_lines(itertools.chain(head[heading.start :], lines), heading)
    return Source(_counted(_marked(rows), most), titles, columns.unread(heading.titles))


def _of_lines(lines: Iterable[Sequence[Any]], heading: tables.Heading) -> Iterator[Numbered]:
    for number, cells in enumerate(lines, heading.start + 1):
        told = {field: tables.text(cells[place]) for field, place in heading.columns.items() if place < len(cells)}
        if any(told.values()):
            yield number, {field: value for field, value in told.items() if value}


def ndjson(file: BinaryIO, name: str, most: int) -> Source:
    """Refused: a line that is no JSON object in UTF-8 ("batch-line"); nothing is begun then."""
    return Source(_counted(_marked(_of_objects(file)), most), {}, [])


def _of_objects(file: BinaryIO) -> Iterator[Numbered]:
    number = 0
    while line := file.readline(LONGEST_LINE + 1):
        number += 1
        if not line.strip(b"\xef\xbb\xbf \t\r\n"):
            continue
        try:
            if len(line) > LONGEST_LINE:
                raise ValueError(f"> {LONGEST_LINE} bytes")
            told = json.loads(line.decode("utf-8-sig"), parse_constant=_no_constant)
            flat = columns.flat(told)
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
        flat = {_field(field): value for field, value in flat.items() if value}
        yield number, flat


def _no_constant(word: str) -> None:
    raise ValueError(word)


def _field(name: str) -> str:
    return columns.column_of(name) or name


def _marked(rows: Iterator[Numbered]) -> Iterator[Numbered]:
    """The rows, each whose reference an earlier one has with the number of that."""
    seen: dict[str, int] = {}
    for number, content in rows:
        ref = content.get("ref", "")
        if ref in seen:
            content[TWICE] = seen[ref]
        elif ref:
            seen[ref] = number
        yield number, content


def _counted(rows: Iterator[Numbered], most: int) -> Iterator[Numbered]:
    for count, row in enumerate(rows):
        if count >= most:
            raise tables.too_long(most)
        yield row
