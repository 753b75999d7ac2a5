"""What an event does to the clocks of a case: starts, stops, pauses, extensions. Called by `act` alone."""

from collections.abc import Callable
from datetime import date
from typing import Any, NamedTuple

from django.conf import settings

from lianqiao.law.limit import EVENT_DATE
from lianqiao.law.text import Text
from lianqiao.registry.models import Clause

from . import clocks, flow, redating
from .clocks import ANSWER, CO_HANDLING, OFFER, SUPERVISION
from .models import REQUEST, Case, Clock

BAD_SCORE = 4
"""From this score on (4 dissatisfied, 5 very dissatisfied; GB/T 39046-2020 A.8) a rating opens the clock `contact`."""


class Turn(NamedTuple):
    """Clocks that an event has started and clocks that it has changed; `act` writes both."""

    started: list[Clock]
    changed: list[Clock]


class Tick(NamedTuple):
    """The event as the clocks see it."""

    case: Case
    given: dict[str, Any]
    on: date
    number: int
    running: list[Clock]

    def stop(self, name: str, subject: str) -> Turn:
        return Turn([], [row for row in self.running if (row.name, row.subject) == (name, subject)])

    def start(self, name: str, *, subject: str = "", **given: Any) -> list[Clock]:
        row = clocks.start(self.case, name, self.on, self.number, subject=subject, **given)
        return [row] if row else []


def turn(case: Case, rule: flow.Rule, given: dict[str, Any], on: date, number: int) -> Turn:
    """Everything that the event does to the clocks of the case, and the nearest day that then stands. Stopped rows carry their stop, none is
    saved yet."""
    running = clocks.running(case)
    tick = Tick(case, given, on, number, running)
    own = SPECIAL[rule.verb](tick) if rule.verb in SPECIAL else Turn([], [])
    names = clocks.begun(case, rule, running)
    started = own.started + [row for name in names for row in tick.start(name, **_carried(given, name))]
    stopped = [row for row in running if clocks.stops(rule, row) or (row.name in names and not row.subject)]
    if rule.verb in STOPPING:
        stopped += own.changed
    for row in stopped:
        row.stopped_on, row.stopped_by = on, number
    changed = stopped + [row for row in own.changed if row not in stopped]
    standing = [row.due_on for row in (*running, *own.changed, *started) if row.due_on and row.stopped_on is None]
    case.next_due = min(standing, default=None)
    return Turn(started, changed)


def _carried(given: dict[str, Any], name: str) -> dict[str, str]:
    """The start of a handling limit that is carried over from the other region, if it is."""
    return {"carried_from": given["handle_from"]} if name == "handle" and given.get("handle_from") else {}


def _handling(tick: Tick) -> Clock | None:
    return next((row for row in tick.running if row.name == "handle"), None)


def _offer(tick: Tick) -> Turn:
    clause = Clause.objects.get(agreement=tick.case.agreement, ref=tick.case.clause)
    if clause.answer_amount is None:
        return Turn([], [])
    return Turn(tick.start(OFFER, **clocks.offer_limit(clause)), [])


def _ask(tick: Tick) -> Turn:
    if not tick.given.get("reply_by"):
        return Turn([], [])
    return Turn(
        tick.start(
            ANSWER,
            subject=str(tick.given["question_number"]),
            unit=EVENT_DATE,
            until=tick.given["reply_by"],
            **QUESTION,
        ),
        [],
    )


def _reply(tick: Tick) -> Turn:
    return tick.stop(ANSWER, str(tick.given["ask"]))


def _engage(tick: Tick) -> Turn:
    length = {"amount": tick.given["amount"], "unit": tick.given["unit"], **ENGAGEMENT}
    return Turn(tick.start(CO_HANDLING, subject=tick.given["agency"], **length), [])


def _contribute(tick: Tick) -> Turn:
    return tick.stop(CO_HANDLING, tick.given["agency"])


def _supervise(tick: Tick) -> Turn:
    return Turn(
        tick.start(SUPERVISION, subject=str(tick.number), unit=EVENT_DATE, until=tick.given["answer_by"], **LETTER), []
    )


def _answer_supervision(tick: Tick) -> Turn:
    return tick.stop(SUPERVISION, str(tick.given["supervision"]))


def _extend(tick: Tick) -> Turn:
    row = _handling(tick)
    if row is None:
        return Turn([], [])
    source = {"zh": f"第{tick.number}步延期", "en": f"extension at step {tick.number}"}
    row.extensions = [
        *row.extensions,
        {"amount": tick.given["amount"], "unit": tick.given["unit"], "event": tick.number, **source},
    ]
    clocks.derive(row)
    row.notified_due_on = row.due_on
    return Turn([], [row])


def _pause(tick: Tick) -> Turn:
    row = _handling(tick)
    if row is None:
        return Turn([], [])
    cause = {"zh": tick.given["cause_zh"], "en": tick.given["cause_en"]}
    row.pauses = [*row.pauses, {"since": tick.on.isoformat(), "until": "", "event": tick.number, **cause}]
    clocks.derive(row)
    return Turn([], [row])


def _resume(tick: Tick) -> Turn:
    row = _handling(tick)
    if row is None or not row.pauses:
        return Turn([], [])
    row.pauses = [*row.pauses[:-1], row.pauses[-1] | {"until": tick.on.isoformat()}]
    clocks.derive(row)
    row.notified_due_on = row.due_on
    return Turn([], [row])


