"""People of another region: on whose word they come in, what they then may do, and every way in which they do not."""

import base64
import hashlib
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jwt
import pytest
import time_machine
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from django.test import Client
from tests.cast import Cast, confidential, filing
from tests.exchange.conftest import agree, befriend
from tests.exchange.other_node import OtherNode
from tests.signin.conftest import Browser, Few, at

from lianqiao.cases.actions import intake
from lianqiao.cases.models import Case
from lianqiao.exchange import inbox, peers
from lianqiao.exchange.models import Peer
from lianqiao.record import time
from lianqiao.record.models import Event
from lianqiao.record.refusal import Refused
from lianqiao.registry import actions as registry_actions
from lianqiao.registry import agreements
from lianqiao.registry.models import Agency, Agreement, EnterpriseMember, Membership, Person, Region
from lianqiao.signin import actions, announcing, issuing
from lianqiao.signin.levels import acr
from lianqiao.signin.models import Guest, Provider
from lianqiao.signin.provider import ENTERPRISES
from lianqiao.signin.regions import terms_with

pytestmark = pytest.mark.once

USCC = "91510100MA6C00017C"
"""The enterprise of the cast, for which a person of node 50 acts."""


class Vouching(OtherNode):
    """Node 50 as a provider: it says what it is told to say."""

    def __init__(self) -> None:
        super().__init__()
        private = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self.pem = private.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        self.jwk = issuing.public_of(self.pem)
        self.asked: dict[str, str] = {}
        self.claims: dict[str, Any] = {}
        self.signed_with = self.pem
        self.root: Person
        self.answers["/identity/token"] = self.token

    def announce(self, **changed: Any) -> dict[str, Any]:
        return {
            "issuer": self.base_url,
            "authorization_endpoint": f"{self.base_url}/identity/authorize",
            "token_endpoint": f"{self.base_url}/identity/token",
            "keys": [self.jwk],
        } | changed

    def token(self, body: bytes) -> tuple[int, Any]:
        form = {name: values[0] for name, values in parse_qs(body.decode()).items()}
        challenge = (
            base64.urlsafe_b64encode(hashlib.sha256(form["code_verifier"].encode()).digest()).rstrip(b"=").decode()
        )
        if challenge != self.asked["code_challenge"] or form["code"] != "good" or form["client_id"] != "node-51":
            return 400, {"error": "invalid_grant"}
        now = int(time.now().timestamp())
        claims = {
            "iss": self.base_url, "aud": "node-51", "sub": "pseudonym-1", "nonce": self.asked["nonce"], "iat": now,
            "exp": now + 300, "acr": acr(2),
            ENTERPRISES: [{"uscc": USCC, "powers": ["file", "supplement", "withdraw"], "matters": [], "until": None}],
        } | self.claims  # fmt: skip
        claims = {name: value for name, value in claims.items() if value is not None}
        return 200, {"id_token": jwt.encode(claims, self.signed_with, "RS256", headers={"kid": self.jwk["kid"]})}


KEPT: list[Vouching] = []


def sign_on(assurance: int = 2, powers: tuple[str, ...] = ("file", "supplement")) -> dict[str, Any]:
    """Terms between the centre of the cast and one of Chongqing."""
    here, there = {"node": "51", "agency": "sc-inward-centre"}, {"node": "50", "agency": "cq-centre"}
    names = {"zh": "投诉中心", "en": "Centre"}
    return {
        "v": 1, "reference": f"T-{assurance}-{len(powers)}", "title": {"zh": "登录协议", "en": "On signing in"}, "from": "2026-01-01",
        "until": None,
        "parties": [
            {"node": "51", "agencies": [{"code": here["agency"]} | names]}, {"node": "50", "agencies": [{"code": there["agency"]} | names]},
        ],
        "clauses": [
            {
                "ref": "1", "from": here, "to": there, "programmes": ["inward-complaint"], "categories": [], "shares": [], "answer": None,
                "carries": True, "joint_triggers": [],
            }
        ],
        "sign_on": {"assurance": assurance, "powers": [*powers]},
    }  # fmt: skip


