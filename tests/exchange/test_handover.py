"""The hand-over, from both sides: exactly one node answers, whatever comes twice, late or in another order."""

import json
from itertools import permutations
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.test import Client
from tests.portal.conftest import signed_in

from lianqiao.cases.actions import conclusion, handling, intake, routing
from lianqiao.cases.models import Case
from lianqiao.exchange import answering
from lianqiao.exchange.models import Alarm, Offer, ParcelIn, ParcelOut, Peer
from lianqiao.record.actors import Actor
from lianqiao.record.models import Event
from lianqiao.record.refusal import Refused
from lianqiao.registry import agreements
from lianqiao.registry.models import Agreement, Person

from .conftest import MAPPING, OFFERED, Talk, agree, file_case, follow, incoming, offer_case, terms
from .other_node import OtherNode

AGENCY = {"code": "cq-fie-centre", "zh": "重庆市外商投资投诉中心", "en": "Chongqing Complaint Center"}


def out(kind: str) -> dict[str, Any]:
    """The newest parcel of a kind in the outbox: its data."""
    return dict(json.loads(ParcelOut.objects.filter(kind=kind).order_by("-sequence")[0].body)["data"])


def kinds() -> list[str]:
    return list(
        ParcelOut.objects.exclude(kind__startswith="agreement").order_by("sequence").values_list("kind", flat=True)
    )


def verbs(case: Case) -> list[str]:
    return list(Event.objects.about("case", case.uid).values_list("verb", flat=True))


def standing(case: Case) -> tuple[str, int, str]:
    case.refresh_from_db()
    return case.state, case.tenure, case.holder_node


@pytest.fixture
def case(people: dict[str, Person], agreement: Agreement) -> Case:
    """Our own case, offered to node 50."""
    return offer_case(people, agreement)


@pytest.fixture
def talk(other: OtherNode, client: Client, case: Case) -> Talk:
    return Talk(other, client, case.dossier)


def taken(case: Case) -> dict[str, Any]:
    return {
        "offer": str(case.offer),
        "number": "50-2026-000001",
        "agency": AGENCY,
        "due_on": "2026-12-31",
        "mapping": {},
    }


# Our offers


def test_offer_travels_with_what_the_clause_shares(case: Case, people: dict[str, Person], agreement: Agreement) -> None:
    data = out("handover.offered")
    content = data.pop("content")

    assert data == {
        "offer": str(case.offer), "agreement": str(agreement.pk), "clause": "3.3", "trigger": "",
        "offered_on": case.filed_on.isoformat(), "reason": "行为发生在重庆。",
        "agencies": {"home": "sc-fie-centre", "answering": "sc-fie-centre"}, "attachments": [],
    }  # fmt: skip
    assert (content["title"], content["home_node"], content["from_number"]) == (case.title, "51", case.number)
    assert (content["enterprise_code"], content["contact"]["name"]) == ("91510100MA6C000332", "秦经理")
    row = ParcelOut.objects.get(kind="handover.offered")
    assert (row.peer_id, row.dossier, row.tenure, row.state) == ("50", case.dossier, 1, "waiting")
    assert row.source == Event.objects.about("case", case.uid).get(verb="offer").digest


def test_offer_withholds_a_confidential_identity_that_the_clause_does_not_share(
    people: dict[str, Person], peer: Peer, other: OtherNode
) -> None:
    text = terms()
    for clause in text["clauses"]:
        clause["shares"] = ["progress", "result"]
    agreement = agree(other, people["admin"], text)
    with pytest.raises(Refused) as refused:
        offer_case(people, agreement, confidential=True)
    case = offer_case(people, agreement, confidential=True, summary="许可逾期未决\n申请三个月未答复。")

    content = out("handover.offered")["content"]

    assert refused.value.code == "no-summary"
    assert {"enterprise_name", "enterprise_code", "contact"} & content.keys() == set()
    assert [content[name] for name in ("title", "facts", "request", "summary")] == [
        "许可逾期未决", case.summary, "", case.summary,
    ]  # fmt: skip
    body = ParcelOut.objects.get(kind="handover.offered").body
    said = (case.title, "91510100MA6C000332", "秦经理", "028-0000", "salt")
    assert [word for word in said if word in body] == []


