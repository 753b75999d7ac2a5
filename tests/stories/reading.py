"""Reads the database of a node from outside, whether it runs or not."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path


def rows(folder: Path, code: str, query: str) -> list[sqlite3.Row]:
    with closing(sqlite3.connect(folder / code / "lianqiao.sqlite3", timeout=60)) as connection:
        connection.row_factory = sqlite3.Row
        return connection.execute(query).fetchall()


def parcels(folder: Path, code: str) -> list[str]:
    """Nothing waits, nothing was refused, given up or sent under one id twice."""
    left = rows(folder, code, "SELECT kind, state, last_error FROM exchange_parcelout WHERE state <> 'delivered'")
    stuck = rows(folder, code, "SELECT kind, state, reason FROM exchange_parcelin WHERE state <> 'done'")
    return [f"parcel out {tuple(row)}" for row in left] + [f"parcel in {tuple(row)}" for row in stuck]
