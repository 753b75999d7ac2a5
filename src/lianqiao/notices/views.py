"""The page on which people choose how they are told, and the calendar that programs fetch."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from lianqiao.cases import access
from lianqiao.cases.models import Case
from lianqiao.record.refusal import Refused
from lianqiao.registry import finding
from lianqiao.signin.entrance import person_of

from . import actions, feed, forms, hours, reminding
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


@require_POST
@login_required
def reminder_days(request: HttpRequest) -> HttpResponse:
    """Set on which days before a limit an agency that the person leads is reminded; an administrator also for the node."""
    person = person_of(request)
    rule = next((one for one in reminding.rules_for(person) if one.agency == request.POST.get("agency", "")), None)
    if rule is None:
        raise Refused("not-your-agency", _("You have no role in this agency. Choose one of yours."), status=403)
    sent, status = forms.Days(rule, request.POST), 422
    if sent.is_valid():
        agency = finding.agency(rule.agency) if rule.agency else None
        try:
            actions.remind_on(sent.cleaned_data["days"], agency=agency, by=person)
        except Refused as refused:
            sent.add_error("days" if refused.status == 422 else None, str(refused))
            status = refused.status
        else:
            messages.success(request, _("The days of reminders are kept."))
            return HttpResponseRedirect(f"{reverse('notices_preferences')}#reminders")
    wish = hours.of([person.pk])[person.pk]
    form = forms.Choice(initial={field: getattr(wish, field) for field in FIELDS})
    return page(request, form, sent=sent, status=status)


def page(
    request: HttpRequest, form: forms.Choice, *, secret: str = "", sent: forms.Days | None = None, status: int = 200
) -> HttpResponse:
    person = person_of(request)
    rules = reminding.rules_for(person)
    said = {
        "rules": [
            (rule, forms.in_words(rule.days), sent if sent and sent.rule.agency == rule.agency else forms.Days(rule))
            for rule in rules
        ],
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


@require_safe
@login_required
def limits_of_case(request: HttpRequest, number: str) -> HttpResponse:
    """The running limits of one case, to be put into a calendar. Refused: a case that the person may not see (404)."""
    person = person_of(request)
    case = Case.objects.visible_to(person).numbered(number).select_related("agency__region").first()
    if case is None:
        raise access.unknown_case()
    answer = HttpResponse(feed.of_case(person, case), content_type="text/calendar; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{case.number}.ics"'
    return answer