def test_offer_makes_one_parcel_however_often_the_log_is_followed(case: Case) -> None:
    from lianqiao.record.models import Follower

    Follower.objects.update(place=0)
    follow()

    assert kinds() == ["handover.offered"]


def test_life_of_a_case_that_is_taken_over(case: Case, talk: Talk, people: dict[str, Person]) -> None:
    assert standing(case) == ("offered", 1, "51")
    talk.say("handover.taken", 2, **taken(case))
    assert standing(case) == ("handed_over", 2, "50")
    talk.say("progress", 2, step="note", text="正在核实。", due_on="2026-12-31")
    talk.say("question", 2, ask=1, question="何时扣押？", reply_by=None)
    page = signed_in(people["owner"], "zh").get(f"/cases/{case.number}").content.decode()
    assert (
        page.count('<section class="asked" id="question-1">'),
        page.count("<blockquote>何时扣押？</blockquote>"),
    ) == (1, 1)
    handling.reply(case, by=people["owner"], ask=1, text="九月十八日。")
    talk.say("result", 2, ground="resolved", text="货物已返还。", concluded_on="2026-11-20")
    assert standing(case) == ("concluded", 2, "50")
    conclusion.deliver(case, by=people["intake"], method="electronic")
    conclusion.rate(case, by=people["owner"], score=2, text="满意")
    follow()

    assert verbs(case) == [
        "file", "offer", "taken_over", "progress_reported", "question_reported", "reply", "result_reported", "deliver", "rate",
    ]  # fmt: skip
    assert kinds() == ["handover.offered", "answer", "delivered", "rating"]
    assert out("answer") == {"ask": 1, "text": "九月十八日。"}
    assert out("delivered")["method"] == "electronic"
    assert out("rating") == {"score": 2, "text": "满意"}
    assert set(ParcelIn.objects.values_list("state", flat=True)) == {"done"}
    assert Alarm.objects.count() == 0


def test_declined_case_returns_with_reason_and_body(case: Case, talk: Talk) -> None:
    talk.say("handover.declined", 1, offer=str(case.offer), reason="由渝中区办理。", competent_body="渝中区中心")

    assert standing(case) == ("filed", 1, "51")
    from lianqiao.record import events

    said = events.opened(Event.objects.about("case", case.uid).get(verb="declined"))
    assert (said["reason"], said["competent_body"]) == ("由渝中区办理。", "渝中区中心")


def test_retraction_takes_effect_with_the_answer(case: Case, talk: Talk, people: dict[str, Person]) -> None:
    routing.retract(case, by=people["intake"], reason="企业迁回。")
    follow()
    assert standing(case) == ("offered", 1, "51")
    assert out("handover.retract") == {"offer": str(case.offer), "reason": "企业迁回。"}

    talk.say("handover.retracted", 1, offer=str(case.offer))

    assert standing(case) == ("filed", 1, "51")


def test_reports_in_any_order_lead_to_the_same_end(
    other: OtherNode, client: Client, people: dict[str, Person], agreement: Agreement
) -> None:
    ends = set()
    for order in permutations(range(4)):
        case = offer_case(people, agreement)
        talk = Talk(other, client, case.dossier)
        bodies = [
            talk.body("handover.taken", 2, **taken(case)),
            talk.body("progress", 2, step="note", text="一"),
            talk.body("progress", 2, step="pause", text=""),
            talk.body("result", 2, ground="resolved", text="返还。", concluded_on="2026-11-20"),
        ]
        for place in order:
            talk.bring(bodies[place])
        ParcelIn.objects.filter(state="waiting").update(next_try_at=case.changed_at)
        talk.work()
        ends.add((standing(case), tuple(verbs(case)[:3]), len(verbs(case)), verbs(case)[-1]))

    assert ends == {(("concluded", 2, "50"), ("file", "offer", "taken_over"), 6, "result_reported")}
    assert set(ParcelIn.objects.values_list("state", flat=True)) == {"done"}


