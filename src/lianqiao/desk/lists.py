"""The work lists: what waits for the officer, by what is due. A list is a condition on cases that the officer may see, nothing else."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Exists, F, OuterRef, Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from lianqiao.cases import clocks, flow, keys
from lianqiao.cases.models import Case, CaseQuerySet, Clock, Question
from lianqiao.exchange.models import Errand, Offer
from lianqiao.record import time
from lianqiao.registry.models import Person

State = flow.State
PAGE = 50
MOST = 500
"""So many open cases of one's agencies are looked through for the counts; with more, a count is told as "at least"."""
SEVERAL = 99
"""So many offers and questions are counted; with more, a count is told as "at least"."""


@dataclass(frozen=True)
class Line:
    """What the counts know of one open case; the lists are told from it, and from the same fields by the database."""

    state: str
    agency: Any
    home_agency: Any
    assigned: Any
    handler: Any
    due: date | None
    supervised: bool


@dataclass(frozen=True)
class WorkList:
    """What a list holds, said once: cases in one of the `states` (any, if none is named) of which one's agency is `whose` ("agency", "home_agency",
    "assigned", or nobody's), that are `late`, or `supervised`. Asked of the database by `condition`, of a line that is in hand by `holds`."""

    code: str
    label: Promise
    hint: Promise
    states: tuple[str, ...] = ()
    whose: str = ""
    late: bool = False
    supervised: bool = False

    def condition(self, agencies: set[Any]) -> Q:
        found = Q(state__in=self.states) if self.states else Q()
        found &= Q(**{f"{self.whose}__in": agencies}) if self.whose else Q()
        found &= Q(next_due__lt=time.today()) if self.late else Q()
        return found & Q(supervised=True) if self.supervised else found

    def holds(self, line: Line, agencies: set[Any]) -> bool:
        return (
            (not self.states or line.state in self.states)
            and (not self.whose or getattr(line, self.whose) in agencies)
            and (not self.late or (line.due is not None and line.due < time.today()))
            and (not self.supervised or line.supervised)
        )


def agencies_of(person: Person) -> set[Any]:
    """The agencies in which the person has a role today, or exercises one."""
    return {membership.agency_id for membership in keys.memberships_of(person)}


LISTS: dict[str, WorkList] = {
    one.code: one
    for one in (
        WorkList(
            "accept", _("To accept"), _("Filed or waiting for corrections at your agency: decide on acceptance."),
            (State.FILED, State.CORRECTING), "agency",
        ),
        WorkList(
            "sign", _("To sign for"), _("Assigned to your agency: sign for it, or dispute it once."),
            (State.FILED, State.ACCEPTED), "assigned",
        ),
        WorkList("handle", _("To handle"), _("Accepted, and your agency answers for it."), (State.ACCEPTED,), "agency"),
        WorkList(
            "deliver", _("To deliver"), _("Concluded: the result has to reach the enterprise."), (State.CONCLUDED,), "home_agency"
        ),
        WorkList(
            "waiting", _("With another region"), _("Offered or handed over: the other region has the word."),
            (State.OFFERED, State.HANDED_OVER),
        ),
        WorkList("overdue", _("Overdue"), _("A limit has passed."), late=True),
        WorkList("supervised", _("Supervised"), _("A supervision letter waits for its answer."), supervised=True),
        WorkList("all", _("All open"), _("Everything open that you may see.")),
    )
}  # fmt: skip
SCOPES = {"agency": _("My agency"), "mine": _("Mine"), "all": _("All that I see")}


def worked_on(person: Person, scope: str) -> CaseQuerySet:
    """The cases in work that the person may see, in a scope, with what the lists ask of each; the first due first, without a date last."""
    supervision = Clock.objects.running().filter(case=OuterRef("pk"), name=clocks.SUPERVISION)
    found = Case.objects.visible_to(person).filter(state__in=flow.IN_WORK).listed(person)
    if scope == "agency":
        agencies = agencies_of(person)
        found = found.filter(Q(agency__in=agencies) | Q(home_agency__in=agencies) | Q(assigned__in=agencies))
    elif scope == "mine":
        found = found.filter(handler=person)
    return found.annotate(supervised=Exists(supervision)).order_by(F("next_due").asc(nulls_last=True), "pk")


def found(person: Person, code: str, scope: str, words: str = "") -> CaseQuerySet:
    """The cases of a list, with these words where any are asked."""
    cases = worked_on(person, scope).filter(LISTS[code].condition(agencies_of(person)))
    return cases.search(words, person) if words.strip() else cases


def page(person: Person, code: str, scope: str, *, words: str = "", after: str = "") -> tuple[list[Any], str]:
    """One page of a list, and the place behind which the next one begins ("" on the last)."""
    held = found(person, code, scope, words)
    if place := _place(after):
        due, pk = place
        same = Q(next_due=due, pk__gt=pk) if due else Q(next_due__isnull=True, pk__gt=pk)
        later = Q(next_due__gt=due) | Q(next_due__isnull=True) if due else Q(pk__in=[])
        held = held.filter(same | later)
    rows = list(held.select_related("agency", "handler", "enterprise")[: PAGE + 1])
    last: Any = rows[PAGE - 1] if len(rows) > PAGE else None
    return rows[:PAGE], f"{last.next_due or ''}.{last.pk}" if last else ""


def _place(after: str) -> tuple[date | None, int] | None:
    due, dot, pk = after.rpartition(".")
    if not dot or not pk.isdecimal():
        return None
    try:
        return date.fromisoformat(due) if due else None, int(pk)
    except ValueError:
        return None


def beside(person: Person) -> dict[str, str]:
    """How many offers, requests and questions wait for the person's agencies: exact up to SEVERAL, else "n+"; nothing for none."""
    waiting = {
        "offers": Offer.objects.open().visible_to(person).values_list("pk")[: SEVERAL + 1],
        "errands": Errand.objects.open().visible_to(person).values_list("pk")[: SEVERAL + 1],
        "questions": Question.objects.unanswered().addressed_to(person).values_list("pk")[: SEVERAL + 1],
    }
    numbers = {name: len(found) for name, found in waiting.items()}
    return {name: f"{SEVERAL}+" if number > SEVERAL else str(number or "") for name, number in numbers.items()}


def counts(person: Person, scope: str) -> dict[str, str]:
    """How many cases each list holds, from one bounded look: exact up to MOST cases in work, else "n+" for those among them."""
    fields = ("state", "agency_id", "home_agency_id", "assigned_id", "handler_id", "next_due", "supervised")
    rows: Iterable[tuple[Any, ...]] = worked_on(person, scope).values_list(*fields)[: MOST + 1]
    lines = [Line(*row) for row in rows]
    agencies, more = agencies_of(person), "+" if len(lines) > MOST else ""
    held = lines[:MOST]
    return {
        code: f"{number}{more}" if (number := sum(one.holds(line, agencies) for line in held)) or more else ""
        for code, one in LISTS.items()
    }
