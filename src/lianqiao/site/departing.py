"""What leaves as a whole, for the account of departures: backups, which hold everything."""

from collections.abc import Iterable

from django.utils.translation import gettext_lazy as _

from lianqiao.cases.departures import Departure, Place, Wanted, of_events, source


@source("backup")
def backups(wanted: Wanted, limit: int) -> Iterable[Departure]:
    """The backups that were taken. Each holds all, so that they stand in the whole list, and not once more in that of every case."""
    found = of_events(wanted, "backup", "backup")
    if wanted.to or wanted.case:
        found = found.none()
    return [
        Departure(
            Place(event.recorded_at, "backup", str(event.pk)), _("Backup of the node"), "", "backup", None, event.digest,
            ("everything",), "", "delivered",
        )
        for event in found[:limit]
    ]  # fmt: skip
