"""What every request passes before a view sees it: its body is read, and what leaves carries protective headers."""

import errno
from collections.abc import Callable
from contextlib import suppress

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.utils.translation import get_language_from_request, override
from django.utils.translation import gettext as _

from lianqiao.record import reads
from lianqiao.site.faults import page, wants_a_page

FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
Answer = Callable[[HttpRequest], HttpResponseBase]

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
    "connect-src 'self'; font-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)

PROTECTIVE = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Frame-Options": "DENY",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Cache-Control": "no-store",
}


def body_first(get_response: Answer) -> Answer:
    """Reads the body before anything asks the database, so that a body that never comes holds no connection.

    Refuses with 413 a body above LIANQIAO_BODY_BYTES; an upload may weigh LIANQIAO_FILE_BYTES more.
    """

    def answer(request: HttpRequest) -> HttpResponseBase:
        upload = request.content_type == "multipart/form-data"
        limit = settings.LIANQIAO_BODY_BYTES + (settings.LIANQIAO_FILE_BYTES if upload else 0)
        if int(request.META.get("CONTENT_LENGTH") or 0) > limit:
            return too_large(request, limit)
        try:
            if upload:
                request.FILES  # noqa: B018  parts stream to temporary files
            else:
                request.body  # noqa: B018
        except RequestDataTooBig:
            return too_large(request, limit)
        except OSError as error:
            request.disk_full = error.errno in FULL  # type: ignore[attr-defined]
            for handler in request.upload_handlers:
                with suppress(OSError):
                    handler.upload_interrupted()  # takes away what has arrived
            raise
        return get_response(request)

    return answer


def too_large(request: HttpRequest, limit: int) -> HttpResponse:
    with override(get_language_from_request(request)):
        if wants_a_page(request):
            return page(request, 413)
        sentence = _("The request is larger than the %(limit)s bytes that this node takes. Send less at once.") % {
            "limit": limit
        }
    body = {"type": "about:blank", "title": sentence, "status": 413, "code": "too-large", "detail": sentence}
    return JsonResponse(body, status=413, content_type="application/problem+json")


def visited(get_response: Answer) -> Answer:
    """Says who reads through which door, so that a look at something confidential is written down (`record.reads`)."""

    def answer(request: HttpRequest) -> HttpResponseBase:
        if request.method not in ("GET", "HEAD"):
            return get_response(request)
        door = "api" if request.path.startswith("/api/") else "page"
        with reads.visiting(reads.Visit(door, part_of(request.path), lambda: token_of(request))):
            return get_response(request)

    return answer


def part_of(path: str) -> str:
    """What is read, by its address: the part of a case behind its number, else the first word."""
    words = [word for word in path.split("/") if word and word not in ("api", "v1")]
    if "cases" not in words:
        return words[0] if words else "-"
    behind = words[words.index("cases") + 1 :]
    return behind[1] if len(behind) > 1 else "case" if behind else "cases"


def token_of(request: HttpRequest) -> str:
    return str(getattr(getattr(request, "bearer", None), "token", None) or "")


def protective_headers(get_response: Answer) -> Answer:
    """Forbids foreign scripts, framing and caching of what a node says to one person."""

    def answer(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        if home := getattr(response, "form_leads_to", ""):  # a page whose form leads back to an app says so
            policy = CONTENT_SECURITY_POLICY.replace("form-action 'self'", f"form-action 'self' {home}")
            response.headers["Content-Security-Policy"] = policy
        for name, value in PROTECTIVE.items():
            response.headers.setdefault(name, value)
        return response

    return answer
