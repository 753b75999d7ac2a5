"""Filing step by step: the draft holds what was told, the list says what is missing, and the receipt proves it."""

import json
from typing import Any

import pytest
from django.test import Client
from tests.cast import Cast
from tests.portal.conftest import signed_in, text

from lianqiao.cases.models import Case, Draft
from lianqiao.record import keys, proofs
from lianqiao.registry import actions


@pytest.fixture
def lin(cast: Cast) -> Client:
    return signed_in(cast.lin)


def begin(client: Client, **asked: str) -> str:
    return str(client.post("/file", asked)["Location"]).removesuffix("/who")


STORY = {"title": "招标条件排斥外地企业", "facts": "要求注册地在本市。", "request": "请求纠正。"}
REACH = {"name": "林女士", "phone": "13900000000"}


def fill(client: Client, cast: Cast, **changed: Any) -> str:
    form = begin(client)
    client.post(f"{form}/who", {"enterprise": str(cast.enterprise.pk)})
    client.post(f"{form}/matter", {"what": "unequal", "place": "510100"})
    client.post(f"{form}/against", {"respondents": ["sc-market"]})
    client.post(f"{form}/story", STORY)
    client.post(f"{form}/contact", REACH | changed)
    return form


def test_case_is_filed_step_by_step(cast: Cast, lin: Client) -> None:
    form = fill(lin, cast, confidential="on", petition="on")

    answer = lin.post(f"{form}/check", follow=True)

    case = Case.objects.get()
    assert (case.title, case.programme, case.category, case.kind, case.confidential, case.agency) == (
        "招标条件排斥外地企业", "inward-complaint", "fair-competition", "infringement", True, cast.centre,
    )  # fmt: skip
    assert (answer.redirect_chain, Draft.objects.count()) == ([(f"/cases/{case.number}/receipt", 302)], 0)


def test_receipt_shows_the_code_word_to_who_filed_and_to_nobody_later(cast: Cast, lin: Client) -> None:
    form = fill(lin, cast)

    shown = text(lin.post(f"{form}/check", follow=True))
    number = Case.objects.get().number
    later = text(signed_in(cast.lin).get(f"/cases/{number}/receipt"))

    code = shown.split("Code word ")[1].split(" ")[0]
    assert (Case.objects.get().code_matches(code), later.count("Code word"), later.count(number)) == (True, 0, 3)


def test_receipt_file_is_verified_without_the_node(cast: Cast, lin: Client) -> None:
    lin.post(f"{fill(lin, cast)}/check")
    case = Case.objects.get()

    document = json.loads(lin.get(f"/cases/{case.number}/receipts/1.json").content)

    assert (proofs.verify(document, keys.published()).ok, document["facts"]) == (True, {"number": case.number})


def test_draft_survives_and_is_found_again(cast: Cast, lin: Client) -> None:
    form = begin(lin)
    lin.post(f"{form}/story", {"title": "只写了标题", "do": "leave"})

    page = signed_in(cast.lin).get("/file")

    assert (text(page).count("只写了标题"), Draft.objects.get().content["title"]) == (2, "只写了标题")


def test_draft_of_somebody_else_is_not_there(cast: Cast, lin: Client) -> None:
    form = begin(lin)
    other = signed_in(cast.stranger)

    tried = [other.get(f"{form}/{step}").status_code for step in ("who", "story", "check")]
    tried += [other.post(f"{form}/{step}", STORY).status_code for step in ("story", "check", "discard")]

    assert (tried, Draft.objects.get().content) == ([404] * 6, {"enterprise": str(cast.enterprise.pk)})


def test_desk_that_was_found_by_questions_is_kept(cast: Cast, lin: Client) -> None:
    form = begin(lin, situation="unequal", programme="inward-complaint", agency="sc-inward-centre")

    page = text(lin.get(f"{form}/check"))

    assert page.count("It goes to Appeal Center") == 1


def test_what_is_missing_is_said_with_the_way_to_it(cast: Cast, lin: Client) -> None:
    form = begin(lin)

    page = lin.get(f"{form}/check").content.decode()
    sent = lin.post(f"{form}/check")

    assert [
        page.count(f'href="{form}/{step}">{words}')
        for step, words in (
            ("story", "A heading"),
            ("matter", "What happened, and where"),
            ("contact", "How to reach you"),
        )
    ] == [1, 1, 1]
    assert (sent.status_code, Case.objects.count(), Draft.objects.count()) == (422, 0, 1)


def test_matter_that_belongs_elsewhere_says_where(cast: Cast, lin: Client) -> None:
    form = begin(lin)

    answer = lin.post(f"{form}/matter", {"what": "contract", "place": "510100"})

    assert (answer.status_code, text(answer).count("A dispute between companies is for the court")) == (422, 2)


def test_agency_is_found_by_two_characters_and_chosen(cast: Cast, lin: Client) -> None:
    form = begin(lin)
    lin.post(f"{form}/matter", {"what": "unequal", "place": "510100"})

    found = lin.post(f"{form}/against", {"q": "市场", "do": "search"})
    none = lin.post(f"{form}/against", {"q": "市场"})
    lin.post(f"{form}/against", {"q": "市场", "respondents": ["sc-market", "no-such"]})

    assert text(found).count("Market Administration") == 1
    assert (none.status_code, Draft.objects.get().content["respondents"]) == (422, ["sc-market"])


def test_own_open_case_about_the_same_is_shown(cast: Cast, lin: Client) -> None:
    lin.post(f"{fill(lin, cast)}/check")
    form = fill(lin, cast)

    page = text(lin.get(f"{form}/check"))

    assert page.count("You have a case about the same matter") == 1


@pytest.mark.parametrize(
    ("code", "said"),
    [("91510100MA6C00017C", "The enterprise is entered at this node."), ("91510100ma6c000332", "is not entered at this node yet"), ("9151", "18")],
)  # fmt: skip
def test_credit_code_is_checked_in_place_and_on_the_page(cast: Cast, lin: Client, code: str, said: str) -> None:
    part, page = lin.get("/file/code", {"code": code}), lin.get("/file", {"code": code})

    assert text(part).count(said) >= 1
    assert page.content.decode().count(part.content.decode().strip()) == 1


def test_contact_needs_a_way_to_reach(cast: Cast, lin: Client) -> None:
    form = begin(lin)

    answer = lin.post(f"{form}/contact", {"name": "林女士"})

    assert (answer.status_code, text(answer).count("Give a telephone number or an e-mail address.")) == (422, 2)


def test_somebody_without_an_enterprise_is_told_what_to_do(cast: Cast) -> None:
    page = text(signed_in(cast.stranger).get("/file"))

    assert page.count("No enterprise is entered for you yet") == 1


@pytest.mark.parametrize(
    ("more", "said"),
    [({}, 1), ({"address": "示例路1号"}, 1), ({"address": "示例路1号", "postcode": "610000"}, 0)],
    ids=["neither", "no postcode", "both"],
)
def test_complainant_without_postal_address_is_not_called_complete(
    cast: Cast, lin: Client, more: dict[str, str], said: int
) -> None:
    actions.set_competence(cast.centre, region="51", programme="fie-complaint", by=cast.root)
    form = begin(lin, situation="unequal", programme="fie-complaint", agency="sc-inward-centre")
    lin.post(f"{form}/contact", REACH | more)

    page = text(lin.get(f"{form}/check"))

    assert (page.count("What the rule wants"), page.count("Without postal address or postcode")) == (1, said)
