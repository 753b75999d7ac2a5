"""Erasure of what parcels and offers say. Digest, signatures and place stay: the proof remains that something was said."""

from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from lianqiao.record import events
from lianqiao.record.actors import Actor
from lianqiao.record.refusal import Refused
from lianqiao.record.time import now

from .inbox import UNSETTLED
from .models import Offer, ParcelIn, ParcelOut


def erase(dossier: UUID, *, by: Actor, why: str) -> int:
    """Destroys the bodies of all parcels of a dossier and the content of its offers; returns how many rows.

    Refuses an empty reason, and a dossier of which a parcel is not delivered, not worked on, or an offer not answered: what is
    still needed cannot be destroyed. Decided elsewhere: who may, and what becomes of the case.
    """
    if not why.strip():
        raise Refused("reason-missing", _("Say why this is erased; the reason stays in the record."), status=422)
    with transaction.atomic():
        sent = ParcelOut.objects.select_for_update().filter(dossier=dossier, erased_at=None)
        came = ParcelIn.objects.select_for_update().filter(dossier=dossier, erased_at=None)
        offers = Offer.objects.select_for_update().filter(dossier=dossier, erased_at=None)
        if (
            any(row.state == ParcelOut.State.WAITING for row in sent)
            or any(row.state in UNSETTLED for row in came)
            or offers.open()
        ):
            raise Refused(
                "still-needed",
                _("Parcels or offers of this dossier are still on their way or not answered. Try again later."),
            )
        digests = [row.digest for row in sent] + [row.digest for row in came]
        at = now()
        count = (
            sent.update(body="", erased_at=at)
            + came.update(body="", erased_at=at)
            + offers.update(content={}, erased_at=at)
        )
        if count:
            events.append(
                "dossier", dossier, "erased", by=by, data={"parcels": sorted(digests), "why": why.strip()[:500]}
            )
    return count
