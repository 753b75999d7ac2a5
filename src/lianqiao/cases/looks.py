"""Looks at confidential cases: noting them where rows are read, and reading the list of them as the audit administrator.

Cases that are not confidential are not noted, and cost nothing.
"""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import NamedTuple
from uuid import UUID

from lianqiao.record import reads
from lianqiao.record.models import Read
from lianqiao.registry.access import auditor
from lianqiao.registry.models import Person

from . import keys
from .models import Case, Question

NOBODY = UUID(int=0)


def at(case: Case, person: Person, *, identity: bool) -> None:
    """The person sees the case, if it is confidential."""
    if case.confidential and not case.is_new:
        reads.note(str(person.pk), [case.uid], identity=identity, stead=stead(person))


def at_list(cases: Iterable[Case], person: Person) -> None:
    """The person sees a page of cases; `known` is annotated on each: whether they may know who files."""
    confidential = [case for case in cases if case.confidential]
    if confidential:
        known = any(getattr(case, "known", True) for case in confidential)
        reads.note(str(person.pk), [case.uid for case in confidential], identity=known, stead=stead(person))


def at_questions(questions: Iterable[Question], person: Person) -> None:
    """The person sees questions; those of confidential cases say something of them. Who files is known to the enterprise alone, which is asked itself."""
    confidential = [one for one in questions if one.case.confidential]
    if confidential:
        own = any(one.to == "enterprise" for one in confidential)
        reads.note(str(person.pk), [one.case.uid for one in confidential], identity=own, stead=stead(person))


def stead(person: Person) -> set[str]:
    """In whose stead the person acts, as a look notes it."""
    return {str(held.person_id) for held in keys.memberships_of(person) if held.delegation}


class Look(NamedTuple):
    """A row with its ids in words."""

    row: Read
    account: str
    stead: list[str]
    numbers: list[str]


def page(
    by: Person, *, limit: int, after: int | None = None, account: str | None = None, case: str | None = None, since: date | None = None,
    until: date | None = None, identity: bool | None = None,
) -> list[Read]:  # fmt: skip
    """The newest looks first, behind the row `after`. Refuses who is no audit administrator ("not-auditor", 403)."""
    auditor(by)
    found = Read.objects.order_by("-pk")
    if after:
        found = found.filter(pk__lt=after)
    if account:
        found = found.filter(
            by=str(Person.objects.filter(account=account).values_list("pk", flat=True).first() or NOBODY)
        )
    if case:
        found = found.filter(
            subjects__contains=f" {Case.objects.numbered(case).values_list('uid', flat=True).first() or NOBODY} "
        )
    if since:
        found = found.filter(day__gte=since)
    if until:
        found = found.filter(day__lte=until)
    if identity is not None:
        found = found.filter(identity=identity)
    return list(found[:limit])


def named(rows: Sequence[Read]) -> list[Look]:
    """The rows with accounts and numbers. Two queries."""
    people = {one for row in rows for one in (row.by, *row.stead.split())}
    accounts = {str(pk): account for pk, account in Person.objects.filter(pk__in=people).values_list("pk", "account")}
    uids = {one for row in rows for one in row.subjects.split()}
    numbers = {str(case.uid): case.number for case in Case.objects.filter(uid__in=uids).only("uid", "filed_on")}
    return [
        Look(
            row, accounts.get(row.by, row.by), [accounts.get(one, one) for one in row.stead.split()],
            [numbers.get(one, one) for one in row.subjects.split()],
        )
        for row in rows
    ]  # fmt: skip
