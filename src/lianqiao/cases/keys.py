"""Visibility keys: what a person holds, and which keys open a case. `Case.objects.visible_to` compares the two.

`agency:<code>` is held by everybody with a role in the agency; `above:<code>` by leads and supervisors of an agency for all cases that an agency below it
answers for; `enterprise:<id>` by owners and agents, also of a row that is merged with it; `association:<id of the membership>` by the intake officers of
the enterprise's chamber or workstation; `person:<id>` by the person alone. Delegates hold what those hold in whose stead they act.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from django.db.models import Q

from lianqiao.record import time
from lianqiao.record.actors import Actor
from lianqiao.registry import delegating, remembered
from lianqiao.registry.models import (
    Agency,
    Enterprise,
    EnterpriseAssociation,
    EnterpriseMember,
    Membership,
    Person,
)

if TYPE_CHECKING:
    from .models import Case

MEMBERSHIPS, ENTERPRISES, ASSOCIATIONS, BARS = (
    "_memberships_read",
    "_enterprises_read",
    "_associations_read",
    "_bars_read",
)
ASSOCIATION = "association:"
PERSON = "person:"
ASSOCIATING = (Agency.Kind.WORKSTATION, Agency.Kind.FEDERATION)
OVERSEEING = (Membership.Role.LEAD, Membership.Role.SUPERVISOR)


def agency_key(agency: Agency) -> str:
    return f"agency:{agency.code}"


def barring(path: str) -> list[str]:
    """The keys of which an exclusion bars who works in the agency with this path: its own, and `below:<code>` for each agency above it,
    by which a report of retaliation is closed to all that stand below the one complained of."""
    *above, own = path.strip("/").split("/")
    return [f"agency:{own}", *(f"below:{code}" for code in above)]


def enterprise_key(enterprise_id: object) -> str:
    return f"enterprise:{enterprise_id}"


def codes_above(agency: Agency) -> list[str]:
    """The codes of the agencies above this one, root first; read from its path."""
    return agency.path.strip("/").split("/")[:-1]


def codes_of_participants(case: "Case", part: str) -> list[str]:
    """The codes of the agencies that take part in the case as `part`. A case that is only being filed has none yet."""
    if case.is_new:
        return []
    if "participants" in getattr(case, "_prefetched_objects_cache", {}):
        return [one.agency.code for one in case.participants.all() if one.part == part]
    return list(case.participants.filter(part=part).values_list("agency__code", flat=True))


def memberships_of(person: Person) -> list[Membership]:
    """Today's memberships, with their agencies, and those that the person exercises for others; read once per person object."""
    held: list[Membership] | None = person.__dict__.get(MEMBERSHIPS)
    if held is None:
        held = person.__dict__[MEMBERSHIPS] = delegating.roles_of(person, time.today())
    return held


def is_for(membership: Membership, case: "Case") -> bool:
    """Whether the membership counts for the case: one's own always, a delegated one for its matters. The matter of a case that is only
    being filed is asked when it is known (`mandates.refusal_to_file`)."""
    delegation = membership.delegation
    return not delegation or not delegation.matters or case.is_new or case.programme in delegation.matters


def enterprises_of(person: Person) -> list[EnterpriseMember]:
    """Today's enterprises of which the person is owner or agent, or claims to be; read once per person object, for somebody who has nothing yet each
    time: another process may have entered their first one a moment ago."""
    if person.visiting is not None:
        return person.visiting
    held: list[EnterpriseMember] | None = person.__dict__.get(ENTERPRISES)
    if held is None or not (held or memberships_of(person)):
        held = person.__dict__[ENTERPRISES] = list(EnterpriseMember.objects.standing(time.today()).of(person))
    return held


def stands_for_nobody(person: Person) -> None:
    """The person was read a moment ago and has no enterprise: officers need not be asked for theirs (`enterprises_of`)."""
    person.__dict__[ENTERPRISES] = []


def enterprise_ids_of(person: Person, links: Sequence[EnterpriseMember] | None = None) -> set[UUID]:
    """The enterprises of the person (or of these links of theirs), with all rows that are merged with one of them."""
    links = enterprises_of(person) if links is None else links
    ids = {link.enterprise_id for link in links}
    merged = [link.enterprise for link in links if link.enterprise.root_id or getattr(link, "has_merged", True)]
    return ids | set(Enterprise.objects.family(merged).values_list("pk", flat=True)) if merged else ids


def associations_of(person: Person) -> list[tuple[EnterpriseAssociation, tuple[str, ...]]]:
    """The members of the chambers and workstations in which the person takes in, each with the matters for which (all when none);
    read once per person object."""
    held: list[tuple[EnterpriseAssociation, tuple[str, ...]]] | None = person.__dict__.get(ASSOCIATIONS)
    if held is None:
        takes_in = {
            membership.agency_id: matters_of(membership)
            for membership in memberships_of(person)
            if membership.role == Membership.Role.INTAKE and membership.agency.kind in ASSOCIATING
        }
        active = EnterpriseAssociation.objects.active(time.today()).select_related("enterprise")
        found = active.filter(agency__in=takes_in) if takes_in else ()
        held = person.__dict__[ASSOCIATIONS] = [(one, takes_in[one.agency_id]) for one in found]
    return held


def followed_by(person: Person) -> set[UUID]:
    """The enterprises for which the person may file as an officer of their association, with all rows that are merged with one."""
    members = [association.enterprise for association, _matters in associations_of(person)]
    return set(Enterprise.objects.family(members).values_list("pk", flat=True)) if members else set()


