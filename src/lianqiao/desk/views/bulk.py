"""Many cases at once: to one agency, or to one handler. Each gets an event of its own; what is refused is told with the reason."""

from __future__ import annotations

from typing import Any, NamedTuple

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from lianqiao.cases import access, flow
from lianqiao.cases.actions import ACTIONS
from lianqiao.cases.models import NUMBER, Case
from lianqiao.desk.entrance import at_the_desk
from lianqiao.desk.registers.agencies import choices as agencies
from lianqiao.record.refusal import Refused
from lianqiao.record.time import today
from lianqiao.registry import delegating
from lianqiao.registry.models import Person

MOST = 50
VERBS = ("route", "reassign")


class Line(NamedTuple):
    """One case: what the officer saw of it, and why it cannot be done ("" if it can, or was)."""

    case: Case
    version: int
    refused: str


class Together(forms.Form):
    """What is told all of them."""

    reason = forms.CharField(label=gettext_lazy("Reasons"), max_length=5000, widget=forms.Textarea(attrs={"rows": 3}))

    def __init__(self, verb: str, person: Person, sent: Any = None) -> None:
        super().__init__(sent, auto_id="bulk_%s")
        label, choices = (
            (gettext_lazy("Agency"), agencies()) if verb == "route" else (gettext_lazy("Handler"), handlers(person))
        )
        whom = forms.ChoiceField(label=label, choices=[("", _("(choose)")), *choices])
        self.fields = {"agency" if verb == "route" else "handler": whom, **self.fields}


def handlers(person: Person) -> list[tuple[str, str]]:
    """Who handles cases today in an agency in which the person has a role."""
    found: dict[str, str] = {}
    for code in sorted({held.agency.code for held in delegating.roles_of(person, today())}):
        found |= {
            one.person.account: str(one.person)
            for one in delegating.holdings(code, today())
            if one.role in access.WORKING
        }
    return sorted(found.items(), key=lambda row: row[1])


@at_the_desk
@require_POST
def bulk(request: HttpRequest, *, person: Person) -> HttpResponse:
    """Choose what is told all of them, look at what would be done, and do it."""
    verb, step = request.POST.get("verb", ""), request.POST.get("step", "")
    if verb not in VERBS:
        raise Http404
    lines = chosen(request, person, verb)
    sent = Together(verb, person, request.POST if step else None)
    said: dict[str, Any] = {"form": sent, "verb": flow.VERBS[verb], "lines": lines, "step": "", "status": 200}
    if step and not sent.is_valid():
        said["status"] = 422
    elif step == "do":
        said |= {"lines": [done(line, verb, sent.cleaned_data, person) for line in lines], "step": "done"}
    elif step:
        said["step"] = "preview"
    possible = sum(not line.refused for line in said["lines"])
    said |= {"possible": possible, "crumbs": [(_("Desk"), "/desk"), (str(flow.VERBS[verb].label), "")]}
    return render(request, "desk/bulk.html", said, status=said["status"])


def chosen(request: HttpRequest, person: Person, verb: str) -> list[Line]:
    """The cases that were ticked and that the person may see, at most fifty, each as it was seen (number@version)."""
    seen: dict[int, int] = {}
    for word in request.POST.getlist("case")[:MOST]:
        number, _at, version = word.partition("@")
        if (named := NUMBER.match(number)) and version.isdecimal():
            seen[int(named["serial"])] = int(version)
    found = Case.objects.visible_to(person).filter(pk__in=seen).listed(person).select_related("agency").order_by("pk")
    return [Line(case, seen[case.pk], str(access.refusal(case, verb, person) or "")) for case in found]


def done(line: Line, verb: str, told: dict[str, Any], person: Person) -> Line:
    """Do it to one case."""
    try:
        ACTIONS[verb](line.case, by=person, version=line.version, **told)
    except Refused as refused:
        return line._replace(refused=str(refused))
    return line._replace(refused="")
