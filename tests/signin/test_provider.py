"""This node as an OpenID Provider: apps, what people allow them, codes and tokens, and every way in which it says no."""

import base64
import hashlib
import json
import re
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import jwt
import pytest
import time_machine
from allauth.idp.oidc.models import Client as OidcClient
from allauth.idp.oidc.models import Token
from django.test import Client
from tests.signin.conftest import Browser, Few, at, let_in

from lianqiao.record import time
from lianqiao.record.models import Event
from lianqiao.record.refusal import Refused
from lianqiao.registry import actions as registry_actions
from lianqiao.registry.models import Agency, Person
from lianqiao.signin import actions, issuing
from lianqiao.signin.levels import acr
from lianqiao.signin.models import App, SigningKey
from lianqiao.site import cli

pytestmark = pytest.mark.once

BACK = "https://app.example/back"
VERIFIER = "v" * 64
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()
ONCE: list[bytes] = []


@pytest.fixture(autouse=True)
def _one_key(monkeypatch: pytest.MonkeyPatch) -> None:
    """Making an RSA key takes time; the tests make one."""
    generated = issuing.generated

    def kept() -> bytes:
        if not ONCE:
            ONCE.append(generated())
        return ONCE[0]

    monkeypatch.setattr(issuing, "generated", kept)
    issuing.read.cache_clear()


@pytest.fixture
def app(few: Few, security: Person) -> tuple[App, str]:
    return register(security)


def register(by: Person, **changed: Any) -> tuple[App, str]:
    told = {"name_zh": "示例应用", "name_en": "Example App", "operator": "示例单位", "redirect_uris": [BACK]}
    return actions.register_app(**(told | {"scopes": ["openid", "profile", "read", "act"]} | changed), by=by)


def question(app: App, **changed: str | None) -> str:
    asked = {
        "response_type": "code", "client_id": app.client, "redirect_uri": BACK, "scope": "openid read", "state": "s1",
        "nonce": "n1", "code_challenge": CHALLENGE, "code_challenge_method": "S256",
    } | changed  # fmt: skip
    return "/identity/authorize?" + urlencode({name: value for name, value in asked.items() if value is not None})


def allow(browser: Browser, address: str, scopes: list[str] | None = None, **changed: str) -> Any:
    """Sends the form that the page shows, as a browser without script does; the answer to it."""
    page = browser.get(address)
    signed = re.search(r'name="request" value="([^"]+)"', page.content.decode())
    assert signed, page.content.decode()[:3000]
    form = {"request": signed[1], "scopes": scopes or ["openid", "read"], "action": "grant"} | changed
    return browser.client.post("/identity/authorize", form)


def code_in(answer: Any) -> str:
    assert answer.status_code == 302, answer.content
    assert answer["Location"].startswith(BACK), answer["Location"]
    told = parse_qs(urlsplit(answer["Location"]).query)
    assert told["state"] == ["s1"]
    return told["code"][0]


def redeem(app: App, secret: str, code: str, **changed: str) -> Any:
    form = {
        "grant_type": "authorization_code", "code": code, "redirect_uri": BACK, "client_id": app.client,
        "code_verifier": VERIFIER,
    } | ({"client_secret": secret} if secret else {})  # fmt: skip
    return Client().post("/identity/token", form | changed)


def api(path: str, token: str, method: str = "GET", body: Any = None) -> Any:
    sent = {"data": json.dumps(body), "content_type": "application/json"} if body is not None else {}
    return Client().generic(method, f"/api/v1/{path}", headers={"Authorization": f"Bearer {token}"}, **sent)


def refusal(call: Any) -> str:
    with pytest.raises(Refused) as caught:
        call()
    return caught.value.code


def test_discovery_says_what_there_is(few: Few) -> None:
    said = Client().get("/.well-known/openid-configuration").json()
    keys = Client().get("/.well-known/jwks.json").json()["keys"]

    base = "http://127.0.0.1:8051"
    assert (said["issuer"], said["token_endpoint"], said["jwks_uri"]) == (
        base, f"{base}/identity/token", f"{base}/.well-known/jwks.json",
    )  # fmt: skip
    assert (said["response_types_supported"], said["subject_types_supported"]) == (["code"], ["pairwise"])
    assert [(key["kty"], key["alg"], "d" in key) for key in keys] == [("RSA", "RS256", False)]


