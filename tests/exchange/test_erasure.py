"""Erasure: the words go, the proof that they were said stays, and nothing that is still needed is destroyed."""

import pytest
from django.test import Client

from lianqiao.exchange import erasure, handover, wire
from lianqiao.exchange.models import Offer, ParcelIn, ParcelOut
from lianqiao.record.models import Event
from lianqiao.record.refusal import Refused
from lianqiao.registry.models import Agreement, Person

from .conftest import MAPPING, follow, incoming
from .other_node import OtherNode


def test_erases_parcels_and_offer_and_keeps_digests(
    client: Client, other: OtherNode, agreement: Agreement, people: dict[str, Person]
) -> None:
    talk, offer = incoming(other, client, agreement)
    handover.take_over(offer.pk, by=people["intake"], **MAPPING)
    follow()
    ParcelOut.objects.update(state="delivered")

    assert erasure.erase(talk.dossier, by=people["admin"].actor, why="保存期满") == 3

    assert set(ParcelIn.objects.filter(dossier=talk.dossier).values_list("body", "state")) == {("", "done")}
    assert Offer.objects.get().content == {}
    event = Event.objects.get(subject_kind="dossier", subject=talk.dossier)
    rows = ParcelIn.objects.filter(dossier=talk.dossier), ParcelOut.objects.filter(dossier=talk.dossier)
    assert event.data["parcels"] == sorted(row.digest for found in rows for row in found)
    assert erasure.erase(talk.dossier, by=people["admin"].actor, why="保存期满") == 0


def test_erased_parcels_keep_their_place_in_the_outbox(
    client: Client, other: OtherNode, agreement: Agreement, people: dict[str, Person]
) -> None:
    talk, offer = incoming(other, client, agreement)
    handover.decline(offer.pk, by=people["intake"], reason="秘密理由")
    ParcelOut.objects.update(state="delivered")
    erasure.erase(talk.dossier, by=people["admin"].actor, why="保存期满")

    answer = other.get(client, f"{wire.OUTBOX}?after=1.0")

    last = answer.json()["parcels"][-1]
    assert (last["erased"], "body" in last, "秘密理由" in answer.content.decode()) == (True, False, False)


@pytest.mark.parametrize("state", ["waiting offer", "waiting parcel", "no reason"])
def test_refuses_to_erase_what_is_still_needed(
    client: Client, other: OtherNode, agreement: Agreement, people: dict[str, Person], state: str
) -> None:
    talk, offer = incoming(other, client, agreement)
    if state != "waiting offer":
        handover.decline(offer.pk, by=people["intake"], reason="否")

    with pytest.raises(Refused) as refused:
        erasure.erase(talk.dossier, by=people["admin"].actor, why="" if state == "no reason" else "x")

    assert refused.value.code == ("reason-missing" if state == "no reason" else "still-needed")
    assert ParcelIn.objects.filter(body="").count() == 0
