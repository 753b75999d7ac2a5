"""How a request of the JSON API shows who asks: the bearer token, and the scope that an operation needs of it."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from lianqiao.record.refusal import Refused
from lianqiao.registry import tokens
from lianqiao.registry.models import Person
from lianqiao.registry.tokens import Bearer


class BearerToken:
    """What an operation demands: `auth=BearerToken("act")`. Refuses with 401 or 403 before anything else is looked at."""

    openapi_security_schema: dict[str, Any] = {
        "type": "http",
        "scheme": "bearer",
        "description": "A token of the form lq_..., with the scope that the operation names.",
    }

    def __init__(self, scope: str) -> None:
        self.scope = scope

    def __call__(self, request: HttpRequest) -> Bearer:
        bearer = bearer_of(request)
        tokens.require(bearer, self.scope)
        return bearer


reading, acting, administering = BearerToken("read"), BearerToken("act"), BearerToken("admin")


def bearer_of(request: HttpRequest) -> Bearer:
    """Who stands behind the request, found once. Refuses, 401: "token-missing" and what `tokens.authenticate` refuses."""
    found: Bearer | None = getattr(request, "bearer", None)
    if found is None:
        kind, _space, secret = request.META.get("HTTP_AUTHORIZATION", "").partition(" ")
        if kind.lower() != "bearer" or not secret.strip():
            raise Refused(
                "token-missing",
                _("Say who you are: send the header Authorization: Bearer lq_... with your token."),
                status=401,
            )
        found = tokens.authenticate(secret.strip())
        request.bearer = found  # type: ignore[attr-defined]
    return found


def person_of(request: HttpRequest) -> Person:
    """The person who asks."""
    return bearer_of(request).person
