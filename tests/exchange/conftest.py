"""Node 51 with an administrator, and node 50, which it trusts."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from django.test import Client
from tests.worlds import laid_out

import lianqiao.site
from lianqiao.cases.actions import intake, routing
from lianqiao.cases.models import Case
from lianqiao.exchange import calls, inbox, peers
from lianqiao.exchange.models import Offer, ParcelIn, Peer
from lianqiao.record import followers, keys, nodes, sequencer
from lianqiao.record.models import Node
from lianqiao.registry import actions, agreements, tokens
from lianqiao.registry import terms as wording
from lianqiao.registry.models import Agreement, Enterprise, Membership, Person, Region

from .other_node import OtherNode


@dataclass
class Between:
    """Who is there when two centres are about to hand over to each other."""

    node: Node
    admin: Person
    other: OtherNode
    peer: Peer
    people: dict[str, Person]


@pytest.fixture
def between(db: None, settings: Any, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Between | None]:
    """All of them at once, for the tests that need the people and the peer; the others get each as they ask for it."""
    settings.LIANQIAO_DATA = tmp_path
    nodes.forget()
    tokens.forget()
    yield laid_out("between", tmp_path, introduced) if {"people", "peer"} <= {*request.fixturenames} else None
    nodes.forget()


def introduced() -> Between:
    node, other = established(), OtherNode()
    admin = first_admin()
    return Between(node, admin, other, befriend(other, admin), people_of(admin))


@pytest.fixture
def node(between: Between | None) -> Node:
    return between.node if between else established()


def established() -> Node:
    return nodes.establish("51", "四川", "Sichuan", "http://127.0.0.1:8051")


@pytest.fixture
def admin(node: Node, between: Between | None) -> Person:
    return between.admin if between else first_admin()


def first_admin() -> Person:
    keys.ensure()
    return actions.first_admin(
        "root",
        name="Administrator",
        region=Region(code="510000", name_zh="四川省", name_en="Sichuan", node_code="51"),
        agency_code="sc-office",
        agency_zh="节点运行办公室",
        agency_en="Office of the node",
    )


@pytest.fixture
def other(between: Between | None) -> OtherNode:
    return between.other if between else OtherNode()


def befriend(other: OtherNode, admin: Person) -> Peer:
    """Added and trusted, as an administrator does it."""
    peers.add(other.card(), by=admin)
    (key,) = Peer.objects.get(pk=other.code).keys.all()
    return peers.trust(other.code, peers.shown(peers.fingerprint_of(key)), by=admin)


@pytest.fixture
def peer(other: OtherNode, admin: Person, between: Between | None) -> Peer:
    """Node 50, known and trusted, whose address leads nowhere."""
    return between.peer if between else befriend(other, admin)


@pytest.fixture
def live(other: OtherNode, admin: Person) -> Iterator[OtherNode]:
    """Node 50, known, trusted, and answering."""
    with other.serving():
        befriend(other, admin)
        yield other


@pytest.fixture
def http() -> Iterator[httpx.Client]:
    with calls.client() as client:
        yield client


# Two centres that hand over to each other

DEMO = Path(lianqiao.site.__file__).parent / "demo"
FOREIGN = "91510100MA6C000332"


@pytest.fixture
def guard(admin: Person) -> Person:
    """The security administrator."""
    person = actions.add_person("guard", by=admin)
    actions.appoint(person, Membership.objects.get(person=admin).agency, "security", by=admin)
    return person


@pytest.fixture
def people(admin: Person, between: Between | None) -> dict[str, Person]:
    return between.people if between else people_of(admin)


def people_of(admin: Person) -> dict[str, Person]:
    """The people of the complaint centre for foreign-invested enterprises, the owner of one, and somebody else."""
    region = Region.objects.get(code="510000")
    centre = actions.add_agency(
        "sc-fie-centre",
        name_zh="四川省外商投资企业投诉中心",
        name_en="Complaint Center",
        kind="complaint_centre",
        region=region,
        by=admin,
    )
    actions.add_agency(
        "cd-market", name_zh="市场监督管理局", name_en="Market Regulation", kind="department", region=region, by=admin
    )
    enterprise = actions.add_enterprise(
        name_zh="示例外资有限公司",
        name_en="Example Co., Ltd.",
        kind="foreign_invested",
        region=region,
        uscc=FOREIGN,
        origin="SG",
        by=admin,
    )
    cast = {
        name: actions.add_person(name, name=name, by=admin)
        for name in ("owner", "intake", "handler", "lead", "stranger")
    }
    for role in ("intake", "handler", "lead"):
        actions.appoint(cast[role], centre, role, by=admin)
    actions.link_owner(cast["owner"], enterprise, by=admin)
    return cast | {"admin": admin}


def terms() -> dict[str, Any]:
    """The agreement of 29 May 2020, as far as it concerns the two complaint centres for foreign-invested enterprises."""
    text = dict(json.loads((DEMO / "agreement-2020.json").read_text(encoding="utf-8")))
    for party in text["parties"]:
        party["agencies"] = [
            agency for agency in party["agencies"] if agency["code"] in ("sc-fie-centre", "cq-fie-centre")
        ]
    text["clauses"] = [clause for clause in text["clauses"] if clause["ref"] in ("3.3", "3.4")]
    return text


def signature(other: OtherNode, text: dict[str, Any]) -> str:
    return other.key.sign(wording.message(text)).hex()


def agree(other: OtherNode, admin: Person, text: dict[str, Any] | None = None) -> Agreement:
    """Proposes and signs here, and takes the other side's signature."""
    text = text or terms()
    agreement = agreements.sign(agreements.propose(text, by=admin), by=admin)
    return agreements.receive_signature(agreement, other.code, other.key.kid, signature(other, text), other.public())


