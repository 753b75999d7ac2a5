"""Consultations and sub-tasks: the case stays where it is, each word comes once and in order, nobody learns more than was chosen."""

import json
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.base import ContentFile
from django.test import Client
from tests import remains

from lianqiao.cases import files, search_index
from lianqiao.cases.actions import conclusion, handling, intake, keeping, requests, routing
from lianqiao.cases.models import Attachment, Case, Request
from lianqiao.exchange import errands
from lianqiao.exchange.models import Alarm, Errand, Fetch, ParcelIn, ParcelOut, Peer
from lianqiao.notices import telling
from lianqiao.notices.models import Notice
from lianqiao.record import followers, sequencer
from lianqiao.record.events import verify_chain
from lianqiao.record.models import Event
from lianqiao.record.refusal import Refused
from lianqiao.registry import actions, agreements
from lianqiao.registry.models import Agency, Agreement, Person

from .conftest import Talk, agree, file_case, follow, terms
from .other_node import OtherNode

pytestmark = pytest.mark.django_db


def working_terms() -> dict[str, Any]:
    """The hand-over clauses, and one clause each way that lets consult and give sub-tasks."""
    text = terms()
    for clause, ref in zip(list(text["clauses"]), ("4.1", "4.2"), strict=True):
        text["clauses"].append(clause | {"ref": ref, "lets": ["consult", "task"], "shares": ["attachments"]})
    return text


@pytest.fixture
def agreement(peer: Peer, other: OtherNode, people: dict[str, Person]) -> Agreement:
    return agree(other, people["admin"], working_terms())


@pytest.fixture
def case(people: dict[str, Person], agreement: Agreement) -> Case:
    """Our own case, accepted."""
    case = file_case(people)
    intake.accept(case, by=people["intake"])
    return case


@pytest.fixture
def talk(other: OtherNode, client: Client, case: Case) -> Talk:
    return Talk(other, client, case.dossier)


def consult(case: Case, people: dict[str, Person], agreement: Agreement, **given: Any) -> Request:
    told = {"agreement": agreement.pk, "clause": "4.1", "question": "该批货物扣押是否备案？"} | given
    requests.consult(case, by=people["handler"], **told)
    follow()
    return case.requests.latest("number")


def give_task(case: Case, people: dict[str, Person], agreement: Agreement, **given: Any) -> Request:
    told = {
        "agreement": agreement.pk,
        "clause": "4.1",
        "task": "请核实停工情况。",
        "amount": 5,
        "trigger": "operation_affected",
    }
    requests.give_task(case, by=people["lead"], **(told | given))
    follow()
    return case.requests.latest("number")


def word(request: Request, place: int, step: str, **more: Any) -> dict[str, Any]:
    agency = {"code": "cq-fie-centre", "zh": "重庆市外商投资投诉中心", "en": "Chongqing Complaint Center"}
    data = {"request": str(request.uid), "place": place, "step": step, "text": "回复。", "agency": agency}
    return data | {"due_on": None, "attachments": []} | more


def parcels_of(kind: str) -> list[dict[str, Any]]:
    rows = ParcelOut.objects.filter(kind=kind).order_by("sequence")
    return [dict(json.loads(row.body)["data"]) for row in rows]


def fetched(other: OtherNode, client: Client, *ids: Any) -> list[int]:
    """With what the node answers a peer that fetches these files."""
    answers = [other.get(client, f"/exchange/v1/attachments/{identity}") for identity in ids]
    for answer in answers:
        b"".join(answer.streaming_content if answer.streaming else [])
    return [answer.status_code for answer in answers]


def standing(request: Request) -> tuple[str, int]:
    request.refresh_from_db()
    return request.state, request.reports


def running(case: Case) -> list[tuple[str, str]]:
    return sorted(case.clocks.running().exclude(name="report").values_list("name", "subject"))


def attach(case: Case, by: Person, audience: str = "everyone") -> Attachment:
    stored = files.store(case.uid, "照片.txt", ContentFile("内容".encode()).chunks())
    handling.attach(case, by=by, audience=audience, **stored._asdict())
    return Attachment.objects.get(pk=stored.attachment)


# What we ask


