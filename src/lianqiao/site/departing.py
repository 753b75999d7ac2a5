"""What leaves as a whole, for the account of departures: backups, which hold everything."""

from collections.abc import Iterable

from django.utils.translation import gettext_lazy as _

from lianqiao.cases.departures import Departure, Place, Wanted, of_events, source


@source("backup")
def backups(wanted: Wanted, limit: int) -> Iterable[Departure]:
    """The backups that were taken; of each case they hold all, so that a question for one case lists them too."""
    found = of_events(wanted, "backup", "backup")
    if wanted.to:
        found = found.none()
    return [
        Departure(
            Place(event.recorded_at, "backup", str(event.pk)), _("Backup of the node"), "", "backup", None, event.digest,
            ("everything",), "", "delivered",
        )
        for event in found[:limit]
    ]  # fmt: skip
