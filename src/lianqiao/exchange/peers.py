"""Peers: whom this node knows, whom it trusts, when it heard them, and with which keys both sides sign."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Annotated, Any

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _
from pydantic import BaseModel, Field, ValidationError

from lianqiao.record import events, keys
from lianqiao.record.actors import Actor
from lianqiao.record.algorithms import PublicKey, SigningKey
from lianqiao.record.nodes import epoch, this_node
from lianqiao.record.refusal import Refused
from lianqiao.record.time import now
from lianqiao.registry.access import admin
from lianqiao.registry.models import Person
from lianqiao.registry.subjects import subject

from . import alarms, calls, parcels, wire
from .models import Peer, PeerKey

HEARD_EVERY = timedelta(seconds=10)
SILENCE = timedelta(minutes=5)
RETRY_AT_LEAST = timedelta(minutes=1)
BACK: dict[str, Any] = {"unreachable_since": None, "failures": 0, "retry_at": None, "pull_after": None}


class CardKey(BaseModel):
    kid: str = Field(pattern=r"^[0-9a-f]{16}$")
    algorithm: str = Field(max_length=32)
    public: str = Field(pattern=r"^([0-9a-f]{2}){32,100}$")
    valid_from: datetime
    valid_until: datetime | None = None


class Card(BaseModel):
    """What a node says of itself. It proves nothing: trust is given by hand, by comparing fingerprints."""

    node: str = Field(pattern=r"^[0-9A-Za-z]{1,8}$")
    name_zh: str = Field(min_length=1, max_length=100)
    name_en: str = Field(min_length=1, max_length=100)
    base_url: str = Field(max_length=200, pattern=r"^https?://[^/?#]+(/[^?#]*)?$")
    epoch: int = Field(ge=1)
    keys: Annotated[list[CardKey], Field(min_length=1, max_length=20)]
    protocols: list[str]


def card() -> dict[str, Any]:
    """This node's card."""
    node = this_node()
    return {
        "node": node.code, "name_zh": node.name_zh, "name_en": node.name_en, "base_url": node.base_url, "epoch": epoch(),
        "protocols": [wire.PROTOCOL], "algorithms": sorted(keys.ALGORITHMS),
        "keys": [key.document() for key in keys.published()],
    }  # fmt: skip


def add(given: Mapping[str, Any], *, by: Person) -> Peer:
    """Notes another node by its card, not yet trusted; a card of a known node changes its address and names only.

    Keys of a node that is trusted already are never taken from a card: they are announced by an older key. Refuses who is
    no administrator, a card that cannot be read, this node's own card, and a node that is gone for good.
    """
    who = admin(by)
    try:
        read = Card.model_validate(given)
    except ValidationError as error:
        where = ".".join(map(str, error.errors()[0]["loc"]))
        raise Refused(
            "card-invalid", _("This is no card of a node: look at %(where)s."), status=422, where=where
        ) from None
    if read.node == this_node().code:
        raise Refused("card-own", _("This is the card of this node itself."), status=422)
    if wire.PROTOCOL not in read.protocols:
        raise Refused(
            "protocol-unknown", _("The node does not speak %(protocol)s."), status=422, protocol=wire.PROTOCOL
        )
    with transaction.atomic():
        peer, new = Peer.objects.select_for_update().get_or_create(
            code=read.node, defaults=_names(read) | {"epoch": read.epoch}
        )
        if peer.state == Peer.State.GONE:
            raise Refused("peer-gone", _("The node %(node)s is recorded as gone for good."), node=peer.code)
        if not new:
            Peer.objects.filter(pk=peer.pk).update(**_names(read))
            peer.refresh_from_db()
        if peer.state == Peer.State.KNOWN:
            PeerKey.objects.filter(peer=peer).delete()
            for key in read.keys:
                check_key(key)
                PeerKey.objects.create(
                    peer=peer, kid=key.kid, algorithm=key.algorithm, public=key.public, valid_from=key.valid_from,
                    valid_until=key.valid_until,
                )  # fmt: skip
        note(peer, "added" if new else "changed", who, **_names(read))
    return peer


def trust(code: str, fingerprint: str, *, by: Person) -> Peer:
    """Trusts a peer whose fingerprint was compared with its people over another way. Refuses any other fingerprint."""
    who = admin(by)
    with transaction.atomic():
        peer = locked(code)
        if peer.state == Peer.State.GONE:
            raise Refused("peer-gone", _("The node %(node)s is recorded as gone for good."), node=code)
        known = {fingerprint_of(key): key for key in peer.keys.all()}
        if _plain(fingerprint) not in known:
            raise Refused(
                "fingerprint-differs",
                _("The fingerprint is not the one of node %(node)s. Do not trust it; ask its people again."),
                status=422, node=code,
            )  # fmt: skip
        trusted = known[_plain(fingerprint)]
        if peer.state == Peer.State.KNOWN:  # a key beside it on the card was vouched for by nobody
            peer.keys.exclude(pk=trusted.pk).delete()
        move(peer, Peer.State.ACTIVE, "trusted", who, kid=trusted.kid)
    return peer


def block(code: str, *, reason: str, by: Person) -> Peer:
    """Stops the exchange with a peer until it is trusted again; nothing is lost, parcels wait. Refuses a peer that is gone."""
    who = admin(by)
    with transaction.atomic():
        peer = locked(code)
        if peer.state == Peer.State.GONE:
            raise Refused("peer-gone", _("The node %(node)s is recorded as gone for good."), node=code)
        move(peer, Peer.State.BLOCKED, "blocked", who, reason=reason)
    return peer


