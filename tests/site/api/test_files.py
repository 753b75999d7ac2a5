"""Files: what is taken, what it is called, who may fetch it, and that a refused one leaves nothing behind."""

import io
import resource
import zipfile
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as node_settings
from django.core.files.uploadedfile import SimpleUploadedFile
from tests.cast import Cast, filing
from tests.site.api.conftest import Caller

from lianqiao.cases import files
from lianqiao.cases.models import Attachment


def zipped(*names: str) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for name in names:
            archive.writestr(name, "x")
    return made.getvalue()


OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504)
WORD = zipped("[Content_Types].xml", "word/document.xml")
TAKEN = {
    "application/pdf": b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n",
    "image/png": b"\x89PNG\r\n\x1a\n" + bytes(32),
    "image/jpeg": b"\xff\xd8\xff\xe0\x00\x10JFIF" + bytes(32),
    "text/plain": "说明，plain text\n".encode(),
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": WORD,
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": zipped(
        "[Content_Types].xml", "xl/workbook.xml"
    ),
    "application/vnd.openxmlformats-officedocument.presentationml.presentation": zipped(
        "[Content_Types].xml", "ppt/presentation.xml"
    ),
    "application/ofd": zipped("OFD.xml"),
    "application/msword": OLE + "WordDocument\0".encode("utf-16-le"),
    "application/vnd.ms-excel": OLE + "Workbook\0".encode("utf-16-le"),
}
REFUSED = {
    "a program": b"\x7fELF" + bytes(64),
    "a page": b"\x00<html>",
    "a zip of anything": zipped("a.txt"),
    "a document with macros": zipped("[Content_Types].xml", "word/document.xml", "word/vbaProject.bin"),
    "an old document with macros": OLE + "WordDocument\0_VBA_PROJECT\0".encode("utf-16-le"),
    "a broken zip": b"PK\x03\x04" + bytes(30),
    "two documents in one": zipped("[Content_Types].xml", "word/document.xml", "xl/workbook.xml"),
    "text that is not UTF-8": "说明".encode("gbk"),
}


@pytest.fixture
def number(call: Caller, cast: Cast) -> str:
    return str(call.post("cases", "lin", filing(cast)).json()["number"])


def add(call: Caller, number: str, content: bytes, name: str = "a.bin", who: str = "lin", **fields: str) -> Any:
    return call.upload(f"cases/{number}/attachments", who, SimpleUploadedFile(name, content), **fields)


def kept() -> list[Path]:
    return [path for path in Path(node_settings.LIANQIAO_DATA).joinpath("files").rglob("*") if path.is_file()]


@pytest.mark.parametrize("media_type", TAKEN)
def test_attach_tells_the_type_from_the_content(call: Caller, number: str, media_type: str) -> None:
    answer = add(call, number, TAKEN[media_type])

    assert (answer.status_code, answer.json()["attachment"]["media_type"]) == (201, media_type)
    assert [path.read_bytes() for path in kept()] == [TAKEN[media_type]]


@pytest.mark.parametrize("what", REFUSED)
def test_attach_refuses_other_types_and_keeps_nothing(call: Caller, number: str, what: str) -> None:
    answer = add(call, number, REFUSED[what])

    assert (answer.status_code, answer.json()["code"]) == (415, "file-type")
    assert (kept(), Attachment.objects.count()) == ([], 0)


def test_attach_refuses_empty_and_too_large(call: Caller, number: str, settings: Any) -> None:
    settings.LIANQIAO_FILE_BYTES = 100

    empty, large = add(call, number, b""), add(call, number, b"a" * 101)

    assert [(answer.status_code, answer.json()["code"]) for answer in (empty, large)] == [
        (422, "file-empty"), (413, "file-too-large"),
    ]  # fmt: skip
    assert kept() == []


def test_attach_refuses_more_than_the_case_may_hold(call: Caller, number: str, settings: Any) -> None:
    settings.LIANQIAO_FILES_TOTAL_BYTES = 10
    add(call, number, b"a" * 8)

    answer = add(call, number, b"b" * 8)

    assert (answer.status_code, answer.json()["code"], len(kept())) == (413, "too-many-files", 1)


