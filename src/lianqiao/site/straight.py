"""What programs ask goes straight to its view: neither the API nor the exchange knows cookies, sessions, forms, messages or static files.

Their answers carry the same headers as if they had passed every middleware of the pages; a test holds the two equal.
"""

from functools import lru_cache
from typing import cast

from django.core.handlers.exception import convert_exception_to_response
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.middleware.security import SecurityMiddleware
from django.urls import Resolver404, ResolverMatch, resolve
from django.utils import translation
from django.utils.cache import patch_vary_headers

from lianqiao.site.doors import PROTECTIVE, Answer
from lianqiao.site.faults import OTHER_DOORS

PAGES = ("/api/v1/docs",)
"""Addresses among theirs that are pages for people."""


def straight(get_response: Answer) -> Answer:
    """The middleware. What has no view goes on, to be refused as everything else is."""
    run = cast(Answer, convert_exception_to_response(view_of))
    security = SecurityMiddleware(get_response)

    def answer(request: HttpRequest) -> HttpResponseBase:
        if not request.path_info.startswith(OTHER_DOORS) or request.path_info in PAGES:
            return get_response(request)
        try:
            request.resolver_match = found(request.path_info)
        except Resolver404:
            return get_response(request)
        language = translation.get_language_from_request(request)
        translation.activate(language)
        request.LANGUAGE_CODE = language
        response = run(request)
        headers = response.headers
        if isinstance(response, HttpResponse) and "Content-Length" not in headers:
            headers["Content-Length"] = str(len(response.content))
        patch_vary_headers(response, ("Accept-Language",))
        headers.setdefault("Content-Language", translation.get_language() or language)
        for name, value in PROTECTIVE.items():
            headers.setdefault(name, value)
        security.process_response(request, cast(HttpResponse, response))
        return response

    return answer


def view_of(request: HttpRequest) -> HttpResponseBase:
    """What the view answers; a request for another host is refused (400)."""
    request.get_host()
    match = request.resolver_match
    assert match is not None
    answer: HttpResponseBase = match.func(request, *match.args, **match.kwargs)
    return answer


def found(path: str) -> ResolverMatch:
    """The view of an address. Those without parameters are looked up once; there are as many as routes."""
    if path in fixed():
        return fixed()[path]
    match = resolve(path)
    if not match.kwargs and not match.args:
        fixed()[path] = match
    return match


@lru_cache(maxsize=1)
def fixed() -> dict[str, ResolverMatch]:
    return {}