def test_person_allows_an_app_and_it_acts_for_them(
    browser: Browser, few: Few, lin: Person, app: tuple[App, str]
) -> None:
    one, secret = app
    door = browser.get(question(one))
    assert at(door) == "/account/sign-in"
    then = parse_qs(urlsplit(door.redirect_chain[-1][0]).query)["next"][0]
    page = browser.sign_in("lin", then=then)
    assert "Example App asks who you are" in page.content.decode()
    assert "form-action 'self' https://app.example;" in page.headers["Content-Security-Policy"]

    told = redeem(one, secret, code_in(allow(browser, question(one)))).json()

    claims = jwt.decode(
        told["id_token"], jwt.PyJWK(SigningKey.objects.get().public).key, algorithms=["RS256"], audience=one.client
    )
    assert (claims["iss"], claims["nonce"], claims["acr"], claims["amr"]) == (
        "http://127.0.0.1:8051",
        "n1",
        acr(1),
        ["pwd"],
    )
    assert "name" not in claims
    assert claims["sub"] not in (str(lin.pk), "lin")
    me = api("me", told["access_token"]).json()
    assert (me["account"], me["scopes"]) == ("lin", ["read"])
    assert api("drafts", told["access_token"], "POST", {"content": {}}).json()["code"] == "scope-missing"
    assert Client().get("/identity/userinfo", headers={"Authorization": f"Bearer {told['access_token']}"}).json() == {
        "sub": claims["sub"]
    }
    event = Event.objects.about("person", lin.pk).last()
    assert event is not None
    assert (event.verb, event.data) == ("allow_app", {"client": one.client, "scopes": ["openid", "read"]})


def test_two_apps_know_a_person_by_two_names(
    browser: Browser, lin: Person, security: Person, app: tuple[App, str]
) -> None:
    browser.sign_in("lin")
    subs = set()
    for one, secret in (app, register(security)):
        token = redeem(one, secret, code_in(allow(browser, question(one)))).json()["id_token"]
        subs.add(jwt.decode(token, options={"verify_signature": False})["sub"])

    assert len(subs) == 2


def test_what_was_allowed_is_listed_and_taken_back(browser: Browser, lin: Person, app: tuple[App, str]) -> None:
    one, secret = app
    browser.sign_in("lin")
    told = redeem(one, secret, code_in(allow(browser, question(one)))).json()

    assert "Example App" in browser.get("/account/apps").content.decode()
    browser.post("/account/apps", {"client": one.client})

    assert api("me", told["access_token"]).json()["code"] == "token-unknown"
    assert "Example App" not in browser.get("/account/apps").content.decode()
    assert redeem(one, secret, "", grant_type="refresh_token", refresh_token=told["refresh_token"]).status_code == 400
    assert refusal(lambda: actions.end_allowance(lin, one.client, by=lin)) == "no-allowance"


def test_person_does_not_allow(browser: Browser, lin: Person, app: tuple[App, str]) -> None:
    browser.sign_in("lin")

    answer = allow(browser, question(app[0]), action="cancel")

    assert answer["Location"] == f"{BACK}?error=access_denied&state=s1"
    assert Token.objects.count() == 0


WRONG: dict[str, dict[str, str | None]] = {
    "without PKCE": {"code_challenge": None, "code_challenge_method": None},
    "plain PKCE": {"code_challenge_method": "plain"},
    "another address": {"redirect_uri": "https://app.example/other"},
    "another site": {"redirect_uri": "https://evil.example/back"},
    "no address": {"redirect_uri": None},
    "unknown client": {"client_id": "nobody"},
    "silently": {"prompt": "none"},
}


def test_question_that_is_wrong_sends_nobody_on(browser: Browser, lin: Person, app: tuple[App, str]) -> None:
    browser.sign_in("lin")
    found = {}
    for case, changed in WRONG.items():
        answer = browser.client.get(question(app[0], **changed))
        found[case] = (
            answer.status_code in (200, 400),
            answer.get("Location"),
            'name="request"' in answer.content.decode(),
        )

    assert found == dict.fromkeys(WRONG, (True, None, False))


def test_scope_that_the_app_does_not_have_is_refused(browser: Browser, lin: Person, app: tuple[App, str]) -> None:
    browser.sign_in("lin")

    answer = browser.client.get(question(app[0], scope="openid admin"))

    assert "error=invalid_scope" in answer["Location"]


