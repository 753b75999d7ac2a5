"""Erasure between nodes: the words go on both sides, the proof that they were said stays, and what is still needed waits."""

import json
from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from django.test import Client
from tests import remains

from lianqiao.cases import search_index
from lianqiao.cases.actions import handling, keeping
from lianqiao.cases.models import Attachment, Case
from lianqiao.exchange import answering, attachments, post, wire
from lianqiao.exchange.models import Alarm, Erasure, Fetch, Offer, ParcelIn, ParcelOut
from lianqiao.record import events
from lianqiao.record.models import Event
from lianqiao.record.time import day_of, now
from lianqiao.registry.models import Agreement, Person

from .conftest import MAPPING, OFFERED, Talk, agree, follow, incoming, offer_case
from .other_node import OtherNode

SECRET = ("何女士", "023-0000")


@pytest.fixture
def taken(
    client: Client, other: OtherNode, agreement: Agreement, people: dict[str, Person]
) -> Callable[..., tuple[Talk, Case]]:
    """A case of node 50 that we have taken over; everything has arrived."""

    def take(**changed: Any) -> tuple[Talk, Case]:
        talk, offer = incoming(other, client, agreement, **changed)
        case, _event = answering.take_over(offer.pk, by=people["intake"], **MAPPING)
        settle()
        return talk, case

    return take


def settle() -> None:
    """Our followers have done their part, and the other node has received everything."""
    follow()
    ParcelOut.objects.filter(state="waiting", to_erase=False).update(state="delivered")


def bodies(kind: str) -> list[dict[str, Any]]:
    return [json.loads(row.body)["data"] for row in ParcelOut.objects.filter(kind=kind).order_by("sequence")]


def told(event: str = "e" * 64, **parts: Any) -> dict[str, Any]:
    return {"erasure": event, "ground": "consent", "on": "2026-01-06"} | parts


def gone(*words: str) -> None:
    search_index.forget()
    assert remains.found(words) == {}


def test_contact_erased_here_leaves_parcels_and_offer_and_is_told_to_the_other_node(
    taken: Callable[..., tuple[Talk, Case]], people: dict[str, Person]
) -> None:
    talk, case = taken()
    before = {row.pk: row.digest for row in ParcelIn.objects.all()}

    erased = keeping.erase(case, by=people["lead"], contact=True, ground="consent")
    settle()

    gone(*SECRET)
    (said,) = bodies("erasure")
    assert (said["erasure"], said["content"], said["texts"], said["attachments"]) == (
        erased.digest,
        ["contact"],
        [],
        [],
    )
    assert {row.pk: row.digest for row in ParcelIn.objects.all()} == before
    assert Offer.objects.get().content["content"]["title"] == "许可迟延"
    note = Event.objects.get(subject_kind="dossier", subject=talk.dossier)
    offered = ParcelIn.objects.get(kind="handover.offered")
    assert (note.data["parcels"], offered.body, offered.erased_at is None) == ([offered.digest], "", False)
    assert ParcelOut.objects.get(kind="handover.taken").body != ""


@pytest.mark.parametrize("outcome", ["erased", "not_held"])
def test_answer_of_the_other_node_is_shown(
    taken: Callable[..., tuple[Talk, Case]], people: dict[str, Person], outcome: str
) -> None:
    talk, case = taken()
    erased = keeping.erase(case, by=people["lead"], contact=True, ground="consent")
    settle()
    assert [(row.peer_id, row.state) for row in Erasure.objects.all()] == [("50", "waiting")]

    for _twice in (1, 2):
        parcel = talk.say("erasure.answered", 2, erasure=erased.digest, outcome=outcome)
        assert (parcel.state, Erasure.objects.get().state) == ("done", outcome)

    answers = [event.data["outcome"] for event in Event.objects.about("case", case.uid) if event.verb == "erased"]
    assert answers == [outcome]
    assert talk.say("erasure.answered", 2, erasure="f" * 64, outcome=outcome).state == "refused"


