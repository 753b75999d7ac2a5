"""The JSON API of signing in: invitations, locks, sessions. For administrators, but for one's own sessions. Mounted by `site.api`."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

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
from lianqiao.signin import actions, locked, sessions

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


class Ended(BaseModel):
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
    response=Ended,
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
