"""After a restore from a backup: cases stay read-only until every peer has said what it holds, and what the backup had lost is fetched back.

The backup may not know that a case was handed over afterwards, so every case that can be handed over is frozen, not only
those known to be shared. A peer keeps our parcels with our own signatures: they prove to us what we did.
"""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

import httpx
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from lianqiao.cases.actions import routing
from lianqiao.cases.models import Case
from lianqiao.record import keys
from lianqiao.record.actors import Actor
from lianqiao.record.nodes import epoch, this_node
from lianqiao.record.refusal import Refused
from lianqiao.record.time import now
from lianqiao.registry.access import admin
from lianqiao.registry.models import Person

from . import alarms, calls, catchup, ending, inbox, parcels, peers, signing, wire
from .models import ParcelOut, Peer, Recovery
from .parcels import Place
from .reliving import relive

CAN_BE_HANDED_OVER = Q(state__in=["filed", "correcting", "accepted", "offered", "handed_over"])
HAS_TRAVELLED = Q(state__in=["concluded", "delivered"]) & (Q(tenure__gt=1) | ~Q(offered_to=""))


def begin() -> int:
    """Freezes what could have been handed over since the backup and notes whom to ask; returns how many cases.

    To be called once the new epoch is open, before anything else may write. A second call changes nothing.
    """
    present, here = epoch(), Actor.node(this_node().code)
    with transaction.atomic():
        asked = list(Peer.objects.filter(state__in=[Peer.State.ACTIVE, Peer.State.BLOCKED]))
        for peer in asked:
            Recovery.objects.get_or_create(epoch=present, peer=peer, defaults={"begun_at": now()})
        Peer.objects.update(pull_after=None)
        open_here = Case.objects.filter(CAN_BE_HANDED_OVER | HAS_TRAVELLED, frozen_epoch__isnull=True)
        touched = list(open_here) if asked else []
        for case in touched:
            routing.freeze(case, by=here, epoch=present)
    return len(touched)


def work(http: httpx.Client) -> int:
    """Asks the peers that have not answered; when the last one has, releases the cases. Returns how much was done."""
    if not Recovery.objects.filter(epoch=epoch()).exists():
        return 0
    callable_now = Q(peer__retry_at__isnull=True) | Q(peer__retry_at__lte=now())
    done = sum(ask(http, row) for row in Recovery.objects.waiting().filter(callable_now, peer__state=Peer.State.ACTIVE))
    if not Recovery.objects.waiting().exists() and frozen().exists():
        done += release()
    return done


def frozen() -> "QuerySet[Case]":
    """The cases that can be released, frozen by this restore or an earlier one: not those about which the two sides differ,
    until the alarm is handled."""
    differing = [subject for subject in alarms.open_subjects("recovery-mismatch") if subject]
    return Case.objects.filter(frozen_epoch__lte=epoch()).exclude(dossier__in=differing).order_by("pk")


def ask(http: httpx.Client, row: Recovery) -> bool:
    """Asks one peer: our own parcels that it has and we have not, its parcels for us, and what it holds of each dossier."""
    peer = row.peer
    lost = fetch_own(http, peer)
    if lost is None:
        return False
    catchup.pull(http, peer)
    holdings = fetch_holdings(http, peer)
    if holdings is None:
        return False
    while inbox.work():
        pass
    reports = [relive(parcel) for parcel in lost]
    if lost:
        alarms.raise_alarm("lost-parcels", node=peer.code, subject=str(row.epoch), count=len(lost))
    row.state, row.answered_at = Recovery.State.ANSWERED, now()
    row.found = {
        "lost": [str(parcel.pk) for parcel in lost],
        "reports": [r for r in reports if r],
        "dossiers": holdings,
    }
    row.save(update_fields=["state", "answered_at", "found"])
    return True


def fetch_own(http: httpx.Client, peer: Peer) -> list[ParcelOut] | None:
    """Our own parcels that the backup did not have, in the order in which they were sent; None if the peer did not answer.

    Those that an earlier attempt has brought back are among them: what they say may not have been relived yet.
    """
    newest = (
        ParcelOut.objects.filter(peer=peer, epoch__lt=epoch(), to_relive=False).order_by("-epoch", "-sequence").first()
    )
    place = Place(newest.epoch, newest.sequence) if newest else Place(1, 0)
    for items in complete(http, peer, wire.INBOX, place):
        if items is None:
            return None
        for item in items:
            if not item.get("erased"):
                bring_back(peer, item)
    return list(ParcelOut.objects.filter(peer=peer, to_relive=True, epoch__lt=epoch()).order_by("epoch", "sequence"))