@pytest.fixture
def around(few: Few) -> Few:
    """A complaint centre and an enterprise beside the few."""
    region = Region.objects.get()
    names = {"name_zh": "四川省外来企业投诉中心", "name_en": "Appeal Center"}
    registry_actions.add_agency("sc-inward-centre", **names, kind="complaint_centre", region=region, by=few.root)
    firm = {"name_zh": "锦江秘名科技有限公司", "name_en": "Jinjiang Test Technology", "kind": "inward", "uscc": USCC}
    registry_actions.add_enterprise(**firm, region=region, by=few.root)
    return few


@pytest.fixture
def other(request: pytest.FixtureRequest) -> Iterator[Vouching]:
    """Node 50, trusted and answering; made once, for its key takes time. Beside the whole cast where a test has it, else the few."""
    people = request.getfixturevalue("cast" if "cast" in request.fixturenames else "around")
    if not KEPT:
        KEPT.append(Vouching())
    KEPT[0].claims, KEPT[0].signed_with, KEPT[0].asked = {}, KEPT[0].pem, {}
    KEPT[0].sequence = 0
    with KEPT[0].serving():
        befriend(KEPT[0], people.root)
        KEPT[0].root = people.root
        yield KEPT[0]


def tell(other: Vouching, **changed: Any) -> str:
    """What node 50 announces comes as a parcel; its state."""
    answer = other.post(Client(), other.parcel(announcing.KIND, other.announce(**changed)))
    assert answer.status_code in (200, 202), answer.content
    while inbox.work():
        pass
    from lianqiao.exchange.models import ParcelIn

    parcel = ParcelIn.objects.order_by("-pk").first()
    assert parcel is not None
    return parcel.state


@pytest.fixture
def agreement(other: Vouching) -> Agreement:
    tell(other)
    return agree(other, other.root, sign_on())


@pytest.fixture
def come(other: Vouching, agreement: Agreement) -> Callable[..., Any]:
    """Somebody of node 50 comes to the door, goes home, and comes back with a code."""

    def come(browser: Browser, code: str = "good", state: str = "", then: str = "") -> Any:
        sent = browser.client.get("/account/region/50" + (f"?next={then}" if then else ""))
        assert sent.status_code == 302, sent.content
        assert sent["Location"].startswith(f"{other.base_url}/identity/authorize?")
        other.asked = {name: values[0] for name, values in parse_qs(urlsplit(sent["Location"]).query).items()}
        return browser.get(f"/account/region/50/back?code={code}&state={state or other.asked['state']}")

    return come


def seen(browser: Browser) -> list[str]:
    """The titles of the cases that the session shows."""
    import re

    answer = browser.get("/cases?which=all")
    return re.findall(r'<th scope="row"><a href="/cases/[0-9-]+">([^<]+)</a>', answer.content.decode())


def test_person_of_another_region_comes_in_without_an_account(
    browser: Browser, cast: Cast, other: Vouching, come: Any
) -> None:
    door = browser.get("/account/sign-in").content.decode()
    own = intake.file(by=cast.lin, **filing(cast)).case
    intake.file(by=cast.lin, **confidential(cast))
    foreign = registry_actions.add_enterprise(
        name_zh="他企", name_en="Other", kind="inward", region=own.enterprise.region, by=cast.root
    )
    intake.file(by=cast.wei, **filing(cast, enterprise=str(foreign.pk), title="他人的诉求"))

    answer = come(browser)

    assert 'href="/account/region/50?"' in door
    assert (at(answer), other.asked["acr_values"], other.asked["scope"]) == ("/cases", acr(2), "openid enterprises")
    guest = Guest.objects.get()
    assert (guest.node, guest.subject, guest.person.account[:3], guest.person.name, guest.person.has_usable_password()) == (
        "50", "pseudonym-1", "50:", "", False,
    )  # fmt: skip
    assert sorted(seen(browser)) == ["招标条件排斥外地企业", "秘题：检查过于频繁"]
    assert EnterpriseMember.objects.filter(person=guest.person).count() == 0
    event = Event.objects.about("person", guest.person.pk).last()
    assert event is not None
    assert (event.verb, event.data) == ("sign_in", {"means": ["region"], "level": 2, "node": "50"})


