"""Peers: trust is given by hand, keys change by announcement, and only a recorded end frees what a peer never answered."""

from datetime import timedelta
from typing import Any

import httpx
import pytest
import time_machine
from django.test import Client

from lianqiao.exchange import alarms, ending, peers, post, rotation, wire
from lianqiao.exchange.models import Alarm, ParcelIn, ParcelOut, Peer, PeerKey
from lianqiao.record import keys
from lianqiao.record.algorithms import ALGORITHMS, SigningKey
from lianqiao.record.canonical import canonical
from lianqiao.record.models import Event
from lianqiao.record.refusal import Refused
from lianqiao.record.time import now, stamp
from lianqiao.registry.models import Agreement, Person
from lianqiao.registry.subjects import subject

from .conftest import befriend, offer_case
from .other_node import OtherNode
from .test_handover import Talk, standing, taken


def test_card_says_who_we_are(client: Client, admin: Person) -> None:
    answer = client.get(wire.CARD)

    said = answer.json()
    assert (answer.status_code, said["node"], said["epoch"], said["protocols"]) == (
        200,
        "51",
        1,
        ["lianqiao-exchange/1"],
    )
    assert [key["kid"] for key in said["keys"]] == [keys.current().kid]
    assert "signature" in answer.headers


def test_peer_is_known_then_trusted(client: Client, other: OtherNode, admin: Person) -> None:
    peer = peers.add(other.card(), by=admin)
    assert peer.state == "known"
    assert other.post(client, other.parcel("a.kind")).status_code == 403

    peers.trust("50", peers.shown(peers.digest_of(other.key.public)), by=admin)

    assert other.post(client, other.parcel("a.kind")).status_code == 202
    chain = Event.objects.about("peer", subject("peer", "50"))
    assert [(event.verb, event.by) for event in chain] == [("added", str(admin.id)), ("trusted", str(admin.id))]


def test_trust_keeps_only_the_key_that_was_compared(other: OtherNode, admin: Person) -> None:
    card = other.card()
    second = OtherNode().key
    card["keys"].append(card["keys"][0] | {"kid": second.kid, "public": second.public.hex()})
    peers.add(card, by=admin)

    peers.trust("50", peers.digest_of(other.key.public), by=admin)

    assert list(PeerKey.objects.values_list("kid", flat=True)) == [other.key.kid]


@pytest.mark.parametrize(("change", "code"), [
    ({"node": "51"}, "card-own"), ({"keys": []}, "card-invalid"), ({"base_url": "ftp://x"}, "card-invalid"), ({"protocols": []}, "protocol-unknown"),
])  # fmt: skip
def test_add_refuses_card(other: OtherNode, admin: Person, change: dict[str, Any], code: str) -> None:
    with pytest.raises(Refused) as refusal:
        peers.add(other.card() | change, by=admin)

    assert (refusal.value.code, Peer.objects.count()) == (code, 0)


@pytest.mark.parametrize(
    ("field", "value", "code"), [("kid", "0" * 16, "card-invalid"), ("algorithm", "sm2", "algorithm-unknown")]
)
def test_add_refuses_key(other: OtherNode, admin: Person, field: str, value: str, code: str) -> None:
    card = other.card()
    card["keys"][0][field] = value

    with pytest.raises(Refused) as refusal:
        peers.add(card, by=admin)

    assert (refusal.value.code, Peer.objects.count()) == (code, 0)


def test_add_takes_no_key_of_a_trusted_node_from_a_card(peer: Peer, other: OtherNode, admin: Person) -> None:
    known = other.key
    other.key = OtherNode().key

    peers.add(other.card() | {"base_url": "http://127.0.0.1:2"}, by=admin)

    peer.refresh_from_db()
    assert (peer.state, peer.base_url, peer.keys.get().kid) == ("active", "http://127.0.0.1:2", known.kid)


def test_trust_refuses_another_fingerprint(other: OtherNode, admin: Person) -> None:
    peers.add(other.card(), by=admin)

    with pytest.raises(Refused) as refusal:
        peers.trust("50", peers.digest_of(OtherNode().key.public), by=admin)

    assert (refusal.value.code, Peer.objects.get().state) == ("fingerprint-differs", "known")


def test_administrators_alone_change_peers(peer: Peer, other: OtherNode, people: dict[str, Person]) -> None:
    somebody = people["intake"]
    tries = [
        ("not-admin", lambda: peers.add(other.card(), by=somebody)),
        ("not-admin", lambda: peers.trust("50", "x", by=somebody)),
        ("not-admin", lambda: peers.block("50", reason="x", by=somebody)),
        ("not-security", lambda: ending.end("50", reason="x", proof="y", by=somebody)),
        ("not-security", lambda: ending.end("50", reason="x", proof="y", by=people["admin"])),
        ("not-admin", lambda: rotation.rotate(why="x", by=somebody)),
    ]
    for code, change in tries:
        with pytest.raises(Refused) as refusal:
            change()
        assert (refusal.value.code, refusal.value.status) == (code, 403)
    peer.refresh_from_db()
    assert (peer.state, ParcelOut.objects.count()) == ("active", 0)


