"""What leaves for other nodes, for the account of departures: parcels, and files that a peer has fetched."""

from collections.abc import Iterable
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from lianqiao.cases.departures import Departure, Place, Wanted, of_events, source
from lianqiao.record.models import Event

from .models import ParcelOut


@source("parcel", by_uuid=True)
def parcels(wanted: Wanted, limit: int) -> Iterable[Departure]:
    """The parcels in the outbox, delivered or not; what parts they carry stands in the event by which each was sent."""
    found = ParcelOut.objects.filter(wanted.within("parcel", "created_at")).order_by("-created_at", "-pk").defer("body")
    if wanted.case:
        found = found.filter(dossier=wanted.case.dossier)
    if wanted.to:
        found = found.filter(peer=wanted.to)
    rows = list(found[:limit])
    sent = Event.objects.filter(subject_kind="parcel", subject__in=[row.pk for row in rows], number=1)
    parts = dict(sent.values_list("subject", "data"))
    return [
        Departure(
            Place(row.created_at, "parcel", str(row.pk)), _("Parcel to another node"), row.peer_id, row.kind, row.dossier,
            row.source, tuple(parts.get(row.pk, {}).get("fields", ())), row.digest, row.state,
        )
        for row in rows
    ]  # fmt: skip


@source("file")
def files(wanted: Wanted, limit: int) -> Iterable[Departure]:
    """The files that peers have fetched, each time."""
    found = of_events(wanted, "file", "fetched")
    if wanted.case:
        found = found.filter(data__dossier=str(wanted.case.dossier))
    if wanted.to:
        found = found.filter(by_kind="node", by=wanted.to)
    return [
        Departure(
            Place(event.recorded_at, "file", str(event.pk)), _("File fetched by another node"), event.by, "attachment",
            UUID(event.data["dossier"]) if event.data["dossier"] else None, event.digest, ("content",),
            event.data["sha256"], "delivered",
        )
        for event in found[:limit]
    ]  # fmt: skip
