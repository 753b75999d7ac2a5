"""Ledgers by the JSON API: list, rows page by page, taken out by a job."""

from __future__ import annotations

from pathlib import Path

from django.core.files.uploadedfile import SimpleUploadedFile
from tests.cast import Cast, confidential, filing
from tests.site.api.conftest import Caller

from lianqiao.cases.actions import intake
from lianqiao.cases.models import Case
from lianqiao.jobs import work
from lianqiao.ledgers.understood import NOTES
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


def test_ledger_comes_in_by_the_api_alone(call: Caller, cast: Cast) -> None:
    described = document.described(api)["paths"]
    sample = Path(__file__).parents[3] / "demo" / "ledgers" / "county-complaints.xlsx"
    made = call.upload("ledgers/imports", "wei", SimpleUploadedFile(sample.name, sample.read_bytes()))
    here = made.json()["address"].removeprefix("/api/v1/")
    assert (made.status_code, made.json()["mapping"]["登记日期"], made.json()["job"]) == (201, "filed_on", None)

    example = described["/api/v1/ledgers/imports/{ledger}/look"]["post"]["requestBody"]["content"]["application/json"][
        "example"
    ]
    assert call.post(f"{here}/enter", "wei").json()["code"] == "look-first"
    begun = call.post(f"{here}/look", "wei", example | {"mapping": {}})
    assert (begun.status_code, begun.json()["job"]["state"]) == (202, "waiting")
    worked()
    looked = call.get(here, "wei").json()["job"]
    assert (
        looked["counts"]["done"],
        sorted({one["row"] for one in looked["problems"] if one["code"] not in NOTES}),
    ) == (6, [10, 11])
    assert call.post(f"{here}/enter", "wei").status_code == 202
    worked()
    assert [(one["entered"], one["by"]) for one in call.get("ledgers/imports", "wei").json()["imports"]] == [(6, "wei")]
    undo = described["/api/v1/ledgers/imports/{ledger}/undo"]["post"]["requestBody"]["content"]["application/json"]
    assert call.post(f"{here}/undo", "wei", {"reason": ""}).status_code == 422
    assert call.post(f"{here}/undo", "wei", undo["example"]).status_code == 202
    worked()
    assert (Case.objects.filter(state="withdrawn").count(), call.get(here, "wei").json()["undone_at"] is None) == (
        6,
        False,
    )


def test_lines_come_in_by_the_api_as_its_example_shows(call: Caller, cast: Cast) -> None:
    body = document.described(api)["paths"]["/api/v1/ledgers/imports"]["post"]["requestBody"]["content"][
        "application/x-ndjson"
    ]["example"]
    made = call.post("ledgers/imports", "wei", body.encode(), type="application/x-ndjson")
    here = made.json()["address"].removeprefix("/api/v1/")
    wrong = call.post(f"{here}/look", "wei", {"mapping": {"事项": "nothing"}})
    assert (wrong.status_code, wrong.json()["code"]) == (422, "ledger-mapping")
    call.post(f"{here}/look", "wei", {"programme": "business-environment", "kind": "help", "category": "other"})
    worked()
    assert call.get(here, "wei").json()["job"]["counts"] == {"done": 1}
    for who in ("he", "chengdu", "lin"):
        assert call.get(here, who).json()["code"] == "unknown-import"


def worked() -> None:
    while work.work():
        pass
