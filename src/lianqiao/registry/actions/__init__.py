"""The verbs of the registry: its only writers. Each names who acts, writes one event, and refuses before it writes."""

from lianqiao.registry.actions.competence import end_competence, set_competence, set_target
from lianqiao.registry.actions.enterprises import add_enterprise, add_own_enterprise, end_link, link_agent, link_owner
from lianqiao.registry.actions.people import add_person, appoint, end_membership, first_admin
from lianqiao.registry.actions.places import add_agency, add_region, add_regions
from lianqiao.registry.actions.tokens import issue_token, revoke_token

__all__ = [
    "add_agency",
    "add_enterprise",
    "add_own_enterprise",
    "add_person",
    "add_region",
    "add_regions",
    "appoint",
    "end_competence",
    "end_link",
    "end_membership",
    "first_admin",
    "issue_token",
    "link_agent",
    "link_owner",
    "revoke_token",
    "set_competence",
    "set_target",
]
