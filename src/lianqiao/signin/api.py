"""The JSON API of signing in: invitations, locks, sessions. For administrators, but for one's own sessions. Mounted by `site.api`."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from allauth.idp.oidc.models import Client
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop
from ninja import Query, Router
from pydantic import BaseModel, ConfigDict, Field

from lianqiao.record.refusal import Refused
from lianqiao.registry.access import security
from lianqiao.registry.door import acting, administering, person_of, reading
from lianqiao.registry.models import Person
from lianqiao.signin import actions, allowances, locked, sessions
from lianqiao.signin.models import App, Guest

router = Router(tags=["signin"])
Account = Annotated[str, Field(max_length=60)]


def of(account: str) -> Person:
    """The person with the account. Refuses, 404, an unknown one ("person-unknown")."""
    found = Person.objects.active().filter(account=account).first()
    if found is None:
        raise Refused(
            "person-unknown",
            _("There is no active person with the account %(account)s."),
            status=404,
            account=account,
        )
    return found


def example(**body: Any) -> dict[str, Any]:
    return {"requestBody": {"content": {"application/json": {"example": body}}}}


class Told(BaseModel):
    """What is said about an account."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)

    account: Account


class WithReason(Told):
    reason: str = Field(min_length=1, max_length=500)


class InvitationMade(BaseModel):
    """The link is told this once."""

    account: str
    link: str = Field(description="For the person alone: it sets their password, once.")
    expires_at: datetime


class LockRow(BaseModel):
    account: str | None = Field(description="Null for a network address, and for a name that nobody has.")
    address: str | None
    attempts: int
    until: datetime


class Locks(BaseModel):
    locks: list[LockRow]


class SessionRow(BaseModel):
    id: int
    device: str
    address: str
    began_at: datetime
    seen_at: datetime


class Sessions(BaseModel):
    sessions: list[SessionRow]


class SessionsToEnd(BaseModel):
    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)

    account: Account = Field("", description="Empty: one's own.")
    session: int | None = Field(None, ge=1, lt=2**63, description="Its id; without it, all.")


class SessionsEnded(BaseModel):
    ended: int


class FactorsGone(BaseModel):
    factors: int


class LockLifted(BaseModel):
    account: str


@router.post(
    "/signin/invitations",
    auth=administering,
    response={201: InvitationMade},
    summary=gettext_noop("Invite somebody to set a password"),
    openapi_extra=example(account="wang-handler"),
)
def invite(request: HttpRequest, response: HttpResponse, told: Told) -> object:
    """A link with which the person sets their password, once. By the system administrator for who never had one, else by the security
    administrator."""
    by = person_of(request)
    actions.lets_in(by)
    made, code = actions.invite(of(told.account), by=by)
    return {"account": told.account, "link": link(code), "expires_at": made.expires_at}


def link(code: str) -> str:
    return f"{settings.LIANQIAO_BASE_URL}/account/invitation/{code}"


@router.get("/signin/locks", auth=administering, response=Locks, summary=gettext_noop("List what is locked"))
def list_locks(request: HttpRequest) -> object:
    """Accounts and addresses from which nobody may try now, the last first, at most 100. For the security administrator."""
    security(person_of(request))
    return {"locks": locked.rows()}


@router.post(
    "/signin/locks/lift",
    auth=administering,
    response=LockLifted,
    summary=gettext_noop("Lift a lock"),
    openapi_extra=example(account="wang-handler"),
)
def lift_lock(request: HttpRequest, told: Told) -> object:
    """Let an account try again at once. For the security administrator."""
    security(person_of(request))
    actions.lift_lock(of(told.account), by=person_of(request))
    return {"account": told.account}


class SessionFilter(BaseModel):
    account: Account | None = Field(None, description="For the security administrator: whose; else one's own.")


@router.get("/signin/sessions", auth=reading, response=Sessions, summary=gettext_noop("List sessions"))
def list_sessions(request: HttpRequest, wanted: Query[SessionFilter]) -> object:
    """One's own sessions in browsers, the last used first, at most 100; of anybody for the security administrator."""
    by = person_of(request)
    if wanted.account and wanted.account != by.account:
        security(by)
    person = of(wanted.account) if wanted.account else by
    return {"sessions": [row._asdict() for row in sessions.of(person)]}


@router.post(
    "/signin/sessions/end",
    auth=acting,
    response=SessionsEnded,
    summary=gettext_noop("End sessions"),
    openapi_extra=example(account="wang-handler"),
)
def end_sessions(request: HttpRequest, told: SessionsToEnd) -> object:
    """End one session or all, at once: one's own, or anybody's by the security administrator."""
    by = person_of(request)
    if told.account and told.account != by.account:
        security(by)
    person = of(told.account) if told.account else by
    return {"ended": actions.end_sessions(person, only=told.session, by=by)}


@router.post(
    "/signin/second-factor/reset",
    auth=administering,
    response=FactorsGone,
    summary=gettext_noop("Reset a second factor"),
    openapi_extra=example(account="wang-handler", reason="手机遗失"),
)
def reset_second_factor(request: HttpRequest, told: WithReason) -> object:
    """Take away the second factors of somebody who lost theirs. Their sessions end; an administrator sets up a new one when they next
    sign in. For the security administrator, not for themself."""
    security(person_of(request))
    return {"factors": actions.reset_second_factor(of(told.account), reason=told.reason, by=person_of(request))}


# Apps


class AppRow(BaseModel):
    client: str
    name_zh: str
    name_en: str
    operator: str
    redirect_uris: list[str]
    scopes: list[str]
    acts_as: str | None = Field(description="The account that it is when it acts for itself.")
    registered_at: datetime
    ended_at: datetime | None


