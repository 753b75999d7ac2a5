"""The JSON API of the record: who this node is, its signed log and the proofs from it. For everybody. Mounted by `site.api`."""

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop
from ninja import Query, Router
from pydantic import BaseModel, Field

from lianqiao.record import keys, log, nodes
from lianqiao.record.models import Checkpoint, Event, Place
from lianqiao.record.refusal import Refused
from lianqiao.record.time import stamp

router = Router(tags=["record"])


class NodeSheet(BaseModel):
    """A node, and the public keys with which it signs."""

    code: str
    name_zh: str
    name_en: str
    base_url: str
    epoch: int
    keys: list[dict[str, str | None]]


class CheckpointSheet(BaseModel):
    """A signed statement about the log: in this epoch it had this size and this root."""

    epoch: int
    size: int
    root: str
    signed_at: str
    note: str = Field(description="The signed note with all cosignatures (C2SP tlog-checkpoint).")


class Inclusion(BaseModel):
    """The proof that an event stands in the log (RFC 6962), hashes in hex, nearest first."""

    epoch: int
    leaf: int
    size: int
    proof: list[str]


class Consistency(BaseModel):
    """The proof that the later log begins with the earlier one (RFC 6962), hashes in hex."""

    epoch: int
    old: int
    new: int
    proof: list[str]


@router.get("/node", auth=None, response=NodeSheet, summary=gettext_noop("See which node this is"))
def node(request: HttpRequest) -> object:
    """Who answers here: code, names, address, epoch, and all public keys, ended ones too."""
    this = nodes.this_node()
    return {
        "code": this.code,
        "name_zh": this.name_zh,
        "name_en": this.name_en,
        "base_url": this.base_url,
        "epoch": nodes.epoch(),
        "keys": [key.document() for key in keys.published()],
    }


@router.get("/log/checkpoint", auth=None, response=CheckpointSheet, summary=gettext_noop("Read the newest checkpoint"))
def newest_checkpoint(request: HttpRequest) -> object:
    """The newest checkpoint that this node has signed, with the cosignatures of its peers."""
    return sheet(newest())


def newest() -> Checkpoint:
    found = log.latest()
    if found is None:
        raise Refused("no-checkpoint", _("This node has signed no checkpoint yet. Ask again later."), status=404)
    return found


def sheet(found: Checkpoint) -> dict[str, Any]:
    return {
        "epoch": found.epoch,
        "size": found.size,
        "root": found.root,
        "signed_at": stamp(found.signed_at),
        "note": log.note(found),
    }


class InclusionAsked(BaseModel):
    digest: str = Field(pattern="^[0-9a-f]{64}$", description="Digest of the event.")
    size: int | None = Field(
        None, ge=1, le=2**53, description="Size of the tree; that of the newest checkpoint if not said."
    )


@router.get(
    "/log/inclusion", auth=None, response=Inclusion, summary=gettext_noop("Prove that an event stands in the log")
)
def inclusion(request: HttpRequest, wanted: Query[InclusionAsked]) -> object:
    """For who knows the digest of an event: its place and the proof of it."""
    event = Event.objects.filter(digest=wanted.digest).values("pk")[:1]
    place = Place.objects.filter(event__in=event).first()
    if place is None:
        raise Refused("not-in-log", _("The log has not come so far yet. Ask again later."), status=404)
    size = wanted.size or newest().size
    return {
        "epoch": place.epoch,
        "leaf": place.leaf,
        "size": size,
        "proof": log.inclusion(place.leaf, size, place.epoch),
    }


class ConsistencyAsked(BaseModel):
    old: int = Field(ge=0, le=2**53)
    new: int | None = Field(
        None, ge=0, le=2**53, description="The later size; that of the newest checkpoint if not said."
    )


@router.get("/log/consistency", auth=None, response=Consistency, summary=gettext_noop("Prove that the log only grew"))
def consistency(request: HttpRequest, wanted: Query[ConsistencyAsked]) -> object:
    """The proof that the log at the later size begins with the log at the earlier one."""
    new = newest().size if wanted.new is None else wanted.new
    return {"epoch": nodes.epoch(), "old": wanted.old, "new": new, "proof": log.consistency(wanted.old, new)}