def test_word_of_a_lower_tenure_is_refused_and_kept(case: Case, talk: Talk) -> None:
    talk.say("handover.taken", 2, **taken(case))

    late = talk.say("progress", 1, step="note", text="旧")

    assert (late.state, late.reason[:12], bool(late.body)) == ("refused", "lower-tenure", True)
    assert verbs(case) == ["file", "offer", "taken_over"]
    assert Alarm.objects.values_list("kind", "node").get() == ("parcel-rejected", "50")


def test_answer_to_an_offer_that_is_closed_is_refused(case: Case, talk: Talk) -> None:
    offer = str(case.offer)
    talk.say("handover.declined", 1, offer=offer, reason="否", competent_body="")

    late = talk.say("handover.taken", 2, **taken(case) | {"offer": offer})

    assert (late.state, late.reason[:12]) == ("refused", "offer-closed")
    assert standing(case) == ("filed", 1, "51")


def test_second_word_of_a_take_over_changes_nothing_when_the_case_has_gone_on(
    case: Case, talk: Talk, people: dict[str, Person], agreement: Agreement
) -> None:
    """The peer was restored after it had handed the case back, and takes it over again as it finds it."""
    word = taken(case)
    talk.say("handover.taken", 2, **word)
    back = OFFERED | {"offer": str(uuid4()), "agreement": str(agreement.pk)}
    talk.say("handover.offered", 2, **back)
    answering.take_over(UUID(str(back["offer"])), by=people["intake"], **MAPPING)

    again = talk.say("handover.taken", 2, **word)

    assert again.state == "done"
    assert standing(case) == ("accepted", 3, "51")


def test_answer_to_an_offer_of_somebody_else_waits(case: Case, talk: Talk) -> None:
    strange = talk.say("handover.taken", 2, **taken(case) | {"offer": str(uuid4())})

    assert (strange.state, strange.reason) == ("waiting", "offer-not-open")
    assert standing(case) == ("offered", 1, "51")


def test_unknown_kind_is_stored_and_waits(case: Case, talk: Talk) -> None:
    parcel = talk.say("meeting.called", 1, topic="x")

    assert (parcel.state, parcel.reason) == ("waiting", "unknown-kind")


def test_materials_and_withdrawal_go_to_the_node_that_answers(
    case: Case, talk: Talk, people: dict[str, Person]
) -> None:
    talk.say("handover.taken", 2, **taken(case))
    case.refresh_from_db()
    file = {"attachment": uuid4(), "name": "合同.pdf", "media_type": "application/pdf", "size": 10, "sha256": "a" * 64}
    handling.attach(case, by=people["owner"], **file)
    intake.withdraw(case, by=people["owner"], reason="已和解。")
    follow()

    assert kinds() == ["handover.offered", "materials", "withdrawn"]
    assert out("materials")["attachments"] == [
        {
            "id": str(file["attachment"]),
            "name": "合同.pdf",
            "media_type": "application/pdf",
            "size": 10,
            "sha256": "a" * 64,
        }
    ]
    assert out("withdrawn")["reason"] == "已和解。"
    assert set(ParcelOut.objects.filter(kind__in=["materials", "withdrawn"]).values_list("tenure", flat=True)) == {2}


# Their offers


def test_offer_of_a_peer_lies_before_our_people(
    other: OtherNode, client: Client, agreement: Agreement, people: dict[str, Person]
) -> None:
    talk, offer = incoming(other, client, agreement)

    assert (offer.state, offer.agency, offer.number, offer.dossier) == (
        "waiting",
        "sc-fie-centre",
        "50-2026-000007",
        talk.dossier,
    )
    assert offer.due_on is not None
    assert [list(Offer.objects.open().visible_to(people[role])) for role in ("intake", "lead", "handler", "stranger")] == [
        [offer], [offer], [], [],
    ]  # fmt: skip
    assert Case.objects.count() == 0


