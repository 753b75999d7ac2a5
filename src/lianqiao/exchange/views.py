"""The addresses of the exchange. Every answer is signed, refusals too: what ends a parcel must come from the peer itself."""

import json
from collections.abc import Callable
from time import monotonic
from typing import Any

from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from lianqiao.record.refusal import Refused
from lianqiao.record.time import now, stamp

from . import alarms, attachments, checkpoints, door, inventory, parcels, peers, signing, wire

Reply = tuple[int, dict[str, Any]]
RETRY_AFTER = "2"
_noted: dict[str, float] = {}
ASKING = "lianqiao.our_kid"  # which of our keys the asking peer knows


def answered(view: Callable[..., Reply]) -> Callable[..., HttpResponse]:
    """Turns what a view returns or refuses into a signed answer; a database that cannot write is "busy"."""

    def answer(request: HttpRequest, **kwargs: Any) -> HttpResponse:
        try:
            status, value = view(request, **kwargs)
            return signed(request, status, value, wire.JSON_TYPE)
        except Refused as refused:
            return refusal(request, refused)
        except DatabaseError:
            return refusal(request, wire.refuse("busy"))

    return answer


def refusal(request: HttpRequest, refused: Refused) -> HttpResponse:
    """The refusal as problem+json, with the node's own time, so that a peer whose clock is wrong can see it."""
    final = wire.is_final(refused.code)
    value = {
        "type": "about:blank", "title": str(refused), "status": refused.status, "detail": str(refused),
        "code": refused.code, "final": final, "now": stamp(now()),
        "params": {name: value for name, value in refused.params.items() if isinstance(value, str | int)},
    }  # fmt: skip
    if refused.status == 401 and final:
        note_intruder(refused.code)
    response = signed(request, refused.status, value, wire.PROBLEM_TYPE)
    if refused.status == 503:
        response["Retry-After"] = RETRY_AFTER
    return response


def note_intruder(code: str) -> None:
    """Notes what was turned away in one alarm per code, at most once a second, so that noise at the door costs no writes.

    A database that cannot write does not change the answer.
    """
    if monotonic() - _noted.get(code, -1.0) < 1:
        return
    _noted[code] = monotonic()
    try:
        alarms.raise_alarm("intruder", subject=code, code=code)
    except DatabaseError:
        return


def signed(request: HttpRequest, status: int, value: dict[str, Any], content_type: str) -> HttpResponse:
    """An answer with the signature of this node, which covers the signature of the request."""
    body = json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
    response = HttpResponse(body, status=status, content_type=content_type)
    fields = signing.sign_answer(
        peers.our_key(request.META.get(ASKING, "")), status, body, content_type, method=request.method or "", path=request.get_full_path(),
        asked=request.headers,
    )  # fmt: skip
    for name, text in fields.items():
        response[name] = text
    return response


def visit(request: HttpRequest) -> door.Visit:
    """Lets a signed request in, or refuses it."""
    came = door.admit(request.method or "", request.get_full_path(), request.headers, request.body)
    request.META[ASKING] = came.peer.our_kid
    return came


@csrf_exempt
@require_http_methods(["POST"])
@answered
def receive(request: HttpRequest) -> Reply:
    """Takes in one parcel: 202 when it is new, 200 when it is here already, both with the same proof of receipt."""
    parcel, new = door.store(visit(request), request.body)
    return (202 if new else 200), door.acknowledgement(parcel)


@require_http_methods(["GET"])
@answered
def outbox(request: HttpRequest) -> Reply:
    """The parcels for the asking peer behind a place, delivered or not, each as the request that would deliver it."""
    peer = visit(request).peer
    page = parcels.outbox_after(peer, parcels.Place.parse(request.GET.get("after", "")))
    return 200, {"parcels": [inventory.deliverable(peer, parcel) for parcel in page], "last": not page}


@require_http_methods(["GET"])
@answered
def inbox(request: HttpRequest) -> Reply:
    """The asking peer's own parcels, as this node stored them with its signatures: for a node that lost them. It tells its new `epoch`,
    so that a copy of what it has lost, late on the line, is not taken for its word any more."""
    peer = visit(request).peer
    if (present := request.GET.get("epoch", "")).isdecimal() and len(present) < 10:
        peers.wrote_in(peer, int(present))
    page = inventory.inbox_after(peer, parcels.Place.parse(request.GET.get("after", "")))
    return 200, {"parcels": [inventory.stored(parcel) for parcel in page], "last": not page}


@require_http_methods(["GET"])
@answered
def holdings(request: HttpRequest) -> Reply:
    """What this node holds that concerns the asking peer: dossiers with tenure and holder, offers, the last checkpoint."""
    return 200, inventory.of(visit(request).peer, request.GET.get("after", ""))


@require_http_methods(["GET"])
@answered
def card(request: HttpRequest) -> Reply:
    """Who this node is: code, names, address, keys, algorithms, epoch. For everybody; trust is given by hand."""
    return 200, peers.card()


@csrf_exempt
@require_http_methods(["POST"])
@answered
def cosign(request: HttpRequest) -> Reply:
    """Checks a peer's checkpoint against the last one and returns the cosignature."""
    return 200, checkpoints.cosign(visit(request).peer, request.body)


@require_http_methods(["GET"])
def attachment(request: HttpRequest, identity: Any) -> HttpResponseBase:
    """The bytes of a file that was shared with the asking peer by a clause."""
    try:
        return attachments.answer(visit(request).peer, identity)
    except Refused as refused:
        return refusal(request, refused)
    except DatabaseError:
        return refusal(request, wire.refuse("busy"))
