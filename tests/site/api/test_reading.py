"""Lists, one case, what happened, limits: what each reader gets, page by page, in how many queries."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.cast import Cast, confidential, filing
from tests.site.api.conftest import Caller


def file(call: Caller, who: str = "lin", **changed: Any) -> str:
    made = call.post("cases", who, filing(call.cast, **changed))
    assert made.status_code == 201
    return str(made.json()["number"])


def numbers(answer: Any) -> list[str]:
    return [case["number"] for case in answer.json()["cases"]]


def test_list_goes_page_by_page_newest_first(call: Caller) -> None:
    filed = [file(call) for _case in range(3)]

    first = call.get("cases?limit=2&count=1", "wei").json()
    second = call.get(first["next"], "wei").json()

    assert [case["number"] for case in first["cases"] + second["cases"]] == filed[::-1]
    assert (first["count"], second["next"]) == ("3", None)


def test_list_filters_by_state_programme_and_due_date(call: Caller) -> None:
    one, two = file(call), file(call)
    call.post(f"cases/{one}/accept", "wei", {})

    assert numbers(call.get("cases?state=filed", "wei")) == [two]
    assert numbers(call.get("cases?state=open", "wei")) == [two, one]
    assert numbers(call.get("cases?programme=fie-complaint", "wei")) == []
    assert numbers(call.get("cases?due_until=2020-01-01", "wei")) == []
    assert numbers(call.get("cases?due_until=2099-01-01", "wei")) == [two, one]
    assert numbers(call.get("cases?mine=1", "lin")) == [two, one]
    assert numbers(call.get("cases?mine=1", "wei")) == []


def test_list_refuses_what_it_does_not_know(call: Caller) -> None:
    told = {
        "cases?state=done": "unknown-state",
        "cases?after=x": "after",
        "cases?limit=101": "invalid",
        "cases?staet=filed": "unknown-parameter",
        "cases?due_until=18.9.2026": "invalid",
    }

    answers = {path: call.get(path, "wei") for path in told}

    assert {path: (answer.status_code, answer.json()["code"]) for path, answer in answers.items()} == {
        path: (422, code) for path, code in told.items()
    }


def test_list_finds_words_of_two_signs_one_sign_and_english(call: Caller) -> None:
    one = file(call, title="招标条件排斥外地企业", facts="The TENDER excludes bidders.")
    file(call, title="检查过于频繁", facts="每月三次。", request="请减少。")

    assert {
        query: numbers(call.get(f"cases?q={query}", "wei")) for query in ("招标", "标", "tender", "招标 bidders")
    } == {
        "招标": [one],
        "标": [one],
        "tender": [one],
        "招标 bidders": [one],
    }
    assert numbers(call.get("cases?q=招企", "wei")) == []
    assert numbers(call.get("cases?q=“”", "wei")) == []


def test_search_by_who_files_needs_the_right_to_it(call: Caller, cast: Cast) -> None:
    secret = call.post("cases", "lin", confidential(cast)).json()["number"]
    call.post(f"cases/{secret}/accept", "wei", {})
    call.post(
        f"cases/{secret}/engage", "he", {"agency": "cd-planning", "task": "说明。", "amount": 5, "unit": "working_days"}
    )

    assert numbers(call.get("cases?q=锦江", "wei")) == [secret]
    assert numbers(call.get("cases?q=锦江 检查", "wei")) == [secret]
    assert numbers(call.get("cases?q=检查", "pu")) == []  # a word of the enterprise's own
    call.post(f"cases/{secret}/summarise", "wei", {"text": "反映检查频次。"})
    assert numbers(call.get("cases?q=检查", "pu")) == [secret]
    assert numbers(call.get("cases?q=每月三次", "pu")) == []
    assert numbers(call.get("cases?q=锦江", "pu")) == []
    assert numbers(call.get("cases?q=锦江 检查", "pu")) == []


@pytest.mark.parametrize("cases", [1, 3])
def test_list_takes_the_same_queries_for_one_and_three_cases(call: Caller, cases: int) -> None:
    for _case in range(cases):
        file(call)
    call.get("cases", "wei")  # the token is known from here on

    with CaptureQueriesContext(connection) as queries:
        answer = call.get("cases", "wei")

    assert (len(answer.json()["cases"]), len(queries)) == (cases, 1)


def test_filing_takes_no_avoidable_query(call: Caller, cast: Cast) -> None:
    file(call)

    with CaptureQueriesContext(connection) as queries:
        answer = call.post("cases", "lin", filing(cast))

    kinds = [query["sql"].split()[0] for query in queries if query["sql"].split()[0] != "SAVEPOINT"]
    assert answer.status_code == 201
    assert kinds.count("SELECT") <= 3, [query["sql"][:200] for query in queries]


def test_case_shows_its_version_and_what_may_follow(call: Caller) -> None:
    number = file(call)

    sheet = call.get(f"cases/{number}", "wei")

    assert sheet.headers["ETag"] == '"1"'
    assert [step["verb"] for step in sheet.json()["possible"]] == [
        "request_correction", "accept", "refuse", "withdraw", "route", "offer", "ask", "attach", "note",
        "answer_supervision", "merge", "consult", "request_erasure",
    ]  # fmt: skip


def test_case_says_why_a_verb_is_not_possible(call: Caller) -> None:
    number = file(call)

    why = call.get(f"cases/{number}?why=conclude", "wei", Accept_Language="zh").json()["why"]
    open_ = call.get(f"cases/{number}?why=accept", "wei").json()["why"]
    unknown = call.get(f"cases/{number}?why=vanish", "wei")

    assert (why["allowed"], why["code"]) == (False, "wrong-state")
    assert why["sentence"].startswith("案件处于“已提交”状态，不能“办结”。")
    assert open_ == {"verb": "accept", "allowed": True, "code": None, "sentence": None}
    assert (unknown.status_code, unknown.json()["code"]) == (422, "unknown-verb")


def test_enterprise_reads_no_internal_notes_questions_or_supervision(call: Caller) -> None:
    number = file(call)
    for who, verb, told in [
        ("wei", "accept", {}),
        ("he", "note", {"text": "内部记录"}),
        ("he", "note", {"text": "公开进展", "shared": True}),
        ("he", "ask", {"to": "respondent", "agency": "sc-market", "question": "内部询问"}),
        ("he", "ask", {"to": "enterprise", "question": "请说明时间"}),
        ("su", "supervise", {"text": "内部督办", "answer_by": "2099-01-01"}),
        ("he", "engage", {"agency": "cd-planning", "task": "内部任务", "amount": 5, "unit": "working_days"}),
    ]:
        assert call.post(f"cases/{number}/{verb}", who, told).status_code == 200, verb

    seen = call.get(f"cases/{number}/events", "lin")
    held = call.get(f"cases/{number}/events", "wei")
    clocks = {row["name"] for row in call.get(f"cases/{number}/clocks", "lin").json()["clocks"]}

    assert [step["verb"] for step in seen.json()["events"]] == ["file", "accept", "note", "ask", "engage"]
    assert "内部" not in seen.content.decode()
    assert len(held.json()["events"]) == 8
    assert clocks == {"correct", "accept", "handle"}


def test_events_name_officers_to_officers_and_agencies_to_the_enterprise(call: Caller) -> None:
    number = file(call)
    call.post(f"cases/{number}/accept", "wei", {})

    to_officer = [step["by"] for step in call.get(f"cases/{number}/events", "he").json()["events"]]
    to_enterprise = [step["by"] for step in call.get(f"cases/{number}/events", "lin").json()["events"]]

    assert to_officer == ["Enterprise or its agent", "某wei, Appeal Center"]
    assert to_enterprise == ["Enterprise or its agent", "Appeal Center"]


def test_limit_is_explained_day_by_day_in_the_readers_language(call: Caller) -> None:
    number = file(call)
    row = call.get(f"cases/{number}/clocks", "lin").json()["clocks"][0]

    zh = call.get(row["address"], "lin", Accept_Language="zh-CN").json()
    en = call.get(row["address"], "lin", Accept_Language="en").json()

    assert (zh["label"], en["label"]) == ("一次性补正告知期限", "one-off correction notice")
    assert zh["explanation"]["due"] == en["explanation"]["due"] == row["due_on"]
    counted = [day for day in zh["explanation"]["days"] if day["counted"]]
    assert (len(counted), counted[-1]["date"]) == (7, row["due_on"])
    assert zh["sentences"] == zh["explanation"]["sentences"]["zh"]


def test_unknown_limit_of_the_case_is_not_found(call: Caller) -> None:
    one, two = file(call), file(call)
    foreign = call.get(f"cases/{two}/clocks", "lin").json()["clocks"][0]["id"]

    answer = call.get(f"cases/{one}/clocks/{foreign}", "lin")

    assert (answer.status_code, answer.json()["code"]) == (404, "unknown-clock")
