"""Pages for everybody: made of the law in force here, the same for one agency and for many, and telling nothing of a case but its status."""

import json
import re

import pytest
import time_machine
from django.test import Client
from django.utils.translation import override
from tests.cast import Cast, confidential, filing
from tests.pages import asked_by
from tests.portal.conftest import EN, ZH, text

from lianqiao.cases.actions import intake
from lianqiao.law.regime import PROGRAMMES
from lianqiao.portal import guide
from lianqiao.record import receipts
from lianqiao.record.time import now
from lianqiao.registry import actions


def test_home_says_how_long_it_takes(cast: Cast, client: Client) -> None:
    actions.set_competence(cast.centre, region="51", programme="fie-complaint", by=cast.root)

    page = text(client.get("/", headers=ZH))

    assert page.count("外商投资企业投诉 受理决定 7个工作日 办理 60个工作日") == 1
    assert (page.count(" 自设目标"), page.count("为本节点自设目标")) == (4, 2)


def test_home_asks_the_same_for_one_programme_and_for_many(cast: Cast, client: Client) -> None:
    few = asked_by(lambda: client.get("/", headers=ZH))
    for programme in PROGRAMMES:
        if programme not in ("inward-complaint", "private-complaint"):
            actions.set_competence(cast.centre, region="51", programme=programme, by=cast.root)

    assert (few, asked_by(lambda: client.get("/", headers=ZH))) == (2, 2)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_guide_tells_every_ground_and_limit(cast: Cast, client: Client, language: str) -> None:
    untold = []
    for programme in PROGRAMMES:
        page = text(client.get(f"/guide/{programme}", headers={"Accept-Language": language}))
        with override("zh-hans" if language == "zh" else "en"):
            told = guide.guide(programme, [])
        lines = [line.text for line in (*told.refusals, *told.materials, *told.conclusions)]
        untold += [said for said in [*lines, *(term.figure for term in told.terms)] if squeezed(said) not in page]

    assert untold == []


def squeezed(said: str) -> str:
    return re.sub(r"\s+", " ", said)


def test_guide_names_the_agency_with_its_telephone(cast: Cast, client: Client) -> None:
    cast.centre.phone, cast.centre.address = "028-00000000", "成都市示例路1号"
    cast.centre.save()

    page = text(client.get("/guide/inward-complaint", headers=ZH))

    assert page.count("四川省外来企业投诉中心 成都市示例路1号 028-00000000") == 1


def test_guide_to_nothing_is_not_found(cast: Cast, client: Client) -> None:
    assert client.get("/guide/nothing").status_code == 404


def test_where_finds_the_agency_by_three_questions(cast: Cast, client: Client) -> None:
    page = client.get("/where", {"who": "inward", "what": "unequal", "place": "510100"}, headers=ZH)

    assert text(page).count("四川省外来企业投诉中心 受理类别：外来企业投诉。") == 1
    assert (
        page.content.decode().count(
            "/file?situation=unequal&amp;programme=inward-complaint&amp;agency=sc-inward-centre"
        )
        == 1
    )


def test_where_says_what_belongs_elsewhere(cast: Cast, client: Client) -> None:
    page = text(client.get("/where", {"who": "private", "what": "contract", "place": "510000"}, headers=EN))

    assert page.count("Not here A dispute between companies is for the court") == 1


def test_where_says_when_nobody_is_entered(cast: Cast, client: Client) -> None:
    page = text(client.get("/where", {"who": "foreign_invested", "what": "fees", "place": "510100"}, headers=EN))

    assert page.count("No agency is entered for this") == 1


def test_where_asks_again_when_an_answer_is_missing(cast: Cast, client: Client) -> None:
    page = text(client.get("/where", {"who": "inward", "place": "510100"}, headers=EN))

    assert page.count("Something is not right yet") == 1


def test_status_shows_state_and_limits_and_nothing_else(cast: Cast, client: Client) -> None:
    filed = intake.file(by=cast.lin, **confidential(cast))

    answer = client.post("/status", {"number": filed.case.number, "code_word": filed.code_word.lower()}, headers=ZH)

    page = text(answer)
    assert (answer.status_code, page.count("已提交"), page.count("四川省外来企业投诉中心")) == (200, 1, 1)
    assert [word for word in ("锦江秘名", "秘题", "秘密联系人") if word in page] == []


def test_status_refuses_what_does_not_belong_together_and_keeps_what_was_typed(cast: Cast, client: Client) -> None:
    filed = intake.file(by=cast.lin, **filing(cast))

    answer = client.post("/status", {"number": filed.case.number, "code_word": "AAAAAAAAAA"}, headers=EN)

    assert answer.status_code == 404
    assert answer.content.decode().count(f'value="{filed.case.number}"') == 1
    assert text(answer).count("Number and code word do not belong together.") == 1


def test_status_refuses_too_many_attempts(cast: Cast, client: Client) -> None:
    given = {"number": "51-2026-000001", "code_word": "x"}

    with time_machine.travel(now(), tick=False):  # they are counted by the minute
        tried = [client.post("/status", given).status_code for _time in range(21)]

    assert tried == [404] * 20 + [429]


def test_receipt_is_verified(cast: Cast, client: Client) -> None:
    filed = intake.file(by=cast.lin, **filing(cast))
    receipt = receipts.promise(filed.event, number=filed.case.number)
    forged = receipt | {"facts": {"number": "51-2020-000001"}}

    said = {
        name: re.findall(
            "核验属实|内容不实|尚未证明|这不是回执", text(client.post("/verify", {"receipt": given}, headers=ZH))
        )[:1]
        for name, given in (
            ("true", json.dumps(receipt)),
            ("false", json.dumps(forged)),
            ("none", "{]"),
            ("list", "[1]"),
        )
    }

    assert said == {"true": ["核验属实"], "false": ["内容不实"], "none": ["这不是回执"], "list": ["这不是回执"]}
