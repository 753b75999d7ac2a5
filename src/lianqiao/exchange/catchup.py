"""Catching up: fetches what a peer has for us behind the last place without a gap, at start and when it is heard again."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import httpx
from django.db.models import Max, Q

from lianqiao.record.refusal import Refused
from lianqiao.record.time import now

from . import calls, door, inbox, peers, wire
from .models import ParcelIn, ParcelOut, Peer
from .parcels import Place

REGULARLY = timedelta(hours=1)
SOON = timedelta(seconds=30)
CONTENT = (409, 413, 422)


def at_start() -> None:
    """Asks every peer's outbox in the first round of this process, and tries every waiting parcel at once, also those that a process had in
    hand when it was killed: if it lives after all, the peer takes a second copy for what it is."""
    ParcelOut.objects.filter(state=ParcelOut.State.WAITING, lease_until__isnull=False).update(
        lease_until=None, next_attempt_at=now()
    )
    Peer.objects.filter(state=Peer.State.ACTIVE).update(pull_after=None)
    for peer in Peer.objects.filter(state=Peer.State.ACTIVE):
        peers.try_now(peer)


def work(http: httpx.Client) -> int:
    """Pulls from the peers whose turn it is; returns how many parcels came."""
    due = Q(pull_after__isnull=True) | Q(pull_after__lte=now())
    callable_now = Q(retry_at__isnull=True) | Q(retry_at__lte=now())
    return sum(pull(http, peer) for peer in Peer.objects.filter(due, callable_now, state=Peer.State.ACTIVE))


def pull(http: httpx.Client, peer: Peer) -> int:
    """Fetches the peer's outbox behind the place reached, page by page, each parcel through the same door as if posted."""
    advance(peer)
    count, place = 0, Place(peer.received_epoch, peer.received_upto)
    for value in pages(http, peer, wire.OUTBOX, place):
        for item in value["parcels"]:
            try:
                place = take(item)
            except Refused:
                Peer.objects.filter(pk=peer.pk).update(
                    received_epoch=place.epoch, received_upto=place.sequence, pull_after=now() + SOON
                )
                return count
            count += 1
        Peer.objects.filter(pk=peer.pk).update(received_epoch=place.epoch, received_upto=place.sequence)
    return count


def take(item: dict[str, Any]) -> Place:
    """Takes one item of an outbox in; returns its place. Content that can never be taken counts as seen.

    Refuses what can be taken later: an unknown key, a clock that differs, a database that cannot write.
    """
    place = Place(int(item["epoch"]), int(item["sequence"]))
    if not item.get("erased"):
        try:
            door.fetch(item["headers"], str(item["body"]).encode())
        except Refused as refused:
            if refused.status not in CONTENT:
                raise
    return place


def pages(http: httpx.Client, peer: Peer, path: str, place: Place) -> Iterator[dict[str, Any]]:
    """The pages of a list that a peer keeps by place. Sets when to ask again: soon after a failure, else regularly."""
    target = peers.target(peer.code)
    while True:
        reply = calls.call(http, target, "GET", f"{path}?after={place}")
        if not (reply.ok and isinstance(reply.value.get("parcels"), list)):
            Peer.objects.filter(pk=peer.pk).update(pull_after=now() + SOON)
            if reply.status == 0:
                peers.not_reached(peer.code)
            return
        peers.reached(peer.code)
        items = reply.value["parcels"]
        if not items:
            Peer.objects.filter(pk=peer.pk).update(pull_after=now() + REGULARLY)
            return
        yield reply.value
        place = Place(int(items[-1]["epoch"]), int(items[-1]["sequence"]))


def advance(peer: Peer) -> None:
    """Moves the place reached over the parcels that came by themselves, as far as there is no gap."""
    rows = ParcelIn.objects.filter(peer=peer, epoch=peer.received_epoch, sequence__gt=peer.received_upto)
    for sequence in rows.order_by("sequence").values_list("sequence", flat=True).iterator():
        if sequence != peer.received_upto + 1:
            break
        peer.received_upto = sequence
    Peer.objects.filter(pk=peer.pk, received_epoch=peer.received_epoch, received_upto__lt=peer.received_upto).update(
        received_upto=peer.received_upto
    )


def notice_gaps() -> None:
    """A place beyond the next one, some time old, means that a parcel is missing: its peer's outbox is asked soon."""
    settled = Q(received_at__lt=now() - SOON)
    for peer in Peer.objects.filter(state=Peer.State.ACTIVE, pull_after__gt=now() + SOON):
        advance(peer)
        rows = ParcelIn.objects.filter(settled, peer=peer)
        newest = rows.filter(epoch=peer.received_epoch).aggregate(most=Max("sequence"))["most"] or 0
        if newest > peer.received_upto or rows.filter(epoch__gt=peer.received_epoch).exists():
            Peer.objects.filter(pk=peer.pk).update(pull_after=None)


def heed_the_clock() -> None:
    """What is due further off than any pause lasts was put there by a clock that was ahead and has been set right since: it is due now."""
    at = now()
    later = at + 2 * REGULARLY
    ParcelOut.objects.filter(state=ParcelOut.State.WAITING, next_attempt_at__gt=later).update(
        lease_until=None, next_attempt_at=at
    )
    ParcelIn.objects.filter(state__in=inbox.UNSETTLED, next_try_at__gt=later).update(next_try_at=at)
    Peer.objects.filter(retry_at__gt=later).update(retry_at=None)
    Peer.objects.filter(pull_after__gt=later).update(pull_after=None)


def gap_before(parcel: ParcelIn) -> bool:
    """Whether a place before this parcel in the peer's stream has not been reached."""
    peer = Peer.objects.get(pk=parcel.peer_id)
    if peer.received_epoch == parcel.epoch:
        advance(peer)
        return peer.received_upto + 1 < parcel.sequence
    return peer.received_epoch < parcel.epoch
