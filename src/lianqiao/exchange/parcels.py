"""What a parcel is: a CloudEvent for one peer, numbered without gaps, made in the transaction of its cause."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from lianqiao.record import events, prepared
from lianqiao.record.actors import Actor
from lianqiao.record.canonical import canonical
from lianqiao.record.nodes import epoch, this_node
from lianqiao.record.refusal import Refused
from lianqiao.record.time import now, stamp

from . import wire
from .models import ParcelOut, Peer

SCHEME = "lianqiao://"
KIND = r"^cn\.lianqiao\.(?P<kind>[a-z][a-z.-]{2,60})\.v(?P<version>[1-9][0-9]{0,2})$"


class Envelope(BaseModel):
    """The attributes of a parcel as they travel. Attributes that are unknown here are kept in the body and not read."""

    model_config = ConfigDict(extra="ignore", strict=False)

    specversion: Literal["1.0"]
    id: uuid.UUID
    source: str = Field(pattern=r"^lianqiao://[0-9A-Za-z]{1,8}$")
    type: str = Field(pattern=KIND.replace("?P<kind>", "").replace("?P<version>", ""))
    subject: uuid.UUID | None = None
    time: datetime
    datacontenttype: Literal["application/json"]
    data: dict[str, Any]
    receiver: str = Field(pattern=r"^[0-9A-Za-z]{1,8}$")
    epoch: int = Field(ge=1, lt=2**31)
    sequence: int = Field(ge=1, lt=2**53)
    tenure: int = Field(ge=0, lt=2**31)
    cause: str = Field("", max_length=64)

    @property
    def sender(self) -> str:
        return self.source.removeprefix(SCHEME)

    @property
    def kind(self) -> str:
        """The kind without prefix; a version other than the first stays on it and is unknown to handlers of the first."""
        name, _dot, version = self.type.removeprefix("cn.lianqiao.").rpartition(".")
        return name if version == "v1" else f"{name}.{version}"


def read(body: bytes) -> Envelope:
    """The envelope in the bytes. Refuses what is no UTF-8, no JSON, no parcel, or holds a character databases refuse."""
    try:
        text = body.decode("utf-8")
        if "\\u0000" in text:
            raise wire.refuse("malformed", why="NUL")
        return Envelope.model_validate_json(text)
    except UnicodeDecodeError:
        raise wire.refuse("malformed", why="UTF-8") from None
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False, include_context=False)[0]
        where = ".".join(map(str, first["loc"])) or "JSON"
        raise wire.refuse("malformed", why=f"{where}: {first['type']}") from None


@dataclass(frozen=True)
class Place:
    """A place in the stream of one node to another: the epoch, and the number in it, from 1 without gaps."""

    epoch: int
    sequence: int

    @classmethod
    def parse(cls, text: str) -> "Place":
        """The inverse of `str()`: "2.17". Refuses anything else."""
        epoch, _dot, sequence = text.partition(".")
        if not (epoch.isdecimal() and sequence.isdecimal() and len(text) < 30):
            raise wire.refuse("malformed", why="after")
        return cls(int(epoch), int(sequence))

    def __str__(self) -> str:
        return f"{self.epoch}.{self.sequence}"


def send(
    peer: str, kind: str, data: dict[str, Any], *, by: Actor, dossier: uuid.UUID | None = None, tenure: int = 0, source: str = ""
) -> ParcelOut:  # fmt: skip
    """Puts a parcel for the peer into the outbox, in the caller's transaction, and records that it leaves.

    The same `source` (digest of the event it is made from) and kind give the parcel that is there already. Refuses a peer
    that is unknown or gone for good, and a body above 1 MiB. The lock of the peer's row makes the numbers gapless; it is
    the last lock that a transaction takes.
    """
    if not transaction.get_connection().in_atomic_block:
        raise transaction.TransactionManagementError("a parcel is sent inside the transaction of its cause")
    row = prepared.one(Peer, code=peer, lock="FOR UPDATE")
    if row is None:
        raise Refused("peer-unknown", _("No node %(node)s is known here; add it as a peer."), status=404, node=peer)
    if row.state == Peer.State.GONE:
        raise Refused("peer-gone", _("The node %(node)s is recorded as gone for good."), node=peer)
    if source and (made := ParcelOut.objects.filter(source=source, kind=kind, peer=row).first()):
        return made
    at, identity, present = now(), uuid.uuid4(), epoch()
    row.sent_sequence = row.sent_sequence + 1 if row.sent_epoch == present else 1
    row.sent_epoch = present
    envelope: dict[str, Any] = {
        "specversion": "1.0", "id": str(identity), "source": f"{SCHEME}{this_node().code}", "type": f"cn.lianqiao.{kind}.v1",
        "time": stamp(at), "datacontenttype": "application/json", "data": data, "receiver": peer,
        "epoch": row.sent_epoch, "sequence": row.sent_sequence, "tenure": tenure,
    }  # fmt: skip
    if dossier:
        envelope["subject"] = str(dossier)
    if source:
        envelope["cause"] = source
    body = canonical(envelope)
    if len(body) > wire.PARCEL_BYTES:
        raise Refused(
            "parcel-too-large", _("What would be sent is larger than %(limit)s bytes. Shorten the texts."),
            status=413, limit=wire.PARCEL_BYTES,
        )  # fmt: skip
    parcel = ParcelOut(
        id=identity, peer=row, epoch=row.sent_epoch, sequence=row.sent_sequence, kind=kind, dossier=dossier, tenure=tenure,
        source=source, body=body.decode(), digest=wire.digest(body), created_at=at, next_attempt_at=at,
        give_up_at=at + wire.GIVE_UP,
    )  # fmt: skip
    prepared.add(parcel)
    prepared.save(row, "sent_epoch", "sent_sequence")
    events.append(
        "parcel", identity, "sent", by=by, number=1, previous="",
        data={
            "peer": peer, "kind": kind, "tenure": tenure, "digest": parcel.digest, "source": source,
            "fields": sorted(data), "dossier": str(dossier or ""), "place": str(Place(parcel.epoch, parcel.sequence)),
        },
    )  # fmt: skip
    return parcel


def outbox_after(peer: Peer, place: Place) -> Sequence[ParcelOut]:
    """One page of the parcels for the peer behind the place, delivered or not, in the order of the stream."""
    later = ParcelOut.objects.filter(peer=peer, epoch=place.epoch, sequence__gt=place.sequence)
    newer = ParcelOut.objects.filter(peer=peer, epoch__gt=place.epoch)
    page: list[ParcelOut] = []
    weight = 0
    for parcel in (later | newer).order_by("epoch", "sequence")[: wire.PAGE_PARCELS]:
        weight += len(parcel.body.encode())
        if page and weight > wire.PAGE_BYTES:
            break
        page.append(parcel)
    return page


def rearm(waiting: "QuerySet[ParcelOut]") -> int:
    """Makes parcels due at once, also those that were given up, with three new days; not those being sent now."""
    free = Q(lease_until__isnull=True) | Q(lease_until__lt=now())
    return waiting.filter(free, state__in=[ParcelOut.State.WAITING, ParcelOut.State.DEAD]).update(
        state=ParcelOut.State.WAITING, next_attempt_at=now(), lease_until=None, give_up_at=now() + wire.GIVE_UP
    )


def resend(parcel_id: uuid.UUID, *, by: Actor) -> ParcelOut:
    """Sends a parcel again, whatever its state: same id, same body, so that the receiver knows it. Refuses an unknown or erased one."""
    with transaction.atomic():
        parcel = ParcelOut.objects.select_for_update().filter(pk=parcel_id).first()
        if parcel is None:
            raise Refused("parcel-unknown", _("There is no parcel %(id)s."), status=404, id=parcel_id)
        if parcel.erased_at:
            raise Refused("parcel-erased", _("The content of the parcel %(id)s was erased."), id=parcel_id)
        parcel.state, parcel.attempts, parcel.lease_until = ParcelOut.State.WAITING, 0, None
        parcel.next_attempt_at, parcel.give_up_at = now(), now() + wire.GIVE_UP
        parcel.save(update_fields=["state", "attempts", "lease_until", "next_attempt_at", "give_up_at"])
        events.append("parcel", parcel.pk, "resent", by=by, data={"peer": parcel.peer_id, "digest": parcel.digest})
    return parcel
