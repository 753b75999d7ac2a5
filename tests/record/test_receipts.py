import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.db import transaction

from lianqiao.record import checkpoint, epochs, events, keys, log, receipts, sequencer
from lianqiao.record.algorithms import PublicKey
from lianqiao.record.models import Event, Node
from lianqiao.record.receipts import verify
from lianqiao.record.time import stamp
from lianqiao.site.cli import main

from .conftest import PERSON
from .test_log import PEER, PEER_PUBLIC, cosigned
from .test_sequencer import happened


@pytest.fixture
def event(node: Node, case: UUID) -> Event:
    keys.ensure()
    happened(2)
    with transaction.atomic():
        return events.append("case", case, "file", by=PERSON, data={}, erasable={"title": "题"})


def states(document: Any, public_keys: list[PublicKey]) -> list[tuple[str, str]]:
    return [(finding.code, finding.state) for finding in verify(document, public_keys).findings]


def placed_receipt(event: Event) -> dict[str, Any]:
    sequencer.place_pending()
    signed = log.sign_checkpoint()
    assert signed is not None
    cosigned(signed)
    return receipts.receipt(event, number="川-1")


def test_promises_at_once(event: Event) -> None:
    document = receipts.receipt(event, number="川-1")
    assert (document["stage"], document["event"], document["facts"]) == ("promised", event.digest, {"number": "川-1"})
    assert document["placed_by"] == stamp(event.recorded_at + receipts.DELAY)
    assert states(document, keys.published()) == [("promise", "proven"), ("not-placed", "open")]
    assert verify(document, keys.published()).ok
    sequencer.place_pending()
    assert receipts.receipt(event)["stage"] == "promised"


def test_proves_the_place_with_the_cosignatures_of_peers(event: Event) -> None:
    document = placed_receipt(event)
    happened(5)
    sequencer.place_pending()
    log.sign_checkpoint()
    again = receipts.receipt(event, number="川-1")
    assert again["log"] == document["log"]  # the newest is not cosigned yet
    document = json.loads(json.dumps(document))
    assert states(document, [*keys.published(), PEER_PUBLIC]) == [
        ("promise", "proven"),
        ("checkpoint-signed", "proven"),
        ("placed", "proven"),
        ("cosigned", "proven"),
    ]
    assert states(document, keys.published())[3:] == [("cosigner-unknown", "open"), ("not-cosigned", "open")]
    assert verify(document, keys.published()).state == "proven"
    assert (states(document, [PEER_PUBLIC]), verify(document, [PEER_PUBLIC]).state) == ([("no-key", "open")], "open")


def test_never_carries_a_value_or_a_salt(event: Event) -> None:
    sealed = event.sealed.values["title"]
    written = json.dumps(placed_receipt(event), ensure_ascii=False)
    assert [sealed["salt"] in written, sealed["value"] in written] == [False, False]


def test_proves_a_receipt_of_an_earlier_key_and_epoch(event: Event) -> None:
    document = placed_receipt(event)
    keys.rotate(by=PERSON, why="yearly")
    epochs.open_epoch(by=PERSON, why="restored")
    assert verify(document, keys.published()).ok
    later = receipts.receipt(event, number="川-1")
    assert (later["log"]["origin"], later["kid"]) == ("lianqiao/51/1", keys.current().kid)
    assert verify(later, keys.published()).ok


def changed(*path: Any, to: Any) -> Callable[[dict[str, Any]], None]:
    def change(document: dict[str, Any]) -> None:
        place: Any = document
        for step in path[:-1]:
            place = place[step]
        place[path[-1]] = to(place[path[-1]]) if callable(to) else to

    return change


