"""The pages of signing in that are ours; the others are those of django-allauth, with our forms and templates."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs, urlsplit

from allauth.account.internal.flows.login import perform_login, record_authentication
from allauth.account.models import Login
from allauth.account.views import LoginView, PasswordChangeView
from allauth.core.internal.httpkit import extract_basic_auth
from allauth.idp.oidc.internal.oauthlib.authorization_codes import cache_key
from allauth.idp.oidc.views import AuthorizationView, TokenView
from allauth.mfa.recovery_codes.views import GenerateRecoveryCodesView
from allauth.mfa.totp.views import ActivateTOTPView, DeactivateTOTPView
from allauth.mfa.webauthn.views import AddWebAuthnView, RemoveWebAuthnView
from django.contrib.auth.decorators import login_required
from django.core.cache import cache
from django.db import transaction
from django.forms import Form
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.crypto import constant_time_compare
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from lianqiao.record.refusal import Refused
from lianqiao.registry.models import Person
from lianqiao.registry.tokens import fingerprint
from lianqiao.signin import accounts, actions, allowances, entrance, issuing, provider, regions, sessions
from lianqiao.signin.entrance import VOUCHED
from lianqiao.signin.forms import NewPassword
from lianqiao.signin.levels import Level, acr
from lianqiao.signin.models import App, Kept

ASKED = "signin.asked"
"""Where a session keeps what was asked of the node of another region."""
ENDED = {
    "region": _("Your session is over: people of your region come in here no more, or not in this way."),
    "time": _("Your session is over, because it was long or nobody used it. Sign in again."),
}


class SignIn(LoginView):
    """The door: account and password, a passkey, or another region. Says why a session ended."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        found: dict[str, Any] = super().get_context_data(**kwargs)
        then = {"next": found["redirect_field_value"]} if found["redirect_field_value"] else {}
        ways = [
            {"name": peer.name, "address": f"{reverse('signin_region', args=[peer.pk])}?{urlencode(then)}"}
            for peer in regions.open_ones()
        ]
        return found | {"ended": ENDED.get(self.request.GET.get("ended", ""), ""), "regions": ways}


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
def password(request: HttpRequest) -> HttpResponse:
    """Another password; who has none (a guest from another region) is led to the page of the account."""
    if not entrance.person_of(request).has_usable_password():
        return HttpResponseRedirect(reverse("signin_account"))
    answer: HttpResponse = PasswordChangeView.as_view()(request)
    return answer


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


# This node as a provider


@require_safe
def configuration(request: HttpRequest) -> JsonResponse:
    """OpenID Connect Discovery: what this provider is."""
    return JsonResponse(provider.metadata(), headers={"Access-Control-Allow-Origin": "*"})


@require_safe
def jwks(request: HttpRequest) -> JsonResponse:
    """The public keys with which this node signs what it says of its people."""
    issuing.ensure()
    keys = {"keys": [row.public for row in issuing.published()]}
    return JsonResponse(keys, headers={"Access-Control-Allow-Origin": "*", "Cache-Control": "max-age=3600"})


class Authorize(AuthorizationView):
    """Asks a person whether an app, or the node of another region, may be told who they are and act for them.

    Refuses, before anybody is asked: a question without PKCE, an unknown client, an address that is not the client's, somebody of another region
    (who asks at home), a node with which no agreement in force says so.
    """

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        asked = request.GET
        if asked.get("code_challenge_method") != "S256" or not 43 <= len(asked.get("code_challenge", "")) <= 128:
            raise Refused(
                "pkce-missing",
                _("The app asks without PKCE (S256). Tell whoever runs it; nothing was allowed."),
                status=400,
            )
        if "none" in asked.get("prompt", ""):
            raise Refused("asks-silently", _("Nothing is allowed here without asking you."), status=400)
        self.refuse_strangers(request, asked.get("client_id", ""))
        answer: HttpResponse = super().get(request, *args, **kwargs)
        return self.sent_on(answer)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        answer: HttpResponse = super().post(request, *args, **kwargs)
        return self.sent_on(answer)

    def refuse_strangers(self, request: HttpRequest, client: str) -> None:
        if client.startswith(provider.NODE) and not regions.relies(client):
            raise Refused(
                "region-closed",
                _("People of this region cannot sign in here: no agreement in force says so."),
                status=403,
            )
        if isinstance(request.user, Person) and hasattr(request.user, "guest"):
            raise Refused("guest", _("Allow this at the node of your own region; here you are its guest."), status=403)

    def form_valid(self, form: Form) -> HttpResponse:
        """What the person allowed goes into the record; how surely they are known is kept beside the code."""
        client = str(self._request_info["client_id"])
        self.refuse_strangers(self.request, client)
        person = entrance.person_of(self.request)
        answer: HttpResponse = super().form_valid(form)
        code = parse_qs(urlsplit(answer.get("Location", "")).query).get("code", [""])[0]
        if code:
            cache.set(beside(client, code), known_by(self.request, person), timeout=CODE_SECONDS)
            actions.note_allowance(person, client, form.cleaned_data["scopes"])
        return answer

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        found: dict[str, Any] = super().get_context_data(**kwargs)
        client = found["client"]
        app = App.objects.filter(client=client.pk).first()
        enterprises = provider.enterprises_of(entrance.person_of(self.request)) if "enterprises" in self._scopes else []
        english = get_language() == "en"
        return found | {
            "asking": (app.name_en if english else app.name_zh) if app else client.name,
            "operator": app.operator if app else "",
            "is_region": app is None,
            "scopes": [(scope, provider.SCOPES.get(scope, scope)) for scope in self._scopes],
            "enterprises": enterprises,
        }

    def sent_on(self, answer: HttpResponse) -> HttpResponse:
        """A form of this page may lead back to the client, and nowhere else."""
        info = getattr(self, "_request_info", None) or {}
        uri = urlsplit(str(info.get("redirect_uri", "")))
        home = f"{uri.scheme}://{uri.netloc}" if uri.scheme in ("http", "https") else f"{uri.scheme}:"
        if answer.status_code == 200 and uri.scheme:
            answer.form_leads_to = home  # type: ignore[attr-defined]  # for site.doors
        return answer


