"""The verbs of the registry: its only writers. Each names who acts, writes one event, and refuses before it writes."""

from lianqiao.registry.actions.associations import associate, end_association
from lianqiao.registry.actions.competence import end_competence, set_competence, set_target
from lianqiao.registry.actions.contacts import add_contact, end_contact
from lianqiao.registry.actions.delegation import (
    delegate,
    end_absence,
    enter_absence,
    leave,
    revoke_delegation,
    would_leave,
)
from lianqiao.registry.actions.duties import discharge
from lianqiao.registry.actions.enterprises import (
    add_enterprise,
    add_former_code,
    add_own_enterprise,
    change_enterprise,
    confirm_link,
    end_link,
    link_agent,
    link_owner,
)
from lianqiao.registry.actions.imports import import_enterprises, undo_import
from lianqiao.registry.actions.merging import merge, unmerge
from lianqiao.registry.actions.people import add_person, appoint, choose_language, end_membership, first_admin
from lianqiao.registry.actions.places import DESCRIBED, add_agency, add_region, add_regions, describe_agency
from lianqiao.registry.actions.tokens import issue_token, revoke_token

__all__ = [
    "DESCRIBED",
    "add_agency",
    "add_contact",
    "add_enterprise",
    "add_former_code",
    "add_own_enterprise",
    "add_person",
    "add_region",
    "add_regions",
    "appoint",
    "associate",
    "change_enterprise",
    "choose_language",
    "confirm_link",
    "delegate",
    "describe_agency",
    "discharge",
    "end_absence",
    "end_association",
    "end_competence",
    "end_contact",
    "end_link",
    "end_membership",
    "enter_absence",
    "first_admin",
    "import_enterprises",
    "issue_token",
    "leave",
    "link_agent",
    "link_owner",
    "merge",
    "revoke_delegation",
    "revoke_token",
    "set_competence",
    "set_target",
    "undo_import",
    "unmerge",
    "would_leave",
]
