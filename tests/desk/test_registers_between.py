"""The registers of agreements and of other nodes, with a node beside this one."""

# ruff: noqa: F811

from typing import Any

from django.test import Client
from tests.exchange.conftest import admin, agreement, between, node, other, peer, people  # noqa: F401
from tests.exchange.other_node import OtherNode
from tests.pages import asked_by
from tests.portal.conftest import signed_in, text

from lianqiao.exchange import parcels
from lianqiao.exchange.models import ParcelOut, Peer
from lianqiao.record.actors import Actor
from lianqiao.registry.models import Agreement, Person


def test_agreement_is_read_by_clauses_and_its_signatures_are_checked(
    agreement: Agreement, people: dict[str, Person]
) -> None:
    reader, address = signed_in(people["intake"]), f"/desk/registry/agreements/{agreement.pk}"
    read = text(reader.get(address))
    Agreement.objects.filter(pk=agreement.pk).update(signature_b="00" * 64)
    forged = text(reader.get(address))

    assert (read.count(" fits the text"), read.count("both signatures fit the text")) == (2, 1)
    assert (forged.count("does not fit the text"), forged.count("both signatures fit the text")) == (2, 0)
    assert read.count("runs on after the take-over") == 1
    assert asked_by(lambda: reader.get(address)) <= 12


def test_node_shows_what_waits_for_it_and_a_parcel_is_sent_again(peer: Peer, admin: Person) -> None:
    root, address = signed_in(admin), "/desk/registry/nodes/50"
    parcel = parcels.send("50", "note", {}, by=Actor.node("51"))
    few = asked_by(lambda: root.get(address))
    for _number in range(5):
        parcels.send("50", "note", {}, by=Actor.node("51"))
    ParcelOut.objects.update(state="dead")

    page, listed = root.get(address), text(root.get("/desk/registry/nodes"))
    again = root.post(f"{address}/resend", {"of": parcel.pk, "step": "do"})

    assert (asked_by(lambda: root.get(address)), page.content.decode().count("/resend?of=")) == (
        few,
        ParcelOut.objects.count(),
    )
    assert listed.count("refused or given up") == 1
    assert (again.status_code, ParcelOut.objects.get(pk=parcel.pk).state) == (302, "waiting")


def test_node_is_blocked_and_trusted_by_its_fingerprint(
    peer: Peer, other: OtherNode, admin: Person, client: Client
) -> None:
    root, address = signed_in(admin), "/desk/registry/nodes/50"

    blocked: Any = root.post(f"{address}/block", {"reason": "核查中", "step": "do"})
    state = Peer.objects.get().state
    wrong = root.post(f"{address}/trust", {"fingerprint": "0" * 64, "step": "do"})

    assert (blocked.status_code, state, wrong.status_code, Peer.objects.get().state) == (302, "blocked", 422, "blocked")
