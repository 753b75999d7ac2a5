from datetime import date, timedelta

import pytest

from lianqiao.record.actors import Actor
from lianqiao.record.events import opened, verify_chain
from lianqiao.record.models import Event
from lianqiao.record.refusal import Refused
from lianqiao.record.time import today
from lianqiao.registry import actions
from lianqiao.registry.models import Agency, Membership, Person, Region


def test_first_admin_acts_for_themself_and_administers(admin: Person) -> None:
    assert [(m.role, m.agency.code) for m in Membership.objects.active(today()).of(admin)] == [("admin", "sc-office")]
    assert set(Event.objects.exclude(subject_kind="key").values_list("by_kind", "by")) == {("person", str(admin.id))}


def test_first_admin_refuses_a_node_that_has_people(admin: Person) -> None:
    with pytest.raises(Refused) as refused:
        actions.first_admin(
            "other",
            region=Region(code="510100", name_zh="成都市", name_en="Chengdu", node_code="51"),
            agency_code="x",
            agency_zh="某",
            agency_en="X",
        )
    assert refused.value.code == "registry-begun"
    assert Person.objects.count() == 1


def test_add_person_seals_what_names_them(admin: Person) -> None:
    person = actions.add_person("wang", name="王经办", email="w@example.org", by=admin)
    event = Event.objects.get(subject_kind="person", subject=person.id)
    assert ["王经办" in str(event.data), "wang" in str(event.data)] == [False, False]
    assert {k: opened(event)[k] for k in ("account", "name", "email")} == {
        "account": "wang",
        "name": "王经办",
        "email": "w@example.org",
    }
    assert person.actor == Actor.person(person.id)


def test_add_person_without_password_cannot_sign_in(person: Person) -> None:
    assert person.has_usable_password() is False


def test_add_person_keeps_only_a_hash_of_the_password(admin: Person) -> None:
    person = actions.add_person("wang", password="a long pass phrase 51", by=admin)
    assert "phrase" not in person.password
    assert person.check_password("a long pass phrase 51") is True


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"account": "root"}, "account-taken"),
        ({"account": ""}, "field-wrong"),
        ({"account": " wang"}, "field-wrong"),
        ({"account": "w" * 61}, "field-wrong"),
        ({"account": "wang", "language": "fr"}, "choice-unknown"),
        ({"account": "wang", "email": "not an address"}, "field-wrong"),
        ({"account": "wang", "name": "\x00"}, "field-wrong"),
        ({"account": "wang", "password": "short"}, "password-weak"),
    ],
)
def test_add_person_refuses_what_does_not_fit(admin: Person, fields: dict[str, str], code: str) -> None:
    people, events = Person.objects.count(), Event.objects.count()
    with pytest.raises(Refused) as refused:
        actions.add_person(**fields, by=admin)
    assert refused.value.code == code
    assert (Person.objects.count(), Event.objects.count()) == (people, events)


def test_every_verb_refuses_who_is_no_administrator(
    admin: Person, person: Person, sichuan: Region, centre: Agency
) -> None:
    actions.appoint(person, centre, "lead", by=admin)
    token, _secret = actions.issue_token(admin, name="t", scopes=["read"], by=admin)
    firm = actions.add_enterprise(name_zh="甲", name_en="A", kind="private", region=sichuan, by=admin)
    rule = actions.set_competence(centre, region="51", programme="hotline", by=admin)
    owner = actions.link_owner(person, firm, by=admin)
    membership = Membership.objects.get(person=person)
    names = {"name_zh": "甲", "name_en": "A"}
    tries = [
        lambda: actions.add_region("510300", **names, node_code="51", by=person),
        lambda: actions.add_regions([], by=person),
        lambda: actions.add_agency("a", **names, kind="office", region=sichuan, by=person),
        lambda: actions.add_person("x", by=person),
        lambda: actions.appoint(person, centre, "admin", by=person),
        lambda: actions.end_membership(membership, reason="x", by=person),
        lambda: actions.link_owner(admin, firm, by=person),
        lambda: actions.link_agent(admin, firm, powers=["file"], matters=["all"], until=today(), by=person),
        lambda: actions.end_link(owner, by=person),
        lambda: actions.set_competence(centre, region="51", programme="fie-complaint", by=person),
        lambda: actions.end_competence(rule, by=person),
        lambda: actions.set_target("hotline", "handle", amount=5, unit="working_days", by=person),
        lambda: actions.issue_token(person, name="t", scopes=["read"], by=person),
        lambda: actions.revoke_token(token, by=person),
    ]
    events = Event.objects.count()
    for attempt in tries:
        with pytest.raises(Refused) as refused:
            attempt()
        assert (refused.value.code, refused.value.status) == ("not-admin", 403)
    assert Event.objects.count() == events


