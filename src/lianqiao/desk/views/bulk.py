"""Many cases at once: to one agency, or to one handler. First what will happen, then a job does it, whose page shows how far it is."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from lianqiao.cases import access, flow, keys, looks
from lianqiao.desk import bulk, lists
from lianqiao.desk.entrance import at_the_desk
from lianqiao.desk.forms import node_agencies
from lianqiao.record.time import today
from lianqiao.registry import delegating
from lianqiao.registry.models import Person


class Together(forms.Form):
    """What is told all of them."""

    reason = forms.CharField(label=gettext_lazy("Reasons"), max_length=5000, widget=forms.Textarea(attrs={"rows": 3}))

    def __init__(self, verb: str, person: Person, sent: Any = None) -> None:
        super().__init__(sent, auto_id="bulk_%s")
        label, choices = (
            (gettext_lazy("Agency"), node_agencies())
            if verb == "route"
            else (gettext_lazy("Handler"), handlers(person))
        )
        whom = forms.ChoiceField(label=label, choices=[("", _("(choose)")), *choices])
        self.fields = {"agency" if verb == "route" else "handler": whom, **self.fields}


def handlers(person: Person) -> list[tuple[str, str]]:
    """Who handles cases today in an agency in which the person has a role."""
    found: dict[str, str] = {}
    for code in sorted({held.agency.code for held in keys.memberships_of(person)}):
        found |= {
            one.person.account: str(one.person)
            for one in delegating.holdings(code, today())
            if one.role in access.WORKING
        }
    return sorted(found.items(), key=lambda row: row[1])


@at_the_desk
@require_POST
def together(request: HttpRequest, *, person: Person) -> HttpResponse:
    """Choose what is told all of them, look at what would be done, and let it be done."""
    verb, step = request.POST.get("verb", ""), request.POST.get("step", "")
    if verb not in bulk.VERBS:
        raise Http404
    lines = bulk.lines(chosen(request, person), person, verb)
    looks.at_list([line.case for line in lines], person)
    sent = Together(verb, person, request.POST if step else None)
    said: dict[str, Any] = {"form": sent, "verb": flow.VERBS[verb], "lines": lines, "step": "", "status": 200}
    if step and not sent.is_valid():
        said["status"] = 422
    elif step == "do" and lines:
        return redirect(f"/desk/jobs/{bulk.begin(lines, verb, sent.cleaned_data, by=person).pk}")
    elif step:
        said |= {"step": "preview", "told": bulk.told(lines, verb, person, sent.cleaned_data)}
    possible = sum(not line.refused for line in lines)
    said |= {"possible": possible, "crumbs": [(_("Desk"), "/desk"), (str(flow.VERBS[verb].label), "")]}
    return render(request, "desk/bulk.html", said, status=said["status"])


def chosen(request: HttpRequest, person: Person) -> dict[int, int]:
    """The cases that were ticked; or all of the list, as it was asked, where that was chosen."""
    code = request.POST.get("list", "")
    if request.POST.get("which") != "all" or code not in lists.LISTS:
        return bulk.ticked(request.POST.getlist("case"))
    scope = request.POST.get("scope", "")
    return bulk.all_of(person, code, scope if scope in lists.SCOPES else "agency", request.POST.get("q", "")[:200])
