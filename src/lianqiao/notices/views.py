"""The page on which people choose how they are told, and the calendar that programs fetch."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from lianqiao.record.refusal import Refused
from lianqiao.signin.entrance import person_of

from . import actions, feed, forms, hours
from .models import CalendarFeed

FIELDS = ("mail", "hour", "quiet_from", "quiet_until")


@require_http_methods(["GET", "POST"])
@login_required
def preferences(request: HttpRequest) -> HttpResponse:
    """How one is told by mail, and the calendar of one's limits."""
    person = person_of(request)
    wish = hours.of([person.pk])[person.pk]
    form = forms.Choice(request.POST or None, initial={field: getattr(wish, field) for field in FIELDS})
    if request.method == "POST" and form.is_valid():
        actions.choose(person, by=person, **form.cleaned_data)
        messages.success(request, _("Your choice is kept."))
        return HttpResponseRedirect(reverse("notices_preferences"))
    return page(request, form, status=422 if form.errors else 200)


@require_POST
@login_required
def calendar_address(request: HttpRequest) -> HttpResponse:
    """Open the calendar, or open it anew, and show its address this once; or close it."""
    person = person_of(request)
    wish = hours.of([person.pk])[person.pk]
    if request.POST.get("do") == "close":
        actions.close_calendar(person, by=person)
        messages.success(request, _("The address of your calendar leads nowhere from now on."))
        return HttpResponseRedirect(reverse("notices_preferences"))
    secret = actions.open_calendar(person)
    return page(request, forms.Choice(initial={field: getattr(wish, field) for field in FIELDS}), secret=secret)


def page(request: HttpRequest, form: forms.Choice, *, secret: str = "", status: int = 200) -> HttpResponse:
    person = person_of(request)
    said = {
        "form": form,
        "person": person,
        "feed": CalendarFeed.objects.filter(person=person).first(),
        "address": feed.address(secret) if secret else "",
        "crumbs": [(_("My account"), reverse("signin_account")), (_("How I am told"), "")],
    }
    return render(request, "notices/preferences.html", said, status=status)


@require_safe
def calendar(request: HttpRequest, secret: str) -> HttpResponse:
    """The limits of the person whose secret address this is. Refused: any other address (404), whatever the reason."""
    person = feed.person_behind(secret)
    if person is None:
        raise Refused("no-calendar", _("There is no calendar at this address."), status=404)
    answer = HttpResponse(feed.calendar(person), content_type="text/calendar; charset=utf-8")
    answer["Content-Disposition"] = 'inline; filename="lianqiao.ics"'
    return answer
