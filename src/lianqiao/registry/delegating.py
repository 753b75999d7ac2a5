"""Who may act in whose stead today: the memberships of a person with those that others let them exercise."""

from __future__ import annotations

from collections.abc import Collection
from copy import copy
from datetime import date

from django.db.models import Exists, OuterRef

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


def barred_with(person: Person, on: date) -> list[str]:
    """Codes of the agencies whose members let the person act for them in whatever agency: what bars those members bars the person."""
    givers = Delegation.objects.active(on).filter(taker=person).values("giver")
    return sorted(set(Membership.objects.active(on).filter(person__in=givers).values_list("agency__code", flat=True)))


def holders(codes: Collection[str], on: date, roles: Collection[str] | None = None) -> list[Person]:
    """Everybody who has one of the roles (any, if none is named) in one of the agencies on the day, and who acts for them."""
    held = Membership.objects.active(on).filter(agency__code__in=codes).select_related("person")
    held = held if roles is None else held.filter(role__in=roles)
    people = {membership.person_id: membership.person for membership in held}
    kept = {(membership.person_id, membership.agency_id, membership.role) for membership in held}
    given = Delegation.objects.active(on).filter(agency__code__in=codes).select_related("taker")
    for delegation in given:
        if any((delegation.giver_id, delegation.agency_id, role) in kept for role in delegation.roles):
            people.setdefault(delegation.taker_id, delegation.taker)
    return list(people.values())


def delegates_of_members(codes: Collection[str], on: date) -> set[object]:
    """The ids of the people who act, in whatever agency, for a member of one of the agencies."""
    members = Membership.objects.active(on).filter(agency__code__in=codes)
    given = Delegation.objects.active(on).filter(Exists(members.filter(person=OuterRef("giver"))))
    return set(given.values_list("taker", flat=True))
