"""The forms of signing in: those of django-allauth, in the words of this house and with its counting of attempts."""

from __future__ import annotations

from typing import Any

from allauth.account.fields import PasswordField
from allauth.account.forms import ChangePasswordForm, LoginForm
from allauth.core import context
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.webauthn.forms import AddWebAuthnForm, EditWebAuthnForm
from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from lianqiao.record.refusal import Refused
from lianqiao.registry.models import Person
from lianqiao.signin import locks

SHORTEST = _("At least 10 signs. A sentence that only you know is better than signs that nobody remembers.")


class SignIn(LoginForm):
    """Account, or e-mail address, and password."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, label in (("login", _("Account or e-mail address")), ("password", _("Password"))):
            self.fields[name].label = label
            self.fields[name].help_text = ""
            self.fields[name].widget.attrs.pop("placeholder", None)


class NewPassword(forms.Form):
    """A password that is set with an invitation: twice the same."""

    password1 = PasswordField(label=_("New password"), autocomplete="new-password", help_text=SHORTEST)
    password2 = PasswordField(label=_("The same again"), autocomplete="new-password")

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if given.get("password1") and given.get("password2") and given["password1"] != given["password2"]:
            self.add_error("password2", _("The two passwords differ. Type the same one twice."))
        return given


class ChangePassword(ChangePasswordForm):
    """The present password, and the new one twice."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        labels = {
            "oldpassword": _("Present password"),
            "password1": _("New password"),
            "password2": _("The same again"),
        }
        for name, label in labels.items():
            self.fields[name].label = label
            self.fields[name].help_text = SHORTEST if name == "password1" else ""
            self.fields[name].widget.attrs.pop("placeholder", None)


class Counted:
    """A code of a second factor whose attempts count for the same lock as those of the password."""

    user: Person
    fields: dict[str, forms.Field]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].label = _("Code of the authenticator app, or a recovery code")
        self.fields["code"].widget.attrs.pop("placeholder", None)

    def clean_code(self) -> str:
        address = str(context.request.META.get("REMOTE_ADDR") or "")
        try:
            attempt = locks.begin(self.user, "", address)
        except Refused as refused:
            raise ValidationError(str(refused), code=refused.code) from refused
        code: str = super().clean_code()  # type: ignore[misc]
        attempt.succeeded(wholly=True)
        return code


class SecondFactor(Counted, AuthenticateForm):
    """The code at the door."""


class SecondFactorAgain(Counted, ReauthenticateForm):
    """The code before something that is protected."""


def named(form: forms.BaseForm) -> None:
    """Says in our words what the name of a key is for."""
    form.fields["name"].label = _("Name of the key")
    form.fields["name"].help_text = _("So that you tell it from others, such as: telephone, blue key.")


class NewKey(AddWebAuthnForm):
    """A passkey or security key, and how one will tell it from others."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        named(self)
        self.fields["passwordless"].label = _("Sign in with this key alone, without a password")
        self.fields["passwordless"].help_text = _(
            "The key must then check that it is you: by fingerprint, face or PIN."
        )


class RenamedKey(EditWebAuthnForm):
    """Another name for a key."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        named(self)
