"""Delivery: what each answer means for a parcel, and that nothing is lost or sent to nobody in a row."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import httpx
import pytest
import time_machine
from django.db import transaction

from lianqiao.exchange import parcels, peers, post, signing, wire
from lianqiao.exchange.models import Alarm, ParcelOut, Peer
from lianqiao.record.actors import Actor
from lianqiao.record.models import Event
from lianqiao.record.refusal import Refused
from lianqiao.record.time import now
from lianqiao.registry.models import Person

from .other_node import OtherNode

CLOCK = Actor.clock("test")


def sent(kind: str = "nothing.known", data: dict[str, Any] | None = None, **more: Any) -> ParcelOut:
    with transaction.atomic():
        return parcels.send("50", kind, data or {}, by=CLOCK, **more)


def due_again() -> None:
    """As if the pause were over."""
    ParcelOut.objects.filter(state="waiting").update(next_attempt_at=now(), lease_until=None)
    Peer.objects.update(retry_at=None)


def test_send_numbers_without_gaps_and_records_what_leaves(peer: Peer) -> None:
    dossier = uuid4()
    with transaction.atomic():
        parcels.send("50", "nothing.known", {}, by=CLOCK)
        transaction.set_rollback(True)

    first, second = sent(), sent(data={"text": "a", "number": "1"}, dossier=dossier, tenure=3)

    assert [(p.epoch, p.sequence) for p in (first, second)] == [(1, 1), (1, 2)]
    event = Event.objects.get(subject=second.pk)
    assert (event.subject_kind, event.verb, event.by) == ("parcel", "sent", "test")
    assert event.data == {
        "peer": "50", "kind": "nothing.known", "tenure": 3, "digest": wire.digest(second.body.encode()), "source": "",
        "fields": ["number", "text"], "dossier": str(dossier), "place": "1.2",
    }  # fmt: skip


def test_send_begins_again_in_a_new_epoch(peer: Peer) -> None:
    from lianqiao.record.models import Node

    sent()
    Node.objects.update(epoch=2)

    assert [(p.epoch, p.sequence) for p in (sent(), sent())] == [(2, 1), (2, 2)]


def test_send_makes_one_parcel_per_event_and_kind(peer: Peer) -> None:
    first = sent(source="a" * 64)

    assert sent(source="a" * 64).pk == first.pk
    assert sent(kind="other.kind", source="a" * 64).pk != first.pk
    assert ParcelOut.objects.count() == 2


@pytest.mark.parametrize(
    ("change", "code"), [("unknown", "peer-unknown"), ("gone", "peer-gone"), ("large", "parcel-too-large")]
)
def test_send_refuses(peer: Peer, change: str, code: str) -> None:
    if change == "gone":
        Peer.objects.update(state="gone")
    with pytest.raises(Refused) as refused, transaction.atomic():
        parcels.send(
            "33" if change == "unknown" else "50", "x.y", {"t": "连" * (400_000 if change == "large" else 1)}, by=CLOCK
        )

    assert refused.value.code == code
    assert ParcelOut.objects.count() == 0


def test_deliver_keeps_the_signed_acknowledgement(live: OtherNode, http: httpx.Client) -> None:
    parcel = sent(data={"text": "连桥"})

    tried = post.deliver(http)

    row = ParcelOut.objects.get()
    assert (tried, row.state, row.attempts, row.last_status) == (1, "delivered", 1, 202)
    assert [came["id"] for came in live.came] == [str(parcel.pk)]
    proof = row.acknowledgement
    signed = signing.verify_answer(
        live.public(), proof["status"], proof["headers"], proof["body"].encode(),
        method="POST", path=wire.PARCELS, asked=proof["request"],
    )  # fmt: skip
    assert signed.kid == live.key.kid
    assert post.deliver(http) == 0


def final(code: str = "malformed", status: int = 422) -> tuple[int, dict[str, Any]]:
    return status, {"code": code, "final": True}


def test_deliver_stops_at_signed_final_refusal(live: OtherNode, http: httpx.Client) -> None:
    parcel = sent()
    live.before = lambda: final()

    post.deliver(http)

    row = ParcelOut.objects.get()
    assert (row.state, row.last_status, row.last_error) == ("refused", 422, "malformed")
    assert Alarm.objects.values_list("kind", "node", "subject").get() == ("parcel-refused", "50", str(parcel.pk))


AGAIN = [
    ("no answer", True, (0, {}), 0),
    ("final but unsigned", False, final(), 422),
    ("success but unsigned", False, (202, {}), 202),
    ("success of another parcel", True, (202, {"parcel": str(uuid4()), "digest": "", "receiver": "50"}), 202),
    ("redirect", True, (302, {}), 302),
    ("not found", True, (404, {"code": "x", "final": False}), 404),
    ("clock", True, (401, {"code": "clock-skew", "final": False}), 401),
    ("busy", True, (503, {"code": "busy", "final": False}), 503),
    ("broken", True, (500, {}), 500),
]


@pytest.mark.parametrize(("sign", "said", "status"), [row[1:] for row in AGAIN], ids=[row[0] for row in AGAIN])
def test_deliver_tries_again(live: OtherNode, http: httpx.Client, sign: bool, said: Any, status: int) -> None:
    parcel = sent()
    live.sign, live.before = sign, lambda: said
    began = now()

    post.deliver(http)

    row = ParcelOut.objects.get()
    assert (row.state, row.last_status, row.attempts) == ("waiting", status, 1)
    assert began + timedelta(seconds=0.9) <= row.next_attempt_at <= now() + timedelta(seconds=1.1)
    live.sign, live.before = True, lambda: None
    due_again()
    post.deliver(http)
    row.refresh_from_db()
    assert (row.state, row.attempts) == ("delivered", 2)
    assert [came["id"] for came in live.came] == [str(parcel.pk)]


def test_deliver_gives_up_after_three_days_until_the_peer_is_heard(peer: Peer, http: httpx.Client) -> None:
    parcel = sent()
    for _attempt in range(12):
        due_again()
        post.deliver(http)
    row = ParcelOut.objects.get()
    assert (row.state, row.attempts) == ("waiting", 12)
    assert timedelta(minutes=13) < row.next_attempt_at - now() < timedelta(minutes=17)

    with time_machine.travel(now() + timedelta(hours=72), tick=True):
        due_again()
        post.deliver(http)
        row.refresh_from_db()
        assert row.state == "dead"
        assert Alarm.objects.values_list("kind", "subject").get() == ("parcel-dead", str(parcel.pk))

        peers.heard(Peer.objects.get(), 0)
        row.refresh_from_db()
        assert (row.state, row.next_attempt_at <= now()) == ("waiting", True)


def test_deliver_asks_a_dead_address_once_for_all_its_parcels(peer: Peer, http: httpx.Client, monkeypatch: Any) -> None:
    asked: list[str] = []
    plain = http.stream
    monkeypatch.setattr(http, "stream", lambda *args, **kwargs: asked.append(args[1]) or plain(*args, **kwargs))
    for _parcel in range(5):
        sent()

    assert post.deliver(http) == 5
    assert len(asked) == 1
    assert post.deliver(http) == 0
    assert set(ParcelOut.objects.values_list("state", "attempts", "last_status")) == {("waiting", 1, 0)}


def test_deliver_leaves_alone_what_another_worker_holds(live: OtherNode, http: httpx.Client) -> None:
    sent()

    assert len(post.claim(10)) == 1
    assert post.claim(10) == []
    assert post.deliver(http) == 0
    with time_machine.travel(now() + timedelta(seconds=61), tick=True):
        assert post.deliver(http) == 1


def test_deliver_writes_nothing_over_a_row_that_moved(live: OtherNode, http: httpx.Client, admin: Person) -> None:
    parcel = sent()

    def resent_meanwhile() -> None:
        ParcelOut.objects.filter(pk=parcel.pk).update(lease_until=now() + timedelta(hours=1))

    (claimed,) = post.claim(1)
    resent_meanwhile()
    post.finish(post.attempt(http, peers.target("50"), [claimed]), {claimed.pk: claimed.lease_until})

    assert ParcelOut.objects.get().state == "waiting"


def test_deliver_waits_while_the_peer_is_blocked(live: OtherNode, http: httpx.Client, admin: Person) -> None:
    sent()
    peers.block("50", reason="investigation", by=admin)

    assert post.deliver(http) == 0
    peers.trust("50", peers.fingerprint_of(Peer.objects.get().keys.get()), by=admin)
    assert post.deliver(http) == 1


def test_resend_sends_a_refused_parcel_again_under_the_same_id(
    live: OtherNode, http: httpx.Client, admin: Person
) -> None:
    parcel = sent()
    live.before = lambda: final()
    post.deliver(http)
    live.before = lambda: None

    parcels.resend(parcel.pk, by=admin.actor)
    post.deliver(http)

    assert ParcelOut.objects.get().state == "delivered"
    assert [came["id"] for came in live.came] == [str(parcel.pk)]
    assert list(Event.objects.about("parcel", parcel.pk).values_list("verb", "by")) == [
        ("sent", "test"), ("resent", str(admin.id)),
    ]  # fmt: skip


def test_claim_takes_as_many_queries_for_three_as_for_one(peer: Peer, django_assert_num_queries: Any) -> None:
    for count in (1, 3):
        ParcelOut.objects.update(state="delivered")
        for _parcel in range(count):
            sent()
        with django_assert_num_queries(5):  # is any due; savepoint, lock, lease, savepoint
            assert len(post.claim(10)) == count
