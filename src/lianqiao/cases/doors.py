"""Opens and closes a case to readers: writes its keys and exclusions after a verb that changes who takes part. Called by `act` alone."""

from collections.abc import Sequence

from lianqiao.registry import remembered

from . import keys
from .models import Case, CaseKey, Exclusion, Participant

OPENING = {"route", "sign_for", "decide", "engage", "accept", "take_over"}
"""Verbs after which other people may see a case than before."""


def open_for(case: Case, respondents: Sequence[str] | None) -> None:
    """Bring the keys of the case in line with who takes part. `respondents` only when the case begins: they are barred for good."""
    if respondents:
        agencies = [agency for code in respondents if (agency := remembered.agency(code))]
        Participant.objects.bulk_create(
            Participant(case=case, agency=agency, part=Participant.Part.RESPONDENT) for agency in agencies
        )
        Exclusion.objects.bulk_create(Exclusion(case=case, key=keys.agency_key(agency)) for agency in agencies)
    entering = respondents is not None
    wanted = keys.keys_for(case, [] if entering else keys.codes_of_participants(case, "co_handler"))
    held = {} if entering else dict(case.keys.values_list("key", "identity"))
    CaseKey.objects.bulk_create(
        (
            CaseKey(case=case, key=key, identity=identity)
            for key, identity in wanted.items()
            if held.get(key) != identity
        ),
        update_conflicts=True,
        update_fields=["identity"],
        unique_fields=["key", "case"],
    )
    gone = held.keys() - wanted.keys()
    if gone:
        case.keys.filter(key__in=gone).delete()
