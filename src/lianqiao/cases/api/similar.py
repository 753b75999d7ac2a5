"""Cases like one, and what a draft would run into: computed when it is asked for, never at the filing."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django.utils.translation import gettext_noop
from ninja import Router
from pydantic import BaseModel, Field

from lianqiao.cases import data, flow, similar, timeline
from lianqiao.cases.actions import drafts
from lianqiao.cases.models import Draft
from lianqiao.record.refusal import Refused
from lianqiao.registry.door import person_of, reading

from . import answers
from .asking import case_of

router = Router(tags=["cases"], auth=reading)


class LikeRow(BaseModel):
    number: str
    title: str
    state: str
    state_label: str
    agency: answers.Named
    share: int = Field(description="Per cent of the text that the two have in common, rare words weighing more.")
    reasons: list[str] = Field(description="Why it is shown, in words.")
    address: str


class ConcludedRow(LikeRow):
    """A concluded case from which one can learn."""

    ground: str
    days: int | None = Field(description="From the filing to the conclusion, in calendar days.")
    result: str | None = Field(description="The result in words; null if it was erased.")


class Similar(BaseModel):
    number: str
    likely_duplicates: list[LikeRow]
    similar_concluded: list[ConcludedRow]


class Checked(BaseModel):
    """What stands in the way of submitting a draft, and what was filed already."""

    problems: list[dict[str, str]] = Field(
        description="One field, code and sentence for each; empty if it can be submitted."
    )
    likely_duplicates: list[LikeRow] = Field(description="Cases of the same enterprise that say nearly the same.")


@router.get("/cases/{number}/similar", response=Similar, summary=gettext_noop("Find cases like one"))
def similar_cases(request: HttpRequest, number: str) -> object:
    """Likely duplicates of the same enterprise, and concluded cases about the same, among those that the person may see."""
    person, case = person_of(request), case_of(request, number)
    timeline.reader(case, person)  # who looks at a confidential case is written down
    asked = similar.of_case(case, person)
    found = similar.duplicates(asked, person)
    outcomes = similar.concluded(asked, person, [like.case.pk for like in found])
    return {
        "number": case.number,
        "likely_duplicates": [row(like) for like in found],
        "similar_concluded": [
            row(one.like) | {"ground": one.like.case.ground, "days": one.days, "result": one.result} for one in outcomes
        ],
    }


@router.get("/drafts/{uuid:draft}/check", response=Checked, summary=gettext_noop("Check a draft"))
def check_draft(request: HttpRequest, draft: UUID) -> object:
    """What is still missing or wrong in one's own draft, and which cases of the same enterprise say nearly the same already."""
    person = person_of(request)
    found = Draft.objects.of(person).filter(pk=draft).first()
    if found is None:
        raise drafts.unknown_draft()
    try:
        told, problems = data.read("file", found.content), []
    except Refused as refused:
        told, problems = None, list(refused.params["problems"])
    likes = similar.duplicates(similar.of_filing(told), person) if isinstance(told, data.File) else []
    return {"problems": problems, "likely_duplicates": [row(like) for like in likes]}


def row(like: similar.Like) -> dict[str, Any]:
    case = like.case
    return {
        "number": case.number,
        "title": case.heading,
        "state": case.state,
        "state_label": str(flow.State(case.state).label),
        "agency": answers.named(case.agency),
        "share": like.share,
        "reasons": list(like.reasons),
        "address": f"{answers.PREFIX}/cases/{case.number}",
    }
