"""What every page passes: whose session this is, whether it still holds, and whether an administrator has a second factor.

The JSON API does not pass here: it knows tokens only, so that no other site can act through somebody's browser.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user, logout
from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from lianqiao.record.refusal import Refused
from lianqiao.record.time import now
from lianqiao.registry.models import Person
from lianqiao.signin import accounts, actions, regions
from lianqiao.signin.levels import Level, Means, level_by, means_of
from lianqiao.signin.models import Guest

API = "/api/"
KEY = "signin"
"""Where a session keeps what it rests on: `began` (Unix seconds), `level`, `means`."""
VOUCHED = "signin.vouched"
"""Where a session that is about to begin keeps what another node says of the person."""
NOTED_EVERY = 60
"""Seconds after which the use of a session is noted again."""
JUST = 300
"""Seconds after signing in within which nobody is asked again who they are."""


def entrance(get_response: Callable[[HttpRequest], HttpResponseBase]) -> Callable[[HttpRequest], HttpResponseBase]:
    """The middleware. Behind it `request.user` is the person themself, or nobody."""

    def answer(request: HttpRequest) -> HttpResponseBase:
        if request.path.startswith(API) or settings.SESSION_COOKIE_NAME not in request.COOKIES:
            return get_response(request)
        person = get_user(request)
        request.user = person
        if isinstance(person, Person):
            stopped = over(request) or uninvited(request, person) or unprotected(request, person)
            if stopped:
                return stopped
            note(request)
        return get_response(request)

    return answer


def begin(request: HttpRequest, person: Person, records: Sequence[Mapping[str, Any]]) -> None:
    """A session begins: keep what it rests on (allauth's records, or the word of another node), and record it."""
    vouched = request.session.pop(VOUCHED, None)
    guest = Guest.objects.filter(person=person).first()
    if guest is None:
        means = means_of(records)
        rests_on: dict[str, Any] = {"level": int(level_by(means)), "means": [*map(str, means)]}
    else:
        if not vouched or (vouched["node"], vouched["subject"]) != (guest.node, guest.subject):
            raise Refused("guest", _("This person signs in at the node of their own region and has no password here."))
        rests_on = {"level": vouched["level"], "means": [str(Means.REGION)], "node": guest.node}
        rests_on["enterprises"] = vouched["enterprises"]
    request.session[KEY] = {"began": seconds()} | rests_on
    actions.came_in(person, means=rests_on["means"], level=rests_on["level"], node=str(rests_on.get("node", "")))


def kept(request: HttpRequest) -> dict[str, Any]:
    """What the session of the request rests on; empty when it has not begun here."""
    found = request.session.get(KEY)
    return found if isinstance(found, dict) else {}


def just_came_in(request: HttpRequest) -> bool:
    """Whether the session began a moment ago."""
    return seconds() - int(kept(request).get("began", 0)) < JUST


def over(request: HttpRequest) -> HttpResponseBase | None:
    """The way out of a session that is too old, or was left unused for too long."""
    age = seconds() - int(kept(request).get("began", 0))
    if age <= settings.LIANQIAO_SESSION_HOURS * 3600 and unused(request) <= settings.LIANQIAO_SESSION_MINUTES * 60:
        return None
    return shown_out(request, "time")


def unused(request: HttpRequest) -> float:
    """Seconds since the session of the request was last used; none for one that has just begun."""
    used_at = request.session.used_at  # type: ignore[attr-defined]  # of our own store
    return (now() - used_at).total_seconds() if used_at else 0.0


def shown_out(request: HttpRequest, why: str) -> HttpResponseBase:
    """End the session of the request and lead to the door, which says why."""
    logout(request)
    back = {"next": request.get_full_path()} if request.method == "GET" else {}
    return HttpResponseRedirect(f"{reverse('account_login')}?{urlencode({'ended': why} | back)}")


def uninvited(request: HttpRequest, person: Person) -> HttpResponseBase | None:
    """Shows out somebody of another region when that is no longer agreed; else reckons what they may do in this request."""
    held = kept(request)
    if not held.get("node"):
        return None
    terms = regions.holds(held)
    if terms is None:
        return shown_out(request, "region")
    person.visiting = regions.links(person, held["enterprises"], terms)
    return None


def unprotected(request: HttpRequest, person: Person) -> HttpResponseBase | None:
    """Leads an administrator without a second factor to where it is set up."""
    if int(kept(request).get("level", 0)) >= Level.SECOND_FACTOR or not accounts.needs_second_factor(person):
        return None
    if accounts.has_second_factor(person) or request.path.startswith(tuple(ways_out())):
        return None
    return HttpResponseRedirect(reverse("mfa_index"))


def ways_out() -> list[str]:
    return [reverse(name) for name in ("mfa_index", "account_logout", "account_reauthenticate")]


def note(request: HttpRequest) -> None:
    """Note that the session is in use, once a minute."""
    if unused(request) >= NOTED_EVERY:
        request.session.use()  # type: ignore[attr-defined]  # of our own store


def seconds() -> int:
    return int(now().timestamp())


def person_of(request: HttpRequest) -> Person:
    """The person whose session it is; for pages that only they reach."""
    assert isinstance(request.user, Person)
    return request.user
