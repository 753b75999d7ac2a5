"""How it stands between the nodes: peers, the queue of parcels, and what waits for people. For liaisons and the system and security administrators."""

from typing import Any, Literal

from django.db.models import Q
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop
from ninja import Query, Router
from pydantic import BaseModel, Field

from lianqiao.cases.keys import memberships_of
from lianqiao.record.nodes import this_node
from lianqiao.record.refusal import Refused
from lianqiao.record.time import stamp
from lianqiao.registry.access import holds
from lianqiao.registry.door import administering, person_of, reading
from lianqiao.registry.models import Membership, Person

from .. import alarms
from ..models import Alarm, ParcelIn, ParcelOut, Peer
from ..parcels import Place
from ..standing import Standing, standings
from .offers import example

router = Router(tags=["exchange"])
PAGE = 100
WATCHING = (Membership.Role.ADMIN, Membership.Role.SECURITY)


class PeerRow(BaseModel):
    code: str
    name: str
    state: str
    state_label: str
    last_heard_at: str | None
    last_sent_at: str | None
    unreachable_since: str | None
    skew_seconds: int | None = Field(description="Its clock minus ours, last measured.")
    last_parcel_at: str | None = Field(description="When its last parcel came.")
    waiting: int = Field(description="Parcels to it that it has not acknowledged.")
    given_up: int = Field(description="Of these, those that were refused or given up.")
    unsettled: int = Field(description="Parcels of it that are not worked on, or wait for another one.")
    cosigned_size: int | None = Field(description="Size of its newest checkpoint that we have cosigned.")
    cosigned_at: str | None


class Peers(BaseModel):
    peers: list[PeerRow]


class ParcelRow(BaseModel):
    """A parcel without its content."""

    id: str
    peer: str
    place: str
    kind: str
    dossier: str | None
    tenure: int
    digest: str
    state: str
    state_label: str
    at: str = Field(description="When it was made, or came.")
    tries: int
    reason: str


class Parcels(BaseModel):
    parcels: list[ParcelRow]
    next: str | None = Field(description="Place after which the next page begins; null on the last one.")


class AlarmRow(BaseModel):
    id: int
    kind: str
    node: str
    text: str
    raised_at: str
    last_at: str
    times: int
    handled_at: str | None
    handled_by: str
    note: str


class Alarms(BaseModel):
    alarms: list[AlarmRow]
    next: int | None


class Which(BaseModel):
    direction: Literal["out", "in"] = "out"
    state: Literal["open", "all"] = Field("open", description="open: what is not delivered or not done.")
    after: str | None = Field(None, max_length=30, description="Place of the last one of the page before.")


class Since(BaseModel):
    state: Literal["open", "all"] = "open"
    after: int | None = Field(None, ge=1)


class HandledNote(BaseModel):
    model_config = {"extra": "forbid"}

    note: str = Field(min_length=1, max_length=500, description="What was found or done.")


def watcher(request: HttpRequest) -> Person:
    """Who asks. Refused: who is neither liaison nor system or security administrator of this node (403)."""
    person = person_of(request)
    here = this_node().code
    liaises = any(
        held.role == Membership.Role.LIAISON and held.agency.region.node_code == here for held in memberships_of(person)
    )
    if not (liaises or holds(person, *WATCHING)):
        raise Refused(
            "not-watcher",
            _("This is for liaisons and for the system and security administrators of this node."),
            status=403,
        )
    return person


@router.get(
    "/exchange/peers", auth=reading, response=Peers, summary=gettext_noop("Read how it stands with the other nodes")
)
def list_peers(request: HttpRequest) -> object:
    """Every known node: when it was heard, what waits for it, how far its clock is off, what of its log we have cosigned. Four queries."""
    watcher(request)
    return {"peers": [peer_row(one) for one in standings()]}


def peer_row(one: Standing) -> object:
    peer = one.peer
    return {
        "code": peer.code, "name": peer.name, "state": peer.state, "state_label": str(Peer.State(peer.state).label),
        "last_heard_at": moment(peer.last_heard_at), "last_sent_at": moment(peer.last_sent_at),
        "unreachable_since": moment(peer.unreachable_since), "skew_seconds": peer.skew_seconds,
        "last_parcel_at": moment(one.last_parcel_at), "waiting": one.waiting, "given_up": one.given_up,
        "unsettled": one.unsettled, "cosigned_size": one.cosigned.size if one.cosigned else None,
        "cosigned_at": moment(one.cosigned.cosigned_at) if one.cosigned else None,
    }  # fmt: skip


