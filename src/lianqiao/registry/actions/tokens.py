"""Tokens of the interface: issuing and revoking."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from lianqiao.record import events
from lianqiao.record.refusal import Refused
from lianqiao.record.time import now, stamp
from lianqiao.registry import tokens
from lianqiao.registry.access import admin, holds
from lianqiao.registry.entering import check_choice, entered
from lianqiao.registry.models import ApiToken, Membership, Person

DEFAULT_LIFE = timedelta(days=90)
LONGEST_LIFE = timedelta(days=366)


def issue_token(
    person: Person, *, name: str, scopes: Iterable[str], expires_at: datetime | None = None, by: Person
) -> tuple[ApiToken, str]:
    """Issues a token and returns it with its secret, which is shown this once: "lq_" and 32 random bytes. Only its
    SHA-256 is kept. It lives 90 days if nothing is said.

    Refuses no scope or an unknown one, an end that is past or more than a year away ("token-life"), an inactive person.
    """
    with transaction.atomic():
        actor = admin(by)
        Person.objects.select_for_update().get(pk=person.pk)
        granted = sorted(set(scopes))
        for scope in granted or [""]:
            check_choice("scope", scope, list(tokens.SCOPES))
        at = now()
        end = expires_at or at + DEFAULT_LIFE
        if not at < end <= at + LONGEST_LIFE:
            raise Refused(
                "token-life",
                _("A token must end in the future and within a year. Give an earlier or later end."),
                status=422,
            )
        if not person.is_active:
            raise Refused("not-active", _("The person or the agency is not active any more. Choose another one."))
        secret = tokens.PREFIX + secrets.token_urlsafe(32)
        token = entered(
            ApiToken(
                person=person,
                digest=tokens.fingerprint(secret),
                name=name,
                scopes=granted,
                created_at=at,
                expires_at=end,
            )
        )
        data = {"token": str(token.id), "scopes": granted, "expires_at": stamp(end)}
        events.append("person", person.id, "issue_token", by=actor, data=data, erasable={"name": name})
    return token, secret


def revoke_token(token: ApiToken, *, by: Person) -> ApiToken:
    """Ends a token at once, in this process; another process may honour it for 30 more seconds (its cache).

    The person themself may do it, a system or a security administrator. Refuses one that was revoked already ("token-revoked").
    """
    with transaction.atomic():
        allowed = by.pk == token.person_id or holds(by, Membership.Role.SECURITY)
        actor = by.actor if allowed else admin(by)
        Person.objects.select_for_update().get(pk=token.person_id)
        token.refresh_from_db()
        if token.revoked_at is not None:
            raise Refused("token-revoked", _("This token was revoked already."))
        token.revoked_at = now()
        token.save(update_fields=["revoked_at"])
        events.append("person", token.person_id, "revoke_token", by=actor, data={"token": str(token.id)})
        tokens.forget()
    return token
