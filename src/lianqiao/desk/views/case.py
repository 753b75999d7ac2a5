"""One case: everything on one page, and each verb as a small form in place, which also works as a page of its own."""

from django.contrib import messages
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from lianqiao.cases import access, flow, handing, looks, similar
from lianqiao.cases.actions import ACTIONS
from lianqiao.cases.models import Case
from lianqiao.desk import foreseen, forms, sheet
from lianqiao.desk.entrance import at_the_desk
from lianqiao.desk.opened import Opened
from lianqiao.portal.sheet import case_of
from lianqiao.portal.views.papers import listed
from lianqiao.record.refusal import Refused
from lianqiao.registry.models import Person


@at_the_desk
@require_safe
def case(request: HttpRequest, number: str, *, person: Person) -> HttpResponse:
    """The page of one case."""
    return render(request, "desk/case.html", sheet.shown(Opened.of(person, number)))


@at_the_desk
@require_safe
def why_not(request: HttpRequest, number: str, *, person: Person) -> HttpResponse:
    """What may not be done now, and why."""
    found = case_of(person, number)
    part = "#reasons" if request.headers.get("HX-Request") else ""
    said = {"case": found, "reasons": sheet.impossible(found, person)}
    return render(request, f"desk/why_not.html{part}", said | {"crumbs": crumbs(found.number, _("Why not"))})


@at_the_desk
@require_http_methods(["GET", "HEAD", "POST"])
def act(request: HttpRequest, number: str, verb: str, *, person: Person) -> HttpResponse:
    """The form of one verb, and the verb itself. What is refused comes back with what was typed, and with what others did meanwhile."""
    if verb not in forms.verbs():
        raise Http404
    at = Opened.of(person, number)
    if request.method != "POST":
        refused = access.refusal(at.case, verb, person)
        if refused and back_of(request) and request.headers.get("HX-Request"):
            said = {"case": at.case, "refused": refused, "back": back_of(request)}
            return render(request, "desk/case.html#form", said, status=refused.status)
        if refused:
            raise refused
        return form_of(request, at, forms.VerbForm(verb, at))
    seen = sheet.version_of(request)
    sent = forms.VerbForm(verb, at, request.POST)
    status = 422
    if sent.is_valid():
        try:
            ACTIONS[verb](at.case, by=person, version=seen, **sent.told())
        except Refused as refused:
            put(sent, refused)
            status = refused.status
        else:
            messages.success(request, _("Recorded: %(verb)s.") % {"verb": flow.VERBS[verb].label})
            return HttpResponseRedirect(done(request, at.case.number))
    return form_of(request, Opened.of(person, number), sent, status=status, seen=seen if status == 412 else None)


def back_of(request: HttpRequest) -> str:
    """The sheet of a ledger from which the form was opened, and to which its sender returns; "" for the page of the case."""
    back = (request.POST if request.method == "POST" else request.GET).get("back", "")
    return back if back.startswith("/ledgers/") and url_has_allowed_host_and_scheme(back, allowed_hosts=None) else ""


def done(request: HttpRequest, number: str) -> str:
    """Where it goes on after the verb: with the case, or with its row in the sheet; with that row alone where script has asked."""
    if not (back := back_of(request)):
        return f"/desk/cases/{number}"
    if request.headers.get("HX-Request"):
        return f"{back}{'&' if '?' in back else '?'}row={number}"
    return f"{back}#{number}"


@at_the_desk
@require_safe
def told(request: HttpRequest, number: str, verb: str, *, person: Person) -> HttpResponse:
    """Who will be told, with what has been chosen in the form so far: a part of the form, and a page of its own."""
    if verb not in forms.verbs():
        raise Http404
    at = Opened.of(person, number)
    part = "#told" if request.headers.get("HX-Request") else ""
    said = {"case": at.case, "verb": flow.VERBS[verb], "told": foreseen.of(at, verb, request.GET), "depends": True}
    return render(request, f"desk/told.html{part}", said | {"crumbs": crumbs(at.case.number, _("Who will be told"))})


