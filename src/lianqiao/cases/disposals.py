"""The list of files that may be disposed of, by year: what whoever proposes and whoever confirms goes through one by one (鉴定).

It holds what the decision needs and nothing of what a case says, so that the audit administrator can read it of cases that they do not see.
"""

from datetime import date
from typing import NamedTuple

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from lianqiao.law import keeping
from lianqiao.law.text import Text
from lianqiao.record import time
from lianqiao.record.refusal import Refused
from lianqiao.registry.access import holds
from lianqiao.registry.models import Membership, Person

from . import keys
from .flow import State
from .models import NUMBER, Case, CaseQuerySet, Exclusion, Hold


class File(NamedTuple):
    """One file of the list. `stands`: "due", "early" (its day has not come), "held" (a hold stands) or "proposed"."""

    case: Case
    stands: str

    @property
    def label(self) -> str:
        return str(STANDS[self.stands])

    @property
    def period(self) -> Text:
        """The period of keeping in words."""
        return keeping.periods(time.today())[self.case.retention].text


STANDS = {
    "due": _("May be disposed of: a lead proposes"),
    "early": _("Its day has not come"),
    "held": _("Held back"),
    "proposed": _("Proposed: the audit administrator decides"),
}


def within_reach(person: Person) -> CaseQuerySet:
    """The archived files on whose disposal the person has a word: as audit administrator all of this node, as lead those of the own agency and of
    those below that they may see. An agency complained of is barred. Refused: who is neither (403)."""
    archived = Case.objects.filter(state=State.ARCHIVED, disposable_on__isnull=False)
    if holds(person, Membership.Role.AUDIT):
        barred = Exclusion.objects.filter(case=OuterRef("pk"), key__in=keys.bars_of(person))
        return archived.exclude(Exists(barred))
    led = [held.agency.path for held in keys.memberships_of(person) if held.role == Membership.Role.LEAD]
    if not led:
        raise Refused(
            "not-yours",
            _("The list of disposal is for leads and for the audit administrator. Ask one of them."),
            status=403,
        )
    below = Q()
    for path in led:
        below |= Q(agency__path__startswith=path)
    seen = Case.objects.visible_to(person).filter(state=State.ARCHIVED, disposable_on__isnull=False)
    return seen.filter(below)


def page(person: Person, *, year: int | None = None, after: str | None = None, limit: int) -> list[File]:
    """The files whose period ends in the year (with none: all whose day has come), the oldest first, behind the case `after`. Two queries.

    Refused: whoever has no word on it; an `after` that is no number of a case.
    """
    today = time.today()
    days = (date.min, today) if year is None else (date(year, 1, 1), date(year, 12, 31))
    found = within_reach(person).filter(disposable_on__range=days)
    if after:
        place = NUMBER.match(after)
        last = (
            Case.objects.filter(pk=int(place["serial"])).values_list("disposable_on", "pk").first() if place else None
        )
        if last is None or last[0] is None:
            raise Refused(
                "after", _("`after` takes the number of a case, as it stands in the page before."), status=422
            )
        found = found.filter(Q(disposable_on__gt=last[0]) | Q(disposable_on=last[0], pk__gt=last[1]))
    held = Exists(Hold.objects.filter(case=OuterRef("pk")).standing(today))
    rows = found.select_related("agency").annotate(is_held=held).defer("tokens_open", "tokens_identity")
    return [File(case, _stands(case, today)) for case in rows.order_by("disposable_on", "pk")[:limit]]


def _stands(case: Case, today: date) -> str:
    if case.is_held:  # type: ignore[attr-defined]
        return "held"
    if case.disposal_proposed is not None:
        return "proposed"
    return "due" if case.disposable_on and case.disposable_on <= today else "early"
