"""Finds what a verb names by code, or refuses with what to do."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from lianqiao.record.refusal import Refused
from lianqiao.registry import remembered
from lianqiao.registry.models import Agency, Person

from .. import dossier, keys
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
    barring = keys.barring(agency.path)
    if any(row.key in barring for row in case.exclusions.all()):
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


def refuse_naming(case: Case, text: str, said: Mapping[str, Any] | None = None) -> None:
    """Refused: the text names a confidential enterprise by its name, code or contact, and others read it (Order 2020-3 art. 23). `said`: what
    is said in a filing that is only beginning."""
    if not case.confidential and said is None:
        return
    said = dossier.filing(case) if said is None else said
    known = [case.complainant, *(said.get(f"contact.{part}", "") for part in dossier.CONTACT)]
    known += [said.get("enterprise_name", ""), said.get("enterprise_code", "")]
    if case.enterprise:
        known += [case.enterprise.name_zh, case.enterprise.name_en, case.enterprise.uscc]
    spoken = text.casefold()
    if any(isinstance(word, str) and len(word) > 1 and word.casefold() in spoken for word in known):
        raise Refused(
            "names-the-enterprise",
            _("The identity of this enterprise is confidential, and the text names it or its contact. Take that out."),
            status=422,
        )