def test_scope_that_was_not_asked_for_cannot_be_added(browser: Browser, lin: Person, app: tuple[App, str]) -> None:
    browser.sign_in("lin")

    answer = allow(browser, question(app[0]), scopes=["openid", "read", "act"])

    assert (answer.status_code, answer.get("Location"), Token.objects.count()) == (200, None, 0)


def test_code_is_used_once_soon_and_by_its_client(
    browser: Browser, few: Few, lin: Person, security: Person, app: tuple[App, str]
) -> None:
    one, secret = app
    other, other_secret = register(security)
    browser.sign_in("lin")
    code = code_in(allow(browser, question(one)))

    refused = [
        redeem(one, secret, code, code_verifier="w" * 64),
        redeem(one, "wrong", code),
        redeem(one, "", code),
        redeem(other, other_secret, code),
        redeem(one, secret, code, redirect_uri="https://app.example/other"),
    ]
    assert [answer.status_code in (400, 401) for answer in refused] == [True] * 5
    assert redeem(one, secret, code).status_code == 200
    assert redeem(one, secret, code).json()["error"] == "invalid_grant"
    late = code_in(allow(browser, question(one)))
    with time_machine.travel(time.now() + timedelta(seconds=61)):
        assert redeem(one, secret, late).json()["error"] == "invalid_grant"


def test_token_expires_and_is_renewed_by_a_token_that_is_used_once(
    browser: Browser, lin: Person, app: tuple[App, str]
) -> None:
    one, secret = app
    browser.sign_in("lin")
    told = redeem(one, secret, code_in(allow(browser, question(one)))).json()
    with time_machine.travel(time.now() + timedelta(seconds=3601)):
        assert api("me", told["access_token"]).json()["code"] == "token-unknown"
        again = redeem(one, secret, "", grant_type="refresh_token", refresh_token=told["refresh_token"]).json()
        assert api("me", again["access_token"]).json()["account"] == "lin"
        assert (
            redeem(one, secret, "", grant_type="refresh_token", refresh_token=told["refresh_token"]).status_code == 400
        )


def test_app_on_a_device_keeps_no_secret(browser: Browser, lin: Person, security: Person) -> None:
    one, secret = register(security, secret=False, scopes=["openid", "read"])
    browser.sign_in("lin")

    assert secret == ""
    assert redeem(one, "", code_in(allow(browser, question(one)))).status_code == 200


def test_app_acts_for_itself_as_a_person_of_its_own(few: Few, security: Person) -> None:
    one, secret = register(security, redirect_uris=[], scopes=["read"], for_itself=True)
    form = {"grant_type": "client_credentials", "client_id": one.client, "client_secret": secret}
    told = Client().post("/identity/token", form).json()

    me = api("me", told["access_token"]).json()
    assert (me["account"], me["roles"], me["scopes"]) == (f"app:{one.client}", [], ["read"])
    assert Client().post("/identity/token", form | {"client_secret": "wrong"}).status_code == 401
    assert Client().post("/identity/token", form | {"scope": "read admin"}).json()["error"] == "invalid_scope"
    assert one.acts_as is not None
    registry_actions.appoint(one.acts_as, Agency.objects.get(), "handler", by=few.root)
    assert [role["role"] for role in api("me", told["access_token"]).json()["roles"]] == ["handler"]


def test_app_that_ended_is_out_at_once(
    browser: Browser, few: Few, lin: Person, security: Person, app: tuple[App, str]
) -> None:
    one, secret = app
    browser.sign_in("lin")
    told = redeem(one, secret, code_in(allow(browser, question(one)))).json()

    assert refusal(lambda: actions.end_app(one, reason="over", by=few.root)) == "not-security"
    actions.end_app(one, reason="over", by=security)

    assert api("me", told["access_token"]).json()["code"] == "token-unknown"
    assert browser.client.get(question(one)).get("Location") is None
    assert refusal(lambda: actions.end_app(one, reason="over", by=security)) == "app-ended"


def test_person_who_may_no_longer_act_does_so_through_no_app(
    browser: Browser, lin: Person, app: tuple[App, str]
) -> None:
    one, secret = app
    browser.sign_in("lin")
    told = redeem(one, secret, code_in(allow(browser, question(one)))).json()
    Person.objects.filter(pk=lin.pk).update(is_active=False)

    assert api("me", told["access_token"]).json()["code"] == "person-inactive"