def test_contact_erased_at_the_other_node_goes_here_and_is_answered(taken: Callable[..., tuple[Talk, Case]]) -> None:
    talk, case = taken()

    parcel = talk.say("erasure", 2, **told(content=["contact"]))
    settle()

    assert parcel.state == "done", parcel.reason
    gone(*SECRET)
    assert bodies("erasure.answered") == [{"erasure": "e" * 64, "outcome": "erased"}]
    assert bodies("erasure") == []
    case.refresh_from_db()
    assert Event.objects.about("case", case.uid).last().verb == "erasure_reported"  # type: ignore[union-attr]
    assert events.verify_chain(case.uid) == []
    assert case.title == "许可迟延"


def test_text_of_one_report_is_erased_by_the_event_it_was_made_from(
    taken: Callable[..., tuple[Talk, Case]], people: dict[str, Person]
) -> None:
    talk, case = taken()
    note = handling.note(case, by=people["handler"], text="甲的电话写在这里", shared=True)
    kept = handling.note(case, by=people["handler"], text="另一进展", shared=True)
    settle()

    talk.say("erasure", 2, **told(texts=[{"event": "b" * 64, "cause": note.digest, "field": "text"}]))
    settle()

    gone("甲的电话写在这里")
    assert [row.body == "" for row in ParcelOut.objects.filter(kind="progress").order_by("sequence")] == [True, False]
    assert events.opened(Event.objects.get(pk=kept.pk))["text"] == "另一进展"


def test_text_that_the_other_node_reported_is_found_by_its_cause(
    other: OtherNode, client: Client, agreement: Agreement, people: dict[str, Person]
) -> None:
    case = offer_case(people, agreement)
    talk = Talk(other, client, case.dossier)
    talk.say("handover.taken", 2, offer=str(case.offer), number="50-2026-000001", agency={"zh": "中心", "en": "Centre"})
    talk.bring(
        other.parcel("progress", {"step": "note", "text": "乙的住址"}, dossier=case.dossier, tenure=2, cause="c" * 64)
    )
    settle()

    talk.say("erasure", 2, **told(texts=[{"event": "c" * 64, "cause": "", "field": "text"}]))
    gone("乙的住址")
    case.refresh_from_db()
    own = keeping.erase(case, by=people["lead"], contact=True, ground="consent")
    settle()

    assert bodies("erasure")[-1]["erasure"] == own.digest


def test_file_erased_at_the_other_node_is_fetched_no_more(taken: Callable[..., tuple[Talk, Case]]) -> None:
    file = {
        "id": str(uuid4()),
        "name": "何女士的证件.pdf",
        "media_type": "application/pdf",
        "size": 3,
        "sha256": "a" * 64,
    }
    talk, case = taken(attachments=[file])
    assert (Attachment.objects.get().name, Fetch.objects.get().state) == ("何女士的证件.pdf", "waiting")
    attachments.fail(Fetch.objects.get(), "nobody", final=True)

    talk.say("erasure", 2, **told(attachments=[file["id"]]))
    settle()

    gone("何女士的证件")
    row = Attachment.objects.get()
    assert (row.pk, row.erased, row.stored, Fetch.objects.get().state) == (UUID(file["id"]), True, False, "failed")
    assert Alarm.objects.get().params["name"] == "-"
    assert case.attachments.count() == 1


def test_offer_that_waits_loses_the_contact_and_can_still_be_taken_over(
    client: Client, other: OtherNode, agreement: Agreement, people: dict[str, Person]
) -> None:
    talk, offer = incoming(other, client, agreement)

    talk.say("erasure", 1, **told(content=["contact", "title"]))

    gone(*SECRET, "许可迟延")
    assert bodies("erasure.answered") == [{"erasure": "e" * 64, "outcome": "erased"}]
    case, _event = answering.take_over(offer.pk, by=people["intake"], **MAPPING)
    assert (case.title, case.state) == ("-", "accepted")


def test_dossier_that_is_not_here_is_answered_as_not_held(
    client: Client, other: OtherNode, agreement: Agreement
) -> None:
    talk = Talk(other, client, uuid4())

    parcel = talk.say("erasure", 1, **told(content=["contact"], attachments=[str(uuid4())]))

    assert parcel.state == "done"
    assert bodies("erasure.answered") == [{"erasure": "e" * 64, "outcome": "not_held"}]


