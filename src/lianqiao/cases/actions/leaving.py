"""All open cases of somebody who leaves go to another handler in one step."""

from typing import NamedTuple

from django.db import transaction

from lianqiao.record.models import Event
from lianqiao.registry.models import Person

from .. import access, figures, flow
from ..models import Case, CaseQuerySet
from .handling import reassign

KEPT = (*flow.OPEN, flow.State.CONCLUDED)
"""States in which a handler still has to do with a case."""


class HandedOn(NamedTuple):
    """The events, and how many cases of the leaver stay because `by` may not reassign them: their lead has to."""

    events: list[Event]
    staying: int


@transaction.atomic
def hand_on(leaver: Person, to: Person, *, reason: str, by: Person) -> HandedOn:
    """Give all open cases of `leaver` that `by` leads to the handler `to`: all or none.

    Refused: whatever `reassign` refuses of one of them, for example a new handler who may not see a case.
    """
    cases, _staying = led(leaver, by)
    events = [reassign(case, by=by, handler=to.account, reason=reason) for case in cases]
    return HandedOn(events, figures.counted(held_by(leaver)).total)


def held_by(leaver: Person) -> CaseQuerySet:
    """The cases with which the person has still to do."""
    return Case.objects.filter(handler=leaver, state__in=KEPT)


def led(leaver: Person, by: Person) -> tuple[list[Case], int]:
    """The cases of `leaver` that `by` may give to another handler, and how many would stay: told before it is done."""
    held = held_by(leaver)
    cases = [case for case in held.visible_to(by).order_by("pk") if access.refusal(case, "reassign", by) is None]
    return cases, figures.counted(held.exclude(pk__in=[case.pk for case in cases])).total
