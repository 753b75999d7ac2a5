"""What one has been told: the list, and one notice, which opens what it is about."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from lianqiao.cases.models import Case
from lianqiao.notices import telling
from lianqiao.notices.models import Notice
from lianqiao.record.refusal import Refused
from lianqiao.signin.entrance import person_of

PAGE = 30


@login_required
@require_safe
def listed(request: HttpRequest) -> HttpResponse:
    """One's own notices, newest first; with the title of a case that one may see and that is not confidential."""
    person = person_of(request)
    found = Notice.objects.visible_to(person).select_related("case", "errand", "clock").order_by("-pk")
    after = request.GET.get("after", "")
    if after.isdecimal():
        found = found.filter(pk__lt=int(after))
    page = list(found[: PAGE + 1])
    about = Case.objects.visible_to(person).filter(
        pk__in={one.case_id for one in page if one.case_id}, confidential=False
    )
    titles = dict(about.values_list("pk", "title"))
    rows = [
        (notice, telling.sentence(notice), telling.number(notice), titles.get(notice.case_id or 0, ""))
        for notice in page[:PAGE]
    ]
    older = f"/notices?after={page[PAGE - 1].pk}" if len(page) > PAGE else ""
    return render(request, "portal/notices.html", {"rows": rows, "older": older, "newer": "/notices" if after else ""})


@login_required
@require_safe
def opened(request: HttpRequest, notice: int) -> HttpResponse:
    """Mark a notice as read and go to what it is about. Refused: one that is not one's own (404)."""
    person = person_of(request)
    found = Notice.objects.visible_to(person).select_related("case", "errand", "clock").filter(pk=notice).first()
    if found is None:
        raise Refused("unknown-notice", gettext_lazy("There is no such notice among yours."), status=404)
    telling.read(found)
    return HttpResponseRedirect(telling.page(found, person))
