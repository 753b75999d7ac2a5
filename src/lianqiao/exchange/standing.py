"""How it stands with the other nodes: when each was heard, what waits for it, how far its clock is off, what of its log we have cosigned."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, OuterRef, Q, Subquery

from .models import ParcelIn, ParcelOut, Peer, PeerCheckpoint


@dataclass(frozen=True)
class Standing:
    """One node. `waiting`: parcels to it that it has not acknowledged; `given_up`: of these, those that were refused or given up;
    `unsettled`: parcels of it that are not worked on, or wait for another one."""

    peer: Peer
    last_parcel_at: datetime | None
    waiting: int
    given_up: int
    unsettled: int
    cosigned: PeerCheckpoint | None


def standings() -> list[Standing]:
    """Every known node. Four queries."""
    out = ParcelOut.objects.exclude(state=ParcelOut.State.DELIVERED).order_by().values("peer")
    waiting: dict[str, dict[str, Any]] = {
        row["peer"]: dict(row)
        for row in out.annotate(count=Count("pk"), lost=Count("pk", filter=Q(state__in=["refused", "dead"])))
    }
    open_in = ParcelIn.objects.filter(state__in=["stored", "waiting"]).order_by().values("peer")
    unsettled = {row["peer"]: row["count"] for row in open_in.annotate(count=Count("pk"))}
    cosigned = {row.peer_id: row for row in PeerCheckpoint.objects.order_by("epoch")}
    newest = ParcelIn.objects.filter(peer=OuterRef("pk"), epoch=OuterRef("epoch")).order_by("-sequence")
    peers = Peer.objects.annotate(last_parcel_at=Subquery(newest.values("received_at")[:1]))
    return [
        Standing(
            peer, getattr(peer, "last_parcel_at"), waiting.get(peer.pk, {}).get("count", 0),  # noqa: B009
            waiting.get(peer.pk, {}).get("lost", 0), unsettled.get(peer.pk, 0), cosigned.get(peer.pk),
        )
        for peer in peers
    ]  # fmt: skip
