"""What the page of one case shows to an officer: the difficulty, the people, the limits, what happened, what may follow and what may not and why."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any, NamedTuple

from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lianqiao.cases import access, clocks, flow, pictures, sentences, timeline
from lianqiao.cases.models import Case, Clock
from lianqiao.law.categories import CATEGORIES
from lianqiao.law.regime import PROGRAMMES
from lianqiao.law.text import in_two
from lianqiao.portal.sheet import Entry, contact, entry, names, tone_of
from lianqiao.record import time
from lianqiao.registry.models import Person

from . import forms
from .opened import Opened
from .registers.parts import address


class Possible(NamedTuple):
    """A verb that may be done now: its button."""

    verb: str
    label: Promise
    grave: bool
    usual: bool


USUAL = {"sign_for", "accept", "deliver"}
"""Verbs that bring a case one step on, as most cases go: their buttons stand first and are filled."""
GRAVE = {"erase", "refuse", "withdraw", "conclude", "offer", "reopen", "archive"}
"""Verbs whose button says that they end or move something: they stand together behind what carries the case on."""
BY_THE_RULE = {"refuse", "conclude", "conclude_with", "pause", "extend"}
"""Verbs whose event names an article of the rule of procedure."""


class Object(NamedTuple):
    """What a verb is done to where the flow alone cannot tell: whether the case has it, and what is said where it has not."""

    there: Callable[[Case], bool]
    missing: Promise


OBJECTS = {
    "extend": Object(
        lambda case: bool(_handling(case)) and clocks.regime_of(case).extension.allowed,
        gettext_lazy("No limit of handling runs that the rule of procedure allows to extend."),
    ),
    "pause": Object(
        lambda case: _handling(case) in ("running", "overdue") and bool(clocks.regime_of(case).pause_causes),
        gettext_lazy("No limit of handling runs that the rule of procedure allows to pause."),
    ),
    "resume": Object(
        lambda case: _handling(case) == "paused",
        gettext_lazy("The limit of handling is not paused."),
    ),
    "answer_supervision": Object(
        lambda case: any(row.name == clocks.SUPERVISION for row in _live(case)),
        gettext_lazy("No supervision letter waits for an answer."),
    ),
}


def _live(case: Case) -> list[Clock]:
    return [row for row in case.clocks.all() if row.stopped_on is None]


def _handling(case: Case) -> str:
    """How the limit of handling stands; empty where there is none."""
    return next((clocks.state_of(row) for row in _live(case) if row.name == "handle"), "")


def shown(at: Opened, seen: int | None = None) -> dict[str, Any]:
    """All that the page shows. `seen`: the version that the sender of a refused form had seen."""
    case, person, by, steps = at.case, at.person, at.reader, at.steps
    limits = case.clocks.all()
    said = steps[0].data if steps and steps[0].event.number == 1 else {}
    tongue = pictures.language()
    return {
        "case": case,
        "state": flow.State(case.state).label,
        "tone": tone_of(case),
        "programme": PROGRAMMES[case.programme].in_(tongue) if case.programme in PROGRAMMES else case.programme,
        "category": CATEGORIES[case.category].in_(tongue) if case.category in CATEGORIES else case.category,
        "said": {name: value for name in ("facts", "request", "basis") if isinstance(value := said.get(name), str)},
        "known": by.knows_identity,
        "respondents": names(said.get("respondents", [])),
        "co_handlers": [one.agency.label for one in case.participants.all() if one.part == "co_handler"],
        "complainant": case.who_files(tongue) if by.knows_identity else "",
        "contact": contact(said) if by.knows_identity else "",
        "bars": [pictures.bar(clock) for clock in _live(case)],
        "past_bars": [pictures.bar(clock) for clock in limits if clock.stopped_on is not None],
        "entries": [replace(entry(case, step), cited=cited(case, step)) for step in reversed(steps)],
        "other_region": in_two(case.peer_agency).in_(tongue),
        "stops": pictures.journey(steps, lambda step: sentences.sentence(case, step)),
        "files": [held for held in case.attachments.all() if str(held.pk) in by.attachments],
        "rule": rule_of(case),
        "days": (time.today() - case.first_filed_on).days,
        "possible": possible(case, person),
        "since": since(at, seen),
        "related": by.related,
        "crumbs": [(_("Desk"), "/desk"), (case.number, "")],
    }


def since(at: Opened, seen: int | None) -> list[Entry]:
    """What happened after the version that the sender of a refused form had seen."""
    return [entry(at.case, step) for step in at.steps if step.event.number > seen] if seen is not None else []


def cited(case: Case, step: timeline.Step) -> list[tuple[str, str]]:
    """Where the step stands in agreement and rule: the address of each, and the clause or article in words."""
    found, data = [], step.data
    if data.get("agreement"):
        words = (
            _("Clause %(clause)s") % {"clause": data["clause"]} if data.get("clause") else _("Text of the agreement")
        )
        found.append((address("agreements", data["agreement"]), words))
    if case.regime and step.event.verb in BY_THE_RULE and data.get("article") not in (None, "", "unknown"):
        found.append((address("regimes", case.regime), _("article %(article)s") % {"article": data["article"]}))
    return found


def rule_of(case: Case) -> tuple[str, str] | None:
    """Where the rule of procedure under which the case runs is read, and what it is called."""
    if not case.regime:
        return None
    return address("regimes", case.regime), clocks.regime_of(case).title.in_(pictures.language())


def possible(case: Case, person: Person) -> list[Possible]:
    """What the person may do now: the usual steps, then the others in the order of the flow, then what ends or moves the case, last what the
    enterprise itself may do; without what has nothing yet to be done to."""
    made = set(forms.verbs()) - {verb for verb, needed in OBJECTS.items() if not needed.there(case)}
    found = [verb for verb in access.possible(case, person) if verb in made]
    buttons = [Possible(verb, flow.VERBS[verb].label, verb in GRAVE, verb in USUAL) for verb in found]
    return sorted(buttons, key=lambda one: (not one.usual, one.grave, one.verb == "withdraw"))


def impossible(case: Case, person: Person) -> list[tuple[Promise, str]]:
    """The other verbs of the desk, each with the reason why not now."""
    found = []
    for verb in forms.verbs():
        refused = access.refusal(case, verb, person)
        if refused and refused.code == "wrong-state":
            found.append((flow.VERBS[verb].label, only_in(case, verb)))
        elif refused:
            found.append((flow.VERBS[verb].label, str(refused)))
        elif verb in OBJECTS and not OBJECTS[verb].there(case):
            found.append((flow.VERBS[verb].label, str(OBJECTS[verb].missing)))
    return found


def only_in(case: Case, verb: str) -> str:
    """In which states the verb is possible: shorter than the refusal, which says with each verb what is possible instead."""
    states = [flow.State(state).label for rule in flow.VERBS[verb].rules for state in rule.leaves if state]
    said = {"state": flow.State(case.state).label, "states": pictures.listed(states)}
    return _('Not in the state "%(state)s", only in: %(states)s.') % said


def version_of(request: HttpRequest) -> int | None:
    """The version of the case that the sender of a form had seen."""
    given = request.POST.get("version", "")
    return int(given) if given.isdecimal() else None
