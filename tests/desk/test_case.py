"""The page of a case for officers: every verb as a form, refusals with what was typed, what others did meanwhile, and the way in for nobody else."""

import re
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation
from tests.addresses import agreed
from tests.cast import SECRET_WORDS, Cast, confidential, filing
from tests.pages import MOST, asked_by
from tests.portal.conftest import signed_in, text

from lianqiao.cases import access, clocks, timeline
from lianqiao.cases.actions import ACTIONS, intake
from lianqiao.cases.models import Case
from lianqiao.desk import forms, sheet
from lianqiao.notices.documents import issuing
from lianqiao.record import followers, sequencer, time
from lianqiao.record.models import Event
from lianqiao.registry import actions
from lianqiao.registry.models import Agreement, Clause, Person

pytestmark = pytest.mark.django_db


@pytest.fixture
def case(cast: Cast) -> Case:
    return intake.file(by=cast.lin, **filing(cast)).case


def act(case: Case, verb: str, by: Any, **told: Any) -> Case:
    ACTIONS[verb](case, by=by, **told)
    return Case.objects.get(pk=case.pk)


def send(case: Case, verb: str, person: Any, told: dict[str, Any], version: int | None = None) -> Any:
    given = {"version": str(case.event_count if version is None else version)} | told
    return signed_in(person).post(f"/desk/cases/{case.number}/{verb}", given)


def test_every_field_of_every_form_has_a_word() -> None:
    asked = {(verb, name) for verb in forms.verbs() for name in forms.fields_of(verb)}

    assert {(verb, name) for verb, name in asked if name not in forms.LABELS} == set()


def test_whole_life_by_the_forms(cast: Cast, case: Case) -> None:
    steps: list[tuple[str, Any, dict[str, Any]]] = [
        ("request_correction", cast.wei, {"missing": "营业执照\n授权委托书\n"}),
        ("accept", cast.wei, {"remark": "材料齐全"}),
        ("ask", cast.he, {"to": "respondent", "agency": "sc-market", "question": "每月检查几次？"}),
        ("note", cast.he, {"text": "已调取材料", "shared": "on"}),
        ("extend", cast.zhao, {"amount": "5", "unit": "working_days", "reason": "情况复杂"}),
        ("conclude", cast.he, {"ground": "resolved", "text": "已责令更正"}),
        ("deliver", cast.wei, {"method": "electronic", "receipt": "回执"}),
        ("archive", cast.wei, {"retention": "30-years"}),
    ]
    for verb, person, told in steps:
        if verb == "accept":
            case = act(case, "supplement", cast.lin, text="补上")
        answer = send(case, verb, person, told)
        assert (verb, answer.status_code) == (verb, 302), text(answer)
        case = Case.objects.get(pk=case.pk)

    assert (case.state, case.event_count) == ("archived", 10)


def test_page_shows_what_may_be_done_and_why_not_the_rest(cast: Cast, case: Case) -> None:
    wei = signed_in(cast.wei)

    page = wei.get(f"/desk/cases/{case.number}").content.decode()
    why = wei.get(f"/desk/cases/{case.number}/why-not").content.decode()

    offered = re.findall(rf'href="/desk/cases/{case.number}/(\w+)"', page)
    assert {"accept", "refuse", "request_correction", "route"} <= set(offered)
    assert {"conclude", "answer_supervision"} & set(offered) == set()
    assert "No supervision letter waits for an answer." in why
    assert page.count(f'href="/desk/registry/regimes/{case.regime}"') == 1
    assert "Not in the state &quot;Filed&quot;, only in: Accepted" in why


def test_limit_is_offered_to_be_paused_or_resumed_as_it_stands(cast: Cast, case: Case) -> None:
    act(case, "accept", cast.wei)
    he, shown = signed_in(cast.he), f"/desk/cases/{case.number}"
    cause = clocks.regime_of(case).pause_causes[0].code

    def offered() -> set[str]:
        return {"pause", "resume"} & set(re.findall(rf'href="{shown}/(\w+)"', he.get(shown).content.decode()))

    running = offered()
    act(case, "pause", cast.he, cause=cause, reason="等待鉴定")
    paused, why = offered(), he.get(f"{shown}/why-not").content.decode()
    act(case, "resume", cast.he)

    assert (running, paused, offered()) == ({"pause"}, {"resume"}, {"pause"})
    assert "No limit of handling runs that the rule of procedure allows to pause." in why


