"""Lines of our own exports that come back: what the file says otherwise than the case is told by column, and changes nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from django.utils.translation import gettext as _
from django.utils.translation import override

from lianqiao.jobs.rows import Fault
from lianqiao.registry import tables
from lianqiao.registry.models import Person

from . import fields, lines, reading, writing
from .columns import COLUMNS, YES
from .definition import Definition
from .incoming import Line
from .models import LedgerImport

LONGEST_NUMBER = 40
"""Signs of a case number, more than any has."""


def compared(
    ledger: LedgerImport, own: Sequence[Line], heads: Sequence[str], *, by: Person
) -> Iterator[tuple[Line, bool, list[Fault]]]:
    """Each line that bears a number of this node: whether the case is there for the person, and what is told of the line."""
    known = fields.catalogue()
    heading = next(title for title in heads if ledger.mapping.get(title) == "number")
    language = known[heading][0] if heading in known else "en"
    codes = {title: known[title][1] for title in heads if title in known}
    there = standing({line.cells.get(heading, "") for line in own}, codes, language, by=by)
    for line in own:
        found = there.get(line.cells.get(heading, ""))
        if found is None:
            sentence = _("There is no such case among those that you may see. Check the number.")
            yield line, False, [Fault("number", "unknown-number", sentence)]
            continue
        sentence = _("The case says something else here; it stays so, whatever stands in the file.")
        yield (
            line,
            True,
            [
                Fault(title, "differs", sentence)
                for title, code in codes.items()
                if not any(same(line.cells.get(title, ""), now, COLUMNS[code].kind == YES) for now in found[title])
            ],
        )


def standing(
    numbers: set[str], codes: Mapping[str, str], language: str, *, by: Person
) -> dict[str, dict[str, set[str]]]:
    """What the cases with these numbers say under each heading, in the language of the headings; in either, where these are codes."""
    parts = [number.rpartition("-")[2] for number in numbers if len(number) < LONGEST_NUMBER]
    held = Definition(columns=list(dict.fromkeys(codes.values())), words="")
    cases = reading.seen(held, by).filter(pk__in=[int(part) for part in parts if part.isdecimal()])
    told: dict[str, dict[str, set[str]]] = {}
    for spoken in [language] if language else ["zh-hans", "en"]:
        with override(spoken):
            for line in lines.read(held, cases).lines:
                says = told.setdefault(line.case.number, {title: set() for title in codes})
                for title, code in codes.items():
                    says[title].add(tables.text(writing.cell(COLUMNS[code].value(line))))
    return told


def same(said: str, now: str, yes_or_no: bool) -> bool:
    """Whether the file says what the case says: signs that make a formula harmless do not count, nor how lines end."""
    plain = said[1:] if said[:1] == "'" and writing.harmless(said[1:]) != said[1:] else said
    if yes_or_no and plain in ("true", "false"):
        return (plain == "true") == (now in ("yes", "是"))
    return plain.replace("\r\n", "\n") == now.replace("\r\n", "\n").strip() or (
        yes_or_no and not plain and now in ("no", "否")
    )
