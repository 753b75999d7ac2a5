"""The verbs on the command line, with what they print and how they end."""

import json
from pathlib import Path
from uuid import uuid4

import pytest
from django.db import transaction

from lianqiao.exchange import alarms, parcels, peers
from lianqiao.exchange.models import Alarm, ParcelOut, Peer
from lianqiao.record import keys
from lianqiao.record.actors import Actor
from lianqiao.registry.models import Person
from lianqiao.site.cli import main

from .other_node import OtherNode

pytestmark = pytest.mark.once


@pytest.fixture(autouse=True)
def _stay_connected(monkeypatch: pytest.MonkeyPatch) -> None:
    """The command line closes its connections when it ends; within a test there is one for all."""
    from django.db.backends.base.base import BaseDatabaseWrapper

    monkeypatch.setattr(BaseDatabaseWrapper, "close", lambda self: None)


def said(capsys: pytest.CaptureFixture[str]) -> tuple[str, str]:
    captured = capsys.readouterr()
    return captured.out, captured.err


def test_peer_is_added_shown_trusted_and_ended(
    other: OtherNode, admin: Person, guard: Person, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    card = tmp_path / "card.json"
    card.write_text(json.dumps(other.card()), encoding="utf-8")
    fingerprint = peers.shown(peers.digest_of(other.key.public))

    assert main(["peer", "add", str(card), "--by", "root"]) == 0
    assert fingerprint in said(capsys)[0]
    assert main(["peer", "trust", "50", "--fingerprint", fingerprint, "--by", "root"]) == 0
    assert said(capsys)[0] == "50 Chongqing: Active\n"
    assert main(["peer", "show", "50"]) == 0
    assert other.key.kid in said(capsys)[0]
    assert main(["peer", "block", "50", "--reason", "x", "--by", "root"]) == 0
    assert main(["peer", "end", "50", "--reason", "x", "--proof", "y", "--by", guard.account]) == 0
    assert Peer.objects.get().state == "gone"
    assert main(["peer", "list"]) == 0
    assert "Gone for good" in said(capsys)[0]


def test_card_is_fetched_from_an_address(other: OtherNode, admin: Person, capsys: pytest.CaptureFixture[str]) -> None:
    with other.serving():
        other.answers["/exchange/v1/card"] = lambda body: (200, other.card())
        assert main(["peer", "add", other.base_url, "--by", "root"]) == 0

    assert Peer.objects.get().base_url == other.base_url
    assert main(["peer", "add", "http://127.0.0.1:1", "--by", "root"]) == 2
    assert "cannot be fetched" in said(capsys)[1]


def test_card_of_this_node_is_printed(admin: Person, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["peer", "card"]) == 0

    out, err = said(capsys)
    assert json.loads(out)["node"] == "51"
    assert peers.shown(peers.digest_of(keys.signing_key().public)) in err


@pytest.mark.parametrize("words", [
    ["peer", "trust", "50", "--fingerprint", "00", "--by", "root"],
    ["peer", "trust", "50", "--fingerprint", "00", "--by", "nobody"],
    ["peer", "show", "33"],
    ["parcel", "show", str(uuid4())],
    ["parcel", "resend", str(uuid4()), "--by", "root"],
    ["alarm", "handle", "7", "--note", "x", "--by", "root"],
    ["alarm", "release", str(uuid4()), "--note", "x", "--by", "root"],
])  # fmt: skip
def test_refusal_is_one_sentence_and_exit_code_2(
    peer: Peer, capsys: pytest.CaptureFixture[str], words: list[str]
) -> None:
    assert main(words) == 2

    out, err = said(capsys)
    assert (out, err.count("\n")) == ("", 1)


def test_parcels_are_listed_shown_and_resent(peer: Peer, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["parcel", "list"]) == 1
    with transaction.atomic():
        parcel = parcels.send("50", "a.kind", {"text": "连桥"}, by=Actor.clock("test"))
    ParcelOut.objects.update(state="refused", last_error="malformed")

    assert main(["parcel", "list", "--node", "50"]) == 0
    assert said(capsys)[0] == f"->  50  {parcel.pk}  1.1  a.kind  Refused by the peer  0  malformed\n"
    assert main(["parcel", "show", str(parcel.pk)]) == 0
    assert '"text": "连桥"' in said(capsys)[0]
    assert main(["parcel", "resend", str(parcel.pk), "--by", "root"]) == 0
    assert ParcelOut.objects.get().state == "waiting"
    ParcelOut.objects.update(state="delivered")
    assert (main(["parcel", "list"]), main(["parcel", "list", "--all"])) == (1, 0)


def test_alarms_are_listed_and_handled(peer: Peer, admin: Person, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["alarm", "list"]) == 1
    row = alarms.raise_alarm("fork", node="50", seen="", shown="")

    assert main(["alarm", "list"]) == 0
    assert "two histories" in said(capsys)[0]
    assert main(["alarm", "handle", str(row.pk), "--note", "checked", "--by", "root"]) == 0
    assert Alarm.objects.get().handled_by == str(admin.actor)
    assert (main(["alarm", "list"]), main(["alarm", "list", "--all"])) == (1, 0)


def test_key_is_rotated(peer: Peer, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["peer", "rotate", "--reason", "yearly", "--by", "root"]) == 0

    assert keys.current().kid in said(capsys)[0]
    assert ParcelOut.objects.get().kind == "key.announced"
