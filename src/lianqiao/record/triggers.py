"""The protections of the record inside the database, declared once for SQLite and PostgreSQL.

They hold against every door: the ORM, raw SQL, the database's own shell. An owner of the database can still drop them;
`missing()` shows it, and the log that peers cosign makes what was then changed visible.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from django.db import connections, transaction

# The row may not change any more, nor go. On SQLite an INSERT OR REPLACE deletes without asking the delete trigger, so
# a row whose keys are taken is refused before it comes.
KEPT: dict[str, tuple[tuple[str, ...], ...]] = {
    "record_event": (("id",), ("digest",), ("subject_kind", "subject", "number")),
    "record_place": (("place",), ("event_id",), ("epoch", "leaf")),
    "record_treenode": (("epoch", "level", "index"),),
    "record_checkpoint": (("id",), ("epoch", "size")),
    "record_cosignature": (("id",), ("checkpoint_id", "node")),
    "record_sealed": (("event_id",),),
    "record_nodekey": (("id",), ("kid",)),
    "record_read": (("id",),),
}
CHANGEABLE = ("record_sealed", "record_nodekey")

# A sealed row may only lose fields: every field of the new value stands in the old one, unchanged.
SEALED_GROWS = {
    "sqlite": """NEW.event_id <> OLD.event_id OR EXISTS (SELECT 1 FROM json_each(NEW."values") n WHERE NOT EXISTS
        (SELECT 1 FROM json_each(OLD."values") o WHERE o.key = n.key AND o.value = n.value AND o.type = n.type))
        OR json_type(NEW."values") <> 'object'""",
    "postgresql": """NEW.event_id <> OLD.event_id OR jsonb_typeof(NEW."values") <> 'object' OR EXISTS (
        SELECT 1 FROM jsonb_each(NEW."values") n WHERE (OLD."values" -> n.key) IS DISTINCT FROM n.value)""",
}
# A key may end once; what it is never changes.
KEY_CHANGES = """NEW.id <> OLD.id OR NEW.kid <> OLD.kid OR NEW.algorithm <> OLD.algorithm OR NEW.public <> OLD.public
        OR NEW.valid_from <> OLD.valid_from OR OLD.valid_until IS NOT NULL"""
UNPLACED = "NOT EXISTS (SELECT 1 FROM record_place p WHERE p.event_id = OLD.event_id)"


@dataclass(frozen=True)
class Trigger:
    """`when` it fires on `table` ("BEFORE UPDATE"), `only` if the condition holds, it `does` this, or else refuses."""

    name: str
    table: str
    when: str
    only: str = ""
    does: str = ""
    each: str = "ROW"


def declared(vendor: str) -> list[Trigger]:
    """All triggers of the record for one kind of database ("sqlite" or "postgresql")."""
    found = [
        Trigger(
            "record_event_pending", "record_event", "AFTER INSERT", does="INSERT INTO record_pending VALUES (NEW.id)"
        ),
        Trigger("record_sealed_only_loses", "record_sealed", "BEFORE UPDATE", SEALED_GROWS[vendor]),
        Trigger("record_nodekey_only_ends", "record_nodekey", "BEFORE UPDATE", KEY_CHANGES),
        Trigger("record_pending_until_placed", "record_pending", "BEFORE DELETE", UNPLACED),
        Trigger("record_pending_no_update", "record_pending", "BEFORE UPDATE"),
    ]
    for table, keys in KEPT.items():
        found.append(Trigger(f"{table}_no_delete", table, "BEFORE DELETE"))
        if table not in CHANGEABLE:
            found.append(Trigger(f"{table}_no_update", table, "BEFORE UPDATE"))
        if vendor == "sqlite":
            taken = " OR ".join("(" + " AND ".join(f't."{c}" = NEW."{c}"' for c in key) + ")" for key in keys)
            there = f"EXISTS (SELECT 1 FROM {table} t WHERE {taken})"  # noqa: S608 (names of this file only)
            found.append(Trigger(f"{table}_no_replace", table, "BEFORE INSERT", there))
    if vendor == "postgresql":
        tables = (*KEPT, "record_pending")
        found += [Trigger(f"{table}_no_truncate", table, "BEFORE TRUNCATE", each="STATEMENT") for table in tables]
    return found


def sentence(trigger: Trigger) -> str:
    return f"{trigger.name}: the record keeps what it has"


def sqlite(trigger: Trigger) -> list[str]:
    does = trigger.does or f"SELECT RAISE(ABORT, '{sentence(trigger)}')"
    only = f" WHEN {trigger.only}" if trigger.only else ""
    return [f"CREATE TRIGGER {trigger.name} {trigger.when} ON {trigger.table}{only} BEGIN {does}; END"]


def postgresql(trigger: Trigger) -> list[str]:
    refuses = f"RAISE EXCEPTION '{sentence(trigger)}' USING ERRCODE = 'integrity_constraint_violation'"
    does = trigger.does or refuses
    if trigger.only:
        does = f"IF {trigger.only} THEN {does}; END IF"
    result = {"DELETE": "OLD", "TRUNCATE": "NULL"}.get(trigger.when.split()[1], "NEW")
    return [
        f"CREATE OR REPLACE FUNCTION {trigger.name}() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN {does}; RETURN {result}; END $$",
        f"CREATE TRIGGER {trigger.name} {trigger.when} ON {trigger.table} "
        f"FOR EACH {trigger.each} EXECUTE FUNCTION {trigger.name}()",
    ]


WRITTEN = {"sqlite": sqlite, "postgresql": postgresql}


def install(using: str = "default") -> None:
    """Put every trigger in place, anew. Does nothing while the tables of the record do not all exist."""
    connection = connections[using]
    tables = set(connection.introspection.table_names())
    if not {trigger.table for trigger in declared(connection.vendor)} <= tables:
        return
    with transaction.atomic(using), connection.cursor() as cursor:
        drop(using)
        for trigger in declared(connection.vendor):
            for statement in WRITTEN[connection.vendor](trigger):
                cursor.execute(statement)


def drop(using: str) -> None:
    connection = connections[using]
    on_table = connection.vendor == "postgresql"
    with connection.cursor() as cursor:
        for trigger in declared(connection.vendor):
            cursor.execute(f"DROP TRIGGER IF EXISTS {trigger.name}" + (f" ON {trigger.table}" if on_table else ""))


def missing(using: str = "default") -> list[str]:
    """The names of triggers that are not in place, or differ from their declaration, or are switched off."""
    connection = connections[using]
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
            there = dict(cursor.fetchall())
            return [t.name for t in declared("sqlite") if there.get(t.name) != sqlite(t)[0]]
        cursor.execute(
            "SELECT t.tgname, p.prosrc FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid"
            " JOIN pg_class c ON c.oid = t.tgrelid"
            " WHERE NOT t.tgisinternal AND t.tgenabled IN ('O', 'A') AND pg_table_is_visible(c.oid)"
        )
        there = dict(cursor.fetchall())
    return [
        t.name for t in declared("postgresql") if there.get(t.name, "") not in postgresql(t)[0] or t.name not in there
    ]


@contextmanager
def lifted(using: str = "default") -> Iterator[None]:
    """Take the triggers away and put them back: for the reset between tests, and for nothing else."""
    drop(using)
    try:
        yield
    finally:
        install(using)
