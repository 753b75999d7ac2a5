"""How django-allauth is fitted to this house: who is let in, how a session begins, how the secrets of second factors are kept."""

from __future__ import annotations

import base64
from functools import lru_cache
from hashlib import sha256
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.login import get_authentication_records
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from cryptography.fernet import Fernet
from django.conf import settings
from django.contrib.auth import authenticate
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from lianqiao.record.nodes import this_node
from lianqiao.record.refusal import Refused
from lianqiao.registry.models import Person
from lianqiao.signin import accounts, actions, entrance, locks


class Accounts(DefaultAccountAdapter):
    """Nobody signs up by themself; attempts are counted; each session begins with an event."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "username_password_mismatch": _("Account and password do not fit together. Check both."),
        "incorrect_password": _("This is not the password."),
        "enter_current_password": _("This is not your present password."),
        "incorrect_code": _("This code is not right, or it has been used. Wait for the next one."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def get_client_ip(self, request: HttpRequest) -> str:
        return str(request.META.get("REMOTE_ADDR") or "0.0.0.0")  # noqa: S104  the address of nobody

    def authenticate(self, request: HttpRequest, **credentials: Any) -> Person | None:
        """The person, if the password is theirs. Raises ValidationError while the account or the address is locked."""
        named = str(credentials.get("username", ""))
        person = accounts.named(named)
        try:
            attempt = locks.begin(person, named, self.get_client_ip(request))
        except Refused as refused:
            raise ValidationError(str(refused), code=refused.code) from refused
        found = authenticate(
            request, username=person.account if person else named, password=credentials.get("password")
        )
        if not isinstance(found, Person):
            return None
        attempt.succeeded(wholly=not accounts.has_second_factor(found))
        return found

    def set_password(self, user: Person, password: str) -> None:
        actions.change_password(user, password, by=user)

    def login(self, request: HttpRequest, user: Person) -> None:
        """Begin a session: what it rests on stands in it, and in the record."""
        super().login(request, user)
        entrance.begin(request, user, get_authentication_records(request, user))

    def add_message(self, *args: Any, **kwargs: Any) -> None:
        """Nothing: our pages show what is, rather than that it has changed."""

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """Who has just come in is not asked again."""
        return not entrance.just_came_in(self.request)


class SecondFactors(DefaultMFAAdapter):
    """One-time passwords are kept encrypted by the secret of the node; devices see the node's name."""

    error_messages = DefaultMFAAdapter.error_messages | {
        "incorrect_code": _("This code is not right, or it has been used. Wait for the next one."),
        "cannot_delete_authenticator": _(
            "An administrator keeps at least one second factor. Set up another one first."
        ),
    }

    def get_totp_label(self, user: Person) -> str:
        return user.account

    def get_totp_issuer(self) -> str:
        node = this_node()
        return f"Lianqiao {node.name_en} {node.code}"

    def encrypt(self, text: str) -> str:
        return fernet(settings.SECRET_KEY).encrypt(text.encode()).decode("ascii")

    def decrypt(self, encrypted_text: str) -> str:
        return fernet(settings.SECRET_KEY).decrypt(encrypted_text.encode("ascii")).decode()

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        """Not the last one of an administrator."""
        if authenticator.type == Authenticator.Type.RECOVERY_CODES or not accounts.needs_second_factor(
            authenticator.user
        ):
            return True
        others = Authenticator.objects.filter(user=authenticator.user, type__in=accounts.FACTORS)
        return others.exclude(pk=authenticator.pk).exists()

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        return {"id": self.request.get_host().partition(":")[0], "name": self.get_totp_issuer()}


@lru_cache(maxsize=2)
def fernet(secret: str) -> Fernet:
    return Fernet(base64.urlsafe_b64encode(sha256(f"lianqiao/second-factor/v1:{secret}".encode()).digest()))