def test_consult_travels_with_the_question_and_the_number_only(
    case: Case, people: dict[str, Person], agreement: Agreement
) -> None:
    request = consult(case, people, agreement)

    (data,) = parcels_of("consultation.asked")
    assert data == {
        "request": str(request.uid), "place": 1, "number": case.number, "agreement": str(agreement.pk), "clause": "4.1",
        "asked_on": case.filed_on.isoformat(), "programme": "fie-complaint", "category": "enforcement",
        "text": "该批货物扣押是否备案？", "trigger": "", "lead": "", "limit": None, "due_on": None, "attachments": [],
        "agency": {"code": "sc-fie-centre", "zh": "四川省外商投资企业投诉中心", "en": "Complaint Center"},
    }  # fmt: skip
    assert standing(request) == ("asked", 0)
    assert running(case) == [("answer", "request:1"), ("handle", "")]
    assert (case.state, case.tenure, case.holder_node) == ("accepted", 1, "51")


def test_life_of_a_consultation(case: Case, talk: Talk, people: dict[str, Person], agreement: Agreement) -> None:
    request = consult(case, people, agreement)
    requests.remind(case, by=people["handler"], request=1, text="请尽快。")
    follow()
    talk.say("consultation.answered", 0, **word(request, 1, "answered"))

    assert parcels_of("consultation.reminded") == [{"requests": [str(request.uid)], "text": "请尽快。"}]
    assert standing(request) == ("answered", 1)
    assert (request.reminders, running(case)) == (1, [("handle", "")])
    assert Alarm.objects.count() == 0


def test_life_of_a_sub_task(case: Case, talk: Talk, people: dict[str, Person], agreement: Agreement) -> None:
    request = give_task(case, people, agreement)
    (data,) = parcels_of("task.given")
    assert (data["limit"], data["trigger"], data["lead"]) == (
        {"amount": 5, "unit": "working_days"}, "operation_affected", "lead",
    )  # fmt: skip
    talk.say("task.reported", 0, **word(request, 1, "accepted", due_on="2099-12-31"))
    assert (standing(request), running(case)) == (("accepted", 1), [("co_handling", "request:1"), ("handle", "")])
    talk.say("task.reported", 0, **word(request, 2, "progress"))
    talk.say("task.reported", 0, **word(request, 3, "done"))

    assert (standing(request), running(case)) == (("done", 3), [("handle", "")])
    conclusion.conclude(case, by=people["handler"], ground="1", text="已解决。")


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 2, 0)])
def test_words_come_once_and_in_order_whatever_the_way(
    case: Case, talk: Talk, people: dict[str, Person], agreement: Agreement, order: tuple[int, ...]
) -> None:
    request = give_task(case, people, agreement)
    steps = ("accepted", "progress", "done")
    bodies = [talk.body("task.reported", 0, **word(request, n + 1, step)) for n, step in enumerate(steps)]
    for place in (*order, *order):
        talk.bring(bodies[place])
    ParcelIn.objects.filter(state="waiting").update(next_try_at="2020-01-01T00:00:00Z")
    talk.work()

    verbs = [event.data["step"] for event in Event.objects.about("case", case.uid) if event.verb == "request_reported"]
    assert verbs == ["accepted", "progress", "done"]
    assert (standing(request), Alarm.objects.count()) == (("done", 3), 0)


@pytest.mark.parametrize("verb", ["offer", "conclude"])
def test_case_does_not_move_on_while_something_is_open(
    case: Case, people: dict[str, Person], agreement: Agreement, verb: str
) -> None:
    give_task(case, people, agreement)
    given = {"agreement": agreement.pk, "clause": "3.3", "reason": "在重庆。"}
    moves = {
        "offer": lambda: routing.offer(case, by=people["lead"], **given),
        "conclude": lambda: conclusion.conclude(case, by=people["handler"], ground="1", text="了结。"),
    }
    with pytest.raises(Refused) as refused:
        moves[verb]()
    requests.call_back(case, by=people["lead"], request=1, reason="已查明。")
    moves[verb]()

    follow()
    assert refused.value.code == "requests-open"
    assert [data["reason"] for data in parcels_of("task.withdrawn")] == ["已查明。"]


