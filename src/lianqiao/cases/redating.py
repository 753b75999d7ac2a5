"""Which dates of running clocks change with the calendar: told before a notice is adopted, and done afterwards.

A date that had been told never moves to an earlier day: it stays, and the clock keeps it as its floor. A later day is told by an event of
the case (`redate`); a date that nobody had been told follows the calendar either way.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

import orjson
from django.db.models import QuerySet, TextField
from django.db.models.functions import Cast

from lianqiao.law.calendar import Year
from lianqiao.law.text import Text
from lianqiao.record.blank import filled
from lianqiao.registry.lawbook import LawBook
from lianqiao.registry.models import Agency

from . import clocks
from .models import Case, Clock

CHANGED = Text("《{source}》改变了期间内的工作日", "{source} has changed the working days on the way")
UNDONE = Text("《{source}》的采用已被撤销", "the adoption of {source} has been undone")
INDEX = ("due_on", "due_at", "provisional", "given")
BATCH = 500
"""Clocks that are read together."""
OWN = ("name", "started_on", "due_on", "due_at", "provisional", "notified_due_on")
JSON = ("given", "pauses", "extensions")
OF_CASE = ("regime", "regime_digest", "kind", "programme", "filed_on")
"""What is alike of clocks on which the calendar does the same."""


@dataclass(frozen=True)
class Change:
    """What a calendar does to one running clock: the day to which it leads, and the day that then stands."""

    clock: Clock
    before: date | None
    reckoned: date | None
    after: date | None
    provisional: bool

    @property
    def told(self) -> bool:
        """Whether the date had been told to somebody."""
        return self.clock.notified_due_on is not None

    @property
    def moves(self) -> bool:
        return self.before != self.after

    @property
    def stays(self) -> bool:
        """Whether the date stays only because it had been told."""
        return not self.moves and self.reckoned != self.after

    @property
    def held(self) -> bool:
        """Whether an earlier notice holds the date on this day already."""
        floor = self.clock.given.get("floor")
        return bool(floor and self.after and floor["on"] == self.after.isoformat())

    @property
    def settles(self) -> bool:
        """Whether the date becomes certain, or uncertain."""
        return self.clock.provisional != self.provisional

    @property
    def changes(self) -> bool:
        return self.moves or self.settles or (self.stays and not self.held)

    @property
    def tells(self) -> bool:
        """Whether the case has to tell somebody that a date moves."""
        return self.told and self.moves


def change(row: Clock, book: LawBook | None = None) -> Change:
    """What the calendar in force (or that of another book) does to a running clock."""
    told = clocks.dates(row, book)
    after = told.due_on
    if after is not None and row.notified_due_on is not None:
        after = max(after, row.notified_due_on)
    return Change(row, row.due_on, told.reckoned, after, told.provisional)


def changes(book: LawBook, notice: Year) -> Iterator[Change]:
    """The running clocks that another book changes for the sake of a notice: what adopting or undoing it would do."""
    for row in reached(*book.span(notice)).iterator(chunk_size=BATCH):
        found = change(row, book)
        if found.changes:
            yield found


def reached(first: date, last: date) -> QuerySet[Clock]:
    """The running clocks whose date rests on these days, with what their arithmetic needs."""
    found = Clock.objects.reached_by(first, last).select_related("case__agency")
    return found.defer("case__tokens_open", "case__tokens_identity").order_by("pk")


class Row(NamedTuple):
    """One running clock of many, as it was read: which it is, whose, and how many events its case had."""

    clock: int
    case: int
    events: int


class Alike(NamedTuple):
    """Clocks that began alike and stand alike, so that the calendar does the same to each: what it does to the first, and all of them."""

    change: Change
    rows: list[Row]


def behind(clock: int, first: date, last: date) -> QuerySet[Clock]:
    """The next running clocks behind one whose date rests on these days: a batch."""
    return Clock.objects.reached_by(first, last).filter(pk__gt=clock).order_by("pk")[:BATCH]


def alike(rows: QuerySet[Clock]) -> list[Alike]:
    """These clocks by what is alike, read in one query; what follows from it is reckoned once for each."""
    groups: dict[tuple[Any, ...], list[Row]] = {}
    for pk, case, count, *what in values(rows):
        groups.setdefault(tuple(what), []).append(Row(pk, case, count))
    return [Alike(change(_clock(held[0], what)), held) for what, held in groups.items()]


def values(rows: QuerySet[Clock]) -> QuerySet[Clock, tuple[Any, ...]]:
    """The clocks as plain values: `Row`, then what has to be alike."""
    texts = {f"{name}_text": Cast(name, TextField()) for name in JSON}
    of_case = [f"case__{name}" for name in OF_CASE]
    return rows.annotate(**texts).values_list(
        "pk", "case", "case__event_count", *OWN, *texts, *of_case, "case__agency__region"
    )


def _clock(row: Row, what: Sequence[Any]) -> Clock:
    """A clock of so read values, with what its arithmetic needs of its case."""
    own, texts = what[: len(OWN)], what[len(OWN) : len(OWN) + len(JSON)]
    *of_case, region = what[len(OWN) + len(JSON) :]
    case = filled(Case, ("id", *OF_CASE), (row.case, *of_case))
    case.agency = filled(Agency, ("id", "region_id"), (None, region))
    clock = filled(Clock, ("id", *OWN, *JSON), (row.clock, *own, *map(orjson.loads, texts)))
    clock.case = case
    return clock


def moved_later(case: Case) -> list[dict[str, str]]:
    """The dates of the case that had been told and move to a later day, as its event states them."""
    found = [change(row) for row in clocks.running(case)]
    return [
        {
            "clock": one.clock.name,
            "subject": one.clock.subject,
            "from": one.before.isoformat(),
            "to": one.after.isoformat(),
        }
        for one in found
        if one.tells and one.before and one.after
    ]


def follow(found: Change, why: Text) -> set[str]:
    """Bring the index columns of a clock in line, its date held where it had been told; which of them changed. Not yet saved."""
    row = found.clock
    before = {name: getattr(row, name) for name in INDEX}
    if found.stays and not found.held and row.due_on is not None:
        row.given = row.given | {"floor": {"on": row.due_on.isoformat(), "zh": why.zh, "en": why.en}}
    clocks.derive(row)
    return {name for name, value in before.items() if getattr(row, name) != value}


def cause(notice: Year, *, undone: bool) -> Text:
    """Why a date that had been told is held."""
    return (UNDONE if undone else CHANGED).filled(source=source(notice))


def source(notice: Year) -> Text:
    """The title and number of the notice; of several in one file, the last."""
    return notice.notices[-1].source
