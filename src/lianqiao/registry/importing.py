"""Reads a table of enterprises, CSV or XLSX, and says row by row what of it is new, known or wrong. Writes nothing.

The first row that names the columns is the heading; columns may have their Chinese or English names (COLUMNS). Codes must be text: a
spreadsheet that holds one as a number has lost its leading zeros or last digits, which is told instead of guessed.
"""

from __future__ import annotations

import hashlib
import io
import itertools
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from lianqiao.law.codes import check_uscc
from lianqiao.law.text import listed
from lianqiao.record.refusal import Refused
from lianqiao.registry import duplicates, names, tables
from lianqiao.registry.models import Enterprise, FormerCode, Region

COLUMNS: dict[str, tuple[str, ...]] = {
    "name_zh": ("name_zh", "企业名称", "中文名称", "名称", "单位名称", "chinese name", "name"),
    "name_en": ("name_en", "英文名称", "企业英文名称", "外文名称", "english name"),
    "uscc": ("uscc", "统一社会信用代码", "信用代码", "社会信用代码", "credit code"),
    "kind": ("kind", "企业类型", "类型", "type"),
    "region": ("region", "行政区划代码", "区划代码", "所在地区", "division code"),
    "origin": ("origin", "投资来源地", "投资者来源", "国别地区", "origin of investment"),
    "address": ("address", "地址", "住所", "注册地址"),
    "former_codes": ("former_codes", "原代码", "曾用代码", "组织机构代码", "注册号", "former codes"),
}
NEEDED = ("name_zh", "kind", "region")
KINDS = {
    "民营企业": "private",
    "私营企业": "private",
    "外商投资企业": "foreign_invested",
    "外资企业": "foreign_invested",
    "外来企业": "inward",
}
LONGEST = {"name_zh": 200, "name_en": 200, "uscc": 18, "address": 300, "origin": 2}
MOST_ROWS = 500_000


class Problem(NamedTuple):
    """What is wrong with one cell: row as the spreadsheet counts, heading of the column, stable code, sentence."""

    row: int
    column: str
    code: str
    sentence: str


@dataclass(slots=True)
class Row:
    """One enterprise of the table, in the words of the registry."""

    number: int
    name_zh: str
    name_en: str
    uscc: str
    kind: str
    region: str
    origin: str
    address: str
    former: tuple[str, ...]


class Likely(NamedTuple):
    """A new row that may be an enterprise that is there, or an earlier row."""

    row: int
    other: str
    score: int
    reasons: tuple[str, ...]


@dataclass
class Reading:
    """What a table holds: `new` rows to enter, how many are `known`, what is wrong (`problems`) and to be noted (`notes`)."""

    digest: str
    new: list[Row] = field(default_factory=list)
    known: int = 0
    rows: int = 0
    problems: list[Problem] = field(default_factory=list)
    notes: list[Problem] = field(default_factory=list)
    ignored: list[str] = field(default_factory=list)


class Table(NamedTuple):
    """A table whose heading was found: its lines as long as somebody asks for them, where they begin, and what stands above each column."""

    digest: str
    lines: Iterator[list[Any]]
    start: int
    titles: list[str]
    columns: dict[str, int]

    @property
    def ignored(self) -> list[str]:
        """The columns that are not read."""
        return [title for title in self.titles if title and not column_of(title)]

    def title(self, name: str) -> str:
        """What the table calls a field."""
        return self.titles[self.columns[name]] if name in self.columns else name


