"""Objections that cross: to the agency above the one that concluded, on its node; what the first case is told; handled anew when returned."""

import json
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from lianqiao.cases.actions import conclusion, intake, routing
from lianqiao.cases.models import Case
from lianqiao.exchange import answering
from lianqiao.exchange.models import Alarm, Offer, ParcelOut
from lianqiao.record.models import Event
from lianqiao.record.refusal import Refused
from lianqiao.registry import actions, agreements, remembered
from lianqiao.registry.models import Agency, Agreement, Person, Region

from .conftest import MAPPING, Talk, agree, befriend, file_case, follow, incoming, offer_case, terms
from .other_node import OtherNode

pytestmark = pytest.mark.django_db
AGENCY = {"code": "cq-fie-centre", "zh": "重庆市外商投资投诉中心", "en": "Chongqing Complaint Center"}


def newest(kind: str) -> dict[str, Any]:
    return dict(json.loads(ParcelOut.objects.filter(kind=kind).order_by("-epoch", "-sequence")[0].body)["data"])


def steps(case: Case) -> list[str]:
    told = Event.objects.about("case", case.uid).filter(verb="objection_told")
    return [event.data["step"] for event in told]


def state(case: Case) -> str:
    case.refresh_from_db()
    return case.state


def taken(case: Case) -> dict[str, Any]:
    return {
        "offer": str(case.offer),
        "number": "50-2026-000001",
        "agency": AGENCY,
        "due_on": "2026-12-31",
        "mapping": {},
    }


RESULT = {"ground": "resolved", "text": "货物已返还。", "concluded_on": "2026-11-20"}


# At the home desk


@pytest.fixture
def first(people: dict[str, Person], agreement: Agreement, other: OtherNode, client: Client) -> Case:
    """Our case, concluded by node 50, delivered here."""
    case = offer_case(people, agreement)
    talk = Talk(other, client, case.dossier)
    talk.say("handover.taken", 2, **taken(case))
    talk.say("result", 2, **RESULT)
    case.refresh_from_db()
    conclusion.deliver(case, by=people["intake"], method="electronic")
    follow()
    return case


def test_object_is_passed_on_at_once_with_the_materials(first: Case, people: dict[str, Person]) -> None:
    made = conclusion.object(first, by=people["owner"], reason="未赔偿损失。")
    follow()

    data = newest("handover.offered")
    new = made.filed.case
    assert (new.state, new.offered_to, new.objection_to_id, new.dossier == first.dossier) == (
        "offered",
        "50",
        first.pk,
        False,
    )
    assert data["objection"] == {
        "dossier": str(first.dossier), "number": first.number, "ground": "resolved", "result": "货物已返还。",
        "concluded_on": "2026-11-20",
    }  # fmt: skip
    assert (data["clause"], data["content"]["facts"], data["content"]["home_node"]) == ("3.3", "未赔偿损失。", "51")
    assert Case.objects.visible_to(people["owner"]).count() == 2


def test_objection_goes_also_when_the_agreement_has_ended(
    first: Case, people: dict[str, Person], agreement: Agreement
) -> None:
    agreements.end(agreement, by=people["admin"], reason="期满。")

    assert conclusion.object(first, by=people["owner"], reason="未赔偿损失。").filed.case.state == "offered"


def test_first_case_follows_the_objection_and_is_handled_anew(
    first: Case, people: dict[str, Person], other: OtherNode, client: Client
) -> None:
    new = conclusion.object(first, by=people["owner"], reason="未赔偿损失。").filed.case
    follow()
    about_new, about_first = Talk(other, client, new.dossier), Talk(other, client, first.dossier)
    about_new.say("handover.taken", 2, **taken(new))
    about_first.say("reopened", 2, reason="重新处理。")
    about_new.say("result", 2, **(RESULT | {"outcome": "returned"}))
    follow()

    assert (steps(first), state(first), state(new)) == (["accepted", "returned"], "handed_over", "concluded")
    assert first.score is None
    about_first.say("result", 2, **(RESULT | {"text": "已赔偿。"}))
    assert (state(first), Alarm.objects.count()) == ("concluded", 0)


