"""Delivers parcels: rows with a lease, called in parallel, written back in one transaction. A crash means a second copy, never a loss."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from random import uniform
from uuid import UUID

import httpx
from django.db import transaction
from django.db.models import Q

from lianqiao.record.time import now

from . import alarms, calls, peers, rotation, signing, wire
from .models import ParcelOut, Peer

LEASE = timedelta(seconds=60)
LONGEST_PAUSE = 900.0
THREADS = 8
BATCH = 64
UNREACHED = {0, 502, 503, 504}


def deliver(http: httpx.Client, limit: int = BATCH) -> int:
    """Delivers up to `limit` parcels that are due; returns how many were tried.

    A signed success ends a parcel as delivered, a signed final refusal as refused (with an alarm). Anything else is
    tried again, at growing distance, for 72 hours; then the parcel is dead (with an alarm) until the peer is heard again.
    """
    claimed = claim(limit)
    if not claimed:
        return 0
    by_peer: dict[str, list[ParcelOut]] = {}
    for parcel in claimed:
        by_peer.setdefault(parcel.peer_id, []).append(parcel)
    with ThreadPoolExecutor(len(by_peer)) as threads:
        rounds = [threads.submit(attempt, http, peers.target(code), batch) for code, batch in by_peer.items()]
        replies = {pk: reply for done in rounds for pk, reply in done.result().items()}
    finish(replies, {parcel.pk: parcel.lease_until for parcel in claimed})
    return len(claimed)


def claim(limit: int) -> list[ParcelOut]:
    """Leases parcels that are due and whose peer is active: nobody else takes them while the lease lasts."""
    callable_now = Q(peer__retry_at__isnull=True) | Q(peer__retry_at__lte=now())
    due = ParcelOut.objects.filter(
        callable_now, state=ParcelOut.State.WAITING, next_attempt_at__lte=now(), peer__state=Peer.State.ACTIVE
    ).order_by("next_attempt_at", "epoch", "sequence")
    if not due.exists():
        return []  # without a transaction: on SQLite that would hold up every writer
    skip = transaction.get_connection().features.has_select_for_update_skip_locked
    with transaction.atomic():
        rows = list(due.select_for_update(skip_locked=skip, of=("self",) if skip else ())[:limit])
        until = now() + LEASE
        ParcelOut.objects.filter(pk__in=[row.pk for row in rows]).update(lease_until=until, next_attempt_at=until)
    for row in rows:
        row.lease_until = until
    return rows


def attempt(http: httpx.Client, target: calls.Target, batch: list[ParcelOut]) -> dict[UUID, calls.Reply]:
    """Delivers the parcels for one peer. If the first finds nobody there, the others share its reply: no waiting in a row."""

    def one(parcel: ParcelOut) -> calls.Reply:
        return calls.call(http, target, "POST", wire.PARCELS, parcel.body.encode(), wire.PARCEL_TYPE)

    first = one(batch[0])
    if first.status == 0 or len(batch) == 1:
        return {parcel.pk: first for parcel in batch}
    with ThreadPoolExecutor(THREADS) as threads:
        others = threads.map(one, batch[1:])
        return dict(zip([parcel.pk for parcel in batch], [first, *others], strict=True))


@transaction.atomic
def finish(replies: dict[UUID, calls.Reply], leases: dict[UUID, datetime | None]) -> None:
    """Writes what came of the attempts, in one transaction; a row that a person or another worker has moved since stays."""
    rows = list(ParcelOut.objects.select_for_update().filter(pk__in=replies).order_by("pk"))
    rows = [row for row in rows if row.state == ParcelOut.State.WAITING and row.lease_until == leases[row.pk]]
    for row in rows:
        write_back(row, replies[row.pk])
        if row.to_erase and row.state in (ParcelOut.State.DELIVERED, ParcelOut.State.REFUSED):
            row.body, row.erased_at, row.to_erase = "", now(), False
    ParcelOut.objects.bulk_update(
        rows,
        [
            "attempts",
            "lease_until",
            "last_status",
            "last_error",
            "state",
            "answered_at",
            "acknowledgement",
            "next_attempt_at",
            "body",
            "erased_at",
            "to_erase",
        ],
    )
    for peer in sorted({row.peer_id for row in rows}):
        states = {row.last_status for row in rows if row.peer_id == peer}
        if states <= UNREACHED:
            peers.not_reached(peer)
        else:
            peers.reached(peer)


def write_back(row: ParcelOut, reply: calls.Reply) -> None:
    """Sets on the row, unsaved, what one reply means for it; raises the alarms."""
    row.attempts += 1
    row.lease_until = None
    row.last_status, row.last_error = reply.status, ""
    if reply.ok and acknowledges(reply, row):
        row.state, row.answered_at = ParcelOut.State.DELIVERED, now()
        row.acknowledgement = {
            "status": reply.status, "body": reply.body.decode(), "headers": signing.kept(reply.headers),
            "request": signing.proof("POST", wire.PARCELS, reply.asked),
        }  # fmt: skip
        rotation.acknowledged(row)
    elif reply.final:
        row.state, row.answered_at, row.last_error = ParcelOut.State.REFUSED, now(), reply.why[:300]
        alarms.raise_alarm("parcel-refused", node=row.peer_id, subject=str(row.pk), kind=row.kind, why=reply.why)
    else:
        row.last_error = (reply.why if not reply.ok else "another parcel was acknowledged")[:300]
        row.next_attempt_at = next_attempt(row.attempts, reply)
        if reply.signed and reply.value.get("code") == "clock-skew":
            peers.clock_differs(row.peer, reply.signed.skew_seconds)
        if row.next_attempt_at >= row.give_up_at:
            row.state = ParcelOut.State.DEAD
            alarms.raise_alarm("parcel-dead", node=row.peer_id, subject=str(row.pk), kind=row.kind, why=row.last_error)


def acknowledges(reply: calls.Reply, parcel: ParcelOut) -> bool:
    """Whether a signed success is the proof of receipt of this very parcel by this very peer."""
    said = reply.value
    return (said.get("parcel"), said.get("digest"), said.get("receiver")) == (
        str(parcel.pk),
        parcel.digest,
        parcel.peer_id,
    )


def next_attempt(attempts: int, reply: calls.Reply) -> datetime:
    """1, 2, 4 seconds and so on to 15 minutes, with a tenth of chance; never before the peer's own Retry-After."""
    pause = min(2.0 ** (attempts - 1), LONGEST_PAUSE) * uniform(0.9, 1.1)  # noqa: S311
    asked = str(reply.headers.get("retry-after", ""))
    if asked.isdecimal() and len(asked) < 6:
        pause = max(pause, min(float(asked), LONGEST_PAUSE))
    return now() + timedelta(seconds=pause)


def waiting_for(peer: str) -> int:
    """How many parcels the peer has not acknowledged."""
    return ParcelOut.objects.filter(peer=peer).exclude(state=ParcelOut.State.DELIVERED).count()
