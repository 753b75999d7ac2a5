from typing import Any

import pytest

from lianqiao.record.models import Event
from lianqiao.record.refusal import Refused
from lianqiao.registry import actions
from lianqiao.registry.models import Agency, Person, Region


def test_ancestors_costs_one_query_at_every_depth(
    justice: Agency, centre: Agency, city_centre: Agency, django_assert_num_queries: Any
) -> None:
    with django_assert_num_queries(1):
        assert [a.code for a in centre.ancestors()] == ["sc-justice"]
    with django_assert_num_queries(1):
        assert [a.code for a in city_centre.ancestors()] == ["sc-justice", "sc-inward-centre"]


def test_below_holds_the_agency_and_all_under_it(justice: Agency, centre: Agency, city_centre: Agency) -> None:
    assert [a.code for a in Agency.objects.all().below(centre)] == ["sc-inward-centre", "cd-inward-centre"]
    assert [a.code for a in Agency.objects.all().below(city_centre)] == ["cd-inward-centre"]


def test_add_agency_hears_objections_above_unless_named(centre: Agency, justice: Agency) -> None:
    assert centre.upper == justice


def test_add_agency_writes_one_event_with_sealed_contact(admin: Person, sichuan: Region) -> None:
    agency = actions.add_agency(
        "sc-x", name_zh="甲", name_en="X", kind="office", region=sichuan, phone="028-1", by=admin
    )
    event = Event.objects.get(subject_kind="registry", subject=agency.id)
    assert (event.verb, event.by) == ("add_agency", str(admin.id))
    assert list(event.data["phone"]) == ["commitment"]
    assert event.sealed.values["phone"]["value"] == "028-1"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"kind": "ministry"}, "choice-unknown"),
        ({"code": "sc-office"}, "agency-code-taken"),
        ({"code": "with space"}, "field-wrong"),
        ({"name_zh": "长" * 201}, "field-wrong"),
        ({"name_en": ""}, "field-wrong"),
        ({"name_en": "two\nlines"}, "field-wrong"),
        ({"email": "nobody"}, "field-wrong"),
        ({"uscc": "11510000009280010X"}, "code-wrong"),
    ],
)
def test_add_agency_refuses_what_does_not_fit(
    admin: Person, sichuan: Region, change: dict[str, str], code: str
) -> None:
    fields: dict[str, Any] = {"code": "sc-y", "name_zh": "乙", "name_en": "Y", "kind": "office"} | change
    agencies, events = Agency.objects.count(), Event.objects.count()
    with pytest.raises(Refused) as refused:
        actions.add_agency(fields.pop("code"), region=sichuan, by=admin, **fields)
    assert refused.value.code == code
    assert (Agency.objects.count(), Event.objects.count()) == (agencies, events)


def test_add_agency_refuses_a_credit_code_that_another_agency_has(admin: Person, sichuan: Region) -> None:
    for code in ("sc-a", "sc-b"):
        fields = {"name_zh": "丙", "name_en": "Z", "kind": "office", "uscc": "11500103009280010R"}
        if code == "sc-a":
            actions.add_agency(code, region=sichuan, by=admin, **fields)
        else:
            with pytest.raises(Refused) as refused:
                actions.add_agency(code, region=sichuan, by=admin, **fields)
            assert refused.value.code == "already-there"


@pytest.mark.parametrize(
    ("code", "parent", "refusal"),
    [("5101", "510000", "field-wrong"), ("500100", "510000", "field-wrong"), ("510000", None, "already-there")],
)
def test_add_region_refuses_a_wrong_code(admin: Person, code: str, parent: str | None, refusal: str) -> None:
    above = Region.objects.get(code=parent) if parent else None
    with pytest.raises(Refused) as refused:
        actions.add_region(code, name_zh="某地", name_en="Somewhere", node_code="51", parent=above, by=admin)
    assert refused.value.code == refusal


def test_add_regions_leaves_known_ones_and_writes_one_event(admin: Person) -> None:
    rows = [
        Region(code="510000", name_zh="改名", name_en="Renamed", node_code="51"),
        Region(code="510100", name_zh="成都市", name_en="Chengdu", node_code="51", parent_id="510000"),
        Region(code="510104", name_zh="锦江区", name_en="Jinjiang", node_code="51", parent_id="510100"),
    ]
    before = Event.objects.count()
    assert [r.code for r in actions.add_regions(rows, by=admin)] == ["510100", "510104"]
    assert Event.objects.count() == before + 1
    assert Region.objects.get(code="510000").name_zh == "四川省"


def test_label_follows_the_language_of_the_reader(centre: Agency) -> None:
    from django.utils import translation

    with translation.override("zh-hans"):
        assert centre.label == "四川省外来企业投诉中心"
    with translation.override("en"):
        assert centre.label == "Appeal Center"
