"""Who decides on an objection: the agency above the one that answered, level by level (Order 2020-3 art. 22), on whatever node it is."""

from typing import NamedTuple
from uuid import UUID

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from lianqiao.record import time
from lianqiao.record.refusal import Refused
from lianqiao.registry.models import Agency, Clause

from . import dossier
from .models import Case


class Instance(NamedTuple):
    """Where the objection goes: the agency above in this node, or another node under a clause."""

    node: str
    agency: Agency | None = None
    agreement: UUID | None = None
    clause: str = ""

    @property
    def is_here(self) -> bool:
        return self.node == settings.LIANQIAO_NODE


def above(agency: Agency) -> Agency | None:
    """The agency that hears objections against this one; it may be one of another node that the registry names."""
    return agency.upper or agency.parent


def instance_above(case: Case) -> Instance:
    """Who decides on an objection against the outcome of the case.

    What another node concluded is for the agency above it there; the objection goes under the clause of the hand-over, also when the agreement
    has ended since: it belongs to what was handed over. Where the agency above one of ours lies on another node, a clause in force must let
    objections go to it. Refused: no agency above; no such clause.
    """
    if not case.answers_here:
        return Instance(case.holder_node, None, case.agreement, case.clause)
    upper = above(case.agency)
    if upper is None:
        raise Refused(
            "no-agency-above",
            _("There is no agency above %(agency)s in this region. Objections against it go to the national centre."),
            agency=case.agency,
        )
    if upper.region.node_code == settings.LIANQIAO_NODE:
        return Instance(settings.LIANQIAO_NODE, upper)
    leading = Clause.objects.holding(time.today()).filter(
        from_agency=case.agency.code, to_node=upper.region.node_code, to_agency=upper.code
    )
    for clause in leading.order_by("agreement__reference", "ref"):
        if "objection" in clause.lets and clause.covers(case.programme, case.category):
            return Instance(upper.region.node_code, upper, clause.agreement_id, clause.ref)
    raise Refused(
        "no-clause-for-objections",
        _("No agreement lets objections be passed on to %(agency)s. Object there yourself."),
        agency=upper,
    )


def is_objection(case: Case) -> bool:
    """Whether the case decides on an objection; also where the first case is known on another node only."""
    return bool(case.objection_to_id) or bool(dossier.filing(case).get("objection_to"))


def passed_on(case: Case) -> bool:
    """Whether the case is an objection on which another node decides, so that the desk that took it in cannot."""
    first = case.objection_to
    return first is not None and case.received_from == "" and not instance_above(first).is_here
