"""The cast, and somebody at a browser without script: who signs in, with a second factor where one was set up."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.test import Client
from tests.cast import cast, node  # noqa: F401  fixtures

from lianqiao.registry import actions as registry_actions
from lianqiao.registry.models import Agency, Person, Region
from lianqiao.signin import actions

PASSWORD = "quiet river 17 lanterns"


def let_in(person: Person, by: Person, password: str = PASSWORD) -> Person:
    """Invite the person and set their password, as they themselves do."""
    _invitation, code = actions.invite(person, by=by)
    return actions.accept(code, password)


@dataclass
class Few:
    """Who signs in most: an administrator, an officer, somebody without a role. The whole cast takes longer to enter."""

    root: Person
    wei: Person
    lin: Person


@pytest.fixture
def few(node: None) -> Few:  # noqa: F811
    root = registry_actions.first_admin(
        "root",
        name="管理员",
        region=Region(code="510000", name_zh="四川省", name_en="Sichuan", node_code="51"),
        agency_code="sc-office",
        agency_zh="节点运行办公室",
        agency_en="Office of the node",
    )
    wei, lin = (registry_actions.add_person(name, email=f"{name}@example.org", by=root) for name in ("wei", "lin"))
    registry_actions.appoint(wei, Agency.objects.get(), "handler", by=root)
    return Few(root, wei, lin)


@pytest.fixture
def security(few: Few) -> Person:
    """The security administrator, who has a password and no second factor yet."""
    person = registry_actions.add_person("sec", name="安全员", by=few.root)
    registry_actions.appoint(person, Agency.objects.get(code="sc-office"), "security", by=few.root)
    return let_in(person, few.root)


def code_of(secret: str) -> str:
    """The code that an authenticator app shows now."""
    return format_hotp_value(hotp_value(secret, list(yield_hotp_counters_from_time())[1]))


@dataclass
class Browser:
    """Follows redirects and fills in forms; `secrets` are those of the authenticator app."""

    client: Client = field(default_factory=Client)
    secret: str = ""

    def get(self, path: str, **more: Any) -> Any:
        return self.client.get(path, follow=True, **more)

    def post(self, path: str, data: dict[str, Any] | None = None, **more: Any) -> Any:
        return self.client.post(path, data or {}, follow=True, **more)

    def sign_in(self, account: str, password: str = PASSWORD, then: str = "") -> Any:
        return self.post(
            "/account/sign-in", {"login": account, "password": password} | ({"next": then} if then else {})
        )

    def set_up_app(self) -> Any:
        page = self.get("/account/second-factor/totp/activate/")
        self.secret = re.search(r"<code>([A-Z2-7]{32})</code>", page.content.decode())[1]  # type: ignore[index]
        return self.post("/account/second-factor/totp/activate/", {"code": code_of(self.secret)})

    def who(self) -> str:
        """The account that the page of one's own account names, or "" at the door."""
        answer = self.get("/account")
        found = re.search(r"<dt>Account</dt><dd>([^<]+)</dd>", answer.content.decode())
        return found[1] if found else ""


@pytest.fixture
def browser() -> Browser:
    return Browser()


@pytest.fixture
def lin(few: Few) -> Person:
    """Somebody without a role, with a password."""
    return let_in(few.lin, few.root)


def at(answer: Any) -> str:
    """The path of the page at which one has arrived."""
    return str(answer.redirect_chain[-1][0]).partition("?")[0] if answer.redirect_chain else answer.request["PATH_INFO"]
