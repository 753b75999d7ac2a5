"""The registry's data. Every row is written by `registry.actions` alone; reads are methods of the querysets."""

from lianqiao.registry.models.agreements import Agreement, Clause
from lianqiao.registry.models.associations import EnterpriseAssociation
from lianqiao.registry.models.competence import Competence, Competent, Target
from lianqiao.registry.models.duties import DutyDone
from lianqiao.registry.models.enterprises import (
    Contact,
    Enterprise,
    EnterpriseImport,
    EnterpriseMember,
    FormerCode,
    MatchKey,
)
from lianqiao.registry.models.erasures import ErasureRequest
from lianqiao.registry.models.law import AdoptedCalendar, AdoptedRegime, RegimeText
from lianqiao.registry.models.people import ADMINISTRATORS, Absence, Delegation, Membership, Person
from lianqiao.registry.models.places import Agency, Region
from lianqiao.registry.models.tokens import ApiToken, IdempotentAnswer

__all__ = [
    "ADMINISTRATORS",
    "Absence",
    "AdoptedCalendar",
    "AdoptedRegime",
    "Agency",
    "Agreement",
    "ApiToken",
    "Clause",
    "Competence",
    "Competent",
    "Contact",
    "Delegation",
    "DutyDone",
    "Enterprise",
    "EnterpriseAssociation",
    "EnterpriseImport",
    "EnterpriseMember",
    "ErasureRequest",
    "FormerCode",
    "IdempotentAnswer",
    "MatchKey",
    "Membership",
    "Person",
    "RegimeText",
    "Region",
    "Target",
]
