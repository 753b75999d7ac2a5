"""Delegations, absences, leaving, and the three administrators who are never two in one person."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest

from lianqiao.record.events import verify_chain
from lianqiao.record.models import Event
from lianqiao.record.refusal import Refused
from lianqiao.record.time import today
from lianqiao.registry import access, actions, delegating, tokens
from lianqiao.registry.models import Absence, Agency, Delegation, Membership, Person

LATER = date(2030, 1, 1)


def code_of(attempt: Callable[[], Any]) -> str:
    with pytest.raises(Refused) as refused:
        attempt()
    return refused.value.code


@pytest.fixture
def other(admin: Person) -> Person:
    return actions.add_person("wang", by=admin)


@pytest.fixture
def officer(admin: Person, person: Person, centre: Agency) -> Person:
    for role in ("intake", "lead"):
        actions.appoint(person, centre, role, by=admin)
    return person


def roles(person: Person) -> list[tuple[str, str, bool]]:
    held = delegating.roles_of(person, today())
    return [(row.agency.code, row.role, row.delegation is not None) for row in held]


def test_delegate_lends_exactly_the_roles(officer: Person, other: Person, centre: Agency) -> None:
    actions.delegate(officer, other, centre, roles=["lead"], until=LATER, by=officer)

    assert roles(other) == [("sc-inward-centre", "lead", True)]
    assert [(held.person, held.role) for held in delegating.holdings("sc-inward-centre", today())] == [
        (officer, "intake"),
        (officer, "lead"),
        (other, "lead"),
    ]


def test_delegate_ends_with_the_role_of_the_giver(
    admin: Person, officer: Person, other: Person, centre: Agency
) -> None:
    actions.delegate(officer, other, centre, roles=["lead"], until=LATER, by=officer)
    Membership.objects.filter(person=officer, role="lead").update(
        until=today() - timedelta(days=1), since=date(2020, 1, 1)
    )

    assert (roles(other), delegating.holdings("sc-inward-centre", today())[-1].role) == ([], "intake")


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"roles": []}, "role-not-held"),
        ({"roles": ["handler"]}, "role-not-held"),
        ({"roles": ["admin"]}, "not-delegable"),
        ({"matters": ["gardening"]}, "choice-unknown"),
        ({"until": date(2020, 1, 1)}, "period-reversed"),
        ({"since": date(2029, 1, 1), "until": date(2028, 1, 1)}, "period-reversed"),
        ({"taker": "giver"}, "same-person"),
        ({"by": "other"}, "not-admin"),
    ],
)
def test_delegate_refuses_what_cannot_be_lent(
    officer: Person, other: Person, centre: Agency, change: dict[str, Any], code: str
) -> None:
    given = {"roles": ["lead"], "until": LATER, "by": officer} | change
    taker = officer if given.pop("taker", None) else other
    given["by"] = other if given["by"] == "other" else officer
    events = Event.objects.count()

    assert code_of(lambda: actions.delegate(officer, taker, centre, **given)) == code
    assert (Delegation.objects.count(), Event.objects.count()) == (0, events)


def test_absences_may_be_several_but_not_overlap(admin: Person, officer: Person, other: Person) -> None:
    for since, until in ((date(2026, 1, 1), date(2026, 1, 9)), (date(2026, 3, 1), date(2026, 3, 2))):
        actions.enter_absence(officer, since=since, until=until, by=officer)

    assert (
        code_of(lambda: actions.enter_absence(officer, since=date(2026, 1, 9), until=LATER, by=admin)) == "absence-held"
    )
    assert code_of(lambda: actions.enter_absence(officer, since=LATER, until=LATER, by=other)) == "not-admin"
    assert Absence.objects.count() == 2


def test_leave_ends_everything_in_one_step(admin: Person, officer: Person, other: Person, centre: Agency) -> None:
    actions.appoint(other, centre, "handler", by=admin)
    actions.delegate(officer, other, centre, roles=["lead"], until=LATER, by=officer)
    actions.delegate(other, officer, centre, roles=["handler"], until=LATER, by=other)
    _token, secret = actions.issue_token(officer, name="t", scopes=["read"], by=admin)

    assert actions.leave(officer, reason="调离", by=admin) == (2, 2, 1)

    tomorrow = today() + timedelta(days=1)
    assert delegating.roles_of(officer, tomorrow) == []
    assert roles(other) == [("sc-inward-centre", "handler", False)]
    assert code_of(lambda: tokens.authenticate(secret)) == "token-revoked"
    assert verify_chain(officer.pk, "person") == []


def test_leave_refuses_the_last_administrator(admin: Person) -> None:
    assert code_of(lambda: actions.leave(admin, reason="x", by=admin)) == "last-admin"
    assert Membership.objects.get(person=admin).until is None


@pytest.mark.parametrize("second", ["admin", "security", "audit"])
@pytest.mark.parametrize("first", ["admin", "security", "audit"])
def test_appoint_never_makes_two_administrators_of_one(
    admin: Person, person: Person, centre: Agency, justice: Agency, first: str, second: str
) -> None:
    actions.appoint(person, centre, first, by=admin)

    if first == second:
        assert actions.appoint(person, justice, second, by=admin).role == second
    else:
        assert code_of(lambda: actions.appoint(person, justice, second, by=admin)) == "two-administrators"


def test_appoint_may_change_the_administrator_after_the_end(admin: Person, person: Person, centre: Agency) -> None:
    actions.appoint(person, centre, "security", since=date(2026, 1, 1), until=date(2026, 1, 31), by=admin)

    assert (
        code_of(lambda: actions.appoint(person, centre, "audit", since=date(2026, 1, 31), by=admin))
        == "two-administrators"
    )
    assert actions.appoint(person, centre, "audit", since=date(2026, 2, 1), by=admin).role == "audit"


def test_each_administrator_may_their_own_part_alone(
    admin: Person, person: Person, other: Person, centre: Agency
) -> None:
    actions.appoint(person, centre, "security", by=admin)
    actions.appoint(other, centre, "audit", by=admin)
    token, _secret = actions.issue_token(admin, name="t", scopes=["read"], by=admin)

    may = {
        name: [attempt(who) for attempt in (access.is_admin, allowed(access.security), allowed(access.auditor))]
        for name, who in (("system", admin), ("security", person), ("audit", other))
    }

    assert may == {
        "system": [True, False, False],
        "security": [False, True, False],
        "audit": [False, False, True],
    }
    assert code_of(lambda: actions.add_person("x", by=person)) == "not-admin"
    assert code_of(lambda: actions.revoke_token(token, by=other)) == "not-admin"
    assert actions.revoke_token(token, by=person).revoked_at is not None


def allowed(check: Callable[[Person], Any]) -> Callable[[Person], bool]:
    def attempt(person: Person) -> bool:
        try:
            check(person)
        except Refused:
            return False
        return True

    return attempt
