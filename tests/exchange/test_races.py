"""Contested answers in real threads: whatever the order, an offer has exactly one answer and a parcel is worked on once."""

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import httpx
import pytest
from django.db import connection, transaction
from django.test import Client

from lianqiao.cases.models import Case
from lianqiao.exchange import answering, inbox, kinds, parcels, post
from lianqiao.exchange.models import Alarm, Nonce, Offer, ParcelIn, ParcelOut
from lianqiao.record.actors import Actor
from lianqiao.record.refusal import Refused
from lianqiao.record.time import now
from lianqiao.registry.models import Agreement, Person

from .conftest import MAPPING, follow, incoming
from .other_node import OtherNode

pytestmark = pytest.mark.django_db(transaction=True)


def together(*parts: Callable[[], Any]) -> list[Any]:
    """Runs the parts at once, each in a thread with a connection of its own; what each returned or raised."""
    start = threading.Barrier(len(parts))
    ends: list[Any] = [None] * len(parts)

    def run(place: int) -> None:
        start.wait()
        try:
            ends[place] = parts[place]()
        except Exception as error:
            ends[place] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(place,)) for place in range(len(parts))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return ends


@pytest.fixture
def talk_and_offer(transactional_db: None, other: OtherNode, client: Client, agreement: Agreement) -> Any:
    return incoming(other, client, agreement)


def codes(ends: list[Any]) -> list[str]:
    return sorted(end.code for end in ends if isinstance(end, Refused))


@pytest.mark.parametrize("attempt", range(4))
def test_take_over_and_retraction_race(talk_and_offer: Any, people: dict[str, Person], attempt: int) -> None:
    talk, offer = talk_and_offer
    body = talk.body("handover.retract", 1, offer=str(offer.pk), reason="x")
    talk.other.post(talk.client, body)

    ends = together(lambda: answering.take_over(offer.pk, by=people["intake"], **MAPPING), inbox.work)
    follow()

    offer.refresh_from_db()
    answers = list(ParcelOut.objects.filter(kind__startswith="handover").values_list("kind", flat=True))
    if offer.state == "taken":
        assert (codes(ends), answers, Case.objects.count()) == ([], ["handover.taken"], 1)
    else:
        assert offer.state == "retracted"
        assert (codes(ends), answers, Case.objects.count()) == (["answered-already"], ["handover.retracted"], 0)


def test_two_people_answer_at_once(talk_and_offer: Any, people: dict[str, Person]) -> None:
    _talk, offer = talk_and_offer

    ends = together(
        lambda: answering.take_over(offer.pk, by=people["intake"], **MAPPING),
        lambda: answering.take_over(offer.pk, by=people["lead"], **MAPPING),
        lambda: answering.decline(offer.pk, by=people["intake"], reason="x"),
    )
    follow()

    assert codes(ends) == ["answered-already"] * 2
    answers = list(ParcelOut.objects.filter(kind__startswith="handover").values_list("kind", flat=True))
    offer.refresh_from_db()
    assert answers == [{"taken": "handover.taken", "declined": "handover.declined"}[offer.state]]
    assert Case.objects.count() == (1 if offer.state == "taken" else 0)


def test_copies_of_one_parcel_at_once_are_stored_once(talk_and_offer: Any) -> None:
    talk, _offer = talk_and_offer
    body = talk.body("progress", 1, step="x")

    ends = together(*[lambda: talk.other.post(Client(), body).status_code] * 4)

    assert sorted(ends) == [200, 200, 200, 202]
    assert ParcelIn.objects.filter(kind="progress").count() == 1


def test_one_message_at_once_is_let_in_once(talk_and_offer: Any) -> None:
    talk, _offer = talk_and_offer
    body = talk.body("progress", 1, step="x")
    headers = talk.other.headers("POST", "/exchange/v1/parcels", body)
    before = Nonce.objects.count()

    ends = together(*[lambda: talk.other.post(Client(), body, headers).status_code] * 4)

    assert sorted(ends) == [202, 401, 401, 401]
    assert Nonce.objects.count() == before + 1