# Keys


def announcement(other: OtherNode, new: SigningKey, signer: SigningKey | None = None) -> dict[str, Any]:
    words = keys.announcement("50", new.kid, "ed25519", new.public.hex(), stamp(now()), other.key.kid)
    return words | {"signature": (signer or other.key).sign(canonical(words)).hex(), "why": "yearly"}


def fresh() -> SigningKey:
    return SigningKey.of(ALGORITHMS["ed25519"].generate())


def test_new_key_of_a_peer_is_taken_from_the_old_one_at_once(client: Client, peer: Peer, other: OtherNode) -> None:
    new, old = fresh(), other.key
    assert other.post(client, other.parcel("key.announced", announcement(other, new))).status_code == 202

    other.key = new

    assert other.post(client, other.parcel("a.kind")).status_code == 202
    key = PeerKey.objects.get(kid=new.kid)
    assert (key.peer_id, key.announced_by_kid, key.valid_until) == ("50", old.kid, None)
    with time_machine.travel(now() + timedelta(days=31), tick=True):
        other.key = old
        late = other.post(client, other.parcel("a.kind"))
        assert (late.status_code, late.json()["code"]) == (401, "unknown-key")
        other.key = new
        assert other.post(client, other.parcel("a.kind")).status_code == 202


def test_new_key_that_the_old_one_has_not_signed_is_refused(client: Client, peer: Peer, other: OtherNode) -> None:
    new = fresh()

    assert other.post(client, other.parcel("key.announced", announcement(other, new, signer=new))).status_code == 202

    assert ParcelIn.objects.get().state == "refused"
    assert PeerKey.objects.filter(kid=new.kid).count() == 0


def test_announcement_by_a_key_that_has_not_come_waits(client: Client, peer: Peer, other: OtherNode) -> None:
    second, third, first = fresh(), fresh(), other.key
    earlier = other.parcel("key.announced", announcement(other, second))
    other.key = second
    later_data = announcement(other, third)
    other.key = first
    later = other.parcel("key.announced", later_data)
    other.post(client, later)
    assert ParcelIn.objects.get().reason == "previous-key-unknown"

    other.post(client, earlier)
    other.post(client, later)
    from lianqiao.exchange import inbox

    inbox.work()

    assert set(PeerKey.objects.values_list("kid", flat=True)) == {first.kid, second.kid, third.kid}


def test_own_new_key_is_used_after_the_peer_has_acknowledged_it(
    live: OtherNode, http: httpx.Client, admin: Person
) -> None:
    old = keys.current().kid
    new = rotation.rotate(why="yearly", by=admin)
    assert (peers.target("50").our_key.kid, keys.current().kid) == (old, new)

    post.deliver(http)

    assert peers.target("50").our_key.kid == new
    (came,) = live.came
    assert came["type"] == "cn.lianqiao.key.announced.v1"
    assert keys.verify_announcement(came["data"], keys.public(old)) == keys.public(new)


def test_answers_are_signed_with_the_key_that_the_peer_knows(
    client: Client, peer: Peer, other: OtherNode, admin: Person
) -> None:
    old = keys.current()
    rotation.rotate(why="yearly", by=admin)

    answer = other.post(client, other.parcel("a.kind"))

    assert f'keyid="{old.kid}"' in answer["signature-input"]


# The end


def test_end_frees_offers_that_were_never_answered(
    other: OtherNode, client: Client, people: dict[str, Person], guard: Person, agreement: Agreement
) -> None:
    case, held = offer_case(people, agreement), offer_case(people, agreement, title="另一件")
    Talk(other, client, held.dossier).say("handover.taken", 2, **taken(held))

    ending.end("50", reason="节点撤销", proof="渝办函〔2026〕1号", by=guard)

    assert (standing(case), standing(held)) == (("filed", 1, "51"), ("handed_over", 2, "50"))
    assert set(Alarm.objects.values_list("kind", "subject")) == {
        ("offer-freed", str(case.dossier)),
        ("holder-gone", str(held.dossier)),
    }
    answer = other.post(client, other.parcel("a.kind"))
    assert (answer.status_code, answer.json()["code"]) == (403, "peer-ended")


@pytest.mark.parametrize(("reason", "proof"), [("", "x"), ("x", " ")])
def test_end_refuses_without_reason_or_proof(peer: Peer, guard: Person, reason: str, proof: str) -> None:
    with pytest.raises(Refused) as refusal:
        ending.end("50", reason=reason, proof=proof, by=guard)

    assert (refusal.value.code, Peer.objects.get().state) == ("proof-missing", "active")


