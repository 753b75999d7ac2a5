"""Filing a case: few questions a page, kept as one goes, sent at the end. Everything works without script."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from lianqiao.cases import pictures
from lianqiao.cases.actions import drafts
from lianqiao.cases.models import Draft
from lianqiao.law.categories import CATEGORIES
from lianqiao.law.regime import KINDS, PROGRAMMES
from lianqiao.portal import filing, forms, guide, situations
from lianqiao.portal.views.own import to_receipt
from lianqiao.record.refusal import Refused
from lianqiao.registry import remembered
from lianqiao.signin.entrance import person_of


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def start(request: HttpRequest) -> HttpResponse:
    """The forms that are not yet sent, and the beginning of a new one."""
    person = person_of(request)
    if request.method == "POST":
        asked = {name: str(request.POST.get(name, "")) for name in ("situation", "programme", "agency")}
        draft = drafts.save(filing.begun(person, asked), by=person)
        return HttpResponseRedirect(f"/file/{draft.pk}/who")
    said = {
        "drafts": [(draft, filing.kept(draft)) for draft in Draft.objects.of(person)],
        "asked": {name: request.GET.get(name, "") for name in ("situation", "programme", "agency")},
        "may": bool(filing.choices_of(person)),
        "checked": filing.check_code(request.GET["code"], pictures.language()) if request.GET.get("code") else None,
        "crumbs": [(_("My cases"), "/cases"), (_("File your case"), "")],
    }
    return render(request, "portal/file.html", said)


@login_required
@require_safe
def check_code(request: HttpRequest) -> HttpResponse:
    """What a credit code is worth, as a part of the page that asks for it."""
    checked = filing.check_code(request.GET.get("code", ""), pictures.language()) if request.GET.get("code") else None
    return render(request, "portal/file.html#checked", {"checked": checked})


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def step(request: HttpRequest, draft: UUID, step: str) -> HttpResponse:
    """One step: show it, or keep what was sent and go on."""
    person = person_of(request)
    held = Draft.objects.of(person).filter(pk=draft).first()
    if held is None:
        raise drafts.unknown_draft()
    if step not in filing.STEPS:
        raise Http404
    frame = {
        "draft": held,
        "step": step,
        "heading": filing.STEPS[step],
        "before": filing.before(step, held.content),
        "steps": marked(held, step),
        "crumbs": [(_("My cases"), "/cases"), (_("File your case"), "/file"), (filing.kept(held), "")],
    }
    return SHOW[step](request, held, frame)


def marked(draft: Draft, step: str) -> list[tuple[str, Any, str]]:
    """The steps with how they stand: done, here, or to come."""
    steps = filing.steps_of(draft.content)
    place = steps.index(step) if step in steps else 0
    return [
        (name, filing.STEPS[name], "done" if at < place else "here" if at == place else "")
        for at, name in enumerate(steps)
    ]


def keep(request: HttpRequest, draft: Draft, step: str, content: dict[str, Any]) -> HttpResponse:
    """Keep what was told and go on, or leave for later."""
    changed = drafts.change(draft.pk, draft.content | content, by=person_of(request))
    if request.POST.get("do") == "leave":
        messages.success(request, _("Kept. Nothing has been sent yet; you find the form here."))
        return HttpResponseRedirect("/file")
    if request.POST.get("back_to") == "check":
        return HttpResponseRedirect(f"/file/{draft.pk}/check")
    return HttpResponseRedirect(f"/file/{draft.pk}/{filing.after(step, changed.content)}")


def who(request: HttpRequest, draft: Draft, frame: dict[str, Any]) -> HttpResponse:
    choices = filing.choices_of(person_of(request))
    asked = forms.Who(request.POST or None, choices=choices, initial={"enterprise": draft.content.get("enterprise")})
    if asked.is_valid():
        return keep(request, draft, "who", {"enterprise": asked.cleaned_data["enterprise"]})
    return render(request, "portal/step.html", frame | {"form": asked}, status=422 if asked.is_bound else 200)


def matter(request: HttpRequest, draft: Draft, frame: dict[str, Any]) -> HttpResponse:
    """What happened and where: from that follow programme, kind, matter and desk."""
    agency = remembered.agency(draft.content.get("agency", ""))
    first = {"what": filing.situation_of(draft.content), "place": agency.region_id if agency else ""}
    asked = forms.Matter(request.POST or None, initial=first)
    if asked.is_valid():
        situation = situations.BY_CODE[asked.cleaned_data["what"]]
        enterprise = filing.enterprise_of(draft.content)
        answer = situations.answer(enterprise.kind if enterprise else "private", situation, asked.cleaned_data["place"])
        if situation.instead:
            asked.add_error("what", situation.instead)
        elif answer.agency is None:
            asked.add_error("place", answer.because)
        else:
            told: dict[str, Any] = {
                "kind": situation.kind,
                "category": situation.category,
                "programme": answer.programme,
                "agency": answer.agency.code,
            }
            if situation.kind not in filing.AGAINST:
                told["respondents"] = []
            return keep(request, draft, "matter", told)
    return render(request, "portal/step.html", frame | {"form": asked}, status=422 if asked.is_bound else 200)


def against(request: HttpRequest, draft: Draft, frame: dict[str, Any]) -> HttpResponse:
    """Who is complained of: searched in the registry, chosen by a tick."""
    words = str((request.POST if request.method == "POST" else request.GET).get("q", ""))
    problem = ""
    if request.method == "POST":
        codes = [code for code in dict.fromkeys(request.POST.getlist("respondents")) if remembered.agency(code)][:20]
        if request.POST.get("do") != "search":
            if codes or request.POST.get("do") == "leave":
                return keep(request, draft, "against", {"respondents": codes})
            problem = _("Choose at least one agency; search for it by a part of its name.")
        draft = drafts.change(draft.pk, draft.content | {"respondents": codes}, by=person_of(request))
    said = {
        "chosen": filing.chosen(draft.content),
        "found": filing.found(words, draft.content.get("respondents", [])),
        "q": words,
        "problem": problem,
    }
    return render(request, "portal/against.html", frame | said, status=422 if problem else 200)


def story(request: HttpRequest, draft: Draft, frame: dict[str, Any]) -> HttpResponse:
    asked = forms.Story(request.POST or None, initial=draft.content)
    if asked.is_bound and request.POST.get("do") == "leave":
        asked.is_valid()
        return keep(request, draft, "story", {name: value for name, value in asked.cleaned_data.items() if value})
    if asked.is_valid():
        return keep(request, draft, "story", asked.cleaned_data)
    return render(request, "portal/step.html", frame | {"form": asked}, status=422 if asked.is_bound else 200)


CONTACT = ("name", "phone", "email", "address", "postcode")
PARALLEL = ("upper_agency", "petition", "litigation")


def contact(request: HttpRequest, draft: Draft, frame: dict[str, Any]) -> HttpResponse:
    kept = draft.content
    person = person_of(request)
    first = {"name": person.name, "email": person.email} | kept.get("contact", {}) | kept.get("parallel", {})
    first |= {"confidential": kept.get("confidential", False), "summary": kept.get("summary", "")}
    asked = forms.Reach(request.POST or None, initial=first)
    if asked.is_valid():
        told = asked.cleaned_data
        return keep(
            request, draft, "contact",
            {
                "contact": {name: told[name] for name in CONTACT if told[name]},
                "parallel": {name: told[name] for name in PARALLEL},
                "confidential": told["confidential"],
                "summary": told["summary"] if told["confidential"] else "",
            },
        )  # fmt: skip
    return render(request, "portal/contact.html", frame | {"form": asked}, status=422 if asked.is_bound else 200)


def check(request: HttpRequest, draft: Draft, frame: dict[str, Any]) -> HttpResponse:
    """All that was told, what the rule wants, what is alike; and the button that sends it."""
    person, content = person_of(request), draft.content
    problems: list[tuple[str, str]] = []
    status = 200
    if request.method == "POST":
        try:
            return to_receipt(drafts.submit(draft.pk, by=person))
        except Refused as refused:
            status = refused.status
            told = refused.params.get("problems")
            problems = (
                [(filing.FIELD_IN.get(fault["field"].split(".")[0], "story"), fault["sentence"]) for fault in told]
                if told
                else [("", str(refused))]
            )
    tongue, programme = pictures.language(), content.get("programme", "")
    agency = remembered.agency(content.get("agency", ""))
    told_of = (
        guide.guide(programme, [agency] if agency else [], content.get("kind")) if programme in PROGRAMMES else None
    )
    link = filing.link_of(person, content)
    said = {
        "content": {"title": "", "facts": "", "request": "", "basis": "", "kind": "", "confidential": False} | content,
        "reached": pictures.listed(content.get("contact", {}).values()),
        "enterprise": filing.enterprise_of(content),
        "agent": link if link and link.capacity != link.Capacity.OWNER else None,
        "agency": agency,
        "guide": told_of,
        "kind": KINDS[content["kind"]].in_(tongue) if content.get("kind") in KINDS else "",
        "category": CATEGORIES[content["category"]].in_(tongue) if content.get("category") in CATEGORIES else "",
        "chosen": filing.chosen(content),
        "materials": filing.materials(told_of, content, link) if told_of else [],
        "alike": filing.alike(person, content),
        "lacking": filing.lacking(content),
        "problems": problems,
    }
    return render(request, "portal/check.html", frame | said, status=status)


SHOW = {"who": who, "matter": matter, "against": against, "story": story, "contact": contact, "check": check}


@login_required
@require_http_methods(["POST"])
def discard(request: HttpRequest, draft: UUID) -> HttpResponse:
    """Throw a form away; nothing of it was ever recorded."""
    drafts.discard(draft, by=person_of(request))
    messages.success(request, _("The form was thrown away. Nothing of it had been recorded."))
    return HttpResponseRedirect("/file")