def locked(code: str) -> Peer:
    """The row of a peer, locked. Refuses an unknown one."""
    peer = Peer.objects.select_for_update().filter(code=code).first()
    if peer is None:
        raise Refused("peer-unknown", _("No node %(node)s is known here; add it as a peer."), status=404, node=code)
    return peer


def move(peer: Peer, state: Peer.State, verb: str, by: Actor, **data: Any) -> None:
    """Moves a locked peer to a state and records it."""
    peer.state = state
    peer.save(update_fields=["state"])
    note(peer, verb, by, **data)


def note(peer: Peer, verb: str, by: Actor, **data: Any) -> None:
    """Records an event about a locked peer."""
    events.append("peer", subject("peer", peer.code), verb, by=by, data={"peer": peer.code} | data)


def heard(peer: Peer, skew_seconds: int) -> None:
    """Notes that a signed message of the peer came. After a silence, or when it was out of reach, both sides catch up."""
    at = now()
    if peer.last_heard_at and not peer.unreachable_since and at - peer.last_heard_at < HEARD_EVERY:
        return
    silent = peer.unreachable_since or not peer.last_heard_at or at - peer.last_heard_at > SILENCE
    with transaction.atomic():
        changes: dict[str, Any] = {"last_heard_at": at, "skew_seconds": skew_seconds}
        if silent:
            changes |= BACK
        Peer.objects.filter(pk=peer.pk).update(**changes)
        if silent:
            try_now(peer)


def try_now(peer: Peer) -> int:
    """Makes all that waits for the peer due at once; returns how many parcels."""
    return parcels.rearm(peer.outbox.all())


def actor_of(peer: Peer) -> Actor:
    """The peer as the record names who acts."""
    return Actor.node(peer.code)


def reached(code: str) -> None:
    """Notes that the peer answered a call; if it was out of reach, both sides catch up."""
    back = Peer.objects.filter(pk=code, unreachable_since__isnull=False).update(**BACK)
    if back:
        try_now(Peer.objects.get(pk=code))
    stale = Q(last_sent_at__isnull=True) | Q(last_sent_at__lt=now() - HEARD_EVERY)
    Peer.objects.filter(stale, pk=code).update(last_sent_at=now())


def not_reached(code: str) -> None:
    """Notes since when the peer does not answer, and when to call it again: after 1, 2, 4 seconds and so on to a minute."""
    with transaction.atomic():
        peer = locked(code)
        peer.unreachable_since = peer.unreachable_since or now()
        peer.retry_at = now() + min(timedelta(seconds=2 ** min(peer.failures, 6)), RETRY_AT_LEAST)
        peer.failures += 1
        peer.save(update_fields=["unreachable_since", "retry_at", "failures"])


def wrote_in(peer: Peer, present: int) -> None:
    """Notes the epoch in which a parcel was written. A new one means that the peer was restored from a backup."""
    if present > peer.epoch and Peer.objects.filter(pk=peer.pk, epoch__lt=present).update(
        epoch=present, pull_after=None
    ):
        alarms.raise_alarm("peer-restored", node=peer.code, epoch=present)


def clock_differs(peer: Peer, seconds: int) -> None:
    """Notes a clock that is out of the window, and raises the alarm."""
    Peer.objects.filter(pk=peer.pk).update(skew_seconds=seconds)
    alarms.raise_alarm("clock-skew", node=peer.code, seconds=seconds)


def key_of(key: PeerKey) -> PublicKey:
    """A stored key in the form that signatures are checked with."""
    return PublicKey(key.peer_id, key.algorithm, bytes.fromhex(key.public))


def our_key(kid: str = "") -> SigningKey:
    """Our key with this id; the newest when it is empty."""
    return keys.signing_key(kid or None)


def target(code: str) -> calls.Target:
    """What a call to the peer needs, read from the database beforehand."""
    peer = Peer.objects.prefetch_related("keys").get(pk=code)
    known = {key.kid: key_of(key) for key in peer.keys.all() if key.holds_at(now())}
    return calls.Target(code, peer.base_url, known, our_key(peer.our_kid))


def fingerprint_of(key: PeerKey) -> str:
    """The fingerprint of a stored key."""
    return digest_of(bytes.fromhex(key.public))


def digest_of(public: bytes) -> str:
    """SHA-256 of a public key, in hexadecimal: what people read to each other."""
    return sha256(public).hexdigest()


def shown(fingerprint: str) -> str:
    """A fingerprint in groups of four, as people read it to each other."""
    return " ".join(fingerprint[i : i + 4] for i in range(0, len(fingerprint), 4))


def _plain(fingerprint: str) -> str:
    return "".join(fingerprint.split()).replace(":", "").lower()


def _names(read: Card) -> dict[str, str]:
    return {"name_zh": read.name_zh, "name_en": read.name_en, "base_url": read.base_url.rstrip("/")}


def check_key(key: CardKey) -> None:
    """Refuses a key that this node cannot use, whose id is not its own, or that is another node's already."""
    if key.algorithm not in keys.ALGORITHMS:
        raise Refused(
            "algorithm-unknown", _("This node cannot check signatures by %(name)s."), status=422, name=key.algorithm
        )
    if keys.kid_of(bytes.fromhex(key.public)) != key.kid:
        raise Refused("card-invalid", _("This is no card of a node: look at %(where)s."), status=422, where="keys.kid")
    if PeerKey.objects.filter(kid=key.kid).exists():
        raise Refused("key-taken", _("The key %(kid)s belongs to another entry already."), kid=key.kid)
