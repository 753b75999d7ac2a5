"""The door for signed messages: who sent it, whether it is fresh, and a parcel stored before it is acknowledged."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import IntegrityError, transaction

from lianqiao.record import bell, prepared
from lianqiao.record.nodes import this_node
from lianqiao.record.time import now, stamp

from . import alarms, inbox, kinds, parcels, peers, signing, wire
from .models import Nonce, ParcelIn, Peer, PeerKey


@dataclass(frozen=True)
class Visit:
    """A message that came through the door: from whom, and the proof that they signed it."""

    peer: Peer
    signed: signing.Signed
    proof: dict[str, str]


def admit(method: str, path: str, headers: Mapping[str, str], body: bytes) -> Visit:
    """Checks receiver, key, signature, clock and nonce, in this order. Refuses with one of wire.CODES; writes the nonce."""
    if len(body) > wire.PARCEL_BYTES:
        raise wire.refuse("too-large", limit=wire.PARCEL_BYTES)
    kid = signing.kid_of(headers)
    key = prepared.one(PeerKey, "peer", kid=kid)
    if key is None:
        raise wire.refuse("unknown-key", kid=kid[:64])
    receiver = {name.lower(): value for name, value in headers.items()}.get(signing.RECEIVER.lower(), "")
    if receiver != this_node().code:
        raise wire.refuse("wrong-receiver", receiver=receiver[:8])
    signed = signing.verify_request(peers.key_of(key), method, path, headers, body)
    peer = key.peer
    if peer.state == Peer.State.GONE:
        raise wire.refuse("peer-ended", node=peer.code)
    if peer.state != Peer.State.ACTIVE:
        raise wire.refuse("peer-inactive", node=peer.code)
    if not key.holds_at(now()):
        raise wire.refuse("unknown-key", kid=kid[:64])
    if not signed.in_window:
        peers.clock_differs(peer, signed.skew_seconds)
        raise wire.refuse("clock-skew", seconds=signed.skew_seconds)
    remember(signed)
    peers.heard(peer, signed.skew_seconds)
    return Visit(peer, signed, signing.proof(method, path, headers))


def remember(signed: signing.Signed) -> None:
    """Uses up a nonce. Refuses one that is missing, too long, or was used before."""
    if not 8 <= len(signed.nonce) <= 64:
        raise wire.refuse("bad-signature", why="nonce")
    if not Nonce.objects.use(signed.kid, signed.nonce, signed.created + 2 * wire.WINDOW):
        raise wire.refuse("replayed-nonce")


def forget_nonces() -> int:
    """Removes nonces whose messages would be refused for their age anyhow; returns how many."""
    return Nonce.objects.filter(expires__lt=now() - timedelta(minutes=1)).delete()[0]


def store(visit: Visit, body: bytes, *, fetched: bool = False) -> tuple[ParcelIn, bool]:
    """Stores a parcel, once; returns the row and whether it is new.

    A second copy gives the first row, and is worked on again unless that one is done. Refuses what is no parcel, is
    addressed or signed wrongly, has the id of another parcel ("digest-conflict") or its place ("sequence-reused"); both
    conflicts raise an alarm. A parcel that is new here and of an epoch that is over may be one that its sender has lost in a restore
    and no longer stands by: it is not taken from the line ("epoch-over"), but `fetched` from the sender's outbox, at once.
    """
    envelope, digest = parcels.read(body), wire.digest(body)
    peer = visit.peer
    if envelope.receiver != this_node().code:
        raise wire.refuse("wrong-receiver", receiver=envelope.receiver)
    if envelope.sender != peer.code:
        raise wire.refuse("wrong-sender", source=envelope.sender)
    if (
        envelope.epoch < peer.epoch
        and not fetched
        and not ParcelIn.objects.filter(peer=peer, parcel=envelope.id).exists()
    ):
        Peer.objects.filter(pk=peer.pk).update(pull_after=None)
        raise wire.refuse("epoch-over")
    try:
        with transaction.atomic():
            parcel = ParcelIn(
                peer=peer, parcel=envelope.id, epoch=envelope.epoch, sequence=envelope.sequence, kind=envelope.kind,
                dossier=envelope.subject, tenure=envelope.tenure, cause=envelope.cause, body=body.decode(), digest=digest, proof=visit.proof,
                received_at=now(), next_try_at=now(),
            )  # fmt: skip
            prepared.add(parcel)
            if parcel.kind in kinds.AT_ONCE:
                inbox.carry_out(parcel)
    except IntegrityError:
        if found := ParcelIn.objects.filter(peer=peer, parcel=envelope.id).first():
            return _second_copy(found, digest)
        alarms.raise_alarm(
            "sequence-reused", node=peer.code, place=f"{envelope.epoch}.{envelope.sequence}", digest=digest
        )
        raise wire.refuse("sequence-reused") from None
    peers.wrote_in(peer, envelope.epoch)
    bell.ring()
    return parcel, True


def fetch(headers: Mapping[str, str], body: bytes) -> tuple[ParcelIn, bool]:
    """A parcel out of its sender's outbox: through the door, then stored."""
    return store(admit("POST", wire.PARCELS, headers, body), body, fetched=True)


def acknowledgement(parcel: ParcelIn) -> dict[str, Any]:
    """The proof of receipt: the same for every copy of the parcel."""
    return {
        "parcel": str(parcel.parcel), "digest": parcel.digest, "sender": parcel.peer_id, "receiver": this_node().code,
        "received_at": stamp(parcel.received_at),
    }  # fmt: skip


def _second_copy(found: ParcelIn, digest: str) -> tuple[ParcelIn, bool]:
    if found.digest != digest:
        alarms.raise_alarm(
            "digest-conflict", node=found.peer_id, subject=str(found.parcel), stored=found.digest, other=digest
        )
        raise wire.refuse("digest-conflict")
    inbox.again(found)
    return found, False
