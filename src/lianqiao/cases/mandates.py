"""What an agent of an enterprise may do by the power of attorney: which power a verb needs, and for which matters it was given.

An owner may do all. Where somebody acts in another role too (an intake officer of the desk), the power of attorney does not narrow that.
"""

from collections.abc import Collection

from django.utils.translation import gettext_lazy as _

from lianqiao.record.actors import Actor
from lianqiao.record.refusal import Refused
from lianqiao.registry.models import EnterpriseMember, Person

from . import keys
from .flow import Role
from .models import Case

Power = EnterpriseMember.Power
NEEDED: dict[str, Power] = {
    "file": Power.FILE,
    "supplement": Power.SUPPLEMENT,
    "attach": Power.SUPPLEMENT,
    "reply": Power.SUPPLEMENT,
    "withdraw": Power.WITHDRAW,
    "rate": Power.RATE,
    "object": Power.OBJECT,
    "request_erasure": Power.SUPPLEMENT,
}
FOR_THE_ENTERPRISE = {Role.ENTERPRISE, Role.ADDRESSEE}


def refusal(case: Case, verb: str, by: Person | Actor, roles: Collection[Role]) -> Refused | None:
    """None, or why the agent may not do `verb`, when it is for the enterprise alone that they act ("power-missing",
    "matter-outside")."""
    if isinstance(by, Actor) or verb not in NEEDED or set(roles) - FOR_THE_ENTERPRISE:
        return None
    links = _links(case, by)
    power = Power.OBJECT if verb == "file" and case.objection_to_id else NEEDED[verb]
    able = [link for link in links if link.may(power)]
    if links and not able:
        return Refused(
            "power-missing",
            _(
                "Your power of attorney does not say that you may %(power)s. Let the enterprise do it, or have the power entered."
            ),
            status=403,
            power=power.label,
        )
    if able and not case.is_new and not any(link.covers(case.programme, case.category) for link in able):
        return _outside()
    return None


def refusal_to_file(case: Case, by: Person | Actor, programme: str, category: str) -> Refused | None:
    """The same for a case that is being filed, whose matter is known only now; also for who acts in another's stead for some matters."""
    if isinstance(by, Actor):
        return None
    links = _links(case, by)
    power = Power.OBJECT if case.objection_to_id else Power.FILE
    if any(link.may(power) and link.covers(programme, category) for link in links):
        return None
    for membership in keys.memberships_of(by):
        matters = membership.delegation.matters if membership.delegation else []
        takes_in = membership.role == "intake" and not (matters and programme not in matters)
        if takes_in and (membership.agency_id == case.agency_id or case.enterprise_id in keys.followed_by(by)):
            return None
    return _outside()


def _links(case: Case, by: Person) -> list[EnterpriseMember]:
    """By which links the person stands for the enterprise of the case."""
    links = keys.enterprises_of(by)
    if not links or case.enterprise is None:
        return []
    stands = case.enterprise.root_id or case.enterprise_id
    return [link for link in links if (link.enterprise.root_id or link.enterprise_id) == stands]


def _outside() -> Refused:
    return Refused(
        "matter-outside",
        _("Your power of attorney or delegation is not for this matter. Let somebody do it who may."),
        status=403,
    )
