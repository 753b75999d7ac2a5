"""What this node shows a peer of what it holds from it and for it."""

from typing import Any

from django.db.models import Q

from lianqiao.cases.models import Case
from lianqiao.record.nodes import epoch, this_node

from . import peers, signing, wire
from .models import ParcelIn, ParcelOut, Peer, PeerCheckpoint
from .parcels import Place

PAGE = 500


def deliverable(peer: Peer, parcel: ParcelOut) -> dict[str, Any]:
    """A parcel as the request that would deliver it now; of an erased one only its place and digest."""
    item: dict[str, Any] = {"epoch": parcel.epoch, "sequence": parcel.sequence, "digest": parcel.digest}
    if parcel.erased_at:
        return item | {"erased": True}
    body = parcel.body.encode()
    headers = signing.sign_request(peers.our_key(peer.our_kid), "POST", wire.PARCELS, peer.code, body, wire.PARCEL_TYPE)
    return item | {"body": parcel.body, "headers": headers}


def stored(parcel: ParcelIn) -> dict[str, Any]:
    """A parcel as it came, with its sender's signature; of an erased one only its place and digest."""
    item: dict[str, Any] = {"epoch": parcel.epoch, "sequence": parcel.sequence, "digest": parcel.digest}
    if parcel.erased_at:
        return item | {"erased": True}
    return item | {"body": parcel.body, "proof": parcel.proof, "state": parcel.state}


def inbox_after(peer: Peer, place: Place) -> list[ParcelIn]:
    """One page of the parcels that came from the peer behind the place, in the order of its stream."""
    later = ParcelIn.objects.filter(peer=peer, epoch=place.epoch, sequence__gt=place.sequence)
    newer = ParcelIn.objects.filter(peer=peer, epoch__gt=place.epoch)
    page: list[ParcelIn] = []
    weight = 0
    for parcel in (later | newer).order_by("epoch", "sequence")[: wire.PAGE_PARCELS]:
        weight += len(parcel.body.encode())
        if page and weight > wire.PAGE_BYTES:
            break
        page.append(parcel)
    return page


def of(peer: Peer, after: str = "") -> dict[str, Any]:
    """What concerns the peer: how far its stream has come, the newest checkpoint of its log cosigned here, and one page of
    the dossiers that were ever between the two nodes, each with tenure and holder as this node sees them."""
    checkpoint = PeerCheckpoint.objects.filter(peer=peer).order_by("-epoch").first()
    if after and not after.isdecimal():
        raise wire.refuse("malformed", why="after")
    sides = Q(offered_to=peer.code) | Q(holder_node=peer.code) | Q(received_from=peer.code)
    rows = list(Case.objects.filter(sides, pk__gt=int(after or 0)).order_by("pk")[:PAGE])
    return {
        "node": this_node().code, "epoch": epoch(), "peer_epoch": peer.epoch,
        "received": str(Place(peer.received_epoch, peer.received_upto)),
        "checkpoint": checkpoint.note if checkpoint else "",
        "dossiers": [
            {
                "dossier": str(row.dossier), "tenure": row.tenure, "holder": row.holder_node, "state": row.state,
                "offer": str(row.offer or ""), "number": row.number,
            }
            for row in rows
        ],
        "offers": [
            {"offer": str(row.pk), "dossier": str(row.dossier), "tenure": row.tenure, "state": row.state}
            for row in peer.offers.open()
        ],
        "next": str(rows[-1].pk) if len(rows) == PAGE else "",
    }  # fmt: skip
