"""The index of the search in the database: GIN over the tokens on PostgreSQL, an FTS5 table with three triggers on SQLite.

Put in place after every migration, for SQLite silently drops the triggers of a table that a migration rebuilds.
"""

from django.db import connections, transaction

COLUMNS = ("tokens_open", "tokens_identity")
TABLE = """CREATE VIRTUAL TABLE IF NOT EXISTS cases_search USING fts5(
    tokens_open, tokens_identity, content='cases_case', content_rowid='id', detail=column, tokenize='unicode61 remove_diacritics 0')"""
INTO = "INSERT INTO cases_search(rowid, tokens_open, tokens_identity) VALUES (NEW.id, NEW.tokens_open, NEW.tokens_identity);"
OUT = (
    "INSERT INTO cases_search(cases_search, rowid, tokens_open, tokens_identity) "
    "VALUES ('delete', OLD.id, OLD.tokens_open, OLD.tokens_identity);"
)
CHANGED = "OLD.tokens_open IS NOT NEW.tokens_open OR OLD.tokens_identity IS NOT NEW.tokens_identity OR OLD.id <> NEW.id"
TRIGGERS = {
    "cases_search_in": f"CREATE TRIGGER cases_search_in AFTER INSERT ON cases_case BEGIN {INTO} END",
    "cases_search_out": f"CREATE TRIGGER cases_search_out AFTER DELETE ON cases_case BEGIN {OUT} END",
    "cases_search_again": f"CREATE TRIGGER cases_search_again AFTER UPDATE ON cases_case WHEN {CHANGED} BEGIN {OUT} {INTO} END",
}


def install(using: str = "default") -> None:
    """Put the index in place; on SQLite fill it anew when a trigger was gone. Does nothing before there are cases."""
    connection = connections[using]
    if "cases_case" not in connection.introspection.table_names():
        return
    with transaction.atomic(using), connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            for column in COLUMNS:
                cursor.execute(
                    f"CREATE INDEX IF NOT EXISTS cases_search_{column} ON cases_case USING gin (string_to_array({column}, ' '))"
                )
            return
        cursor.execute(TABLE)
        lost = missing(using)
        for name in lost:
            cursor.execute(f"DROP TRIGGER IF EXISTS {name}")
            cursor.execute(TRIGGERS[name])
        if lost:
            cursor.execute("INSERT INTO cases_search(cases_search) VALUES ('rebuild')")


def forget(using: str = "default") -> None:
    """Rewrite the index so that it holds no word that no case holds any more: both databases keep such words until then.

    On PostgreSQL outside a transaction only, without stopping searches; it takes as long as making the index.
    """
    connection = connections[using]
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            for column in COLUMNS:
                how = "" if connection.in_atomic_block else "CONCURRENTLY "
                cursor.execute(f"REINDEX INDEX {how}cases_search_{column}")
        else:
            cursor.execute("INSERT INTO cases_search(cases_search) VALUES('optimize')")


def missing(using: str = "default") -> list[str]:
    """The names of what is not in place as it is declared here."""
    connection = connections[using]
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT indexname FROM pg_indexes WHERE tablename = 'cases_case'")
            there = {name for (name,) in cursor.fetchall()}
            return [name for name in (f"cases_search_{column}" for column in COLUMNS) if name not in there]
        cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
        held = dict(cursor.fetchall())
    return [name for name, statement in TRIGGERS.items() if held.get(name) != statement]