def test_declined_objection_returns_and_is_not_decided_here(
    first: Case, people: dict[str, Person], other: OtherNode, client: Client
) -> None:
    new = conclusion.object(first, by=people["owner"], reason="未赔偿损失。").filed.case
    follow()
    Talk(other, client, new.dossier).say(
        "handover.declined", 1, offer=str(new.offer), reason="逾期。", competent_body=""
    )
    follow()

    with pytest.raises(Refused) as refused:
        intake.accept(new, by=people["intake"])
    assert (refused.value.code, state(new), steps(first)) == ("decided-elsewhere", "filed", ["declined"])
    intake.refuse(new, by=people["intake"], ground="2", reason="上级机构未受理。")
    assert conclusion.object(first, by=people["owner"], reason="另有新证据。").filed.case.state == "offered"


def test_second_objection_waits_for_the_first(first: Case, people: dict[str, Person]) -> None:
    conclusion.object(first, by=people["owner"], reason="未赔偿损失。")

    with pytest.raises(Refused) as refused:
        conclusion.object(first, by=people["owner"], reason="再次异议。")

    assert refused.value.code == "objected-already"


# At the node that concluded


@pytest.fixture
def upper(people: dict[str, Person]) -> Person:
    """An officer of the agency above our centre."""
    centre = Agency.objects.get(code="sc-fie-centre")
    commerce = actions.add_agency(
        "sc-commerce", name_zh="商务厅", name_en="Commerce", kind="department", region=centre.region, by=people["admin"]
    )
    Agency.objects.filter(pk=centre.pk).update(upper=commerce)
    remembered.empty()
    person = actions.add_person("upper", by=people["admin"])
    for role in ("intake", "handler", "lead"):
        actions.appoint(person, commerce, role, by=people["admin"])
    return person


@pytest.fixture
def ours(people: dict[str, Person], agreement: Agreement, other: OtherNode, client: Client) -> Case:
    """A case of node 50 that we have concluded and it has delivered."""
    talk, offer = incoming(other, client, agreement)
    case, _event = answering.take_over(offer.pk, by=people["intake"], **MAPPING)
    conclusion.conclude(case, by=people["handler"], ground="1", text="已决定。")
    talk.say("delivered", 2, delivered_on="2026-11-20", method="electronic")
    follow()
    return case


def objected(other: OtherNode, client: Client, agreement: Agreement, first: Case, **changed: Any) -> tuple[Talk, Offer]:
    objection = {"dossier": str(first.dossier), "number": "50-2026-000007", "ground": "1", "result": "已决定。"}
    return incoming(other, client, agreement, objection=objection, **changed)


def test_objection_waits_for_the_agency_above(
    ours: Case, upper: Person, agreement: Agreement, other: OtherNode, client: Client, people: dict[str, Person]
) -> None:
    _talk, offer = objected(other, client, agreement, ours)

    assert (offer.state, offer.agency) == ("waiting", "sc-commerce")
    with pytest.raises(Refused) as unseen:
        answering.take_over(offer.pk, by=people["intake"], **MAPPING)
    actions.appoint(upper, Agency.objects.get(code="sc-fie-centre"), "lead", by=people["admin"])
    with pytest.raises(Refused) as not_above:
        answering.take_over(offer.pk, by=Person.objects.get(pk=upper.pk), **MAPPING)
    assert (unseen.value.code, not_above.value.code) == ("unknown-offer", "not-above")


@pytest.mark.parametrize(
    ("outcome", "then"), [("maintained", "delivered"), ("changed", "delivered"), ("returned", "accepted")]
)
def test_outcome_of_the_objection_reaches_the_first_case(
    ours: Case, upper: Person, agreement: Agreement, other: OtherNode, client: Client, outcome: str, then: str
) -> None:
    _talk, offer = objected(other, client, agreement, ours)
    new, _event = answering.take_over(offer.pk, by=upper, **(MAPPING | {"agency": "sc-commerce"}))
    follow()
    assert (new.objection_to, steps(ours)) == (ours, ["accepted"])
    assert Case.objects.visible_to(Person.objects.get(pk=upper.pk)).count() == 2
    with pytest.raises(Refused) as refused:
        conclusion.conclude(new, by=upper, ground="1", text="复核完毕。")
    conclusion.conclude(new, by=upper, ground="1", text="复核完毕。", outcome=outcome)
    follow()
    follow()

    assert (refused.value.code, steps(ours), state(ours)) == ("outcome", ["accepted", outcome], then)
    assert newest("result")["outcome"] == outcome
    reopened = ParcelOut.objects.filter(kind="reopened", dossier=ours.dossier, tenure=2)
    handling = ours.clocks.running().filter(name="handle")
    assert (reopened.count(), handling.count()) == ((1, 1) if outcome == "returned" else (0, 0))
    assert Alarm.objects.count() == 0


