"""One's own cases: what the page says, every verb of an enterprise in place, refusals with what was typed, and nothing for strangers."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from tests.cast import SECRET_WORDS, Cast, confidential, filing
from tests.pages import asked_by
from tests.portal.conftest import signed_in, text

from lianqiao.cases.actions import ACTIONS, intake
from lianqiao.cases.models import Case


@pytest.fixture
def case(cast: Cast) -> Case:
    return intake.file(by=cast.lin, **filing(cast)).case


def act(case: Case, verb: str, by: Any, **told: Any) -> Case:
    ACTIONS[verb](case, by=by, **told)
    return Case.objects.get(pk=case.pk)


def test_list_shows_what_is_asked(cast: Cast, case: Case) -> None:
    act(case, "request_correction", cast.wei, missing=["营业执照"])

    page = text(signed_in(cast.lin).get("/cases"))

    assert page.count(case.title) == 1
    assert page.count("Correction requested Hand in what is missing Appeal Center") == 1


def test_list_asks_the_same_for_one_and_for_fifty(cast: Cast, case: Case) -> None:
    lin = signed_in(cast.lin)
    one = asked_by(lambda: lin.get("/cases"))
    for _case in range(49):
        intake.file(by=cast.lin, **filing(cast))

    page = lin.get("/cases")

    assert (asked_by(lambda: lin.get("/cases")), text(page).count(case.title)) == (one, 20)
    assert page.content.decode().count("which=open&amp;after=") == 1


def test_case_asks_the_same_for_few_events_and_for_many(cast: Cast, case: Case) -> None:
    act(case, "accept", cast.wei)
    act(case, "ask", cast.he, to="enterprise", question="何时？")
    lin = signed_in(cast.lin)
    few = asked_by(lambda: lin.get(f"/cases/{case.number}"))
    for number in range(20):
        act(case, "note", cast.he, text=f"第{number}次进展", shared=True)
        act(case, "ask", cast.he, to="enterprise", question=f"问题{number}？")

    assert asked_by(lambda: lin.get(f"/cases/{case.number}")) == few


def test_case_tells_the_way_in_sentences(cast: Cast, case: Case) -> None:
    act(case, "accept", cast.wei)
    act(case, "note", cast.he, text="已调取招标文件。", shared=True)
    act(case, "note", cast.he, text="内部意见。")

    page = text(signed_in(cast.lin, "zh").get(f"/cases/{case.number}"))

    told = [
        "向四川省外来企业投诉中心提交诉求。",
        "已受理，办理期限开始计算。",
        "记录办理进展。 已调取招标文件。",
        "内部意见",
    ]
    assert [page.count(sentence) for sentence in told] == [1, 1, 1, 0]


def test_limit_is_explained_day_by_day_and_the_fragment_is_a_part_of_the_page(cast: Cast, case: Case) -> None:
    clock = case.clocks.get(name="accept")
    lin = signed_in(cast.lin)

    whole = lin.get(f"/cases/{case.number}/limits/{clock.pk}").content.decode()
    part = lin.get(f"/cases/{case.number}/limits/{clock.pk}", headers={"HX-Request": "true"}).content.decode()

    assert (whole.count(part.strip()), part.count('class="counted last"') + part.count("counted last")) == (1, 2)
    assert part.count("<table") == len({clock.started_on.month, clock.due_on.month})


def test_supplement_is_handed_in(cast: Cast, case: Case) -> None:
    act(case, "request_correction", cast.wei, missing=["营业执照", "合同"])
    lin = signed_in(cast.lin)
    asked = text(lin.get(f"/cases/{case.number}"))

    answer = lin.post(f"/cases/{case.number}/supplement", {"text": "补交营业执照。", "version": 2}, follow=True)

    assert (asked.count("营业执照"), asked.count("合同")) == (2, 2)
    assert (
        Case.objects.get().state,
        text(answer).count("Handed in. The limit for the decision begins anew today."),
    ) == ("filed", 1)


def test_question_is_answered(cast: Cast, case: Case) -> None:
    act(case, "accept", cast.wei)
    act(case, "ask", cast.he, to="enterprise", question="何时取得招标文件？")
    lin = signed_in(cast.lin)
    asked = text(lin.get(f"/cases/{case.number}")).count("You are asked")

    answer = lin.post(f"/cases/{case.number}/reply", {"ask": 1, "text": "十月一日。"}, follow=True)

    assert (asked, text(answer).count("You are asked"), text(answer).count("十月一日。")) == (1, 0, 1)


def test_file_is_added_and_read(cast: Cast, case: Case) -> None:
    lin = signed_in(cast.lin)

    lin.post(f"/cases/{case.number}/attach", {"file": SimpleUploadedFile("合同.txt", "内容".encode())})

    held = case.attachments.get()
    read = lin.get(f"/cases/{case.number}/files/{held.pk}")
    assert (held.name, b"".join(read.streaming_content).decode()) == ("合同.txt", "内容")


def test_file_that_is_not_taken_is_refused_with_a_sentence(cast: Cast, case: Case) -> None:
    answer = signed_in(cast.lin).post(
        f"/cases/{case.number}/attach", {"file": SimpleUploadedFile("a.exe", b"MZ\x90\x00" * 64)}
    )

    assert (answer.status_code, case.attachments.count(), text(answer).count("Something is not right yet")) == (
        415,
        0,
        1,
    )


def test_case_is_rated_withdrawn_and_objected_to(cast: Cast, case: Case) -> None:
    lin = signed_in(cast.lin)
    act(case, "accept", cast.wei)
    act(case, "conclude", cast.he, ground="resolved", text="已纠正。")
    act(case, "deliver", cast.wei, method="electronic")

    rated = lin.post(f"/cases/{case.number}/rate", {"score": 4, "text": "太慢", "version": 4}, follow=True)
    objected = lin.post(f"/cases/{case.number}/object", {"reason": "没有真正解决。", "version": 5})

    new = Case.objects.latest("pk")
    assert text(rated).count("Thank you. Your rating was recorded.") == 1
    assert (objected["Location"], new.objection_to_id) == (f"/cases/{new.number}/receipt", case.pk)


def test_withdrawal_needs_a_reason_and_ends_the_case(cast: Cast, case: Case) -> None:
    lin = signed_in(cast.lin)

    empty = lin.post(f"/cases/{case.number}/withdraw", {"reason": "", "version": 1})
    lin.post(f"/cases/{case.number}/withdraw", {"reason": "已自行解决。", "version": 1})

    assert (empty.status_code, Case.objects.get().state) == (422, "withdrawn")


def test_somebody_elses_act_is_shown_and_what_was_typed_is_kept(cast: Cast, case: Case) -> None:
    act(case, "note", cast.wei, text="正在核对材料。", shared=True)

    answer = signed_in(cast.lin).post(f"/cases/{case.number}/withdraw", {"reason": "不再需要。", "version": 1})

    page = text(answer)
    assert (answer.status_code, page.count("Somebody else has acted meanwhile"), page.count("不再需要。")) == (
        412,
        1,
        1,
    )
    assert (page.count("正在核对材料。"), Case.objects.get().state) == (2, "filed")


def test_verb_that_is_not_possible_is_refused_on_the_page(cast: Cast, case: Case) -> None:
    answer = signed_in(cast.lin).post(f"/cases/{case.number}/rate", {"score": 1, "text": "好"})

    assert (answer.status_code, text(answer).count('"Rate" is not possible in the state "Filed".')) == (409, 1)


ADDRESSES = ["", "/receipt", "/receipts/1.json", "/limits/{clock}", "/files/{file}"]
VERBS = ["supplement", "reply", "attach", "withdraw", "rate", "object"]


@pytest.fixture
def secret(cast: Cast) -> dict[str, Any]:
    case = intake.file(by=cast.lin, **confidential(cast)).case
    signed_in(cast.lin).post(
        f"/cases/{case.number}/attach", {"file": SimpleUploadedFile("锦江秘名营业执照.txt", "锦江秘名".encode())}
    )
    return {"number": case.number, "clock": case.clocks.first().pk, "file": case.attachments.get().pk}


def test_nobody_else_sees_anything_of_a_case(cast: Cast, secret: dict[str, Any]) -> None:
    for who in ("stranger", "ren", "both", "pu"):
        sees_nothing(signed_in(cast.people[who]), secret)


def sees_nothing(client: Client, secret: dict[str, Any]) -> None:
    answers = [client.get(f"/cases/{secret['number']}{path}".format(**secret)) for path in ADDRESSES]
    answers += [
        client.post(f"/cases/{secret['number']}/{verb}", {"text": "x", "reason": "x", "score": 1, "ask": 1})
        for verb in VERBS
    ]
    pages = [client.get(path) for path in ("/", "/cases?which=all", "/file")]

    assert [answer.status_code for answer in answers] == [404] * len(answers)
    said = " ".join(answer.content.decode() for answer in [*answers, *pages])
    assert [word for word in SECRET_WORDS if word in said] == []


def test_co_handler_reads_a_confidential_case_without_who_filed_it(cast: Cast, secret: dict[str, Any]) -> None:
    case = Case.objects.get()
    act(case, "accept", cast.wei)
    act(case, "engage", cast.he, agency="cd-planning", task="请核实规划条件。", amount=5)
    pu = signed_in(cast.pu)

    answers = [pu.get(f"/cases/{secret['number']}{path}".format(**secret)) for path in ADDRESSES]

    said = " ".join(answer.content.decode() for answer in answers)
    assert [answer.status_code for answer in answers] == [200, 200, 200, 200, 404]
    assert [word for word in SECRET_WORDS if word in said] == []


def test_page_of_somebody_leads_to_signing_in(node: None, client: Client) -> None:
    paths = ["/cases", "/file", "/file/code", "/cases/51-2026-000001", "/cases/51-2026-000001/receipt"]

    led = [(answer.status_code, answer["Location"].split("?")[1]) for path in paths for answer in [client.get(path)]]

    assert led == [(302, f"next={path}") for path in paths]


def test_officer_of_the_centre_reads_the_page_but_has_no_verb_of_the_enterprise(cast: Cast, case: Case) -> None:
    page = signed_in(cast.wei).get(f"/cases/{case.number}")

    assert (page.status_code, page.content.decode().count(f'action="/cases/{case.number}/withdraw"')) == (200, 1)
