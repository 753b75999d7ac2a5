"""What has left this node: a readable account over the records in which the rooms hold it. It holds nothing of its own.

Each room that lets something out names a source; a source says what left, to whom, about which case and which parts of it, never their text.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from datetime import time as clock
from heapq import merge
from itertools import islice
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from lianqiao.record import time
from lianqiao.record.models import Event
from lianqiao.record.refusal import Refused
from lianqiao.registry.access import auditor
from lianqiao.registry.models import Person

from .models import Case


@dataclass(frozen=True)
class Place:
    """A place in the account: the moment, the source, the id of its row. Later moments stand first."""

    at: datetime
    source: str
    row: str

    def __str__(self) -> str:
        return f"{time.stamp(self.at)}~{self.source}~{self.row}"

    @classmethod
    def parse(cls, text: str) -> "Place":
        """The inverse of `str()`. Refused: anything else ("after", 422)."""
        parts = text.split("~")
        try:
            at, source, row = time.moment(parts[0]), parts[1], parts[2]
            if source not in SOURCES or len(parts) > 3:
                raise ValueError
            UUID(row) if SOURCES[source].by_uuid else int(row)
        except (ValueError, IndexError):
            raise Refused(
                "after", _("`after` takes the id of a row, as it stands in the page before."), status=422
            ) from None
        return cls(at, source, row)


@dataclass(frozen=True)
class Departure:
    """Something that left. `to` is a node, an account or an app; `parts` are names of fields, never what they hold."""

    place: Place
    way: Promise
    to: str
    kind: str
    dossier: UUID | None = None
    event: str = ""
    parts: tuple[str, ...] = ()
    digest: str = ""
    state: str = ""


@dataclass(frozen=True)
class Wanted:
    """Which departures: about one case, to one recipient, from and until a day (China), behind a place."""

    case: Case | None = None
    to: str = ""
    since: date | None = None
    until: date | None = None
    after: Place | None = None

    def within(self, source: str, moment: str, key: str = "pk") -> Q:
        """The condition on the rows of a source, whose moment and key are these fields, that they lie in the days and behind the place."""
        wanted = Q()
        if self.since:
            wanted &= Q(**{f"{moment}__gte": midnight(self.since)})
        if self.until:
            wanted &= Q(**{f"{moment}__lt": midnight(self.until + timedelta(days=1))})
        if self.after and source > self.after.source:
            wanted &= Q(**{f"{moment}__lt": self.after.at})
        elif self.after:
            wanted &= Q(**{f"{moment}__lte": self.after.at})
            if source == self.after.source:
                wanted &= Q(**{f"{moment}__lt": self.after.at}) | Q(**{f"{key}__lt": self.after.row})
        return wanted


Find = Callable[[Wanted, int], Iterable[Departure]]


@dataclass(frozen=True)
class Source:
    find: Find
    by_uuid: bool


SOURCES: dict[str, Source] = {}


def source(name: str, *, by_uuid: bool = False) -> Callable[[Find], Find]:
    """Registers a source: `find(wanted, limit)` gives its newest departures first, no more than so many."""

    def register(find: Find) -> Find:
        SOURCES[name] = Source(find, by_uuid)
        return find

    return register


def midnight(day: date) -> datetime:
    return datetime.combine(day, clock.min, time.SHANGHAI)


def of_events(wanted: Wanted, name: str, verb: str) -> QuerySet[Event]:
    """The events of this verb, by which something left, for a source; the newest first."""
    return Event.objects.filter(wanted.within(name, "recorded_at")).departing(verb)


@dataclass(frozen=True)
class Told:
    """A departure with the number of its case here, "" where it is about none."""

    row: Departure
    case: str = field(default="")


def page(
    by: Person, *, limit: int, after: str | None = None, case: str | None = None, to: str | None = None, since: date | None = None,
    until: date | None = None,
) -> list[Told]:  # fmt: skip
    """The newest departures first, behind the row `after`. One query for each source, one or two for what they name.

    Refuses who is no audit administrator ("not-auditor", 403), a case that is not here ("unknown-case", 404), an `after` that no page gave.
    """
    auditor(by)
    about = None
    if case:
        about = Case.objects.numbered(case).only("pk", "uid", "dossier", "filed_on").first()
        if about is None:
            raise Refused("unknown-case", _("There is no case with this number at this node."), status=404)
    wanted = Wanted(about, to or "", since, until, Place.parse(after) if after else None)
    streams = [one.find(wanted, limit) for _name, one in sorted(SOURCES.items())]
    order = merge(*streams, key=lambda row: (row.place.at, row.place.source), reverse=True)
    rows = list(islice(order, limit))
    about_cases = Case.objects.filter(dossier__in={row.dossier for row in rows if row.dossier})
    numbers = {one.dossier: one.number for one in about_cases.only("pk", "dossier", "filed_on").order_by("-pk")}
    return [Told(row, numbers.get(row.dossier, "") if row.dossier else "") for row in rows]
