"""The page of the demonstration on which one chooses who one is. Everywhere else there is nothing at this address."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from lianqiao.cases.pictures import language, listed
from lianqiao.exchange.models import Peer
from lianqiao.record.nodes import this_node
from lianqiao.registry.models import EnterpriseMember, Membership, Person
from lianqiao.site.demo import trying
from lianqiao.site.demo.show import ACCOUNTS


@require_http_methods(["GET", "HEAD", "POST"])
def choose(request: HttpRequest) -> HttpResponse:
    """Who there is, in the order in which they meet a case; one click signs in as them. Refused: 404 outside of the demonstration."""
    if not trying.is_open():
        raise Http404
    if request.method == "POST":
        person = Person.objects.active().filter(account=request.POST.get("account", ""), guest__isnull=True).first()
        if person is None:
            raise Http404
        trying.come_in(request, person)
        return HttpResponseRedirect("/start")
    code = this_node().code
    groups = [(group.in_(language()), accounts) for group, accounts in ACCOUNTS.get(code, [])]
    groups.append((_("administrators"), [f"{role}-{code}" for role in ("admin", "security", "audit")]))
    people = {
        person.account: person
        for person in Person.objects.filter(account__in=[one for _group, accounts in groups for one in accounts])
    }
    about: dict[object, dict[str, None]] = {}
    for held in Membership.objects.filter(person__in=people.values()):
        about.setdefault(held.person_id, {})[str(held.get_role_display())] = None
    for link in EnterpriseMember.objects.filter(person__in=people.values()).select_related("enterprise"):
        about.setdefault(link.person_id, {})[link.enterprise.label] = None
    shown = [
        (group, [(people[one], listed(about.get(people[one].pk, ()))) for one in accounts if one in people])
        for group, accounts in groups
    ]
    others = [(peer.name, f"{peer.base_url}/demo") for peer in Peer.objects.all()[:5]]
    return render(request, "site/demo.html", {"groups": shown, "others": others})
