"""What other regions offer to us: beside our own terms, taken over or declined in two steps."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from lianqiao.cases.flow import State
from lianqiao.desk import mapping
from lianqiao.desk.entrance import at_the_desk
from lianqiao.exchange import answering
from lianqiao.exchange.models import Offer
from lianqiao.record.refusal import Refused
from lianqiao.registry.models import Person


def unknown() -> Refused:
    return Refused("unknown-offer", gettext_lazy("There is no such offer among those that you may answer."), status=404)


@at_the_desk
@require_safe
def offers(request: HttpRequest, *, person: Person) -> HttpResponse:
    """The offers that wait for an answer by the person's agencies, the oldest first."""
    found = list(Offer.objects.open().visible_to(person).select_related("peer")[:100])
    answering.looked_at(found, person)
    return render(
        request, "desk/offers.html", {"offers": found, "crumbs": [(_("Desk"), "/desk"), (_("Offered to us"), "")]}
    )


@at_the_desk
@require_http_methods(["GET", "HEAD", "POST"])
def offer(request: HttpRequest, offer: UUID, *, person: Person) -> HttpResponse:
    """One offer: what the other region says, beside how it stands in our own terms. The answer is given in a second step."""
    found = Offer.objects.visible_to(person).select_related("peer").filter(pk=offer).first()
    if found is None:
        raise unknown()
    answering.looked_at([found], person)
    do = request.POST.get("do", "")
    take = mapping.TakeOver(found, request.POST if do in ("map", "take_over") else None)
    no = mapping.Decline(request.POST if do in ("say_no", "decline") else None)
    status = 200
    if do in ("map", "take_over", "say_no", "decline"):
        sent = take if do in ("map", "take_over") else no
        status = 200 if sent.is_valid() else 422
        if sent.is_valid() and do in ("take_over", "decline"):
            try:
                return answered(request, found, do, sent.cleaned_data, person)
            except Refused as refused:
                sent.add_error(None, str(refused))
                status = refused.status
    told = found.content.get("content", {})
    said = {
        "offer": found,
        "content": told,
        "told": mapping.in_words(told),
        "take": take,
        "no": no,
        "step": do if status == 200 else "",
        "consequence": mapping.consequence(take) if do == "map" and status == 200 else None,
        "crumbs": [(_("Desk"), "/desk"), (_("Offered to us"), "/desk/offers"), (found.number, "")],
    }
    return render(request, "desk/offer.html", said, status=status)


def answered(request: HttpRequest, found: Offer, do: str, told: dict[str, object], person: Person) -> HttpResponse:
    """Give the answer; after a take-over go to our own case."""
    if do == "decline":
        answering.decline(found.pk, by=person, reason=str(told["reason"]), competent_body=str(told["competent_body"]))
        messages.success(request, _("Declined. The case returns to the region that offered it."))
        return HttpResponseRedirect("/desk/offers")
    case, _event = answering.take_over(found.pk, by=person, **mapping.words(told))
    said = _("Taken over: your agency answers for it from now on. Its number here is %(number)s.")
    if case.state != State.ACCEPTED:
        said = _("Taken over again. Case %(number)s is where this node had brought it before the restore.")
    messages.success(request, said % {"number": case.number})
    return HttpResponseRedirect(f"/desk/cases/{case.number}")
