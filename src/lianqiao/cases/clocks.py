"""The clocks of a case: which limits an event starts and stops, and the date that follows. The dates are derived by `law.clock`; rows are their index."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

import orjson

from lianqiao.law import applicable, clock, regime
from lianqiao.law.limit import CALENDAR_DAYS, EVENT_DATE, HOURS, Limit
from lianqiao.law.text import Text
from lianqiao.record import time
from lianqiao.record.blank import blank
from lianqiao.registry import lawbook, remembered
from lianqiao.registry.lawbook import LawBook
from lianqiao.registry.models import Clause

from . import flow
from .models import Case, Clock

OFFER, CO_HANDLING, ANSWER, SUPERVISION = "offer", "co_handling", "answer", "supervision"
"""Clocks whose length an event sets (an agreement clause, a lead, a question, a supervision letter), not a regime."""
OF_THE_OFFICE = {"transfer", "deliver", "contact", "report", "dispute"}
"""Limits that bind the office itself: no notice tells their date to anybody, so a new calendar may move it either way."""


class Targets(Mapping[str, tuple[int, str]]):
    """The node's own targets for a programme on a day, read when a regime has no figure."""

    def __init__(self, programme: str, on: date) -> None:
        self.programme, self.on = programme, on

    def __getitem__(self, limit: str) -> tuple[int, str]:
        target = remembered.target(self.programme, limit, self.on)
        if target is None:
            raise KeyError(limit)
        return target.amount, target.unit

    def __iter__(self) -> Any:
        raise TypeError("targets are asked for one by one")

    def __len__(self) -> int:
        raise TypeError("targets are asked for one by one")


def regime_of(case: Case) -> regime.Regime:
    """The statute under which the case runs: provisional from filing, pinned from acceptance, in the version that was in force then."""
    return lawbook.book().version(case.regime, case.regime_digest)


def choose_regime(case: Case, on: date, book: LawBook | None = None) -> applicable.Choice:
    """Which of the regimes that are in force here applies to the case as it stands, and why."""
    held = book or lawbook.book()
    programme, place, kind = case.programme, case.agency.region_id, case.kind
    return held.once(
        ("regime", programme, place, on, kind),
        lambda: applicable.applicable(programme, place, on, kind=kind, held=held.in_force(on)),
    )


def limit_of(row: Clock) -> Limit:
    """The limit that a clock runs: of the regime, of the node's target, or as the starting event set it."""
    given = row.given
    if "unit" in given:
        return Limit(
            name=row.name,
            amount=given.get("amount"),
            unit=given["unit"],
            start=Text(given.get("start_zh", ""), given.get("start_en", "")),
            article=given.get("article", ""),
            statutory=given.get("statutory", False),
            verified=given.get("verified", False),
            mark=given.get("mark", "D"),
            rolls=given.get("rolls", True),
            source=Text(given.get("source_zh", ""), given.get("source_en", "")),
        )
    target = given.get("target")
    found = limit_in_regime(row.case, row.name, {row.name: (target[0], target[1])} if target else None)
    if found is None:
        raise LookupError(f"{row.case.regime} has no limit {row.name}")
    return found


def limit_in_regime(case: Case, name: str, targets: Mapping[str, tuple[int, str]] | None = None) -> Limit | None:
    """The limit of the case's regime, with the node's target where the statute has no figure; None where it knows no such limit.

    `targets`: those that a clock was started with; the node may have set others since.
    """
    on = case.first_filed_on if case.is_new else case.filed_on
    targets = Targets(case.programme, on) if targets is None else targets
    return applicable.limit_for(regime_of(case), name, case.kind, targets, lawbook.last_resort(on))