def test_parcel_on_its_way_loses_its_body_when_it_has_arrived(
    live: OtherNode, people: dict[str, Person], http: httpx.Client
) -> None:
    case = offer_case(people, agree(live, people["admin"]))
    keeping.erase(case, by=people["lead"], contact=True, ground="consent")
    follow()
    offered = ParcelOut.objects.get(kind="handover.offered")
    assert (offered.to_erase, "秦经理" in offered.body) == (True, True)

    while post.deliver(http):
        pass

    offered.refresh_from_db()
    assert (offered.state, offered.body, offered.to_erase) == ("delivered", "", False)
    places = {came["type"].split(".", 2)[2]: came["sequence"] for came in live.came}
    assert places["handover.offered.v1"] < places["erasure.v1"]
    gone("秦经理", "028-0000")


def test_erased_parcels_keep_their_place_in_the_outbox(
    client: Client, other: OtherNode, taken: Callable[..., tuple[Talk, Case]], people: dict[str, Person]
) -> None:
    _talk, case = taken()
    note = handling.note(case, by=people["handler"], text="秘密进展", shared=True)
    settle()
    keeping.erase(case, by=people["lead"], texts=[f"{note.number}.text"], ground="secret")
    settle()

    answer = other.get(client, f"{wire.OUTBOX}?after=1.0")

    items = {item["sequence"]: "erased" in item for item in answer.json()["parcels"]}
    sent = ParcelOut.objects.get(kind="progress")
    assert (items[sent.sequence], "秘密进展" in answer.content.decode()) == (True, False)


def test_erasure_waits_while_the_case_is_frozen(taken: Callable[..., tuple[Talk, Case]]) -> None:
    talk, case = taken()
    Case.objects.filter(pk=case.pk).update(frozen_epoch=1)

    parcel = talk.say("erasure", 2, **told(content=["contact"]))

    assert (parcel.state, parcel.reason) == ("waiting", "frozen")


def test_erasure_that_overtakes_the_offer_waits_for_it(client: Client, other: OtherNode, agreement: Agreement) -> None:
    talk = Talk(other, client, uuid4())
    data = OFFERED | {"offer": str(uuid4()), "agreement": str(agreement.pk)}
    offer = talk.body("handover.offered", 1, **data)

    early = talk.say("erasure", 1, **told(content=["contact"]))
    assert (early.state, early.reason, bodies("erasure.answered")) == ("waiting", "earlier-parcel-missing", [])
    talk.bring(offer)
    ParcelIn.objects.filter(pk=early.pk).update(next_try_at=now())
    talk.work()

    gone(*SECRET)
    assert bodies("erasure.answered") == [{"erasure": "e" * 64, "outcome": "erased"}]


def test_malformed_erasure_is_refused(taken: Callable[..., tuple[Talk, Case]]) -> None:
    talk, _case = taken()

    assert talk.say("erasure", 2, erasure="e" * 64, ground="<x>").state == "refused"
    assert talk.say("erasure", 2, **told(attachments=["no id"])).state == "refused"


def test_disposal_is_told_and_all_that_was_said_goes(
    taken: Callable[..., tuple[Talk, Case]], people: dict[str, Person]
) -> None:
    talk, case = taken()
    rows = [(row.pk, row.digest) for row in ParcelIn.objects.all()]
    Case.objects.filter(pk=case.pk).update(retention="10-years", disposable_on="2026-01-01", **{"state": "archived"})
    case.refresh_from_db()
    dispose(case, people)
    settle()

    gone(*SECRET, "许可迟延", "重庆示例外资有限公司")
    assert bodies("disposal") == [
        {"retention": "10-years", "on": day_of(case.changed_at).isoformat(), "number": case.number}
    ]
    assert [(row.pk, row.digest) for row in ParcelIn.objects.all()] == rows
    assert Offer.objects.get().content == {}
    assert talk.say("disposal", 2, retention="30-years", number="50-2026-000007").state == "done"


def dispose(case: Case, people: dict[str, Person]) -> None:
    from lianqiao.registry import actions
    from lianqiao.registry.models import Membership

    office = Membership.objects.get(person=people["admin"]).agency
    auditor = actions.add_person("auditor", by=people["admin"])
    actions.appoint(auditor, office, "audit", by=people["admin"])
    keeping.propose_disposal(case, by=people["lead"])
    keeping.dispose(case, by=auditor)
