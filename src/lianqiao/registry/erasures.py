"""Requests for erasure at the doors: what one may see of them, and one by its id."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from lianqiao.law import keeping
from lianqiao.record.refusal import Refused
from lianqiao.record.time import stamp, today
from lianqiao.registry import delegating
from lianqiao.registry.models import Agency, EnterpriseMember, ErasureRequest, Membership, Person

MOST = 200


def visible_to(person: Person) -> QuerySet[ErasureRequest]:
    """One's own requests, those about enterprises that one owns, and for the lead of a complaint centre all of them."""
    roles = delegating.roles_of(person, today())
    found = ErasureRequest.objects.select_related("enterprise", "person")
    if any(held.role == Membership.Role.LEAD and held.agency.kind == Agency.Kind.COMPLAINT_CENTRE for held in roles):
        return found
    owned = EnterpriseMember.objects.active(today()).filter(person=person, capacity=EnterpriseMember.Capacity.OWNER)
    return found.filter(Q(asked_by=person) | Q(enterprise__in=owned.values("enterprise")))


def named(identity: UUID, person: Person) -> ErasureRequest:
    """The request with this id, if the person may see it. Refuses: else (404)."""
    found = visible_to(person).filter(pk=identity).first()
    if found is None:
        raise Refused("unknown-erasure", _("There is no such request among those that you may see."), status=404)
    return found


def told(request: ErasureRequest) -> dict[str, Any]:
    """What a door says of a request, in the reader's language."""
    because = keeping.named(request.ground).in_(get_language() or "zh") if request.ground else ""
    return {
        "id": str(request.pk), "what": request.what, "enterprise": str(request.enterprise_id) if request.enterprise_id else None,
        "asked_at": stamp(request.asked_at), "state": request.state, "state_label": str(request.get_state_display()),
        "ground": request.ground, "because": because, "decided_at": stamp(request.decided_at) if request.decided_at else None,
    }  # fmt: skip