def test_take_over_begins_a_case_of_our_own(
    other: OtherNode, client: Client, agreement: Agreement, people: dict[str, Person]
) -> None:
    talk, offer = incoming(other, client, agreement)

    case, _event = answering.take_over(offer.pk, by=people["intake"], **MAPPING, respondents=["cd-market"])
    follow()

    offer.refresh_from_db()
    assert (offer.state, offer.mapping["agency"]) == ("taken", "sc-fie-centre")
    assert standing(case) == ("accepted", 2, "51")
    assert (case.dossier, case.home_node, case.received_from, case.first_filed_on.isoformat()) == (
        talk.dossier,
        "50",
        "50",
        "2026-01-04",
    )
    row = ParcelOut.objects.get(kind="handover.taken")
    assert (row.tenure, out("handover.taken")["offer"], out("handover.taken")["number"]) == (
        2,
        str(offer.pk),
        case.number,
    )
    assert out("handover.taken")["due_on"] == case.clocks.get(name="handle").due_on.isoformat()  # type: ignore[union-attr]


def test_steps_of_a_case_taken_over_are_reported_to_its_home(
    other: OtherNode, client: Client, agreement: Agreement, people: dict[str, Person]
) -> None:
    talk, offer = incoming(other, client, agreement)
    case, _event = answering.take_over(offer.pk, by=people["intake"], **MAPPING)
    handling.note(case, by=people["handler"], text="内部", shared=False)
    handling.note(case, by=people["handler"], text="正在办理", shared=True)
    handling.ask(case, by=people["handler"], to="enterprise", question="何时申请？")
    talk.say("answer", 2, ask=1, text="一月四日。")
    conclusion.conclude(case, by=people["lead"], ground="1", text="已决定。")
    follow()
    talk.say("delivered", 2, delivered_on="2026-11-21", method="post")
    talk.say("rating", 2, score=1, text="好")

    assert kinds() == ["handover.taken", "progress", "question", "result"]
    assert (out("progress")["step"], out("progress")["text"]) == ("note", "正在办理")
    assert out("question") == {"ask": 1, "question": "何时申请？", "reply_by": None}
    assert (out("result")["ground"], out("result")["text"]) == ("1", "已决定。")
    assert "内部" not in "".join(ParcelOut.objects.values_list("body", flat=True))
    assert standing(case) == ("delivered", 2, "51")
    assert verbs(case)[-3:] == ["conclude", "delivery_reported", "rating_reported"]


def test_decline_tells_reason_and_body(
    other: OtherNode, client: Client, agreement: Agreement, people: dict[str, Person]
) -> None:
    _talk, offer = incoming(other, client, agreement)

    answering.decline(offer.pk, by=people["intake"], reason="由成都办理。", competent_body="成都中心")

    assert Offer.objects.get().state == "declined"
    assert out("handover.declined") == {"offer": str(offer.pk), "reason": "由成都办理。", "competent_body": "成都中心"}
    assert Event.objects.filter(subject=offer.pk).values_list("verb", flat=True).order_by("number")[1] == "declined"
    assert Case.objects.count() == 0


@pytest.mark.parametrize("who", ["stranger", "handler"])
def test_answers_are_refused_to_who_may_not_give_them(
    other: OtherNode, client: Client, agreement: Agreement, people: dict[str, Person], who: str
) -> None:
    _talk, offer = incoming(other, client, agreement)

    for answer in (
        lambda: answering.take_over(offer.pk, by=people[who], **MAPPING),
        lambda: answering.decline(offer.pk, by=people[who], reason="x"),
    ):
        with pytest.raises(Refused) as refused:
            answer()
        assert (refused.value.code, refused.value.status) == ("unknown-offer", 404)
    assert (Offer.objects.get().state, Case.objects.count(), kinds()) == ("waiting", 0, [])


