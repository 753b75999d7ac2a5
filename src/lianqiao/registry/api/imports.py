"""Enterprises from a table: a dry run, the import, taking it back."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop
from ninja import File, Form, Router
from ninja.files import UploadedFile
from pydantic import BaseModel, Field

from lianqiao.record.refusal import Refused
from lianqiao.registry import access, actions, finding, importing
from lianqiao.registry.api import forms
from lianqiao.registry.door import acting, person_of, reading
from lianqiao.registry.models import EnterpriseImport

router = Router(tags=["enterprises"])
MOST_ROWS = 10_000
"""Rows that one request may bring; a longer table is imported on the command line."""
SHOWN = 50


class ProblemRow(BaseModel):
    row: int = Field(description="As the spreadsheet counts.")
    column: str
    code: str
    sentence: str


class LikelyRow(BaseModel):
    row: int
    other: str
    score: int
    reasons: list[str]


class ImportOutcome(BaseModel):
    """What an import did, or with `dry_run` would do."""

    done: bool
    id: str | None = Field(description="Of the import; null if nothing was new, or nothing was done.")
    rows: int
    new: int = Field(description="Enterprises that were entered, or would be.")
    known: int
    faulty: int
    problems: list[ProblemRow] = Field(description=f"The first {SHOWN}.")
    notes: list[ProblemRow] = Field(description=f"The first {SHOWN}.")
    likely: list[LikelyRow] = Field(description="New rows that may be an enterprise that is there; only of a dry run.")
    ignored: list[str] = Field(description="Columns that were not read.")


class ImportRow(BaseModel):
    id: str
    file_name: str
    by: str
    began_at: datetime
    rows: int
    undone_at: datetime | None


class Imports(BaseModel):
    imports: list[ImportRow]


class UndoneImport(BaseModel):
    gone: int = Field(description="Enterprises that were taken back.")
    stay: int = Field(description="Enterprises that are in use and stay.")


@contextmanager
def kept(file: UploadedFile) -> Iterator[Path]:
    """The upload as a file of its own name, for as long as it is read."""
    with tempfile.TemporaryDirectory(prefix="lianqiao-import-") as folder:
        path = Path(folder) / (Path(file.name or "").name[:200] or "table")
        with path.open("wb") as target:
            for chunk in file.chunks():
                target.write(chunk)
        yield path


def problem_rows(problems: list[importing.Problem]) -> list[dict[str, Any]]:
    return [one._asdict() for one in problems[:SHOWN]]


@router.post(
    "/imports",
    auth=acting,
    response=ImportOutcome,
    summary=gettext_noop("Import enterprises from a table"),
)
def import_enterprises(
    request: HttpRequest,
    file: File[UploadedFile],
    dry_run: Form[bool] = False,
    leave_out: Form[bool] = False,
) -> object:
    """Enter the enterprises of a CSV or XLSX that are not there yet, as administrator. `dry_run` only says what is new, known, wrong
    or likely a duplicate; `leave_out` leaves out the rows that cannot be taken. At most 10,000 rows; `lianqiao enterprise import` takes
    more."""
    person = person_of(request)
    access.admin(person)
    with kept(file) as path:
        reading_ = importing.read(path)
        if reading_.rows > MOST_ROWS:
            raise Refused(
                "import-too-long", _("The table has more than %(most)s rows. Divide it."), status=422, most=MOST_ROWS
            )
        likely = importing.likely(reading_, most=SHOWN) if dry_run else []
        done = None if dry_run else actions.import_enterprises(path, leave_out=leave_out, by=person)
    return {
        "done": done is not None,
        "id": str(done.record.pk) if done and done.record else None,
        "rows": reading_.rows,
        "new": done.entered if done else len(reading_.new),
        "known": done.known if done else reading_.known,
        "faulty": len({problem.row for problem in reading_.problems}),
        "problems": problem_rows(reading_.problems),
        "notes": problem_rows(reading_.notes),
        "likely": [one._asdict() for one in likely],
        "ignored": reading_.ignored,
    }


@router.get("/imports", auth=reading, response=Imports, summary=gettext_noop("List the imports of enterprises"))
def list_imports(request: HttpRequest) -> object:
    """The last hundred imports, newest first, for administrators."""
    access.admin(person_of(request))
    return {
        "imports": [
            {
                "id": str(one.pk),
                "file_name": one.file_name,
                "by": str(one.by),
                "began_at": one.began_at,
                "rows": one.rows,
                "undone_at": one.undone_at,
            }
            for one in EnterpriseImport.objects.select_related("by")[:100]
        ]
    }


class Undoing(forms.Form):
    reason: forms.Reason


@router.post(
    "/imports/{uuid:record}/undo",
    auth=acting,
    response=UndoneImport,
    summary=gettext_noop("Undo an import of enterprises"),
    openapi_extra=forms.example({"reason": "表格有误。"}),
)
def undo_import(request: HttpRequest, record: UUID, form: Undoing) -> object:
    """Take back what an import entered and nothing refers to yet, as administrator."""
    person = person_of(request)
    access.admin(person)
    gone, stay = actions.undo_import(finding.row(EnterpriseImport, record), reason=form.reason, by=person)
    return {"gone": gone, "stay": stay}
