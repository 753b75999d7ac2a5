"""Who may change the registry: the administrators of this node. Nobody else, and never nobody."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from lianqiao.record.actors import Actor
from lianqiao.record.nodes import this_node
from lianqiao.record.refusal import Refused
from lianqiao.record.time import today
from lianqiao.registry.models import Membership, Person


def is_admin(person: Person) -> bool:
    """True if the person is today an administrator in an agency of this node. One query."""
    return (
        Membership.objects.active(today())
        .filter(person=person, role=Membership.Role.ADMIN, agency__region__node_code=this_node().code)
        .exists()
    )


def admin(by: Person) -> Actor:
    """The administrator as the record names one; refuses anybody else ("not-admin", 403)."""
    if not is_admin(by):
        raise Refused(
            "not-admin",
            _("Only an administrator of this node may change the registry. Ask one of them to do it."),
            status=403,
        )
    return by.actor


def enterer(by: Person) -> Actor:
    """Who may enter an enterprise for others: an administrator, or an intake officer of this node; refuses anybody else
    ("not-intake", 403)."""
    own = Membership.objects.active(today()).filter(person=by, agency__region__node_code=this_node().code)
    if not own.filter(role__in=[Membership.Role.ADMIN, Membership.Role.INTAKE]).exists():
        raise Refused(
            "not-intake",
            _(
                "Only an intake officer or an administrator may enter an enterprise for others. Ask one of them to do it."
            ),
            status=403,
        )
    return by.actor
