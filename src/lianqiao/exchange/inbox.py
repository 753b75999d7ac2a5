"""Works on stored parcels. Any order, any delay and any repetition leads to the same end."""

import json
import logging
from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils.translation import override

from lianqiao.record import prepared
from lianqiao.record.actors import Actor
from lianqiao.record.refusal import Refused
from lianqiao.record.time import now

from . import alarms
from .kinds import HANDLERS, Early
from .models import ParcelIn

log = logging.getLogger(__name__)
LONGEST_WAIT = timedelta(minutes=10)
STUCK_AFTER = 8
PASSING = ("frozen",)
"""Refusals that time heals: a case that is read-only after a restore."""
UNSETTLED = (ParcelIn.State.STORED, ParcelIn.State.WAITING)


def work(limit: int = 100) -> int:
    """Works on the parcels that are due, oldest place first; returns how many. One transaction each."""
    due = ParcelIn.objects.filter(state__in=UNSETTLED, next_try_at__lte=now()).order_by("peer_id", "epoch", "sequence")
    return sum(settle(pk) for pk in due.values_list("pk", flat=True)[:limit])


def settle(pk: int) -> bool:
    """Works on one parcel under the lock of its row. False if somebody else has it or it is settled.

    What it was waiting for may be what others wait for: a parcel that is done makes the waiting ones of its dossier due.
    A fault of ours never loses the parcel: it stays stored, is tried again at growing distance, and becomes an alarm.
    """
    try:
        with transaction.atomic():
            parcel = _claimed(pk)
            if parcel is None:
                return False
            carry_out(parcel)
            return True
    except Exception as error:
        log.exception("parcel %s", pk)
        _postpone(pk, error)
        return True


def settle_dossier(dossier: UUID) -> None:
    """Works on all waiting parcels of a dossier, until none of them gets further."""
    moved = True
    while moved:
        moved = False
        for parcel in ParcelIn.objects.select_for_update().filter(dossier=dossier, state__in=UNSETTLED):
            carry_out(parcel)
            moved = moved or parcel.state == ParcelIn.State.DONE


def carry_out(parcel: ParcelIn) -> None:
    """Runs the handler of a parcel whose row the caller has locked, and writes how it ended, in the same transaction."""
    handler = HANDLERS.get(parcel.kind)
    parcel.tries += 1
    parcel.reason = ""
    try:
        if handler is None:
            raise Early("unknown-kind")
        if not done_before(parcel):
            with transaction.atomic():
                handler(parcel, json.loads(parcel.body)["data"])
        parcel.state, parcel.done_at = ParcelIn.State.DONE, now()
    except Early as early:
        _wait(parcel, str(early))
    except Refused as refused:
        if refused.code in PASSING:
            _wait(parcel, refused.code)
        else:
            with override("en"):
                parcel.reason = f"{refused.code}: {refused}"[:300]
            parcel.state = ParcelIn.State.REFUSED
            alarms.raise_alarm(
                "parcel-rejected", node=parcel.peer_id, subject=str(parcel.parcel), kind=parcel.kind, why=refused.code
            )
    ended = ["state", "reason", "tries", "next_try_at", "done_at"]
    if parcel.to_erase and parcel.state not in UNSETTLED:
        parcel.body, parcel.erased_at, parcel.to_erase = "", now(), False
        ended += ["body", "erased_at", "to_erase"]
    prepared.save(parcel, *ended)
    if parcel.state == ParcelIn.State.DONE and parcel.dossier:
        wake_dossier(parcel.dossier)


def distance(tries: int) -> timedelta:
    """How long to the next try: 2, 4, 8 seconds and so on to ten minutes."""
    return min(timedelta(seconds=2 ** min(tries, 10)), LONGEST_WAIT)


def wake_dossier(dossier: UUID) -> None:
    """Makes the parcels of a dossier that wait due again, one by one: outside a transaction, who waits for one holds no other."""
    waiting = ParcelIn.objects.filter(dossier=dossier, state=ParcelIn.State.WAITING)
    for pk in list(waiting.values_list("pk", flat=True)):
        waiting.filter(pk=pk).update(next_try_at=now())


def wake_kinds(peer: str, *kinds: str) -> None:
    """Makes the parcels of some kinds that wait due again, because what they wait for has no dossier."""
    ParcelIn.objects.filter(peer=peer, kind__in=kinds, state=ParcelIn.State.WAITING).update(next_try_at=now())


def again(parcel: ParcelIn) -> None:
    """A duplicate of what is not done is worked on again; a duplicate of what is done is not."""
    ParcelIn.objects.filter(~Q(state=ParcelIn.State.DONE), pk=parcel.pk).update(
        state=ParcelIn.State.STORED, next_try_at=now()
    )


def actor(parcel: ParcelIn) -> Actor:
    """Who does what the parcel says: the node that signed it."""
    return Actor.node(parcel.peer_id)


def done_before(parcel: ParcelIn) -> bool:
    """Whether another parcel with the same cause was worked on: a restored peer says again what it does not know it has said."""
    same = ParcelIn.objects.filter(peer=parcel.peer_id, kind=parcel.kind, cause=parcel.cause, state=ParcelIn.State.DONE)
    return bool(parcel.cause) and same.exclude(pk=parcel.pk).exists()


def _wait(parcel: ParcelIn, why: str) -> None:
    parcel.state, parcel.reason = ParcelIn.State.WAITING, why[:300]
    parcel.next_try_at = now() + distance(parcel.tries)


def _claimed(pk: int) -> ParcelIn | None:
    parcel = prepared.one(ParcelIn, id=pk, lock=prepared.FREE)
    return parcel if parcel and parcel.state in UNSETTLED and parcel.next_try_at <= now() else None


def _postpone(pk: int, error: Exception) -> None:
    with transaction.atomic():
        parcel = ParcelIn.objects.select_for_update().get(pk=pk)
        if parcel.state not in UNSETTLED:
            return
        parcel.tries += 1
        parcel.reason = f"{type(error).__name__}: {error}"[:300]
        parcel.next_try_at = now() + distance(parcel.tries)
        parcel.save(update_fields=["tries", "reason", "next_try_at"])
        if parcel.tries == STUCK_AFTER:
            alarms.raise_alarm(
                "parcel-stuck", node=parcel.peer_id, subject=str(parcel.parcel), kind=parcel.kind,
                tries=parcel.tries, why=parcel.reason,
            )  # fmt: skip