class AppRows(BaseModel):
    apps: list[AppRow]


class AppForm(BaseModel):
    """An app as it is registered."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)

    name_zh: str = Field(min_length=1, max_length=100)
    name_en: str = Field(min_length=1, max_length=100)
    operator: str = Field(min_length=1, max_length=200, description="Who runs it and answers for it.")
    redirect_uris: list[Annotated[str, Field(max_length=300)]] = Field([], max_length=10)
    scopes: list[Annotated[str, Field(max_length=20)]] = Field(min_length=1, max_length=10)
    secret: bool = Field(True, description="False for an app on a device, which cannot keep one.")
    for_itself: bool = Field(
        False, description="It may also act for itself, as a person of its own who begins without a role."
    )


class AppMade(AppRow):
    """The secret is told this once."""

    client_secret: str | None


class AppToEnd(BaseModel):
    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)

    client: str = Field(max_length=100)
    reason: str = Field(min_length=1, max_length=500)


class AllowanceRow(BaseModel):
    client: str
    name: str
    operator: str
    scopes: list[str]
    since: datetime


class Allowances(BaseModel):
    allowances: list[AllowanceRow]


class ClientTold(BaseModel):
    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)

    client: str = Field(max_length=100)


class GuestRow(BaseModel):
    account: str
    node: str
    first_at: datetime
    ended_at: datetime | None


class Guests(BaseModel):
    guests: list[GuestRow]


def app_row(app: App) -> dict[str, Any]:
    return row_of(app, Client.objects.filter(pk=app.client).first())


def row_of(app: App, client: Client | None) -> dict[str, Any]:
    return {
        "client": app.client,
        "name_zh": app.name_zh,
        "name_en": app.name_en,
        "operator": app.operator,
        "redirect_uris": client.get_redirect_uris() if client else [],
        "scopes": client.get_scopes() if client else [],
        "acts_as": app.acts_as.account if app.acts_as else None,
        "registered_at": app.registered_at,
        "ended_at": app.ended_at,
    }


@router.post(
    "/signin/apps",
    auth=administering,
    response={201: AppMade},
    summary=gettext_noop("Register an app"),
    openapi_extra=example(
        name_zh="蓉易办",
        name_en="Rong Yi Ban",
        operator="示例运营单位",
        redirect_uris=["cn.example.app:/back"],
        scopes=["openid", "read"],
    ),
)
def register_app(request: HttpRequest, response: HttpResponse, form: AppForm) -> object:
    """Let a regional app in. For the security administrator (docs/reference/apps.md)."""
    app, secret = actions.register_app(**form.model_dump(), by=person_of(request))
    return app_row(app) | {"client_secret": secret or None}


@router.get("/signin/apps", auth=administering, response=AppRows, summary=gettext_noop("List apps"))
def list_apps(request: HttpRequest) -> object:
    """The apps, ended ones too, at most 100. For the security administrator."""
    security(person_of(request))
    found = list(App.objects.select_related("acts_as").order_by("-registered_at")[:100])
    clients = {client.pk: client for client in Client.objects.filter(pk__in=[app.client for app in found])}
    return {"apps": [row_of(app, clients.get(app.client)) for app in found]}


@router.post(
    "/signin/apps/end",
    auth=administering,
    response=AppRow,
    summary=gettext_noop("End an app"),
    openapi_extra=example(client="app-0123456789abcdef", reason="停止合作"),
)
def end_app(request: HttpRequest, told: AppToEnd) -> object:
    """End an app at once, with everything that people had allowed it. For the security administrator."""
    security(person_of(request))
    app = App.objects.filter(client=told.client).first()
    if app is None:
        raise Refused("unknown-app", _("There is no app with this id."), status=404)
    return app_row(actions.end_app(app, reason=told.reason, by=person_of(request)))


@router.get("/signin/allowances", auth=reading, response=Allowances, summary=gettext_noop("List what one allows apps"))
def list_allowances(request: HttpRequest) -> object:
    """What one has allowed apps, at most 100."""
    return {"allowances": [row._asdict() for row in allowances.of(person_of(request))]}


@router.post(
    "/signin/allowances/end",
    auth=acting,
    response=ClientTold,
    summary=gettext_noop("Take back what one allows an app"),
    openapi_extra=example(client="app-0123456789abcdef"),
)
def end_allowance(request: HttpRequest, told: ClientTold) -> object:
    """Take back what one had allowed an app; its tokens end at once."""
    by = person_of(request)
    actions.end_allowance(by, told.client, by=by)
    return {"client": told.client}


@router.get("/signin/guests", auth=administering, response=Guests, summary=gettext_noop("List people of other regions"))
def list_guests(request: HttpRequest) -> object:
    """Who of other regions has come in here, the newest first, at most 100. For the security administrator."""
    security(person_of(request))
    found = Guest.objects.select_related("person").order_by("-first_at")[:100]
    return {
        "guests": [
            {"account": one.person.account, "node": one.node, "first_at": one.first_at, "ended_at": one.ended_at}
            for one in found
        ]
    }


@router.post(
    "/signin/guests/unlink",
    auth=administering,
    response=Told,
    summary=gettext_noop("Let somebody of another region in no more"),
    openapi_extra=example(account="50:0123456789", reason="对方节点通报停用"),
)
def unlink_guest(request: HttpRequest, told: WithReason) -> object:
    """Whatever their node says; their sessions end. For the security administrator."""
    security(person_of(request))
    actions.unlink_guest(of(told.account), reason=told.reason, by=person_of(request))
    return {"account": told.account}