@pytest.mark.parametrize(("wrong", "code"), [
    ({"agency": "sc-nowhere"}, "unknown-agency"), ({"kind": "wish"}, "invalid"), ({"respondents": ["sc-fie-centre"]}, "complained-of"),
])  # fmt: skip
def test_take_over_with_a_wrong_mapping_writes_nothing(
    other: OtherNode, client: Client, agreement: Agreement, people: dict[str, Person], wrong: dict[str, Any], code: str
) -> None:
    _talk, offer = incoming(other, client, agreement)

    with pytest.raises(Refused) as refused:
        answering.take_over(offer.pk, by=people["intake"], **(MAPPING | wrong))

    assert refused.value.code == code
    assert (Offer.objects.get().state, Case.objects.count()) == ("waiting", 0)


def test_retraction_of_a_waiting_offer_is_given_back(
    other: OtherNode, client: Client, agreement: Agreement, people: dict[str, Person]
) -> None:
    talk, offer = incoming(other, client, agreement)

    talk.say("handover.retract", 1, offer=str(offer.pk), reason="x")

    assert (Offer.objects.get().state, kinds()) == ("retracted", ["handover.retracted"])
    with pytest.raises(Refused) as refused:
        answering.take_over(offer.pk, by=people["intake"], **MAPPING)
    assert refused.value.code == "answered-already"
    assert Case.objects.count() == 0


def test_retraction_after_the_take_over_changes_nothing(
    other: OtherNode, client: Client, agreement: Agreement, people: dict[str, Person]
) -> None:
    talk, offer = incoming(other, client, agreement)
    case, _event = answering.take_over(offer.pk, by=people["intake"], **MAPPING)

    parcel = talk.say("handover.retract", 1, offer=str(offer.pk), reason="x")
    follow()

    assert (parcel.state, kinds(), standing(case)) == ("done", ["handover.taken"], ("accepted", 2, "51"))


def test_retraction_that_comes_before_its_offer_waits_for_it(
    other: OtherNode, client: Client, agreement: Agreement
) -> None:
    talk = Talk(other, client, uuid4())
    offer = str(uuid4())
    first = talk.body("handover.offered", 1, **OFFERED | {"offer": offer, "agreement": str(agreement.pk)})
    assert talk.say("handover.retract", 1, offer=offer, reason="x").state == "waiting"

    talk.bring(first)

    assert Offer.objects.get().state == "retracted"
    assert kinds() == ["handover.retracted"]


def test_offer_without_clause_in_force_is_declined_at_once(
    other: OtherNode, client: Client, agreement: Agreement, people: dict[str, Person]
) -> None:
    agreements.end(agreement, by=people["admin"], reason="到期不续")

    _talk, offer = incoming(other, client, agreement, offered_on="2099-01-01")

    assert offer.state == "declined"
    assert out("handover.declined")["reason"] == "no-clause"
    assert list(Offer.objects.open()) == []


@pytest.mark.parametrize("clause", ["3.3", "9.9"])
def test_offer_under_a_clause_that_does_not_lead_here_is_declined_at_once(
    other: OtherNode, client: Client, agreement: Agreement, clause: str
) -> None:
    _talk, offer = incoming(other, client, agreement, clause=clause)

    assert (offer.state, out("handover.declined")["reason"]) == ("declined", "no-clause")


def test_offer_under_an_agreement_that_has_not_come_waits(
    other: OtherNode, client: Client, peer: Peer, people: dict[str, Person]
) -> None:
    talk = Talk(other, client, uuid4())
    other.sequence += 2
    parcel = talk.say("handover.offered", 1, **OFFERED | {"offer": str(uuid4()), "agreement": str(uuid4())})
    assert (parcel.state, parcel.reason) == ("waiting", "agreement-unknown")


