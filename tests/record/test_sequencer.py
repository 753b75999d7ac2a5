"""Places: each event exactly one, whatever the order of commits."""

import threading
from uuid import UUID, uuid4

import pytest
from django.db import connection, transaction

from lianqiao.record import events, log, merkle, sequencer
from lianqiao.record.models import Event, Node, Pending, Place, TreeNode

from .conftest import PERSON


def happened(count: int) -> None:
    with transaction.atomic():
        for _n in range(count):
            events.append("case", uuid4(), "say", by=PERSON, data={}, number=1, previous="")


def test_places_in_batches_up_to_the_limit(node: Node) -> None:
    happened(7)
    assert [sequencer.place_pending(3) for _n in range(4)] == [3, 3, 1, 0]
    assert list(Place.objects.order_by("place").values_list("place", "leaf", "event_id")) == [
        (n + 1, n, event) for n, event in enumerate(Event.objects.order_by("id").values_list("id", flat=True))
    ]
    assert Pending.objects.count() == 0


def test_stores_the_subtrees_that_every_proof_needs(node: Node, django_assert_num_queries: object) -> None:
    roots = []
    for size in range(1, 71):
        happened(1)
        sequencer.place_pending()
        leaves = [bytes.fromhex(value) for value in Place.objects.order_by("leaf").values_list("leaf_hash", flat=True)]
        stack: list[bytes] = leaves
        # the root, level by level: an odd last one goes up as it is
        while len(stack) > 1:
            pairs = [merkle.node_hash(*stack[n : n + 2]) for n in range(0, len(stack) - 1, 2)]
            stack = pairs + ([stack[-1]] if len(stack) % 2 else [])
        roots.append(stack[0])
        assert (log.size(), log.root(size)) == (size, stack[0].hex())
    assert TreeNode.objects.count() == 70 - (70).bit_count()
    for size in (1, 2, 13, 64, 69, 70):
        for leaf in range(size):
            with django_assert_num_queries(1):  # type: ignore[operator]
                proof = [bytes.fromhex(step) for step in log.inclusion(leaf, size, 1)]
            assert merkle.verify_inclusion(leaves[leaf], leaf, size, proof, roots[size - 1])
    for old in range(1, 70):
        with django_assert_num_queries(1):  # type: ignore[operator]
            proof = [bytes.fromhex(step) for step in log.consistency(old, 70, 1)]
        assert merkle.verify_consistency(old, 70, roots[old - 1], roots[69], proof)


def test_grows_the_same_tree_in_one_batch_as_one_by_one(node: Node) -> None:
    happened(21)
    sequencer.place_pending(5)
    sequencer.place_pending()
    leaves = [bytes.fromhex(value) for value in Place.objects.order_by("leaf").values_list("leaf_hash", flat=True)]
    assert {(t.level, t.index): t.hash for t in TreeNode.objects.all()} == {
        (level, index): merkle.hash_of(
            (index << level, (index + 1) << level), lambda s: leaves[s[1]] if s[0] == 0 else stored(leaves, s)
        ).hex()
        for level in range(1, 5)
        for index in range(21 >> level)
    }


def stored(leaves: list[bytes], subtree: merkle.Subtree) -> bytes:
    level, index = subtree
    if level == 0:
        return leaves[index]
    return merkle.node_hash(stored(leaves, (level - 1, 2 * index)), stored(leaves, (level - 1, 2 * index + 1)))


@pytest.mark.django_db(transaction=True)
def test_places_an_event_that_commits_after_a_later_one(node: Node) -> None:
    """Commit order is not id order: the lower id is still invisible when the higher one is placed."""
    if connection.vendor == "sqlite":
        pytest.skip("SQLite has one writer at a time: commit order is id order")
    inserted, go_on = threading.Event(), threading.Event()

    def slow() -> None:
        try:
            with transaction.atomic():
                events.append("case", uuid4(), "slow", by=PERSON, data={}, number=1, previous="")
                inserted.set()
                go_on.wait(10)
        finally:
            connection.close()

    thread = threading.Thread(target=slow)
    thread.start()
    inserted.wait(10)
    happened(1)
    assert sequencer.place_pending() == 1
    go_on.set()
    thread.join()
    assert sequencer.place_pending() == 1
    assert list(Place.objects.order_by("place").values_list("place", "event__verb")) == [(1, "say"), (2, "slow")]
    assert Place.objects.get(place=2).event_id < Place.objects.get(place=1).event_id


@pytest.mark.django_db(transaction=True)
def test_places_each_event_once_under_concurrent_writers_and_sequencers(node: Node) -> None:
    writers, each, failures = 4, 25, []
    subjects: list[UUID] = [uuid4() for _n in range(writers)]
    done = threading.Event()

    def write(subject: UUID) -> None:
        try:
            number, previous = 1, ""
            for _n in range(each):
                with transaction.atomic():
                    made = events.append("case", subject, "say", by=PERSON, data={}, number=number, previous=previous)
                number, previous = number + 1, made.digest
        except Exception as error:
            failures.append(error)
        finally:
            connection.close()

    def place() -> None:
        try:
            while not done.is_set():
                sequencer.place_pending(7)
        except Exception as error:
            failures.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=write, args=[subject]) for subject in subjects]
    placing = [threading.Thread(target=place) for _n in range(2)]
    for thread in (*threads, *placing):
        thread.start()
    for thread in threads:
        thread.join()
    done.set()
    for thread in placing:
        thread.join()
    while sequencer.place_pending():
        pass
    assert failures == []
    total = writers * each
    assert list(Place.objects.order_by("place").values_list("place", "leaf")) == [(n + 1, n) for n in range(total)]
    assert Event.objects.filter(place=None).count() == 0
    for subject in subjects:
        placed = Event.objects.filter(subject=subject).order_by("place__place").values_list("number", flat=True)
        assert list(placed) == list(range(1, each + 1))
        assert events.verify_chain(subject) == []
