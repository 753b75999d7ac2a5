"""Looks at confidential cases are recorded at every door, sealed by day, and read by the audit administrator alone."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import IntegrityError, connection, transaction
from tests.cast import Cast, confidential, filing
from tests.site.api.conftest import Caller

from lianqiao.record import events, nodes, reads, triggers
from lianqiao.record.models import Read
from lianqiao.record.time import now
from lianqiao.registry import actions
from lianqiao.site import cli


@pytest.fixture
def number(call: Caller, cast: Cast) -> str:
    person = actions.add_person("shen", by=cast.root)
    actions.appoint(person, cast.justice, "audit", by=cast.root)
    cast.people["shen"] = person
    call.post("cases", "lin", filing(cast))
    return str(call.post("cases", "lin", confidential(cast)).json()["number"])


def looked() -> list[tuple[str, str, bool]]:
    return [(row.part, row.door, row.identity) for row in Read.objects.order_by("pk")]


def test_each_part_of_a_confidential_case_leaves_one_row(call: Caller, number: str) -> None:
    for part in ("", "/events", "/clocks", "/receipt"):
        assert call.get(f"cases/{number}{part}", "wei").status_code == 200

    assert looked() == [
        ("case", "api", True),
        ("events", "api", True),
        ("clocks", "api", True),
        ("receipt", "api", True),
    ]


def test_open_case_is_not_recorded_and_a_list_leaves_one_row(call: Caller, number: str) -> None:
    plain = next(row["number"] for row in call.get("cases", "zhao").json()["cases"] if row["number"] != number)
    assert call.get(f"cases/{plain}", "wei").status_code == 200

    assert [(part, identity) for part, _door, identity in looked()] == [("cases", True)]


def test_co_handler_who_may_not_know_is_recorded_without_identity(call: Caller, number: str) -> None:
    call.post(f"cases/{number}/accept", "wei", {})
    task = {"agency": "cd-planning", "task": "说明依据。", "amount": 5, "unit": "working_days"}
    assert call.post(f"cases/{number}/engage", "he", task).status_code == 200

    assert call.get(f"cases/{number}", "pu").json()["complainant"] is None

    assert looked()[-1] == ("case", "api", False)


def test_look_that_cannot_be_recorded_is_refused(call: Caller, number: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute(
                "CREATE TRIGGER no_reads BEFORE INSERT ON record_read BEGIN SELECT RAISE(ABORT, 'full'); END"
            )
        else:
            cursor.execute("ALTER TABLE record_read ADD CONSTRAINT no_reads CHECK (false) NOT VALID")

    answer = call.get(f"cases/{number}", "wei")

    assert (answer.status_code, answer.json()["code"], "秘" in answer.content.decode()) == (
        503,
        "read-not-recorded",
        False,
    )


def test_audit_administrator_alone_lists_them_page_by_page(call: Caller, number: str) -> None:
    for who in ("wei", "zhao", "wei"):
        call.get(f"cases/{number}", who)

    first = call.get("audit/reads?limit=2", "shen").json()
    rest = call.get(first["next"], "shen").json()

    rows = [*first["reads"], *rest["reads"]]
    assert [(row["account"], row["cases"], row["part"]) for row in rows] == [
        ("wei", [number], "case"), ("zhao", [number], "case"), ("wei", [number], "case"),
    ]  # fmt: skip
    assert rest["next"] is None
    assert len(call.get("audit/reads?account=zhao", "shen").json()["reads"]) == 1
    assert len(call.get(f"audit/reads?case={number}&identity=true", "shen").json()["reads"]) == 3
    refused = {who: call.get("audit/reads", who).json()["code"] for who in ("wei", "root", "lin", "ren")}
    assert set(refused.values()) == {"not-auditor"}


def test_day_is_sealed_and_a_missing_row_shows(call: Caller, number: str, capsys: pytest.CaptureFixture[str]) -> None:
    for _again in range(3):
        call.get(f"cases/{number}", "wei")
    assert reads.seal_due() == 0
    with time_machine.travel(now() + timedelta(days=1, hours=1)):
        assert [reads.seal_due(), reads.seal_due()] == [1, 0]

    assert (reads.faults(), cli.main(["audit", "verify"])) == ([], 0)
    assert events.verify_chain(nodes.subject("51"), "node") == []
    with triggers.lifted():
        Read.objects.order_by("pk").first().delete()  # type: ignore[union-attr]
    assert (len(reads.faults()), cli.main(["audit", "verify"])) == (1, 1)
    assert cli.main(["audit", "reads", "--by", "shen"]) == 0
    assert "wei" in capsys.readouterr().out


@pytest.mark.parametrize("change", ["update", "delete"])
def test_rows_cannot_be_changed(call: Caller, number: str, change: str) -> None:
    call.get(f"cases/{number}", "wei")

    with pytest.raises(IntegrityError), transaction.atomic():
        Read.objects.update(by="x") if change == "update" else Read.objects.all().delete()


def test_every_reading_of_a_confidential_case_is_recorded(call: Caller, number: str) -> None:
    """A new address under /cases/{number} that shows a confidential case and leaves no row fails here."""
    from lianqiao.site.api import api, document

    silent: list[str] = []
    for path, methods in document.described(api)["paths"].items():
        if "get" not in methods or "{number}" not in path:
            continue
        clock = call.get(f"cases/{number}/clocks", "wei").json()["clocks"][0]["id"]
        address = path.replace("{number}", number).replace("{clock}", str(clock))
        before = Read.objects.count()
        answer: Any = call.get(address.split("{")[0] if "{" in address else address, "wei")
        if answer.status_code == 200 and Read.objects.count() == before:
            silent.append(path)

    assert silent == []
