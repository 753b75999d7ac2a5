"""A person finds the whole journey from the examples of the document alone: only ids and numbers are put in."""

import json
import re
from typing import Any

import pytest
from tests.cast import Cast
from tests.site.api.conftest import Caller

from lianqiao.cases.api import answers, examples
from lianqiao.site.api import api, document

DOCUMENT = document.described(api)


def example(verb: str, cast: Cast) -> Any:
    path = "/api/v1/cases" if verb == "file" else f"/api/v1/cases/{{number}}/{verb}"
    content = DOCUMENT["paths"][path]["post"]["requestBody"]["content"]["application/json"]
    return json.loads(json.dumps(content["example"]).replace(examples.ENTERPRISE, str(cast.enterprise.pk)))


def walk(call: Caller, steps: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Do the verbs with their examples, each by its person; the state after each, and that it says so itself."""
    number, reached = "", []
    for who, verb in steps:
        path = "cases" if verb == "file" else f"cases/{number}/{verb}"
        if verb != "file":
            sheet = call.get(f"cases/{number}", who).json()
            assert verb in [possible["verb"] for possible in sheet["possible"]], (verb, sheet["possible"])
        answer = call.post(path, who, example(verb, call.cast))
        assert answer.status_code in (200, 201), (verb, answer.content.decode())
        number = answer.json()["number"] if verb == "file" else number
        reached.append((verb, answer.json()["state"]))
    return reached


def test_walk_to_the_end_from_the_examples(call: Caller) -> None:
    steps = [
        ("lin", "file"), ("wei", "request_correction"), ("lin", "supplement"), ("wei", "accept"), ("he", "ask"),
        ("su", "supervise"), ("he", "answer_supervision"), ("lin", "reply"), ("he", "engage"), ("pu", "contribute"),
        ("zhao", "extend"), ("he", "pause"), ("he", "resume"), ("he", "note"), ("he", "settle"), ("he", "conclude"),
        ("wei", "deliver"), ("lin", "rate"), ("wei", "archive"),
    ]  # fmt: skip

    states = [state for _verb, state in walk(call, steps)]

    assert states == ["filed", "correcting", "filed"] + ["accepted"] * 12 + [
        "concluded",
        "delivered",
        "delivered",
        "archived",
    ]


def test_walk_through_assignment_and_reopening_from_the_examples(call: Caller) -> None:
    steps = [
        ("lin", "file"), ("wei", "route"), ("chengdu", "dispute"), ("zhao", "decide"), ("chengdu", "sign_for"),
        ("chengdu", "accept"), ("chengdu", "conclude"), ("chengdu", "deliver"), ("chengdu", "reopen"), ("lin", "withdraw"),
    ]  # fmt: skip

    assert [state for _verb, state in walk(call, steps)] == [
        "filed", "filed", "filed", "filed", "filed", "accepted", "concluded", "delivered", "accepted", "withdrawn",
    ]  # fmt: skip


def test_walk_to_a_refusal_and_the_objection_from_the_examples(call: Caller) -> None:
    steps = [("lin", "file"), ("wei", "route"), ("chengdu", "sign_for"), ("chengdu", "refuse"), ("lin", "object")]

    assert [state for _verb, state in walk(call, steps)] == ["filed", "filed", "filed", "refused", "refused"]
    newest = call.get("cases", "wei").json()["cases"][0]
    assert (newest["agency"]["code"], newest["state"]) == ("sc-inward-centre", "filed")


def test_bad_rating_is_followed_up_from_the_examples(call: Caller) -> None:
    walk(call, [("lin", "file"), ("wei", "accept"), ("he", "conclude"), ("wei", "deliver")])
    number = call.get("cases", "lin").json()["cases"][0]["number"]
    call.post(f"cases/{number}/rate", "lin", {"score": 5})

    assert call.post(f"cases/{number}/contact", "wei", example("contact", call.cast)).status_code == 200
    assert call.post(f"cases/{number}/contact", "wei", example("contact", call.cast)).json()["code"] == "no-bad-rating"


def test_draft_is_kept_changed_and_submitted(call: Caller, cast: Cast) -> None:
    made = call.post("drafts", "lin", {"content": {"title": "招标"}})
    address = made.headers["Location"]
    complete = {"content": example("file", cast)}

    assert call("put", address, "lin", complete).json()["content"] == complete["content"]
    filed = call.post(f"{address}/submit", "lin")

    assert (filed.status_code, filed.json()["state"], len(filed.json()["code_word"])) == (201, "filed", 10)
    assert call.get("drafts", "lin").json() == {"drafts": []}
    discarded = call.post("drafts", "lin", {"content": {}}).headers["Location"]
    assert [call("delete", discarded, "lin").status_code, call.get(discarded, "lin").status_code] == [204, 404]


def test_enterprise_of_ones_own_can_file_at_once(call: Caller, cast: Cast) -> None:
    body = DOCUMENT["paths"]["/api/v1/enterprises"]["post"]["requestBody"]["content"]["application/json"]["example"]
    assert call.get("me", "stranger").json()["enterprises"] == []
    entered = call.post("enterprises", "stranger", body)

    filed = call.post("cases", "stranger", example("file", cast) | {"enterprise": entered.json()["id"]})

    assert (entered.status_code, filed.status_code) == (201, 201)
    assert filed.json().keys() == answers.FiledCase.model_fields.keys()
    assert answers.FiledCase.model_validate(filed.json()).model_dump(mode="json") == filed.json()
    assert [held["id"] for held in call.get("me", "stranger").json()["enterprises"]] == [entered.json()["id"]]


def test_enterprise_is_found_by_an_intake_officer_with_its_whole_code(call: Caller, cast: Cast) -> None:
    address = f"enterprises?uscc={cast.enterprise.uscc}"

    found = {who: len(call.get(address, who).json()["enterprises"]) for who in ("lin", "wei", "he", "pu", "stranger")}

    assert found == {"lin": 1, "wei": 1, "he": 0, "pu": 0, "stranger": 0}
    assert call.get("enterprises", "wei").json() == {"enterprises": []}


def test_every_verb_of_people_has_its_operation() -> None:
    operations = {path.rpartition("/")[2] for path, methods in DOCUMENT["paths"].items() if "post" in methods}

    assert {"file", *examples.EXAMPLES} - operations - {"file"} == set()


@pytest.mark.parametrize("path", DOCUMENT["paths"])
def test_every_error_is_declared(path: str) -> None:
    missing = {
        method: wanted - operation["responses"].keys()
        for method, operation in DOCUMENT["paths"][path].items()
        if (wanted := {"405", "422", "500", "503"} | ({"401", "403"} if "x-scope" in operation else set()))
        - operation["responses"].keys()
    }

    assert missing == {}


def test_page_for_people_lists_every_operation_in_both_languages(call: Caller) -> None:
    zh = call.get("docs", "", Accept_Language="zh").content.decode()
    en = call.get("docs", "", Accept_Language="en").content.decode()

    operations = sum(len(methods) for methods in DOCUMENT["paths"].values())
    assert [page.count("<details>") for page in (zh, en)] == [operations, operations]
    assert [word in zh for word in ("受理", "提交投诉", "办结")] == [True, True, True]
    assert re.findall(r'(?:src|href)="(?!/|#)[^"]*', zh + en) == []
