"""Agreements between nodes: each node tells the other what its administrator proposed, signed or ended."""

from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy as _

from lianqiao.record.actors import Actor
from lianqiao.record.models import Event
from lianqiao.record.nodes import this_node
from lianqiao.record.refusal import Refused
from lianqiao.registry import agreements
from lianqiao.registry.models import Agreement

from . import inbox, parcels, peers
from .kinds import Early, receives
from .models import ParcelIn, Peer, PeerKey

PROPOSED, SIGNED, ENDED = "agreement.proposed", "agreement.signed", "agreement.ended"
TELLING = {"propose": PROPOSED, "sign": SIGNED, "end": ENDED}


def follow(event: Event) -> None:
    """Tells the other party of an agreement what was done here; a peer that is newly trusted hears all of it."""
    if event.subject_kind == "agreement":
        tell(event)
    elif event.verb == "trusted":
        node = event.data["peer"]
        for agreement in Agreement.objects.filter(node_a=node) | Agreement.objects.filter(node_b=node):
            for earlier in Event.objects.about("agreement", agreement.pk):
                tell(earlier)


def tell(event: Event) -> None:
    """One event of an agreement as a parcel; not what the other party itself told us, nor to a node that is unknown or gone."""
    kind = TELLING.get(event.verb)
    agreement = Agreement.objects.filter(pk=event.subject).first()
    if kind is None or agreement is None or event.by_kind == "node":
        return
    other = agreement.node_b if agreement.node_a == this_node().code else agreement.node_a
    if not Peer.objects.filter(pk=other).exclude(state=Peer.State.GONE).exists():
        return
    data: dict[str, Any] = {"digest": agreement.digest}
    if kind == PROPOSED:
        data["terms"] = event.data["terms"]
    elif kind == SIGNED:
        data |= {"kid": event.data["kid"], "signature": event.data["signature"]}
    else:
        data |= {"on": event.data["on"], "reason": event.data["reason"]}
    parcels.send(other, kind, data, by=Actor.node(this_node().code), source=event.digest)


def known(data: dict[str, Any]) -> Agreement:
    """The agreement with this digest; waits while it has not been proposed here."""
    agreement = Agreement.objects.filter(digest=str(data.get("digest", ""))).first()
    if agreement is None:
        raise Early("agreement-unknown")
    return agreement


@receives(PROPOSED)
def proposed(parcel: ParcelIn, data: dict[str, Any]) -> None:
    """The other party proposes terms; an administrator here signs them or not. The same terms again change nothing."""
    terms = data.get("terms")
    if not isinstance(terms, dict):
        raise Refused("malformed", _("The parcel cannot be read: %(why)s."), why="terms")
    agreements.propose(terms, by=inbox.actor(parcel))
    inbox.wake_kinds(parcel.peer_id, SIGNED, ENDED)


@receives(SIGNED)
def signed(parcel: ParcelIn, data: dict[str, Any]) -> None:
    """The other party has signed the terms that we hold."""
    agreement = known(data)
    key = PeerKey.objects.filter(peer=parcel.peer_id, kid=str(data.get("kid", ""))).first()
    if key is None:
        raise Early("key-unknown")
    agreements.receive_signature(agreement, parcel.peer_id, key.kid, str(data.get("signature", "")), peers.key_of(key))
    inbox.wake_kinds(parcel.peer_id, "handover.offered")


@receives(ENDED)
def ended(parcel: ParcelIn, data: dict[str, Any]) -> None:
    """The other party has ended the agreement from a day on. One that is ended here already stays as it is."""
    agreement = known(data)
    if agreement.ended_on is not None:
        return
    try:
        day = date.fromisoformat(str(data.get("on")))
    except ValueError:
        raise Refused("malformed", _("The parcel cannot be read: %(why)s."), why="on") from None
    agreements.end(agreement, by=inbox.actor(parcel), on=day, reason=str(data.get("reason") or "-")[:500])
