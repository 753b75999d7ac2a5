"""Who has read what is confidential: one row per look, which nobody can change or drop unnoticed.

A door says who visits (`visiting`); whoever opens something confidential for them calls `note`. Each day that is over is sealed by one event with
the Merkle root of its rows. A look that cannot be written down is refused: it is answered with 503, not silently.
"""

from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import date, timedelta
from uuid import UUID

from django.db import DatabaseError, transaction
from django.utils.translation import gettext_lazy as _

from lianqiao.record import events, merkle, nodes, time
from lianqiao.record.actors import Actor
from lianqiao.record.canonical import digest
from lianqiao.record.followers import runner
from lianqiao.record.models import Event, Read
from lianqiao.record.refusal import Refused

SETTLED = timedelta(minutes=10)
"""So long after midnight the day is sealed: a look that began before it has been written by then."""
SEAL = "seal_reads"


@dataclass
class Visit:
    """Somebody reads through a door: which one, what part, and, asked when it is needed, by which token."""

    door: str
    part: str
    token: Callable[[], str] = str
    noted: set[UUID] = field(default_factory=set)


_visit: ContextVar[Visit | None] = ContextVar("lianqiao_visit", default=None)


@contextmanager
def visiting(visit: Visit) -> Iterator[None]:
    """For the time of the block somebody reads through the door."""
    before = _visit.set(visit)
    try:
        yield
    finally:
        _visit.reset(before)


def note(by: str, subjects: Collection[UUID], *, identity: bool, stead: Collection[str] = ()) -> None:
    """Write down that somebody sees these subjects now; `identity`: also who files. Once for each visit. Nothing outside of a visit.

    One insert, which is a transaction of its own. Refuses ("read-not-recorded", 503) when it cannot be written.
    """
    visit = _visit.get()
    fresh = [one for one in subjects if visit and one not in visit.noted]
    if visit is None or not fresh:
        return
    moment = time.now()
    try:
        Read.objects.create(
            at=moment, day=time.day_of(moment), by=by, stead=" ".join(sorted(stead))[:400], identity=identity,
            subjects=f" {' '.join(str(one) for one in fresh)} ", part=visit.part[:32], door=visit.door,
            token=visit.token()[:64],
        )  # fmt: skip
    except DatabaseError as error:
        raise Refused(
            "read-not-recorded",
            _("This is confidential and the look could not be recorded, so it is not shown. Try again later."),
            status=503,
        ) from error
    visit.noted.update(fresh)


# Sealing


def digest_of(row: Read) -> str:
    """What the seal of a day covers of one row."""
    return digest(
        {
            "id": row.pk, "at": time.stamp(row.at), "day": row.day.isoformat(), "by": row.by, "stead": row.stead, "subjects": row.subjects,
            "part": row.part, "identity": row.identity, "door": row.door, "token": row.token,
        }
    )  # fmt: skip


def root_of(day: date) -> tuple[int, str]:
    """How many rows the day has, and the root of the Merkle tree over their digests, in the order of their ids (RFC 6962)."""
    level = [
        merkle.leaf_hash(bytes.fromhex(digest_of(row)))
        for row in Read.objects.filter(day=day).order_by("pk").iterator()
    ]
    count = len(level)
    return count, _root(level).hex() if level else ""


def _root(leaves: list[bytes]) -> bytes:
    if len(leaves) == 1:
        return leaves[0]
    split = 1 << ((len(leaves) - 1).bit_length() - 1)
    return merkle.node_hash(_root(leaves[:split]), _root(leaves[split:]))


def sealed() -> dict[date, Event]:
    """The events that seal days, by day."""
    found = Event.objects.about("node", nodes.subject(nodes.this_node().code)).filter(verb=SEAL)
    return {date.fromisoformat(event.data["day"]): event for event in found}


def seals(*, limit: int, before: int | None = None) -> list[Event]:
    """The events that seal days, the newest first, behind the one with the number `before`."""
    found = Event.objects.about("node", nodes.subject(nodes.this_node().code)).filter(verb=SEAL).order_by("-number")
    return list((found.filter(number__lt=before) if before else found)[:limit])


@runner("reads")
def seal_due() -> int:
    """Seal each day with looks that is over; how many."""
    before = time.day_of(time.now() - SETTLED)
    waiting = Read.objects.filter(day__lt=before).order_by("-day").values_list("day", flat=True).first()
    if waiting is None:
        return 0
    done = sealed()
    if waiting in done:
        return 0
    days = set(
        Read.objects.filter(day__lt=before, day__gt=max(done, default=date.min))
        .values_list("day", flat=True)
        .distinct()
    )
    return sum(seal(day) for day in sorted(days - done.keys()))


def seal(day: date) -> bool:
    """Seal one day; False when another process has done it."""
    code = nodes.this_node().code
    with transaction.atomic():
        if day in sealed():
            return False
        count, root = root_of(day)
        data = {"day": day.isoformat(), "count": count, "root": root}
        events.append("node", nodes.subject(code), SEAL, by=Actor.node(code), data=data)
    return True


def faults() -> list[date]:
    """The sealed days whose rows are not those that were sealed."""
    return [day for day, event in sorted(sealed().items()) if root_of(day) != (event.data["count"], event.data["root"])]
