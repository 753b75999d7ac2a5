"""The pages of the node itself: what this is, how it is, and (where it is shown) what pages are made of."""

from django import forms
from django.conf import settings
from django.db import DatabaseError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from lianqiao.record import nodes
from lianqiao.record.models import Pending
from lianqiao.record.refusal import Refused
from lianqiao.record.time import now

COUNTED = 10_000
"""Counting of what waits stops here."""


@require_safe
def about(request: HttpRequest) -> HttpResponse:
    """What a node is, which one this is, and where programs find its doors."""
    return render(request, "site/about.html", {"node": nodes.this_node()})


class Specimen(forms.Form):
    """A form for the page that shows what pages are made of."""

    title = forms.CharField(
        label=gettext_lazy("Heading"), max_length=200, help_text=gettext_lazy("In one line, as you would say it.")
    )
    kind = forms.ChoiceField(
        label=gettext_lazy("What is it about?"),
        choices=[("light", gettext_lazy("light")), ("dark", gettext_lazy("dark"))],
        widget=forms.RadioSelect,
    )
    on = forms.DateField(label=gettext_lazy("Day"), required=False, widget=forms.DateInput(attrs={"type": "date"}))


@require_safe
def style(request: HttpRequest) -> HttpResponse:
    """Every component once, for whoever builds pages. Only where LIANQIAO_DEBUG is set."""
    if not settings.DEBUG:
        raise Http404
    clocks = [
        {
            "label": _("Handle"), "when": "2026-12-01", "tone": tone, "segments": segments, "basis": "",
            "told": _("Day %(day)s of %(of)s") % {"day": day, "of": 60},
        }
        for tone, day, segments in (
            ("", 24, [("used", 0, 30), ("paused", 30, 10), ("used", 40, 10)]),
            ("soon", 57, [("used", 0, 95)]),
            ("over", 64, [("used", 0, 94), ("over", 94, 6)]),
        )
    ]  # fmt: skip
    entries = [
        {
            "sentence": _("Day %(day)s of %(of)s") % {"day": day, "of": 60},
            "at": now(),
            "by": "",
            "tone": tone,
            "said": "",
            "until": [],
        }
        for tone, day in (("us", 3), ("told", 2), ("clock-did", 1))
    ]
    stops = [
        {
            "lane": lane,
            "crosses": crosses,
            "on": now(),
            "other": "",
            "words": _("Day %(day)s of %(of)s") % {"day": day, "of": 60},
        }
        for lane, crosses, day in (
            ("here", "", 1),
            ("here", "out", 3),
            ("there", "back", 5),
            ("there", "back", 40),
            ("here", "", 41),
        )
    ]
    shown = {"clocks": clocks, "entries": entries, "stops": stops, "form": Specimen({"title": "", "kind": ""})}
    return render(request, "site/style.html", shown)


@require_safe
def health(request: HttpRequest) -> JsonResponse:
    """For a supervisor: 200 when requests can be answered, else 503; and how many events wait for their place."""
    try:
        node = nodes.this_node()
        waiting = Pending.objects.all()[:COUNTED].count()
    except (DatabaseError, Refused) as error:
        reason = error.code if isinstance(error, Refused) else "database"
        return JsonResponse({"status": "unavailable", "reason": reason}, status=503)
    return JsonResponse({"status": "ok", "node": node.code, "waiting": waiting})
