"""What a process remembers of the registry for 30 seconds, so that a busy door asks the database only for what is new.

Only what was found is remembered. A change empties the memory of its own process at once and reaches the others within those 30 seconds.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import date
from typing import Generic, TypeVar
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from lianqiao.registry.models import Agency, EnterpriseAssociation, Target

SECONDS = 30.0
MOST = 10_000

Key = TypeVar("Key")
Value = TypeVar("Value")


class Remembered(Generic[Key, Value]):
    """Answers of `find` by their key."""

    def __init__(self, find: Callable[[Key], Value | None]) -> None:
        self.find = find
        self.held: dict[Key, tuple[float, Value]] = {}
        memories.append(self.held)

    def get(self, key: Key) -> Value | None:
        """What `find` says of the key now, or said in the last 30 seconds; None is asked again each time."""
        tick = time.monotonic()
        kept = self.held.get(key)
        if kept is not None and tick - kept[0] < SECONDS:
            return kept[1]
        value = self.find(key)
        if value is None:
            return None
        if len(self.held) >= MOST:
            self.held.clear()
        self.held[key] = (tick, value)
        return value


memories: list[dict] = []  # type: ignore[type-arg]


def forget() -> None:
    """Empty the memory of this process now, and again when the transaction that changes something has been committed."""
    empty()
    transaction.on_commit(empty)


def empty() -> None:
    """Empty the memory of this process, whatever the transaction does; for tests, and when nothing is being changed."""
    for held in memories:
        held.clear()


def agency(code: str) -> Agency | None:
    """The active agency with this code, with its region; None if there is none."""
    return _agencies.get(code)


def agency_with(pk: UUID) -> Agency:
    """The agency with this id, active or not, with its region. Raises Agency.DoesNotExist."""
    found = _agencies_by_id.get(pk)
    if found is None:
        raise Agency.DoesNotExist(pk)
    return found


def agencies(node: str) -> tuple[Agency, ...]:
    """The active agencies of the node with their regions, each behind the one above it."""
    return _of_node.get(node) or ()


def target(programme: str, limit: str, on: date) -> Target | None:
    """The node's own target for one limit of a programme on the day; None if it has set none."""
    found = _targets.get((programme, limit, on))
    return found[0] if found else None


def associations(enterprise: UUID, on: date) -> tuple[int, ...]:
    """The ids of the memberships in chambers and workstations that hold on the day, of the enterprise that stands, or of a row that
    is merged into it."""
    return _associations.get((enterprise, on)) or ()


_associations = Remembered[tuple[UUID, date], tuple[int, ...]](
    lambda key: tuple(
        EnterpriseAssociation.objects.active(key[1])
        .filter(Q(enterprise=key[0]) | Q(enterprise__root=key[0]))
        .values_list("pk", flat=True)
    )
)
_agencies = Remembered[str, Agency](
    lambda code: Agency.objects.filter(code=code, active=True).select_related("region").first()
)
_agencies_by_id = Remembered[UUID, Agency](lambda pk: Agency.objects.filter(pk=pk).select_related("region").first())
_of_node = Remembered[str, tuple[Agency, ...]](
    lambda node: tuple(Agency.objects.of_node(node).filter(active=True).select_related("region").order_by("path"))
)
_targets = Remembered[tuple[str, str, date], tuple[Target | None]](lambda key: (Target.objects.holding(*key),))
