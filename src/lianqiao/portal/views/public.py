"""Pages for everybody: what can be done here, how, how long, where a matter belongs, where a case stands, what a receipt proves."""

import json

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from lianqiao.cases import code_words, flow, pictures
from lianqiao.cases.models import Case
from lianqiao.law.regime import PROGRAMMES
from lianqiao.portal import figures, forms, guide, situations
from lianqiao.record import keys, nodes, proofs
from lianqiao.record.refusal import Refused


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """What can be done here, how long it takes by law, and what became of the others."""
    nodes.this_node()
    guides = [guide.guide(programme, agencies) for programme, agencies in guide.served().items()]
    return render(request, "portal/home.html", {"guides": guides, "figures": figures.shown()})


@require_safe
def guides(request: HttpRequest) -> HttpResponse:
    """The programmes of this node, side by side."""
    found = [guide.guide(programme, agencies) for programme, agencies in guide.served().items()]
    return render(request, "portal/guides.html", {"guides": found, "crumbs": [(_("Home"), "/"), (_("Guide"), "")]})


@require_safe
def programme(request: HttpRequest, programme: str) -> HttpResponse:
    """The guide to one programme."""
    if programme not in PROGRAMMES:
        raise Http404
    told = guide.guide(programme, guide.served().get(programme, []))
    crumbs = [(_("Home"), "/"), (_("Guide"), "/guide"), (told.name, "")]
    return render(request, "portal/programme.html", {"guide": told, "crumbs": crumbs})


@require_safe
def where(request: HttpRequest) -> HttpResponse:
    """Where a matter belongs, by three questions."""
    asked = forms.Where(request.GET) if "what" in request.GET or "who" in request.GET else forms.Where()
    found, told = None, None
    if asked.is_bound and asked.is_valid():
        situation = situations.BY_CODE[asked.cleaned_data["what"]]
        found = situations.answer(asked.cleaned_data["who"], situation, asked.cleaned_data["place"])
        told = guide.guide(found.programme, [found.agency] if found.agency else [], situation.kind or None)
    crumbs = [(_("Home"), "/"), (_("Where does my matter belong?"), "")]
    return render(request, "portal/where.html", {"form": asked, "answer": found, "guide": told, "crumbs": crumbs})


@require_http_methods(["GET", "HEAD", "POST"])
def status(request: HttpRequest) -> HttpResponse:
    """Where a case stands, for who has its number and code word."""
    asked = forms.Status(request.POST) if request.method == "POST" else forms.Status()
    shown: dict[str, object] = {}
    answered = 200
    if asked.is_bound and asked.is_valid():
        try:
            code_words.refuse_too_many(request.META.get("REMOTE_ADDR", ""))
            shown = status_of(code_words.case_of(asked.cleaned_data["number"], asked.cleaned_data["code_word"]))
        except Refused as refused:
            asked.add_error(None, str(refused))
            answered = refused.status
    crumbs = [(_("Home"), "/"), (_("Where does my case stand?"), "")]
    said = {"form": asked, "crumbs": crumbs, "case": None} | shown
    return render(request, "portal/status.html", said, status=answered)


def status_of(case: Case) -> dict[str, object]:
    """What number and code word open: state, agency and limits; nothing of what the case says."""
    running = list(case.clocks.running().filter(name__in=code_words.PUBLIC_CLOCKS, subject="", due_on__isnull=False))
    for clock in running:
        clock.case = case
    return {
        "case": case,
        "state": flow.State(case.state).label,
        "bars": [pictures.bar(clock) for clock in running],
    }


@require_http_methods(["GET", "HEAD", "POST"])
def verify(request: HttpRequest) -> HttpResponse:
    """What a receipt proves, checked with the keys of this node. Everybody can do the same elsewhere, with `lianqiao receipt verify`."""
    asked = forms.Receipt(request.POST) if request.method == "POST" else forms.Receipt()
    verdict = None
    if asked.is_bound and asked.is_valid():
        try:
            document = json.loads(asked.cleaned_data["receipt"])
        except ValueError:
            document = None
        if isinstance(document, dict) and isinstance(document.get("receipt"), dict):
            document = document["receipt"]
        verdict = proofs.verify(document, keys.published()) if isinstance(document, dict) else None
        if verdict is None:
            asked.add_error("receipt", _("This is no receipt. Copy the whole file, from the first brace to the last."))
    crumbs = [(_("Home"), "/"), (_("Verify a receipt"), "")]
    said = [(finding.state, finding.text(pictures.language())) for finding in verdict.findings] if verdict else []
    state = verdict.state if verdict else ""
    return render(request, "portal/verify.html", {"form": asked, "findings": said, "state": state, "crumbs": crumbs})
