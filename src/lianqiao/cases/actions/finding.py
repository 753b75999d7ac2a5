"""Finds what a verb names by code, or refuses with what to do."""

from collections.abc import Sequence

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from lianqiao.record.refusal import Refused
from lianqiao.registry import remembered
from lianqiao.registry.models import Agency, Person

from .. import keys
from ..models import Case


def agency_named(code: str) -> Agency:
    """The active agency of this node with this code. Refused: none; one of another node, which is named here only for objections to go to."""
    found = remembered.agency(code)
    if found is None or found.region.node_code != settings.LIANQIAO_NODE:
        raise Refused(
            "unknown-agency",
            _("There is no agency with the code %(code)s. Choose one from the list of agencies."),
            status=422,
            code=code,
        )
    return found


def agencies_named(codes: Sequence[str]) -> None:
    """Refused: one of the codes names no active agency."""
    for code in codes:
        agency_named(code)


def not_complained_of(case: Case, agency: Agency) -> None:
    """Refused: the agency is the one complained of (of a report of retaliation: or stands below it), which must neither handle nor see
    the case."""
    if case.exclusions.filter(key__in=keys.barring(agency.path)).exists():
        raise Refused(
            "complained-of",
            _(
                "%(agency)s is complained of in this case and can neither handle nor see it. Choose another agency, or ask it a question as respondent."
            ),
            status=422,
            agency=agency,
        )


def person_with_account(account: str) -> Person:
    found = Person.objects.filter(account=account, is_active=True).first()
    if found is None:
        raise Refused(
            "unknown-person", _("There is no active person with the account %(account)s."), status=422, account=account
        )
    return found