def test_parcel_is_worked_on_once_by_two_workers(talk_and_offer: Any) -> None:
    talk, _offer = talk_and_offer
    dossier = uuid4()
    agreement = Offer.objects.get().agreement
    data = Offer.objects.get().content | {"offer": str(uuid4()), "agreement": str(agreement)}
    talk.other.post(talk.client, talk.other.parcel("handover.offered", data, dossier=dossier, tenure=1))

    together(inbox.work, inbox.work, inbox.work)

    assert Offer.objects.filter(dossier=dossier).count() == 1
    assert (ParcelIn.objects.get(dossier=dossier).state, Alarm.objects.count()) == ("done", 0)


def test_numbers_have_no_gap_when_many_send_at_once(talk_and_offer: Any) -> None:
    before = ParcelOut.objects.count()

    def send() -> None:
        with transaction.atomic():
            parcels.send("50", "a.kind", {}, by=Actor.clock("test"))

    ends = together(*[send] * 6)

    assert ends == [None] * 6
    sequences = list(ParcelOut.objects.order_by("sequence").values_list("sequence", flat=True))
    assert sequences == list(range(1, before + 7))


def test_parcel_is_delivered_once_by_two_workers(transactional_db: None, live: OtherNode) -> None:
    with transaction.atomic():
        for _parcel in range(6):
            parcels.send("50", "a.kind", {}, by=Actor.clock("test"))

    def deliver() -> int:
        with httpx.Client(trust_env=False) as http:
            return post.deliver(http)

    ends = together(deliver, deliver)

    assert sum(ends) == 6
    assert sorted(came["sequence"] for came in live.came) == [1, 2, 3, 4, 5, 6]
    assert set(ParcelOut.objects.values_list("state", "attempts")) == {("delivered", 1)}


@pytest.mark.skipif("connection.vendor != 'postgresql'", reason="SQLite has one writer at a time")
def test_take_over_does_not_wait_for_who_waits_for_it(
    talk_and_offer: Any, people: dict[str, Person], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A retraction that had to wait before is worked on again while somebody takes the case over: the worker has the parcel and wants the offer,
    the person has the offer; afterwards both wake what else waits."""
    talk, offer = talk_and_offer
    talk.say("withdrawn", 2, reason="已和解。", offer=str(offer.pk))
    ParcelIn.objects.filter(kind="withdrawn").update(next_try_at=now() + timedelta(minutes=5))
    talk.other.post(talk.client, talk.body("handover.retract", 1, offer=str(offer.pk), reason="x"))
    ParcelIn.objects.filter(kind="handover.retract").update(state="waiting")
    has_parcel, has_offer = threading.Event(), threading.Event()
    retract, open_for = kinds.HANDLERS["handover.retract"], answering._open_for

    def worker(parcel: ParcelIn, data: dict[str, Any]) -> None:
        has_parcel.set()
        assert has_offer.wait(20)
        retract(parcel, data)

    def person(*given: Any) -> Offer:
        assert has_parcel.wait(20)
        found = open_for(*given)
        has_offer.set()
        return found

    monkeypatch.setitem(kinds.HANDLERS, "handover.retract", worker)
    monkeypatch.setattr(answering, "_open_for", person)

    taken, worked = together(lambda: answering.take_over(offer.pk, by=people["intake"], **MAPPING), inbox.work)

    assert (worked, taken[1].verb, Alarm.objects.count()) == (1, "take_over", 0)
    states = ParcelIn.objects.filter(kind="handover.retract").values_list("state", "reason", "tries").get()
    assert (states, Offer.objects.get().state) == (("done", "", 1), "taken")
    assert inbox.work() == 1
    assert ParcelIn.objects.get(kind="withdrawn").state == "done"
