"""`act`: the one door through which a case changes. Only the verbs in `actions` come in here.

One transaction: lock -> may they? -> is the data right? -> do the rules of the verb hold? -> numbered event -> moved row -> clocks. No flag skips a step.
A case that begins locks nothing, and PostgreSQL takes all of it in one statement, which is its transaction.
"""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from datetime import date
from typing import Any, overload

from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from lianqiao.record import bell, events, time
from lianqiao.record.actors import Actor
from lianqiao.record.models import Event
from lianqiao.record.refusal import Refused
from lianqiao.registry.models import Person

from . import access, bulk, clocks, clockwork, data, doors, entering, flow, locked
from .models import Case
from .moves import MOVES

By = Person | Actor
Check = Callable[..., dict[str, Any] | None]


def act(
    case: Case, verb: str, *, by: By, check: Check, given: dict[str, Any] | data.Data, version: int | None = None
) -> Event:
    """Do `verb` to the case and record it. `check(case, data, by)` holds the verb's own rules; what it returns is stated in the event.

    Refused, with nothing written: `access.refusal`, a stale `version` (412), wrong data (422), a legal date without evidence, whatever `check` refuses.
    """
    with _transaction(case):
        return _act(case, verb, by, check, given, version)


def _act(case: Case, verb: str, by: By, check: Check, given: dict[str, Any] | data.Data, version: int | None) -> Event:
    before = {} if case.is_new else locked.read(case)
    try:
        roles = access.roles_of(case, by)
        if access.is_unknown(case, verb, by, roles):
            raise access.unknown_case()
        _refuse_stale(case, version)
        refused = access.refusal(case, verb, by, roles)
        if refused:
            raise refused
        told = data.read(verb, given)
        legal_date = _legal_date(case, told, by)
        facts = check(case, told, by) or {}
        locked.put_down(case)
        stated, sealed = data.part(told)
        return _record(case, before, verb, by, legal_date, stated | facts, sealed)
    finally:
        locked.done(case)


@dataclass(frozen=True)
class Action:
    """A verb that anybody may call: `accept(case, by=person, version=None, **data) -> Event`. Made from the verb's own rules by `action`.

    `then(case, event)` does, in the same transaction, what follows in other cases; `locks(case, given)` names the rows that are locked
    before the case for its sake, so that two verbs wait for each other.
    """

    verb: str
    check: Check
    then: Callable[[Case, Event], None] | None = None
    locks: Callable[[Case, dict[str, Any]], Sequence[int]] | None = None

    def __call__(self, case: Case, *, by: By, version: int | None = None, **given: Any) -> Event:
        if self.then is None:
            return act(case, self.verb, by=by, check=self.check, given=given, version=version)
        with transaction.atomic():
            if self.locks and (before := self.locks(case, given)):
                list(Case.objects.select_for_update().filter(pk__in=before).order_by("pk").values_list("pk"))
            event = _act(case, self.verb, by, self.check, given, version)
            self.then(case, event)
            return event


@overload
def action(check: Check) -> Action: ...
@overload
def action(*, then: Callable[[Case, Event], None], locks: Any = None) -> Callable[[Check], Action]: ...
def action(check: Check | None = None, *, then: Any = None, locks: Any = None) -> Any:
    """Make the verb out of the function that holds its rules: `check(case, data, by)` refuses, or returns facts for the event."""

    def make(check: Check) -> Action:
        made = Action(check.__name__, check, then, locks)
        made.__dict__["__doc__"] = check.__doc__
        return made

    return make(check) if check else make


def _transaction(case: Case) -> AbstractContextManager[None]:
    """That of the verb; the statement itself where it stands alone (`entering.write`): that spares two of three ways to the database."""
    alone = case.is_new and entering.is_one_statement() and not connection.in_atomic_block
    return nullcontext() if alone else transaction.atomic()


def _locked() -> Any:
    return Case.objects.select_for_update(of=("self",)).select_related(
        "agency", "home_agency", "assigned", "enterprise", "agency__region"
    )


def _refuse_stale(case: Case, version: int | None) -> None:
    if version is not None and version != case.event_count:
        raise Refused(
            "stale",
            _(
                "Somebody else has acted on this case since you opened it (it is now at step %(now)s). Look at what changed and try again."
            ),
            status=412,
            now=case.event_count,
        )


def _legal_date(case: Case, told: data.Data, by: By) -> date:
    """The day on which the act counts: today, or earlier where an officer has evidence, never before the filing."""
    today = time.today()
    if told.legal_date is None or told.legal_date == today:
        return today
    problem = None
    if told.legal_date > today:
        problem = _("The legal date lies in the future; enter today's date or an earlier one.")
    elif not told.evidence:
        problem = _("A legal date before today needs its evidence, such as the post mark of the letter; enter it.")
    elif isinstance(by, Person) and not access.officer(by):
        problem = _("Only an officer can enter a legal date before today; leave the date out.")
    elif not case.is_new and told.legal_date < case.filed_on:
        problem = _("The legal date lies before the day on which the case was filed; correct it.")
    if problem:
        raise Refused("legal-date", problem, status=422)
    return told.legal_date


