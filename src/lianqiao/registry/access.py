"""Who may change the registry: the administrators of this node, each for their own part. Nobody else, and never nobody.

The system administrator runs the registry, the security administrator ends tokens and peers, the audit administrator reads who did
and read what. No person is two of them.
"""

from __future__ import annotations

from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from lianqiao.record.actors import Actor
from lianqiao.record.nodes import this_node
from lianqiao.record.refusal import Refused
from lianqiao.record.time import today
from lianqiao.registry import delegating
from lianqiao.registry.models import ADMINISTRATORS, Agency, Membership, Person


def holds(person: Person, *roles: str) -> bool:
    """True if the person has one of the roles today, of their own, in an agency of this node. One query."""
    own = Membership.objects.active(today()).filter(person=person, agency__region__node_code=this_node().code)
    return own.filter(role__in=roles).exists()


def is_admin(person: Person) -> bool:
    """True if the person is today the system administrator, or one of them, in an agency of this node. One query."""
    return holds(person, Membership.Role.ADMIN)


def admin(by: Person) -> Actor:
    """The system administrator as the record names one; refuses anybody else ("not-admin", 403)."""
    if not is_admin(by):
        raise Refused(
            "not-admin",
            _("Only an administrator of this node may change the registry. Ask one of them to do it."),
            status=403,
        )
    return by.actor


def security(by: Person) -> Actor:
    """The security administrator as the record names one; refuses anybody else ("not-security", 403)."""
    if not holds(by, Membership.Role.SECURITY):
        raise Refused(
            "not-security",
            _("Only the security administrator of this node may do this. Ask one of them to do it."),
            status=403,
        )
    return by.actor


def auditor(by: Person) -> Actor:
    """The audit administrator as the record names one; refuses anybody else ("not-auditor", 403)."""
    if not holds(by, Membership.Role.AUDIT):
        raise Refused(
            "not-auditor",
            _("Only the audit administrator of this node may read the audit. Ask one of them."),
            status=403,
        )
    return by.actor


def may_enter(person: Person) -> bool:
    """True for an administrator, and for an intake officer of this node or who acts for one."""
    here = this_node().code
    intake = any(
        held.role == Membership.Role.INTAKE and held.agency.region.node_code == here
        for held in delegating.roles_of(person, today())
    )
    return intake or is_admin(person)


def enterer(by: Person) -> Actor:
    """Who may enter an enterprise for others (`may_enter`); refuses anybody else ("not-intake", 403)."""
    if not may_enter(by):
        raise Refused(
            "not-intake",
            _(
                "Only an intake officer or an administrator may enter an enterprise for others. Ask one of them to do it."
            ),
            status=403,
        )
    return by.actor


def agencies_of(person: Person) -> list[Agency]:
    """The agencies in which the person has a role today, or acts for one who has."""
    return list({held.agency_id: held.agency for held in delegating.roles_of(person, today())}.values())


def leads(person: Person, agency: Agency) -> bool:
    """True if the person is lead of the agency today, or acts for one."""
    held = delegating.roles_of(person, today())
    return any(one.agency_id == agency.pk and one.role == Membership.Role.LEAD for one in held)


def confirmer(by: Person) -> Actor:
    """Who may confirm that somebody stands for an enterprise: an administrator, or an intake officer of a complaint centre of this node;
    refuses anybody else ("not-intake", 403)."""
    here = this_node().code
    intake = any(
        held.role == Membership.Role.INTAKE
        and held.agency.kind == Agency.Kind.COMPLAINT_CENTRE
        and held.agency.region.node_code == here
        for held in delegating.roles_of(by, today())
    )
    if not (intake or is_admin(by)):
        raise Refused(
            "not-intake",
            _("Only an intake officer of a complaint centre or an administrator may confirm this. Ask one of them."),
            status=403,
        )
    return by.actor


def works_at(person: Person, agency: Agency) -> bool:
    """True if the person has a role in the agency today, or acts for one who has."""
    return any(held.agency_id == agency.pk for held in delegating.roles_of(person, today()))


def is_administrator(person: Person) -> bool:
    """True for any of the three administrators of this node."""
    return holds(person, *ADMINISTRATORS)


def colleagues_of(person: Person) -> QuerySet[Membership, UUID]:
    """The ids of who has a role in an agency in which the person has one today."""
    own = Membership.objects.active(today()).filter(person=person).values("agency")
    return Membership.objects.active(today()).filter(agency__in=own).values_list("person", flat=True)


def colleagues(one: Person, other: Person) -> bool:
    """True if the two have a role in the same agency today."""
    return colleagues_of(other).filter(person=one).exists()
