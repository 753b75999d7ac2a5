"""Catching up: what did not come by itself is fetched, in order, through the same door."""

from datetime import timedelta
from typing import Any

import httpx
import pytest
import time_machine
from django.db import transaction
from django.test import Client

from lianqiao.exchange import catchup, inbox, parcels, peers, post, rounds, wire
from lianqiao.exchange.models import Alarm, ParcelIn, ParcelOut, Peer
from lianqiao.record.actors import Actor
from lianqiao.record.time import now
from lianqiao.registry.models import Agreement, Person

from .conftest import follow
from .other_node import OtherNode


def place() -> tuple[int, int]:
    peer = Peer.objects.get()
    return peer.received_epoch, peer.received_upto


def test_pull_fetches_all_pages_behind_the_place_reached(live: OtherNode, http: httpx.Client, client: Client) -> None:
    live.post(client, live.keep(live.parcel("a.kind")))
    for _parcel in range(4):
        live.keep(live.parcel("a.kind"))

    assert catchup.work(http) == 4

    assert list(ParcelIn.objects.values_list("sequence", flat=True)) == [1, 2, 3, 4, 5]
    assert live.calls == [f"GET {wire.OUTBOX}?after=1.{after}" for after in (1, 3, 5)]
    assert place() == (1, 5)
    assert catchup.work(http) == 0


def test_pull_goes_on_in_the_next_epoch(live: OtherNode, http: httpx.Client) -> None:
    live.keep(live.parcel("a.kind"))
    live.epoch, live.sequence = 3, 0
    live.keep(live.parcel("a.kind"))

    assert catchup.work(http) == 2

    assert place() == (3, 1)
    assert Peer.objects.get().epoch == 3
    assert Alarm.objects.values_list("kind", "node").get() == ("peer-restored", "50")


def test_what_a_clock_that_was_ahead_put_off_is_due_once_it_is_set_right(
    live: OtherNode, client: Client, http: httpx.Client
) -> None:
    """For hours nobody answered; then the clock is set back by five."""
    waits = live.parcel("nothing.known")
    live.post(client, waits)
    with transaction.atomic():
        parcels.send("50", "a.kind", {}, by=Actor.clock("test"))
    live.before = lambda: (0, {})
    with time_machine.travel(now() + timedelta(hours=5), tick=True):
        inbox.work()
        post.deliver(http)
        catchup.work(http)
    live.before = lambda: None
    assert (post.deliver(http), inbox.work(), catchup.work(http)) == (0, 0, 0)

    rounds.tidy()

    assert (post.deliver(http), inbox.work()) == (1, 1)
    assert [came["type"] for came in live.came] == ["cn.lianqiao.a.kind.v1"]
    assert Peer.objects.get().retry_at is None


def test_pull_takes_what_was_still_to_be_sent_before_a_restore(live: OtherNode, http: httpx.Client) -> None:
    live.keep(live.parcel("a.kind"))
    Peer.objects.update(epoch=2)

    assert catchup.work(http) == 1

    assert (place(), ParcelIn.objects.get().epoch) == ((1, 1), 1)


def test_pull_passes_over_what_can_never_be_taken(live: OtherNode, http: httpx.Client) -> None:
    live.keep(live.parcel("a.kind", receiver="33"))
    live.shelf.append({"epoch": 1, "sequence": 2, "erased": True, "body": ""})
    live.sequence = 2
    live.keep(live.parcel("a.kind"))

    catchup.work(http)

    assert (place(), ParcelIn.objects.get().sequence) == ((1, 3), 3)


