"""Many events at once stand in the record as one by one."""

import uuid

import pytest
from django.db import connection, transaction

from lianqiao.record import bulk, events
from lianqiao.record.models import Event, Node, Pending

from .conftest import PERSON


def test_append_many_writes_what_append_writes(node: Node) -> None:
    first, second, bare = uuid.uuid4(), uuid.uuid4(), uuid.uuid4()
    told, words = {"row": 7, "kind": "私"}, {"name": "连桥“一”号\n", "code": "91"}
    with transaction.atomic():
        events.append("test", first, "enter", by=PERSON, data=told, erasable=words)
        bulk.append("test", "enter", [bulk.Entry(second, told, words), bulk.Entry(bare, told)], by=PERSON)
        heads = {event.subject: event for event in Event.objects.filter(number=1)}
        bulk.append(
            "test", "leave", [bulk.Entry(one, {}, last=1, head=heads[one].digest) for one in (second, bare)], by=PERSON
        )

    one, other = Event.objects.get(subject=first), Event.objects.get(subject=second, number=1)
    assert events.opened(other) == events.opened(one)
    same = ("subject_kind", "number", "verb", "by_kind", "by", "legal_date", "previous")
    assert [getattr(other, name) for name in same] == [getattr(one, name) for name in same]
    assert [events.verify_chain(subject, "test") for subject in (first, second, bare)] == [[], [], []]
    assert [event.verb for event in Event.objects.about("test", bare)] == ["enter", "leave"]
    assert Pending.objects.count() == Event.objects.count()


def test_append_many_refuses_a_field_that_is_given_twice(node: Node) -> None:
    with pytest.raises(ValueError, match="given twice"), transaction.atomic():
        bulk.append("test", "enter", [bulk.Entry(uuid.uuid4(), {"name": 1}, {"name": "x"})], by=PERSON)

    assert Event.objects.count() == 0


def test_rows_are_counted_after_many_were_written(node: Node) -> None:
    with transaction.atomic():
        bulk.append("test", "enter", [bulk.Entry(uuid.uuid4(), {"n": n}) for n in range(300)], by=PERSON)
        bulk.counted(Event, Pending)

    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT reltuples FROM pg_class WHERE relname = 'record_event'")
            assert cursor.fetchone()[0] >= 300
    assert Event.objects.filter(subject_kind="test").count() == 300