def test_late_word_is_recorded_and_changes_nothing(
    case: Case, talk: Talk, people: dict[str, Person], agreement: Agreement
) -> None:
    request = consult(case, people, agreement)
    requests.call_back(case, by=people["lead"], request=1, reason="已查明。")
    conclusion.conclude(case, by=people["handler"], ground="1", text="了结。")

    parcel = talk.say("consultation.answered", 0, **word(request, 1, "answered"))

    assert (parcel.state, standing(request)) == ("done", ("withdrawn", 1))
    case.refresh_from_db()
    assert (case.state, Event.objects.about("case", case.uid).last().data["late"]) == ("concluded", True)


def test_withdrawal_of_the_case_calls_everything_back(
    case: Case, people: dict[str, Person], agreement: Agreement
) -> None:
    asked = [consult(case, people, agreement), consult(case, people, agreement), give_task(case, people, agreement)]
    intake.withdraw(case, by=people["owner"], reason="已解决。")
    follow()

    assert {standing(request)[0] for request in asked} == {"withdrawn"}
    assert parcels_of("consultation.withdrawn") == [
        {"requests": [str(asked[0].uid), str(asked[1].uid)], "reason": "withdraw"}
    ]
    assert parcels_of("task.withdrawn") == [{"requests": [str(asked[2].uid)], "reason": "withdraw"}]


def test_ask_refuses(case: Case, people: dict[str, Person], agreement: Agreement) -> None:
    told = []
    for ask, given in REFUSED:
        with pytest.raises(Refused) as refused:
            ask(case, people, agreement, **given)
        told.append(refused.value.code)

    assert told == [
        "clause-does-not-let", "no-clause", "no-clause", "past-date", "no-such-file", "trigger-missing", "trigger-missing",
        "one-limit", "one-limit", "unknown-person",
    ]  # fmt: skip
    assert case.requests.count() == 0


REFUSED: list[tuple[Any, dict[str, Any]]] = [
    (consult, {"clause": "3.3"}),
    (consult, {"clause": "4.2"}),
    (consult, {"clause": "9.9"}),
    (consult, {"reply_by": "2020-01-01"}),
    (consult, {"documents": [str(uuid4())]}),
    (give_task, {"trigger": None}),
    (give_task, {"trigger": "other"}),
    (give_task, {"amount": None}),
    (give_task, {"due_on": "2099-01-01"}),
    (give_task, {"lead": "nobody"}),
]


def test_consult_of_an_ended_agreement_is_refused(case: Case, people: dict[str, Person], agreement: Agreement) -> None:
    agreements.end(agreement, by=people["admin"], reason="期满。")

    with pytest.raises(Refused) as refused:
        consult(case, people, agreement)

    assert refused.value.code == "no-clause"


def test_confidential_enterprise_is_never_named(people: dict[str, Person], agreement: Agreement) -> None:
    case = file_case(people, confidential=True)
    intake.accept(case, by=people["intake"])
    theirs, ours = attach(case, people["owner"]), attach(case, people["handler"], "officers")

    told = {}
    for name, given in {
        "name": {"question": "示例外资有限公司是否备案？"},
        "english": {"question": "Is EXAMPLE CO., LTD. known?"},
        "code": {"question": "91510100MA6C000332"},
        "contact": {"question": "请联系秦经理。"},
        "file": {"documents": [str(theirs.pk)]},
    }.items():
        with pytest.raises(Refused) as refused:
            consult(case, people, agreement, **given)
        told[name] = refused.value.code
    consult(case, people, agreement, documents=[str(ours.pk)])

    named = "names-the-enterprise"
    assert told == {"name": named, "english": named, "code": named, "contact": named, "file": "file-tells-who"}
    body = ParcelOut.objects.get(kind="consultation.asked").body
    assert [
        w for w in ("示例外资", "Example", "91510100MA6C000332", "秦经理", "028-0000", "扣押货物") if w in body
    ] == []


