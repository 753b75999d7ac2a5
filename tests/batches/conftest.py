"""The cast, rows of a batch, and files made of them."""

import io
import json
from collections.abc import Iterable
from typing import Any

from tests.cast import cast, node  # noqa: F401 fixtures

from lianqiao.batches import columns
from lianqiao.registry.sheets import Sheet, workbook

CODE = "91510100MA6C00017C"


def row(ref: str = "A-1", **changed: Any) -> dict[str, Any]:
    """A row that can be filed by an intake officer of the centre, by field."""
    return {
        "ref": ref,
        "uscc": CODE,
        "agency": "sc-inward-centre",
        "programme": "inward-complaint",
        "kind": "权益受侵害投诉",
        "category": "fair-competition",
        "title": "招标条件排斥外地企业",
        "facts": "招标文件要求投标人注册地在本市。",
        "request": "请求纠正。",
        "respondents": "sc-market",
    } | changed


def lines(*rows: dict[str, Any]) -> bytes:
    """The rows as NDJSON."""
    return "".join(json.dumps(one, ensure_ascii=False) + "\n" for one in rows).encode()


def xlsx(*rows: dict[str, Any]) -> bytes:
    """The rows as the template holds them, under their Chinese headings."""
    heads = {column.field: column.zh[0] for column in columns.COLUMNS}
    told = [{heads[field]: value for field, value in one.items()} for one in rows]
    return workbook(Sheet("诉求", dict.fromkeys(heads.values(), 12), told))


def table(*rows: Iterable[str]) -> bytes:
    """Rows of cells as a CSV."""
    import csv

    file = io.StringIO()
    csv.writer(file).writerows(rows)
    return file.getvalue().encode("utf-8-sig")