def complete(http: httpx.Client, peer: Peer, path: str, place: Place) -> Iterator[list[dict[str, Any]] | None]:
    """The pages of a list to its very end; None when the peer does not answer in between."""
    target = peers.target(peer.code)
    while True:
        reply = calls.call(http, target, "GET", f"{path}?epoch={epoch()}&after={place}")
        items = reply.value.get("parcels") if reply.ok else None
        if not isinstance(items, list):
            if reply.status == 0:
                peers.not_reached(peer.code)
            yield None
            return
        if not items:
            return
        yield items
        place = Place(int(items[-1]["epoch"]), int(items[-1]["sequence"]))


def bring_back(peer: Peer, item: dict[str, Any]) -> None:
    """Enters one of our own parcels again, if it carries our signature; it is delivered, since the peer has it."""
    body, proof = str(item["body"]).encode(), dict(item["proof"])
    envelope = parcels.read(body)
    if ParcelOut.objects.filter(pk=envelope.id).exists():
        return
    try:
        key = keys.public(signing.kid_of(proof))
        signing.verify_request(key, proof["method"], proof["path"], proof, body)
    except (Refused, KeyError):
        alarms.raise_alarm(
            "recovery-mismatch", node=peer.code, subject=str(envelope.subject or ""), why="not our signature"
        )
        return
    twice = ParcelOut.objects.filter(peer=peer, kind=envelope.kind, source=envelope.cause).exists()
    ParcelOut.objects.create(
        id=envelope.id, peer=peer, epoch=envelope.epoch, sequence=envelope.sequence, kind=envelope.kind, dossier=envelope.subject,
        tenure=envelope.tenure, source="" if twice else envelope.cause, body=body.decode(), digest=wire.digest(body),
        created_at=envelope.time, state=ParcelOut.State.DELIVERED, next_attempt_at=now(), give_up_at=now(), to_relive=True,
        answered_at=now(),
    )  # fmt: skip


def fetch_holdings(http: httpx.Client, peer: Peer) -> dict[str, Any] | None:
    """What the peer holds of each dossier shared with us; None if it did not answer."""
    target, found, after = peers.target(peer.code), {}, ""
    while True:
        reply = calls.call(http, target, "GET", f"{wire.INVENTORY}?after={after}")
        if not (reply.ok and isinstance(reply.value.get("dossiers"), list)):
            return None
        for held in reply.value["dossiers"]:
            found[str(held["dossier"])] = {"tenure": int(held["tenure"]), "holder": str(held["holder"])}
        after = str(reply.value.get("next") or "")
        if not after:
            return found


def release() -> int:
    """Releases the frozen cases after all peers have answered; one that both sides see differently stays frozen, with an alarm."""
    held: dict[str, dict[str, Any]] = {}
    for row in Recovery.objects.filter(epoch=epoch(), state=Recovery.State.ANSWERED):
        for dossier, said in row.found.get("dossiers", {}).items():
            if dossier not in held or said["tenure"] > held[dossier]["tenure"]:
                held[dossier] = said | {"node": row.peer_id}
    return sum(thaw(case, held.get(str(case.dossier))) for case in frozen())


def thaw(case: Case, said: dict[str, Any] | None) -> bool:
    """Releases one case, works on what waited for it, and compares with what the peer said; all of it or nothing."""
    here = Actor.node(this_node().code)
    try:
        with transaction.atomic():
            routing.thaw(case, by=here, epoch=epoch())
            inbox.settle_dossier(case.dossier)
            case.refresh_from_db()
            if said and (case.tenure, case.holder_node) != (said["tenure"], said["holder"]):
                raise Differs(f"{case.tenure}/{case.holder_node}, {said['tenure']}/{said['holder']}")
            ending.free_if_gone(case)
    except Differs as differs:
        alarms.raise_alarm(
            "recovery-mismatch", node=said["node"] if said else "", subject=str(case.dossier), why=str(differs)
        )
        return False
    return True


class Differs(Exception):  # noqa: N818 (a finding)
    """The two sides see a dossier differently."""


def release_by_hand(dossier: UUID, *, by: Person, note: str) -> None:
    """Releases a case that stayed frozen, after people of both sides have settled who answers. Refuses an unfrozen case, an empty note."""
    who = admin(by)
    if not note.strip():
        raise Refused("note-missing", _("Say in a note what was found or done."), status=422)
    with transaction.atomic():
        case = Case.objects.filter(dossier=dossier, frozen_epoch__isnull=False).first()
        if case is None:
            raise Refused("not-frozen", _("No case of this dossier is frozen."), status=404)
        routing.thaw(case, by=Actor.node(this_node().code), epoch=epoch())
        for alarm in alarms.open_about("recovery-mismatch", str(dossier)):
            alarms.handle(alarm.pk, by=who, note=note)
