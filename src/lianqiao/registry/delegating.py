"""Who may act in whose stead today: the memberships of a person with those that others let them exercise."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from copy import copy
from datetime import date
from typing import NamedTuple
from uuid import UUID

from lianqiao.registry.models import ADMINISTRATORS, Delegation, Membership, Person


def roles_of(person: Person, on: date) -> list[Membership]:
    """The person's own memberships on the day, then those exercised for others: these name the giver as `person` and carry their
    `delegation`. At most three queries, two for somebody to whom nothing is delegated.

    Only own roles can be delegated, never a delegated one, nor that of an administrator.
    """
    own = list(Membership.objects.active(on).of(person).select_related("agency__region"))
    given = list(Delegation.objects.active(on).filter(taker=person))
    if not given:
        return own
    held = Membership.objects.active(on).filter(person__in={delegation.giver_id for delegation in given})
    lent = list(held.exclude(role__in=ADMINISTRATORS).select_related("agency__region", "person"))
    for delegation in given:
        for membership in lent:
            of_this = (membership.person_id, membership.agency_id) == (delegation.giver_id, delegation.agency_id)
            if of_this and membership.role in delegation.roles:
                exercised = copy(membership)
                exercised.delegation = delegation
                own.append(exercised)
    return own


def agencies_of(people: Collection[UUID], on: date) -> list[str]:
    """Paths of the agencies of which one of the people is a member on the day: what bars those members bars who acts for them."""
    held = Membership.objects.active(on).filter(person__in=people)
    return sorted(set(held.values_list("agency__path", flat=True)))


class Holding(NamedTuple):
    """Somebody has, or exercises for `holder`, a role in an agency; for the programmes `matters`, all when none is named."""

    person: Person
    role: str
    holder: UUID
    matters: Sequence[str] = ()


def holdings(code: str, on: date) -> list[Holding]:
    """Everybody who has a role in the agency on the day, then who acts for one of them. Two queries."""
    held = list(Membership.objects.active(on).filter(agency__code=code).select_related("person"))
    own = [Holding(membership.person, membership.role, membership.person_id) for membership in held]
    has = {(membership.person_id, membership.role) for membership in held}
    given = Delegation.objects.active(on).filter(agency__code=code).select_related("taker")
    lent = [
        Holding(delegation.taker, role, delegation.giver_id, delegation.matters)
        for delegation in given
        for role in delegation.roles
        if role not in ADMINISTRATORS and (delegation.giver_id, role) in has
    ]
    return own + lent


def barred_by(code: str, on: date, *, below: bool = False) -> set[UUID]:
    """The ids of the members of the agency on the day (with `below`: also of the agencies below it), and of who acts for one of them,
    in whatever agency."""
    agencies = {"agency__path__contains": f"/{code}/"} if below else {"agency__code": code}
    members = set(Membership.objects.active(on).filter(**agencies).values_list("person", flat=True))
    given = Delegation.objects.active(on).filter(giver__in=members)
    return members | set(given.values_list("taker", flat=True))
