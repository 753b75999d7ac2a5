"""Keys change: the new key is announced by the old one, and used towards a peer only after that peer has acknowledged it."""

from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from pydantic import ValidationError

from lianqiao.record import keys, nodes
from lianqiao.record.models import Event
from lianqiao.record.refusal import Refused
from lianqiao.record.time import now
from lianqiao.registry.access import admin
from lianqiao.registry.models import Person

from . import parcels, peers
from .kinds import Early, receives
from .models import ParcelIn, ParcelOut, Peer, PeerKey

ANNOUNCED = "key.announced"
OVERLAP = timedelta(days=30)
"""How long a peer still takes messages signed with the key before the one it has been told of."""


def rotate(*, why: str, by: Person) -> str:
    """Makes a new key of this node and announces it to every peer, signed by the old one. Returns the new kid.

    A peer that does not answer goes on being written to with the key that it knows. Refuses who is no administrator.
    """
    who = admin(by)
    with transaction.atomic():
        old = keys.current()
        new = keys.rotate(by=who, why=why)
        said = Event.objects.about("key", nodes.subject(nodes.this_node().code)).last()
        assert said is not None
        for peer in Peer.objects.exclude(state=Peer.State.GONE):
            Peer.objects.filter(pk=peer.pk, our_kid="").update(our_kid=old.kid)
            parcels.send(peer.code, ANNOUNCED, said.data, by=who, source=said.digest)
    return new.kid


def acknowledged(parcel: ParcelOut) -> None:
    """Uses the announced key towards the peer from now on, once the peer has acknowledged the newest announcement."""
    if parcel.kind != ANNOUNCED:
        return
    later = ParcelOut.objects.filter(peer=parcel.peer_id, kind=ANNOUNCED, created_at__gt=parcel.created_at)
    if not later.exists():
        Peer.objects.filter(pk=parcel.peer_id).update(our_kid="")


@receives(ANNOUNCED, at_once=True)
def announced(parcel: ParcelIn, data: dict[str, Any]) -> None:
    """A peer tells its new key, signed by an older one: the new one holds from now, the older ones for a while.

    Waits while the older key is itself unknown. Refuses an announcement that the older key has not signed.
    """
    try:
        key = peers.CardKey.model_validate(data)
    except ValidationError:
        raise Refused("key-invalid", _("The announced key cannot be read."), status=422) from None
    if PeerKey.objects.filter(peer=parcel.peer_id, kid=key.kid).exists():
        return
    older = PeerKey.objects.filter(peer=parcel.peer_id, kid=str(data.get("previous_kid", ""))).first()
    if older is None:
        raise Early("previous-key-unknown")
    peers.check_key(key)
    if keys.verify_announcement(data, peers.key_of(older)) is None:
        raise Refused("key-invalid", _("The announced key is not signed by the key before it."), status=422)
    peer = peers.locked(parcel.peer_id)
    PeerKey.objects.filter(peer=peer, valid_until=None).update(valid_until=now() + OVERLAP)
    PeerKey.objects.create(
        peer=peer, kid=key.kid, algorithm=key.algorithm, public=key.public, valid_from=now(), announced_by_kid=older.kid
    )
    peers.note(peer, "key_announced", peers.actor_of(peer), kid=key.kid, previous_kid=older.kid)
