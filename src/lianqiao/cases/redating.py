"""Which dates of running clocks change with the calendar: told before a notice is adopted, and done afterwards.

A date that had been told never moves to an earlier day: it stays, and the clock keeps it as its floor. A later day is told by an event of
the case (`redate`); a date that nobody had been told follows the calendar either way.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet

from lianqiao.law.calendar import Year
from lianqiao.law.text import Text
from lianqiao.registry.lawbook import LawBook

from . import clocks
from .models import Case, Clock

CHANGED = Text("《{source}》改变了期间内的工作日", "{source} has changed the working days on the way")
UNDONE = Text("《{source}》的采用已被撤销", "the adoption of {source} has been undone")
BATCH = 500
"""Clocks that are read together."""


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
    told = clocks.explain(row, book)
    after = told.due
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


def follow(found: Change, why: Text) -> bool:
    """Bring the index columns of a clock in line, its date held where it had been told; whether anything changed. Not yet saved."""
    row = found.clock
    before = (row.due_on, row.due_at, row.provisional, row.given)
    if found.stays and not found.held and row.due_on is not None:
        row.given = row.given | {"floor": {"on": row.due_on.isoformat(), "zh": why.zh, "en": why.en}}
    clocks.derive(row)
    return (row.due_on, row.due_at, row.provisional, row.given) != before


def cause(notice: Year, *, undone: bool) -> Text:
    """Why a date that had been told is held."""
    return (UNDONE if undone else CHANGED).filled(source=source(notice))


def source(notice: Year) -> Text:
    """The title and number of the notice; of several in one file, the last."""
    return notice.notices[-1].source
