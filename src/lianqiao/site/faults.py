"""What a page says when it says no: a refusal, an unknown address, a fault of ours. The API has its own answers (`site.api.problems`)."""

import logging
from collections.abc import Callable
from http import HTTPStatus

from django.db import OperationalError
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.translation import get_language_from_request, override
from django.utils.translation import gettext as _

from lianqiao.record.refusal import Refused

log = logging.getLogger(__name__)
OTHER_DOORS = ("/api/", "/exchange/")


def wants_a_page(request: HttpRequest) -> bool:
    """Whether a person with a browser asks, rather than a program."""
    return "text/html" in request.headers.get("Accept", "") and not request.path.startswith(OTHER_DOORS)


def page(request: HttpRequest, status: int, sentence: str = "", code: str = "") -> HttpResponse:
    """The page of one status, in the reader's language, with who is signed in; of a fault of ours, without: it asks the database for nothing."""
    known = {
        400: (_("This request cannot be read"), _("Go back, load the page anew, and try once more.")),
        403: (_("This is not open to you"), _("Sign in as somebody who may do this, or go back to your work.")),
        404: (
            _("There is nothing at this address"),
            _("Perhaps it was mistyped, or the case is not one that you may see."),
        ),
        405: (_("This address is not used in this way"), _("Go back to the page before and use its buttons.")),
        413: (_("That is too much at once"), _("Send less at once, or smaller files.")),
        503: (_("This node cannot answer now"), _("Try again in a few seconds. What you had sent was not recorded.")),
    }
    heading, advice = known.get(
        status,
        (
            _("Something went wrong in this node"),
            _("Nothing of what you sent was recorded. Its operator finds the cause in the log; try again later."),
        )
        if status >= 500
        else (_("This cannot be done now"), ""),
    )
    said = {"heading": heading, "advice": sentence or advice, "status": status, "code": code}
    said["named"] = status < 500 and hasattr(request, "user")
    answer = render(request, "site/fault.html", said, status=status)
    if status == 503:
        answer["Retry-After"] = "5"
    return answer


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return page(request, 400)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    return page(request, 403)


def form_expired(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The form carried no valid mark of this browser (CSRF)."""
    return page(request, 403, _("The form had expired. Go back, load the page anew, and send it once more."))


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return page(request, 404)


def failed(request: HttpRequest) -> HttpResponse:
    with override(get_language_from_request(request)):
        return page(request, 500)


class PageFaults:
    """A refusal that no view caught becomes a page with its sentence (for a program: the sentence alone); a busy database becomes 503."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        answer = self.get_response(request)
        if answer.status_code == HTTPStatus.METHOD_NOT_ALLOWED and wants_a_page(request) and not answer.streaming:
            told = page(request, 405)
            told["Allow"] = answer.get("Allow", "")
            return told
        return answer

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if request.path.startswith(OTHER_DOORS):
            return None
        if isinstance(error, Refused) and not wants_a_page(request):
            return HttpResponse(str(error), status=error.status, content_type="text/plain; charset=utf-8")
        if isinstance(error, Refused):
            return page(request, error.status, str(error), error.code)
        if isinstance(error, OperationalError):
            log.warning("the database could not be used: %s", error)
            return page(request, 503)
        return None
