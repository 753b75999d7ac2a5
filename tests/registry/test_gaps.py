"""Who is competent in a service area without a division code; where nobody is, and where two are."""

from datetime import date

import pytest
from django.utils import translation

from lianqiao.law.vocabulary import PROGRAMMES
from lianqiao.record.refusal import Refused
from lianqiao.registry import actions, gaps
from lianqiao.registry.models import Agency, Competence, Person

DAY = date(2026, 9, 18)


@pytest.fixture
def everywhere(admin: Person, centre: Agency, city_centre: Agency) -> None:
    """Every programme is covered, by rules that hold from 2020 on."""
    for programme in PROGRAMMES:
        actions.set_competence(centre, region="51", programme=programme, since=date(2020, 1, 1), by=admin)


def told(on: date = DAY) -> list[str]:
    with translation.override("en"):
        return [*gaps.gaps("51", on), *gaps.overlaps("51", on)]


def test_gaps_are_none_where_every_programme_is_covered(everywhere: None) -> None:
    assert told() == []


def test_gaps_name_the_upper_region_once(admin: Person, everywhere: None, city_centre: Agency) -> None:
    rule = Competence.objects.get(programme="hotline")
    actions.end_competence(rule, on=date(2026, 9, 30), by=admin)
    actions.set_competence(city_centre, region="5101", programme="hotline", since=date(2020, 1, 1), by=admin)

    assert told() == [
        "Gap from 2026-10-01: nobody will be competent for enterprise demand by the 12345 hotline in Sichuan (510000)."
    ]
    assert told(date(2026, 10, 1)) == [
        "Gap: nobody is competent for enterprise demand by the 12345 hotline in Sichuan (510000)."
    ]


def test_rule_for_one_category_leaves_a_gap(admin: Person, everywhere: None, centre: Agency) -> None:
    rule = Competence.objects.get(programme="hotline")
    actions.end_competence(rule, on=date(2026, 9, 17), by=admin)
    actions.set_competence(
        centre, region="51", programme="hotline", category="licensing", since=date(2026, 9, 18), by=admin
    )

    assert told() == ["Gap: nobody is competent for enterprise demand by the 12345 hotline in Sichuan (510000)."]


def test_overlaps_name_both_and_who_decides(admin: Person, everywhere: None, justice: Agency) -> None:
    actions.set_competence(justice, region="51", programme="hotline", since=date(2026, 1, 1), by=admin)

    assert told() == [
        "Overlap: Department of Justice and Appeal Center are both competent for enterprise demand by the 12345 hotline in Sichuan Province (51) (Any level); "
        "Department of Justice decides, for its rule is younger or was entered first."
    ]
    assert Competence.objects.competent("510000", "hotline", "", "", DAY).agency == justice


@pytest.mark.parametrize(
    ("region", "area", "on", "agency"),
    [
        ("", "tianfu", DAY, "cd-inward-centre"),
        ("510116", "tianfu", DAY, "cd-inward-centre"),
        ("510116", "", DAY, "sc-inward-centre"),
        ("", "tianfu", date(2025, 12, 31), "sc-inward-centre"),
        ("", "tianfu", date(2013, 1, 1), None),
        ("", "nowhere", DAY, None),
    ],
)
def test_competent_in_a_service_area(
    admin: Person, everywhere: None, city_centre: Agency, region: str, area: str, on: date, agency: str | None
) -> None:
    actions.set_competence(city_centre, area="tianfu", programme="hotline", since=date(2026, 1, 1), by=admin)

    found = Competence.objects.competent(region, "hotline", "", "", on, area)

    assert (found.agency.code if found.agency else None) == agency


def test_set_competence_refuses_an_unknown_area_and_one_beside_a_region(admin: Person, centre: Agency) -> None:
    for place, code in (({"area": "nowhere"}, "choice-unknown"), ({"area": "tianfu", "region": "51"}, "field-wrong")):
        with pytest.raises(Refused) as refused:
            actions.set_competence(centre, programme="hotline", by=admin, **place)
        assert refused.value.code == code
