"""Erasure between nodes: what was erased here is told to every node that was given it, and what they tell is erased here.

Parcels, offers and files that said it lose their bodies; digest, signatures and place stay: the proof remains that something was said. What is
still needed (a parcel on its way, one not worked on) is marked and loses its body as soon as it is not.
"""

from collections.abc import Collection, Iterable, Sequence
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from lianqiao.cases import erasing, flow
from lianqiao.cases import files as stored
from lianqiao.cases.actions import keeping
from lianqiao.cases.models import Attachment, Case
from lianqiao.record import events
from lianqiao.record.actors import Actor
from lianqiao.record.models import Event
from lianqiao.record.nodes import this_node
from lianqiao.record.refusal import Refused
from lianqiao.record.time import now

from . import catchup, errands, handover, inbox, parcels
from .kinds import Early, dossier_of, receives
from .models import Alarm, Erasure, Errand, Fetch, Offer, ParcelIn, ParcelOut, Peer

ERASURE, ANSWERED, DISPOSAL = "erasure", "erasure.answered", "disposal"
OWN = (ERASURE, ANSWERED, DISPOSAL)
"""These say nothing that could be erased."""
BEGINNING = flow.ENTRY
CONTENT = ("title", "facts", "request", "basis", "summary", "enterprise_name", "enterprise_code", "contact")
"""What an offer tells of a case, by its name in the offer; the events that begin a case hold the same."""


class Text(BaseModel):
    """One text: the digest of the event in the sender's record, of the one in the receiver's from which that was made, and the field."""

    model_config = ConfigDict(extra="ignore")

    event: str = Field(max_length=64)
    cause: str = Field("", max_length=64)
    field: str = Field(max_length=64)


