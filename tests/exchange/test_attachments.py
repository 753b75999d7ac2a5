"""Files of shared cases: given to the node that a clause shares them with, to nobody else; fetched whole or not at all."""

import hashlib
from base64 import b64decode
from datetime import timedelta
from typing import Any
from uuid import uuid4

import httpx
import pytest
import time_machine
from django.test import Client

from lianqiao.cases import files
from lianqiao.cases.actions import handling
from lianqiao.cases.models import Attachment, Case
from lianqiao.exchange import answering, attachments, wire
from lianqiao.exchange.models import Alarm, Fetch, Peer
from lianqiao.record.models import Event
from lianqiao.record.time import now
from lianqiao.registry.models import Agreement, Person

from .conftest import MAPPING, agree, befriend, follow, incoming, offer_case, terms
from .other_node import OtherNode

TEXT = "合同第一条。".encode()
DIGEST = hashlib.sha256(TEXT).hexdigest()


def with_file(case: Case, person: Person, audience: str = "everyone") -> Attachment:
    stored = files.store(case.uid, "合同.txt", [TEXT])
    handling.attach(case, by=person, audience=audience, **stored._asdict())
    return Attachment.objects.get(pk=stored.attachment)


def asked(client: Client, other: OtherNode, row: Attachment) -> Any:
    return other.get(client, f"{wire.ATTACHMENTS}{row.pk}")


def test_file_is_given_to_the_node_that_is_offered_the_case(
    client: Client, other: OtherNode, people: dict[str, Person], agreement: Agreement
) -> None:
    case = offer_case(people, agreement)
    row = with_file(case, people["owner"])

    answer = asked(client, other, row)

    assert (answer.status_code, b"".join(answer.streaming_content)) == (200, TEXT)
    assert b64decode(answer["Content-Digest"].removeprefix("sha-256=:").removesuffix(":")).hex() == DIGEST
    event = Event.objects.get(subject_kind="attachment", subject=row.pk)
    assert (event.verb, event.by_kind, event.by, event.data["sha256"]) == ("fetched", "node", "50", DIGEST)


def test_file_is_not_given(client: Client, other: OtherNode, people: dict[str, Person], agreement: Agreement) -> None:
    """For officers only; of a case that is not shared; to a third node; without signature."""
    shared = offer_case(people, agreement)
    given = with_file(shared, people["owner"])
    from .conftest import file_case

    own = with_file(file_case(people, title="另一件"), people["owner"])
    internal = with_file(shared, people["intake"], audience="officers")
    third = OtherNode("33")
    befriend(third, people["admin"])

    answers = [
        asked(client, other, own),
        asked(client, other, internal),
        asked(client, third, given),
        client.get(f"{wire.ATTACHMENTS}{given.pk}"),
    ]

    assert [(answer.status_code, answer.json()["code"]) for answer in answers] == [(404, "not-shared")] * 3 + [
        (401, "bad-signature")
    ]
    assert Event.objects.filter(subject_kind="attachment").count() == 0


def test_file_is_not_given_when_the_clause_shares_none(
    client: Client, other: OtherNode, peer: Peer, people: dict[str, Person]
) -> None:
    text = terms()
    for clause in text["clauses"]:
        clause["shares"] = ["identity"]
    row = with_file(offer_case(people, agree(other, people["admin"], text)), people["owner"])

    assert asked(client, other, row).status_code == 404


class Shelf:
    """Node 50 serving one file."""

    def __init__(self, other: OtherNode) -> None:
        self.id, self.content, self.status = str(uuid4()), TEXT, 200
        self.asked = 0
        other.raw[f"{wire.ATTACHMENTS}{self.id}"] = lambda: (self.count(), self.content)

    def count(self) -> int:
        self.asked += 1
        return self.status

    def named(self, **changed: Any) -> dict[str, Any]:
        return {
            "id": self.id,
            "name": "合同.txt",
            "media_type": "text/plain",
            "size": len(TEXT),
            "sha256": DIGEST,
        } | changed


@pytest.fixture
def shelf(live: OtherNode) -> Shelf:
    return Shelf(live)


def taken_over(live: OtherNode, client: Client, people: dict[str, Person], named: dict[str, Any]) -> Case:
    _talk, offer = incoming(live, client, agree(live, people["admin"]), attachments=[named])
    case, _event = answering.take_over(offer.pk, by=people["intake"], **MAPPING)
    follow()
    return case


def test_named_file_is_fetched_after_the_take_over(
    live: OtherNode, shelf: Shelf, client: Client, people: dict[str, Person], http: httpx.Client
) -> None:
    case = taken_over(live, client, people, shelf.named())
    row = Attachment.objects.get()
    assert (str(row.pk), row.case, row.stored, row.origin_node) == (shelf.id, case, False, "50")

    assert attachments.work(http) == 1

    row.refresh_from_db()
    assert (row.stored, files.path_of(case.uid, row.pk).read_bytes()) == (True, TEXT)
    assert (Fetch.objects.get().state, attachments.work(http), shelf.asked) == ("done", 0, 1)


@pytest.mark.parametrize("content", [b"another text", b""])
def test_another_file_is_not_kept(
    live: OtherNode, shelf: Shelf, client: Client, people: dict[str, Person], http: httpx.Client, content: bytes
) -> None:
    case = taken_over(live, client, people, shelf.named())
    shelf.content = content

    attachments.work(http)

    assert (Fetch.objects.get().state, Attachment.objects.get().stored) == ("failed", False)
    assert not files.path_of(case.uid, Attachment.objects.get().pk).exists()
    assert Alarm.objects.values_list("kind", "node").get() == ("attachment-missing", "50")


def test_fetching_is_tried_again(
    live: OtherNode, shelf: Shelf, client: Client, people: dict[str, Person], http: httpx.Client
) -> None:
    taken_over(live, client, people, shelf.named())
    shelf.status = 503
    attachments.work(http)
    assert (Fetch.objects.get().state, attachments.work(http)) == ("waiting", 0)

    shelf.status = 200
    with time_machine.travel(now() + timedelta(seconds=3), tick=True):
        attachments.work(http)

    assert (Fetch.objects.get().state, Attachment.objects.get().stored) == ("done", True)


def test_file_under_the_id_of_another_case_changes_nothing(
    live: OtherNode, shelf: Shelf, client: Client, people: dict[str, Person], http: httpx.Client
) -> None:
    from .conftest import file_case

    own = file_case(people)
    row = with_file(own, people["owner"])
    taken_over(live, client, people, shelf.named(id=str(row.pk), sha256="0" * 64))

    attachments.work(http)

    row.refresh_from_db()
    assert (row.case, row.sha256, files.path_of(own.uid, row.pk).read_bytes()) == (own, DIGEST, TEXT)


@pytest.mark.parametrize("changed", [{"sha256": "x"}, {"size": 0}, {"id": "x"}, {"name": ""}])
def test_offer_that_names_no_file_is_refused(
    live: OtherNode, client: Client, people: dict[str, Person], changed: dict[str, Any]
) -> None:
    from .conftest import OFFERED, Talk

    agreement = agree(live, people["admin"])
    named = {"id": str(uuid4()), "name": "a.txt", "media_type": "text/plain", "size": 1, "sha256": "0" * 64} | changed
    talk = Talk(live, client, uuid4())

    parcel = talk.say(
        "handover.offered",
        1,
        **OFFERED | {"offer": str(uuid4()), "agreement": str(agreement.pk), "attachments": [named]},
    )

    assert (parcel.state, parcel.reason[:9]) == ("refused", "malformed")
