"""Who may act in whose stead today: the memberships of a person with those that others let them exercise."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from copy import copy
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import CharField, OuterRef, QuerySet, Value

from lianqiao.record.rows import Rows, row
from lianqiao.registry.models import ADMINISTRATORS, Delegation, Membership, Person


def roles_of(person: Person, on: date) -> list[Membership]:
    """The person's own memberships on the day, then those exercised for others: these name the giver as `person` and carry their
    `delegation`. Two queries, one for somebody to whom nothing is delegated.

    Only own roles can be delegated, never a delegated one, nor that of an administrator.
    """
    given = Delegation.objects.active(on).filter(taker=person).order_by()
    people = given.values("giver").union(Person.objects.filter(pk=person.pk).order_by().values("pk"))
    held = list(Membership.objects.active(on).filter(person__in=people).select_related("agency__region", "person"))
    own = [membership for membership in held if membership.person_id == person.pk]
    lent = [
        membership for membership in held if membership.person_id != person.pk and membership.role not in ADMINISTRATORS
    ]
    for delegation in given.order_by("pk") if lent else ():
        for membership in lent:
            of_this = (membership.person_id, membership.agency_id) == (delegation.giver_id, delegation.agency_id)
            if of_this and membership.role in delegation.roles:
                exercised = copy(membership)
                exercised.delegation = delegation
                exercised.giver_in = tuple(one.agency.path for one in held if one.person_id == delegation.giver_id)
                own.append(exercised)
    return own


class Holding(NamedTuple):
    """Somebody has, or exercises for `holder`, a role in an agency; for the programmes `matters`, all when none is named."""

    person: Person
    role: str
    holder: UUID
    matters: Sequence[str] = ()


def holdings(code: str, on: date) -> list[Holding]:
    """Everybody who has a role in the agency on the day, then who acts for one of them, each by account. One query."""
    members = Membership.objects.active(on).filter(agency__code=code).order_by()
    given = Delegation.objects.active(on).filter(agency__code=code).order_by()
    people = Person.objects.filter(pk__in=members.values("person").union(given.values("taker"))).annotate(
        has=Rows(members.filter(person=OuterRef("pk")).order_by("role").values("role")),
        lent=Rows(given.filter(taker=OuterRef("pk")).order_by("pk").values("giver_id", "roles", "matters")),
    )
    found: Any = list(people)
    own = [Holding(person, told["role"], person.pk) for person in found for told in person.has]
    has = {(held.holder, held.role) for held in own}
    lending = [(person, row(Delegation, told, person._state.db)) for person in found for told in person.lent]
    lent = [
        Holding(taker, role, delegation.giver_id, delegation.matters)
        for taker, delegation in lending
        for role in delegation.roles
        if role not in ADMINISTRATORS and (delegation.giver_id, role) in has
    ]
    return own + lent


AT_ONCE = 50
Reach = tuple[str, bool]
"""The code of an agency, and whether those below it are meant too."""


def barred_by(reaches: Collection[Reach], on: date) -> dict[Reach, set[UUID]]:
    """For each of the agencies the ids of its members on the day, and of who acts for one of them, in whatever agency. One query for each
    AT_ONCE of them."""
    found: dict[Reach, set[UUID]] = {reach: set() for reach in reaches}
    order = list(found)
    for first in range(0, len(order), AT_ONCE):
        asked: list[QuerySet[Any, tuple[UUID, str]]] = []
        for place, (code, below) in enumerate(order[first : first + AT_ONCE], first):
            agencies = {"agency__path__contains": f"/{code}/"} if below else {"agency__code": code}
            members = Membership.objects.active(on).filter(**agencies).order_by()
            takers = Delegation.objects.active(on).filter(giver__in=members.values("person")).order_by()
            which = Value(str(place), output_field=CharField())
            asked.append(members.annotate(which=which).values_list("person", "which"))
            asked.append(takers.annotate(which=which).values_list("taker", "which"))
        for person, place_of in asked[0].union(*asked[1:], all=True):
            found[order[int(place_of)]].add(person)
    return found
