from datetime import date
from typing import Any

import pytest
from django.utils import translation

from lianqiao.record.refusal import Refused
from lianqiao.registry import actions
from lianqiao.registry.models import Agency, Competence, Person, Target

DAY = date(2026, 9, 18)


@pytest.fixture
def rules(admin: Person, justice: Agency, centre: Agency, city_centre: Agency) -> None:
    since = date(2021, 1, 1)
    for agency, region, category, level in (
        (centre, "51", "", ""),
        (city_centre, "5101", "", "prefecture"),
        (justice, "51", "enforcement", ""),
    ):
        actions.set_competence(
            agency,
            region=region,
            programme="inward-complaint",
            category=category,
            level=level,
            since=since,
            basis="川府发〔2021〕27号",
            by=admin,
        )


@pytest.mark.parametrize(
    ("region", "category", "level", "on", "agency"),
    [
        ("510300", "fees", "", DAY, "sc-inward-centre"),
        ("510104", "fees", "", DAY, "cd-inward-centre"),
        ("510104", "fees", "province", DAY, "sc-inward-centre"),
        ("510300", "enforcement", "", DAY, "sc-justice"),
        ("510104", "enforcement", "", DAY, "cd-inward-centre"),
        ("510104", "fees", "", date(2020, 12, 31), None),
        ("500103", "fees", "", DAY, None),
    ],
)
def test_competent_takes_longest_region_then_category_then_level(
    rules: None,
    region: str,
    category: str,
    level: str,
    on: date,
    agency: str | None,
    django_assert_num_queries: Any,
) -> None:
    with django_assert_num_queries(1 if agency else 2):
        answer = Competence.objects.competent(region, "inward-complaint", category, level, on)
    assert (answer.agency.code if answer.agency else None) == agency


def test_competent_says_why(rules: None) -> None:
    with translation.override("en"):
        found = Competence.objects.competent("510104", "inward-complaint", "fees", "", DAY)
        none = Competence.objects.competent("500103", "inward-complaint", "fees", "", DAY)
    assert found.because == (
        "Chengdu Appeal Center is competent for complaint of an enterprise from another region / fees in Jinjiang District (510104): "
        "its rule covers Chengdu City (5101), Prefecture or city, since 2021-01-01; basis: 川府发〔2021〕27号."
    )
    assert none.because == (
        "No agency is entered as competent for complaint of an enterprise from another region / fees in Yuzhong District (500103). "
        "Ask the administrator of this node to enter the competence."
    )
    with translation.override("zh-hans"):
        answer = Competence.objects.competent("510104", "inward-complaint", "fees", "", DAY)
    assert answer.because == (
        "锦江区 (510104)的外来企业投诉 / fees由成都市外来企业投诉中心管辖：规则适用于成都市 (5101)、市（州）级，"
        "自2021-01-01起；依据：川府发〔2021〕27号。"
    )


def test_end_competence_leaves_the_wider_rule(admin: Person, rules: None) -> None:
    actions.end_competence(Competence.objects.get(region="5101"), on=date(2026, 8, 31), by=admin)
    answers = [
        Competence.objects.competent("510104", "inward-complaint", "fees", "", on).agency
        for on in (date(2026, 8, 31), date(2026, 9, 1))
    ]
    assert [a.code for a in answers if a] == ["cd-inward-centre", "sc-inward-centre"]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"programme": "unknown"}, "choice-unknown"),
        ({"level": "village"}, "choice-unknown"),
        ({"category": "weather"}, "choice-unknown"),
        ({"region": "51x"}, "field-wrong"),
        ({"region": "5101000"}, "field-wrong"),
        ({"since": date(2026, 2, 1), "until": date(2026, 1, 1)}, "period-reversed"),
    ],
)
def test_set_competence_refuses_what_does_not_fit(
    admin: Person, centre: Agency, change: dict[str, Any], code: str
) -> None:
    fields: dict[str, Any] = {"region": "51", "programme": "hotline"} | change
    with pytest.raises(Refused) as refused:
        actions.set_competence(centre, by=admin, **fields)
    assert refused.value.code == code
    assert Competence.objects.count() == 0


def test_set_competence_takes_a_full_code_for_what_lies_in_it(admin: Person, city_centre: Agency) -> None:
    rule = actions.set_competence(city_centre, region="510100", programme="hotline", by=admin)
    assert rule.region == "5101"
    assert Competence.objects.competent("510104", "hotline", "", "", DAY).agency is None
    assert Competence.objects.competent("510104", "hotline", "", "", rule.since).agency == city_centre


def test_target_holds_the_youngest_that_has_begun(admin: Person) -> None:
    for amount, since in ((60, date(2021, 1, 1)), (30, date(2026, 1, 1))):
        actions.set_target("inward-complaint", "handle", amount=amount, unit="working_days", since=since, by=admin)
    found = [
        Target.objects.holding("inward-complaint", "handle", on)
        for on in (date(2020, 12, 31), date(2025, 12, 31), date(2026, 1, 1))
    ]
    assert [t.amount if t else None for t in found] == [None, 60, 30]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"programme": "x"}, "choice-unknown"),
        ({"limit": "x"}, "choice-unknown"),
        ({"unit": "weeks"}, "choice-unknown"),
        ({"amount": 0}, "field-wrong"),
    ],
)
def test_set_target_refuses_what_does_not_fit(admin: Person, change: dict[str, Any], code: str) -> None:
    fields: dict[str, Any] = {"programme": "hotline", "limit": "handle", "amount": 5, "unit": "working_days"} | change
    with pytest.raises(Refused) as refused:
        actions.set_target(**fields, by=admin)
    assert refused.value.code == code
    assert Target.objects.count() == 0
