"""The workbook in which a batch is filled in: the columns with both headings, the codes, and what each column is for."""

from lianqiao.registry.models import Agency
from lianqiao.registry.sheets import Sheet, workbook

from . import columns

ROWS, CODES, ABOUT = "诉求 Cases", "代码 Codes", "说明 Notes"
EMPTY = 200
"""Rows that are formatted as text and have their choices."""
WIDE = {"facts": 60, "request": 40, "title": 30, "name": 30, "uscc": 24, "respondents": 24}


def template() -> bytes:
    """The XLSX. Its codes are those that this node knows; the agencies are those that may receive or be complained of here."""
    heads = {column.field: column.zh[0] + ("*" if column.needed else "") for column in columns.COLUMNS}
    english = {heads[column.field]: column.en[0] for column in columns.COLUMNS}
    choices = {heads[field]: [name.zh for name in names.values()] for field, names in columns.CODES.items()}
    choices[heads["confidential"]] = ["是", "否"]
    cases = Sheet(
        ROWS,
        {heads[column.field]: WIDE.get(column.field, 16) for column in columns.COLUMNS},
        [english, *({} for _row in range(EMPTY))],
        choices,
    )
    codes = [
        {"列 Column": heads[field], "代码 Code": code, "中文": name.zh, "English": name.en}
        for field, names in columns.CODES.items()
        for code, name in names.items()
    ] + [
        {"列 Column": heads["agency"], "代码 Code": agency.code, "中文": agency.name_zh, "English": agency.name_en}
        for agency in Agency.objects.filter(active=True)
    ]
    about = [
        {"列 Column": heads[column.field], "English": column.en[0], "说明": column.about.zh, "Explanation": column.about.en, "示例 Example": column.example}
        for column in columns.COLUMNS
    ]  # fmt: skip
    return workbook(
        cases,
        Sheet(CODES, {"列 Column": 16, "代码 Code": 24, "中文": 40, "English": 60}, codes),
        Sheet(ABOUT, {"列 Column": 16, "English": 16, "说明": 50, "Explanation": 60, "示例 Example": 30}, about),
    )
