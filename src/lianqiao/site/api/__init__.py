"""The JSON API under /api/v1: every room's operations, who asks, what is answered twice, and the document that describes it."""

from collections.abc import Callable
from importlib import import_module
from importlib.util import find_spec
from typing import Any

import orjson
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from ninja import NinjaAPI
from ninja.renderers import JSONRenderer
from ninja.responses import NinjaJSONEncoder

from lianqiao import __version__
from lianqiao.record.refusal import Refused

from . import document, idempotency, law, problems
from .reading import Utf8Json

ROOMS = (
    "record",
    "registry",
    "jobs",
    "cases",
    "batches",
    "hotline",
    "exchange",
    "signin",
    "notices",
    "ledgers",
    "meetings",
)


class Utf8Renderer(JSONRenderer):
    """Chinese is written as it is, not as escapes: people read answers with curl."""

    encode = NinjaJSONEncoder().default

    def render(self, request: HttpRequest, data: Any, *, response_status: int) -> bytes:
        return orjson.dumps(data, self.encode, orjson.OPT_NON_STR_KEYS | orjson.OPT_PASSTHROUGH_DATETIME)


api = NinjaAPI(
    title="Lianqiao",
    version=__version__,
    urls_namespace="api",
    openapi_url=None,
    docs_url=None,
    parser=Utf8Json(),
    renderer=Utf8Renderer(),
)
problems.attach_to(api)


def guarded(run: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Before every operation: parameters that it does not know are refused, and a repeated POST is answered as before."""
    operation: Any = run.__self__  # type: ignore[attr-defined]
    queries = [model for model in operation.models if model.__ninja_param_source__ == "query"]
    known = {name for model in queries for name in model.__ninja_flatten_map__}
    repeatable = operation.methods == ["POST"] and bool(operation.auth_callbacks)

    def answer(request: HttpRequest, **arguments: Any) -> HttpResponse:
        unknown = sorted(request.GET.keys() - known)
        if unknown:
            return problems.refused(request, unknown_parameters(unknown, known))
        if request.method in ("POST", "PUT") and request.content_type != "multipart/form-data" and not request.body:
            request._body, request.content_type = b"{}", "application/json"  # a verb may need to be told nothing
        if repeatable and "HTTP_IDEMPOTENCY_KEY" in request.META:
            try:
                return idempotency.once(run, request, arguments)
            except DatabaseError as error:  # the answer could not be kept, so what it answers is undone with it
                return problems.not_stored(request, error)
        return run(request, **arguments)

    return answer


def unknown_parameters(unknown: list[str], known: set[str]) -> Refused:
    return Refused(
        "unknown-parameter",
        _("This address has no parameter %(unknown)s. Known: %(known)s."),
        status=422,
        unknown=", ".join(unknown)[:200],
        known=", ".join(sorted(known)) or "-",
    )


api.add_decorator(guarded, mode="view")
for room in ROOMS:
    if find_spec(f"lianqiao.{room}.api"):
        api.add_router("", import_module(f"lianqiao.{room}.api").router)
api.add_router("", law.router)


@api.get("/openapi.json", auth=None, include_in_schema=False)
def openapi(request: HttpRequest) -> HttpResponse:
    """The description of this interface, OpenAPI 3.1."""
    return HttpResponse(document.page(api), content_type="application/json")


@api.get("/docs", auth=None, include_in_schema=False)
def docs(request: HttpRequest) -> HttpResponse:
    """The same as a page for people, with examples."""
    return render(request, "site/api.html", document.chapters(api))
