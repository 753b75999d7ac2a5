"""Filing by the batch over the interface: handed in, looked at, cancelled, its code words taken."""

import json
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from tests.batches.conftest import lines, row, xlsx
from tests.cast import Cast
from tests.site.api.conftest import Caller

from lianqiao.cases.models import Case
from lianqiao.jobs import work
from lianqiao.jobs.models import Job
from lianqiao.site.api import api, document

NDJSON = "application/x-ndjson"


def hand_in(call: Caller, content: bytes, who: str = "wei", query: str = "", **headers: str) -> Any:
    return call.post(f"batches{query}", who, content, type=NDJSON, **headers)


def run() -> None:
    while work.work():
        pass


def test_batch_is_followed_to_its_end(call: Caller) -> None:
    answer = hand_in(call, lines(row("A-1"), row("A-2", category="天气")))
    job = answer.json()
    assert (answer.status_code, answer.headers["Location"], job["state"], job["total"]) == (
        202, job["address"], "waiting", 2,
    )  # fmt: skip
    run()

    told = call.get(job["address"], "wei").json()
    rows = call.get(f"batches/{job['id']}/rows", "wei").json()["rows"]
    number = Case.objects.get().number

    assert (told["state"], told["done"], told["counts"]) == ("done", 2, {"done": 1, "faulty": 1})
    assert [(one["row"], one["column"], one["code"]) for one in told["problems"]] == [(2, "category", "unknown-word")]
    assert [(one["ref"], one["state"], one["number"]) for one in rows] == [
        ("A-1", "done", number),
        ("", "faulty", None),
    ]
    assert call.get(rows[0]["receipt_at"], "wei").json()["receipt"]["stage"] == "promised"
    assert [one["id"] for one in call.get("jobs", "wei").json()["jobs"]] == [job["id"]]


def test_workbook_is_handed_in_and_rehearsed(call: Caller) -> None:
    answer = call.upload("batches?dry_run=true", "wei", SimpleUploadedFile("诉求.xlsx", xlsx(row("A-1"))))
    run()

    told = call.get(answer.json()["address"], "wei").json()
    assert (answer.status_code, told["counts"], told["result"]["dry_run"], Case.objects.count()) == (
        202,
        {"done": 1},
        True,
        0,
    )


def test_code_words_are_taken_once_but_for_a_lost_answer(call: Caller) -> None:
    job = hand_in(call, lines(row("A-1"))).json()
    run()

    taken = call.post(f"batches/{job['id']}/code-words", "wei", Idempotency_Key="lost")
    again = call.post(f"batches/{job['id']}/code-words", "wei", Idempotency_Key="lost")
    later = call.post(f"batches/{job['id']}/code-words", "wei")

    assert (taken.json() == again.json(), later.json()) == (True, {"code_words": []})
    [told] = taken.json()["code_words"]
    status = call.post("status", "", {"number": told["number"], "code_word": told["code_word"]})
    assert (status.status_code, status.json()["state"]) == (200, "filed")


def test_job_is_told_to_nobody_else(call: Caller) -> None:
    job = hand_in(call, lines(row("A-1"))).json()
    paths = [f"jobs/{job['id']}", f"jobs/{job['id']}/problems", f"batches/{job['id']}/rows"]

    for who in ("he", "lin", "root", "stranger"):
        assert {call.get(path, who).json()["code"] for path in paths} == {"unknown-job"}
        assert call.post(f"jobs/{job['id']}/cancel", who).status_code == 404
        assert call.post(f"batches/{job['id']}/code-words", who).status_code == 404
        assert call.get("jobs", who).json() == {"jobs": [], "next": None}


def test_cancel_ends_the_job(call: Caller) -> None:
    job = hand_in(call, lines(row("A-1"))).json()

    asked = call.post(f"jobs/{job['id']}/cancel", "wei").json()
    run()

    assert (asked["cancel_asked"], call.get(job["address"], "wei").json()["state"], Case.objects.count()) == (
        True, "cancelled", 0,
    )  # fmt: skip
    assert call.post(f"jobs/{job['id']}/cancel", "wei").json()["code"] == "job-finished"


def test_lists_turn_their_pages(call: Caller) -> None:
    job = hand_in(call, lines(*(row(f"A-{number}", kind="?") for number in range(3)))).json()
    run()

    first = call.get(f"jobs/{job['id']}/problems?limit=2", "wei").json()
    second = call.get(first["next"], "wei").json()
    rows = call.get(f"batches/{job['id']}/rows?limit=2", "wei").json()
    others = call.get(rows["next"], "wei").json()

    assert [one["row"] for one in first["problems"] + second["problems"]] == [1, 2, 3]
    assert [one["row"] for one in rows["rows"] + others["rows"]] == [1, 2, 3]
    assert (second["next"], others["next"]) == (None, None)


NO_BATCHES = [
    (b"<x/>", "application/xml", "media-type"),
    (b"", NDJSON, "media-type"),
    (b"{oops}", NDJSON, "batch-line"),
]


def test_what_is_no_batch_is_refused(call: Caller) -> None:
    answers = [call.post("batches", "wei", content, type=kind) for content, kind, _code in NO_BATCHES]

    assert [answer.json()["code"] for answer in answers] == [code for _content, _kind, code in NO_BATCHES]
    assert Job.objects.count() == 0


def test_upload_without_a_file_is_refused(call: Caller) -> None:
    headers = {"Authorization": f"Bearer {call.cast.token('wei')}"}

    answer = call.client.post("/api/v1/batches", {"other": SimpleUploadedFile("a.csv", b"a")}, headers=headers)

    assert (answer.status_code, answer.json()["code"]) == (422, "no-file")


def test_example_of_the_document_can_be_filed(call: Caller, cast: Cast) -> None:
    body = document.described(api)["paths"]["/api/v1/batches"]["post"]["requestBody"]["content"][NDJSON]["example"]

    job = hand_in(call, body.encode()).json()
    run()

    assert call.get(job["address"], "wei").json()["counts"] == {"done": 1}
    assert json.loads(body)["uscc"] == cast.enterprise.uscc
