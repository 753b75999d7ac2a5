"""The law in force at this node: what the package brings, and over it what the node has adopted, ended and undone.

Remembered by the process like the rest of the registry: at once where it was changed, elsewhere within 30 seconds.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cache, cached_property
from hashlib import sha256
from typing import Any, TypeVar

from lianqiao.law import calendar as calendars
from lianqiao.law import reading
from lianqiao.law.regime import FOLDER, NODE_TARGET, Regime, regimes
from lianqiao.registry.models import AdoptedCalendar, AdoptedRegime, RegimeText
from lianqiao.registry.remembered import Remembered

Answer = TypeVar("Answer")
MOST = 10_000


@dataclass(frozen=True)
class Adoption:
    """A version of a regime that is in force here from `since` to `until`."""

    regime: Regime
    since: date
    until: date | None = None


@dataclass(frozen=True)
class LawBook:
    """Regimes and calendars as one node holds them. Nothing in it changes; a changed law is another book."""

    adoptions: tuple[Adoption, ...] = ()
    notices: tuple[calendars.Year, ...] = ()
    stamp: object = None
    texts: dict[str, Regime] = field(default_factory=dict, compare=False)
    built: dict[tuple[str, ...], calendars.Calendar] = field(default_factory=dict, compare=False)
    answers: dict[Hashable, Any] = field(default_factory=dict, compare=False)

    def once(self, question: Hashable, answer: Callable[[], Answer]) -> Answer:
        """What `answer` says, reckoned once for each question: for what follows from the question and this book alone."""
        try:
            found: Answer = self.answers[question]
        except KeyError:
            if len(self.answers) >= MOST:
                self.answers.clear()
            found = self.answers[question] = answer()
        return found

    # -- regimes ---------------------------------------------------------------------------------------------------

    def in_force(self, on: date) -> Mapping[str, Regime]:
        """The regimes by id that this node goes by for what begins on the day."""
        if not self.adoptions:
            return regimes()
        held = dict(regimes())
        last: dict[str, Adoption] = {one.regime.id: one for one in self.adoptions if one.since <= on}
        for code, adopted in last.items():
            held.pop(code, None)
            if adopted.until is None or on <= adopted.until:
                held[code] = adopted.regime
        return dict(sorted(held.items()))

    def version(self, code: str, digest: str) -> Regime:
        """The regime in the version with this digest. Old versions stay readable for good.

        Where the text is lost (a node that was set up before texts were kept), the last one that is known is read instead.
        """
        brought = regimes().get(code)
        if brought is not None and brought.digest == digest:
            return brought
        for adopted in self.adoptions:
            if adopted.regime.digest == digest:
                return adopted.regime
        if digest not in self.texts:
            kept = RegimeText.objects.filter(digest=digest).first()
            known = [adopted.regime for adopted in self.adoptions if adopted.regime.id == code]
            self.texts[digest] = read_text(kept) if kept else (known[-1] if known else regimes()[code])
        return self.texts[digest]

    def versions(self, code: str) -> list[Regime]:
        """Every version of a regime that was ever in force here, the package's first."""
        brought = [regimes()[code]] if code in regimes() else []
        return brought + [adopted.regime for adopted in self.adoptions if adopted.regime.id == code]

    def with_adopted(self, adoptions: Iterable[Adoption]) -> LawBook:
        """The book as it would be."""
        return LawBook((*self.adoptions, *adoptions), self.notices)

    def with_end(self, code: str, on: date) -> LawBook:
        """The book as it would be once the version that is in force on the day ends with it."""
        held = self.in_force(on)[code]
        place = max(
            (n for n, one in enumerate(self.adoptions) if one.regime.id == code and one.since <= on), default=None
        )
        ended = Adoption(held, min(held.first, on) if place is None else self.adoptions[place].since, on)
        before = self.adoptions if place is None else (*self.adoptions[:place], *self.adoptions[place + 1 :])
        return LawBook((*before, ended) if place is None else (*before[:place], ended, *before[place:]), self.notices)

    # -- calendars -------------------------------------------------------------------------------------------------

    @cached_property
    def years(self) -> tuple[calendars.Year, ...]:
        """The years for the whole country: the package's, each replaced by the last notice that was adopted for it."""
        held = {year.year: year for year in brought_years()}
        held |= {notice.year: notice for notice in self.notices if not notice.region}
        return tuple(held[year] for year in sorted(held))

    def calendar(self, place: str = "") -> calendars.Calendar:
        """The calendar for what lies in a division (its code): the country's, and the days that were added for the place."""
        local = {(one.region, one.year): one for one in self.notices if one.region and place.startswith(one.region)}
        shown = tuple(one.digest for one in local.values())
        if shown not in self.built:
            if not local and not self.notices:
                self.built[shown] = calendars.china()
            else:
                # the narrower place says the last word on a day
                days = [day for one in sorted(local.values(), key=lambda one: len(one.region)) for day in one.specials]
                self.built[shown] = calendars.Calendar(self.years, {day.date: day for day in days}.values())
        return self.built[shown]

    def span(self, notice: calendars.Year) -> tuple[date, date]:
        """The days on which a notice, or what it replaces, makes a difference."""
        held = [
            one for one in (*brought_years(), *self.notices) if (one.year, one.region) == (notice.year, notice.region)
        ]
        spans = [one.span for one in (notice, *held)]
        return min(first for first, _last in spans), max(last for _first, last in spans)

    def with_notice(self, notice: calendars.Year) -> LawBook:
        """The book as it would be with a notice."""
        return LawBook(self.adoptions, (*self.notices, notice))

    def without_notice(self, notice: calendars.Year) -> LawBook:
        """The book as it would be once a notice is undone."""
        return LawBook(self.adoptions, tuple(held for held in self.notices if held != notice))