def test_pull_stops_at_what_can_be_taken_later(
    live: OtherNode, http: httpx.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    live.keep(live.parcel("a.kind"))
    live.keep(live.parcel("a.kind"))
    plain = live.headers
    monkeypatch.setattr(live, "headers", lambda *a, **k: plain(*a, **k, minutes=30))
    assert catchup.work(http) == 0
    assert place() == (1, 0)

    monkeypatch.undo()
    with time_machine.travel(now() + timedelta(seconds=31), tick=True):
        monkeypatch.setattr(live, "headers", lambda *a, **k: plain(*a, **k))
        assert catchup.work(http) == 2
        assert place() == (1, 2)


def test_pull_is_tried_again_when_peer_does_not_answer(peer: Peer, http: httpx.Client) -> None:
    assert catchup.work(http) == 0

    row = Peer.objects.get()
    assert row.unreachable_since is not None
    assert row.pull_after is not None
    assert row.pull_after > now()


def test_gap_is_noticed_and_filled(live: OtherNode, http: httpx.Client, client: Client) -> None:
    peers.heard(Peer.objects.get(), 0)
    catchup.work(http)
    lost = live.keep(live.parcel("a.kind"))
    live.post(client, live.keep(live.parcel("a.kind")))
    catchup.notice_gaps()
    assert catchup.work(http) == 0

    with time_machine.travel(now() + timedelta(seconds=31), tick=True):
        catchup.notice_gaps()
        catchup.work(http)

    assert ParcelIn.objects.all()[0].body.encode() == lost
    assert place() == (1, 2)


def test_hearing_a_silent_peer_makes_both_sides_catch_up(peer: Peer, other: OtherNode, client: Client) -> None:
    with transaction.atomic():
        parcel = parcels.send("50", "a.kind", {}, by=Actor.clock("test"))
    ParcelOut.objects.update(next_attempt_at=now() + timedelta(hours=1))
    peers.not_reached("50")
    Peer.objects.update(pull_after=now() + timedelta(hours=1))

    other.post(client, other.parcel("a.kind"))

    row = Peer.objects.get()
    assert (row.unreachable_since, row.retry_at, row.pull_after) == (None, None, None)
    assert ParcelOut.objects.get(pk=parcel.pk).next_attempt_at <= now()


def test_start_of_a_process_asks_everybody(live: OtherNode, http: httpx.Client) -> None:
    catchup.work(http)
    live.calls.clear()
    assert catchup.work(http) == 0
    assert live.calls == []

    catchup.at_start()
    catchup.work(http)

    assert live.calls == [f"GET {wire.OUTBOX}?after=1.0"]


def outbox(client: Client, other: OtherNode, after: str) -> Any:
    return other.get(client, f"{wire.OUTBOX}?after={after}")


def test_outbox_gives_parcels_as_the_requests_that_deliver_them(client: Client, peer: Peer, other: OtherNode) -> None:
    from lianqiao.exchange import signing
    from lianqiao.record import keys

    with transaction.atomic():
        sent = [parcels.send("50", "a.kind", {"n": n}, by=Actor.clock("test")) for n in range(3)]
    ParcelOut.objects.filter(pk=sent[1].pk).update(state="delivered")

    answer = outbox(client, other, "1.1")

    items = answer.json()["parcels"]
    assert [(item["epoch"], item["sequence"], item["body"]) for item in items] == [
        (1, 2, sent[1].body),
        (1, 3, sent[2].body),
    ]
    for item in items:
        signing.verify_request(keys.published()[-1], "POST", wire.PARCELS, item["headers"], item["body"].encode())
    assert outbox(client, other, "1.3").json() == {"parcels": [], "last": True}


def test_outbox_shows_a_peer_only_its_own(client: Client, peer: Peer, other: OtherNode, admin: Any) -> None:
    from .conftest import befriend

    third = OtherNode("33")
    befriend(third, admin)
    with transaction.atomic():
        parcels.send("50", "a.kind", {"secret": 1}, by=Actor.clock("test"))

    assert outbox(client, third, "1.0").json()["parcels"] == []
    assert len(outbox(client, other, "1.0").json()["parcels"]) == 1


@pytest.mark.parametrize("after", ["", "x", "1", "1.x", "-1.2", "1.2.3", "9" * 40])
def test_outbox_refuses_a_place_that_is_none(client: Client, peer: Peer, other: OtherNode, after: str) -> None:
    answer = outbox(client, other, after)

    assert (answer.status_code, answer.json()["code"]) == (422, "malformed")


@pytest.mark.parametrize("path", [f"{wire.OUTBOX}?after=1.0", f"{wire.INBOX}?after=1.0", wire.INVENTORY])
def test_lists_are_not_for_strangers(client: Client, peer: Peer, path: str) -> None:
    with transaction.atomic():
        parcels.send("50", "a.kind", {"secret": 1}, by=Actor.clock("test"))
    stranger = OtherNode()

    answers = [client.get(path), stranger.get(client, path)]

    assert [(answer.status_code, answer.json()["code"]) for answer in answers] == [
        (401, "bad-signature"), (401, "unknown-key"),
    ]  # fmt: skip
    assert all("secret" not in answer.content.decode() for answer in answers)


def test_inbox_gives_a_node_its_own_parcels_back(client: Client, peer: Peer, other: OtherNode) -> None:
    body = other.parcel("a.kind")
    other.post(client, body)

    (item,) = other.get(client, f"{wire.INBOX}?after=1.0").json()["parcels"]

    assert (item["body"].encode(), item["digest"]) == (body, wire.digest(body))
    assert item["proof"]["signature"] == ParcelIn.objects.get().proof["signature"]


def test_parcels_that_a_killed_process_had_in_hand_are_due_at_the_next_start(
    people: dict[str, Person], agreement: Agreement
) -> None:
    follow()
    held = post.claim(10)

    assert (len(held) > 0, post.claim(10)) == (True, [])
    catchup.at_start()
    assert len(post.claim(10)) == len(held)
