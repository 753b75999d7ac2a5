import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from lianqiao.record import checkpoint, merkle
from lianqiao.record.algorithms import PublicKey
from lianqiao.record.proofs import verify

from . import vectors


def test_equals_the_published_vectors() -> None:
    written = {path.name: path.read_text(encoding="utf-8") for path in vectors.FOLDER.glob("*.json")}
    ours = vectors.all_vectors()
    assert {name: written.get(name) for name in ours} == ours


def test_proves_the_published_receipt_and_growth() -> None:
    published = json.loads((vectors.FOLDER / "checkpoint.json").read_text(encoding="utf-8"))
    keys = [PublicKey.read(key) for key in published["keys"]]
    assert [(f.code, f.state) for f in verify(published["receipt"], keys).findings] == [
        ("promise", "proven"),
        ("checkpoint-signed", "proven"),
        ("placed", "proven"),
        ("cosigned", "proven"),
    ]
    judged = checkpoint.judge(published["notes"][1], published["notes"][2], published["consistency_2_3"], keys)
    assert judged == checkpoint.Judged(checkpoint.Judgement.GROWN, "consistent")


def said(change: dict[str, Any], keys: list[PublicKey], **of_log: Any) -> list[tuple[str, str]]:
    """What is found of the published receipt with changes, each finding told in both languages."""
    document = RECEIPT | change
    if of_log:
        document |= {"log": document["log"] | of_log}
    verdict = verify(document, keys)
    for finding in verdict.findings:
        assert finding.text("zh-hans") != finding.text()
        assert finding.text() == finding.text("en")
        assert ("。" in finding.text("zh"), "。" in finding.text()) == (True, False)
    return [(verdict.state, str(verdict.ok)), *((finding.code, finding.state) for finding in verdict.findings)]


PUBLISHED = json.loads((vectors.FOLDER / "checkpoint.json").read_text(encoding="utf-8"))
RECEIPT = PUBLISHED["receipt"]
OURS, PEERS = (PublicKey.read(key) for key in PUBLISHED["keys"])
PROMISE, SIGNED, PLACED = ("promise", "proven"), ("checkpoint-signed", "proven"), ("placed", "proven")
COSIGNED, ALONE, UNKNOWN = ("cosigned", "proven"), ("not-cosigned", "open"), ("cosigner-unknown", "open")
ENDED = replace(OURS, valid_until=datetime(2026, 9, 18, 1, 2, 3, 99999, tzinfo=UTC))
SECOND = replace(OURS, public=PEERS.public)
"""Another key of the same node."""


@pytest.mark.parametrize(
    ("change", "keys", "expected"),
    [
        ({}, [SECOND, PEERS, OURS], [("proven", "True"), PROMISE, SIGNED, PLACED, COSIGNED]),
        ({}, [OURS], [("proven", "True"), PROMISE, SIGNED, PLACED, UNKNOWN, ALONE]),
        ({}, [PEERS], [("open", "False"), ("no-key", "open")]),
        ({}, [replace(OURS, node="50")], [("open", "False"), ("no-key", "open")]),
        ({}, [SECOND], [("false", "False"), ("no-key", "open"), ("checkpoint-forged", "false"), PLACED, UNKNOWN, ALONE]),
        ({}, [ENDED, PEERS], [("false", "False"), ("promise-key-ended", "false"), SIGNED, PLACED, COSIGNED]),
        ({"signature": "00" * 64}, [OURS, PEERS], [("false", "False"), ("promise-forged", "false"), SIGNED, PLACED, COSIGNED]),
        ({"stage": "promised"}, [OURS], [("proven", "True"), PROMISE, ("not-placed", "open")]),
        ({"stage": "promised"}, [], [("open", "False"), ("no-key", "open"), ("not-placed", "open")]),
    ],
)  # fmt: skip
def test_says_what_a_receipt_proves_with_the_keys_at_hand(
    change: dict[str, Any], keys: list[PublicKey], expected: list[tuple[str, str]]
) -> None:
    assert said(change, keys) == expected


def test_says_that_the_place_or_a_cosignature_is_false() -> None:
    keys, note = [OURS, PEERS], RECEIPT["log"]["checkpoint"]
    body, _gap, own, other = note[:-1].rsplit("\n", 3)
    forged = checkpoint.parse_line(other)
    forged = replace(forged, signature=forged.signature[:-1] + bytes([forged.signature[-1] ^ 1]))
    assert said({}, keys, leaf=0) == [("false", "False"), PROMISE, SIGNED, ("not-included", "false"), COSIGNED]
    assert said({}, keys, checkpoint=f"{body}\n\n{own}\n{forged}") == [
        ("false", "False"), PROMISE, SIGNED, PLACED, ("cosignature-forged", "false"), ALONE,
    ]  # fmt: skip


def test_tells_the_facts_of_a_receipt() -> None:
    assert [finding.text() for finding in verify(RECEIPT, [OURS, PEERS]).findings] == [
        f"Node 51 has signed that it recorded event {RECEIPT['event']} at 2026-09-18T01:02:03.000002Z.",
        "Node 51 has signed a checkpoint of its log lianqiao/51/1 with 3 entries.",
        "The event is entry 1 of that log (counted from 0).",
        "Node 50 cosigned the checkpoint at 2026-09-18T01:02:03.000000Z.",
    ]
    assert verify(RECEIPT, [OURS]).findings[3].text().startswith("No key of lianqiao/50 was given")


@pytest.mark.parametrize(
    "change",
    [{"kind": "lianqiao/receipt/v2"}, {"recorded_at": 5}, {"stage": "other"}, {"stage": None}, {"node": "50"}, {"signature": 5},
     {"facts": float("nan")}, {"log": None}, {"log": RECEIPT["log"] | {"checkpoint": 5}}, {"log": RECEIPT["log"] | {"leaf": True}},
     {"log": RECEIPT["log"] | {"origin": "lianqiao/51/2"}}, {"log": RECEIPT["log"] | {"proof": ["x"]}}, {"log": {}}],
    ids=str,
)  # fmt: skip
def test_says_of_a_receipt_that_is_none_that_it_is_damaged(change: dict[str, Any]) -> None:
    assert said(change, [OURS, PEERS]) == [("open", "False"), ("malformed", "open")]


def test_says_of_a_receipt_without_end_that_it_is_damaged() -> None:
    deep: list[Any] = []
    for _depth in range(100_000):
        deep = [deep]
    assert said({"facts": deep}, [OURS]) == [("open", "False"), ("malformed", "open")]


def test_matches_the_vector_of_rfc_6962_for_the_empty_tree() -> None:
    assert merkle.EMPTY.hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
