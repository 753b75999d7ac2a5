"""Second factors: demanded of administrators, asked at the door, guessed by nobody, reset by the security administrator."""

import json
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from django.urls import reverse
from tests.signin.conftest import PASSWORD, Browser, Few, at, code_of, let_in

from lianqiao.record import time
from lianqiao.record.models import Event
from lianqiao.record.refusal import Refused
from lianqiao.registry import actions as registry_actions
from lianqiao.registry.models import Agency, Membership, Person
from lianqiao.signin import actions
from lianqiao.site import cli

pytestmark = pytest.mark.once

LATER = timedelta(minutes=2)
"""A code that was used is taken no second time."""


def told(person: Person, verb: str) -> list[Any]:
    return [event.data for event in Event.objects.about("person", person.pk) if event.verb == verb]


def test_administrator_without_second_factor_reaches_no_page(browser: Browser, security: Person) -> None:
    browser.sign_in("sec")

    for path in ("/account", "/account/sessions", "/account/password", "/cases", "/"):
        answer = browser.get(path)
        assert at(answer) == "/account/second-factor/"
        assert "Administrators need one" in answer.content.decode()


@pytest.mark.parametrize("role", ["admin", "audit"])
def test_administrator_sets_up_an_app_and_is_asked_for_it(browser: Browser, few: Few, role: str) -> None:
    person = let_in(few.lin, few.root)
    registry_actions.appoint(person, Agency.objects.get(), role, by=few.root)
    browser.sign_in("lin")
    assert at(browser.get("/account")) == "/account/second-factor/"

    codes = browser.set_up_app()

    assert (at(codes), browser.who()) == ("/account/second-factor/recovery-codes/", "lin")
    assert codes.content.decode().count("<li><code>") == 10
    assert told(person, "add_factor") == [{"kind": "totp"}]
    other = Browser()
    with time_machine.travel(time.now() + LATER):
        assert at(other.sign_in("lin")) == "/account/second-factor/authenticate/"
        assert other.who() == ""
        wrong = other.post("/account/second-factor/authenticate/", {"code": "000000"})
        assert "This code is not right" in wrong.content.decode()
        code = code_of(browser.secret)
        assert at(other.post("/account/second-factor/authenticate/", {"code": code})) == {
            "admin": "/desk/registry/agencies",
            "audit": "/desk/registry/agencies",
        }.get(role, "/cases")
        assert other.who() == "lin"
        assert told(person, "sign_in")[-1] == {"means": ["pwd", "otp"], "level": 2}
        third = Browser()
        third.sign_in("lin")
        assert (
            "This code is not right"
            in third.post("/account/second-factor/authenticate/", {"code": code}).content.decode()
        )


def test_others_may_have_a_second_factor(browser: Browser, lin: Person) -> None:
    browser.sign_in("lin")
    browser.set_up_app()

    assert at(Browser().sign_in("lin")) == "/account/second-factor/authenticate/"


def test_recovery_code_lets_in_once(browser: Browser, lin: Person) -> None:
    import re

    browser.sign_in("lin")
    codes = re.findall(r"<li><code>(\d+)</code>", browser.set_up_app().content.decode())

    for arrived in ("/cases", "/account/second-factor/authenticate/"):
        other = Browser()
        other.sign_in("lin")
        assert at(other.post("/account/second-factor/authenticate/", {"code": codes[0]})) == arrived


def test_codes_are_guessed_five_times_also_by_who_has_the_password(browser: Browser, lin: Person) -> None:
    browser.sign_in("lin")
    browser.set_up_app()
    guess = "/account/second-factor/authenticate/"
    other = Browser()
    seen = []
    with time_machine.travel(time.now() + LATER, tick=False):
        for _n in range(6):
            other.sign_in("lin")
            seen.append("Too many attempts" in other.post(guess, {"code": "000000"}).content.decode())
        assert "Too many attempts" in Browser().sign_in("lin").content.decode()

    assert (seen[:4], seen[-1]) == ([False] * 4, True)


def test_secret_of_the_app_is_kept_encrypted(browser: Browser, lin: Person) -> None:
    browser.sign_in("lin")
    browser.set_up_app()

    assert browser.secret not in json.dumps(list(Authenticator.objects.values_list("data", flat=True)))


def test_administrator_keeps_the_last_factor_and_others_may_go_without(browser: Browser, few: Few, lin: Person) -> None:
    browser.sign_in("lin")
    browser.set_up_app()
    registry_actions.appoint(lin, Agency.objects.get(), "audit", by=few.root)
    kept = browser.post(reverse("mfa_deactivate_totp"))
    Membership.objects.filter(person=lin).delete()
    gone = browser.post(reverse("mfa_deactivate_totp"))

    assert "An administrator keeps at least one second factor." in kept.content.decode()
    assert (at(gone), Authenticator.objects.count()) == ("/account/second-factor/", 0)
    assert told(lin, "remove_factor") == [{"kind": "totp"}]


