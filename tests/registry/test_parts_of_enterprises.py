"""Contacts, former codes and memberships of enterprises: who may enter them, what stays in the record."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from lianqiao.record.events import opened
from lianqiao.record.models import Event
from lianqiao.record.refusal import Refused
from lianqiao.record.time import today
from lianqiao.registry import actions
from lianqiao.registry.models import Agency, Contact, Enterprise, EnterpriseAssociation, Person, Region


@pytest.fixture
def firm(admin: Person, sichuan: Region) -> Enterprise:
    return actions.add_enterprise(name_zh="甲公司", name_en="A", kind="private", region=sichuan, by=admin)


@pytest.fixture
def station(admin: Person, sichuan: Region) -> Agency:
    return actions.add_agency("station", name_zh="站", name_en="S", kind="workstation", region=sichuan, by=admin)


def code_of(attempt: Callable[[], Any]) -> str:
    with pytest.raises(Refused) as refused:
        attempt()
    return refused.value.code


def test_contact_stands_in_the_record_as_commitments_only(admin: Person, firm: Enterprise) -> None:
    contact = actions.add_contact(firm, name="某人", phone="13900000000", position="经理", by=admin)

    event = Event.objects.get(digest=contact.event)
    assert [word in str(event.data) for word in ("某人", "13900000000", "经理")] == [False] * 3
    assert (opened(event)["name"], opened(event)["phone"], opened(event)["contact"]) == (
        "某人",
        "13900000000",
        contact.pk,
    )


def test_contact_is_ended_and_not_twice(admin: Person, firm: Enterprise) -> None:
    contact = actions.add_contact(firm, name="某人", email="a@example.org", by=admin)

    assert actions.end_contact(contact, by=admin).until == today()
    assert code_of(lambda: actions.end_contact(contact, by=admin)) == "contact-ended"


def test_contact_is_entered_by_the_owner_and_by_no_stranger(admin: Person, person: Person, firm: Enterprise) -> None:
    assert code_of(lambda: actions.add_contact(firm, name="x", phone="1", by=person)) == "not-intake"
    assert code_of(lambda: actions.add_contact(firm, name="x", by=admin)) == "contact-empty"
    actions.link_owner(person, firm, by=admin)

    actions.add_contact(firm, name="x", phone="1", by=person)

    assert Contact.objects.count() == 1


def test_former_code_is_entered_once(admin: Person, person: Person, firm: Enterprise) -> None:
    assert actions.add_former_code(firm, "ma6c0001-7", by=admin).code == "MA6C00017"
    assert code_of(lambda: actions.add_former_code(firm, "MA6C00017", by=admin)) == "already-there"
    assert code_of(lambda: actions.add_former_code(firm, "12", by=admin)) == "field-wrong"
    assert code_of(lambda: actions.add_former_code(firm, "1234567", by=person)) == "not-intake"


def test_associate_is_for_owner_or_administrator_never_for_the_association(
    admin: Person, person: Person, firm: Enterprise, station: Agency, centre: Agency
) -> None:
    actions.appoint(person, station, "intake", by=admin)
    assert code_of(lambda: actions.associate(firm, station, by=person)) == "not-admin"
    assert code_of(lambda: actions.associate(firm, centre, by=admin)) == "no-association"
    actions.link_owner(person, firm, by=admin)

    held = actions.associate(firm, station, since=today() - timedelta(days=3), by=person)

    assert code_of(lambda: actions.associate(firm, station, by=admin)) == "association-held"
    actions.end_association(held, on=today() - timedelta(days=1), by=person)
    assert code_of(lambda: actions.end_association(held, by=admin)) == "association-ended"
    assert EnterpriseAssociation.objects.active(today()).count() == 0
    verbs = Event.objects.filter(subject=firm.pk).order_by("number").values_list("verb", flat=True)
    assert list(verbs) == ["add_enterprise", "link", "associate", "end_association"]
