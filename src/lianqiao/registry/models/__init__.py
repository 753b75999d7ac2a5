"""The registry's data. Every row is written by `registry.actions` alone; reads are methods of the querysets."""

from lianqiao.registry.models.agreements import Agreement, Clause
from lianqiao.registry.models.competence import Competence, Competent, Target
from lianqiao.registry.models.enterprises import Enterprise, EnterpriseMember
from lianqiao.registry.models.people import Membership, Person
from lianqiao.registry.models.places import Agency, Region
from lianqiao.registry.models.tokens import ApiToken, IdempotentAnswer

__all__ = [
    "Agency",
    "Agreement",
    "ApiToken",
    "Clause",
    "Competence",
    "Competent",
    "Enterprise",
    "EnterpriseMember",
    "IdempotentAnswer",
    "Membership",
    "Person",
    "Region",
    "Target",
]