def test_reset_takes_factors_away_and_ends_sessions(browser: Browser, few: Few, lin: Person, security: Person) -> None:
    browser.sign_in("lin")
    browser.set_up_app()
    calls = [
        lambda: actions.reset_second_factor(lin, reason="lost", by=few.root),
        lambda: actions.reset_second_factor(security, reason="lost", by=security),
        lambda: actions.reset_second_factor(lin, reason=" ", by=security),
    ]
    refused = []
    for call in calls:
        with pytest.raises(Refused) as caught:
            call()
        refused.append(caught.value.code)

    assert refused == ["not-security", "own-factor", "reason-missing"]
    assert actions.reset_second_factor(lin, reason="telephone lost", by=security) == 2
    assert browser.who() == ""
    assert at(Browser().sign_in("lin")) == "/cases"
    assert told(lin, "reset_factor")[0]["kinds"] == ["recovery_codes", "totp"]


def test_passkeys_are_offered_with_scripts_of_ours_only(browser: Browser, lin: Person) -> None:
    browser.sign_in("lin")
    answer = browser.get(reverse("mfa_add_webauthn"))
    page = answer.content.decode()

    import re

    sources = re.findall(r'<script src="([^"]+)"', page)
    inline = re.findall(r"<script(?![^>]*(?:src=|application/json))[^>]*>", page)
    assert (inline, {source.split("/")[1] for source in sources}) == ([], {"static"})
    assert '"challenge"' in page
    assert "script-src 'self'" in answer.headers["Content-Security-Policy"]
    forged = browser.post(reverse("mfa_add_webauthn"), {"name": "key", "credential": '{"type": "public-key"}'})
    assert (forged.status_code, Authenticator.objects.count()) == (200, 0)


def test_commands_invite_unlock_and_end(
    capsys: pytest.CaptureFixture[str], browser: Browser, few: Few, lin: Person, security: Person
) -> None:
    assert cli.main(["signin", "invite", "wei", "--by", "root"]) == 0
    link = capsys.readouterr().out.splitlines()[0]
    assert browser.get(link.removeprefix("http://127.0.0.1:8051")).status_code == 200
    assert cli.main(["signin", "locks", "--by", "sec"]) == 1
    for _n in range(6):
        browser.sign_in("lin", "wrong")
    assert cli.main(["signin", "locks", "--by", "sec"]) == 0
    assert capsys.readouterr().out.split("\t")[-1] == "lin\n"
    assert cli.main(["signin", "unlock", "lin", "--by", "sec"]) == 0
    browser.sign_in("lin")
    assert cli.main(["signin", "sessions", "lin", "--by", "sec"]) == 0
    assert cli.main(["signin", "end-sessions", "lin", "--by", "sec"]) == 0
    assert capsys.readouterr().out.splitlines()[-1] == "1 sessions ended."
    assert (browser.who(), cli.main(["signin", "unlock", "lin", "--by", "root"])) == ("", 2)


def test_api_of_the_door_is_for_its_administrators(few: Few, lin: Person, security: Person) -> None:
    from django.test import Client

    def call(method: str, path: str, by: Person, body: Any = None) -> Any:
        _token, secret = registry_actions.issue_token(by, name="t", scopes=["read", "act", "admin"], by=few.root)
        sent = {"data": json.dumps(body), "content_type": "application/json"} if body is not None else {}
        return Client().generic(method, f"/api/v1/signin/{path}", headers={"Authorization": f"Bearer {secret}"}, **sent)

    Browser().sign_in("lin")
    made = call("POST", "invitations", few.root, {"account": "wei"})
    assert (made.status_code, made.json()["link"].startswith("http://127.0.0.1:8051/account/invitation/")) == (
        201,
        True,
    )
    assert [row["device"] for row in call("GET", "sessions", lin).json()["sessions"]] == ["?"]
    assert call("GET", "sessions?account=lin", few.root).json()["code"] == "not-security"
    assert len(call("GET", "sessions?account=lin", security).json()["sessions"]) == 1
    assert call("POST", "sessions/end", security, {"account": "lin"}).json() == {"ended": 1}
    for _n in range(6):
        Browser().sign_in("lin", "wrong")
    rows = call("GET", "locks", security).json()["locks"]
    assert [(row["account"], row["address"], row["attempts"]) for row in rows] == [("lin", None, 6)]
    assert call("POST", "locks/lift", security, {"account": "lin"}).status_code == 200
    assert call("POST", "locks/lift", lin, {"account": "lin"}).json()["code"] == "not-security"
    assert PASSWORD not in str(rows)
