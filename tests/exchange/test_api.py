"""Offers by the JSON API: seen and answered by those to whom they are addressed, and by nobody else."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from lianqiao.cases.models import Case
from lianqiao.exchange.models import Offer
from lianqiao.record.time import now
from lianqiao.registry import actions
from lianqiao.registry.models import Agreement, Person

from .conftest import MAPPING, OFFERED, incoming
from .other_node import OtherNode


@pytest.fixture
def tokens_of(people: dict[str, Person]) -> dict[str, dict[str, str]]:
    """Authorization headers by role."""
    issued = {}
    for role in ("intake", "handler", "stranger"):
        _token, secret = actions.issue_token(
            people[role], name="test", scopes=["read", "act"], expires_at=now() + timedelta(days=1), by=people["admin"]
        )
        issued[role] = {"Authorization": f"Bearer {secret}"}
    return issued


def test_offers_are_listed_with_the_same_queries_for_one_and_three(
    client: Client, other: OtherNode, agreement: Agreement, tokens_of: Any, django_assert_num_queries: Any
) -> None:
    incoming(other, client, agreement)
    client.get("/api/v1/offers", headers=tokens_of["intake"])
    with django_assert_num_queries(2):
        first = client.get("/api/v1/offers", headers=tokens_of["intake"])
    for _offer in range(2):
        incoming(other, client, agreement)
    with django_assert_num_queries(2):
        third = client.get("/api/v1/offers", headers=tokens_of["intake"])

    assert (len(first.json()["offers"]), len(third.json()["offers"])) == (1, 3)
    row = first.json()["offers"][0]
    assert (row["node"], row["number"], row["title"], row["state"]) == ("50", "50-2026-000007", "许可迟延", "waiting")


def test_offer_is_read_and_taken_over(client: Client, other: OtherNode, agreement: Agreement, tokens_of: Any) -> None:
    _talk, offer = incoming(other, client, agreement)

    sheet = client.get(f"/api/v1/offers/{offer.pk}", headers=tokens_of["intake"]).json()
    done = client.post(
        f"/api/v1/offers/{offer.pk}/take_over", MAPPING, content_type="application/json", headers=tokens_of["intake"]
    )

    assert (sheet["content"]["facts"], sheet["clause"], sheet["tenure"]) == ("许可申请逾期未决。", "3.4", 1)
    assert (done.status_code, done.json()["verb"], done.json()["state"]) == (200, "take_over", "accepted")
    assert (done.json()["number"], done["ETag"]) == (Case.objects.get().number, '"1"')


def test_offer_is_declined(client: Client, other: OtherNode, agreement: Agreement, tokens_of: Any) -> None:
    _talk, offer = incoming(other, client, agreement)

    done = client.post(
        f"/api/v1/offers/{offer.pk}/decline",
        {"reason": "由成都办理。"},
        content_type="application/json",
        headers=tokens_of["intake"],
    )

    assert (done.status_code, done.json()["state"]) == (200, "declined")


@pytest.mark.parametrize("who", ["handler", "stranger"])
def test_offers_are_not_for_others(
    client: Client, other: OtherNode, agreement: Agreement, tokens_of: Any, who: str
) -> None:
    _talk, offer = incoming(other, client, agreement)
    headers = tokens_of[who]

    listed = client.get("/api/v1/offers", headers=headers)
    answers = [
        client.get(f"/api/v1/offers/{offer.pk}", headers=headers),
        client.post(f"/api/v1/offers/{offer.pk}/take_over", MAPPING, content_type="application/json", headers=headers),
        client.post(
            f"/api/v1/offers/{offer.pk}/decline", {"reason": "x"}, content_type="application/json", headers=headers
        ),
        client.get(f"/api/v1/offers/{uuid4()}", headers=headers),
    ]

    assert listed.json() == {"offers": []}
    assert [(answer.status_code, answer.json()["code"]) for answer in answers] == [(404, "unknown-offer")] * 4
    assert OFFERED["content"]["title"] not in "".join(answer.content.decode() for answer in answers)  # type: ignore[index]
    assert Offer.objects.get().state == "waiting"
