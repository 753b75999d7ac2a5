"""Receipts: what the node promises at once about an event, and the proof of its place in the log once it has one.

A receipt is derived, never stored; its address is the digest of the event. `verify` (in `proofs`) needs no node.
"""

from datetime import timedelta
from typing import Any

from django.db.models import Count

from lianqiao.record import checkpoint, keys, log, nodes
from lianqiao.record.canonical import canonical
from lianqiao.record.models import Checkpoint, Event, Place
from lianqiao.record.proofs import KIND, Finding, Verdict, promised, verify
from lianqiao.record.time import now, stamp

__all__ = ["DELAY", "Finding", "Verdict", "promise", "receipt", "verify"]
DELAY = timedelta(hours=24)
"""The longest time until the event has its place."""


def promise(event: Event, **facts: Any) -> dict[str, Any]:
    """The first stage: this node signs that it has recorded the event and will place it in its log within 24 hours.

    `facts` (JSON values that the holder may know: a number, a code word) are signed with it. ValueError as `canonical`.
    """
    key = keys.signing_key()
    document: dict[str, Any] = {
        "kind": KIND,
        "stage": "promised",
        "node": nodes.this_node().code,
        "event": event.digest,
        "recorded_at": stamp(event.recorded_at),
        "placed_by": stamp(event.recorded_at + DELAY),
        "facts": facts,
        "signed_at": stamp(now()),
        "kid": key.kid,
    }
    return document | {"signature": key.sign(canonical(promised(document))).hex()}


def receipt(event: Event, **facts: Any) -> dict[str, Any]:
    """The receipt as far as it can be given now: stage `promised`, or `placed` with the proof under a signed checkpoint.

    Of the checkpoints that cover the event, the newest that peers have cosigned is taken, else the newest.
    """
    document = promise(event, **facts)
    place = Place.objects.filter(event=event).first()
    if place is None:
        return document
    covering = Checkpoint.objects.filter(epoch=place.epoch, size__gt=place.leaf)
    signed = covering.annotate(signers=Count("cosignatures")).order_by("-signers", "-size").first()
    if signed is None:
        return document
    return document | {
        "stage": "placed",
        "log": {
            "origin": checkpoint.origin(document["node"], place.epoch),
            "leaf": place.leaf,
            "proof": log.inclusion(place.leaf, signed.size, place.epoch),
            "checkpoint": log.note(signed),
        },
    }