@router.get(
    "/exchange/peers/{code}/parcels",
    auth=reading,
    response=Parcels,
    summary=gettext_noop("List the parcels to or from a node"),
)
def list_parcels(request: HttpRequest, code: str, wanted: Query[Which]) -> object:
    """The queue, the newest place first, without what the parcels say. `lianqiao parcel show | resend` shows one and sends it again."""
    watcher(request)
    out = wanted.direction == "out"
    rows: Any = ParcelOut.objects.all() if out else ParcelIn.objects.all()
    rows = rows.filter(peer=code).defer("body")
    if wanted.state == "open":
        rows = rows.exclude(state=ParcelOut.State.DELIVERED if out else ParcelIn.State.DONE)
    if wanted.after:
        place = Place.parse(wanted.after)
        rows = rows.filter(Q(epoch__lt=place.epoch) | Q(epoch=place.epoch, sequence__lt=place.sequence))
    page = list(rows.order_by("-epoch", "-sequence")[: PAGE + 1])
    following = str(Place(page[PAGE - 1].epoch, page[PAGE - 1].sequence)) if len(page) > PAGE else None
    return {"parcels": [parcel_row(row) for row in page[:PAGE]], "next": following}


def parcel_row(row: Any) -> dict[str, Any]:
    out = isinstance(row, ParcelOut)
    return {
        "id": str(row.pk if out else row.parcel), "peer": row.peer_id, "place": str(Place(row.epoch, row.sequence)),
        "kind": row.kind, "dossier": str(row.dossier) if row.dossier else None, "tenure": row.tenure, "digest": row.digest,
        "state": row.state, "state_label": row.get_state_display(), "at": stamp(row.created_at if out else row.received_at),
        "tries": row.attempts if out else row.tries, "reason": row.last_error if out else row.reason,
    }  # fmt: skip


@router.get("/exchange/alarms", auth=reading, response=Alarms, summary=gettext_noop("List the alarms of the exchange"))
def list_alarms(request: HttpRequest, wanted: Query[Since]) -> object:
    """What the exchange cannot settle by itself, the newest first."""
    watcher(request)
    rows = Alarm.objects.order_by("-pk")
    rows = rows.filter(handled_at=None) if wanted.state == "open" else rows
    rows = rows.filter(pk__lt=wanted.after) if wanted.after else rows
    page = list(rows[: PAGE + 1])
    return {
        "alarms": [alarm_row(alarm) for alarm in page[:PAGE]],
        "next": page[PAGE - 1].pk if len(page) > PAGE else None,
    }


@router.post(
    "/exchange/alarms/{int:alarm}/handle", auth=administering, response=AlarmRow,
    summary=gettext_noop("Mark an alarm as handled"), openapi_extra=example({"note": "已与对方核对，重发成功。"}),
    operation_id="handle_alarm",
)  # fmt: skip
def handle_alarm(request: HttpRequest, alarm: int, told: HandledNote) -> object:
    """Say what was found or done; the alarm is closed. By the system or security administrator."""
    person = watcher(request)
    if not holds(person, *WATCHING):
        raise Refused(
            "not-admin",
            _("Only the system or security administrator of this node may close an alarm. Tell one of them."),
            status=403,
        )
    return alarm_row(alarms.handle(alarm, by=person.actor, note=told.note))


def alarm_row(alarm: Alarm) -> dict[str, Any]:
    return {
        "id": alarm.pk, "kind": alarm.kind, "node": alarm.node, "text": alarms.text(alarm), "raised_at": stamp(alarm.raised_at),
        "last_at": stamp(alarm.last_at), "times": alarm.times, "handled_at": moment(alarm.handled_at),
        "handled_by": alarm.handled_by, "note": alarm.note,
    }  # fmt: skip


def moment(at: Any) -> str | None:
    return stamp(at) if at else None
