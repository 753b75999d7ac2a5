"""The pages of signing in that are ours; the others are those of django-allauth, with our forms and templates."""

from __future__ import annotations

from typing import Any

from allauth.account.internal.flows.login import perform_login, record_authentication
from allauth.account.models import Login
from allauth.account.views import LoginView
from allauth.mfa.recovery_codes.views import GenerateRecoveryCodesView
from allauth.mfa.totp.views import ActivateTOTPView, DeactivateTOTPView
from allauth.mfa.webauthn.views import AddWebAuthnView, RemoveWebAuthnView
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.forms import Form
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from lianqiao.record.refusal import Refused
from lianqiao.signin import accounts, actions, entrance, sessions
from lianqiao.signin.forms import NewPassword
from lianqiao.signin.levels import Level

ENDED = {
    "time": _("Your session is over, because it was long or nobody used it. Sign in again."),
}


class SignIn(LoginView):
    """The door: account and password, a passkey, or another region. Says why a session ended."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        found: dict[str, Any] = super().get_context_data(**kwargs)
        return found | {"ended": ENDED.get(self.request.GET.get("ended", ""), ""), "regions": []}


class Noted:
    """A change of one's second factors, and its event, in one transaction."""

    request: HttpRequest
    change: tuple[str, str]

    @transaction.atomic
    def form_valid(self, form: Form) -> HttpResponse:
        actions.note_factor(entrance.person_of(self.request), *self.change)
        answer: HttpResponse = super().form_valid(form)  # type: ignore[misc]
        return answer


class SetUpApp(Noted, ActivateTOTPView):
    change = ("add_factor", "totp")


class RemoveApp(Noted, DeactivateTOTPView):
    change = ("remove_factor", "totp")


class AddKey(Noted, AddWebAuthnView):
    change = ("add_factor", "webauthn")


class RemoveKey(Noted, RemoveWebAuthnView):
    change = ("remove_factor", "webauthn")


class NewCodes(Noted, GenerateRecoveryCodesView):
    change = ("add_factor", "recovery_codes")


@sensitive_post_parameters("password1", "password2")
@require_http_methods(["GET", "POST"])
def invitation(request: HttpRequest, code: str) -> HttpResponse:
    """Sets the password with an invitation, and signs in."""
    invited = actions.invitation(code).person
    form = NewPassword(request.POST or None)
    person = None
    if form.is_valid():
        try:
            person = actions.accept(code, form.cleaned_data["password1"])
        except Refused as why:
            if why.code != "password-weak":
                raise
            form.add_error("password1", str(why))
    if person is None:
        return render(request, "signin/invitation.html", {"form": form, "person": invited})
    request.session.flush()
    record_authentication(request, person, method="password")
    answer: HttpResponse = perform_login(request, Login(user=person))
    return answer


@require_safe
@login_required
def account(request: HttpRequest) -> HttpResponse:
    """Who one is here, and what protects the account."""
    person = entrance.person_of(request)
    held = entrance.kept(request)
    return render(
        request,
        "signin/account.html",
        {
            "person": person,
            "level": Level(held.get("level", 1)).label,
            "has_password": person.has_usable_password(),
            "protected": accounts.has_second_factor(person),
        },
    )


@require_http_methods(["GET", "POST"])
@login_required
def own_sessions(request: HttpRequest) -> HttpResponse:
    """One's own sessions: listed, ended one by one, or all others at once."""
    person = entrance.person_of(request)
    current = request.session.session_key
    if request.method == "POST":
        only = request.POST.get("session", "")
        if only.isdecimal() and len(only) < 19:
            actions.end_sessions(person, only=int(only), by=person)
        elif request.POST.get("all"):
            actions.end_sessions(person, but=current, by=person)
        return HttpResponseRedirect(reverse("signin_sessions"))
    return render(request, "signin/sessions.html", {"sessions": sessions.of(person, current)})
