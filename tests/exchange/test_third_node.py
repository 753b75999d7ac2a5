"""A case that came from one node and goes on to a third: reports go back the way it came, answers and materials go on."""

import json
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from lianqiao.cases import files
from lianqiao.cases.actions import routing
from lianqiao.cases.models import Attachment, Case
from lianqiao.exchange import answering, attachments
from lianqiao.exchange.models import Alarm, Fetch, ParcelOut
from lianqiao.registry.models import Agreement, Person

from .conftest import MAPPING, Talk, agree, befriend, follow, incoming, terms
from .other_node import OtherNode

pytestmark = pytest.mark.django_db
AGENCY = {"code": "hb-fie-centre", "zh": "湖北中心", "en": "Hubei Center"}


def between_51_and_42(**changed: Any) -> dict[str, Any]:
    text = terms() | {"reference": "SC-HB-2021-01-01"}
    text["parties"] = [text["parties"][0], {"node": "42", "agencies": [AGENCY]}]
    text["clauses"] = [text["clauses"][0] | {"to": {"node": "42", "agency": "hb-fie-centre"}} | changed]
    return text


class Chain:
    """A case of node 50 that we have taken over and node 42 has taken over from us."""

    def __init__(
        self, other: OtherNode, client: Client, people: dict[str, Person], agreement: Agreement, **clause: Any
    ):
        third = OtherNode("42")
        befriend(third, people["admin"])
        onward = agree(third, people["admin"], between_51_and_42(**clause))
        self.people, self.client = people, client
        self.home, offer = incoming(other, client, agreement)
        self.case, _event = answering.take_over(offer.pk, by=people["intake"], **MAPPING)
        given = {"agreement": onward.pk, "clause": "3.3", "reason": "门店在湖北。"}
        routing.offer(self.case, by=people["intake"], **given)
        follow()
        self.answering = Talk(third, client, self.case.dossier)
        taken = {"offer": str(self.case.offer), "number": "42-2026-000001", "agency": AGENCY, "due_on": "2026-12-31"}
        self.answering.say("handover.taken", 3, **taken)
        follow()

    def standing(self) -> tuple[str, int, str]:
        self.case.refresh_from_db()
        return self.case.state, self.case.tenure, self.case.holder_node


@pytest.fixture
def chain(other: OtherNode, client: Client, people: dict[str, Person], agreement: Agreement) -> Chain:
    return Chain(other, client, people, agreement)


def sent(peer: str) -> list[tuple[str, int]]:
    rows = ParcelOut.objects.filter(peer=peer).exclude(kind__startswith="agreement").order_by("sequence")
    return list(rows.values_list("kind", "tenure"))


def newest(peer: str) -> dict[str, Any]:
    return dict(json.loads(ParcelOut.objects.filter(peer=peer).order_by("-sequence")[0].body)["data"])


def test_case_goes_on_and_everything_finds_its_way(chain: Chain) -> None:
    assert chain.standing() == ("handed_over", 3, "42")
    chain.answering.say("progress", 3, step="note", text="正在核实。", due_on="2026-12-31")
    chain.answering.say("question", 3, ask=7, question="何时申请？", reply_by=None)
    follow()
    question = newest("50")
    chain.home.say("answer", 3, ask=question["ask"], text="五月。")
    chain.home.say("withdrawn", 3, reason="已自行解决。", offer="")
    follow()
    passed_on = newest("42")
    chain.answering.say("result", 3, ground="resolved", text="已办结。", concluded_on="2026-11-20")
    chain.home.say("delivered", 3, delivered_on="2026-11-21", method="electronic")
    chain.home.say("rating", 3, score=2, text="满意")
    follow()

    assert question["question"] == "何时申请？"
    assert passed_on == {"reason": "已自行解决。", "offer": ""}
    assert sent("50") == [("handover.taken", 2), ("progress", 3), ("progress", 3), ("question", 3), ("result", 3)]
    assert sent("42") == [("handover.offered", 2), ("answer", 3), ("withdrawn", 3), ("delivered", 3), ("rating", 3)]
    answer = ParcelOut.objects.get(peer="42", kind="answer")
    assert json.loads(answer.body)["data"] == {"ask": 7, "text": "五月。"}
    assert (chain.standing(), Alarm.objects.count()) == (("delivered", 3, "42"), 0)


def test_result_travels_back_under_the_clause_under_which_the_case_came(
    other: OtherNode, client: Client, people: dict[str, Person], agreement: Agreement
) -> None:
    chain = Chain(other, client, people, agreement, shares=["attachments"])
    chain.answering.say("progress", 3, step="note", text="正在核实。", due_on=None)
    chain.answering.say("result", 3, ground="resolved", text="已办结。", concluded_on="2026-11-20")
    follow()

    assert newest("50")["text"] == "已办结。"
    assert [kind for kind, _tenure in sent("50")] == ["handover.taken", "progress", "progress", "result"]


def test_file_of_the_home_desk_goes_on_once_it_lies_here(chain: Chain) -> None:
    content = "营业执照".encode()
    stored = files.store(uuid4(), "执照.txt", [content])
    named = stored._asdict() | {"id": str(stored.attachment)}
    named.pop("attachment")
    chain.home.say("materials", 3, text="", attachments=[named], offer="")
    follow()
    assert ("materials", 3) not in sent("42")
    (row,) = Fetch.objects.all()
    files.store(chain.case.uid, row.name, [content], attachment=row.pk)
    Attachment.objects.filter(pk=row.pk).update(stored=True)
    attachments.pass_on(row)

    assert (sent("42")[-1], newest("42")["attachments"][0]["id"]) == (("materials", 3), named["id"])
    assert [kind for kind, _tenure in sent("50")].count("materials") == 0


def test_case_that_the_third_node_hands_back_is_answered_here_again(chain: Chain, agreement: Agreement) -> None:
    onward = chain.case.agreement
    chain.case.refresh_from_db()
    assert (chain.case.agreement, Case.objects.count()) == (chain.case.agreement, 1)
    assert onward != agreement.pk
    offer = {"offer": str(uuid4()), "agreement": str(chain.case.agreement), "clause": "9.9", "offered_on": "2026-11-20"}
    content = {
        "title": "许可迟延", "facts": "x", "request": "x", "kind": "infringement", "programme": "fie-complaint",
        "category": "licensing", "home_node": "50", "first_filed_on": "2026-01-04",
    }  # fmt: skip
    chain.answering.say("handover.offered", 3, **offer, content=content, attachments=[], reason="x", trigger="")

    assert newest("42")["reason"] == "no-clause"
    assert chain.standing() == ("handed_over", 3, "42")
