"""The work lists."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from lianqiao.cases import access, flow, keys, looks
from lianqiao.desk import actions, bulk, lists
from lianqiao.desk.entrance import at_the_desk
from lianqiao.desk.models import SavedView
from lianqiao.portal.sheet import tone_of
from lianqiao.record import time
from lianqiao.record.models import Event
from lianqiao.record.refusal import Refused
from lianqiao.registry.models import ADMINISTRATORS, Person
from lianqiao.signin.entrance import person_of


@login_required
@require_safe
def start(request: HttpRequest) -> HttpResponse:
    """Where somebody begins who has just signed in: officers at the desk, everybody else with their own cases; in the language that they
    have chosen, unless this browser says another."""
    person = person_of(request)
    to = redirect("/desk" if access.officer(person) else "/cases")
    if settings.LANGUAGE_COOKIE_NAME not in request.COOKIES and has_chosen_language(person):
        secure = settings.CSRF_COOKIE_SECURE
        to.set_cookie(settings.LANGUAGE_COOKIE_NAME, person.language, secure=secure, httponly=True, samesite="Lax")
    return to


def has_chosen_language(person: Person) -> bool:
    """Whether the person has ever said in which language they want to read; the one in which they were entered is a guess."""
    return Event.objects.filter(subject_kind="person", subject=person.pk, verb="choose_language").exists()


@at_the_desk
@require_safe
def desk(request: HttpRequest, *, person: Person) -> HttpResponse:
    """The first list that holds something; for whoever only administers, the registers."""
    if all(membership.role in ADMINISTRATORS for membership in keys.memberships_of(person)):
        return redirect("/desk/registry")
    held = lists.counts(person, "agency")
    return redirect(f"/desk/{next((code for code in lists.LISTS if held[code] and code != 'all'), 'all')}")


@at_the_desk
@require_safe
def work(request: HttpRequest, code: str, *, person: Person) -> HttpResponse:
    """One list, page by page, the first due first."""
    if code not in lists.LISTS:
        raise Http404
    scope = request.GET.get("scope", "agency")
    scope = scope if scope in lists.SCOPES else "agency"
    words = request.GET.get("q", "")[:200]
    rows, after = lists.page(person, code, scope, words=words, after=request.GET.get("after", ""))
    looks.at_list(rows, person)
    kept = {name: value for name, value in (("scope", scope if scope != "agency" else ""), ("q", words)) if value}
    said = {
        "list": lists.LISTS[code],
        "tabs": tabs(person, scope, code, kept),
        "beside": lists.beside(person),
        "scopes": [(name, label, name == scope) for name, label in lists.SCOPES.items()],
        "scope": scope,
        "q": words,
        "rows": [(case, tone_of(case), *late(case)) for case in rows],
        "older": f"/desk/{code}?{urlencode(kept | {'after': after})}" if after else "",
        "newer": f"/desk/{code}?{urlencode(kept)}" if request.GET.get("after") else "",
        "today": time.today(),
        "bulk": [flow.VERBS[verb] for verb in bulk.VERBS] if rows else [],
        "views": list(SavedView.objects.filter(person=person)),
        "here": f"{code}?{urlencode(kept)}" if kept else code,
    }
    part = "#rows" if request.headers.get("HX-Request") else ""
    return render(request, f"desk/work.html{part}", said)


@at_the_desk
@require_POST
def keep_view(request: HttpRequest, *, person: Person) -> HttpResponse:
    """Keep the list as it is asked now under a name."""
    address = request.POST.get("address", "")
    code = address.partition("?")[0]
    try:
        if code not in lists.LISTS:
            raise Http404
        actions.keep_view(request.POST.get("name", ""), address, by=person)
        messages.success(request, _("The view was kept. It stands beside the lists."))
    except Refused as refused:
        messages.error(request, str(refused))
    return redirect(f"/desk/{address}")


@at_the_desk
@require_POST
def drop_view(request: HttpRequest, view: int, *, person: Person) -> HttpResponse:
    """Drop one of one's own views."""
    actions.drop_view(view, by=person)
    return redirect("/desk")


def tabs(person: Person, scope: str, code: str, kept: dict[str, str]) -> list[tuple[str, Promise, str, bool]]:
    """Each list with its address, its count and whether it is this one."""
    held = lists.counts(person, scope)
    query = f"?{urlencode(kept)}" if kept else ""
    return [(f"/desk/{one.code}{query}", one.label, held[one.code], one.code == code) for one in lists.LISTS.values()]


def late(case: object) -> tuple[str, int]:
    """How a line is coloured: over, soon, or not at all; and how many days are left, or have passed."""
    due = getattr(case, "next_due", None)
    if due is None:
        return "", 0
    left = (due - time.today()).days
    return "over" if left < 0 else "soon" if left <= 3 else "", abs(left)
