"""What follows when an agreement about signing in begins or ends, a node is trusted, or a key changes: each node tells the other where its people sign
in and with which keys it signs, over the exchange; and the other becomes a client here. No secret is shared, and nobody types anything."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

from allauth.idp.oidc.models import Client
from django.utils.translation import gettext_lazy as _

from lianqiao.exchange import parcels
from lianqiao.exchange.kinds import receives
from lianqiao.exchange.models import ParcelIn, Peer
from lianqiao.record.actors import Actor
from lianqiao.record.followers import follower
from lianqiao.record.models import Event
from lianqiao.record.nodes import this_node
from lianqiao.record.refusal import Refused
from lianqiao.record.time import now
from lianqiao.registry.models import Agreement, Person
from lianqiao.signin import issuing, sessions
from lianqiao.signin.models import Provider
from lianqiao.signin.provider import NODE, metadata

KIND = "signin.provider"
TOLD = ("issuer", "authorization_endpoint", "token_endpoint")


@follower("signin", wants=lambda event: event.subject_kind in ("person", "agreement", "peer", "signin"))
def follow(batch: Sequence[Event]) -> None:
    """Whoever loses a role signs in anew (who is not active has no session anyhow: each request asks); and nodes are told what concerns them."""
    lost = [event.subject for event in batch if event.subject_kind == "person" and event.verb == "end_membership"]
    for person in Person.objects.filter(pk__in=lost):
        sessions.end(person)
    for event in batch:
        for node in concerned(event):
            settle(node, event)


def concerned(event: Event) -> list[str]:
    """The nodes for which the event may change who signs in where."""
    here = this_node().code
    if event.subject_kind == "agreement":
        agreement = Agreement.objects.filter(pk=event.subject).first()
        both = [agreement.node_a, agreement.node_b] if agreement and agreement.text.get("sign_on") else []
        return [node for node in both if node != here]
    if event.subject_kind == "peer":
        return [event.data["peer"]]
    if event.subject_kind == "signin":
        return [
            client.removeprefix(NODE)
            for client in Client.objects.filter(pk__startswith=NODE).values_list("pk", flat=True)
        ]
    return []


def agreed(node: str) -> bool:
    """Whether both nodes have signed, and not ended, an agreement about signing in. Whether it holds today is asked at each sign-in."""
    with_it = Agreement.objects.filter(state=Agreement.State.IN_FORCE)
    found = with_it.filter(node_a=node) | with_it.filter(node_b=node)
    return any(agreement.text.get("sign_on") for agreement in found)


def settle(node: str, event: Event) -> None:
    """Bring the client row of the node in line with what is agreed, and tell the node what it needs."""
    peer = Peer.objects.filter(pk=node).exclude(state=Peer.State.GONE).first()
    if peer is None or not agreed(node):
        Client.objects.filter(pk=f"{NODE}{node}").delete()  # with every code and token
        return
    Client.objects.update_or_create(
        pk=f"{NODE}{node}",
        defaults={
            "name": peer.name_zh[:100],
            "type": Client.Type.PUBLIC,
            "scopes": "openid\nenterprises",
            "grant_types": Client.GrantType.AUTHORIZATION_CODE,
            "response_types": "code",
            "redirect_uris": f"{peer.base_url}/account/region/{this_node().code}/back",
        },
    )
    issuing.ensure()
    said = metadata()
    data = {name: said[name] for name in TOLD} | {"keys": [row.public for row in issuing.published()]}
    parcels.send(node, KIND, data, by=Actor.node(this_node().code), source=event.digest)


@receives(KIND)
def told(parcel: ParcelIn, data: dict[str, Any]) -> None:
    """Keep where the people of the peer sign in and with which keys it signs. Refuses what cannot be meant: addresses that are not the
    peer's own, keys of another kind."""
    peer = parcel.peer
    addresses = {name: data.get(name) for name in TOLD}
    own = urlsplit(peer.base_url)[:2]
    keys = data.get("keys")
    fits = (
        all(isinstance(one, str) and len(one) <= 250 and urlsplit(one)[:2] == own for one in addresses.values())
        and isinstance(keys, list)
        and 0 < len(keys) <= 10
        and all(isinstance(key, dict) and key.get("kty") == "RSA" and isinstance(key.get("kid"), str) for key in keys)
    )
    if not fits:
        raise Refused("malformed", _("The parcel cannot be read: %(why)s."), why=KIND)
    kept = [{name: key[name] for name in ("kty", "n", "e", "kid") if name in key} for key in keys]  # type: ignore[union-attr]
    Provider.objects.update_or_create(node=peer.pk, defaults=addresses | {"keys": {"keys": kept}, "told_at": now()})
