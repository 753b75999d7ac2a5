"""The JSON API of batches: hand a file in, the template, what became of each row, code words. Mounted by `site.api`."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_noop
from ninja import File, Query, Router
from ninja.files import UploadedFile
from pydantic import BaseModel, Field

from lianqiao.jobs import api as jobs
from lianqiao.registry.door import acting, person_of, reading

from . import actions, enterprises
from .template import template

router = Router(tags=["batches"])
PREFIX = "/api/v1"
WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
EXAMPLE = (
    '{"ref": "2026-0001", "uscc": "91510100MA6C00017C", "agency": "sc-inward-centre", "programme": "inward-complaint", "kind": "infringement", '
    '"category": "levies", "title": "收费项目未公示", "facts": "收费窗口未公示收费依据。", "request": "请求公示并核查。", '
    '"respondents": ["sc-market"], "channel": "workstation"}\n'
)


class Batch(BaseModel):
    dry_run: bool = Field(False, description="Only say what would become of each row; nothing is filed.")
    agency: str = Field(
        "", max_length=64, description="Code of the agency for which you take in; needed when there are several."
    )


class BatchRow(BaseModel):
    """One row of the file and what became of it."""

    row: int = Field(description="As the spreadsheet counts, or the line of NDJSON.")
    ref: str
    state: str = Field(description="waiting, done, known (filed before) or faulty.")
    number: str | None = Field(description="Number of the case.")
    receipt_at: str | None = Field(description="Address of its receipt.")


class BatchRows(BaseModel):
    rows: list[BatchRow]
    next: str | None = Field(description="Address of the next page; null on the last one.")


class BatchRowsWanted(BaseModel):
    after: int = Field(0, ge=0, le=2**31 - 1, description="Number of the last row of the page before.")
    limit: int = Field(100, ge=1, le=1000)


class BatchCodeWord(BaseModel):
    row: int
    ref: str
    number: str
    code_word: str = Field(description="Shows the status without an account, together with the number; told this once.")


class CodeWords(BaseModel):
    code_words: list[BatchCodeWord] = Field(description="At most a thousand; ask again until none is left.")


@router.post(
    "/batches",
    auth=acting,
    response={202: jobs.JobSheet},
    operation_id="file_batch",
    summary=gettext_noop("File cases by the batch"),
    openapi_extra=jobs.body_of_rows(EXAMPLE),
)
def file_batch(request: HttpRequest, response: HttpResponse, wanted: Query[Batch]) -> object:
    """File the rows of an XLSX, a CSV or NDJSON, at most 2,000; more by the command line. By an intake officer of a centre, a hotline, a
    chamber or a workstation. The answer is a job; a row that was filed before (by the agency's own reference) is not filed again."""
    file, name = jobs.handed_in(request)
    job = actions.begin(file, name, by=person_of(request), agency=wanted.agency, dry_run=wanted.dry_run)
    response["Location"] = f"{PREFIX}/jobs/{job.pk}"
    return jobs.sheet(job)


@router.get(
    "/batches/template.xlsx",
    auth=reading,
    summary=gettext_noop("Download the template of a batch"),
    openapi_extra={"responses": {200: {"content": {WORKBOOK: {"schema": {"type": "string", "format": "binary"}}}}}},
)
def read_template(request: HttpRequest) -> HttpResponse:
    """A workbook with the columns in Chinese and English, the codes, and what each column is for."""
    answer = HttpResponse(template(), content_type=WORKBOOK)
    answer["Content-Disposition"] = 'attachment; filename="lianqiao-batch.xlsx"'
    return answer


@router.get(
    "/batches/{uuid:job}/rows",
    auth=reading,
    response=BatchRows,
    summary=gettext_noop("List the rows of a batch"),
)
def list_rows(request: HttpRequest, job: UUID, wanted: Query[BatchRowsWanted]) -> object:
    """What became of each row, page by page. Only for the person who handed the batch in, for thirty days after its end."""
    held = jobs.of(request, job, actions.KIND)
    page = list(held.rows.filter(number__gt=wanted.after).order_by("number")[: wanted.limit + 1])
    more = len(page) > wanted.limit
    page = page[: wanted.limit]
    following = f"{PREFIX}/batches/{job}/rows?after={page[-1].number}&limit={wanted.limit}" if more else None
    rows = [
        {
            "row": row.number, "ref": row.result.get("ref", ""), "state": row.state, "number": row.result.get("number"),
            "receipt_at": f"{PREFIX}/receipts/{row.result['digest']}" if "digest" in row.result else None,
        }
        for row in page
    ]  # fmt: skip
    return {"rows": rows, "next": following}


@router.post(
    "/batches/{uuid:job}/code-words",
    auth=acting,
    response=CodeWords,
    summary=gettext_noop("Take the code words of a batch"),
)
def take_code_words(request: HttpRequest, job: UUID) -> object:
    """The code words of the cases that the batch filed, each once: the node keeps none. Send an Idempotency-Key, so that an answer that is
    lost on the way can be asked for again. Untaken ones are destroyed a week after the end."""
    held = jobs.of(request, job, actions.KIND)
    return {"code_words": [one._asdict() for one in actions.hand_out(held)]}


@router.post(
    "/imports/tables",
    auth=acting,
    response={202: jobs.JobSheet},
    operation_id="check_enterprise_table",
    summary=gettext_noop("Look through a table of enterprises"),
)
def check_enterprises(request: HttpRequest, response: HttpResponse, file: File[UploadedFile]) -> object:
    """Look through a CSV or XLSX of enterprises, as administrator, at most 50,000 rows. The answer is a job that names every problem by row
    and column and enters nothing."""
    assert file.file is not None
    job = enterprises.begin(file.file, file.name or "-", by=person_of(request))
    response["Location"] = f"{PREFIX}/jobs/{job.pk}"
    return jobs.sheet(job)


@router.post(
    "/imports/tables/{uuid:job}/enter",
    auth=acting,
    response={202: jobs.JobSheet},
    operation_id="enter_enterprise_table",
    summary=gettext_noop("Enter the enterprises of a table"),
)
def enter_enterprises(request: HttpRequest, response: HttpResponse, job: UUID) -> object:
    """Enter what a job found that can be taken, once, within a day, as the administrator who began it; rows with problems are left out. The
    answer is another job; its `import` can be undone (`POST /imports/{record}/undo`)."""
    begun = enterprises.go_on(job, by=person_of(request))
    response["Location"] = f"{PREFIX}/jobs/{begun.pk}"
    return jobs.sheet(begun)
