"""The hand-over in all states of a small model, the model held against the tables of the house, and its ways walked with the real code."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.test import Client

from lianqiao.cases import flow
from lianqiao.cases.actions import intake, routing
from lianqiao.cases.flow import State
from lianqiao.cases.models import Case
from lianqiao.exchange import answering, inbox, kinds
from lianqiao.exchange.models import Offer, ParcelIn, ParcelOut
from lianqiao.record.time import now
from lianqiao.registry.models import Agreement, Person

from . import model
from .conftest import MAPPING, OFFERED, file_case, follow
from .model import Bounds, Node, Parcel, World
from .other_node import OtherNode
from .test_handover import AGENCY

# The search


@pytest.mark.parametrize("restores", [False, True], ids=["", "with a restore"])
def test_no_state_breaks_a_promise(restores: bool) -> None:
    searched = model.search(Bounds(offers=1, restores=restores, lose=not restores))

    assert searched.wrong == []
    assert set(searched.by_step) | ({"lose"} if restores else {"back up", "restore", "ask the peer"}) == {
        *model.STEPS, *model.AROUND,
    }  # fmt: skip


def test_the_nodes_come_to_the_same_whether_loss_is_a_step_or_not() -> None:
    assert model.search(Bounds(1)).nodes == model.search(Bounds(1, lose=False)).nodes


@pytest.mark.parametrize("restores", [False, True], ids=["", "with a restore"])
def test_the_nodes_come_to_the_same_whether_sending_is_a_step_or_not(restores: bool) -> None:
    def reached(bounds: Bounds) -> set[tuple[object, ...]]:
        """What both nodes can hold, but for what they know to be acknowledged."""
        worlds, new = {model.START}, [model.START]
        while new:
            more = {after for _step, after in model.next_worlds(new.pop(), bounds)} - worlds
            worlds |= more
            new += more
        return {
            tuple(node._replace(out=tuple(one.parcel for one in node.out)) for node in world.nodes)  # type: ignore[misc]
            for world in worlds
        }

    stepwise, eager = Bounds(1, restores, lose=False), Bounds(1, restores, lose=False, eager=True)
    assert reached(stepwise) == reached(eager)


def without_a_new_tenure(plain: Callable[..., Node | None]) -> Callable[..., Node | None]:
    def take_over(node: Node, me: int, number: int) -> Node | None:
        after = plain(node, me, number)
        return after and after.case and after._replace(case=after.case._replace(tenure=after.case.tenure - 1))

    return take_over


def given_back_though_taken(plain: Callable[..., Node]) -> Callable[..., Node]:
    def received(node: Node, me: int, told: Parcel) -> Node:
        found = model.offered(node, told.offer)
        if found and found.state == model.TAKEN:
            return model.send(node, model.GAVE_BACK, told.offer, found.tenure)
        return plain(node, me, told)

    return received


TWICE = Bounds(2, restores=True, lose=False, eager=True)


@pytest.mark.parametrize(
    ("bounds", "name", "planted"),
    [
        (Bounds(1), "offer", lambda plain: lambda node, n: (a := plain(node, n)) and a._replace(case=node.case)),
        (Bounds(1), "take_over", without_a_new_tenure),
        (Bounds(1), "RETRACT", given_back_though_taken),
        (Bounds(1), "received_at", lambda plain: lambda node, parcel: True),
        (Bounds(1, restores=True, lose=False), "asks_first", lambda plain: lambda node: False),
        (Bounds(1, restores=True, lose=False), "epoch_is_over", lambda plain: lambda sender, parcel: False),
        pytest.param(TWICE, "answered_before", lambda plain: lambda node, told: None, marks=pytest.mark.proof),
        pytest.param(TWICE, "said_before", lambda plain: lambda node, tenure: [], marks=pytest.mark.proof),
    ],
    ids=[
        "offered and still acted on", "tenure does not rise", "given back though taken",
        "acknowledged and not stored", "an offer answered before the peer was asked", "a late word of a lost epoch",
        "an offer comes back unanswered", "taken over again and handed back no more",
    ],
)  # fmt: skip
def test_a_planted_fault_is_found(
    monkeypatch: pytest.MonkeyPatch, bounds: Bounds, name: str, planted: Callable[..., Any]
) -> None:
    """The last four were faults of the house; the search found them."""
    if kind := getattr(model, name) if name.isupper() else "":
        monkeypatch.setitem(model.HANDLERS, kind, planted(model.HANDLERS[kind]))
    else:
        monkeypatch.setattr(model, name, planted(getattr(model, name)))

    assert model.search(bounds, most=100_000).wrong != []


# The model and the tables of the house


def test_each_step_of_the_model_is_a_verb_or_a_handler() -> None:
    verbs = {step: verb for step, verb in model.STEPS.items() if isinstance(verb, str)}
    assert {verb: flow.VERBS[verb].room for verb in verbs.values()} == dict.fromkeys(verbs.values(), "routing")
    assert {kind for kind in kinds.HANDLERS if kind.startswith("handover.")} == set(model.STEPS["work on"])
    assert set(model.HANDLERS) == set(model.STEPS["work on"])


def test_the_model_moves_a_case_as_the_flow_table_does() -> None:
    def way(verb: str, state: State | None) -> Any:
        rule = flow.VERBS[verb].rule(state)
        return rule and rule.reaches

    a, o, h = State.ACCEPTED, State.OFFERED, State.HANDED_OVER
    assert {verb: [way(verb, state) for state in (None, a, o, h)] for verb in (
        "offer", "retract", "take_over", "taken_over", "declined", "retracted",
    )} == {
        "offer": [None, o, None, None],
        "retract": [None, None, flow.STAYS, None],
        "take_over": [a, None, None, a],
        "taken_over": [None, None, h, None],
        "declined": [None, None, flow.RETURNS, None],
        "retracted": [None, None, flow.RETURNS, None],
    }  # fmt: skip


@pytest.mark.parametrize(("state", "verbs"), [(State.OFFERED, {"retract"}), (State.HANDED_OVER, {"take_over"})])
def test_people_act_on_the_substance_only_where_the_model_lets_them(state: State, verbs: set[str]) -> None:
    """Besides the steps of the hand-over itself nobody acts while a case is offered or handed over."""
    told = {flow.Role.PEER, flow.Role.NODE, flow.Role.CLOCK, flow.Role.NEIGHBOUR, flow.Role.ASKED}
    acting = {
        verb.name for verb in flow.VERBS.values()
        if (rule := verb.rule(state)) and rule.substance and not rule.who <= told
    }  # fmt: skip
    assert acting == verbs


# The ways of the model with the real code

WEIGHTS = {
    "offer": 4,
    "take over": 4,
    "decline": 2,
    "ask back": 2,
    "work on": 5,
    "send": 4,
    "arrive": 4,
    "acknowledge": 1,
}


class Walk:
    """One dossier between this node (51, real) and node 50, which does as the model says. `me`: which of the model's nodes is the real one."""

    def __init__(self, me: int, other: OtherNode, client: Client, people: dict[str, Person], agreement: Agreement):
        self.me, self.other, self.client, self.people, self.agreement = me, other, client, people, agreement
        self.world = model.START
        self.offers: dict[int, UUID] = {}
        self.said: dict[Parcel, bytes] = {}  # by node 50
        self.dossier = uuid4()
        if me == 0:
            case = file_case(people)
            intake.accept(case, by=people["intake"])
            self.dossier = case.dossier
        follow()

    def go(self, steps: int, chance: random.Random) -> list[str]:
        taken = []
        for _step in range(steps):
            ways = list(model.steps(self.world, Bounds(offers=4, tenure=4, lose=False)))
            if not ways:
                break
            step, after = chance.choices(ways, [WEIGHTS[str(step[0])] for step, _after in ways])[0]
            taken.append(str(step[0]))
            self.take(step, after)
            assert self.real() == self.modelled(), (taken, step)
        return taken

    def take(self, step: tuple[Any, ...], after: World) -> None:
        name, who, *rest = step
        if name == "arrive" and who != self.me:
            answer = self.other.post(self.client, self.said[rest[0]])
            assert answer.status_code in (200, 202), answer.content
        elif who == self.me:
            self.do(name, *rest)
        else:
            for sent in after.nodes[who].out[len(self.world.nodes[who].out) :]:
                self.said[sent.parcel] = self.body(sent.parcel)
        self.world = after

    def do(self, name: str, *rest: Any) -> None:
        by = self.people["intake"]
        if name == "offer":
            routing.offer(self.case(), by=by, agreement=self.agreement.pk, clause="3.3", reason="x")
            self.offers[rest[0]] = self.case().offer or uuid4()
        elif name == "ask back":
            routing.retract(self.case(), by=by, reason="x")
        elif name == "take over":
            answering.take_over(self.offers[rest[0]], by=by, **MAPPING)
        elif name == "decline":
            answering.decline(self.offers[rest[0]], by=by, reason="x")
        elif name == "work on":
            inbox.settle(self.row(rest[0]).pk)
        follow()

    def body(self, parcel: Parcel) -> bytes:
        """What node 50 says, with the same offer under the same id."""
        offer = self.offers.setdefault(parcel.offer, uuid4())
        data: dict[str, Any] = {"offer": str(offer), "reason": "x"}
        if parcel.kind == model.OFFER:
            data = OFFERED | {"offer": str(offer), "agreement": str(self.agreement.pk)}
        elif parcel.kind == model.TOOK:
            data |= {"number": "50-2026-000001", "agency": AGENCY}
        return self.other.parcel(parcel.kind, data, dossier=self.dossier, tenure=parcel.tenure)

    def case(self) -> Case:
        return Case.objects.get(dossier=self.dossier)

    def row(self, parcel: Parcel) -> ParcelIn:
        return ParcelIn.objects.get(parcel=UUID(id_of(self.said[parcel])))

    def real(self) -> dict[str, Any]:
        """What the database of this node holds of the dossier."""
        case = Case.objects.filter(dossier=self.dossier).first()
        out = ParcelOut.objects.filter(dossier=self.dossier, kind__startswith="handover").order_by("sequence")
        came = {row.parcel: row for row in ParcelIn.objects.filter(dossier=self.dossier)}
        return {
            "case": case and (case.state, case.tenure, case.holder_node, case.offer, case.retraction_asked),
            "offers": set(Offer.objects.filter(dossier=self.dossier).values_list("pk", "tenure", "state")),
            "out": [(row.kind, row.tenure) for row in out],
            "came": {
                key: model.STORED if row.state == "waiting" and row.next_try_at <= now() else row.state
                for key, row in came.items()
            },
        }

    def modelled(self) -> dict[str, Any]:
        node = self.world.nodes[self.me]
        case = node.case
        holders = ("51", "50") if self.me == 0 else ("50", "51")
        return {
            "case": case
            and (case.state, case.tenure, holders[case.holder], self.offers.get(case.offer), case.asked_back),
            "offers": {(self.offers[one.number], one.tenure, one.state) for one in node.offers},
            "out": [(sent.parcel.kind, sent.parcel.tenure) for sent in node.out],
            "came": {UUID(id_of(self.said[came.parcel])): came.state for came in node.came},
        }


def id_of(body: bytes) -> str:
    return str(json.loads(body)["id"])


@pytest.mark.django_db
@pytest.mark.parametrize("me", [0, 1], ids=["home", "receiver"])
@pytest.mark.parametrize("walks", [4, pytest.param(20, marks=pytest.mark.proof)])
def test_the_real_code_goes_the_ways_of_the_model(
    other: OtherNode,
    client: Client,
    people: dict[str, Person],
    agreement: Agreement,
    me: int,
    walks: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Random ways of forty steps; after each step the database holds what the model says. A parcel that waits is woken and knows no hours."""
    monkeypatch.setattr(inbox, "distance", lambda tries: timedelta(hours=1))
    taken = set[str]()
    for number in range(walks):
        walk = Walk(me, other, client, people, agreement)
        taken |= set(walk.go(40, random.Random(f"{me} {number}")))

    assert taken == set(WEIGHTS)