def test_documents_are_those_that_the_officer_chose(
    case: Case, people: dict[str, Person], agreement: Agreement, other: OtherNode, client: Client
) -> None:
    chosen, kept = attach(case, people["handler"], "officers"), attach(case, people["owner"])
    consult(case, people, agreement, documents=[str(chosen.pk)])

    seen = fetched(other, client, chosen.pk, kept.pk)

    assert [row["id"] for row in parcels_of("consultation.asked")[0]["attachments"]] == [str(chosen.pk)]
    assert seen == [200, 404]
    requests.call_back(case, by=people["lead"], request=1, reason="误发。")
    assert fetched(other, client, chosen.pk) == [404]


def test_files_of_an_answer_are_for_officers(
    case: Case, talk: Talk, people: dict[str, Person], agreement: Agreement
) -> None:
    request = consult(case, people, agreement)
    named = {"id": str(uuid4()), "name": "函.pdf", "media_type": "application/pdf", "size": 9, "sha256": "0" * 64}
    talk.say("consultation.answered", 0, **word(request, 1, "answered", attachments=[named]))
    follow()

    (row,) = case.attachments.all()
    assert (str(row.pk), row.audience, row.stored, row.origin_node) == (named["id"], "officers", False, "50")
    assert Fetch.objects.get().peer_id == "50"


def test_node_that_was_not_asked_says_nothing(
    case: Case, people: dict[str, Person], agreement: Agreement, client: Client
) -> None:
    from .conftest import befriend

    request = consult(case, people, agreement)
    third = OtherNode("42")
    befriend(third, people["admin"])
    talk = Talk(third, client, case.dossier)

    heard = [
        talk.say("consultation.answered", 0, **word(request, 1, "answered")),
        talk.say("task.reported", 0, **word(request, 1, "accepted")),
        talk.say("progress", 1, step="note", text="x"),
    ]

    assert [parcel.state for parcel in heard] == ["refused", "refused", "waiting"]
    assert standing(request) == ("asked", 0)


def test_asked_node_cannot_report_on_the_case_itself(
    case: Case, talk: Talk, people: dict[str, Person], agreement: Agreement
) -> None:
    request = consult(case, people, agreement)

    heard = [
        talk.say("consultation.answered", 0, **word(request, 1, "done")),
        talk.say("task.reported", 0, **word(request, 1, "accepted")),
        talk.say("result", 1, ground="resolved", text="x", concluded_on="2026-11-20"),
        talk.say("materials", 1, text="x", attachments=[]),
    ]

    assert [parcel.state for parcel in heard] == ["refused", "refused", "waiting", "refused"]
    case.refresh_from_db()
    assert (case.state, case.tenure) == ("accepted", 1)


def test_peer_gone_for_good_frees_what_it_was_asked(
    case: Case, people: dict[str, Person], agreement: Agreement, guard: Person
) -> None:
    from lianqiao.exchange import ending

    request = consult(case, people, agreement)
    ending.end("50", reason="撤销", proof="川府函1号", by=guard)
    later = consult(case, people, agreement)

    assert (standing(request)[0], standing(later)[0]) == ("withdrawn", "withdrawn")


# What we are asked


@pytest.fixture
def ours(other: OtherNode, client: Client, agreement: Agreement) -> Talk:
    return Talk(other, client, uuid4())


def asked(talk: Talk, agreement: Agreement, kind: str = "consultation.asked", **changed: Any) -> Errand:
    data = {
        "request": str(uuid4()), "place": 1, "number": "50-2026-000007", "agreement": str(agreement.pk), "clause": "4.2",
        "asked_on": "2026-01-05", "programme": "fie-complaint", "category": "licensing", "text": "许可是否已经作出？",
        "agency": {"code": "cq-fie-centre", "zh": "重庆市外商投资投诉中心", "en": "Center"}, "limit": None, "due_on": None,
    } | changed  # fmt: skip
    parcel = talk.say(kind, 0, **data)
    assert parcel.state == "done", parcel.reason
    return Errand.objects.get(pk=data["request"])


TASK = {"kind": "task.given", "limit": {"amount": 3, "unit": "working_days"}, "trigger": "operation_affected"}


def state(errand: Errand) -> tuple[str, int]:
    errand.refresh_from_db()
    return errand.state, errand.words