def start(case: Case, name: str, on: date, number: int, *, subject: str = "", **given: Any) -> Clock | None:
    """A clock that starts on `on` by event `number`; None where the regime knows no such limit, or leaves its date to an event. Not yet saved.

    It keeps where it runs (days off differ by place) and the node's own figure, so that neither changes under it.
    """
    given["place"] = case.agency.region_id
    begins = None
    if "unit" not in given:
        begins = _beginning(case, name, on)
        if begins.limit is None or begins.limit.unit == EVENT_DATE:
            return None
        if not begins.limit.statutory:
            given["target"] = [begins.limit.amount, begins.limit.unit]
    row = blank(Clock)
    row.case, row.name, row.subject, row.started_on, row.started_by, row.given = case, name, subject, on, number, given
    limit = begins.limit if begins and begins.limit else limit_of(row)
    if limit.unit == HOURS:
        given["started_at"] = time.now().isoformat()
    if begins and given.keys() <= {"place", "target"}:
        row.due_on, row.due_at, row.provisional = begins.due_on, begins.due_at, begins.provisional
    else:
        derive(row, limit)
    row.notified_due_on = None if name in OF_THE_OFFICE else row.due_on
    return row


class Beginning(NamedTuple):
    """A limit of the regime, with the target that the node has set now, and the date when it begins on a day and nothing of its own is added."""

    limit: Limit | None
    due_on: date | None = None
    due_at: datetime | None = None
    provisional: bool = False


def _beginning(case: Case, name: str, on: date) -> Beginning:
    """The same for all cases alike that begin it on that day, so it is reckoned once for them."""
    filed, place, book = case.first_filed_on if case.is_new else case.filed_on, case.agency.region_id, lawbook.book()
    target = Targets(case.programme, filed).get(name)

    def reckoned() -> Beginning:
        limit = limit_in_regime(case, name, {name: target} if target else {})
        if limit is None or limit.unit in (EVENT_DATE, HOURS):
            return Beginning(limit)
        explained = clock.explain(limit, on, book.calendar(place))
        return Beginning(limit, explained.due, explained.due_at, explained.provisional)

    alike = ("beginning", case.regime, case.regime_digest, name, case.kind, filed, target, on, place)
    return book.once(alike, reckoned)


def explain(row: Clock, book: LawBook | None = None, limit: Limit | None = None) -> clock.Explanation:
    """The whole arithmetic of one clock, day by day; by another law book than that in force, to see what would change.

    `limit`: that of `limit_of`, where it is in hand.
    """
    given, limit = row.given, limit or limit_of(row)
    calendar = (book or lawbook.book()).calendar(given.get("place") or row.case.agency.region_id)
    if given.get("unit") == EVENT_DATE:
        return clock.explain(limit, row.started_on, calendar, until=date.fromisoformat(given["until"]))
    started_at, carried_from, floor = given.get("started_at"), given.get("carried_from"), given.get("floor")
    return clock.explain(
        limit,
        datetime.fromisoformat(started_at) if started_at else row.started_on,
        calendar,
        floor=clock.Floor(date.fromisoformat(floor["on"]), Text(floor["zh"], floor["en"])) if floor else None,
        carried_from=date.fromisoformat(carried_from) if carried_from else None,
        pauses=[_pause(pause) for pause in row.pauses],
        extensions=[
            clock.Extension(extension["amount"], extension["unit"], Text(extension["zh"], extension["en"]))
            for extension in row.extensions
        ],
    )


def _pause(pause: dict[str, str]) -> clock.Pause:
    until = date.fromisoformat(pause["until"]) if pause.get("until") else None
    return clock.Pause(date.fromisoformat(pause["since"]), until, Text(pause["zh"], pause["en"]))


TOGETHER = Text(
    "{since} 至 {until} 与其他诉求合并办理，其间期限照常计算。",
    "From {since} to {until} the case was handled together with another one; these days counted like all others.",
)


def notes(row: Clock) -> list[Text]:
    """What the arithmetic of a clock does not show: the days on which the case followed another one."""
    return [TOGETHER.filled(since=since, until=until) for since, until in row.given.get("together", [])]


class Dates(NamedTuple):
    """What the arithmetic of a clock leads to, and the day to which the counted days lead whatever was told before."""

    due_on: date | None
    due_at: datetime | None
    provisional: bool
    reckoned: date | None


