"""What is handed in for a job: an XLSX, a CSV, or NDJSON (one JSON object in each line), as numbered rows of texts by field."""

import itertools
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, BinaryIO

from django.utils.translation import gettext_lazy as _

from lianqiao.record.refusal import Refused
from lianqiao.registry import tables

from .actions import Numbered

TWICE = "earlier_row"
"""Where a row says that an earlier one of the same file is about the same thing."""
LONGEST_LINE = 2**20


@dataclass(frozen=True)
class Form:
    """What a kind of job reads: the field of a title, the titles of needed fields, and the field by which a row is told from others."""

    column_of: Callable[[Any], str | None]
    needed: Mapping[str, str]
    identity: str


@dataclass(frozen=True)
class Source:
    """The rows, as long as somebody asks for them, what the file calls their fields, and what in it is not read."""

    rows: Iterator[Numbered]
    titles: dict[str, str]
    unread: list[str]


def read(file: BinaryIO, name: str, form: Form, most: int) -> Source:
    """The rows of a file, whichever kind it is.

    Refused: whatever `tables.lines` refuses, a table that lacks a needed column ("import-columns"), a line that is no JSON object in
    UTF-8 ("batch-line"), more rows than `most` ("import-too-long").
    """
    start = file.read(64).lstrip(b"\xef\xbb\xbf \t\r\n")
    file.seek(0)
    return _ndjson(file, form, most) if start.startswith(b"{") else _table(file, name, form, most)


def _table(file: BinaryIO, name: str, form: Form, most: int) -> Source:
    lines = tables.lines(file, name, most)
    head = list(itertools.islice(lines, tables.HEADING_WITHIN))
    heading = tables.heading(head, form.column_of)
    missing = [title for field, title in form.needed.items() if field not in heading.columns]
    if missing:
        raise Refused(
            "import-columns",
            _("The table lacks the columns %(columns)s. Name them in the first row."),
            status=422,
            columns=", ".join(missing),
        )
    titles = {field: heading.titles[place] for field, place in heading.columns.items()}
    unread = [title for title in heading.titles if title and form.column_of(title) is None]
    rows = _of_lines(itertools.chain(head[heading.start :], lines), heading)
    return Source(_counted(_marked(rows, form.identity), most), titles, unread)


def _of_lines(lines: Iterable[Sequence[Any]], heading: tables.Heading) -> Iterator[Numbered]:
    for number, cells in enumerate(lines, heading.start + 1):
        told = {field: tables.text(cells[place]) for field, place in heading.columns.items() if place < len(cells)}
        if any(told.values()):
            yield number, {field: value for field, value in told.items() if value}


def _ndjson(file: BinaryIO, form: Form, most: int) -> Source:
    return Source(_counted(_marked(_of_objects(file, form), form.identity), most), {}, [])


def _of_objects(file: BinaryIO, form: Form) -> Iterator[Numbered]:
    number = 0
    while line := file.readline(LONGEST_LINE + 1):
        number += 1
        if not line.strip(b"\xef\xbb\xbf \t\r\n"):
            continue
        try:
            if len(line) > LONGEST_LINE:
                raise ValueError(f"> {LONGEST_LINE} bytes")
            told = json.loads(line.decode("utf-8-sig"), parse_constant=_no_constant)
            cells = flat(told)
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
        yield number, {form.column_of(field) or field: value for field, value in cells.items() if value}


def flat(told: Mapping[str, Any]) -> dict[str, str]:
    """An object as a row of cells: what is nested by its path, lists with semicolons. Raises ValueError for anything deeper."""
    found: dict[str, str] = {}
    for name, value in told.items():
        if isinstance(value, Mapping):
            found |= flat({f"{name}.{inner}": inside for inner, inside in value.items()})
        elif isinstance(value, list):
            if any(isinstance(one, (list, Mapping)) for one in value):
                raise ValueError(name)
            found[name] = "；".join(map(tables.text, value))
        else:
            found[name] = tables.text(value)
    return found


def _no_constant(word: str) -> None:
    raise ValueError(word)


def _marked(rows: Iterator[Numbered], identity: str) -> Iterator[Numbered]:
    """The rows, each whose identity an earlier one has with the number of that."""
    seen: dict[str, int] = {}
    for number, content in rows:
        told = content.get(identity, "")
        if told in seen:
            content[TWICE] = seen[told]
        elif told:
            seen[told] = number
        yield number, content


def _counted(rows: Iterator[Numbered], most: int) -> Iterator[Numbered]:
    for count, row in enumerate(rows):
        if count >= most:
            raise tables.too_long(most)
        yield row
