"""The catalogue of columns: what may stand in a ledger, how it is called, how it is defined, and where it comes from.

A column is declared once; a room adds its own by `declare`. Values are told for a reader: what says who files is nothing for whoever may not
know it, and such columns can be neither sorted, nor filtered, nor grouped by.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from typing import Any

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from lianqiao.cases import clocks, flow
from lianqiao.cases.models import Case, Clock, Kind, Participant
from lianqiao.law.categories import CATEGORIES
from lianqiao.law.text import Text
from lianqiao.law.vocabulary import PROGRAMMES
from lianqiao.record import events, time
from lianqiao.record.models import Event
from lianqiao.registry.models import Agency, Enterprise, Region

TEXT, CODE, DATE, NUMBER, YES = "text", "code", "date", "number", "yes"
"""Kinds of values: words, a code that is never a number, a day, a whole number, yes or no."""
CLOCKS, PARTICIPANTS, PEOPLE, INSIDE = "clocks", "participants", "people", "inside"
"""What a column needs to be read beside the case; read once for all rows."""
ACCEPTED = ("accept", "take_over", "imported")
CONCLUDED = ("conclude", "conclude_with", "result_reported", "imported")
DELIVERED = ("deliver", "delivery_reported", "imported")
ENDED = (flow.State.CONCLUDED, flow.State.DELIVERED, flow.State.ARCHIVED)


def tongue() -> str:
    return get_language() or "zh"


@dataclass(frozen=True)
class Line:
    """A case with what was read for the columns: its clocks, who takes part, the last event of each verb that a column asks for, and the names of
    the people who did them, by their ids."""

    case: Case
    clocks: list[Clock] = field(default_factory=list)
    participants: list[Participant] = field(default_factory=list)
    events: Mapping[str, Event] = field(default_factory=dict)
    read: Mapping[str, Any] = field(default_factory=dict)
    """What the columns of other rooms have read for this case, by the name of the need."""
    people: Mapping[str, str] = field(default_factory=dict)
    language: str = field(default_factory=tongue)

    @property
    def known(self) -> bool:
        """Whether the reader may know who files."""
        return bool(self.case.__dict__.get("known", False))

    def last(self, *verbs: str) -> Event | None:
        """The latest event of one of the verbs."""
        if not self.events:
            return None
        found = [self.events[verb] for verb in verbs if verb in self.events]
        return found[0] if len(found) == 1 else max(found, key=lambda event: event.number, default=None)


Value = str | int | date | bool | None


@dataclass(frozen=True)
class Column:
    """One column. `value` tells a line's value. `by`: the field of the database by which it is sorted, and filtered where there are
    `choices` or it is a day; "" for a column that is only read. `order`: what it is sorted by, where that is another field. `condition` filters by something
    that is no field."""

    code: str
    label: Promise
    about: Promise
    value: Callable[[Line], Value]
    kind: str = TEXT
    width: int = 14
    by: str = ""
    order: str = ""
    choices: Callable[[], Iterable[tuple[str, str]]] | None = None
    condition: Callable[[list[str]], Q] | None = None
    needs: frozenset[str] = frozenset()
    verbs: tuple[str, ...] = ()

    @property
    def size(self) -> str:
        """How wide it is on the screen: s, m, l or xl."""
        return "s" if self.width <= 10 else "m" if self.width <= 16 else "l" if self.width <= 24 else "xl"

    @property
    def filtered(self) -> str:
        """How it is filtered: "choice", "days", or "" for not at all."""
        if self.choices is not None:
            return "choice"
        return "days" if self.kind == DATE and self.by else ""

    @property
    def sorted_by(self) -> str:
        return self.order or self.by

    @property
    def grouped(self) -> bool:
        return self.choices is not None and bool(self.by)

    def chosen(self, values: list[str]) -> Q:
        """The condition that the column has one of the values."""
        return self.condition(values) if self.condition else Q(**{f"{self.by}__in": values})


COLUMNS: dict[str, Column] = {}
"""All columns by their codes, in the order in which they are offered."""


def declare(*columns: Column) -> None:
    """Add columns to the catalogue. A code stays for ever: saved definitions name it."""
    for column in columns:
        if COLUMNS.setdefault(column.code, column) is not column:
            raise ValueError(f"there is a column {column.code} already")


READINGS: dict[str, Callable[[Sequence[int]], Mapping[int, Any]]] = {}
"""By the name of a need: what reads it for the ids of many cases at once."""


def declare_reading(need: str, read: Callable[[Sequence[int]], Mapping[int, Any]]) -> None:
    """Say how the need of a column is read: for all cases of a page in a fixed number of queries. A line has it as `line.read[need]`, None without."""
    if READINGS.setdefault(need, read) is not read or need in (CLOCKS, PARTICIPANTS, PEOPLE, INSIDE):
        raise ValueError(f"there is a reading {need} already")


@cache
def labelled(kind: type[models.TextChoices], code: str, _language: str) -> str:
    """What a choice is called in the reader's language, which is said to it; translated once for very many rows."""
    return str(kind(code).label)


