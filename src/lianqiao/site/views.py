"""The two pages of the node itself: what this is, and how it is."""

from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from lianqiao.record import nodes
from lianqiao.record.models import Pending
from lianqiao.record.refusal import Refused

COUNTED = 10_000
"""Counting of what waits stops here."""


@require_safe
def front(request: HttpRequest) -> HttpResponse:
    """Says to somebody who opened the address what this is. 503 before the node is set up."""
    try:
        node = nodes.this_node()
    except Refused as refused:
        return HttpResponse(str(refused), status=refused.status, content_type="text/plain; charset=utf-8")
    name = node.name_en if get_language() == "en" else node.name_zh
    return render(request, "site/front.html", {"name": name, "code": node.code})


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