def test_offer_of_a_case_that_we_answer_for_is_declined_at_once(
    case: Case, other: OtherNode, client: Client, agreement: Agreement
) -> None:
    _talk, offer = incoming(other, client, agreement, dossier=case.dossier)

    assert (offer.state, out("handover.declined")["reason"]) == ("declined", "answered-for-here")
    assert standing(case) == ("offered", 1, "51")


def test_case_handed_back_resumes(
    case: Case, talk: Talk, other: OtherNode, client: Client, agreement: Agreement, people: dict[str, Person]
) -> None:
    talk.say("handover.taken", 2, **taken(case))
    _talk, offer = incoming(other, client, agreement, dossier=case.dossier, tenure=2)

    again, _event = answering.take_over(offer.pk, by=people["intake"], **MAPPING)
    follow()

    assert again.pk == case.pk
    assert standing(case) == ("accepted", 3, "51")
    assert ParcelOut.objects.get(kind="handover.taken").tenure == 3
    conclusion.conclude(case, by=people["lead"], ground="1", text="办结。")
    follow()
    assert ParcelOut.objects.get(kind="result").tenure == 3


def test_withdrawal_while_only_offered_shows_on_the_offer_and_follows_the_take_over(
    other: OtherNode,
    client: Client,
    agreement: Agreement,
    people: dict[str, Person],
    django_capture_on_commit_callbacks: Any,
) -> None:
    talk, offer = incoming(other, client, agreement)
    parcel = talk.say("withdrawn", 2, reason="已和解。", offer=str(offer.pk))
    shown = Offer.objects.open().visible_to(people["intake"]).get(pk=offer.pk)
    assert (parcel.state, shown.withdrawn) == ("waiting", True)  # type: ignore[attr-defined]

    with django_capture_on_commit_callbacks(execute=True):
        case, _event = answering.take_over(offer.pk, by=people["intake"], **MAPPING)
    talk.work()

    case.refresh_from_db()
    assert (verbs(case), case.withdrawal_asked) == (["take_over", "withdrawal_reported"], True)


def test_withdrawal_of_an_offer_that_was_declined_is_moot(
    other: OtherNode, client: Client, agreement: Agreement, people: dict[str, Person]
) -> None:
    talk, offer = incoming(other, client, agreement)
    answering.decline(offer.pk, by=people["intake"], reason="否")

    assert talk.say("withdrawn", 2, reason="已和解。", offer=str(offer.pk)).state == "done"


def test_second_word_with_the_same_cause_is_done_without_effect(case: Case, talk: Talk) -> None:
    talk.say("handover.taken", 2, **taken(case))
    for _copy in range(2):
        body = json.loads(talk.body("progress", 2, step="note", text="一"))
        talk.bring(json.dumps(body | {"cause": "c" * 64}).encode())

    assert verbs(case) == ["file", "offer", "taken_over", "progress_reported"]
    assert set(ParcelIn.objects.values_list("state", flat=True)) == {"done"}


def test_nothing_is_offered_without_a_case_of_ours(people: dict[str, Person], agreement: Agreement) -> None:
    case = file_case(people)
    handling.note(case, by=people["intake"], text="内部", shared=True)
    follow()

    assert kinds() == []


def test_date_that_a_holiday_notice_moves_is_told_to_the_home_desk(
    other: OtherNode, client: Client, agreement: Agreement, people: dict[str, Person]
) -> None:
    _talk, offer = incoming(other, client, agreement)
    case, _event = answering.take_over(offer.pk, by=people["intake"], **MAPPING)
    told = case.clocks.get(name="handle")
    case.clocks.update(due_on="2026-01-06", notified_due_on="2026-01-06")
    handling.redate(case, by=Actor.clock("calendar"), year=2026, source_zh="通知", source_en="notice")
    follow()

    assert (out("progress")["step"], out("progress")["due_on"]) == ("redate", told.due_on.isoformat())