def worded(known: Mapping[str, Text], code: str, language: str) -> str:
    return known[code].in_(language) if code in known else code


def agency(held: Any) -> str:
    return held.label if held is not None else ""


def agencies() -> list[tuple[str, str]]:
    """The agencies of this node, by name; at most 500 are offered."""

    return [(str(one.pk), one.label) for one in Agency.objects.order_by("name_zh")[:500]]


def regions() -> list[tuple[str, str]]:
    return [(one.code, one.label) for one in Region.objects.order_by("code")[:500]]


def day_of(event: Event | None, told: str) -> date | None:
    """The legal day of an event; of a case that was entered from a ledger the day that this told under the name."""
    if event is None or event.verb != "imported":
        return event.legal_date if event else None
    return date.fromisoformat(event.data[told]) if told in event.data else None


def due(line: Line) -> date | None:
    return line.case.__dict__.get("next_due")


def days_left(line: Line) -> int | None:
    on = due(line)
    return (on - time.today()).days if on else None


def days_used(line: Line) -> int:
    ended = day_of(line.last(*CONCLUDED), "concluded_on") if line.case.state in ENDED else None
    return ((ended or time.today()) - line.case.first_filed_on).days


def ground(line: Line) -> str:
    """The ground in the words of the regime under which the case runs; the code, where the regime does not name it."""
    if not line.case.ground:
        return ""
    regime = clocks.regime_of(line.case)
    named = (*regime.refusal_grounds, *regime.conclusion_grounds)
    return next((one.text.in_(line.language) for one in named if one.code == line.case.ground), line.case.ground)


def result(line: Line) -> str:
    """What was decided, for whoever may know who files: an officer's words may name them."""
    event = line.last(*CONCLUDED)
    said = events.opened_one(event, "text") if event and (line.known or not line.case.confidential) else ""
    return said if isinstance(said, str) else ""


def told(line: Line, name: str) -> str:
    """What an office's own ledger said of the case under this name."""
    event = line.events.get("imported")
    said = events.opened_one(event, name) if event and (line.known or not line.case.confidential) else ""
    return said if isinstance(said, str) else ""


def progress(line: Line) -> str:
    """The last note, for officers; for whoever reads with the enterprise only one that it is shown."""
    event = line.last("note")
    if event is None or not (line.known or not line.case.confidential):
        return ""
    open_to_reader = line.case.__dict__.get("read_by_officer") or event.data.get("shared")
    said = events.opened_one(event, "text") if open_to_reader else ""
    return said if isinstance(said, str) else ""


def struck_by(line: Line) -> str:
    """The person who concluded the case; this or the other node where that was carried out or told."""
    event = line.last(*CONCLUDED) if line.case.state in ENDED else None
    if event is None:
        return ""
    return line.people.get(event.by, "") if event.by_kind == "person" else event.by


def parts(line: Line, part: str) -> str:
    return "、".join(one.agency.label for one in line.participants if one.part == part)


def firm(line: Line) -> Enterprise | None:
    return line.case.enterprise if line.known else None