class Told(BaseModel):
    """What a parcel `erasure` says."""

    model_config = ConfigDict(extra="ignore")

    erasure: str = Field(max_length=64)
    ground: str = Field(max_length=32, pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$")
    content: list[str] = Field([], max_length=20)
    texts: list[Text] = Field([], max_length=1000)
    attachments: list[UUID] = Field([], max_length=1000)


class Said(NamedTuple):
    """What an erasing event of a case means for parcels: parts of the content, digests of events here and at the neighbours, files."""

    content: tuple[str, ...]
    texts: tuple[tuple[Event, str], ...]
    files: tuple[str, ...]

    def causes(self) -> set[str]:
        return {str(event.data["cause"]) for event, _field in self.texts if event.data.get("cause")}


# To the neighbours


def said_by(event: Event) -> Said:
    """What the event `erase` or `erasure_reported` took from its case. One query."""
    fields = event.data.get("fields", [])
    found = Event.objects.about(event.subject_kind, event.subject).filter(digest__in=[spot["event"] for spot in fields])
    by_digest = {one.digest: one for one in found}
    content: set[str] = {"enterprise_name", "enterprise_code"} if erasing.COMPLAINANT in event.data["what"] else set()
    texts: list[tuple[Event, str]] = []
    for spot in fields:
        of, field = by_digest[spot["event"]], str(spot["field"])
        if of.verb in BEGINNING and field.partition(".")[0] in CONTENT:
            content.add(field.partition(".")[0])
        elif of.verb == "summarise":
            content.add("summary")
        else:
            texts.append((of, field))
    return Said(tuple(sorted(content)), tuple(texts), tuple(event.data.get("attachments", [])))


def neighbours(dossier: UUID) -> list[str]:
    """The nodes that were given a part of the dossier, or gave it, and are not gone for good."""
    codes = set(ParcelOut.objects.filter(dossier=dossier).values_list("peer_id", flat=True))
    codes |= set(ParcelIn.objects.filter(dossier=dossier).values_list("peer_id", flat=True))
    there = Peer.objects.filter(pk__in=codes).exclude(state=Peer.State.GONE)
    return sorted(there.values_list("pk", flat=True))


def for_peer(case: Case, event: Event, said: Said, peer: str) -> dict[str, Any]:
    """What the neighbour must know to erase the same, as far as it can hold it; nothing when it holds nothing of it."""
    sent = set(
        ParcelOut.objects.filter(peer=peer, dossier=case.dossier).exclude(source="").values_list("source", flat=True)
    )
    texts = [
        {"event": of.digest, "cause": str(of.data.get("cause", "")) if told_by(of, peer) else "", "field": field}
        for of, field in said.texts
        if of.digest in sent or told_by(of, peer)
    ]
    shown = Attachment.objects.filter(pk__in=said.files, audience="everyone").values_list("pk", flat=True)
    files = sorted(str(pk) for pk in shown)
    if not (said.content or texts or files):
        return {}
    return {
        "erasure": event.digest, "ground": event.data["ground"], "on": event.legal_date.isoformat(), "content": list(said.content),
        "texts": texts, "attachments": files,
    }  # fmt: skip


def told_by(event: Event, peer: str) -> bool:
    return (event.by_kind, event.by) == ("node", peer)


def note(event: Event, dossier: UUID, peer: str) -> None:
    """Remember that a neighbour was told and has not answered."""
    Erasure.objects.get_or_create(event=event.digest, peer_id=peer, defaults={"dossier": dossier, "told_at": now()})


@receives(ANSWERED)
def answered(parcel: ParcelIn, data: dict[str, Any]) -> None:
    """A neighbour says that it has erased, or that it did not hold it. The case shows it."""
    row = (
        Erasure.objects.select_for_update().filter(event=str(data.get("erasure", ""))[:64], peer=parcel.peer_id).first()
    )
    if row is None:
        raise Refused("erasure-unknown", _("Nothing was passed on that this answers."))
    if row.state != Erasure.State.WAITING:
        return
    row.state = Erasure.State.ERASED if data.get("outcome") == "erased" else Erasure.State.NOT_HELD
    row.answered_at = now()
    row.save(update_fields=["state", "answered_at"])
    case = Case.objects.filter(dossier=dossier_of(parcel)).first()
    if case is not None:
        keeping.erased(case, by=inbox.actor(parcel), erasure=row.event, outcome=row.state)


# From a neighbour


@receives(ERASURE)
def erasure(parcel: ParcelIn, data: dict[str, Any]) -> None:
    """A neighbour has erased something of the dossier: the same goes here, from case, offer, parcels and files; the answer says which.

    Waits while an earlier place of the stream is missing or a parcel that says it is not worked on, and while the case is frozen.
    """
    told = read(data)
    dossier = dossier_of(parcel)
    case = Case.objects.filter(dossier=dossier).first()
    if case and case.frozen_epoch:
        raise Early("frozen")
    earlier = ParcelIn.objects.filter(peer=parcel.peer_id, dossier=dossier, state__in=inbox.UNSETTLED)
    saying = Q(cause__in=[text.event for text in told.texts]) | (
        Q(kind=handover.OFFERED) if told.content else Q(pk__in=[])
    )
    for one in told.attachments:
        saying |= Q(body__contains=str(one))
    if catchup.gap_before(parcel) or earlier.filter(saying).exclude(kind__in=OWN).exists():
        raise Early("earlier-parcel-missing")
    held = case is not None and carry_out(case, told, by=inbox.actor(parcel), peer=parcel.peer_id)
    said = Said(tuple(told.content), (), tuple(map(str, told.attachments)))
    causes = {name for text in told.texts for name in (text.event, text.cause) if name}
    held = bool(blank(dossier, said, causes=causes, by=inbox.actor(parcel))) or held
    parcels.send(
        parcel.peer_id, ANSWERED, {"erasure": told.erasure, "outcome": "erased" if held else "not_held"},
        by=Actor.node(this_node().code), dossier=dossier, tenure=parcel.tenure,
    )  # fmt: skip


def read(data: dict[str, Any]) -> Told:
    try:
        return Told.model_validate(data)
    except ValidationError as error:
        where = str(error.errors()[0]["loc"])
        raise Refused("malformed", _("The parcel cannot be read: %(why)s."), why=where) from None


def carry_out(case: Case, told: Told, *, by: Actor, peer: str) -> bool:
    """Erase in the case what a neighbour has erased; whether the case ever held it."""
    chosen, held = selection(case, told, peer=peer)
    if held:
        try:
            keeping.erasure_reported(case, by=by, erasure=told.erasure, ground=told.ground, **chosen)
        except Refused as refused:
            if refused.code not in keeping.NOTHING:
                raise
    return held


def selection(case: Case, told: Told, *, peer: str) -> tuple[dict[str, Any], bool]:
    """What of this case the neighbour means, as the verbs name it, and whether anything of it was ever here. `peer`: "" for our own word."""
    texts: list[str] = []
    names = [name for name in told.content if name in CONTENT]
    contact = False
    for event in Event.objects.about("case", case.uid):
        fields = events.committed(event)
        if event.verb in BEGINNING:
            texts += [f"{event.number}.{name}" for name in names if name in fields and name not in erasing.NAMES]
            contact = contact or any(field.startswith("contact.") for field in fields)
        for text in told.texts:
            ours = event.digest == (text.cause if peer else text.event)
            theirs = bool(peer) and told_by(event, peer) and event.data.get("cause") == text.event
            if (ours or theirs) and text.field in fields:
                texts.append(f"{event.number}.{text.field}")
    wanted = {str(one) for one in told.attachments}
    files = [str(pk) for pk in case.attachments.filter(pk__in=wanted).values_list("pk", flat=True)]
    listed = Event.objects.about("case", case.uid).filter(verb="materials_reported")
    files += [
        one["id"] for event in listed for one in event.data.get("attachments", []) if one["id"] in wanted - set(files)
    ]
    chosen = {
        "contact": "contact" in names and contact, "complainant": bool(set(names) & set(erasing.NAMES)), "texts": texts,
        "files": files,
    }  # fmt: skip
    return chosen, any(chosen.values())


@receives(DISPOSAL)
def disposal(parcel: ParcelIn, data: dict[str, Any]) -> None:
    """A neighbour has disposed of its file. What is kept here is for this node to decide, under its own law."""
    case = Case.objects.filter(dossier=dossier_of(parcel)).first()
    if case is not None:
        keeping.disposal_reported(
            case, by=inbox.actor(parcel), retention=data.get("retention"), peer_number=str(data.get("number", ""))[:40]
        )


# What said it


def blank(
    dossier: UUID, said: Said | None, *, by: Actor, causes: Collection[str] = (), event: str = ""
) -> int:  # fmt: skip
    """Take the bodies of the parcels and offers of the dossier that said it, all of them when `said` is None; how many rows.

    Those still needed are marked. The event `erased` of the dossier names the digests of those that went.
    """
    sent = ParcelOut.objects.select_for_update().filter(dossier=dossier, erased_at=None).exclude(kind__in=OWN)
    came = ParcelIn.objects.select_for_update().filter(dossier=dossier, erased_at=None).exclude(kind__in=OWN)
    if said is not None:
        sources = [of.digest for of, _field in said.texts]
        sent = sent.filter(_saying(said, Q(source__in={*sources, *causes})))
        came = came.filter(_saying(said, Q(cause__in={*causes, *said.causes()})))
    reasons = (
        set(came.filter(kind=handover.OFFERED, cause__in=causes).values_list("tenure", flat=True)) if causes else set()
    )
    digests = [*_emptied(sent, (ParcelOut.State.WAITING, ParcelOut.State.DEAD)), *_emptied(came, inbox.UNSETTLED)]
    open_offers = Offer.objects.select_for_update().filter(dossier=dossier, erased_at=None)
    offers = [offer for offer in open_offers if _scrub(offer, said, reason=offer.tenure in reasons)]
    files = None if said is None else said.files
    _forget_files(dossier, files)
    named = {*causes, *said.causes(), *(of.digest for of, _field in said.texts)} if said else None
    asked = _forget_errands(dossier, files, named)
    if digests or offers or asked:
        data: dict[str, Any] = {"parcels": sorted(digests), "offers": sorted(str(offer.pk) for offer in offers)}
        data |= ({"errands": asked} if asked else {}) | ({"event": event} if event else {})
        events.append("dossier", dossier, "erased", by=by, data=data)
    return len(digests) + len(offers) + len(asked)


def _saying(said: Said, caused: Q) -> Q:
    if said.content:
        caused |= Q(kind=handover.OFFERED)
    for one in said.files:
        caused |= Q(body__contains=one)
    return caused


def _emptied(rows: Any, needed: Sequence[str]) -> Iterable[str]:
    """Empty those that are no longer needed and mark the others; the digests of all."""
    found = list(rows)
    at = now()
    for row in found:
        if row.state in needed:
            row.to_erase = True
        else:
            row.body, row.erased_at, row.to_erase = "", at, False
    type(found[0]).objects.bulk_update(found, ["body", "erased_at", "to_erase"]) if found else None
    return [row.digest for row in found]


def _scrub(offer: Offer, said: Said | None, *, reason: bool = False) -> bool:
    """Take from an offer what was erased; the whole content when the file was disposed of. An open offer keeps what the answer needs.

    `reason`: also why it was offered.
    """
    if said is None:
        if offer.state in (Offer.State.WAITING, Offer.State.LOST):
            return False
        offer.content, offer.erased_at = {}, now()
        offer.save(update_fields=["content", "erased_at"])
        return True
    content = dict(offer.content.get("content", {}))
    kept = {name: value for name, value in content.items() if name in said.content and value}
    named = [
        one
        for one in offer.content.get("attachments", [])
        if one.get("id") in said.files and one.get("name") != ERASED_NAME
    ]
    reason = reason and bool(offer.content.get("reason"))
    if not (kept or named or reason):
        return False
    content |= {name: {} if name == "contact" else "" for name in kept}
    files = [one | {"name": ERASED_NAME} if one in named else one for one in offer.content.get("attachments", [])]
    offer.content = offer.content | {"content": content, "attachments": files} | ({"reason": ""} if reason else {})
    offer.save(update_fields=["content"])
    return True


ERASED_NAME = "-"


def _forget_errands(dossier: UUID, files: Collection[str] | None, causes: Collection[str] | None) -> list[str]:
    """What was asked of us about the dossier: its text where the event that asked is named (of a peer, or of our own case), each word that is named, its
    files; all of it when the file was disposed of (both None). The ids of those that lost something."""
    asked = Errand.objects.select_for_update().filter(dossier=dossier)
    brought = ParcelIn.objects.filter(dossier=dossier, kind__in=("consultation.asked", "task.given"))
    digests = set(brought.filter(cause__in=causes or ()).values_list("digest", flat=True))
    ours = Event.objects.filter(digest__in=causes or (), subject_kind="case", verb="consult")
    numbers = {event.data["request"] for event in ours}
    lost = []
    for errand in asked:
        held = errand.files.all() if files is None else errand.files.filter(pk__in=files)
        if errand.state not in Errand.OPEN and held:
            for file in held:
                stored.remove(errand.folder, file.pk)
            held.delete()
            lost.append(str(errand.pk))
        chain = list(Event.objects.about("errand", errand.pk))
        is_named = chain and (
            chain[0].data.get("parcel") in digests or (not errand.peer_id and errand.request in numbers)
        )
        words = [event for event in chain if causes is not None and event.digest in causes]
        if causes is None or is_named:
            errands.forget(errand, causes)
            lost.append(str(errand.pk))
        elif words:
            errands.forget_words(words)
            lost.append(str(errand.pk))
    return sorted(set(lost))


def _forget_files(dossier: UUID, files: Collection[str] | None) -> None:
    """What was to be fetched is fetched no more, and no alarm names it."""
    case = Case.objects.filter(dossier=dossier).first()
    rows = Fetch.objects.filter(case=case.uid) if files is None and case else Fetch.objects.filter(pk__in=files or ())
    gone = [str(pk) for pk in rows.values_list("pk", flat=True)]
    rows.filter(state=Fetch.State.WAITING).update(state=Fetch.State.FAILED, last_error="erased")
    rows.update(name="")
    for alarm in Alarm.objects.filter(kind="attachment-missing", subject__in=gone):
        alarm.params = alarm.params | {"name": ERASED_NAME}
        alarm.save(update_fields=["params"])