def put(sent: Form, refused: Refused) -> None:
    """The refusal beside the fields that it names, else above the form."""
    problems = refused.params.get("problems") or []
    for problem in problems:
        name = str(problem["field"]).split(".")[0]
        sent.add_error(name if name in sent.fields else None, str(problem["sentence"]))
    if not problems:
        sent.add_error(None, str(refused))


def form_of(
    request: HttpRequest, at: Opened, sent: forms.VerbForm, *, status: int = 200, seen: int | None = None
) -> HttpResponse:
    """The form alone when script asks for it, else the page of the case with the form open."""
    said = {
        "case": at.case,
        "form": sent,
        "verb": flow.VERBS[sent.verb],
        "grave": sent.verb in sheet.GRAVE,
        "told": foreseen.of(at, sent.verb, sent.data),
        "depends": bool(foreseen.DEPENDS & sent.fields.keys()),
        "back": back_of(request),
    }
    if request.headers.get("HX-Request"):
        said |= {"alone": True, "since": sheet.since(at, seen)}
        return render(request, "desk/case.html#form", said, status=status)
    return render(request, "desk/case.html", sheet.shown(at, seen) | said, status=status)


@at_the_desk
@require_POST
def attach(request: HttpRequest, number: str, *, person: Person) -> HttpResponse:
    """Add a file to the case."""
    found = case_of(person, number)
    file = request.FILES.get("file")
    if file is None:
        messages.error(request, _("Choose a file first."))
    else:
        try:
            kept = "officers" if request.POST.get("officers") else "everyone"
            handing.hand_in(found, file.name or "", file.chunks(), by=person, audience=kept)
            messages.success(request, _("The file was added."))
        except Refused as refused:
            messages.error(request, str(refused))
    return HttpResponseRedirect(f"/desk/cases/{found.number}#files")


@at_the_desk
@require_safe
def similar_cases(request: HttpRequest, number: str, *, person: Person) -> HttpResponse:
    """Likely duplicates of the same enterprise, among the cases that the officer may see."""
    found = compared(number, person)
    likes = similar.duplicates(similar.of_case(found, person), person)
    return likeness(request, found, {"likes": likes, "asked": "similar"})


@at_the_desk
@require_safe
def outcomes(request: HttpRequest, number: str, *, person: Person) -> HttpResponse:
    """Concluded cases about the same with how they ended, among those that the officer may see."""
    found = compared(number, person)
    ended = similar.concluded(similar.of_case(found, person), person)
    return likeness(request, found, {"outcomes": ended, "asked": "outcomes"})


def compared(number: str, person: Person) -> Case:
    """The case that is compared, if the officer may see it; the look is written down."""
    found = Case.objects.visible_to(person).numbered(number).listed(person).defer(None).first()
    if found is None:
        raise access.unknown_case()
    looks.at_list([found], person)
    return found


def likeness(request: HttpRequest, found: Case, said: dict[str, object]) -> HttpResponse:
    part = "#similar" if request.headers.get("HX-Request") else ""
    said |= {"case": found, "crumbs": crumbs(found.number, _("Similar cases"))}
    return render(request, f"desk/similar.html{part}", said)


@at_the_desk
@require_safe
def papers(request: HttpRequest, number: str, *, person: Person) -> HttpResponse:
    """The official documents of the case that the officer may read."""
    found = case_of(person, number)
    part = "#papers" if request.headers.get("HX-Request") else ""
    said = listed(found, person) | {"case": found, "home": f"/desk/cases/{found.number}"}
    return render(
        request, f"portal/papers.html{part}", said | {"crumbs": crumbs(found.number, _("Official documents"))}
    )


def crumbs(number: str, last: str) -> list[tuple[str, str]]:
    return [(_("Desk"), "/desk"), (number, f"/desk/cases/{number}"), (last, "")]
