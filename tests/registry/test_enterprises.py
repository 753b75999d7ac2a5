from datetime import date
from typing import Any

import pytest

from lianqiao.record.events import opened
from lianqiao.record.models import Event
from lianqiao.record.refusal import Refused
from lianqiao.registry import actions
from lianqiao.registry.models import Agency, Enterprise, EnterpriseMember, Person, Region

GOOD = "91510100MA6C00017C"
WRONG = "91510100MA6C00017D"


def enter(by: Person, region: Region, **changes: Any) -> Enterprise:
    fields = {"name_zh": "示例公司", "name_en": "Example Co.", "kind": "private", "uscc": GOOD} | changes
    return actions.add_enterprise(region=region, by=by, **fields)


def test_add_enterprise_seals_name_and_code(admin: Person, sichuan: Region) -> None:
    firm = enter(admin, sichuan)
    event = Event.objects.get(subject_kind="enterprise", subject=firm.id)
    assert [GOOD in str(event.data), "示例公司" in str(event.data)] == [False, False]
    assert opened(event) == {
        "kind": "private",
        "origin": "",
        "region": "510000",
        "name_zh": "示例公司",
        "name_en": "Example Co.",
        "uscc": GOOD,
    }


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"uscc": WRONG}, "code-wrong"),
        ({"uscc": "91510100MA6C0001"}, "code-wrong"),
        ({"uscc": "91440101190480357X"}, "code-wrong"),
        ({"kind": "state"}, "choice-unknown"),
        ({"kind": "foreign_invested"}, "field-wrong"),
        ({"kind": "foreign_invested", "origin": "sg"}, "field-wrong"),
        ({"name_zh": ""}, "field-wrong"),
        ({"name_zh": "长" * 201}, "field-wrong"),
    ],
)
def test_add_enterprise_refuses_what_does_not_fit(
    admin: Person, sichuan: Region, changes: dict[str, str], code: str
) -> None:
    events = Event.objects.count()
    with pytest.raises(Refused) as refused:
        enter(admin, sichuan, **changes)
    assert (refused.value.code, refused.value.status) == (code, 422)
    assert (Enterprise.objects.count(), Event.objects.count()) == (0, events)


def test_add_enterprise_warns_of_a_wrong_code_when_told_to(admin: Person, sichuan: Region) -> None:
    firm = enter(admin, sichuan, uscc=WRONG, wrong_code="warn")
    event = Event.objects.get(subject_kind="enterprise", subject=firm.id)
    assert firm.uscc == WRONG
    assert event.data["code_warning"] != ""


def test_add_enterprise_refuses_a_known_code(admin: Person, sichuan: Region) -> None:
    enter(admin, sichuan)
    with pytest.raises(Refused) as refused:
        enter(admin, sichuan, name_zh="另一公司")
    assert refused.value.code == "enterprise-known"


def test_add_enterprise_takes_two_that_are_being_founded(admin: Person, sichuan: Region) -> None:
    enter(admin, sichuan, uscc="")
    enter(admin, sichuan, uscc="", name_zh="另一公司")
    assert Enterprise.objects.count() == 2


def test_link_agent_holds_to_its_last_day(admin: Person, person: Person, sichuan: Region) -> None:
    firm = enter(admin, sichuan)
    actions.link_agent(
        person, firm, powers=["file"], matters=["all"], since=date(2026, 1, 1), until=date(2026, 6, 30), by=admin
    )
    days = {date(2025, 12, 31): 0, date(2026, 1, 1): 1, date(2026, 6, 30): 1, date(2026, 7, 1): 0}
    assert {d: EnterpriseMember.objects.active(d).of(person).count() for d in days} == days


@pytest.mark.parametrize(
    ("powers", "matters", "until", "code"),
    [
        ([], ["all"], date(2030, 1, 1), "mandate-incomplete"),
        (["file"], [], date(2030, 1, 1), "mandate-incomplete"),
        ("file", ["all"], date(2030, 1, 1), "mandate-incomplete"),
        (["everything"], ["all"], date(2030, 1, 1), "choice-unknown"),
        (["file"], ["gardening"], date(2030, 1, 1), "choice-unknown"),
        (["file"], ["all"], date(2020, 1, 1), "period-reversed"),
    ],
)
def test_link_agent_refuses_an_incomplete_mandate(
    admin: Person, person: Person, sichuan: Region, powers: list[str], matters: list[str], until: date, code: str
) -> None:
    firm = enter(admin, sichuan)
    with pytest.raises(Refused) as refused:
        actions.link_agent(person, firm, powers=powers, matters=matters, until=until, by=admin)
    assert refused.value.code == code
    assert EnterpriseMember.objects.count() == 0


def test_link_owner_refuses_one_who_is_linked(admin: Person, person: Person, sichuan: Region) -> None:
    firm = enter(admin, sichuan)
    link = actions.link_owner(person, firm, since=date(2026, 1, 1), by=admin)
    with pytest.raises(Refused) as refused:
        actions.link_owner(person, firm, by=admin)
    assert refused.value.code == "link-held"
    actions.end_link(link, on=date(2026, 1, 31), by=admin)
    with pytest.raises(Refused) as refused:
        actions.end_link(link, by=admin)
    assert refused.value.code == "link-ended"


def test_add_enterprise_by_intake_officer_and_by_nobody_else(
    admin: Person, person: Person, centre: Agency, sichuan: Region
) -> None:
    fields = {"name_zh": "甲", "name_en": "A", "kind": "private", "region": sichuan}
    with pytest.raises(Refused) as refused:
        actions.add_enterprise(**fields, by=person)
    assert (refused.value.code, refused.value.status) == ("not-intake", 403)

    actions.appoint(person, centre, "handler", by=admin)
    with pytest.raises(Refused):
        actions.add_enterprise(**fields, by=person)
    actions.appoint(person, centre, "intake", by=admin)

    assert actions.add_enterprise(**fields, by=person).name_zh == "甲"


def test_add_own_enterprise_links_its_owner(person: Person, sichuan: Region) -> None:
    firm = actions.add_own_enterprise(name_zh="甲", name_en="A", kind="private", region=sichuan, by=person)

    held = [(member.person, member.capacity) for member in firm.members.all()]
    assert held == [(person, "owner")]
