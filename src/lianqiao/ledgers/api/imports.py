"""An office's own ledger comes in by the JSON API: handed in, its columns mapped and every line looked at, entered, taken back."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_noop
from ninja import Query, Router
from pydantic import BaseModel, ConfigDict, Field

from lianqiao.jobs import api as jobs
from lianqiao.record import time
from lianqiao.registry.door import acting, person_of
from lianqiao.registry.door import reading as may_read

from .. import fields, incoming
from ..models import LedgerImport

router = Router(tags=["ledgers"])
PREFIX = "/api/v1"
SHOWN = 50
EXAMPLE = '{"编号": "2026-0001", "收件日期": "2026-03-05", "企业名称": "示例有限公司", "事项": "收费项目未公示", "办理状态": "办理中"}\n'


def example(body: dict[str, Any]) -> dict[str, Any]:
    """How an operation describes a body that it takes."""
    return {"requestBody": {"content": {"application/json": {"example": body}}}}


class HandIn(BaseModel):
    agency: str = Field(
        "", max_length=64, description="Code of the agency whose ledger it is; needed when you take in for several."
    )


class IncomingHead(BaseModel):
    """A sheet that holds a table: its headings, and the first line below them."""

    sheet: str
    titles: list[str]
    start: int


class IncomingLedgerRow(BaseModel):
    """An import in the list."""

    id: str
    file: str
    agency: str
    by: str = Field(description="Account of who handed it in.")
    handed_in_at: str
    entered_at: str | None
    entered: int = Field(description="Cases that were entered.")
    undone_at: str | None
    address: str


class IncomingLedger(IncomingLedgerRow):
    """An import: what was found in the file, how its columns are mapped, and the job that works or has worked on it, with problems by sheet, row and
    column."""

    heads: list[IncomingHead]
    mapping: dict[str, str] = Field(
        description="By heading: the field that stands in the column, as it is proposed or was said; empty for a column that is not read."
    )
    chosen: dict[str, Any] = Field(description="What holds for all lines that say nothing of it.")
    fields: list[str] = Field(description="The fields that a column may hold.")
    job: jobs.JobSheet | None


class IncomingLedgers(BaseModel):
    imports: list[IncomingLedgerRow]


class LookAt(BaseModel):
    """How the columns are mapped. A heading that is left out stays as it was proposed; an empty field means that its column is not read."""

    model_config = ConfigDict(extra="forbid")

    mapping: dict[str, str] = Field(default_factory=dict, max_length=300)
    programme: str = Field("", max_length=64)
    kind: str = Field("", max_length=64)
    category: str = Field("", max_length=64)
    confidential: bool = Field(False, description="Who files is confidential in lines that say nothing of it.")


class TakeBack(BaseModel):
    model_config = ConfigDict(extra="forbid")

    reason: str = Field(min_length=1, max_length=1000, description="It stays in the record.")


@router.post(
    "/ledgers/imports",
    auth=acting,
    response={201: IncomingLedger},
    operation_id="hand_in_ledger",
    summary=gettext_noop("Hand a ledger in that was kept elsewhere"),
    openapi_extra=jobs.body_of_rows(EXAMPLE),
)
def hand_in(request: HttpRequest, response: HttpResponse, wanted: Query[HandIn]) -> object:
    """Hand in an XLSX, a CSV or NDJSON, as intake officer. Its heads are found and a mapping is proposed; nothing is looked at or entered yet."""
    file, name = jobs.handed_in(request)
    made = incoming.hand_in(file, name, by=person_of(request), agency=wanted.agency)
    response["Location"] = f"{PREFIX}/ledgers/imports/{made.pk}"
    return sheet(made)


@router.get(
    "/ledgers/imports", auth=may_read, response=IncomingLedgers, summary=gettext_noop("List the ledgers that came in")
)
def list_imports(request: HttpRequest) -> object:
    """The newest 50 of the agencies in which you take in."""
    return {"imports": [row(one) for one in incoming.of(person_of(request), SHOWN)]}


@router.get(
    "/ledgers/imports/{uuid:ledger}",
    auth=may_read,
    response=IncomingLedger,
    summary=gettext_noop("See how far a ledger that comes in is"),
)
def read_import(request: HttpRequest, ledger: UUID) -> object:
    """Its heads, mapping and job, for whoever takes in for its agency."""
    return sheet(incoming.found(ledger, person_of(request)))


@router.post(
    "/ledgers/imports/{uuid:ledger}/look",
    auth=acting,
    response={202: IncomingLedger},
    operation_id="look_at_ledger",
    summary=gettext_noop("Look at every line of a ledger that comes in"),
    openapi_extra=example(
        {"mapping": {"事项": "title"}, "programme": "business-environment", "kind": "help", "category": "other"}
    ),
)
def look(request: HttpRequest, ledger: UUID, told: LookAt) -> object:
    """The dry run: begin to look at every line under a mapping, which is remembered for the agency; nothing is entered."""
    person = person_of(request)
    held = incoming.found(ledger, person)
    chosen = {name: value for name in incoming.SHARED if (value := getattr(told, name) or held.chosen.get(name))}
    incoming.look(held, by=person, mapping={**held.mapping, **told.mapping}, chosen=chosen)
    return sheet(incoming.found(ledger, person))


@router.post(
    "/ledgers/imports/{uuid:ledger}/enter",
    auth=acting,
    response={202: IncomingLedger},
    operation_id="enter_ledger",
    summary=gettext_noop("Enter a ledger that comes in"),
)
def enter(request: HttpRequest, ledger: UUID) -> object:
    """Begin to enter what the dry run has found good, as cases; lines with problems are left out. It is put into the record."""
    person = person_of(request)
    incoming.enter(incoming.found(ledger, person), by=person)
    return sheet(incoming.found(ledger, person))


@router.post(
    "/ledgers/imports/{uuid:ledger}/undo",
    auth=acting,
    response={202: IncomingLedger},
    operation_id="take_ledger_back",
    summary=gettext_noop("Take a ledger back that came in"),
    openapi_extra=example({"reason": "重复导入"}),
)
def undo(request: HttpRequest, ledger: UUID, told: TakeBack) -> object:
    """Begin to take all its cases back, while nobody has acted on one of them. It is put into the record; nothing is deleted."""
    person = person_of(request)
    incoming.undo(incoming.found(ledger, person), reason=told.reason, by=person)
    return sheet(incoming.found(ledger, person))


def row(held: LedgerImport) -> dict[str, Any]:
    return {
        "id": str(held.pk),
        "file": held.file_name,
        "agency": held.agency.code,
        "by": held.by.account,
        "handed_in_at": time.stamp(held.handed_in_at),
        "entered_at": time.stamp(held.entered_at) if held.entered_at else None,
        "entered": held.entered,
        "undone_at": time.stamp(held.undone_at) if held.undone_at else None,
        "address": f"{PREFIX}/ledgers/imports/{held.pk}",
    }


def sheet(held: LedgerImport) -> dict[str, Any]:
    return row(held) | {
        "heads": held.heads,
        "mapping": held.mapping,
        "chosen": held.chosen,
        "fields": list(fields.FIELDS),
        "job": jobs.sheet(held.job) if held.job else None,
    }