def test_same_subject_is_the_same_person_and_another_is_another(other: Vouching, come: Any) -> None:
    for subject in ("a", "a", "b"):
        other.claims = {"sub": subject}
        come(Browser())

    assert list(Guest.objects.order_by("subject").values_list("subject", flat=True)) == ["a", "b"]


def test_officer_of_another_region_gets_entry_and_nothing_else(
    browser: Browser, cast: Cast, other: Vouching, come: Any
) -> None:
    intake.file(by=cast.lin, **filing(cast))
    other.claims = {
        ENTERPRISES: [],
        "roles": ["admin"],
        "memberships": [{"agency": "sc-inward-centre", "role": "lead"}],
    }

    come(browser)

    assert (browser.who()[:3], seen(browser)) == ("50:", [])
    assert Membership.objects.filter(person=Guest.objects.get().person).count() == 0


def test_powers_are_those_that_both_grant(other: Vouching, come: Any) -> None:
    from lianqiao.signin import regions

    vouched = {
        "uscc": USCC,
        "powers": ["file", "withdraw"],
        "matters": ["inward-complaint", "gardening"],
        "until": None,
    }
    terms = terms_with("50", time.today())
    assert terms is not None
    (link,) = regions.links(Person.objects.get(account="lin"), [vouched], terms)
    assert (link.capacity, link.powers, link.matters, link.until) == (
        "agent",
        ["file"],
        ["inward-complaint"],
        time.today(),
    )
    assert regions.links(Person.objects.get(account="lin"), [vouched | {"matters": ["gardening"]}], terms) == []
    assert regions.links(Person.objects.get(account="lin"), [vouched | {"until": "2026-01-01"}], terms) == []


def test_exclusion_beats_the_word_of_another_node(browser: Browser, cast: Cast, other: Vouching, come: Any) -> None:
    intake.file(by=cast.lin, **filing(cast))
    come(browser)
    guest = Guest.objects.get().person
    assert len(seen(browser)) == 1

    registry_actions.appoint(guest, cast.market, "handler", by=cast.root)  # works for the agency complained of

    assert seen(browser) == []


FORGED: dict[str, dict[str, Any]] = {
    "another issuer": {"iss": "http://127.0.0.1:1"},
    "for another node": {"aud": "node-99"},
    "for several": {"aud": ["node-51", "node-99"]},
    "another question": {"nonce": "other"},
    "no question": {"nonce": None},
    "expired": {"exp": 1},
    "without end": {"exp": None},
    "nobody": {"sub": ""},
    "not a name": {"sub": 7},
}


def test_word_that_is_not_for_us_is_not_believed(other: Vouching, come: Any) -> None:
    found = {}
    for case, other.claims in FORGED.items():
        browser = Browser()
        answer = come(browser)
        found[case] = (answer.status_code, "could not be believed" in answer.content.decode(), browser.who())

    assert found == dict.fromkeys(FORGED, (403, True, ""))
    assert Guest.objects.count() == 0


def test_word_of_another_key_is_not_believed(browser: Browser, other: Vouching, come: Any) -> None:
    other.signed_with = issuing.generated()

    assert (come(browser).status_code, browser.who()) == (403, "")


def test_level_below_what_is_agreed_is_refused(other: Vouching, come: Any) -> None:
    for told in (acr(1), "urn:lianqiao:assurance:9", "2", None):
        other.claims, browser = {"acr": told}, Browser()
        answer = come(browser)
        assert (answer.status_code, "second factor" in answer.content.decode(), browser.who()) == (403, True, ""), told


