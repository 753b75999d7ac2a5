"""Offers of another region on the desk: beside our own terms, answered in two steps, by whom they are addressed to and nobody else."""

from typing import Any

import pytest
from django.test import Client
from tests.exchange.conftest import MAPPING, admin, agreement, between, incoming, node, other, peer, people  # noqa: F401
from tests.exchange.other_node import OtherNode
from tests.pages import asked_by
from tests.portal.conftest import signed_in, text

from lianqiao.cases.models import Case
from lianqiao.exchange.models import Offer
from lianqiao.registry.models import Agreement, Person


@pytest.fixture
def offer(client: Client, other: OtherNode, agreement: Agreement) -> Offer:  # noqa: F811
    return incoming(other, client, agreement)[1]


def test_offer_stands_in_the_list_and_beside_our_terms(offer: Offer, people: dict[str, Person]) -> None:  # noqa: F811
    intake = signed_in(people["intake"])

    listed, page = text(intake.get("/desk/offers")), text(intake.get(f"/desk/offers/{offer.pk}"))

    assert (listed.count("Chongqing Municipality"), page.count("Chongqing Municipality")) == (1, 1)
    assert (listed.count("许可迟延"), page.count("许可申请逾期未决。"), page.count("In our own terms")) == (1, 1, 1)
    assert asked_by(lambda: intake.get(f"/desk/offers/{offer.pk}")) <= 12


def test_take_over_needs_two_steps_and_tells_the_consequence(offer: Offer, people: dict[str, Person]) -> None:  # noqa: F811
    intake = signed_in(people["intake"])

    first = intake.post(f"/desk/offers/{offer.pk}", MAPPING | {"do": "map"})
    state = Offer.objects.get().state
    second = intake.post(f"/desk/offers/{offer.pk}", MAPPING | {"do": "take_over"})

    assert (first.status_code, text(first).count("From this moment"), state) == (200, 1, "waiting")
    assert (second.status_code, second.headers["Location"]) == (302, f"/desk/cases/{Case.objects.get().number}")


def test_decline_needs_a_reason_and_a_second_step(offer: Offer, people: dict[str, Person]) -> None:  # noqa: F811
    intake = signed_in(people["intake"])

    nothing = intake.post(f"/desk/offers/{offer.pk}", {"do": "decline", "reason": ""})
    first = intake.post(f"/desk/offers/{offer.pk}", {"do": "say_no", "reason": "不属本地"})
    state = Offer.objects.get().state
    second = intake.post(
        f"/desk/offers/{offer.pk}", {"do": "decline", "reason": "不属本地", "competent_body": "省中心"}
    )

    assert (nothing.status_code, first.status_code, state, second.status_code) == (422, 200, "waiting", 302)
    assert Offer.objects.get().state == "declined"


@pytest.mark.parametrize("role", ["handler", "stranger"])
def test_offer_is_nothing_to_others(offer: Offer, people: dict[str, Person], role: str) -> None:  # noqa: F811
    other_person: Any = signed_in(people[role])

    answers = [other_person.get(f"/desk/offers/{offer.pk}"), other_person.get("/desk/offers")]

    assert [text(answer).count("许可迟延") for answer in answers] == [0, 0]
