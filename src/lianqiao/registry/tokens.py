"""Who stands behind a token. An answer is kept in this process for 30 seconds, so that a busy client costs no query;
a revocation empties the cache of its own process at once, and reaches the others within those 30 seconds."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable
from typing import NamedTuple
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from lianqiao.record.refusal import Refused
from lianqiao.record.time import day_of, now, today
from lianqiao.registry.models import ApiToken, Membership, Person

PREFIX = "lq_"
SCOPES = ("read", "act", "exchange", "admin")
KEPT_SECONDS = 30.0
KEPT_MOST = 10_000


class Bearer(NamedTuple):
    """The person behind a token, what the token may be used for, and the memberships of today with agencies."""

    person: Person
    scopes: frozenset[str]
    memberships: tuple[Membership, ...]
    token: UUID | None = None


_kept: dict[str, tuple[float, ApiToken, Bearer]] = {}


def fingerprint(secret: str) -> str:
    """The SHA-256 of a secret, which is all that is kept of it. A random secret of 32 bytes needs no slow hash."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


elsewhere_known: list[Callable[[str], Bearer | None]] = []
"""Who else is asked about a secret that is none of ours; they are asked anew each time."""


def elsewhere(bearer_of: Callable[[str], Bearer | None]) -> Callable[[str], Bearer | None]:
    """Register a room further down that knows other secrets, such as those of apps."""
    elsewhere_known.append(bearer_of)
    return bearer_of


def forget() -> None:
    """Empties this process's cache now, and again when the transaction that changes something has been committed."""
    _kept.clear()
    transaction.on_commit(_kept.clear)


def authenticate(secret: str) -> Bearer:
    """The bearer of a secret, in at most two queries. Refuses, 401: "token-unknown", "token-expired", "token-revoked",
    "person-inactive"."""
    digest = fingerprint(secret)
    tick = time.monotonic()
    kept = _kept.get(digest)
    if kept is not None and tick - kept[0] < KEPT_SECONDS:
        check_holds(kept[1])
        return kept[2]
    token = ApiToken.objects.select_related("person").filter(digest=digest).first()
    if token is None and not secret.startswith(PREFIX):
        for bearer_of in elsewhere_known:
            if found := bearer_of(secret):
                return found
    if token is None:
        raise Refused(
            "token-unknown",
            _("This token is not known here. Check that it was copied whole, or ask for a new one."),
            status=401,
        )
    check_holds(token)
    memberships = Membership.objects.active(today()).of(token.person)
    bearer = Bearer(token.person, frozenset(token.scopes), tuple(memberships), token.pk)
    if len(_kept) >= KEPT_MOST:
        _kept.clear()
    _kept[digest] = (tick, token, bearer)
    return bearer


def check_holds(token: ApiToken) -> None:
    """Refuses a token that no longer holds, or whose person may no longer act."""
    state = token.state(now())
    if state == "revoked":
        raise Refused("token-revoked", _("This token was revoked. Ask an administrator for a new one."), status=401)
    if state == "expired":
        raise Refused(
            "token-expired",
            _("This token expired on %(expired)s. Ask an administrator for a new one."),
            status=401,
            expired=day_of(token.expires_at).isoformat(),
        )
    if not token.person.is_active:
        raise Refused("person-inactive", _("The person behind this token may no longer act here."), status=401)


def require(bearer: Bearer, scope: str) -> None:
    """Refuses, 403, a token that was not issued for this use ("scope-missing")."""
    if scope not in bearer.scopes:
        raise Refused(
            "scope-missing",
            _("This token does not have the scope %(scope)s. Use a token that was issued with it."),
            status=403,
            scope=scope,
        )