def test_answer_to_no_question_is_refused(browser: Browser, other: Vouching, come: Any) -> None:
    assert browser.get("/account/region/50/back?code=good&state=x").status_code == 400
    assert come(browser, state="other").status_code == 400
    assert come(browser, code="bad").status_code == 502
    answer = come(browser)
    assert at(answer) == "/cases"
    assert browser.get(f"/account/region/50/back?code=good&state={other.asked['state']}").status_code == 400


def test_agreement_that_ends_lets_nobody_in_and_ends_sessions(
    browser: Browser, other: Vouching, agreement: Agreement, come: Any
) -> None:
    come(browser)
    assert browser.who()[:3] == "50:"

    agreements.end(agreement, reason="over", by=other.root)

    answer = browser.get("/account")
    assert "people of your region come in here no more" in answer.content.decode()
    assert browser.who() == ""
    assert Browser().client.get("/account/region/50").status_code == 403
    assert "/account/region/50" not in browser.get("/account/sign-in").content.decode()


def test_agreement_that_runs_out_ends_sessions(browser: Browser, other: Vouching) -> None:
    tell(other)
    agree(other, other.root, sign_on() | {"until": time.today().isoformat()})
    assert terms_with("50", time.today()) is not None
    assert terms_with("50", date.fromordinal(time.today().toordinal() + 1)) is None


def test_node_that_is_blocked_ends_sessions(browser: Browser, other: Vouching, come: Any) -> None:
    come(browser)

    peers.block("50", reason="incident", by=other.root)

    assert browser.who() == ""


def test_agreement_without_a_word_on_it_lets_nobody_in(other: Vouching) -> None:
    tell(other)
    agree(other, other.root, {name: said for name, said in sign_on().items() if name != "sign_on"})

    assert Browser().client.get("/account/region/50").status_code == 403
    assert Browser().client.get("/account/region/99").status_code == 403


def test_guest_is_let_in_no_more_by_the_security_administrator(browser: Browser, other: Vouching, come: Any) -> None:
    come(browser)
    person = Guest.objects.get().person
    guard = registry_actions.add_person("guard", by=other.root)
    registry_actions.appoint(guard, Agency.objects.get(code="sc-office"), "security", by=other.root)

    actions.unlink_guest(person, reason="misuse", by=guard)

    assert browser.who() == ""
    assert come(browser).status_code == 403
    with pytest.raises(Refused) as caught:
        actions.invite(person, by=other.root)
    assert caught.value.code == "guest"


def test_announcement_of_what_cannot_be_meant_is_refused(other: Vouching) -> None:
    assert tell(other, token_endpoint="http://127.0.0.1:1/identity/token") == "refused"
    assert tell(other, keys=[{"kty": "oct", "k": "c2VjcmV0", "kid": "1"}]) == "refused"
    assert Provider.objects.count() == 0
    assert tell(other) == "done"


def test_other_node_becomes_a_client_and_is_told_the_key(
    other: Vouching, agreement: Agreement, monkeypatch: pytest.MonkeyPatch
) -> None:
    from allauth.idp.oidc.models import Client as OidcClient

    from lianqiao.exchange.models import ParcelOut

    monkeypatch.setattr(issuing, "generated", lambda: other.pem)
    announcing.follow([*Event.objects.about("agreement", agreement.pk)])
    client = OidcClient.objects.get(pk="node-50")
    assert (client.type, client.get_redirect_uris(), client.get_scopes()) == (
        "public", [f"{other.base_url}/account/region/51/back"], ["openid", "enterprises"],
    )  # fmt: skip
    assert {parcel.kind for parcel in ParcelOut.objects.filter(kind=announcing.KIND)} == {announcing.KIND}

    agreements.end(agreement, reason="over", by=other.root)
    announcing.follow([*Event.objects.about("agreement", agreement.pk)])
    assert OidcClient.objects.count() == 0


def test_session_lasts_as_long_as_others(browser: Browser, come: Any) -> None:
    come(browser)
    with time_machine.travel(time.now() + timedelta(hours=12, minutes=1), tick=False):
        assert browser.who() == ""
    assert Person.objects.filter(account__startswith="50:").count() == 1
    assert Peer.objects.get().state == "active"
    assert Case.objects.count() == 0