@pytest.mark.parametrize(
    ("change", "false"),
    [
        (changed("event", to="00" * 32), ["promise-forged", "not-included"]),
        (changed("recorded_at", to="2020-01-01T00:00:00.000000Z"), ["promise-forged"]),
        (changed("facts", "number", to="川-2"), ["promise-forged"]),
        (changed("signature", to="00" * 64), ["promise-forged"]),
        (changed("log", "leaf", to=lambda leaf: leaf - 1), ["not-included"]),
        (changed("log", "proof", to=lambda proof: proof[:-1]), ["not-included"]),
        (
            changed("log", "checkpoint", to=lambda note: note.replace("\n4\n", "\n5\n")),
            ["checkpoint-forged", "not-included", "cosignature-forged"],
        ),
    ],
)
def test_finds_a_receipt_that_was_altered(
    event: Event, change: Callable[[dict[str, Any]], None], false: list[str]
) -> None:
    document = copy.deepcopy(placed_receipt(event))
    assert document["log"]["checkpoint"].split("\n")[1] == "4"
    change(document)
    verdict = verify(document, [*keys.published(), PEER_PUBLIC])
    assert [finding.code for finding in verdict.findings if finding.state == "false"] == false
    assert (verdict.state, verdict.ok) == ("false", False)


def test_refuses_a_promise_from_outside_the_time_of_its_key(event: Event) -> None:
    document = receipts.promise(event)
    old = keys.current()
    keys.rotate(by=PERSON, why="stolen")
    later = keys.signing_key(old.kid)
    forged = document | {"signed_at": "2999-01-01T00:00:00.000000Z"}
    forged["signature"] = later.sign(receipts.canonical(receipts.promised(forged))).hex()
    assert states(forged, keys.published())[0] == ("promise-key-ended", "false")


@pytest.mark.parametrize(
    "document",
    [None, [], 7, {}, {"kind": "lianqiao/receipt/v1"}, changed("event", to="x"), changed("log", to={}),
     changed("log", "checkpoint", to="x"), changed("log", "leaf", to="1"),
     changed("log", "leaf", to=True), changed("stage", to="other"),
     changed("signed_at", to="now"), changed("facts", to=float("nan")), changed("log", "origin", to="lianqiao/50/1")],
)  # fmt: skip
def test_says_of_a_damaged_receipt_that_it_is_damaged(event: Event, document: Any) -> None:
    if callable(document):
        whole = placed_receipt(event)
        document(whole)
        document = whole
    assert states(document, keys.published()) == [("malformed", "open")]
    assert verify(document, keys.published()).state == "open"


def test_finds_a_cosignature_of_a_time_that_has_no_date(event: Event) -> None:
    document = placed_receipt(event)
    note = checkpoint.parse(document["log"]["checkpoint"])
    line = checkpoint.cosign(note, "50", PEER, 2**64 - 1)
    document["log"]["checkpoint"] = f"{note.text}\n{note.lines[0]}{line}"
    assert states(document, [*keys.published(), PEER_PUBLIC])[3:] == [
        ("cosignature-forged", "false"),
        ("not-cosigned", "open"),
    ]


def test_writes_every_finding_in_both_languages(event: Event) -> None:
    for finding in verify(placed_receipt(event), [*keys.published(), PEER_PUBLIC]).findings:
        assert len({finding.text("zh-hans"), finding.text("en")}) == 2
    lines = [finding.text("en") for finding in verify(placed_receipt(event), keys.published()).findings]
    assert lines[2] == "The event is entry 3 of that log (counted from 0)."


def test_verifies_from_the_command_line(event: Event, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    paths = {name: tmp_path / f"{name}.json" for name in ("good", "bad", "keys", "torn")}
    document = placed_receipt(event)
    paths["good"].write_text(json.dumps(document))
    paths["bad"].write_text(json.dumps(document | {"event": "00" * 32}))
    paths["keys"].write_text(json.dumps({"keys": [key.document() for key in [*keys.published(), PEER_PUBLIC]]}))
    paths["torn"].write_text("{")
    assert main(["receipt", "verify", str(paths["good"]), "--keys", str(paths["keys"])]) == 0
    told = capsys.readouterr().out
    assert told.splitlines()[-1] == "  number: 川-1"
    assert told.count("proven: ") == 4
    assert main(["receipt", "verify", str(paths["bad"]), "--keys", str(paths["keys"])]) == 1
    assert main(["receipt", "verify", str(paths["good"])]) == 2
    assert main(["receipt", "verify", str(paths["torn"])]) == 2
    assert main(["receipt", "verify", str(tmp_path / "none")]) == 2
    assert main(["receipt", "verify", str(paths["good"]), "--keys", str(paths["good"])]) == 2
    capsys.readouterr()
    assert main(["log", "checkpoint"]) == 0
    assert capsys.readouterr().out == document["log"]["checkpoint"]
