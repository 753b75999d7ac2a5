"""What the API says when it says no: problem+json (RFC 9457) with a stable code and a sentence in the reader's language."""

import errno
import logging
from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from django.db import DatabaseError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.utils.translation import get_language_from_request, override
from django.utils.translation import gettext as _
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError
from pydantic import BaseModel, Field

from lianqiao.cases.problems import in_words
from lianqiao.record.refusal import Refused

log = logging.getLogger(__name__)
MEDIA_TYPE = "application/problem+json"
PREFIX = "/api/v1/"
FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


class Fault(BaseModel):
    """One wrong field."""

    field: str
    code: str
    sentence: str


class Problem(BaseModel):
    """Why a request was not carried out. Nothing of it was written."""

    type: str = Field(description="about:blank: the code says what kind of problem it is.")
    title: str
    status: int
    code: str = Field(description="Stable, for programs.")
    detail: str = Field(description="A sentence in the reader's language that says what to do.")
    problems: list[Fault] | None = Field(None, description="With status 422: every wrong field.")


def problem(status: int, code: str, detail: str, problems: list[dict[str, str]] | None = None) -> HttpResponse:
    """The answer itself."""
    body: dict[str, Any] = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "code": code,
        "detail": detail,
    }
    if problems:
        body["problems"] = problems
    answer = JsonResponse(body, status=status, content_type=MEDIA_TYPE, json_dumps_params={"ensure_ascii": False})
    if status == 401:
        answer["WWW-Authenticate"] = 'Bearer realm="lianqiao"'
    elif status in (429, 503):
        answer["Retry-After"] = "60" if status == 429 else "5"
    return answer


def attach_to(api: NinjaAPI) -> None:
    """Let every exception of an operation become a problem."""
    api.add_exception_handler(Refused, refused)
    api.add_exception_handler(ValidationError, invalid)
    api.add_exception_handler(HttpError, of_http)
    api.add_exception_handler(Http404, lambda request, error: plain(404))
    api.add_exception_handler(OSError, not_stored)
    api.add_exception_handler(DatabaseError, not_stored)
    api.add_exception_handler(Exception, unforeseen)


def refused(request: HttpRequest, error: Any) -> HttpResponse:
    return problem(error.status, error.code, str(error), error.params.get("problems"))


def of_http(request: HttpRequest, error: Any) -> HttpResponse:
    """What ninja itself refuses. When it could not read a body, our parser has said why."""
    cause = error.__context__
    return refused(request, cause) if isinstance(cause, Refused) else plain(error.status_code)


def invalid(request: HttpRequest, error: Any) -> HttpResponse:
    """Wrong data: one sentence per field. The place within the request is left out of a field's name."""
    faults = []
    for fault in error.errors:
        loc = fault["loc"]
        faults.append(fault | {"loc": loc[2:] if loc[0] == "body" and len(loc) > 2 else loc[1:] or loc})
    sentence = _("Some of what was sent is not right; nothing was recorded. Correct it and send it again.")
    return problem(422, "invalid", sentence, in_words(faults))


def not_stored(request: HttpRequest, error: Any) -> HttpResponse:
    """The disk is full, or the database is too busy: said so. Anything else is a fault of ours."""
    if getattr(error, "errno", None) in FULL or "is full" in str(error) or "No space left" in str(error):
        log.error("no room left: %s", error)
        return plain(507)
    if isinstance(error, OperationalError):
        log.warning("the database could not be used: %s", error)
        return plain(503)
    return unforeseen(request, error)


def unforeseen(request: HttpRequest, error: Any) -> HttpResponse:
    """The reader is told nothing of the inside; the operator finds the trace in the log of the process."""
    log.error("%s %s failed", request.method, request.path, exc_info=error)
    return plain(500)


def plain(status: int) -> HttpResponse:
    """A problem of HTTP itself, by its status."""
    known: dict[int, tuple[str, str]] = {
        400: ("bad-request", _("This request cannot be read. Compare it with the documentation of the operation.")),
        403: ("forbidden", _("This is not open to you.")),
        404: ("no-such-address", _("There is nothing at this address. See /api/v1/docs for those that there are.")),
        405: ("method-not-allowed", _("This address does not take this method. See /api/v1/docs.")),
        413: ("too-large", _("The request is too large. Send less at once.")),
        415: ("media-type", _("Send JSON with the header Content-Type: application/json.")),
        503: ("busy", _("This node cannot answer now. Try again in a few seconds.")),
        507: (
            "disk-full",
            _("This node has no room left to store this; nothing was kept. Tell its operator, and try again later."),
        ),
    }
    if status not in known:
        status = 500 if status >= 500 else 400
    code, sentence = known.get(
        status,
        (
            "internal",
            _("Something went wrong in this node; nothing was recorded. Its operator finds the cause in the log."),
        ),
    )
    return problem(status, code, sentence)


def problem_answers(
    get_response: Callable[[HttpRequest], HttpResponseBase],
) -> Callable[[HttpRequest], HttpResponseBase]:
    """Outermost: what Django itself refuses under /api/v1 (unknown address, method, broken upload, full disk) becomes a problem too."""

    def answer(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        if response.status_code < 400 or not request.path.startswith(PREFIX):
            return response
        if response.headers.get("Content-Type", "").startswith(MEDIA_TYPE):
            return response
        with override(get_language_from_request(request)):
            told = plain(507 if getattr(request, "disk_full", False) else response.status_code)
        for name in ("Allow", "Content-Language", "Vary"):
            if name in response.headers:
                told.headers[name] = response.headers[name]
        return told

    return answer
