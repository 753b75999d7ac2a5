"""The addresses of signing in. Names that begin with account_ and mfa_ are those that django-allauth asks for."""

from allauth.account import views as allauth_views
from allauth.idp.oidc import views as oidc_views
from django.urls import include, path

from lianqiao.signin import views

# Under the names that django-allauth asks for: idp:oidc:...
provider = [
    path(".well-known/openid-configuration", views.configuration, name="configuration"),
    path(".well-known/jwks.json", views.jwks, name="jwks"),
    path("identity/authorize", views.Authorize.as_view(), name="authorization"),
    path("identity/token", views.TokenEndpoint.as_view(), name="token"),
    path("identity/userinfo", oidc_views.user_info, name="userinfo"),
    path("identity/revoke", oidc_views.revoke, name="revoke"),
]

urlpatterns = [
    path("account/sign-in", views.SignIn.as_view(), name="account_login"),
    path("account/sign-out", allauth_views.logout, name="account_logout"),
    path("account/confirm", allauth_views.reauthenticate, name="account_reauthenticate"),
    path("account/password", views.password, name="account_change_password"),
    path("account/invitation/<str:code>", views.invitation, name="signin_invitation"),
    path("account/sessions", views.own_sessions, name="signin_sessions"),
    # Those of django-allauth that change something, with an event; then the others.
    path("account/second-factor/totp/activate/", views.SetUpApp.as_view(), name="mfa_activate_totp"),
    path("account/second-factor/totp/deactivate/", views.RemoveApp.as_view(), name="mfa_deactivate_totp"),
    path("account/second-factor/webauthn/add/", views.AddKey.as_view(), name="mfa_add_webauthn"),
    path("account/second-factor/webauthn/keys/<int:pk>/remove/", views.RemoveKey.as_view(), name="mfa_remove_webauthn"),
    path(
        "account/second-factor/recovery-codes/generate/", views.NewCodes.as_view(), name="mfa_generate_recovery_codes"
    ),
    path("account/second-factor/", include("allauth.mfa.urls")),
    path("account/apps", views.own_apps, name="signin_apps"),
    path("account/region/<str:node>", views.to_region, name="signin_region"),
    path("account/region/<str:node>/back", views.from_region, name="signin_region_back"),
    path("account", views.account, name="signin_account"),
    path("", include(([path("", include((provider, "oidc")))], "idp"))),
]
