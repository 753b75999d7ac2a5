"""Who stands behind the access token of an app: the person who allowed it, or the app itself where it acts for itself."""

from __future__ import annotations

from allauth.idp.oidc.adapter import get_adapter
from allauth.idp.oidc.models import Token
from django.utils.translation import gettext_lazy as _

from lianqiao.record.refusal import Refused
from lianqiao.record.time import today
from lianqiao.registry.models import ADMINISTRATORS, Membership
from lianqiao.registry.tokens import Bearer, elsewhere
from lianqiao.signin import accounts
from lianqiao.signin.models import App

SCOPES = frozenset({"read", "act"})
"""What an app may be allowed. Administration and the exchange are not for apps."""


@elsewhere
def bearer(secret: str) -> Bearer | None:
    """The bearer of an access token of an app, in at most four queries; None for what is none, or holds no more.

    Refuses, 401, an administrator without a second factor ("second-factor-missing"), and who is no longer active ("person-inactive").
    """
    tokens = Token.objects.valid().filter(type=Token.Type.ACCESS_TOKEN, hash=get_adapter().hash_token(secret))
    token = tokens.select_related("client", "user").first()
    if token is None or token.client is None:
        return None
    app = App.objects.select_related("acts_as").filter(client=token.client_id, ended_at__isnull=True).first()
    if app is None:
        return None
    person = token.user or app.acts_as
    if person is None:
        return None
    if not person.is_active:
        raise Refused("person-inactive", _("The person behind this token may no longer act here."), status=401)
    memberships = tuple(Membership.objects.active(today()).of(person))
    if any(held.role in ADMINISTRATORS for held in memberships) and not accounts.has_second_factor(person):
        raise Refused(
            "second-factor-missing",
            _("An administrator needs a second factor. Sign in at this node and set one up."),
            status=401,
        )
    return Bearer(person, SCOPES & set(token.get_scopes()), memberships)