@pytest.fixture
def agreement(peer: Peer, other: OtherNode, people: dict[str, Person]) -> Agreement:
    return agree(other, people["admin"])


def file_case(people: dict[str, Person], **given: Any) -> Case:
    told = {
        "agency": "sc-fie-centre", "programme": "fie-complaint", "kind": "infringement", "category": "enforcement",
        "title": "扣押货物无据", "facts": "市场监管部门扣押我司货物，未出具文书。", "request": "请求返还货物。",
        "enterprise": Enterprise.objects.get(uscc=FOREIGN).pk, "respondents": ["cd-market"],
        "contact": {"name": "秦经理", "phone": "028-0000"},
    }  # fmt: skip
    return intake.file(by=people["owner"], **(told | given)).case


def offer_case(people: dict[str, Person], agreement: Agreement, **given: Any) -> Case:
    """A case filed and offered to node 50; the parcel is in the outbox."""
    case = file_case(people, **given)
    routing.offer(case, by=people["intake"], agreement=agreement.pk, clause="3.3", reason="行为发生在重庆。")
    follow()
    return case


def follow() -> None:
    """Lets the followers of the log do their part, as the follower process does."""
    while sequencer.place_pending() + followers.run("exchange"):
        pass


class Talk:
    """What node 50 says of one dossier, through the door of this one, worked on at once."""

    def __init__(self, other: OtherNode, client: Client, dossier: UUID) -> None:
        self.other, self.client, self.dossier = other, client, dossier

    def body(self, kind: str, tenure: int, **data: Any) -> bytes:
        return self.other.parcel(kind, data, dossier=self.dossier, tenure=tenure)

    def bring(self, body: bytes) -> ParcelIn:
        response = self.other.post(self.client, body)
        assert response.status_code in (200, 202), response.content
        self.work()
        return ParcelIn.objects.get(parcel=json.loads(body)["id"])

    def say(self, kind: str, tenure: int, **data: Any) -> ParcelIn:
        return self.bring(self.body(kind, tenure, **data))

    def work(self) -> None:
        while inbox.work():
            pass


OFFERED = {
    "clause": "3.4", "reason": "行为发生在四川。", "trigger": "", "offered_on": "2026-01-05",
    "content": {
        "title": "许可迟延", "facts": "许可申请逾期未决。", "request": "请求尽快决定。", "basis": "", "kind": "infringement",
        "programme": "fie-complaint", "category": "licensing", "confidential": False, "respondents": ["cq-unknown"],
        "home_node": "50", "from_number": "50-2026-000007", "first_filed_on": "2026-01-04", "handle_from": "2026-01-05",
        "enterprise_name": "重庆示例外资有限公司", "enterprise_code": "", "contact": {"name": "何女士", "phone": "023-0000"},
    },
    "attachments": [],
}  # fmt: skip
MAPPING = {"agency": "sc-fie-centre", "programme": "fie-complaint", "kind": "infringement", "category": "enforcement"}


def incoming(
    other: OtherNode, client: Client, agreement: Agreement, *, tenure: int = 1, **changed: Any
) -> tuple[Talk, Offer]:
    """An offer of node 50 that lies before us."""
    talk = Talk(other, client, changed.pop("dossier", None) or uuid4())
    data = OFFERED | {"offer": str(uuid4()), "agreement": str(agreement.pk)} | changed
    parcel = talk.say("handover.offered", tenure, **data)
    assert parcel.state == "done", parcel.reason
    return talk, Offer.objects.get(pk=data["offer"])