def _redate(tick: Tick) -> Turn:
    moving = {(moved["clock"], moved["subject"]) for moved in tick.given["moved"]}
    rows = [row for row in tick.running if (row.name, row.subject) in moving]
    for row in rows:
        clocks.derive(row)
        row.notified_due_on = row.due_on
    return Turn([], rows)


def _request(tick: Tick) -> Turn:
    """Until when the other side answers a consultation, or says whether it takes a sub-task: a date, or the limit of the clause."""
    given, subject = tick.given, f"{REQUEST}{tick.given['request']}"
    if given.get("reply_by"):
        return Turn(tick.start(ANSWER, subject=subject, unit=EVENT_DATE, until=given["reply_by"], **QUESTION), [])
    if "answer_amount" not in given:
        return Turn([], [])
    length = {"amount": given["answer_amount"], "unit": given["answer_unit"], **clocks.clause_source(given["clause"])}
    return Turn(tick.start(ANSWER, subject=subject, **length), [])


def _request_reported(tick: Tick) -> Turn:
    """The first word ends the wait for one; an accepted sub-task runs until the day that the other side has reckoned."""
    given, subject = tick.given, f"{REQUEST}{tick.given['request']}"
    if given["step"] == "progress" or given.get("late"):
        return Turn([], [])
    started: list[Clock] = []
    if given["step"] == "accepted" and given.get("due_on"):
        started = tick.start(CO_HANDLING, subject=subject, unit=EVENT_DATE, until=given["due_on"], **TASK)
    return Turn(started, [row for row in tick.running if row.subject == subject])


def _call_back(tick: Tick) -> Turn:
    subject = f"{REQUEST}{tick.given['request']}"
    return Turn([], [row for row in tick.running if row.subject == subject])


def _recover(tick: Tick) -> Turn:
    """The limits that the state needs, from the day that is proven; those that were running at the time of the backup end where the case has
    left them behind."""
    state, since = tick.given["state"], tick.given.get("since")
    on = date.fromisoformat(since) if since else tick.on
    if state == "offered":
        return Turn([], [])
    if state == "accepted":
        row = None if _handling(tick) else clocks.start(tick.case, "handle", on, tick.number)
        return Turn([row] if row else [], [row for row in tick.running if row.name in BEFORE_ACCEPTANCE])
    started: list[Clock] = []
    if state == "concluded" and tick.case.home_node == settings.LIANQIAO_NODE:
        started = [row for row in [clocks.start(tick.case, "deliver", on, tick.number)] if row]
    return Turn(started, tick.running)


def _imported(tick: Tick) -> Turn:
    """The limits of a case that still runs, each from the day that the ledger tells for the step that begins it, else from that of the filing.
    Of one that the ledger calls finished none runs: what came before is as the office told it, and no measure of this system's own."""
    told, on = tick.given, tick.on
    if told["state"] not in flow.OPEN:
        return Turn([], [])
    running: list[Clock] = []
    for verb, before in (("file", None), ("accept", flow.State.FILED)):
        rule = flow.VERBS[verb].rule(before)
        assert rule is not None
        on = date.fromisoformat(told.get("accepted_on", on.isoformat())) if before else on
        names = clocks.begun(tick.case, rule, running)
        running = [row for row in running if not clocks.stops(rule, row) and row.name not in names]
        running += [row for name in names if (row := clocks.start(tick.case, name, on, tick.number))]
        if rule.reaches == told["state"]:
            break
    return Turn(running, [])


def _rate(tick: Tick) -> Turn:
    if tick.given["score"] < BAD_SCORE:
        return Turn([], [])
    return Turn(tick.start("contact") or tick.start("contact", amount=1, unit="working_days"), [])


def _unmerge(tick: Tick) -> Turn:
    """The clocks that the merge stopped run on from their own first day, as if it had not been."""
    rows = list(tick.case.clocks.filter(stopped_by=tick.given["merge"]))
    for row in rows:
        assert row.stopped_on is not None
        row.case = tick.case
        row.given = row.given | {
            "together": [*row.given.get("together", []), [row.stopped_on.isoformat(), tick.on.isoformat()]]
        }
        row.stopped_on = row.stopped_by = None
        redating.follow(redating.change(row), TOLD_BEFORE)
    return Turn([], rows)


TOLD_BEFORE = Text("该日期在合并办理之前已经告知", "it had been told before the cases were merged")
BEFORE_ACCEPTANCE = ("correct", "supplement", "accept", "transfer", "deliver", "offer")
QUESTION = {"source_zh": "询问", "source_en": "the question"}
ENGAGEMENT = {"source_zh": "协办要求", "source_en": "the request to the co-handler"}
TASK = {
    "source_zh": "对方接受协办任务时告知的期限",
    "source_en": "the date told by the other side when it accepted the sub-task",
}
LETTER = {"source_zh": "督办函", "source_en": "the supervision letter"}
STOPPING = {"recover", "request_reported", "call_back", "reply", "answer_reported", "contribute", "answer_supervision"}
SPECIAL: dict[str, Callable[[Tick], Turn]] = {
    "offer": _offer,
    "recover": _recover,
    "imported": _imported,
    "consult": _request,
    "give_task": _request,
    "request_reported": _request_reported,
    "call_back": _call_back,
    "ask": _ask,
    "question_reported": _ask,
    "reply": _reply,
    "answer_reported": _reply,
    "engage": _engage,
    "contribute": _contribute,
    "supervise": _supervise,
    "answer_supervision": _answer_supervision,
    "extend": _extend,
    "pause": _pause,
    "resume": _resume,
    "redate": _redate,
    "rate": _rate,
    "rating_reported": _rate,
    "unmerge": _unmerge,
}
