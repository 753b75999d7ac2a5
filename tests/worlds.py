"""A world that many tests start from is entered once by the house's own verbs, kept as rows, and laid out again for each test.

`laid_out("name", folder, make)` gives what `make()` gave, with the same rows in the (empty) database and the same files under `folder`.
It is entered anew when the clock stands on another day, or earlier than when it was entered: roles and dates follow from that day.
"""

from __future__ import annotations

import copy
import os
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from django.db import connection, transaction

from lianqiao.record import time

BY_TRIGGER = "record_pending"
"""Filled by the trigger of the events, as when they were first entered."""


@dataclass
class Kept:
    made: Any
    at: datetime
    rows: list[tuple[str, Any]]
    files: Path


worlds: dict[tuple[str, str, str], Kept] = {}


def laid_out(name: str, folder: Path, make: Callable[[], Any]) -> Any:
    """What `make` made, whose rows and files are in place. The database must hold no rows but those of the migrations."""
    key = (name, connection.vendor, str(time.today()))
    kept = worlds.get(key)
    if kept and kept.at <= time.now():
        with transaction.atomic():
            lay_out(kept.rows)
        shutil.copytree(kept.files, folder, dirs_exist_ok=True)
    else:
        before = filled()
        made = make()
        files = Path(tempfile.mkdtemp(dir=os.environ["LIANQIAO_DATA"]))  # goes with the folder of the run
        shutil.copytree(folder, files, dirs_exist_ok=True)
        kept = worlds[key] = Kept(made, time.now(), taken(filled() - before), files)
    return copy.deepcopy(kept.made)


def filled() -> set[str]:
    """The tables that hold rows."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            # The shadow tables of the full-text index are written through it alone, and no world of ours fills it.
            cursor.execute("SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table'")
        else:
            cursor.execute("SELECT table_name FROM information_schema.tables WHERE table_schema = current_schema()")
        names = [name for (name,) in cursor.fetchall() if not name.startswith("sqlite_")]
        cursor.execute(" UNION ALL ".join(f"SELECT '{name}' WHERE EXISTS (SELECT 1 FROM \"{name}\")" for name in names))
        return {name for (name,) in cursor.fetchall()} - {BY_TRIGGER}


def taken(tables: set[str]) -> list[tuple[str, Any]]:
    """Statements that lay the rows of these tables out again, on PostgreSQL with the bytes of COPY, and their sequences."""
    found: list[tuple[str, Any]] = []
    with connection.cursor() as cursor:
        for table in sorted(tables):
            columns = writable(cursor, table)
            listed = ", ".join(f'"{column}"' for column in columns)
            if connection.vendor == "sqlite":
                cells = " || ', ' || ".join(f'quote("{column}")' for column in columns)
                cursor.execute(f'SELECT {cells} FROM "{table}"')
                values = ", ".join(f"({row})" for (row,) in cursor.fetchall())
                found.append((f'INSERT INTO "{table}" ({listed}) VALUES {values}', None))
            else:
                with cursor.copy(f'COPY "{table}" ({listed}) TO STDOUT') as copied:
                    found.append((f'COPY "{table}" ({listed}) FROM STDIN', b"".join(bytes(part) for part in copied)))
        if connection.vendor == "postgresql":
            cursor.execute(
                "SELECT sequencename, last_value FROM pg_sequences WHERE schemaname = current_schema() AND last_value IS NOT NULL"
            )
            moved = [f"setval('\"{name}\"', {value})" for name, value in cursor.fetchall()]
            found.append(("SELECT " + ", ".join(moved), None))
    return found


def writable(cursor: Any, table: str) -> list[str]:
    """The columns that are not reckoned by the database."""
    if connection.vendor == "sqlite":
        cursor.execute("SELECT name FROM pragma_table_xinfo(%s) WHERE hidden = 0", [table])
    else:
        cursor.execute(
            "SELECT column_name FROM information_schema.columns"
            " WHERE table_schema = current_schema() AND table_name = %s AND is_generated = 'NEVER'",
            [table],
        )
    return [name for (name,) in cursor.fetchall()]


def lay_out(rows: list[tuple[str, Any]]) -> None:
    with connection.cursor() as cursor:
        for statement, content in rows:
            if content is None:
                cursor.cursor.execute(statement)
            else:
                with cursor.copy(statement) as copied:
                    copied.write(content)