def test_limit_is_not_offered_for_what_its_rule_does_not_know(
    cast: Cast, case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    act(case, "accept", cast.wei)
    known = clocks.regime_of(case)
    strict = replace(known, extension=replace(known.extension, allowed=False), pause_causes=())

    def offered() -> set[str]:
        return {"extend", "pause"} & {one.verb for one in sheet.possible(case, cast.zhao)}

    before = offered()
    monkeypatch.setattr(clocks, "regime_of", lambda case: strict)

    assert (before, offered()) == ({"extend", "pause"}, set())


def test_refusal_keeps_what_was_typed(cast: Cast, case: Case) -> None:
    answer = send(
        case, "refuse", cast.wei, {"ground": "not-this-agency", "reason": "应由市里办理", "competent_body": ""}
    )

    page = answer.content.decode()
    assert (answer.status_code, page.count("应由市里办理"), Case.objects.get(pk=case.pk).state) == (422, 1, "filed")


def test_what_others_did_meanwhile_is_shown(cast: Cast, case: Case) -> None:
    seen = case.event_count
    act(case, "note", cast.wei, text="已电话核实")

    answer = send(case, "accept", cast.wei, {"remark": "我写的备注"}, version=seen)

    said = text(answer)
    assert answer.status_code == 412
    assert (said.count("Somebody else has acted meanwhile"), said.count("我写的备注")) == (1, 1)
    assert said.count("已电话核实") == 2  # in the notice, and in the timeline
    assert Case.objects.get(pk=case.pk).state == "filed"


def test_form_alone_is_a_part_of_the_page(cast: Cast, case: Case) -> None:
    wei = signed_in(cast.wei)

    whole = wei.get(f"/desk/cases/{case.number}/refuse").content.decode()
    part = wei.get(f"/desk/cases/{case.number}/refuse", headers={"HX-Request": "true"}).content.decode()

    def without_token(page: str) -> str:
        return re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", page)

    assert (without_token(part).strip() in without_token(whole), "<html" in part) == (True, False)


def test_who_will_be_told_is_said_before_one_acts(cast: Cast, case: Case) -> None:
    wei = signed_in(cast.wei)

    def told(address: str) -> str:
        answer = wei.get(f"/desk/cases/{case.number}/{address}", headers={"HX-Request": "true"})
        found = re.search(r'(?s)id="told".*?</div>', answer.content.decode())
        return " ".join(re.sub(r"<[^>]+>", " ", found[0].partition(">")[2]).split()) if found else ""

    assert [
        told(one) for one in ("accept", "route", "route/told?agency=cd-planning", "note", "note/told?shared=on")
    ] == [
        "Will be told: the enterprise (people who will be told: 1)",
        "Will be told: whoever takes in, handles and leads in the agency that you choose",
        f"Will be told: Chengdu Planning Bureau: {cast.people['pu']}",
        "Nobody is told of this by a notice; it stands in the case.",
        "Will be told: the enterprise (people who will be told: 1)",
    ]


def test_page_asks_the_same_for_few_events_and_for_many(cast: Cast, case: Case) -> None:
    act(case, "accept", cast.wei)
    he = signed_in(cast.he)
    few = asked_by(lambda: he.get(f"/desk/cases/{case.number}"))
    for number in range(15):
        act(case, "note", cast.he, text=f"第{number}次进展")

    assert asked_by(lambda: he.get(f"/desk/cases/{case.number}")) == few


@pytest.mark.once
def test_every_form_asks_little_also_for_who_acts_for_others(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    """A confidential case, of which most must be known, read by a deputy of everybody in the agency: its forms while it is handled and after."""
    monkeypatch.setattr("lianqiao.registry.remembered.SECONDS", 3600.0)
    agreed(cast)
    ends = time.today() + timedelta(days=30)
    for giver, role in ((cast.wei, "intake"), (cast.he, "handler"), (cast.zhao, "lead"), (cast.su, "supervisor")):
        actions.delegate(giver, cast.pu, cast.centre, roles=[role], until=ends, by=giver)
    intake.file(by=cast.lin, **confidential(cast))  # one that it may follow
    case = intake.file(by=cast.lin, **confidential(cast)).case
    ACTIONS["request_erasure"](case, by=cast.lin, contact=True, reason="不再需要")
    act(case, "accept", cast.wei)
    act(case, "ask", cast.he, to="respondent", agency="sc-market", question="每月检查几次？")
    act(case, "supervise", cast.su, text="请尽快办理并答复。", answer_by=ends)
    pu = signed_in(cast.pu)
    asked: dict[str, int] = {}

    def open_each() -> None:
        deputy, held = Person.objects.get(pk=cast.pu.pk), Case.objects.get(pk=case.pk)
        pu.get(f"/desk/cases/{case.number}/request_erasure")
        for verb in set(forms.verbs()) - {*asked}:
            if access.refusal(held, verb, deputy) is None:
                with CaptureQueriesContext(connection) as captured:
                    assert pu.get(f"/desk/cases/{case.number}/{verb}").status_code == 200
                asked[verb] = len(captured)

    open_each()
    act(case, "conclude", cast.he, ground="resolved", text="已责令更正")
    act(case, "deliver", cast.wei, method="electronic")
    open_each()

    assert {verb: times for verb, times in asked.items() if times > MOST} == {}
    assert {"withdraw", "merge", "offer", "request_erasure", "reopen"} <= {*asked}, asked


def test_documents_are_listed_and_read(cast: Cast, case: Case, settings: Any, tmp_path: Any) -> None:
    settings.LIANQIAO_DATA = tmp_path
    act(case, "accept", cast.wei)
    sequencer.place_pending()
    followers.run("documents")
    issuing.print_due()
    wei = signed_in(cast.wei)

    page = wei.get(f"/desk/cases/{case.number}/documents").content.decode()
    [address] = re.findall(r'href="(/documents/[^"]+/zh.pdf)"', page)
    answer = wei.get(address)

    assert (answer.status_code, answer.headers["Content-Type"], b"".join(answer.streaming_content)[:5]) == (
        200,
        "application/pdf",
        b"%PDF-",
    )
    assert signed_in(cast.people["ren"]).get(address).status_code == 404


def test_step_leads_to_the_clause_and_the_article_where_it_stands(cast: Cast) -> None:
    case = intake.file(by=cast.lin, **filing(cast, programme="fie-complaint")).case
    case = act(case, "refuse", cast.wei, ground="3", reason="应由市里办理", competent_body="成都市中心")
    event = Event.objects.get(verb="refuse")
    offered = timeline.Step(event, "", "", {"agreement": (agreement := agreed(cast)), "clause": "3.2"}, None)

    page = signed_in(cast.wei).get(f"/desk/cases/{case.number}").content.decode()

    assert page.count(f'<a class="small" href="/desk/registry/regimes/{case.regime}">article 14(3)</a>') == 1
    assert sheet.cited(case, offered) == [(f"/desk/registry/agreements/{agreement}", "Clause 3.2")]


def test_texts_to_erase_are_named_by_their_field_and_a_name_is_read_in_both_scripts(cast: Cast, case: Case) -> None:
    page = text(signed_in(cast.wei).get(f"/desk/cases/{case.number}/request_erasure"))

    assert [
        page.count(word) for word in ("1 File, Facts: 成都市某项目", "1 File, Title: 招标条件", "The case was filed at")
    ] == [1, 1, 1]
    assert page.count("Jinjiang Test Technology (锦江秘名科技有限公司)") == 1


def test_form_asks_what_the_case_calls_for_and_names_whom_a_clause_leads_to(cast: Cast, case: Case) -> None:
    act(case, "accept", cast.wei)
    he = signed_in(cast.he)
    asked = []
    for leads in (0, 1):
        Case.objects.update(leads=leads)
        page = he.get(f"/desk/cases/{case.number}/conclude").content.decode()
        asked.append([page.count(f'name="{name}"') for name in ("text", "others", "outcome")])
    held = Agreement.objects.get(pk=agreed(cast))
    clause = Clause(agreement=held, ref="3.1", to_node="50", to_agency="cq-private-centre")

    assert asked == [[1, 0, 0], [1, 1, 0]]
    with translation.override("zh-hans"):
        assert forms._clause(clause) == ("3.1 → 重庆市人民政府民营企业维权投诉中心 · 川渝跨区域企业投诉处理协作协议")


def test_file_is_added(cast: Cast, case: Case) -> None:
    file = SimpleUploadedFile("记录.txt", "内部记录".encode())

    answer = signed_in(cast.wei).post(f"/desk/cases/{case.number}/attach", {"file": file, "officers": "1"})

    assert (answer.status_code, case.attachments.get().audience) == (302, "officers")


def test_agency_complained_of_gets_nothing_of_a_confidential_case(cast: Cast) -> None:
    case = intake.file(by=cast.lin, **confidential(cast)).case
    act(case, "accept", cast.wei)
    act(case, "ask", cast.he, to="respondent", agency="sc-market", question="每月检查几次？")
    ren = signed_in(cast.people["ren"])

    pages = {
        address: text(ren.get(address))
        for address in (
            "/desk/all?scope=all", "/desk/questions", f"/desk/cases/{case.number}", f"/desk/cases/{case.number}/why-not",
            f"/desk/cases/{case.number}/note",
        )
    }  # fmt: skip

    assert {address: [word for word in SECRET_WORDS if word in page] for address, page in pages.items()} == {
        key: [] for key in pages
    }
    assert pages["/desk/questions"].count("每月检查几次？") == 1


def test_question_is_answered_without_the_case(cast: Cast, case: Case) -> None:
    act(case, "accept", cast.wei)
    act(case, "ask", cast.he, to="respondent", agency="sc-market", question="每月检查几次？")
    question = case.questions.get()

    answer = signed_in(cast.people["ren"]).post("/desk/questions", {"question": question.pk, "text": "每月一次"})

    question.refresh_from_db()
    assert (answer.status_code, question.answered_by is not None) == (302, True)


def test_usual_step_stands_first_and_is_filled(cast: Cast) -> None:
    case = intake.file(by=cast.lin, **filing(cast)).case
    page = signed_in(cast.wei).get(f"/desk/cases/{case.number}").content.decode()

    buttons = re.findall(rf'<a class="(button[^"]*)" href="/desk/cases/{case.number}/(\w+)"', page)
    assert (buttons[0], [verb for kind, verb in buttons if kind == "button"]) == (("button", "accept"), ["accept"])
    grave = ["grave" in kind for kind, _verb in buttons]
    assert (grave, buttons[-1][1]) == (
        sorted(grave),
        "withdraw",
    )  # what ends or moves the case stands together at the end


@pytest.mark.parametrize(("verb", "asked"), [("route", ["agency", "reason"]), ("reassign", ["handler", "reason"])])
def test_form_asks_what_before_it_asks_why(verb: str, asked: list[str]) -> None:
    assert list(forms.fields_of(verb)) == asked


@pytest.mark.parametrize(("received_from", "said"), [("", 0), ("50", 1)])
def test_conclusion_of_a_case_of_the_other_region_goes_home(cast: Cast, received_from: str, said: int) -> None:
    case = intake.file(by=cast.lin, **filing(cast)).case
    ACTIONS["accept"](case, by=cast.wei)
    Case.objects.filter(pk=case.pk).update(received_from=received_from)

    page = text(signed_in(cast.he).get(f"/desk/cases/{case.number}/conclude"))

    assert page.count("the other region, which tells the enterprise and delivers the result") == said
