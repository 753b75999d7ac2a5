"""Writes workbooks (XLSX) for people: the one place that knows the library. Every text stays text, also one that begins with "="."""

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

TEXT = "@"
LONGEST_CHOICE = 255
"""Characters of a list of choices, all together: a spreadsheet takes no more."""


@dataclass(frozen=True)
class Sheet:
    """One sheet: its name, the columns with their widths, the rows below the heading, and what may be chosen in a column."""

    name: str
    columns: Mapping[str, int]
    rows: Sequence[Mapping[str, Any]]
    choices: Mapping[str, Sequence[str]] = field(default_factory=dict)


def workbook(*sheets: Sheet) -> bytes:
    """The sheets as an XLSX. All cells are formatted as text, so that codes keep their zeros and digits."""
    import rustpy_xlsxwriter as library  # noqa: PLC0415  only who writes a workbook needs it

    filled: list[tuple[str, Any]] = [
        (sheet.name, [{column: row.get(column, "") for column in sheet.columns} for row in sheet.rows])
        for sheet in sheets
    ]
    text = library.Format().set_num_format(TEXT)
    heading = library.Format().set_bold().set_num_format(TEXT)
    file = io.BytesIO()
    library.write_worksheets(
        filled,
        file,
        freeze_panes={"general": {"row": 1, "col": 0}},
        column_widths={sheet.name: dict(sheet.columns) for sheet in sheets},
        column_formats={sheet.name: dict.fromkeys(sheet.columns, text) for sheet in sheets},
        header_format={"general": heading},
        data_validations={
            sheet.name: {
                column: {"type": "list", "values": list(values), "error_style": "warning"}
                for column, values in sheet.choices.items()
                if len(",".join(values)) <= LONGEST_CHOICE
            }
            for sheet in sheets
        },
    )
    return file.getvalue()