CODE_SECONDS = 120


def beside(client: str, code: str) -> str:
    """Where it is kept how surely the person of a code was known."""
    return f"signin.known[{client}:{fingerprint(code)}]"


def known_by(request: HttpRequest, person: Person) -> dict[str, Any]:
    """How surely the person of this session is known, as claims of an ID token."""
    held = entrance.kept(request)
    level = int(held.get("level", 1))
    if level >= Level.SECOND_FACTOR and provider.enterprises_of(person):
        level = Level.ENTERPRISE
    return {"acr": acr(level), "amr": [*held.get("means", [])], "auth_time": int(held.get("began", 0))}


class TokenEndpoint(TokenView):
    """Hands out tokens: for a code, once, whatever number of processes is asked at the same time; for a refresh token; to an app itself."""

    @transaction.atomic
    def post(self, request: HttpRequest) -> HttpResponse:
        code, client = request.POST.get("code", ""), request.POST.get("client_id") or basic_client(request)
        if client.startswith(provider.NODE) and not regions.relies(client):
            return JsonResponse({"error": "unauthorized_client"}, status=400)
        if code:
            key = cache.make_key(cache_key(client, code))
            list(Kept.objects.select_for_update().filter(pk=key))  # who comes second waits, and then finds it used
            request.known_by = cache.get(beside(client, code))  # type: ignore[attr-defined]
        answer: HttpResponse = super().post(request)
        answer["Cache-Control"] = "no-store"
        return answer


def basic_client(request: HttpRequest) -> str:
    """The client that names itself in the header of HTTP Basic."""
    found, _secret = extract_basic_auth(request.META | {"Authorization": request.headers.get("Authorization", "")})
    return found or ""


@require_http_methods(["GET", "POST"])
@login_required
def own_apps(request: HttpRequest) -> HttpResponse:
    """What one has allowed apps, and taking it back."""
    person = entrance.person_of(request)
    if request.method == "POST":
        actions.end_allowance(person, request.POST.get("client", ""), by=person)
        return HttpResponseRedirect(reverse("signin_apps"))
    return render(request, "signin/apps.html", {"allowances": allowances.of(person)})


# People of other regions


@require_safe
def to_region(request: HttpRequest, node: str) -> HttpResponse:
    """Sends somebody to the node of their own region, to sign in there."""
    then = request.GET.get("next", "")
    ours = url_has_allowed_host_and_scheme(then, allowed_hosts=None) and then.startswith("/")
    asked, address = regions.ask(node, then if ours else "")
    request.session[ASKED] = asked._asdict()
    return HttpResponseRedirect(address)


@require_safe
def from_region(request: HttpRequest, node: str) -> HttpResponse:
    """Takes somebody in who comes back from the node of their own region, if that node vouches for them as agreed."""
    kept = request.session.pop(ASKED, None)
    told = request.GET
    if not kept or kept["node"] != node or not constant_time_compare(told.get("state", ""), kept["state"]):
        raise Refused(
            "another-question",
            _("This answer belongs to no question of your browser. Begin anew at the door."),
            status=400,
        )
    if "code" not in told:
        raise Refused("not-allowed", _("You did not allow your node to say who you are. Nothing was told."), status=403)
    asked = regions.Asked(**kept)
    vouched = regions.check(asked, regions.fetch(asked, told["code"][:500]))
    person = actions.welcome(vouched)
    request.session[VOUCHED] = vouched._asdict()
    answer: HttpResponse = perform_login(request, Login(user=person, redirect_url=asked.then or None))
    return answer
