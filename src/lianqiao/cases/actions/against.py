"""A report of retaliation is kept from whoever is near the agency complained of, from the first moment (Order 2020-3 art. 30, FIL
Implementing Regulations art. 31)."""

from collections.abc import Sequence

from django.utils.translation import gettext_lazy as _

from lianqiao.record.refusal import Refused
from lianqiao.registry.models import Person

from .. import keys
from ..act import By
from ..models import Case, Kind
from .finding import agency_named


def refuse_near(case: Case, kind: str, respondents: Sequence[str], by: By) -> None:
    """Refused, of a report of retaliation that begins: nobody named; an agency that is complained of, or stands below one, as the one
    that takes it in; a person who works in one of them, or for somebody who does."""
    if kind != Kind.RETALIATION:
        return
    if not respondents:
        raise Refused("no-respondent", _("Name the agency that retaliates, so that it can be kept out."), status=422)
    barred = {f"{reach}:{agency_named(code).code}" for code in respondents for reach in ("agency", "below")}
    if barred.intersection(keys.barring(case.agency.path)):
        raise Refused(
            "complained-of-itself",
            _(
                "%(agency)s is complained of here, or stands below the one that is, and cannot take the report in. Choose another complaint centre."
            ),
            status=422,
            agency=case.agency,
        )
    if isinstance(by, Person) and barred.intersection(keys.bars_of(by)):
        raise Refused(
            "works-there",
            _(
                "You work for the agency complained of, or in somebody's stead who does, and may not know of this report. Let somebody else enter it."
            ),
            status=403,
        )