def test_file_of_a_refused_verb_is_removed(call: Caller, number: str) -> None:
    stale = call.client.post(
        f"/api/v1/cases/{number}/attachments",
        {"file": SimpleUploadedFile("a.txt", b"a")},
        headers={"Authorization": f"Bearer {call.cast.token('lin')}", "If-Match": '"7"'},
    )
    call.post(f"cases/{number}/withdraw", "lin", {"reason": "x"})
    late = add(call, number, b"a")

    assert [(answer.status_code, answer.json()["code"]) for answer in (stale, late)] == [
        (412, "stale"),
        (409, "wrong-state"),
    ]
    assert kept() == []


def test_full_disk_is_said_and_leaves_nothing(call: Caller, number: str, settings: Any) -> None:
    """The limit of the operating system stands for the full disk: writing beyond it fails as writing to a full one does."""
    settings.FILE_UPLOAD_MAX_MEMORY_SIZE = 32 * 2**20
    call.cast.token("lin")
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (12 * 2**20, before[1]))
    try:
        answer = add(call, number, b"a" * 13 * 2**20)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)

    assert (answer.status_code, answer.json()["code"]) == (507, "disk-full")
    assert (kept(), Attachment.objects.count()) == ([], 0)
    assert add(call, number, b"a").status_code == 201


def test_full_disk_while_the_upload_arrives_is_said(call: Caller, number: str, settings: Any) -> None:
    settings.FILE_UPLOAD_MAX_MEMORY_SIZE = 0
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (12 * 2**20, before[1]))
    try:
        answer = add(call, number, b"a" * 13 * 2**20)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)

    assert (answer.status_code, answer.json()["code"], kept()) == (507, "disk-full", [])


NAMES = {
    "合同.pdf": "合同.pdf",
    "../../etc/passwd": "passwd.pdf",
    "C:\\temp\\合同.PDF": "合同.pdf",
    "a\u202efdp.exe": "afdp.exe.pdf",
    'a";\r\nX: y.pdf': "aX y.pdf",
    "...": "file.pdf",
    "长" * 300 + ".pdf": "长" * 120 + ".pdf",
}


@pytest.mark.parametrize("name", NAMES)
def test_name_is_cleaned(name: str) -> None:
    assert files.safe_name(name, "application/pdf") == NAMES[name]


@pytest.mark.parametrize("name", ["合同.pdf", "a\u202efdp.exe", "长" * 300 + ".pdf"])
def test_file_is_read_as_it_was_handed_in(call: Caller, number: str, name: str) -> None:
    file = SimpleUploadedFile("x", b"%PDF-1.7\n")
    file._name = name  # the class cleans names itself; a client need not

    made = call.upload(f"cases/{number}/attachments", "lin", file).json()["attachment"]
    answer = call.get(made["address"], "lin")

    assert (made["name"], answer.status_code, answer.body) == (NAMES[name], 200, b"%PDF-1.7\n")
    assert [answer.headers[header] for header in ("X-Content-Type-Options", "Content-Type", "Content-Security-Policy")] == [
        "nosniff", "application/pdf", "sandbox; default-src 'none'",
    ]  # fmt: skip
    assert answer.headers["Content-Disposition"].startswith("attachment; filename")


def test_file_for_officers_stays_with_officers(call: Caller, number: str) -> None:
    made = add(call, number, b"internal", "评估.txt", who="wei", audience="officers").json()["attachment"]

    assert [call.get(made["address"], who).status_code for who in ("he", "lin", "ren", "stranger")] == [
        200,
        404,
        404,
        404,
    ]
    assert call.get(f"cases/{number}", "lin").json()["attachments"] == []
    assert [step["verb"] for step in call.get(f"cases/{number}/events", "lin").json()["events"]] == ["file"]
    assert add(call, number, b"x", audience="officers").json()["code"] == "officers-only"


def test_file_is_found_through_its_case_alone(call: Caller, cast: Cast, number: str) -> None:
    made = add(call, number, b"a", "a.txt").json()["attachment"]
    other = call.post("cases", "lin", filing(cast)).json()["number"]

    answer = call.get(f"cases/{other}/attachments/{made['id']}", "lin")

    assert (answer.status_code, answer.json()["code"]) == (404, "no-such-file")


def test_repeated_upload_is_stored_once(call: Caller, number: str) -> None:
    def send() -> Any:
        return call.client.post(
            f"/api/v1/cases/{number}/attachments",
            {"file": SimpleUploadedFile("a.txt", b"a")},
            headers={"Authorization": f"Bearer {call.cast.token('lin')}", "Idempotency-Key": "k-1"},
        )

    assert send().content == send().content
    assert len(kept()) == 1
