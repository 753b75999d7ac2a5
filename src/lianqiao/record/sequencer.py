"""Gives every committed event its one place in the log, and grows the tree of the present epoch."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from django.db import connection, transaction
from django.db.models import Q, Value

from lianqiao.record import merkle, nodes
from lianqiao.record.models import Pending, Place, TreeNode

LOCK = 0x6C69616E  # the advisory lock of whoever changes the log, on PostgreSQL
LARGEST = 500


@contextmanager
def alone() -> Iterator[None]:
    """A transaction in which nobody else changes the log; others wait. On SQLite every write transaction is that."""
    with transaction.atomic():
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
        yield


def place_pending(limit: int = LARGEST) -> int:
    """Place the oldest unplaced events, at most `limit` (never more than 500); how many.

    Takes what is unplaced, never what has a greater id than the last: events commit in another order than their ids.
    Events of one subject keep their order, because they commit one after the other.
    """
    if not Pending.objects.exists():
        return 0
    with alone():
        pending = list(
            Pending.objects.order_by("event_id").values_list("event_id", "event__digest")[: min(limit, LARGEST)]
        )
        if not pending:
            return 0
        epoch = nodes.epoch()
        last = Place.objects.order_by("-place").first()
        place = last.place + 1 if last else 1
        leaf = last.leaf + 1 if last and last.epoch == epoch else 0
        hashes = [merkle.leaf_hash(bytes.fromhex(digest)) for _event, digest in pending]
        Place.objects.bulk_create(
            Place(place=place + n, event_id=event, epoch=epoch, leaf=leaf + n, leaf_hash=hashes[n].hex())
            for n, (event, _digest) in enumerate(pending)
        )
        TreeNode.objects.bulk_create(
            TreeNode(epoch=epoch, level=level, index=index, hash=value.hex())
            for (level, index), value in grown(epoch, leaf, hashes)
        )
        Pending.objects.filter(event_id__in=[event for event, _digest in pending]).delete()
    return len(pending)


def grown(epoch: int, size: int, leaves: list[bytes]) -> list[tuple[merkle.Subtree, bytes]]:
    """The complete subtrees above the leaves that come into being when `leaves` follow a tree of `size`."""
    frontier = merkle.subtrees((0, size))
    known = stored(epoch, frontier)
    stack = [(subtree, known[subtree]) for subtree in frontier]
    made = []
    for index, leaf in enumerate(leaves, size):
        stack.append(((0, index), leaf))
        while len(stack) > 1 and stack[-1][0][0] == stack[-2][0][0]:
            (level, right), value = stack.pop()
            _left, before = stack.pop()
            parent = ((level + 1, right >> 1), merkle.node_hash(before, value))
            stack.append(parent)
            made.append(parent)
    return made


def stored(epoch: int, wanted: list[merkle.Subtree]) -> dict[merkle.Subtree, bytes]:
    """The hashes of complete subtrees, all in one query; at most two for each level of the tree are ever asked for."""
    leaves = [index for level, index in wanted if level == 0]
    above = [Q(level=level, index=index) for level, index in wanted if level]
    places = Place.objects.filter(epoch=epoch, leaf__in=leaves).values_list(Value(0), "leaf", "leaf_hash")
    nodes = TreeNode.objects.filter(Q(*above, _connector=Q.OR), epoch=epoch).values_list("level", "index", "hash")
    if above:
        rows: Iterable[tuple[int, int, str]] = places.union(nodes, all=True) if leaves else nodes
    else:
        rows = places if leaves else []
    return {(level, index): bytes.fromhex(value) for level, index, value in rows}