def test_administrator_without_second_factor_acts_through_no_app(
    browser: Browser, few: Few, lin: Person, app: tuple[App, str]
) -> None:
    one, secret = app
    browser.sign_in("lin")
    told = redeem(one, secret, code_in(allow(browser, question(one)))).json()
    registry_actions.appoint(lin, Agency.objects.get(), "audit", by=few.root)

    assert api("me", told["access_token"]).json()["code"] == "second-factor-missing"
    assert at(browser.get(question(one))) == "/account/second-factor/"


def test_register_refuses_an_address_that_could_lead_elsewhere(few: Few, security: Person) -> None:
    wrong = ["http://app.example/back", "https://*.example/back", "https://app.example/back#x", "javascript:alert(1)"]
    wrong += ["https:///back", "https://user@app.example/"]

    assert {uri: refusal(lambda uri=uri: register(security, redirect_uris=[uri])) for uri in wrong} == dict.fromkeys(
        wrong, "redirect-uri"
    )  # type: ignore[misc]


def test_register_is_for_the_security_administrator_and_for_some_use(few: Few, lin: Person, security: Person) -> None:
    assert refusal(lambda: register(few.root)) == "not-security"
    assert refusal(lambda: register(security, redirect_uris=[])) == "app-without-use"
    assert refusal(lambda: register(security, for_itself=True, secret=False)) == "app-without-use"
    assert refusal(lambda: register(security, scopes=["admin"])) == "choice-unknown"
    assert OidcClient.objects.count() == 0


def test_key_is_rotated_and_the_old_one_published_for_a_day(
    few: Few, security: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = issuing.ensure()
    ONCE.clear()
    second = actions.rotate_key(reason="yearly", by=security)

    assert [row.kid for row in issuing.published()] == [first.kid, second.kid]
    assert issuing.ensure().kid == second.kid
    with time_machine.travel(time.now() + timedelta(days=1, seconds=1), tick=False):
        assert [row.kid for row in issuing.published()] == [second.kid]
    verbs = [event.verb for event in Event.objects.filter(subject_kind="signin").order_by("pk")]
    assert verbs == ["create", "rotate"]


def test_commands_and_api_of_apps(capsys: pytest.CaptureFixture[str], few: Few, security: Person) -> None:
    words = [
        "signin",
        "app",
        "register",
        "--zh",
        "应用",
        "--en",
        "App",
        "--operator",
        "x",
        "--back",
        BACK,
        "--scope",
        "openid",
    ]
    assert cli.main([*words, "--by", "sec"]) == 0
    client, secret = capsys.readouterr().out.splitlines()[:2]
    assert OidcClient.objects.get(pk=client).check_secret(secret)
    assert cli.main(["signin", "app", "list", "--by", "sec"]) == 0
    _token, bearer = registry_actions.issue_token(security, name="t", scopes=["read", "act", "admin"], by=few.root)
    rows = api("signin/apps", bearer).json()["apps"]
    assert [(row["client"], row["redirect_uris"], row["ended_at"]) for row in rows] == [(client, [BACK], None)]
    assert cli.main(["signin", "app", "end", client, "--reason", "over", "--by", "sec"]) == 0
    assert api("signin/apps/end", bearer, "POST", {"client": client, "reason": "x"}).json()["code"] == "app-ended"
    body = {"name_zh": "应用", "name_en": "App", "operator": "x", "redirect_uris": [BACK], "scopes": ["read"]}
    made = api("signin/apps", bearer, "POST", body)
    assert (made.status_code, len(made.json()["client_secret"])) == (201, 43)


def test_second_factor_raises_the_level(browser: Browser, few: Few, app: tuple[App, str]) -> None:
    one, secret = app
    person = let_in(few.wei, few.root)
    browser.sign_in("wei")
    browser.set_up_app()
    other = Browser()
    from tests.signin.conftest import code_of

    with time_machine.travel(time.now() + timedelta(minutes=2)):
        other.sign_in("wei")
        other.post("/account/second-factor/authenticate/", {"code": code_of(browser.secret)})
        token = redeem(one, secret, code_in(allow(other, question(one)))).json()["id_token"]
    claims = jwt.decode(token, options={"verify_signature": False})

    assert (claims["acr"], claims["amr"]) == (acr(2), ["pwd", "otp"])
    assert person.has_usable_password()