def test_admin_of_another_nodes_agency_is_no_administrator_here(admin: Person, person: Person) -> None:
    region = actions.add_region("500000", name_zh="重庆市", name_en="Chongqing", node_code="50", by=admin)
    agency = actions.add_agency(
        "cq-office", name_zh="重庆", name_en="Chongqing", kind="office", region=region, by=admin
    )
    actions.appoint(person, agency, "admin", by=admin)
    with pytest.raises(Refused) as refused:
        actions.add_person("x", by=person)
    assert refused.value.code == "not-admin"


@pytest.mark.parametrize(
    ("since", "until", "days"),
    [
        (date(2026, 1, 5), None, {date(2026, 1, 4): 0, date(2026, 1, 5): 1, date(2030, 1, 1): 1}),
        (date(2026, 1, 5), date(2026, 1, 6), {date(2026, 1, 6): 1, date(2026, 1, 7): 0}),
    ],
)
def test_active_counts_both_ends_of_a_membership(
    admin: Person, person: Person, centre: Agency, since: date, until: date | None, days: dict[date, int]
) -> None:
    actions.appoint(person, centre, "intake", since=since, until=until, by=admin)
    assert {d: Membership.objects.active(d).filter(person=person).count() for d in days} == days


@pytest.mark.parametrize(
    ("role", "since", "until", "code"),
    [
        ("boss", None, None, "choice-unknown"),
        ("lead", date(2026, 2, 2), date(2026, 2, 1), "period-reversed"),
        ("intake", date(2026, 3, 1), None, "role-held"),
    ],
)
def test_appoint_refuses_what_does_not_fit(
    admin: Person, person: Person, centre: Agency, role: str, since: date | None, until: date | None, code: str
) -> None:
    actions.appoint(person, centre, "intake", since=date(2026, 1, 1), by=admin)
    with pytest.raises(Refused) as refused:
        actions.appoint(person, centre, role, since=since, until=until, by=admin)
    assert refused.value.code == code
    assert Membership.objects.filter(person=person).count() == 1


def test_appoint_refuses_an_inactive_person(admin: Person, person: Person, centre: Agency) -> None:
    Person.objects.filter(pk=person.pk).update(is_active=False)
    with pytest.raises(Refused) as refused:
        actions.appoint(person, centre, "intake", by=admin)
    assert refused.value.code == "not-active"


def test_end_membership_ends_it_and_the_chain_holds(admin: Person, person: Person, centre: Agency) -> None:
    membership = actions.appoint(person, centre, "intake", since=today() - timedelta(days=9), by=admin)
    actions.end_membership(membership, on=today() - timedelta(days=1), reason="moved", by=admin)
    assert Membership.objects.active(today()).filter(person=person).count() == 0
    assert verify_chain(person.id, "person") == []
    with pytest.raises(Refused) as refused:
        actions.end_membership(membership, reason="again", by=admin)
    assert refused.value.code == "membership-ended"


def test_end_membership_refuses_the_last_administrator(admin: Person, person: Person, centre: Agency) -> None:
    own = Membership.objects.get(person=admin)
    with pytest.raises(Refused) as refused:
        actions.end_membership(own, reason="leaving", by=admin)
    assert refused.value.code == "last-admin"
    actions.appoint(person, centre, "admin", by=admin)
    assert actions.end_membership(own, reason="leaving", by=admin).until == today()


def test_end_membership_refuses_without_a_reason(admin: Person, person: Person, centre: Agency) -> None:
    membership = actions.appoint(person, centre, "intake", by=admin)
    with pytest.raises(Refused) as refused:
        actions.end_membership(membership, reason="  ", by=admin)
    assert refused.value.code == "reason-missing"