@cache
def brought_years() -> tuple[calendars.Year, ...]:
    return calendars.years()


def digest_of(raw: bytes, parent: Regime | None) -> str:
    """What tells this version from every other one, with what it inherits (see `RegimeText`)."""
    brought = regimes().get(parent.id) if parent else None
    if parent is None or (brought is not None and brought.digest == parent.digest):
        return sha256(raw).hexdigest()
    return sha256(raw + parent.digest.encode()).hexdigest()


def read_with(name: str, raw: bytes, parent: Regime | None) -> Regime:
    """Read a text under the parent that is meant. Refused (RegimeError) as `law.reading` says."""
    found = reading.parse(name, raw, {parent.id: parent} if parent else {})
    return replace(found, digest=digest_of(raw, parent))


def read_text(kept: RegimeText) -> Regime:
    """A regime from the text that the node has kept, under the very parent that it had."""
    above = RegimeText.objects.get(digest=kept.parent) if kept.parent else None
    return read_with(f"{kept.regime}.toml", kept.text.encode(), read_text(above) if above else None)


def keep_brought(using: str = "default") -> None:
    """Keep the texts that the package brings, so that they can be read when a later package brings others."""
    known = set(RegimeText.objects.using(using).values_list("digest", flat=True))
    RegimeText.objects.using(using).bulk_create(
        (
            RegimeText(
                digest=held.digest,
                regime=held.id,
                version=held.version,
                parent=regimes()[held.parent].digest if held.parent else "",
                text=(FOLDER / f"{held.id}.toml").read_text(encoding="utf-8"),
            )
            for held in regimes().values()
            if held.digest not in known
        ),
        ignore_conflicts=True,
    )


def _read(_key: str) -> LawBook:
    """The book from the database; the one that was read last if nothing has changed since."""
    adopted = AdoptedRegime.objects.values_list("pk", "text_id", "since", "until")
    noticed = AdoptedCalendar.objects.values_list("pk", "digest", "year", "region", "undone_at")
    stamp = (tuple(adopted), tuple(noticed))
    last = _books.get("last")
    if last is not None and last.stamp == stamp:
        return last
    adoptions = tuple(
        Adoption(read_text(row.text), row.since, row.until) for row in AdoptedRegime.objects.select_related("text")
    )
    notices = tuple(year_of(row) for row in AdoptedCalendar.objects.filter(undone_at__isnull=True))
    book = LawBook(adoptions, notices, stamp)
    _books["last"] = book
    return book


def year_of(row: AdoptedCalendar) -> calendars.Year:
    """The notice as it was read when it was adopted."""
    return calendars.parse_year(f"{row}.toml", row.text.encode())


_books: dict[str, LawBook] = {}
_remembered = Remembered[str, LawBook](_read)


def read() -> LawBook:
    """The law in force at this node, as the transaction sees it; for those who change it."""
    return _read("")


def book() -> LawBook:
    """The law in force at this node."""
    held = _remembered.get("")
    assert held is not None
    return held


def refresh() -> None:
    """Look into the database at the next question, whatever is remembered: for those who follow a change of the law."""
    _remembered.held.clear()


def last_resort(on: date) -> Regime:
    """The regime that applies where no statute was found: targets that the node sets itself."""
    return book().in_force(on)[NODE_TARGET]
