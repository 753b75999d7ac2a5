import threading
from collections.abc import Iterator, Sequence
from uuid import uuid4

import pytest
from django.db import connection, transaction

from lianqiao.record import events, followers, sequencer
from lianqiao.record.models import Event, Follower, Node, NodeKey

from .conftest import PERSON
from .test_sequencer import happened

seen: list[int] = []


@pytest.fixture(autouse=True)
def _registry() -> Iterator[None]:
    kept = dict(followers.registered)
    followers.registered.clear()
    seen.clear()
    yield
    followers.registered.clear()
    followers.registered.update(kept)


def effect(event: Event) -> None:
    """An effect in the database: a row for each event."""
    NodeKey.objects.create(kid=str(event.place.place), algorithm=str(event.pk), public="", valid_from=event.recorded_at)


def effects() -> list[int]:
    return sorted(int(kid) for kid in NodeKey.objects.values_list("kid", flat=True))


def test_hands_over_events_by_place_with_what_was_sealed(node: Node, django_assert_num_queries: object) -> None:
    told: list[tuple[int, dict[str, object]]] = []

    @followers.follower("reader")
    def read(batch: Sequence[Event]) -> None:
        told.extend((event.place.place, events.opened(event)) for event in batch)

    with transaction.atomic():
        for text in ("甲", "乙", "丙"):
            events.append("case", uuid4(), "say", by=PERSON, data={}, erasable={"t": text})
    sequencer.place_pending()
    assert [followers.run("reader", 2), followers.run("reader", 2), followers.run("reader", 2)] == [2, 1, 0]
    assert told == [(1, {"t": "甲"}), (2, {"t": "乙"}), (3, {"t": "丙"})]
    assert followers.place("reader") == 3


def test_refuses_a_second_follower_or_runner_of_one_name() -> None:
    followers.follower("one")(lambda batch: None)
    with pytest.raises(ValueError, match="there is a follower one already"):
        followers.follower("one")(lambda batch: None)
    with pytest.raises(ValueError, match="there is a runner checkpoint already"):
        followers.runner("checkpoint")(lambda: 0)


def test_undoes_effects_and_place_together_when_it_dies(node: Node) -> None:
    dies = [True]

    @followers.follower("effects")
    def work(batch: Sequence[Event]) -> None:
        for event in batch:
            effect(event)
            if dies and event.place.place == 3:
                raise SystemExit  # as a killed process: nothing of the house catches it

    happened(5)
    sequencer.place_pending()
    with pytest.raises(SystemExit):
        followers.run("effects")
    assert (effects(), followers.place("effects")) == ([], 0)
    dies.clear()
    assert followers.run("effects") == 5
    assert (effects(), followers.place("effects")) == ([1, 2, 3, 4, 5], 5)


def test_isolates_a_follower_that_raises(node: Node) -> None:
    broken = [True]

    @followers.follower("broken")
    def work(batch: Sequence[Event]) -> None:
        for event in batch:
            effect(event)
            if broken and event.place.place == 3:
                raise RuntimeError("cannot")

    @followers.follower("sound")
    def sound(batch: Sequence[Event]) -> None:
        seen.extend(event.place.place for event in batch)

    happened(5)
    sequencer.place_pending()
    assert followers.run_all() == 5
    assert seen == [1, 2, 3, 4, 5]
    assert (effects(), followers.place("broken")) == ([1, 2], 2)
    assert [(row.name, row.error) for row in followers.stopped()] == [("broken", "RuntimeError: cannot")]
    assert followers.run_all() == 0
    broken.clear()
    assert followers.run_all() == 3
    assert (effects(), followers.stopped()) == ([1, 2, 3, 4, 5], [])


@pytest.mark.django_db(transaction=True)
def test_handles_each_event_once_in_two_processes_at_once(node: Node) -> None:
    @followers.follower("effects")
    def work(batch: Sequence[Event]) -> None:
        for event in batch:
            effect(event)

    happened(60)
    sequencer.place_pending()
    failures: list[Exception] = []

    def follow() -> None:
        try:
            while followers.place("effects") < 60:
                followers.run("effects", 3)
        except Exception as error:
            failures.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=follow) for _n in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert (effects(), Follower.objects.get().place) == (list(range(1, 61)), 60)


def test_passes_over_what_means_nothing_to_a_follower_and_hands_over_whole_batches(node: Node) -> None:
    @followers.follower("deaf", wants=lambda event: False)
    def deaf(batch: Sequence[Event]) -> None:
        raise AssertionError("nothing is for it")

    @followers.follower("third", wants=lambda event: event.number == 1 and event.place.place == 3)
    def third(batch: Sequence[Event]) -> None:
        seen.extend(event.place.place for event in batch)

    happened(5)
    sequencer.place_pending()
    assert [followers.run_all(2) for _n in range(4)] == [2, 2, 1, 0]
    assert (seen, followers.place("deaf"), followers.place("third")) == ([3, 4], 5, 5)
    assert followers.run("third") == 0