def test_asked_is_no_case_and_waits_with_its_own_limit(ours: Talk, agreement: Agreement) -> None:
    errand = asked(ours, agreement)

    assert (state(errand), errand.agency, Case.objects.count()) == (("waiting", 0), "sc-fie-centre", 0)
    told = errands.explained(errand)
    assert told is not None
    assert (told.due, "4.2" in " ".join(told.sentences("zh"))) == (errand.due_on, True)
    assert [event.verb for event in Event.objects.about("errand", errand.pk)] == ["received"]


def test_asked_under_no_clause_is_declined_by_the_node(ours: Talk, agreement: Agreement) -> None:
    for clause in ("3.4", "4.1", "9.9"):
        assert state(asked(ours, agreement, clause=clause)) == ("declined", 1)

    assert [data["text"] for data in parcels_of("consultation.answered")] == ["no-clause"] * 3


def test_answer_of_a_consultation_is_one_parcel_with_its_files(
    ours: Talk, agreement: Agreement, people: dict[str, Person], other: OtherNode, client: Client
) -> None:
    errand = asked(ours, agreement)
    file = errands.attach(
        errand.pk, by=people["handler"], name="说明.txt", chunks=ContentFile("说明".encode()).chunks()
    )
    before = fetched(other, client, file.pk)
    errands.answer(errand.pk, by=people["handler"], text="已作出。")
    with pytest.raises(Refused) as refused:
        errands.answer(errand.pk, by=people["lead"], text="又一次。")

    (data,) = parcels_of("consultation.answered")
    assert (data["place"], data["step"], data["text"], data["agency"]["code"]) == (
        1,
        "answered",
        "已作出。",
        "sc-fie-centre",
    )
    assert [row["id"] for row in data["attachments"]] == [str(file.pk)]
    assert (before, fetched(other, client, file.pk)) == ([404], [200])
    assert (refused.value.code, state(errand)) == ("is-over", ("answered", 1))


def test_sub_task_runs_from_its_acceptance(ours: Talk, agreement: Agreement, people: dict[str, Person]) -> None:
    errand = asked(ours, agreement, **TASK)
    with pytest.raises(Refused) as refused:
        errands.answer(errand.pk, by=people["handler"], text="已办。")
    errands.accept(errand.pk, by=people["handler"])
    errands.progress(errand.pk, by=people["handler"], text="正在核实。")
    errands.answer(errand.pk, by=people["handler"], text="已办。")

    words = parcels_of("task.reported")
    assert refused.value.code == "not-accepted"
    assert [(data["place"], data["step"]) for data in words] == [(1, "accepted"), (2, "progress"), (3, "done")]
    errand.refresh_from_db()
    assert words[0]["due_on"] == errand.due_on.isoformat()  # type: ignore[union-attr]


def test_decline_of_an_accepted_sub_task_gives_it_back(
    ours: Talk, agreement: Agreement, people: dict[str, Person]
) -> None:
    first, second = asked(ours, agreement, **TASK), asked(ours, agreement, **TASK)
    errands.decline(first.pk, by=people["lead"], reason="无职权。")
    errands.accept(second.pk, by=people["lead"])
    errands.decline(second.pk, by=people["lead"], reason="无法查明。")

    assert (state(first), state(second)) == (("declined", 1), ("returned", 2))


def test_errand_is_seen_by_its_agencies_alone(ours: Talk, agreement: Agreement, people: dict[str, Person]) -> None:
    errand = asked(ours, agreement)
    market = actions.add_person("market", by=people["admin"])
    actions.appoint(market, Agency.objects.get(code="cd-market"), "handler", by=people["admin"])

    def seeing() -> list[str]:
        everybody = people | {"market": market}
        held = {name: Person.objects.get(pk=person.pk) for name, person in everybody.items()}
        return sorted(name for name, person in held.items() if Errand.objects.visible_to(person).exists())

    before = seeing()
    with pytest.raises(Refused) as refused:
        errands.answer(errand.pk, by=market, text="x")
    errands.assign(errand.pk, by=people["intake"], agency="cd-market", reason="属其职责。")

    assert (before, refused.value.code) == (["handler", "intake", "lead"], "unknown-errand")
    assert seeing() == ["handler", "intake", "lead", "market"]
    with pytest.raises(Refused) as refused:
        errands.answer(errand.pk, by=people["handler"], text="x")
    assert refused.value.code == "not-yours"
    errands.answer(errand.pk, by=Person.objects.get(pk=market.pk), text="已作出。")


