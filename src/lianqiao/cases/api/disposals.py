"""The JSON API of the list of disposal. Mounted by `cases.api`."""

from datetime import date
from urllib.parse import urlencode

from django.http import HttpRequest
from django.utils.translation import gettext_noop
from ninja import Query, Router
from pydantic import BaseModel, Field

from lianqiao.cases import disposals
from lianqiao.cases.pictures import language
from lianqiao.registry.door import person_of, reading

from . import answers

router = Router(tags=["cases"], auth=reading)


class DisposalRow(BaseModel):
    """A file that may be disposed of, or whose period ends in the year; nothing of what the case says."""

    number: str
    agency: answers.Named
    kind: str
    programme: str
    filed_on: date
    retention: str
    period: str = Field(description="The period of keeping in words.")
    disposable_on: date
    stands: str = Field(description="due, early, held, proposed")
    label: str


class Disposals(BaseModel):
    files: list[DisposalRow]
    next: str | None = Field(description="Address of the next page; null on the last one.")


class DisposalsWanted(BaseModel):
    year: int | None = Field(
        None, ge=1950, le=9998, description="Whose period ends in this year; left out: all whose day has come."
    )
    after: str | None = Field(None, max_length=40, description="Number of the last case of the page before.")
    limit: int = Field(50, ge=1, le=200)


@router.get("/disposals", response=Disposals, summary=gettext_noop("List the files to be disposed of"))
def list_disposals(request: HttpRequest, wanted: Query[DisposalsWanted]) -> object:
    """The archived files on whose disposal the person has a word, by the day on which their period ends: for leads those of their agency and below it, for the
    audit administrator those of the node. Proposed by `propose_disposal`, confirmed by `dispose`."""
    page = disposals.page(person_of(request), year=wanted.year, after=wanted.after, limit=wanted.limit + 1)
    shown = page[: wanted.limit]
    following = None
    if len(page) > wanted.limit:
        asked = [(name, value) for name, value in request.GET.items() if name != "after"]
        following = f"{answers.PREFIX}/disposals?{urlencode([*asked, ('after', shown[-1].case.number)])}"
    tongue = language()
    return {
        "files": [
            {
                "number": file.case.number, "agency": answers.named(file.case.agency), "kind": file.case.kind,
                "programme": file.case.programme, "filed_on": file.case.filed_on, "retention": file.case.retention,
                "period": file.period.in_(tongue), "disposable_on": file.case.disposable_on, "stands": file.stands, "label": file.label,
            }
            for file in shown
        ],
        "next": following,
    }  # fmt: skip
