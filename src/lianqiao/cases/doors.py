"""Opens and closes a case to readers: writes its keys and exclusions after a verb that changes who takes part. Called by `act` alone."""

from collections.abc import Sequence

from lianqiao.record.actors import Actor
from lianqiao.registry import remembered
from lianqiao.registry.models import Person

from . import keys
from .entering import Part
from .models import Case, CaseKey, Exclusion, Kind, Participant

OPENING = {"route", "sign_for", "decide", "engage", "accept", "take_over", "objection_told", "reopen_on_objection"}
"""Verbs after which other people may see a case than before."""


def of_new(case: Case, respondents: Sequence[str], by: Person | Actor) -> list[Part]:
    """The rows that open a case that begins, not yet written. The agencies complained of take part, and are barred for good;
    of a report of retaliation so are all that stand below them."""
    agencies = [agency for code in dict.fromkeys(respondents) if (agency := remembered.agency(code))]
    barred = [keys.agency_key(agency) for agency in agencies]
    if case.kind == Kind.RETALIATION:
        barred += [f"below:{agency.code}" for agency in agencies]
    opened = keys.keys_for(case, []) | keys.association_keys(case, by) | keys.claim_keys(case, by)
    return [
        *(
            Part(Participant, {"agency_id": agency.pk, "part": Participant.Part.RESPONDENT.value})
            for agency in agencies
        ),
        *(Part(Exclusion, {"key": key}) for key in barred),
        *(Part(CaseKey, {"key": key, "identity": identity}) for key, identity in opened.items()),
    ]


def open_for(case: Case) -> None:
    """Bring the keys of the case in line with who takes part. Who follows as an association, or as who filed it, was fixed when it began."""
    wanted = keys.keys_for(case, keys.codes_of_participants(case, "co_handler"))
    for objection in case.objections.select_related("agency"):  # who decides on it reads what was decided
        wanted.setdefault(keys.agency_key(objection.agency), not case.confidential)
    held = {row.key: row.identity for row in case.keys.all()}
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
    gone = {key for key in held.keys() - wanted.keys() if not key.startswith((keys.ASSOCIATION, keys.PERSON))}
    if gone:
        case.keys.filter(key__in=gone).delete()
