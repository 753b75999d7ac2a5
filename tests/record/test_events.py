import copy
from uuid import UUID, uuid4

import pytest
from django.db import IntegrityError, connection, transaction

from lianqiao.record import commitments, events, prepared, triggers
from lianqiao.record.events import COLUMNS, Fault
from lianqiao.record.models import Event, Node, Pending, Sealed
from lianqiao.record.refusal import Refused

from .conftest import PERSON


def written(case: UUID, count: int = 3) -> list[Event]:
    with transaction.atomic():
        return [
            events.append("case", case, "say", by=PERSON, data={"n": n}, erasable={"text": f"话{n}"})
            for n in range(count)
        ]


def test_appends_a_chain_that_verifies(node: Node, case: UUID) -> None:
    first, second, third = written(case)
    assert [event.number for event in (first, second, third)] == [1, 2, 3]
    assert [event.previous for event in (first, second, third)] == ["", first.digest, second.digest]
    assert events.verify_chain(case) == []


def test_appends_with_two_inserts_and_no_look_up(node: Node, case: UUID, django_assert_num_queries: object) -> None:
    written(case, 1)
    one, two = (0, 0) if prepared.is_possible() else (1, 2)  # what is prepared is not counted
    with transaction.atomic(), django_assert_num_queries(one):  # type: ignore[operator]
        made = events.append("case", uuid4(), "say", by=PERSON, data={}, number=1, previous="")
    with transaction.atomic(), django_assert_num_queries(two):  # type: ignore[operator]
        made = events.append(
            "case", made.subject, "say", by=PERSON, data={}, erasable={"t": "x"}, number=2, previous=made.digest
        )
    with django_assert_num_queries(0):  # type: ignore[operator]
        assert events.opened(made) == {"t": "x"}
    assert events.verify_chain(made.subject) == []


@pytest.mark.skipif("connection.vendor != 'postgresql'", reason="SQLite has the one way only")
@pytest.mark.parametrize("erasable", [{}, {"t": "“引号” \\ %s {} 😀\n", "u": ""}], ids=["open", "sealed"])
def test_writes_the_same_rows_both_ways(node: Node, case: UUID, erasable: dict[str, str]) -> None:
    data = {"n": 1, "list": [1, "二", None, True], "nested": {"%s": "\\", "quote": "'\""}}
    event = events.compose("case", case, "say", by=PERSON, data=data, erasable=erasable, number=1, previous="")
    told = []
    for write in (events._write, events._write_at_once):
        given = copy.deepcopy(event)
        with transaction.atomic():
            write(given)
            assert (given._state.adding, given._state.db) == (False, "default")
            kept = Event.objects.about("case", case).values("sealed__values", *COLUMNS)
            told.append([*kept, Pending.objects.filter(event=given).count()])
            assert events.verify_chain(case) == []
            transaction.set_rollback(True)  # so that it can be written another way
    assert told[0] == told[1]
    assert len(told[0]) == 2


def test_refuses_append_when_number_is_taken(node: Node, case: UUID) -> None:
    (first,) = written(case, 1)
    with pytest.raises(IntegrityError), transaction.atomic():
        events.append("case", case, "say", by=PERSON, data={}, number=1, previous="")
    assert list(Event.objects.about("case", case)) == [first]


@pytest.mark.django_db(transaction=True)
def test_refuses_append_outside_a_transaction(node: Node, case: UUID) -> None:
    with pytest.raises(transaction.TransactionManagementError):
        events.append("case", case, "say", by=PERSON, data={})
    assert Event.objects.count() == 0


@pytest.mark.parametrize("data", [{"text": 1}, {"x": {"commitment": "0"}}, {"n": 2**60}, {"n": float("nan")}])
def test_refuses_data_that_has_no_one_form(node: Node, case: UUID, data: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"."), transaction.atomic():
        events.append("case", case, "say", by=PERSON, data=data, erasable={"text": "t"})
    assert Event.objects.count() == 0


def test_erases_a_value_and_the_chain_still_verifies(node: Node, case: UUID) -> None:
    first = written(case)[0]
    salt = Sealed.objects.get(event=first).values["text"]["salt"]
    with transaction.atomic():
        told = events.erase(first, "text", by=PERSON, why="request")
    first = Event.objects.about("case", case).get(number=1)
    assert events.opened(first) == {"n": 0, "text": {"erased": True}}
    for event in Event.objects.about("case", case):
        assert {name: events.opened_one(event, name) for name in event.data} == events.opened(event)
    assert told.data == {"event": first.digest, "field": "text", "why": "request"}
    assert events.verify_chain(case) == []
    assert first.data["text"] == {"commitment": commitments.commit("text", "话0", bytes.fromhex(salt))}
    assert Sealed.objects.get(event=first).values == {}


def test_refuses_to_erase_twice_or_what_is_not_erasable(node: Node, case: UUID) -> None:
    first = written(case, 1)[0]
    with transaction.atomic():
        events.erase(first, "text", by=PERSON, why="request")
    with pytest.raises(Refused) as refused, transaction.atomic():
        events.erase(first, "text", by=PERSON, why="again")
    assert (refused.value.code, refused.value.status) == ("already-erased", 409)
    with pytest.raises(Refused) as refused, transaction.atomic():
        events.erase(first, "n", by=PERSON, why="again")
    assert (refused.value.code, refused.value.status) == ("no-such-field", 404)
    assert Event.objects.count() == 2


@pytest.mark.parametrize(
    ("sql", "faults"),
    [
        ("UPDATE record_event SET verb = 'other' WHERE number = 2", [Fault(2, "digest")]),
        ("UPDATE record_event SET previous = digest WHERE number = 3", [Fault(3, "previous"), Fault(3, "digest")]),
        ("DELETE FROM record_event WHERE number = 2", [Fault(3, "gap")]),
        (
            'UPDATE record_sealed SET "values" = (SELECT s."values" FROM record_sealed s JOIN record_event e'
            " ON e.id = s.event_id WHERE e.number = 1) WHERE event_id ="
            " (SELECT id FROM record_event WHERE number = 2)",
            [Fault(2, "commitment")],
        ),
    ],
)
def test_finds_what_was_changed_behind_the_triggers(node: Node, case: UUID, sql: str, faults: list[Fault]) -> None:
    written(case)
    triggers.drop("default")
    with connection.cursor() as cursor:
        if sql.startswith("DELETE"):
            cursor.execute("DELETE FROM record_sealed WHERE event_id = (SELECT id FROM record_event WHERE number = 2)")
        cursor.execute(sql)
    triggers.install()
    assert events.verify_chain(case) == faults
