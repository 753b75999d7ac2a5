"""Which ledgers there are, their rows, taking one out, by the JSON API."""

from __future__ import annotations

from typing import Literal
from urllib.parse import urlencode
from uuid import UUID

from django.http import FileResponse, HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop
from ninja import Query, Router
from pydantic import BaseModel, ConfigDict, Field

from lianqiao.cases import access, looks
from lianqiao.jobs import api as jobs
from lianqiao.record.refusal import Refused
from lianqiao.registry.door import acting, person_of
from lianqiao.registry.door import reading as may_read
from lianqiao.registry.models import Person

from .. import reading, standard, takeout, writing
from ..columns import COLUMNS
from ..definition import LONGEST_WORDS, Definition, read
from ..models import Ledger

router = Router(tags=["ledgers"])
PREFIX = "/api/v1"


class LedgerColumn(BaseModel):
    """A column, with what it holds."""

    code: str
    label: str
    about: str
    kind: str = Field(description="text, code, date, number or yes.")


class LedgerRow(BaseModel):
    """A ledger in the list."""

    code: str
    name: str
    about: str
    basis: str
    kept: bool = Field(description="Whether somebody keeps it, or every node has it.")
    columns: list[str]
    address: str = Field(description="Address of its rows.")


class Ledgers(BaseModel):
    ledgers: list[LedgerRow]


class LedgerRows(BaseModel):
    """A page of a ledger: its columns, and a line for each case. What says who files is empty for whoever may not know it."""

    columns: list[LedgerColumn]
    rows: list[dict[str, str | int | bool | None]] = Field(
        description="By the codes of the columns; days as 2026-09-18."
    )
    next: str | None = Field(description="Address of the next page; null on the last one.")


class RowsWanted(BaseModel):
    q: str = Field("", max_length=LONGEST_WORDS, description="Words that all must be found.")
    order: str = Field(
        "",
        max_length=64,
        description="Code of a column, with - in front for descending; as the ledger says unless given.",
    )
    after: str = Field("", max_length=300, description="As the page before named it.")
    limit: int = Field(100, ge=1, le=500)


class TakeOut(BaseModel):
    model_config = ConfigDict(json_schema_extra={"example": {"form": "xlsx", "paper": "A3"}})

    form: Literal["xlsx", "csv", "ndjson"] = "xlsx"
    paper: Literal["A4", "A3"] = "A4"


def officer(request: HttpRequest) -> Person:
    """Who asks. Refused: people without a role in an agency (403)."""
    person = person_of(request)
    if not access.officer(person):
        raise Refused("officers-only-page", _("Ledgers are for people with a role in an agency."), status=403)
    return person


@router.get("/ledgers", auth=may_read, response=Ledgers, summary=gettext_noop("List the ledgers"))
def list_ledgers(request: HttpRequest) -> object:
    """The standard ledgers, and those that are kept by you and your agencies."""
    person = officer(request)
    shown = [one.shown() for one in standard.standard().values()]
    shown += [standard.of(one) for one in Ledger.objects.open_to(person)[:200]]
    return {
        "ledgers": [
            {
                "code": one.code, "name": one.name, "about": one.about, "basis": one.basis, "kept": one.kept is not None,
                "columns": one.definition.columns, "address": f"{PREFIX}/ledgers/{one.code}/rows",
            }
            for one in shown
        ]
    }  # fmt: skip


@router.get(
    "/ledgers/{code}/rows", auth=may_read, response=LedgerRows, summary=gettext_noop("Read the rows of a ledger")
)
def list_ledger_rows(request: HttpRequest, code: str, wanted: Query[RowsWanted]) -> object:
    """The cases of the ledger that you may see, page by page, in its order or the one that you ask for."""
    person = officer(request)
    held = asked(standard.named(code, person).definition, wanted)
    lines, after = reading.page(held, person, wanted.after, wanted.limit)
    looks.at_list([line.case for line in lines], person)
    more = {"q": wanted.q, "order": wanted.order, "after": after, "limit": str(wanted.limit)}
    return {
        "columns": [
            {"code": one, "label": str(COLUMNS[one].label), "about": str(COLUMNS[one].about), "kind": COLUMNS[one].kind}
            for one in held.columns
        ],
        "rows": [{column.code: writing.plain(value) for column, value in reading.values(held, line)} for line in lines],
        "next": f"{PREFIX}/ledgers/{code}/rows?{urlencode(more)}" if after else None,
    }


def asked(held: Definition, wanted: RowsWanted) -> Definition:
    more = ({"words": wanted.q} if wanted.q else {}) | ({"order": wanted.order} if wanted.order else {})
    return read(held.as_data() | more)


@router.post(
    "/ledgers/{code}/exports", auth=acting, response={202: jobs.JobSheet}, summary=gettext_noop("Take a ledger out")
)
def export_ledger(request: HttpRequest, response: HttpResponse, code: str, told: TakeOut) -> object:
    """Begin to write the ledger as XLSX, CSV or NDJSON; the answer is a job, and its file lies ready for a week after its end. It is put into the record."""
    person = officer(request)
    job = takeout.begin(standard.named(code, person), person, form=told.form, paper=told.paper)
    response["Location"] = f"{PREFIX}/jobs/{job.pk}"
    return jobs.sheet(job)


@router.get(
    "/ledgers/exports/{uuid:job}/file",
    auth=may_read,
    summary=gettext_noop("Download a ledger that was taken out"),
    openapi_extra={"responses": {200: {"content": {"*/*": {"schema": {"type": "string", "format": "binary"}}}}}},
)
def read_export(request: HttpRequest, job: UUID) -> FileResponse:
    """The file of the job, for who began it. Refused: one that is not ready, or no longer there (404)."""
    held = jobs.of(request, job, takeout.KIND)
    return takeout.answer(held, standard.named(held.asked["code"], person_of(request)).name)
