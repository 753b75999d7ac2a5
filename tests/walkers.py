"""Who opens the pages of tests/addresses.py: one of each role that a node knows, and the browser of each.

Of the cast: lin (owner), wei (intake), he (handler), zhao (lead), su (supervisor), liu (liaison), root (system administrator), stranger (nobody).
Besides: xu (agent with a power of attorney, whose account is guarded by a password, an app, a key and recovery codes), ke (intake officer of a
workstation of which the enterprise is a member), security and audit (administrators). Two are no roles: "" has not signed in, and HALFWAY has
given xu's password and not yet the second factor.
"""

from __future__ import annotations

from datetime import timedelta
from hashlib import sha256
from typing import Any

from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from allauth.mfa.webauthn.internal.auth import WebAuthn
from cryptography.hazmat.primitives.asymmetric import ec
from django.test import Client
from fido2.cose import ES256
from fido2.utils import websafe_encode
from fido2.webauthn import Aaguid, AttestationObject, AttestedCredentialData, AuthenticatorData
from tests.cast import Cast
from tests.portal.conftest import EN, ZH, signed_in

from lianqiao.record import time
from lianqiao.registry import actions
from lianqiao.registry.models import Person
from lianqiao.signin import actions as doors

HALFWAY = "halfway"
WALKERS = ("", "lin", "xu", "ke", "wei", "he", "zhao", "su", "liu", "root", "security", "audit", "stranger")
PASSWORD = "quiet river 17 lanterns"


def come(cast: Cast) -> None:
    """Those whom the cast lacks."""
    office = cast.root.memberships.get().agency
    for role, name in (("audit", "审计员"), ("security", "安全员")):
        cast.people[role] = actions.add_person(role, name=name, by=cast.root)
        actions.appoint(cast.people[role], office, role, by=cast.root)
    cast.people["root"] = cast.root
    station = actions.add_agency(
        "cd-workstation", name_zh="成都企业投诉服务工作站", name_en="Chengdu Workstation", kind="workstation",
        region=cast.city.region, parent=cast.city, by=cast.root,
    )  # fmt: skip
    cast.people["ke"] = actions.add_person("ke", name="某ke", by=cast.root)
    actions.appoint(cast.people["ke"], station, "intake", by=cast.root)
    actions.associate(cast.enterprise, station, by=cast.lin)
    cast.people["xu"] = xu = actions.add_person("xu", name="某xu", email="xu@example.org", by=cast.root)
    actions.link_agent(
        xu, cast.enterprise, powers=["file", "supplement", "withdraw", "receive", "rate"], matters=["all"],
        until=time.today() + timedelta(days=200), wording="全权代理投诉事宜", by=cast.root,
    )  # fmt: skip
    guard(xu, cast.root)


def guard(person: Person, by: Person) -> None:
    """A password, and each of the second factors."""
    _invitation, code = doors.invite(person, by=by)
    doors.accept(code, PASSWORD)
    TOTP.activate(person, generate_totp_secret())
    RecoveryCodes.activate(person)
    WebAuthn.add(person, "钥匙", key())
    person.refresh_from_db()


def key() -> dict[str, Any]:
    """A security key as a browser reports one that was just added, with the attestation "none"."""
    public = ES256.from_cryptography_key(ec.generate_private_key(ec.SECP256R1()).public_key())
    held = AttestedCredentialData.create(Aaguid.NONE, b"k" * 16, public)
    flags = AuthenticatorData.FLAG.UP | AuthenticatorData.FLAG.UV | AuthenticatorData.FLAG.AT
    told = AuthenticatorData.create(sha256(b"testserver").digest(), flags, 0, held)
    return {
        "id": websafe_encode(b"k" * 16), "rawId": websafe_encode(b"k" * 16), "type": "public-key",
        "response": {
            "clientDataJSON": websafe_encode(b'{"type":"webauthn.create","challenge":"","origin":"http://testserver"}'),
            "attestationObject": websafe_encode(AttestationObject.create("none", told, {})),
        },
        "clientExtensionResults": {"credProps": {"rk": True}},
    }  # fmt: skip


def browser_of(cast: Cast, who: str, language: str = "en") -> Client:
    """The browser of one of WALKERS, or of HALFWAY."""
    if who and who != HALFWAY:
        return signed_in(cast.people[who], language)
    client = Client(headers=EN if language == "en" else ZH)
    if who:
        client.post("/account/sign-in", {"login": "xu", "password": PASSWORD})
    return client