def test_withdrawn_before_asked_waits_and_then_holds(ours: Talk, agreement: Agreement) -> None:
    identity = str(uuid4())
    early = ours.say("consultation.withdrawn", 0, requests=[identity], reason="误发。")
    assert early.state == "waiting"
    errand = asked(ours, agreement, request=identity)
    ours.work()

    assert state(errand) == ("withdrawn", 0)


def test_answer_comes_before_the_call_back_or_not(ours: Talk, agreement: Agreement, people: dict[str, Person]) -> None:
    errand = asked(ours, agreement)
    errands.answer(errand.pk, by=people["handler"], text="已作出。")
    ours.say("consultation.withdrawn", 0, requests=[str(errand.pk)], reason="误发。")

    assert state(errand) == ("answered", 1)


def test_another_node_cannot_call_back_or_ask_under_the_same_id(
    ours: Talk, agreement: Agreement, people: dict[str, Person], client: Client
) -> None:
    from .conftest import befriend

    errand = asked(ours, agreement)
    third = OtherNode("42")
    befriend(third, people["admin"])
    talk = Talk(third, client, ours.dossier)

    heard = [
        talk.say("consultation.withdrawn", 0, requests=[str(errand.pk)], reason="x"),
        talk.say("consultation.asked", 0, **(errand.content | {"request": str(errand.pk)})),
    ]

    assert ([parcel.state for parcel in heard], state(errand)) == (["refused", "refused"], ("waiting", 0))


def test_malformed_asking_is_refused(ours: Talk, agreement: Agreement) -> None:
    content = asked(ours, agreement).content
    wrong: list[dict[str, Any]] = [
        {"request": "x"}, {"place": 0}, {"text": ""}, {"limit": {"amount": 0, "unit": "working_days"}}, {"due_on": "x"},
    ]  # fmt: skip

    states = [
        ours.say("consultation.asked", 0, **(content | {"request": str(uuid4())} | changed)).state for changed in wrong
    ]

    assert (states, Errand.objects.count()) == (["refused"] * 5, 1)


# Within the node


def test_consultation_within_the_node_needs_no_parcel(case: Case, people: dict[str, Person]) -> None:
    market = actions.add_person("planner", by=people["admin"])
    planning = actions.add_agency(
        "cd-planning", name_zh="规划局", name_en="Planning", kind="department",
        region=Agency.objects.get(code="cd-market").region, by=people["admin"],
    )  # fmt: skip
    actions.appoint(market, planning, "handler", by=people["admin"])
    chosen = attach(case, people["handler"], "officers")
    follow()
    sent = ParcelOut.objects.count()
    requests.consult(
        case, by=people["handler"], agency="cd-planning", question="有无规划依据？", reply_by="2099-12-31",
        documents=[str(chosen.pk)],
    )  # fmt: skip
    follow()
    (errand,) = Errand.objects.visible_to(market)
    assert (errand.peer_id, errand.files.get().pk, errand.number) == (None, chosen.pk, case.number)
    errands.attach(errand.pk, by=market, name="意见.txt", chunks=ContentFile("无依据".encode()).chunks())
    errands.answer(errand.pk, by=market, text="无。")
    follow()

    request = case.requests.get()
    assert (standing(request), ParcelOut.objects.count()) == (("answered", 1), sent)
    (answer,) = case.attachments.exclude(pk=chosen.pk)
    assert (answer.audience, answer.stored) == ("officers", True)
    assert Case.objects.visible_to(market).count() == 0


def test_consult_within_the_node_refuses(case: Case, people: dict[str, Person]) -> None:
    told = []
    for given in (
        {"agency": "cd-market"}, {"agency": "sc-fie-centre"}, {"agency": "sc-office", "reply_by": None}, {"agency": "nowhere"},
    ):  # fmt: skip
        with pytest.raises(Refused) as refused:
            requests.consult(
                case, by=people["handler"], **({"question": "有无依据？", "reply_by": "2099-12-31"} | given)
            )
        told.append(refused.value.code)

    assert told == ["complained-of", "answers-already", "reply-by-missing", "unknown-agency"]