def test_objection_under_no_clause_is_declined_by_the_node(
    ours: Case, upper: Person, agreement: Agreement, other: OtherNode, client: Client
) -> None:
    unknown = objected(other, client, agreement, Case(dossier=uuid4()))[1]
    agreements.end(agreement, by=Person.objects.get(account="root"), reason="期满。")
    late = objected(other, client, agreement, ours)[1]

    assert (unknown.state, late.state) == ("declined", "waiting")


def test_declined_here_tells_the_first_case(
    ours: Case, upper: Person, agreement: Agreement, other: OtherNode, client: Client
) -> None:
    _talk, offer = objected(other, client, agreement, ours)
    answering.decline(offer.pk, by=upper, reason="无新的理由。")
    follow()
    follow()

    assert (steps(ours), state(ours)) == (["declined"], "delivered")


def test_objection_without_an_agency_above_is_declined(
    ours: Case, agreement: Agreement, other: OtherNode, client: Client
) -> None:
    assert objected(other, client, agreement, ours)[1].state == "declined"
    assert newest("handover.declined")["reason"] == "no-agency-above"


def test_conclude_of_another_case_takes_no_outcome(people: dict[str, Person]) -> None:
    case = file_case(people)
    intake.accept(case, by=people["intake"])

    with pytest.raises(Refused) as refused:
        conclusion.conclude(case, by=people["handler"], ground="1", text="了结。", outcome="changed")

    assert refused.value.code == "outcome"


def test_agency_above_on_another_node_is_reached_under_a_clause_that_lets_it(people: dict[str, Person]) -> None:
    admin = people["admin"]
    third = OtherNode("42")
    befriend(third, admin)
    centre = Agency.objects.get(code="sc-fie-centre")
    region = Region.objects.create(code="420000", name_zh="湖北", name_en="Hubei", node_code="42")
    national = actions.add_agency(
        "national-centre", name_zh="全国中心", name_en="National", kind="complaint_centre", region=region, by=admin
    )
    Agency.objects.filter(pk=centre.pk).update(upper=national)
    remembered.empty()
    case = file_case(people)
    intake.refuse(case, by=people["intake"], ground="2", reason="属民商事纠纷。")
    with pytest.raises(Refused) as refused:
        conclusion.object(case, by=people["owner"], reason="系行政行为。")
    with pytest.raises(Refused) as elsewhere:
        routing.route(file_case(people), by=people["lead"], agency="national-centre", reason="x")

    text = terms()
    text["parties"][1] = {"node": "42", "agencies": [{"code": "national-centre", "zh": "全国中心", "en": "National"}]}
    text["clauses"] = [text["clauses"][0] | {"to": {"node": "42", "agency": "national-centre"}, "lets": ["objection"]}]
    agree(third, admin, text)
    new = conclusion.object(case, by=people["owner"], reason="系行政行为。").filed.case
    follow()

    assert (refused.value.code, elsewhere.value.code) == ("no-clause-for-objections", "unknown-agency")
    assert (new.state, new.offered_to) == ("offered", "42")
    assert newest("handover.offered")["objection"]["result"] == "属民商事纠纷。"


def test_objection_within_the_node_tells_and_reopens_the_first_case(people: dict[str, Person], upper: Person) -> None:
    case = file_case(people)
    intake.accept(case, by=people["intake"])
    conclusion.conclude(case, by=people["handler"], ground="1", text="了结。")
    conclusion.deliver(case, by=people["intake"], method="electronic")
    new = conclusion.object(case, by=people["owner"], reason="未解决。").filed.case
    intake.accept(new, by=upper)
    conclusion.conclude(new, by=upper, ground="1", text="退回。", outcome="returned")
    follow()

    assert (steps(case), state(case)) == (["accepted", "returned"], "accepted")