def matters_of(membership: Membership) -> tuple[str, ...]:
    """The programmes for which a membership counts; all when none."""
    return tuple(membership.delegation.matters) if membership.delegation else ()


@dataclass(frozen=True)
class Grant:
    """Keys that the person holds, and the matters (programmes, categories) for which they open a case; for all when there are none."""

    keys: tuple[str, ...]
    matters: tuple[str, ...] = ()

    def covering(self, prefix: str = "") -> Q:
        """The condition on cases (on what points to one, with a prefix) that the grant is for their matter."""
        if not self.matters:
            return Q()
        return Q(**{f"{prefix}programme__in": self.matters}) | Q(**{f"{prefix}category__in": self.matters})

    def covers(self, case: "Case") -> bool:
        return not self.matters or case.programme in self.matters or case.category in self.matters


def grants_of(person: Person) -> list[Grant]:
    """All keys that the person holds today, by the matters for which they hold them."""
    held: dict[tuple[str, ...], set[str]] = {(): {f"person:{person.pk}"}}
    for membership in memberships_of(person):
        keys = held.setdefault(matters_of(membership), set())
        keys.add(agency_key(membership.agency))
        if membership.role in OVERSEEING:
            keys.add(f"above:{membership.agency.code}")
    by_matters: dict[tuple[str, ...], list[EnterpriseMember]] = {}
    for link in enterprises_of(person):
        if link.claimed:
            continue  # opens what they filed themself, by `person:<id>`
        by_matters.setdefault(tuple(link.matters), []).append(link)
    for matters, links in by_matters.items():
        ids = enterprise_ids_of(person, links)
        held.setdefault(matters, set()).update(enterprise_key(one) for one in ids)
    for association, matters in associations_of(person):
        held.setdefault(matters, set()).add(f"{ASSOCIATION}{association.pk}")
    return [Grant(tuple(sorted(keys)), matters) for matters, keys in sorted(held.items())]


def keys_of(person: Person) -> list[str]:
    """All keys that the person holds today, for whatever matters."""
    return sorted({key for grant in grants_of(person) for key in grant.keys})


def bars_of(person: Person) -> list[str]:
    """The keys of which an exclusion bars the person: their own, and those of everybody in whose stead they act, in whatever agency."""
    held: list[str] | None = person.__dict__.get(BARS)
    if held is None:
        held = person.__dict__[BARS] = [key for path in paths_of(person) for key in barring(path)]
    return sorted({*keys_of(person), *held})


def paths_of(person: Person) -> list[str]:
    """The paths of the agencies in which the person, or somebody in whose stead they act, works today."""
    held = memberships_of(person)
    return sorted({path for membership in held for path in (membership.agency.path, *membership.giver_in)})


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


def association_keys(case: "Case", by: Person | Actor) -> dict[str, bool]:
    """The keys that open a case that begins to the associations of its enterprise: each is for one membership, so that it opens nothing
    when that has ended. Of a confidential case only the association that files it has one."""
    if case.enterprise is None:
        return {}
    found = remembered.associations(case.enterprise.root_id or case.enterprise.pk, time.today())
    if case.confidential:
        own = {one.pk for one, _matters in associations_of(by)} if isinstance(by, Person) else set()
        found = tuple(pk for pk in found if pk in own)
    return {f"{ASSOCIATION}{pk}": True for pk in found}


def claim_keys(case: "Case", by: Person | Actor) -> dict[str, bool]:
    """The key that opens a case that begins to who files it and only claims to stand for the enterprise: their own."""
    if not isinstance(by, Person) or case.enterprise is None:
        return {}
    stands = case.enterprise.root_id or case.enterprise_id
    links = [link for link in enterprises_of(by) if (link.enterprise.root_id or link.enterprise_id) == stands]
    return {f"{PERSON}{by.pk}": True} if links and all(link.claimed for link in links) else {}


def stands_for(case: "Case", person: Person) -> bool:
    """Whether the person stands for the enterprise of the case; who only claims so, for what they filed themself."""
    if not case.enterprise_id:
        return False
    links = enterprises_of(person)
    if case.enterprise_id in enterprise_ids_of(person, [link for link in links if not link.claimed]):
        return True
    claimed = [link for link in links if link.claimed]
    if not claimed or case.enterprise_id not in enterprise_ids_of(person, claimed):
        return False
    return case.is_new or case.keys.filter(key=f"{PERSON}{person.pk}").exists()


def claims_of(person: Person) -> list[str]:
    """The keys of the enterprises for which the person only claims to stand."""
    claimed = [link for link in enterprises_of(person) if link.claimed]
    return sorted(enterprise_key(one) for one in enterprise_ids_of(person, claimed)) if claimed else []


def are_held(case: "Case", person: Person) -> bool:
    """The read filter (`visible_to`) for a case whose keys and exclusions are in hand."""
    opening = {row.key for row in case.keys.all()}
    if all(opening.isdisjoint(grant.keys) or not grant.covers(case) for grant in grants_of(person)):
        return False
    return not bars(case, person)


def bars(case: "Case", person: Person) -> bool:
    """Whether an exclusion of the case bars the person. One query for the exclusions, none where they are in hand."""
    excluded = [row.key for row in case.exclusions.all()]
    return bool(excluded) and not set(excluded).isdisjoint(bars_of(person))


def shows_identity(case: "Case", person: Person) -> bool:
    """Whether the person may know who files."""
    if not case.confidential:
        return True
    held = {key for grant in grants_of(person) if grant.covers(case) for key in grant.keys}
    return case.keys.filter(key__in=held, identity=True).exists()