def begin_many(verb: str, entries: Sequence[tuple[Case, data.Data]], *, by: By, check: Check) -> None:
    """The same for many cases that begin at once: each is asked, checked, moved and given its clocks like one alone, then they are written
    together (`bulk`). Refused, with nothing of any written: whatever `act` refuses of one of them."""
    with transaction.atomic():
        begun = []
        for case, told in entries:
            refused = access.refusal(case, verb, by)
            if refused:
                raise refused
            on = _legal_date(case, told, by)
            facts = check(case, told, by) or {}
            stated, sealed = data.part(told)
            turn = _move(case, verb, on, stated := stated | facts, sealed)
            parts = doors.of_new(case, stated.get("respondents", []), by)
            begun.append(bulk.Begun(case, on, stated, sealed, turn.started, parts))
        bulk.write(verb, begun, by=by.actor if isinstance(by, Person) else by)


def act_many(verb: str, pks: Sequence[int], *, by: By, check: Check, given: dict[str, Any]) -> int:
    """The same verb with the same data on many cases that stand, today; on how many it was done.

    Each is locked, asked, checked, moved and given its clocks like one alone, then they are written together. One that refuses the verb is left as
    it is. Not for verbs that open a case to others.
    """
    if verb in doors.OPENING:
        raise ValueError(f"{verb} opens a case to others")
    done: list[bulk.Next] = []
    with transaction.atomic():
        cases = list(_locked().filter(pk__in=pks).order_by("pk"))
        clocks.read(cases)
        told = data.read(verb, given)
        for case in cases:
            before = bulk.Before(case, clocks.running(case))
            if access.refusal(case, verb, by):
                continue
            try:
                facts = check(case, told, by) or {}
            except Refused:
                continue
            stated, sealed = data.part(told)
            turn = _move(case, verb, time.today(), stated := stated | facts, sealed)
            done.append(bulk.Next(before, stated, sealed, turn.started, turn.changed))
        bulk.add(verb, done, by=by.actor if isinstance(by, Person) else by)
    if any(one.before.case.travels for one in done):
        bell.ring()  # another node waits for them
    return len(done)


def _move(case: Case, verb: str, on: date, stated: dict[str, Any], sealed: dict[str, str]) -> clockwork.Turn:
    """Move the row and its clocks as the event will tell; nothing is written yet. `stated` takes up what follows from it: regime and dates."""
    rule = flow.VERBS[verb].rule(None if case.is_new else flow.State(case.state))
    if rule is None:
        raise LookupError(f"{verb} has no rule here; access.refusal should have said so")
    begins, number = case.is_new, case.event_count + 1
    if begins:
        case.filed_on = on
        case.first_filed_on = case.first_filed_on or on
    if verb in MOVES:
        MOVES[verb](case, stated | sealed, number)
    _move_state(case, rule, stated)
    if verb in CHOOSING or begins:
        choice = clocks.choose_regime(case, on)
        case.regime, case.regime_digest = choice.regime.id, choice.regime.digest
        stated |= {"regime": case.regime, "regime_digest": case.regime_digest}
    turn = clockwork.turn(case, rule, stated, on, number)
    due = {row.name: row.due_on.isoformat() for row in turn.started + turn.changed if row.due_on and not row.stopped_on}
    stated |= {"due": due} if due else {}
    return turn


def _record(
    case: Case, before: dict[str, Any], verb: str, by: By, on: date, stated: dict[str, Any], sealed: dict[str, str]
) -> Event:
    begins, number = case.is_new, case.event_count + 1
    started, changed = _move(case, verb, on, stated, sealed)
    event = events.compose(
        "case",
        case.uid,
        verb,
        by=by.actor if isinstance(by, Person) else by,
        data=stated,
        erasable=sealed,
        legal_date=on,
        number=number,
        previous=case.event_head,
    )
    case.event_count, case.event_head, case.changed_at = number, event.digest, event.recorded_at
    if begins:
        entering.write(case, event, started, doors.of_new(case, stated.get("respondents", []), by))
    else:
        locked.write(case, before, event, started, changed)
        if verb in doors.OPENING:
            doors.open_for(case)
    if case.travels:
        bell.ring()  # another node waits for it
    return event


CHOOSING = {"file", "accept", "take_over"}
"""Verbs that choose the regime: filing provisionally, acceptance and take-over for good."""


def _move_state(case: Case, rule: flow.Rule, stated: dict[str, Any]) -> None:
    match rule.reaches:
        case flow.Reach.STAYS:
            pass
        case flow.Reach.RETURNS:
            case.state, case.state_before_offer = case.state_before_offer, ""
        case flow.Reach.RECOVERS | flow.Reach.AS_TOLD:
            case.state = flow.State(stated["state"])
        case flow.Reach.RESUMES:
            case.state, case.state_before_merge = case.state_before_merge, ""
        case state:
            case.state = state
