from datetime import timedelta
from typing import Any

import pytest
import time_machine

from lianqiao.record.models import Event
from lianqiao.record.refusal import Refused
from lianqiao.record.time import now
from lianqiao.registry import actions, tokens
from lianqiao.registry.models import Agency, ApiToken, Person


@pytest.fixture
def issued(admin: Person, person: Person, centre: Agency) -> tuple[ApiToken, str]:
    actions.appoint(person, centre, "intake", by=admin)
    return actions.issue_token(person, name="laptop", scopes=["read", "act"], by=admin)


def test_issue_token_keeps_only_a_digest(issued: tuple[ApiToken, str]) -> None:
    _token, secret = issued
    assert (secret[:3], len(secret)) == ("lq_", 46)
    stored = ApiToken.objects.values().get()
    assert secret not in str(stored)
    assert stored["digest"] == tokens.fingerprint(secret)
    assert secret not in str(list(Event.objects.values_list("data", "sealed__values")))


def test_authenticate_costs_two_queries_then_none(
    issued: tuple[ApiToken, str], person: Person, django_assert_num_queries: Any
) -> None:
    with django_assert_num_queries(2):
        bearer = tokens.authenticate(issued[1])
        assert [m.agency.code for m in bearer.memberships] == ["sc-inward-centre"]
    assert (bearer.person, bearer.scopes) == (person, frozenset({"read", "act"}))
    with django_assert_num_queries(0):
        assert tokens.authenticate(issued[1]) == bearer


@pytest.mark.parametrize("secret", ["", "lq_", "lq_" + "x" * 43, "lq_汉字", "Bearer lq_x"])
def test_authenticate_refuses_an_unknown_token(issued: tuple[ApiToken, str], secret: str) -> None:
    with pytest.raises(Refused) as refused:
        tokens.authenticate(secret)
    assert (refused.value.code, refused.value.status) == ("token-unknown", 401)


def test_authenticate_refuses_an_expired_token_even_from_the_cache(issued: tuple[ApiToken, str]) -> None:
    with time_machine.travel(issued[0].expires_at - timedelta(seconds=1), tick=False):
        assert tokens.authenticate(issued[1]).person.account == "li-intake"
    with time_machine.travel(issued[0].expires_at, tick=False), pytest.raises(Refused) as refused:
        tokens.authenticate(issued[1])
    assert (refused.value.code, refused.value.status) == ("token-expired", 401)


def test_authenticate_refuses_a_revoked_token_at_once(issued: tuple[ApiToken, str], person: Person) -> None:
    tokens.authenticate(issued[1])
    actions.revoke_token(issued[0], by=person)
    with pytest.raises(Refused) as refused:
        tokens.authenticate(issued[1])
    assert (refused.value.code, refused.value.status) == ("token-revoked", 401)
    with pytest.raises(Refused) as again:
        actions.revoke_token(issued[0], by=person)
    assert again.value.code == "token-revoked"


def test_authenticate_refuses_an_inactive_person(issued: tuple[ApiToken, str], person: Person) -> None:
    Person.objects.filter(pk=person.pk).update(is_active=False)
    with pytest.raises(Refused) as refused:
        tokens.authenticate(issued[1])
    assert refused.value.code == "person-inactive"


def test_appoint_reaches_a_cached_token_at_once(
    admin: Person, issued: tuple[ApiToken, str], person: Person, justice: Agency
) -> None:
    tokens.authenticate(issued[1])
    actions.appoint(person, justice, "supervisor", by=admin)
    assert {m.role for m in tokens.authenticate(issued[1]).memberships} == {"intake", "supervisor"}


def test_require_refuses_a_missing_scope(issued: tuple[ApiToken, str]) -> None:
    bearer = tokens.authenticate(issued[1])
    tokens.require(bearer, "act")
    with pytest.raises(Refused) as refused:
        tokens.require(bearer, "admin")
    assert (refused.value.code, refused.value.status) == ("scope-missing", 403)


@pytest.mark.parametrize(
    ("scopes", "life", "code"),
    [
        ([], timedelta(days=1), "choice-unknown"),
        (["write"], timedelta(days=1), "choice-unknown"),
        (["read"], timedelta(0), "token-life"),
        (["read"], timedelta(days=367), "token-life"),
    ],
)
def test_issue_token_refuses_what_does_not_fit(
    admin: Person, person: Person, scopes: list[str], life: timedelta, code: str
) -> None:
    with time_machine.travel(now(), tick=False), pytest.raises(Refused) as refused:
        actions.issue_token(person, name="x", scopes=scopes, expires_at=now() + life, by=admin)
    assert refused.value.code == code
    assert ApiToken.objects.count() == 0
