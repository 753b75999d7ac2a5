"""A report of retaliation that another region hands over: protected here before anybody can see it."""

from typing import Any

import pytest
from django.test import Client

from lianqiao.cases import dossier
from lianqiao.exchange import answering
from lianqiao.exchange.models import Offer
from lianqiao.record.refusal import Refused
from lianqiao.registry import actions
from lianqiao.registry.models import Agency, Agreement, Person

from .conftest import MAPPING, OFFERED, file_case, incoming
from .other_node import OtherNode

REPORT = {"content": OFFERED["content"] | {"kind": "retaliation"}}
AS_REPORT = MAPPING | {"kind": "retaliation"}


def test_offer_of_a_report_is_seen_by_who_works_nowhere_else(
    other: OtherNode, client: Client, agreement: Agreement, people: dict[str, Person], admin: Person
) -> None:
    _talk, offer = incoming(other, client, agreement, **REPORT)
    actions.appoint(people["lead"], Agency.objects.get(code="cd-market"), "handler", by=admin)

    seen = {role: list(Offer.objects.visible_to(Person.objects.get(pk=people[role].pk))) for role in ("intake", "lead")}

    assert seen == {"intake": [offer], "lead": []}


@pytest.mark.parametrize(
    ("mapping", "code"),
    [
        (MAPPING | {"respondents": ["cd-market"]}, "kind-stays"),
        (AS_REPORT, "no-respondent"),
        (AS_REPORT | {"respondents": ["sc-fie-centre"]}, "complained-of-itself"),
    ],
)
def test_take_over_refuses_to_lift_the_protection(
    other: OtherNode,
    client: Client,
    agreement: Agreement,
    people: dict[str, Person],
    mapping: dict[str, Any],
    code: str,
) -> None:
    _talk, offer = incoming(other, client, agreement, **REPORT)

    with pytest.raises(Refused) as refused:
        answering.take_over(offer.pk, by=people["intake"], **mapping)

    offer.refresh_from_db()
    assert (refused.value.code, offer.state) == (code, "waiting")


def test_take_over_bars_the_agency_with_the_first_event(
    other: OtherNode, client: Client, agreement: Agreement, people: dict[str, Person]
) -> None:
    _talk, offer = incoming(other, client, agreement, **REPORT)

    case, event = answering.take_over(offer.pk, by=people["intake"], **AS_REPORT, respondents=["cd-market"])

    assert (case.kind, case.confidential, event.number) == ("retaliation", True, 1)
    assert sorted(case.exclusions.values_list("key", flat=True)) == ["agency:cd-market", "below:cd-market"]


def test_report_travels_as_what_it_is_and_confidential(people: dict[str, Person]) -> None:
    """A receiver that does not know the kind maps it to one of its own; confidential it stays."""
    told = dossier.content(file_case(people, kind="retaliation", confidential=False), [], carries=False)

    assert (told["kind"], told["confidential"], told["respondents"]) == ("retaliation", True, ["cd-market"])
    assert {"enterprise_name", "enterprise_code", "contact", "about"} & told.keys() == set()