def read(path: Path) -> Reading:
    """Reads and checks a table against itself and the registry. Refuses a file that is no table ("import-unreadable"), has no heading
    or lacks a needed column ("import-columns"), or is too long ("import-too-long")."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise tables.unreadable(str(path), str(error)) from error
    table = opened(content, str(path))
    reading = Reading(table.digest, ignored=table.ignored)
    sift(reading, table)
    return reading


def opened(content: bytes, name: str) -> Table:
    """Finds the heading. Refuses as `read`."""
    lines = tables.lines(io.BytesIO(content), name, MOST_ROWS)
    head = list(itertools.islice(lines, tables.HEADING_WITHIN))
    start, titles, columns = tables.heading(head, column_of)
    missing = [COLUMNS[name][1] for name in NEEDED if name not in columns]
    if missing:
        raise Refused(
            "import-columns",
            _("The table lacks the columns %(columns)s. Name them in the first row."),
            status=422,
            columns=", ".join(missing),
        )
    digest = hashlib.sha256(content).hexdigest()
    return Table(digest, itertools.chain(head[start:], lines), start, titles, columns)


def column_of(title: Any) -> str | None:
    wanted = names.plain(str(title)).strip().removesuffix("*").strip()
    return next((name for name, titles in COLUMNS.items() if wanted in titles), None)


def checked(table: Table, most: int = MOST_ROWS) -> Iterator[tuple[Row, list[Problem]]]:
    """The rows of the table, each with what is wrong with it by itself or beside an earlier one; without asking what the registry holds.
    Refuses more rows than `most` ("import-too-long")."""
    regions = set(Region.objects.values_list("code", flat=True))
    seen: dict[object, int] = {}
    for place, cells in enumerate(table.lines, table.start + 1):
        if not any(str(cell).strip() for cell in cells):
            continue
        if len(seen) >= most:
            raise tables.too_long(most)
        row = row_of(place, cells, table.columns)
        found = list(problems_of(row, cells, table.columns, regions))
        identity = row.uscc or (row.name_zh, row.region)
        if identity in seen:
            said = gettext("the same enterprise stands in row %(row)s") % {"row": seen[identity]}
            found.append(("uscc" if row.uscc else "name_zh", "twice", said))
        seen.setdefault(identity, place)
        yield row, [Problem(place, table.title(name), code, said) for name, code, said in found]


class Held(NamedTuple):
    """What the registry holds: names by code, and who has none by name and region."""

    by_code: dict[str, str]
    without: set[tuple[str, str]]

    def name(self, row: Row) -> str | None:
        """The name under which the registry knows the enterprise of a row; None if it does not."""
        if row.uscc:
            return self.by_code.get(row.uscc)
        return row.name_zh if (row.name_zh, row.region) in self.without else None


def held(rows: Sequence[Row] | None = None) -> Held:
    """What the registry holds, or only as far as these rows (at most some thousand) name it."""
    coded, former, without = (
        Enterprise.objects.exclude(uscc=""),
        FormerCode.objects.all(),
        Enterprise.objects.filter(uscc=""),
    )
    if rows is not None:
        codes = [row.uscc for row in rows if row.uscc]
        coded, former = Enterprise.objects.filter(uscc__in=codes), former.filter(code__in=codes)
        without = without.filter(name_zh__in=[row.name_zh for row in rows if not row.uscc])
    by_code = dict(coded.values_list("uscc", "name_zh")) | dict(former.values_list("code", "enterprise__name_zh"))
    return Held(by_code, set(without.values_list("name_zh", "region")))


def differs(row: Row, known: str, title: str) -> Problem | None:
    """What is to be noted of a row whose code the registry knows under another name."""
    if names.folded(known) == names.folded(row.name_zh):
        return None
    said = gettext('the registry knows this code as "%(name)s"; it stays so') % {"name": known}
    return Problem(row.number, title, "differs", said)


def sift(reading: Reading, table: Table) -> None:
    """Fills the reading from the rows of the table, with one pass and a few queries."""
    there = held()
    for row, found in checked(table):
        reading.rows += 1
        known = there.name(row)
        if found:
            reading.problems += found
        elif known is not None:
            reading.known += 1
            if note := differs(row, known, table.title("name_zh")):
                reading.notes.append(note)
        else:
            reading.new.append(row)


def row_of(place: int, cells: Sequence[Any], columns: dict[str, int]) -> Row:
    def text(name: str) -> str:
        at = columns.get(name)
        value = cells[at] if at is not None and at < len(cells) else ""
        return str(value).strip()

    kind = text("kind")
    name = text("name_zh")
    former = [
        duplicates.compact(code) for code in text("former_codes").replace("；", ";").replace("、", ";").split(";")
    ]
    return Row(
        place,
        name,
        text("name_en") or name,
        duplicates.compact(text("uscc")),
        KINDS.get(kind, kind),
        text("region").removesuffix(".0"),
        text("origin").upper(),
        text("address"),
        tuple(code for code in dict.fromkeys(former) if code),
    )


def problems_of(
    row: Row, cells: Sequence[Any], columns: dict[str, int], regions: set[str]
) -> Iterator[tuple[str, str, str]]:
    """What is wrong with the cells of one row: column, code, sentence."""
    for name in ("uscc", "region", "former_codes"):
        at = columns.get(name)
        value = cells[at] if at is not None and at < len(cells) else ""
        if isinstance(value, float) and not (name == "region" and value == int(value)):
            yield name, "number", gettext("the cell holds a number and has lost digits; format the column as text")
            return
    for name, most in LONGEST.items():
        value = getattr(row, name)
        if len(value) > most:
            yield name, "too-long", gettext("this is longer than %(most)s characters") % {"most": most}
        if not value.isprintable() and any(unicodedata.category(sign) in ("Cc", "Cs") for sign in value):
            yield name, "control-characters", gettext("it holds control characters; remove them")
    if not names.folded(row.name_zh):
        yield "name_zh", "missing", gettext("the Chinese name is missing")
    if row.kind not in Enterprise.Kind.values:
        yield (
            "kind",
            "unknown-kind",
            gettext("use one of: %(known)s") % {"known": listed(KINDS, get_language() or "zh")},
        )
    elif row.kind == Enterprise.Kind.FOREIGN_INVESTED and not row.origin:
        yield "origin", "missing", gettext("a foreign-invested enterprise needs the origin of its investor")
    if row.origin and not (len(row.origin) == 2 and row.origin.isascii() and row.origin.isalpha()):
        yield "origin", "wrong", gettext("write the country or region as two capital letters, for example SG")
    if row.region not in regions:
        yield "region", "unknown-region", gettext("there is no such division code in the registry")
    if row.uscc and (faults := check_uscc(row.uscc)):
        yield "uscc", "wrong-code", "; ".join(fault.in_(get_language() or "zh") for fault in faults)
    for code in row.former:
        if not 6 <= len(code) <= 30:
            yield "former_codes", "wrong-code", gettext("a code has at least six letters or digits")


def likely(reading: Reading, *, least: int = 50, most: int = 1000) -> list[Likely]:
    """The new rows that may be an enterprise of the registry or an earlier row of the table under another name, at most so many."""
    found: list[Likely] = []
    earlier: dict[int, list[Row]] = {}
    for start in range(0, len(reading.new), 500):
        rows = reading.new[start : start + 500]
        told = [(row, duplicates.Named(row.name_zh, row.name_en, row.uscc, row.former)) for row in rows]
        keyed = [(row, one, duplicates.keys_of(one)) for row, one in told]
        held = duplicates.sharing({key for _row, _one, keys in keyed for key in keys})
        for row, one, keys in keyed:
            others = {other.pk: other for key in keys for other in held.get(key, ())}
            for other in others.values():
                codes = [former.code for former in other.former_codes.all()]
                score, why = duplicates.judged(one, duplicates.named(other, codes))
                if score >= least:
                    found.append(Likely(row.number, other.name_zh, score, tuple(said for _code, said in why)))
            before = {other.number: other for key in keys for other in earlier.get(key, ())[-duplicates.CROWD :]}
            for that in before.values():
                against = duplicates.Named(that.name_zh, that.name_en, that.uscc, that.former)
                score, why = duplicates.judged(one, against)
                if score >= least:
                    text = gettext("row %(row)s: %(name)s") % {"row": that.number, "name": that.name_zh}
                    found.append(Likely(row.number, text, score, tuple(said for _code, said in why)))
            for key in keys:
                earlier.setdefault(key, []).append(row)
            if len(found) >= most:
                return found[:most]
    return found
