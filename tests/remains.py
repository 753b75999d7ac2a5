"""Where a word still stands: every table of the database, every file of the data folder."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection


def found(words: Iterable[str]) -> dict[str, list[str]]:
    """The words that are still somewhere, each with the tables and files that hold it."""
    wanted = list(words)
    places: dict[str, set[str]] = {}
    for place, text in (*tables(), *files()):
        for word in wanted:
            if word in text:
                places.setdefault(word, set()).add(place)
    return {word: sorted(where) for word, where in places.items()}


def tables() -> Iterator[tuple[str, str]]:
    """Every cell of every table as text."""
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')
            for row in cursor.fetchall():
                yield table, "\n".join(map(text_of, row))


def text_of(cell: Any) -> str:
    if isinstance(cell, bytes | memoryview):
        return bytes(cell).decode("utf-8", "ignore")
    if isinstance(cell, str) and "\\u" in cell:
        return cell + cell.encode().decode("unicode_escape", "ignore")
    return str(cell)


def files() -> Iterator[tuple[str, str]]:
    """Names and contents of the files of the node, but for the database itself."""
    folder = Path(settings.LIANQIAO_DATA)
    for path in folder.rglob("*"):
        if path.is_file() and ".sqlite3" not in path.name:
            yield str(path.relative_to(folder)), path.name + path.read_bytes().decode("utf-8", "ignore")