# What is told and what is erased


def told(errand: Errand) -> list[tuple[str, str]]:
    while sequencer.place_pending() + followers.run("notices"):
        pass
    rows = Notice.objects.filter(errand=errand).order_by("pk")
    return [(row.verb, row.person.account) for row in rows.select_related("person")]


def test_who_must_answer_is_told_and_reminded(ours: Talk, agreement: Agreement, people: dict[str, Person]) -> None:
    errand = asked(ours, agreement)
    assert sorted(told(errand)) == [("received", "intake"), ("received", "lead")]

    ours.say("consultation.reminded", 0, requests=[str(errand.pk)], text="请尽快")

    assert sorted(told(errand)[2:]) == [("reminded", "handler"), ("reminded", "intake"), ("reminded", "lead")]
    notice = Notice.objects.visible_to(people["lead"]).get(verb="reminded")
    assert (telling.subject(notice), telling.address(notice)) == (
        "Case 50-2026-000007: You are reminded of a consultation", f"/api/v1/errands/{errand.pk}",
    )  # fmt: skip
    assert (notice.errand, "请尽快" in telling.sentence(notice)) == (errand, False)
    assert Notice.objects.visible_to(people["stranger"]).count() == 0


def test_question_that_the_peer_erases_goes_when_it_is_over(
    ours: Talk, agreement: Agreement, people: dict[str, Person]
) -> None:
    """A question that waits keeps what the answer needs; an answer that is named goes too."""
    body = {
        "request": str(uuid4()), "place": 1, "number": "50-2026-000007", "agreement": str(agreement.pk), "clause": "4.2",
        "asked_on": "2026-01-05", "programme": "fie-complaint", "category": "licensing", "text": "甲的电话写在这里",
        "agency": {}, "limit": None, "due_on": None,
    }  # fmt: skip
    ours.bring(ours.other.parcel("consultation.asked", body, dossier=ours.dossier, tenure=0, cause="c" * 64))
    errand = Errand.objects.get(pk=body["request"])

    def erase(event: str, cause: str = "") -> str:
        texts = [{"event": event, "cause": cause, "field": "text"}]
        parcel = ours.say("erasure", 0, erasure=uuid4().hex * 2, ground="consent", on="2026-01-06", texts=texts)
        follow()
        return parcel.state

    assert (erase("c" * 64), errands.Errand.objects.get(pk=errand.pk).content["text"]) == ("done", "甲的电话写在这里")
    errands.answer(errand.pk, by=people["handler"], text="乙的住址在此")
    answered = Event.objects.about("errand", errand.pk).get(verb="answered")
    ParcelOut.objects.filter(state="waiting").update(state="delivered")
    assert list(remains.found(["甲的电话"])) == []
    assert erase("d" * 64, answered.digest) == "done"

    assert (remains.found(["甲的电话", "乙的住址"]), verify_chain(errand.pk, "errand")) == ({}, [])


def test_own_question_and_answer_are_erased_with_the_case(case: Case, people: dict[str, Person]) -> None:
    """A consultation of another agency of this node: the errand holds a copy of both."""
    planning = actions.add_agency(
        "cd-planning", name_zh="规划局", name_en="Planning", kind="department",
        region=Agency.objects.get(code="cd-market").region, by=people["admin"],
    )  # fmt: skip
    actions.appoint(people["stranger"], planning, "handler", by=people["admin"])
    requests.consult(
        case, by=people["handler"], agency="cd-planning", question="丙的电话写在这里", reply_by="2099-12-31"
    )
    follow()
    errand = Errand.objects.get()
    errands.answer(errand.pk, by=Person.objects.get(pk=people["stranger"].pk), text="丁的住址在此")
    steps = Event.objects.about("case", case.uid).filter(verb__in=("consult", "request_reported"))
    texts = [f"{step.number}.{'question' if step.verb == 'consult' else 'text'}" for step in steps]

    keeping.erase(case, by=people["lead"], texts=texts, ground="secret")
    follow()

    search_index.forget()
    assert (remains.found(["丙的电话", "丁的住址"]), verify_chain(errand.pk, "errand")) == ({}, [])
