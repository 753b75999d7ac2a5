"""Hotline tickets over the interface: taken in, listed, read with their limit, made cases of."""

import json
from typing import Any

import pytest
from tests.cast import Cast
from tests.site.api.conftest import Caller

from lianqiao.cases.models import Case
from lianqiao.hotline.models import Ticket
from lianqiao.jobs import work
from lianqiao.site.api import api, document

PATHS = document.described(api)["paths"]
NDJSON = "application/x-ndjson"


def tickets(*changed: dict[str, Any]) -> bytes:
    told = json.loads(PATHS["/api/v1/hotline/tickets"]["post"]["requestBody"]["content"][NDJSON]["example"])
    return "".join(json.dumps(told | one, ensure_ascii=False) + "\n" for one in changed).encode()


def take_in(call: Caller, *changed: dict[str, Any], who: str = "wei") -> Any:
    answer = call.post("hotline/tickets", who, tickets(*changed), type=NDJSON)
    while work.work():
        pass
    return call.get(answer.json()["address"], who).json()


@pytest.fixture
def three(call: Caller, cast: Cast) -> None:
    name = {"企业名称": cast.enterprise.name_zh}
    job = take_in(call, name, {"工单编号": "SC-2"}, {"工单编号": "SC-3", "诉求类型": "咨询", "来电人": "张三"})
    assert (job["counts"], job["problems"]) == ({"done": 3}, [])


def test_tickets_are_listed_page_by_page(call: Caller, three: None) -> None:
    first = call.get("hotline/tickets?limit=2", "wei").json()
    second = call.get(first["next"], "wei").json()

    assert [one["number"] for one in first["tickets"] + second["tickets"]] == ["SC-3", "SC-2", "SC202611200001"]
    assert (second["next"], [one["number"] for one in call.get("hotline/tickets?type=consultation", "wei").json()["tickets"]]) == (
        None, ["SC-3"],
    )  # fmt: skip


@pytest.mark.parametrize("count", [1, 3])
def test_list_costs_the_same_for_one_and_for_three(
    call: Caller, three: None, django_assert_num_queries: Any, count: int
) -> None:
    call.get("hotline/tickets", "wei")

    with django_assert_num_queries(1):
        call.get(f"hotline/tickets?limit={count}", "wei")


def test_example_of_the_document_makes_a_case(call: Caller, cast: Cast, three: None) -> None:
    ticket = Ticket.objects.get(number="SC202611200001")
    told = call.get(f"hotline/tickets/{ticket.uid}", "wei").json()
    assert (told["source"], told["limit"]["regime"], told["limit"]["due_on"], told["likely_cases"]) == (
        "transfer", "sc-12345-2026", "2026-12-11", [],
    )  # fmt: skip
    path = "/api/v1/hotline/tickets/{ticket}/become-a-case"
    body = PATHS[path]["post"]["requestBody"]["content"]["application/json"]["example"]

    answer = call.post(f"hotline/tickets/{ticket.uid}/become-a-case", "wei", body)

    assert answer.status_code == 201
    number = Case.objects.get().number
    assert (answer.json()["filed"]["number"], answer.json()["ticket"]["case"], len(answer.json()["filed"]["code_word"])) == (
        number, number, 10,
    )  # fmt: skip
    again = call.post(f"hotline/tickets/{ticket.uid}/become-a-case", "wei", body)
    assert (again.status_code, again.json()["code"]) == (409, "became-a-case")


def test_ticket_is_told_to_nobody_else(call: Caller, three: None) -> None:
    uid = Ticket.objects.get(number="SC-2").uid

    for who in ("lin", "ren", "chengdu", "stranger", "root"):
        assert call.get("hotline/tickets", who).json() == {"tickets": [], "next": None}
        assert call.get(f"hotline/tickets/{uid}", who).json()["code"] == "unknown-ticket"
        assert call.post(f"hotline/tickets/{uid}/become-a-case", who, {}).json()["code"] == "unknown-ticket"