def test_end_cannot_be_undone(peer: Peer, other: OtherNode, admin: Person, guard: Person) -> None:
    ending.end("50", reason="x", proof="y", by=guard)

    for change in (lambda: peers.add(other.card(), by=admin), lambda: peers.block("50", reason="x", by=admin)):
        with pytest.raises(Refused) as refusal:
            change()
        assert refusal.value.code == "peer-gone"


# Alarms


def test_alarm_counts_and_stays_until_handled(peer: Peer, admin: Person) -> None:
    first = alarms.raise_alarm("clock-skew", node="50", seconds=400)
    alarms.raise_alarm("clock-skew", node="50", seconds=500)

    row = Alarm.objects.get()
    assert (row.pk, row.times, alarms.text(row)) == (
        first.pk,
        2,
        "The clocks of this node and of node 50 differ by 500 seconds.",
    )
    with pytest.raises(Refused) as refusal:
        alarms.handle(row.pk, by=admin.actor, note=" ")
    assert refusal.value.code == "note-missing"
    alarms.handle(row.pk, by=admin.actor, note="校时")
    assert not alarms.is_open("clock-skew", "50")
    alarms.raise_alarm("clock-skew", node="50", seconds=600)
    assert Alarm.objects.count() == 2


def test_every_alarm_can_be_said(db: None) -> None:
    from django.utils.translation import override

    params = dict.fromkeys(("kind", "why", "tries", "seconds", "code", "epoch", "count", "name", "number"), "x")
    for kind in alarms.KINDS:
        row = Alarm(kind=kind, node="50", subject="s", params=params)
        with override("en"):
            english = alarms.text(row)
        with override("zh-hans"):
            assert alarms.text(row) != english


# Agreements


def test_agreement_is_told_to_a_peer_that_is_trusted_later(
    other: OtherNode, people: dict[str, Person], http: httpx.Client
) -> None:
    from lianqiao.registry import agreements

    from .conftest import follow, terms

    agreements.sign(agreements.propose(terms(), by=people["admin"]), by=people["admin"])
    follow()
    assert ParcelOut.objects.count() == 0
    with other.serving():
        befriend(other, people["admin"])
        follow()
        post.deliver(http)

    kinds = [came["type"] for came in other.came]
    assert kinds == ["cn.lianqiao.agreement.proposed.v1", "cn.lianqiao.agreement.signed.v1"]
    assert other.came[0]["data"]["terms"] == terms()
    assert other.came[1]["data"]["kid"] == keys.current().kid


def test_agreement_comes_into_force_by_parcels_in_any_order(
    client: Client, peer: Peer, other: OtherNode, people: dict[str, Person]
) -> None:
    from lianqiao.exchange import inbox
    from lianqiao.record.canonical import digest
    from lianqiao.registry import agreements

    from .conftest import follow, signature, terms

    text = terms()
    proposed = other.parcel("agreement.proposed", {"digest": digest(text), "terms": text})
    other.post(
        client,
        other.parcel(
            "agreement.signed", {"digest": digest(text), "kid": other.key.kid, "signature": signature(other, text)}
        ),
    )
    inbox.work()
    assert ParcelIn.objects.get().reason == "agreement-unknown"
    other.post(client, proposed)
    while inbox.work():
        pass
    agreement = Agreement.objects.get()
    assert (agreement.state, bool(agreement.signature_a), bool(agreement.signature_b)) == ("proposed", False, True)

    agreements.sign(agreement, by=people["admin"])
    follow()

    agreement.refresh_from_db()
    assert agreement.state == "in_force"
    assert list(ParcelOut.objects.values_list("kind", flat=True)) == ["agreement.signed"]
    other.post(client, other.parcel("agreement.ended", {"digest": digest(text), "on": "2026-01-01", "reason": "到期"}))
    inbox.work()
    agreement.refresh_from_db()
    assert (agreement.state, agreement.ended_reason) == ("ended", "到期")


def test_signature_under_other_terms_is_refused(
    client: Client, peer: Peer, other: OtherNode, people: dict[str, Person]
) -> None:
    from lianqiao.exchange import inbox
    from lianqiao.registry import agreements

    from .conftest import signature, terms

    agreement = agreements.propose(terms(), by=people["admin"])
    wrong = signature(other, terms() | {"until": "2030-01-01"})
    other.post(
        client, other.parcel("agreement.signed", {"digest": agreement.digest, "kid": other.key.kid, "signature": wrong})
    )
    inbox.work()

    row = ParcelIn.objects.get()
    agreement.refresh_from_db()
    assert (row.state, row.reason[:15], agreement.state) == ("refused", "signature-wrong", "proposed")
