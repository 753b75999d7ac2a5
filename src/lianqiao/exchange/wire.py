"""The words of the wire: addresses, limits, and the codes with which a node says no. docs/reference/exchange.md explains each."""

import hashlib
from datetime import timedelta
from typing import NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from lianqiao.record.refusal import Refused

PROTOCOL = "lianqiao-exchange/1"
PARCELS = "/exchange/v1/parcels"
OUTBOX = "/exchange/v1/outbox"
INBOX = "/exchange/v1/inbox"
INVENTORY = "/exchange/v1/inventory"
CARD = "/exchange/v1/card"
CHECKPOINTS = "/exchange/v1/checkpoints"
ATTACHMENTS = "/exchange/v1/attachments/"

PARCEL_TYPE = "application/cloudevents+json"
JSON_TYPE = "application/json"
PROBLEM_TYPE = "application/problem+json"

PARCEL_BYTES = 2**20
PAGE_BYTES = 4 * 2**20
PAGE_PARCELS = 200
ANSWER_BYTES = 8 * 2**20
WINDOW = timedelta(minutes=5)
"""How old a signature may be, and how far ahead: the clock skew that is borne both ways."""
GIVE_UP = timedelta(hours=72)


class Code(NamedTuple):
    """A refusal of the wire. `final`: the same message will never be taken, so the sender stops and tells a person."""

    status: int
    final: bool
    sentence: Promise


CODES: dict[str, Code] = {
    "unknown-peer": Code(401, True, _("This node does not know the node that sent this. Have it added as a peer.")),
    "unknown-key": Code(401, True, _("The key %(kid)s is not known here. Announce it with an older key, or have it trusted by hand.")),
    "bad-signature": Code(401, True, _("The signature does not fit the message: %(why)s.")),
    "clock-skew": Code(401, False, _("The message was signed at another time than now; the clocks differ by %(seconds)s seconds. Set the clock.")),
    "replayed-nonce": Code(401, False, _("This very message has been here before. Sign it again with a new nonce.")),
    "peer-inactive": Code(403, False, _("The node %(node)s is not trusted here at present. Ask its administrator.")),
    "peer-ended": Code(403, True, _("The node %(node)s is recorded here as gone for good.")),
    "malformed": Code(422, True, _("The message cannot be read: %(why)s.")),
    "wrong-receiver": Code(422, True, _("The message is addressed to node %(receiver)s; this is another node.")),
    "wrong-sender": Code(422, True, _("The message names node %(source)s as its source, but another node signed it.")),
    "digest-conflict": Code(409, True, _("A parcel with this id but another content is stored here. Make a new parcel.")),
    "sequence-reused": Code(409, True, _("Another parcel has this place in the stream. The sender runs on an old copy: restore it by command.")),
    "epoch-over": Code(409, False, _("This parcel is of an epoch before the restore of its sender. It is fetched from the outbox there, if it is kept.")),
    "too-large": Code(413, True, _("The message is larger than %(limit)s bytes.")),
    "busy": Code(503, False, _("The node cannot write at this moment. Send it again later.")),
    "checkpoint-stale": Code(409, False, _("The checkpoint does not continue the one of size %(size)s that was cosigned here last.")),
    "fork": Code(409, True, _("The log of node %(node)s has two histories. It is not cosigned until people have settled it.")),
    "not-shared": Code(404, True, _("There is no such thing here for this node.")),
}  # fmt: skip


def refuse(code: str, **params: object) -> Refused:
    """The refusal with this code, to be raised."""
    return Refused(code, CODES[code].sentence, status=CODES[code].status, **params)


def digest(body: bytes) -> str:
    """The SHA-256 of the bytes as they travel, in hexadecimal: what acknowledgements and conflicts speak of."""
    return hashlib.sha256(body).hexdigest()


def is_final(code: str) -> bool:
    """Whether a refusal with this code ends the message."""
    return code in CODES and CODES[code].final