def late(values: list[str]) -> Q:
    over = Q(next_due__lt=time.today())
    return over if values == ["yes"] else ~over | Q(next_due__isnull=True) if values == ["no"] else Q()


def watched(values: list[str]) -> Q:
    running = Exists(Clock.objects.running().filter(case=OuterRef("pk"), name=clocks.SUPERVISION))
    return Q(running) if values == ["yes"] else ~Q(running) if values == ["no"] else Q()


def struck(values: list[str]) -> Q:
    ended = Q(state__in=ENDED)
    return ended if values == ["yes"] else ~ended if values == ["no"] else Q()


def yes_no() -> list[tuple[str, str]]:
    return [("yes", gettext("yes")), ("no", gettext("no"))]


def labels(known: Mapping[str, Text]) -> list[tuple[str, str]]:
    return [(code, text.in_(tongue())) for code, text in known.items()]


declare(
    Column("number", _("Case number"), _("Node, year of filing and serial. Serials may have gaps."), lambda line: line.case.number, CODE, 18, "pk"),
    Column("title", _("Matter"), _("The title; of a confidential case the first line of its summary, for whoever may not know who files."),
           lambda line: line.case.heading, width=36),
    Column("state", _("State"), _("Where the case stands in the flow, now."), lambda line: labelled(flow.State, line.case.state, line.language), by="state",
           choices=lambda: [(code, str(label)) for code, label in flow.State.choices]),
    Column("programme", _("Programme"), _("Under which rules it was filed."), lambda line: worded(PROGRAMMES, line.case.programme, line.language),
           width=20, by="programme", choices=lambda: labels(PROGRAMMES)),
    Column("kind", _("Kind of case"), _("Complaint, suggestion, help, consultation, or report of retaliation."),
           lambda line: labelled(Kind, line.case.kind, line.language), width=18, by="kind",
           choices=lambda: [(code, str(label)) for code, label in Kind.choices]),
    Column("category", _("Field of the matter"), _("The field of the matter in this node's own list."),
           lambda line: worded(CATEGORIES, line.case.category, line.language), width=18, by="category", choices=lambda: labels(CATEGORIES)),
    Column("filed_on", _("Filed on"), _("The day of filing at this node (Beijing time)."), lambda line: line.case.filed_on, DATE, 12, "filed_on"),
    Column("first_filed_on", _("First filed on"), _("The day of the first filing at any node; it never changes when a case is handed over."),
           lambda line: line.case.first_filed_on, DATE, 12, "first_filed_on"),
    Column("enterprise", _("Enterprise"), _("Who files, for whoever may know it; else empty."),
           lambda line: line.case.who_files(line.language) if line.known else "", width=30),
    Column("uscc", _("Credit code"), _("The unified social credit code of the enterprise, for whoever may know it."),
           lambda line: held.uscc if (held := firm(line)) else "", CODE, 22),
    Column("enterprise_kind", _("Kind of enterprise"), _("Private, foreign-invested, or from another region; for whoever may know who files."),
           lambda line: held.get_kind_display() if (held := firm(line)) else "", width=16),
    Column("origin", _("Investor's origin"), _("Country or region of the investor (ISO 3166-1), for whoever may know who files."),
           lambda line: held.origin if (held := firm(line)) else "", CODE, 10),
    Column("region", _("Region"), _("The region of the agency that answers."), lambda line: line.case.agency.region.label, width=14,
           by="agency__region", order="agency__region__code", choices=regions),
    Column("home_agency", _("Received by"), _("The agency where the enterprise filed, and that delivers the result."),
           lambda line: agency(line.case.home_agency), width=24, by="home_agency", order="home_agency__name_zh", choices=agencies),
    Column("agency", _("Answered for by"), _("The one agency that answers for the case now."), lambda line: agency(line.case.agency), width=24,
           by="agency", order="agency__name_zh", choices=agencies),
    Column("handler", _("Handler"), _("The person who handles it."), lambda line: str(line.case.handler or ""), width=12),
    Column("respondents", _("Complained of"), _("The agencies complained of."), lambda line: parts(line, "respondent"), width=24,
           needs=frozenset({PARTICIPANTS})),
    Column("co_handlers", _("Co-handling agencies"), _("The agencies that take part with limits of their own."), lambda line: parts(line, "co_handler"),
           width=24, needs=frozenset({PARTICIPANTS})),
    Column("accepted_on", _("Accepted on"), _("The legal day of acceptance, or of the take-over from another region."),
           lambda line: day_of(line.last(*ACCEPTED), "accepted_on"), DATE, 12, verbs=ACCEPTED),
    Column("due_on", _("Next due"), _("The last day of the running limit that ends first, 24:00 Beijing time; empty while paused and when nothing runs."),
           due, DATE, 12, "next_due"),
    Column("days_left", _("Days left"), _("Calendar days from today to the next last day; below zero when it has passed."), days_left, NUMBER, 9),
    Column("overdue", _("Overdue"), _("A running limit has passed."), lambda line: (days_left(line) or 0) < 0, YES, 8, choices=yes_no, condition=late),
    Column("extensions", _("Extensions"), _("How often a limit of the case was extended."), lambda line: sum(len(one.extensions) for one in line.clocks),
           NUMBER, 9, needs=frozenset({CLOCKS})),
    Column("supervised", _("Supervised"), _("A supervision letter waits for its answer."),
           lambda line: any(one.name == clocks.SUPERVISION and one.stopped_on is None for one in line.clocks), YES, 8,
           choices=yes_no, condition=watched, needs=frozenset({CLOCKS})),
    Column("progress", _("Latest progress"), _("The last progress that was recorded; of a confidential case for whoever may know who files."), progress,
           width=30, verbs=("note",), needs=frozenset({INSIDE})),
    Column("concluded_on", _("Concluded on"), _("The legal day of the conclusion, here or told by the region that handled it."),
           lambda line: day_of(line.last(*CONCLUDED), "concluded_on"), DATE, 12, verbs=CONCLUDED),
    Column("ground", _("Ground of conclusion"), _("The coded ground, as the regime names it."), ground, width=18),
    Column("result", _("Result"), _("The reasoned text of the conclusion; of a confidential case for whoever may know who files."), result, width=44,
           verbs=CONCLUDED),
    Column("delivered_on", _("Delivered on"), _("The legal day on which the result was delivered to the enterprise."),
           lambda line: day_of(line.last(*DELIVERED), "delivered_on"), DATE, 12, verbs=DELIVERED),
    Column("score", _("Rating"), _("The enterprise's rating, 1 to 5; empty when it gave none."), lambda line: line.case.score, NUMBER, 8, "score"),
    Column("struck_off", _("Struck off"), _("Concluded, by the agency that answers. A reopened case stands in the ledger again."),
           lambda line: line.case.state in ENDED, YES, 8, choices=yes_no, condition=struck),
    Column("struck_by", _("Struck off by"), _("Who concluded the case, or entered it as concluded; the code of the node where that was told from there."),
           struck_by, width=14, verbs=CONCLUDED, needs=frozenset({PEOPLE})),
    Column("days_used", _("Days used"), _("Calendar days from the first filing, at whichever node, to the conclusion, or to today."), days_used, NUMBER, 9,
           verbs=CONCLUDED),
    Column("holder", _("Node that answers"), _("The code of the node that answers for the case."), lambda line: line.case.holder_node, CODE, 8,
           by="holder_node"),
    Column("peer_number", _("Number there"), _("The number of the case at the other node."), lambda line: line.case.peer_number, CODE, 20),
    Column("ref", _("Number in the ledger"), _("The number that an office's own ledger gave it, of a case that was entered from there."),
           lambda line: told(line, "ref"), CODE, 18, verbs=("imported",)),
    Column("unit", _("Who handles it"), _("Who handles it in the words of an office's own ledger, of a case that was entered from there."),
           lambda line: told(line, "unit"), width=18, verbs=("imported",)),
    Column("clause", _("Clause"), _("The clause of the agreement under which it was offered or taken over."), lambda line: line.case.clause, CODE, 8),
)  # fmt: skip
