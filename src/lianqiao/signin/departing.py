"""What is told of the node's own people, for the account of departures: each time one lets an app, or another node, know who they are."""

from collections.abc import Iterable

from django.utils.translation import gettext_lazy as _

from lianqiao.cases.departures import Departure, Place, Wanted, of_events, source
from lianqiao.record.models import Event

from .provider import NODE


@source("sign_on")
def allowances(wanted: Wanted, limit: int) -> Iterable[Departure]:
    """The sign-ons at other nodes and apps, with the scopes that the person allowed; a node is named by its code."""
    found = of_events(wanted, "sign_on", "allow_app")
    if wanted.case:
        found = Event.objects.none()
    elif wanted.to:
        found = found.filter(data__client__in=[wanted.to, f"{NODE}{wanted.to}"])
    return [
        Departure(
            Place(event.recorded_at, "sign_on", str(event.pk)), _("Claims of a person who signs on"),
            event.data["client"].removeprefix(NODE), "sign_on", None, event.digest, tuple(event.data["scopes"]), "", "delivered",
        )
        for event in found[:limit]
    ]  # fmt: skip
