"""Receipts and status: with a token, and without an account by the code word."""

from typing import Any

import pytest
import time_machine
from tests.cast import Cast, filing
from tests.site.api.conftest import Caller

from lianqiao.record import keys, log, sequencer
from lianqiao.record.receipts import verify
from lianqiao.record.time import now


@pytest.fixture
def filed(call: Caller, cast: Cast) -> dict[str, Any]:
    return dict(call.post("cases", "lin", filing(cast)).json())


def test_receipt_is_promised_at_once_and_placed_later_at_one_address(call: Caller, filed: dict[str, Any]) -> None:
    at_once = call.get(filed["receipt_at"], "lin").json()["receipt"]
    sequencer.place_pending()
    log.sign_checkpoint()
    later = call.get(filed["receipt_at"], "lin").json()["receipt"]

    assert [filed["receipt"]["stage"], at_once["stage"], later["stage"]] == ["promised", "promised", "placed"]
    assert [verify(document, keys.published()).ok for document in (filed["receipt"], at_once, later)] == [True] * 3
    assert [row["stage"] for row in call.get(f"cases/{filed['number']}/receipt", "lin").json()["receipts"]] == [
        "placed"
    ]


def test_receipt_opens_with_the_code_word(call: Caller, filed: dict[str, Any]) -> None:
    address = filed["receipt_at"]

    answers = [
        call.get(f"{address}?code={filed['code_word']}", ""),
        call.get(f"{address}?code={filed['code_word'].lower()}", ""),
        call.get(f"{address}?code=WRONGWORD2", ""),
        call.get(address, ""),
        call.get(address, "ren"),
        call.get(address, "stranger"),
        call.get(f"/api/v1/receipts/{'0' * 64}?code={filed['code_word']}", ""),
    ]

    assert [answer.status_code for answer in answers] == [200, 200, 404, 401, 404, 404, 404]


def test_status_needs_number_and_code_word(call: Caller, filed: dict[str, Any]) -> None:
    right = {"number": filed["number"], "code_word": filed["code_word"]}
    told = call.post("status", "", right)
    wrong = call.post("status", "", right | {"code_word": "WRONGWORD2"})
    unknown = call.post("status", "", right | {"number": "51-2026-999999"})

    assert (told.json()["state"], told.json()["due"], told.json()["receipts_at"]) == (
        "filed", filed["due"], filed["receipt_at"],
    )  # fmt: skip
    assert (wrong.status_code, wrong.json()) == (unknown.status_code, unknown.json()) == (404, wrong.json())


def test_status_is_limited_per_address(call: Caller, filed: dict[str, Any]) -> None:
    right = {"number": filed["number"], "code_word": filed["code_word"]}

    with time_machine.travel(now(), tick=False):  # they are counted by the minute
        for _attempt in range(20):
            call.post("status", "", right | {"code_word": "WRONGWORD2"})
        answers = [call.post("status", "", right), call.get(f"{filed['receipt_at']}?code={filed['code_word']}", "")]

    assert [(answer.status_code, answer.json()["code"]) for answer in answers] == [(429, "too-many"), (429, "too-many")]
    assert answers[0].headers["Retry-After"] == "60"
    assert call.get(filed["receipt_at"], "lin").status_code == 200


def test_log_proves_place_and_growth(call: Caller, cast: Cast, filed: dict[str, Any]) -> None:
    assert call.get("log/checkpoint", "").json()["code"] == "no-checkpoint"
    sequencer.place_pending()
    log.sign_checkpoint()
    before = call.get("log/checkpoint", "").json()
    call.post("cases", "lin", filing(cast))
    sequencer.place_pending()
    log.sign_checkpoint()

    after = call.get("log/checkpoint", "").json()
    proof = call.get(f"log/inclusion?digest={filed['digest']}&size={before['size']}", "").json()
    growth = call.get(f"log/consistency?old={before['size']}", "").json()

    assert proof["leaf"] < before["size"] < after["size"] == growth["new"]
    assert proof["proof"] == log.inclusion(proof["leaf"], before["size"])
    assert growth["proof"] == log.consistency(before["size"], after["size"])
    assert call.get("log/consistency?old=9&new=3", "").status_code == 404


def test_node_publishes_its_keys(call: Caller, cast: Cast) -> None:
    told = call.get("node", "").json()

    assert (told["code"], told["epoch"]) == ("51", 1)
    assert told["keys"] == [key.document() for key in keys.published()]
