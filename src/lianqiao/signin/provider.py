"""This node as an OpenID Provider: what it says of its people, to whom, and under which name.

Each client knows a person under a name of its own (a pairwise pseudonym), so that two apps, or an app and a node, cannot lay together what they
know. A node is told the assurance level and the enterprises for which the person acts, an app what its user allowed.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any
from uuid import UUID

from allauth.core import context
from allauth.idp.oidc.adapter import DefaultOIDCAdapter
from allauth.idp.oidc.models import Client, PrivateKey
from django.utils.translation import gettext_lazy as _

from lianqiao.record.nodes import this_node
from lianqiao.record.time import today
from lianqiao.registry.models import EnterpriseMember, Person
from lianqiao.signin import issuing
from lianqiao.signin.levels import Level, acr
from lianqiao.signin.models import Pseudonym

NODE = "node-"
"""Ids of clients that are other nodes begin so."""
ENTERPRISES = "urn:lianqiao:enterprises"
SCOPES = {
    "openid": _("that it is you, under a name that nobody else knows you by"),
    "profile": _("your name"),
    "enterprises": _("the enterprises for which you act, with your powers and their last day"),
    "read": _("read here what you may read"),
    "act": _("act here in your name"),
}
PATHS = {
    "authorization_endpoint": "/identity/authorize",
    "token_endpoint": "/identity/token",
    "userinfo_endpoint": "/identity/userinfo",
    "revocation_endpoint": "/identity/revoke",
    "jwks_uri": "/.well-known/jwks.json",
}


def metadata() -> dict[str, Any]:
    """What this provider is (OpenID Connect Discovery 1.0)."""
    issuer = this_node().base_url
    return {name: f"{issuer}{path}" for name, path in PATHS.items()} | {
        "issuer": issuer,
        "scopes_supported": [*SCOPES],
        "response_types_supported": ["code"],
        "grant_types_supported": ["authorization_code", "refresh_token", "client_credentials"],
        "code_challenge_methods_supported": ["S256"],
        "subject_types_supported": ["pairwise"],
        "id_token_signing_alg_values_supported": ["RS256"],
        "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post", "none"],
        "acr_values_supported": [acr(level) for level in Level],
        "claims_supported": ["sub", "name", "acr", "amr", "auth_time", ENTERPRISES],
        "ui_locales_supported": ["zh-Hans", "en"],
    }


class Provider(DefaultOIDCAdapter):
    """How django-allauth's provider is fitted to this house."""

    scope_display = SCOPES

    def get_issuer(self) -> str:
        return this_node().base_url

    def list_private_keys(self, **wanted: Any) -> list[PrivateKey]:
        return issuing.private_keys()

    def get_user_sub(self, client: Client, user: Person) -> str:
        return str(Pseudonym.objects.get_or_create(person=user, sector=client.id)[0].pk)

    def get_user_by_sub(self, client: Client, sub: str) -> Person | None:
        try:
            known = Pseudonym.objects.select_related("person").filter(sector=client.id, pk=UUID(sub)).first()
        except ValueError:
            return None
        return known.person if known and known.person.is_active else None

    def get_claims(
        self, purpose: str, user: Person, client: Client, scopes: Iterable[str], email: str | None = None, **kwargs: Any
    ) -> dict[str, Any]:
        claims: dict[str, Any] = {"sub": self.get_user_sub(client, user)}
        if "profile" in scopes:
            claims |= {"name": user.name, "locale": user.language}
        if "enterprises" in scopes:
            claims[ENTERPRISES] = enterprises_of(user)
        return claims

    def populate_id_token(self, id_token: dict[str, Any], client: Client, scopes: Iterable[str], **kwargs: Any) -> None:
        """How surely the person was known when they allowed it; nothing when that is not known any more."""
        id_token |= getattr(context.request, "known_by", None) or {}


def enterprises_of(person: Person) -> list[dict[str, Any]]:
    """The enterprises for which the person acts today and that an officer has confirmed, as one node tells them to another."""
    return [
        {
            "uscc": link.enterprise.stands.uscc,
            "powers": link.powers
            if link.capacity == EnterpriseMember.Capacity.AGENT
            else EnterpriseMember.Power.values,
            "matters": link.matters,
            "until": link.until.isoformat() if link.until else None,
        }
        for link in confirmed(person, today())
        if link.enterprise.stands.uscc
    ]


def confirmed(person: Person, on: date) -> list[EnterpriseMember]:
    """The links of the person that hold on the day and that are more than their own claim."""
    held = EnterpriseMember.objects.active(on).of(person).select_related("enterprise__root")
    return [link for link in held if not link.claimed]
