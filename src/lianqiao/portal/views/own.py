"""The cases of somebody who is signed in: the list, one case with what may be done, a limit day by day, files and receipts."""

import json
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from lianqiao.cases import clocks, handing, looks, pictures, timeline
from lianqiao.cases.actions import ACTIONS, conclusion, intake
from lianqiao.cases.models import NUMBER, Case
from lianqiao.portal import forms, sheet
from lianqiao.record import receipts
from lianqiao.record.refusal import Refused
from lianqiao.signin.entrance import person_of

PAGE = 20
DONE: dict[str, Any] = {
    "summarise": gettext_lazy("Kept. Others read this in place of your own words."),
    "supplement": gettext_lazy("Handed in. The limit for the decision begins anew today."),
    "reply": gettext_lazy("Your answer was recorded."),
    "attach": gettext_lazy("The file was added."),
    "withdraw": gettext_lazy("Your withdrawal was recorded."),
    "rate": gettext_lazy("Thank you. Your rating was recorded."),
}
CODE_SECONDS = 600
"""How long the page of a new receipt still shows the code word to the browser that filed."""


@login_required
@require_safe
def cases(request: HttpRequest) -> HttpResponse:
    """The person's cases, newest first; what is asked of them is said in the line."""
    which = request.GET.get("which", "open")
    found = sheet.of_open(sheet.own_cases(person_of(request)), which)
    after = NUMBER.match(request.GET.get("after", ""))
    if after:
        found = found.filter(pk__lt=int(after["serial"]))
    page: list[Any] = list(found[: PAGE + 1])
    looks.at_list(page[:PAGE], person_of(request))
    older = f"/cases?which={which}&after={page[PAGE - 1].number}" if len(page) > PAGE else ""
    rows = [(case, sheet.asks_for(case), sheet.tone_of(case)) for case in page[:PAGE]]
    newer = f"/cases?which={which}" if after else ""
    return render(request, "portal/cases.html", {"rows": rows, "which": which, "older": older, "newer": newer})


@login_required
@require_safe
def case(request: HttpRequest, number: str) -> HttpResponse:
    """One case."""
    person = person_of(request)
    found = sheet.case_of(person, number)
    return render(request, "portal/case.html", sheet.shown(found, person))


@login_required
@require_POST
def act(request: HttpRequest, number: str, verb: str) -> HttpResponse:
    """One verb of the enterprise. What is refused comes back on the page of the case, with what was typed."""
    if verb not in forms.VERBS:
        raise Http404
    person = person_of(request)
    found = sheet.case_of(person, number)
    seen = int(request.POST["version"]) if request.POST.get("version", "").isdecimal() else None
    sent = forms.VERBS[verb](request.POST, request.FILES, auto_id=f"{verb}_%s")
    if sent.is_valid():
        try:
            return done(request, found, verb, sent.cleaned_data, seen)
        except Refused as refused:
            sent.add_error(None, str(refused))
            status = refused.status
            if refused.code == "stale":
                found = sheet.case_of(person, number)
    else:
        status = 422
    said = sheet.shown(found, person, {verb: sent}, seen if status == 412 else None)
    return render(request, "portal/case.html", said | {"sent": verb}, status=status)


def done(request: HttpRequest, found: Case, verb: str, told: dict[str, Any], seen: int | None) -> HttpResponse:
    """Carry out the verb and go back to the case; an objection leads to the receipt of the case that it began."""
    person = person_of(request)
    if verb == "object":
        made = conclusion.object(found, by=person, version=seen, **told)
        return to_receipt(made.filed)
    if verb == "attach":
        handing.hand_in(found, told["file"].name or "", told["file"].chunks(), by=person, version=None)
    else:
        ACTIONS[verb](found, by=person, version=seen if verb != "reply" else None, **told)
    messages.success(request, DONE[verb])
    return HttpResponseRedirect(f"/cases/{found.number}")


def to_receipt(filed: intake.Filed) -> HttpResponse:
    """Go to the receipt of a case that was just filed; the code word travels in a signed cookie for ten minutes, for that page alone."""
    address = f"/cases/{filed.case.number}/receipt"
    answer = HttpResponseRedirect(address)
    answer.set_signed_cookie(
        "lianqiao_code", filed.code_word, salt=filed.case.number, max_age=CODE_SECONDS, path=address,
        secure=settings.CSRF_COOKIE_SECURE, httponly=True, samesite="Lax",
    )  # fmt: skip
    return answer


@login_required
@require_safe
def receipt(request: HttpRequest, number: str) -> HttpResponse:
    """The receipt of the filing, to print and to keep; for the first minutes with the code word."""
    person = person_of(request)
    found = sheet.case_of(person, number)
    by = timeline.reader(found, person)
    first = timeline.steps(found, by, [1])
    if not first:
        raise Http404
    code = request.get_signed_cookie("lianqiao_code", default="", salt=found.number, max_age=CODE_SECONDS)
    limits = list(found.clocks.running().filter(subject="", started_by=1))
    for clock in limits:
        clock.case = found
    said = {
        "case": found,
        "code": code,
        "event": first[0].event,
        "complainant": found.who_files(pictures.language()) if by.knows_identity else "",
        "bars": [pictures.bar(clock) for clock in limits if clock.name not in clocks.OF_THE_OFFICE],
        "crumbs": [(_("My cases"), "/cases"), (found.number, f"/cases/{found.number}"), (_("Receipt"), "")],
    }
    return render(request, "portal/receipt.html", said)


@login_required
@require_safe
def receipt_file(request: HttpRequest, number: str, event: int) -> HttpResponse:
    """The receipt of one event as a file that can be verified without this node."""
    person = person_of(request)
    found = sheet.case_of(person, number)
    steps = timeline.steps(found, timeline.reader(found, person), [event])
    if not steps:
        raise Http404
    document = receipts.receipt(steps[0].event, number=found.number)
    answer = HttpResponse(json.dumps(document, ensure_ascii=False, indent=1), content_type="application/json")
    answer["Content-Disposition"] = f'attachment; filename="receipt-{found.number}-{event}.json"'
    return answer


@login_required
@require_safe
def limit(request: HttpRequest, number: str, clock: int) -> HttpResponse:
    """One limit day by day: which days counted, which did not, why, by which rule."""
    person = person_of(request)
    found = sheet.case_of(person, number)
    held = found.clocks.filter(pk=clock).first()
    if held is None or (held.name in sheet.BETWEEN_AGENCIES and not timeline.reader(found, person).officer):
        raise Http404
    held.case = found
    told = clocks.explain(held)
    said = {
        "case": found,
        "clock": pictures.bar(held),
        "sentences": told.sentences(pictures.language()),
        "months": pictures.months(told),
        "weekdays": pictures.weekdays(),
        "crumbs": [(_("My cases"), "/cases"), (found.number, f"/cases/{found.number}"), (pictures.bar(held).label, "")],
    }
    part = "#explained" if request.headers.get("HX-Request") else ""
    return render(request, f"portal/limit.html{part}", said)


@login_required
@require_safe
def file(request: HttpRequest, number: str, attachment: UUID) -> HttpResponseBase:
    """A file of the case."""
    person = person_of(request)
    return handing.hand_out(sheet.case_of(person, number), attachment, to=person)
