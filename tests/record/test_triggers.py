"""What the database itself refuses, on both kinds."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.db import DatabaseError, connection, transaction

from lianqiao.record import events, triggers
from lianqiao.record.models import Checkpoint, Event, Node, NodeKey, Pending, Place, Read, Sealed, TreeNode

from .conftest import PERSON


def refuses(sql: str) -> bool:
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql)
    except DatabaseError as error:
        return "the record keeps what it has" in str(error)
    return False


@pytest.fixture
def event(node: Node, case: UUID) -> Event:
    with transaction.atomic():
        made = events.append("case", case, "file", by=PERSON, data={"a": 1}, erasable={"t": "题", "u": "名"})
    Place.objects.create(place=1, event=made, epoch=1, leaf=0, leaf_hash="0" * 64)
    TreeNode.objects.create(epoch=1, level=1, index=0, hash="0" * 64)
    Checkpoint.objects.create(epoch=1, size=1, root="0" * 64, note="n", signed_at=datetime(2026, 11, 22, tzinfo=UTC))
    NodeKey.objects.create(kid="k", algorithm="ed25519", public="00", valid_from=datetime(2026, 11, 22, tzinfo=UTC))
    Read.objects.create(
        at=made.recorded_at, day=made.legal_date, by="somebody", subjects=" x ", part="case", identity=True, door="api"
    )
    return made


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE record_event SET verb = 'x'",
        "DELETE FROM record_event",
        "UPDATE record_place SET leaf = 7",
        "DELETE FROM record_place",
        "UPDATE record_treenode SET hash = 'x'",
        "DELETE FROM record_treenode",
        "UPDATE record_checkpoint SET note = 'x'",
        "DELETE FROM record_checkpoint",
        "DELETE FROM record_sealed",
        "UPDATE record_sealed SET event_id = 9",
        "UPDATE record_pending SET event_id = 9",
        "DELETE FROM record_nodekey",
        "UPDATE record_nodekey SET public = '01'",
        "UPDATE record_read SET identity = NOT identity",
        "DELETE FROM record_read",
    ],
)
def test_refuses_change_by_raw_sql(event: Event, sql: str) -> None:
    assert refuses(sql)


@pytest.mark.parametrize("table", sorted({*triggers.KEPT, "record_pending"}))
def test_refuses_truncate_or_replace(event: Event, table: str) -> None:
    if connection.vendor == "postgresql":
        connection.check_constraints()  # nothing deferred may wait when a table is truncated
        assert refuses(f"TRUNCATE {table} CASCADE")
    elif table not in ("record_pending", "record_cosignature"):
        assert refuses(f"INSERT OR REPLACE INTO {table} SELECT * FROM {table}")


@pytest.mark.parametrize(
    "change",
    [
        lambda values: values | {"t": values["t"] | {"value": "别的"}},
        lambda values: values | {"new": {"salt": "00", "value": ""}},
        lambda values: {"t": {"salt": values["t"]["salt"]}},
        lambda values: {"t": values["u"]},
        lambda values: [],
    ],
)
def test_refuses_sealed_values_that_grow_or_change(event: Event, change: Any) -> None:
    sealed = Sealed.objects.get(event=event)
    sealed.values = change(sealed.values)
    with pytest.raises(DatabaseError, match="the record keeps what it has"), transaction.atomic():
        sealed.save()


def test_lets_sealed_values_lose_a_field(event: Event) -> None:
    sealed = Sealed.objects.get(event=event)
    del sealed.values["t"]
    sealed.save()
    assert Sealed.objects.get(event=event).values.keys() == {"u"}


def test_ends_a_key_once(event: Event) -> None:
    NodeKey.objects.update(valid_until=datetime(2026, 11, 23, tzinfo=UTC), ended_reason="rotated")
    assert refuses("UPDATE record_nodekey SET valid_until = NULL")


def test_keeps_pending_until_placed(node: Node, case: UUID) -> None:
    with transaction.atomic():
        made = events.append("case", case, "file", by=PERSON, data={})
    assert list(Pending.objects.values_list("event_id", flat=True)) == [made.pk]
    assert refuses("DELETE FROM record_pending")
    Place.objects.create(place=1, event=made, epoch=1, leaf=0, leaf_hash="0" * 64)
    Pending.objects.all().delete()
    assert Pending.objects.count() == 0


def test_names_a_trigger_that_is_missing_or_altered(db: None) -> None:
    assert triggers.missing() == []
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("DROP TRIGGER record_event_no_delete")
            cursor.execute("DROP TRIGGER record_event_no_update")
            cursor.execute("CREATE TRIGGER record_event_no_update BEFORE UPDATE ON record_event BEGIN SELECT 1; END")
        else:
            cursor.execute("DROP TRIGGER record_event_no_delete ON record_event")
            cursor.execute("ALTER TABLE record_event DISABLE TRIGGER record_event_no_update")
    assert sorted(triggers.missing()) == ["record_event_no_delete", "record_event_no_update"]
    triggers.install()
    assert triggers.missing() == []


def test_lifts_the_triggers_nowhere_in_the_house() -> None:
    source = Path(triggers.__file__).parents[1]
    lifting = [path.name for path in sorted(source.rglob("*.py")) if "lifted(" in path.read_text(encoding="utf-8")]
    assert lifting == ["triggers.py"]
