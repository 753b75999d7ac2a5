"""Visibility keys: what a person holds, and which keys open a case. `Case.objects.visible_to` compares the two.

`agency:<code>` is held by everybody with a role in the agency; `above:<code>` by leads and supervisors of an agency for all cases that an agency below it
answers for; `enterprise:<id>` by owners and agents; `person:<id>` by the person alone.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from lianqiao.record import time
from lianqiao.registry.models import Agency, EnterpriseMember, Membership, Person

if TYPE_CHECKING:
    from .models import Case

MEMBERSHIPS, ENTERPRISES = "_memberships_read", "_enterprises_read"
OVERSEEING = (Membership.Role.LEAD, Membership.Role.SUPERVISOR)


def agency_key(agency: Agency) -> str:
    return f"agency:{agency.code}"


def enterprise_key(enterprise_id: object) -> str:
    return f"enterprise:{enterprise_id}"


def codes_above(agency: Agency) -> list[str]:
    """The codes of the agencies above this one, root first; read from its path."""
    return agency.path.strip("/").split("/")[:-1]


def codes_of_participants(case: "Case", part: str) -> list[str]:
    """The codes of the agencies that take part in the case as `part`. A case that is only being filed has none yet."""
    if case.is_new:
        return []
    return list(case.participants.filter(part=part).values_list("agency__code", flat=True))


def memberships_of(person: Person) -> list[Membership]:
    """Today's memberships, with their agencies; read once per person object."""
    held: list[Membership] | None = person.__dict__.get(MEMBERSHIPS)
    if held is None:
        held = person.__dict__[MEMBERSHIPS] = list(Membership.objects.active(time.today()).of(person))
    return held


def enterprises_of(person: Person) -> list[EnterpriseMember]:
    """Today's enterprises of which the person is owner or agent; read once per person object, for somebody who has nothing yet each
    time: another process may have entered their first one a moment ago."""
    held: list[EnterpriseMember] | None = person.__dict__.get(ENTERPRISES)
    if held is None or not (held or memberships_of(person)):
        held = person.__dict__[ENTERPRISES] = list(EnterpriseMember.objects.active(time.today()).of(person))
    return held


def keys_of(person: Person) -> list[str]:
    """All keys that the person holds today."""
    held = {f"person:{person.pk}"}
    held |= {enterprise_key(member.enterprise_id) for member in enterprises_of(person)}
    for membership in memberships_of(person):
        held.add(agency_key(membership.agency))
        if membership.role in OVERSEEING:
            held.add(f"above:{membership.agency.code}")
    return sorted(held)


def keys_for(case: "Case", co_handlers: Sequence[str]) -> dict[str, bool]:
    """The keys that open the case, each with whether it also shows who files.

    A confidential identity is shown to complaint centres that took the case in or answer for it, and to the enterprise itself (Order 2020-3 art. 23).
    """
    opened: dict[str, bool] = {}
    involved = [case.home_agency, case.agency, *([case.assigned] if case.assigned else [])]
    centres = {case.home_agency_id} | {agency.pk for agency in involved if agency.kind == Agency.Kind.COMPLAINT_CENTRE}
    for agency in involved:
        shows = not case.confidential or agency.pk in centres
        opened[agency_key(agency)] = shows
        for above in codes_above(agency):
            opened.setdefault(f"above:{above}", not case.confidential)
        opened[f"above:{agency.code}"] = shows
    for code in co_handlers:
        opened.setdefault(f"agency:{code}", not case.confidential)
    if case.enterprise_id:
        opened[enterprise_key(case.enterprise_id)] = True
    return opened


def shows_identity(case: "Case", person: Person) -> bool:
    """Whether the person may know who files."""
    return not case.confidential or case.keys.filter(key__in=keys_of(person), identity=True).exists()