def dates(row: Clock, book: LawBook | None = None) -> Dates:
    """The dates of one clock, reckoned once for all that began alike: of the same limit and start, with the same pauses and extensions."""
    case, given, held = row.case, row.given, book or lawbook.book()
    on = case.first_filed_on if case.is_new else case.filed_on
    own = given.keys() & {"unit", "target"}
    alike = (
        "dates", row.name, case.regime, case.regime_digest, case.kind, on, None if own else Targets(case.programme, on).get(row.name),
        given.get("place") or case.agency.region_id, row.started_on, *map(orjson.dumps, (given, row.pauses, row.extensions)),
    )  # fmt: skip

    def reckoned() -> Dates:
        told = explain(row, held)
        return Dates(told.due, told.due_at, told.provisional, told.reckoned)

    return held.once(alike, reckoned)


def derive(row: Clock, limit: Limit | None = None) -> None:
    """Set the index columns of a clock from what it is derived from."""
    if limit is None:
        row.due_on, row.due_at, row.provisional, _reckoned = dates(row)
    else:
        explained = explain(row, limit=limit)
        row.due_on, row.due_at, row.provisional = explained.due, explained.due_at, explained.provisional


def running(case: Case) -> list[Clock]:
    """The running clocks of the case, read anew unless they are held (`hold`)."""
    if case.is_new:
        return []
    held: list[Clock] | None = case.__dict__.get(RUNNING)
    if held is not None:
        return held
    clocks = list(case.clocks.running())
    for row in clocks:
        row.case = case
    return clocks


def hold(case: Case, rows: list[Clock]) -> None:
    """These are the running clocks of the case, which is locked; `running` gives the same objects from now on."""
    case.__dict__[RUNNING] = rows


def let_go(case: Case) -> None:
    """They are read anew again."""
    case.__dict__.pop(RUNNING, None)


def read(cases: Sequence[Case]) -> None:
    """Read the running clocks of cases that are locked, in one query, and `hold` them."""
    held = {case.pk: case for case in cases}
    for case in cases:
        hold(case, [])
    for row in Clock.objects.running().filter(case__in=held).order_by("pk"):
        row.case = held[row.case_id]
        row.case.__dict__[RUNNING].append(row)


RUNNING = "_running"


def begun(case: Case, rule: flow.Rule, running: Sequence[Clock]) -> list[str]:
    """The limits that a verb starts: those of the flow's table, but where the statute lets one begin elsewhere, those of the statute."""
    own = {limit.name: limit for limit in regime_of(case).limits if limit.begins}
    names = [name for name in rule.starts if name not in own]
    held = {row.name for row in running if not row.subject}
    return names + [
        limit.name
        for limit in own.values()
        if rule.verb in limit.begins or (rule.verb in limit.again and limit.name in held)
    ]


def stops(rule: flow.Rule, row: Clock) -> bool:
    """Whether a verb ends the clock: by the flow's table, or by the statute where that says so."""
    if flow.ALL in rule.stops:
        return True
    if row.subject:
        return False
    held = next((limit.ends for limit in regime_of(row.case).limits if limit.name == row.name), ())
    return rule.verb in held if held else row.name in rule.stops


def state_of(row: Clock) -> str:
    """running, overdue, paused or stopped."""
    if row.stopped_on:
        return "stopped"
    if row.pauses and not row.pauses[-1].get("until"):
        return "paused"
    return "overdue" if row.due_on and row.due_on < time.today() else "running"


def offer_limit(clause: Clause) -> dict[str, Any]:
    """How long the clause gives the other region to answer an offer."""
    return {"amount": clause.answer_amount, "unit": clause.answer_unit or CALENDAR_DAYS, **clause_source(clause.ref)}


def clause_source(ref: str) -> dict[str, str]:
    """How a limit names the clause that sets it."""
    return {"source_zh": f"协议第{ref}条", "source_en": f"clause {ref} of the agreement"}
