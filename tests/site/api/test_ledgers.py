"""Ledgers by the JSON API: list, rows page by page, taken out by a job."""

from __future__ import annotations

from tests.cast import Cast, confidential, filing
from tests.site.api.conftest import Caller

from lianqiao.cases.actions import intake
from lianqiao.jobs import work
from lianqiao.site.api import api, document


def test_rows_come_page_by_page_and_a_ledger_is_taken_out(call: Caller, cast: Cast) -> None:
    numbers = [intake.file(by=cast.lin, **filing(cast, title=f"事项{n}")).case.number for n in range(3)]
    intake.file(by=cast.lin, **confidential(cast))
    listed = call.get("ledgers", "wei").json()["ledgers"]
    assert [one["code"] for one in listed][:2] == ["complaints", "open"]

    first = call.get("ledgers/complaints/rows?limit=2&order=number&q=事项", "wei").json()
    second = call.get(first["next"].removeprefix("/api/v1/"), "wei").json()
    assert [row["number"] for row in first["rows"] + second["rows"]] == numbers
    assert (second["next"], first["rows"][0]["title"], first["columns"][0]["code"]) == (None, "事项0", "number")
    assert call.get("ledgers/complaints/rows?order=nothing", "wei").status_code == 422
    assert call.get("ledgers/nothing/rows", "wei").json()["code"] == "unknown-ledger"
    for who in ("ren", "pu"):
        assert call.get("ledgers/complaints/rows", who).json()["rows"] == []

    path = "/api/v1/ledgers/{code}/exports"
    body = document.described(api)["paths"][path]["post"]["requestBody"]["content"]["application/json"]
    job = call.post("ledgers/complaints/exports", "wei", body.get("example", {"form": "xlsx"}))
    assert job.status_code == 202
    file = f"ledgers/exports/{job.json()['id']}/file"
    assert call.get(file, "wei").json()["code"] == "file-gone"
    while work.work():
        pass
    ready = call.get(file, "wei")
    assert (
        ready.status_code,
        int(ready.headers["Content-Length"]) > 2000,
        ".xlsx" in ready.headers["Content-Disposition"],
    ) == (200, True, True)
    assert call.get(file, "he").status_code == 404
