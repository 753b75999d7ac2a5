"""The cases that are tied to one, as far as a person may see them: a tie to an unseen case is not told, not even as a number."""

from typing import NamedTuple

from django.db.models import Exists, OuterRef, Q

from lianqiao.registry.models import Person

from .models import Case, Tie

TIES = ("about", "main", "duplicate")
"""Fields of events that hold the number of another case."""


class Related(NamedTuple):
    """`about`: the case for which they retaliate; `reports`: the reports of retaliation for this one; `main`: the case that it follows, or
    was concluded with; `followers`: those that follow it; `numbers`: of these, and of all with which it once was handled together."""

    about: Case | None
    reports: list[Case]
    main: Case | None
    followers: list[Case]
    numbers: frozenset[str]


def has_ties() -> Q:
    """Whether a case is tied to any, for a query that reads it (`annotate(has_ties=related.has_ties())`)."""
    row = OuterRef("pk")
    return (
        Q(Exists(Case.objects.filter(about=row)))
        | Q(Exists(Case.objects.filter(following=row)))
        | Q(Exists(Tie.objects.filter(case=row)))
    )


def to(case: Case, person: Person) -> Related:
    """The tied cases that the person may see: one query, none for a case that was read as one without ties (`has_ties`)."""
    if case.about_id is None and case.following_id is None and not getattr(case, "has_ties", True):
        return Related(None, [], None, [], frozenset())
    tied = Q(about=case) | Q(pk=case.about_id) | Q(pk__in=Tie.objects.filter(case=case).values("other"))
    found = list(Case.objects.visible_to(person).filter(tied).order_by("pk"))
    return Related(
        next((one for one in found if one.pk == case.about_id), None),
        [one for one in found if one.about_id == case.pk],
        next((one for one in found if one.pk == case.following_id), None),
        [one for one in found if one.following_id == case.pk],
        frozenset(one.number for one in found),
    )
