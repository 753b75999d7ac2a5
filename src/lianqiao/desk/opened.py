"""A case as it lies open before one officer: what several parts of its page need is asked of the database once."""

from __future__ import annotations

from functools import cached_property

from django.conf import settings

from lianqiao.cases import timeline
from lianqiao.cases.models import Case
from lianqiao.notices.audience import Audience
from lianqiao.portal import sheet
from lianqiao.record import time
from lianqiao.registry.delegating import Holding
from lianqiao.registry.models import Clause, Person


class Opened:
    """One case and who looks at it. Refused at the door (`of`): a case that the person may not see (404)."""

    def __init__(self, case: Case, person: Person) -> None:
        self.case, self.person = case, person

    @classmethod
    def of(cls, person: Person, number: str) -> Opened:
        return cls(sheet.case_of(person, number), person)

    @cached_property
    def reader(self) -> timeline.Reader:
        """How the person reads the case; a look at a confidential one is written down."""
        return timeline.reader(self.case, self.person)

    @cached_property
    def steps(self) -> list[timeline.Step]:
        """What happened, as the person may read it."""
        return timeline.steps(self.case, self.reader)

    @cached_property
    def audience(self) -> Audience:
        return Audience([self.case])

    @property
    def colleagues(self) -> list[Holding]:
        """Who has a role in the agency that answers, and who acts for them."""
        return self.audience.in_agency(self.case.agency.code)

    @cached_property
    def clauses(self) -> list[Clause]:
        """The clauses in force today by which the agency that answers, or the home desk, may turn to another region about such a case."""
        codes = {self.case.agency.code, self.case.home_agency.code}
        holding = Clause.objects.holding(time.today()).filter(from_node=settings.LIANQIAO_NODE, from_agency__in=codes)
        found = holding.select_related("agreement")
        return [clause for clause in found if clause.covers(self.case.programme, self.case.category)]
