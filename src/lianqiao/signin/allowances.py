"""What a person has allowed apps: read from the tokens that still hold."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from allauth.idp.oidc.models import Token
from django.utils.translation import get_language

from lianqiao.registry.models import Person
from lianqiao.signin.models import App
from lianqiao.signin.provider import SCOPES

MOST = 100


class Allowance(NamedTuple):
    """One app, what it may do for the person, and since when."""

    client: str
    name: str
    operator: str
    scopes: list[str]
    since: datetime

    @property
    def words(self) -> list[str]:
        return [str(SCOPES.get(scope, scope)) for scope in self.scopes]


def of(person: Person) -> list[Allowance]:
    """What the person allows now, at most 100 apps. Two queries."""
    held: dict[str, tuple[set[str], datetime]] = {}
    kinds = (Token.Type.ACCESS_TOKEN, Token.Type.REFRESH_TOKEN)
    for token in Token.objects.valid().filter(user=person, type__in=kinds).order_by("created_at")[: MOST * 10]:
        scopes, _since = held.setdefault(token.client_id, (set(), token.created_at))
        scopes.update(token.get_scopes())
    english = get_language() == "en"
    return [
        Allowance(
            app.client,
            app.name_en if english else app.name_zh,
            app.operator,
            sorted(held[app.client][0]),
            held[app.client][1],
        )
        for app in App.objects.filter(client__in=held)[:MOST]
    ]
