"""The JSON API of webhooks: subscribe, look, resume, resend, end. Mounted by the API of the room."""

from typing import Any, Literal
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_noop
from ninja import Query, Router
from pydantic import BaseModel, ConfigDict, Field

from lianqiao.record import time
from lianqiao.registry.door import acting, person_of, reading

from . import actions
from .models import Delivery, Webhook

router = Router()
TAGS = ["webhooks"]
PREFIX = "/api/v1"


class Subscription(BaseModel):
    """Where to tell what."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)

    url: str = Field(max_length=500, description="https address that takes a POST; one public address, no redirects.")
    verbs: list[str] = Field([], max_length=100, description="Verbs to be told of; all when empty.")
    enterprise: UUID | None = Field(None, description="Only cases of this enterprise, for which you stand.")
    agency: str = Field("", max_length=64, description="Only cases of this agency, in which you have a role.")


class WebhookRow(BaseModel):
    """A subscription and how it fares."""

    id: str
    url: str
    verbs: list[str]
    scope: str = Field(description="all, enterprise or agency.")
    enterprise: str | None
    agency: str | None
    state: str = Field(description="active or paused.")
    created_at: str
    failing_since: str | None = Field(description="Since when every attempt has failed.")
    paused_at: str | None
    last_error: str
    waiting: int = Field(description="Deliveries that wait; at most 1000.")


class Webhooks(BaseModel):
    webhooks: list[WebhookRow]


class DeliveryRow(BaseModel):
    """One event that was or is to be told; `id` is the id of the message."""

    id: str
    case: str
    verb: str
    event: int
    place: int
    state: str = Field(description="waiting, delivered, given_up, held (while paused) or barred.")
    attempts: int
    occurred_at: str
    next_attempt_at: str | None
    delivered_at: str | None
    last_status: int | None
    last_error: str


class Deliveries(BaseModel):
    deliveries: list[DeliveryRow]
    next: str | None = Field(description="Address of the next page; null on the last one.")


class DeliveriesWanted(BaseModel):
    before: int | None = Field(None, ge=1, le=2**62, description="Place of the last delivery of the page before.")
    state: Literal["waiting", "delivered", "given_up", "held", "barred"] | None = None
    limit: int = Field(50, ge=1, le=200)


class Again(BaseModel):
    """What is to be sent again: one delivery, or a range of places of the log."""

    model_config = ConfigDict(extra="forbid")

    delivery: UUID | None = None
    first: int | None = Field(None, ge=1, le=2**62, description="First place of the range.")
    last: int | None = Field(None, ge=1, le=2**62, description="Last place of the range; to the newest if not said.")


class Resent(BaseModel):
    resent: int


EXAMPLE = {"url": "https://app.example.org/lianqiao", "verbs": ["accept", "request_correction", "deliver"]}


def body(example: dict[str, Any]) -> dict[str, Any]:
    return {"requestBody": {"content": {"application/json": {"example": example}}}}


@router.post(
    "/webhooks",
    auth=acting,
    tags=TAGS,
    response={201: WebhookRow},
    operation_id="subscribe",
    summary=gettext_noop("Subscribe an address"),
    openapi_extra=body(EXAMPLE),
)
def subscribe(request: HttpRequest, response: HttpResponse, wanted: Subscription) -> object:
    """Have what happens from now on to the cases that you may see told at an address, signed by this node. It is told no more than you may see
    at that moment; messages hold the number and the verb, nothing of the matter."""
    made = actions.subscribe(
        wanted.url, by=person_of(request), verbs=wanted.verbs, enterprise=wanted.enterprise, agency=wanted.agency
    )
    response["Location"] = f"{PREFIX}/webhooks/{made.pk}"
    return row(made)


@router.get("/webhooks", auth=reading, tags=TAGS, response=Webhooks, summary=gettext_noop("List one's subscriptions"))
def list_webhooks(request: HttpRequest) -> object:
    """The person's own subscriptions, at most ten."""
    return {"webhooks": [row(webhook) for webhook in of(request)]}


@router.get(
    "/webhooks/{uuid:webhook}",
    auth=reading,
    tags=TAGS,
    response=WebhookRow,
    summary=gettext_noop("See how a subscription fares"),
)
def read_webhook(request: HttpRequest, webhook: UUID) -> object:
    """One subscription of the person's own."""
    return row(one(request, webhook))


@router.delete(
    "/webhooks/{uuid:webhook}", auth=acting, tags=TAGS, response={204: None}, summary=gettext_noop("End a subscription")
)
def unsubscribe(request: HttpRequest, webhook: UUID) -> object:
    """Tell nothing there any more; what waits is forgotten."""
    actions.unsubscribe(webhook, by=person_of(request))
    return None


@router.post(
    "/webhooks/{uuid:webhook}/resume",
    auth=acting,
    tags=TAGS,
    response=WebhookRow,
    summary=gettext_noop("Resume a subscription"),
)
def resume(request: HttpRequest, webhook: UUID) -> object:
    """Call the address again after a pause. What was held meanwhile is sent when you resend it."""
    return row(actions.resume(webhook, by=person_of(request)))


@router.get(
    "/webhooks/{uuid:webhook}/deliveries",
    auth=reading,
    tags=TAGS,
    response=Deliveries,
    summary=gettext_noop("List what was to be told"),
)
def list_deliveries(request: HttpRequest, webhook: UUID, wanted: Query[DeliveriesWanted]) -> object:
    """What was and is to be told there, newest first, page by page, for thirty days; of cases that you may still see."""
    held = one(request, webhook)
    found = held.deliveries.readable_by(person_of(request)).select_related("case").order_by("-place")
    if wanted.state:
        found = found.filter(state=wanted.state)
    if wanted.before:
        found = found.filter(place__lt=wanted.before)
    page = list(found[: wanted.limit + 1])
    more = len(page) > wanted.limit
    page = page[: wanted.limit]
    state = f"&state={wanted.state}" if wanted.state else ""
    address = f"{PREFIX}/webhooks/{webhook}/deliveries"
    following = f"{address}?before={page[-1].place}&limit={wanted.limit}{state}" if more else None
    return {"deliveries": [told(delivery) for delivery in page], "next": following}


@router.post(
    "/webhooks/{uuid:webhook}/resend",
    auth=acting,
    tags=TAGS,
    response=Resent,
    summary=gettext_noop("Send again"),
    openapi_extra=body({"first": 1, "last": 500}),
)
def resend(request: HttpRequest, webhook: UUID, again: Again) -> object:
    """Send one delivery or a range again, with the same ids, also what was delivered before."""
    count = actions.resend(webhook, by=person_of(request), delivery=again.delivery, first=again.first, last=again.last)
    return {"resent": count}


def of(request: HttpRequest) -> Any:
    return Webhook.objects.of(person_of(request)).select_related("agency")


def one(request: HttpRequest, webhook: UUID) -> Webhook:
    found: Webhook | None = of(request).filter(pk=webhook).first()
    if found is None:
        raise actions.unknown_webhook()
    return found


def row(webhook: Webhook) -> dict[str, Any]:
    waiting = webhook.deliveries.filter(state=Delivery.State.WAITING)[:1000]
    return {
        "id": str(webhook.pk), "url": webhook.url, "verbs": webhook.verbs, "scope": webhook.scope, "state": webhook.state,
        "enterprise": str(webhook.enterprise_id) if webhook.enterprise_id else None,
        "agency": webhook.agency.code if webhook.agency else None, "created_at": time.stamp(webhook.created_at),
        "failing_since": time.stamp(webhook.failing_since) if webhook.failing_since else None,
        "paused_at": time.stamp(webhook.paused_at) if webhook.paused_at else None,
        "last_error": webhook.last_error, "waiting": waiting.count(),
    }  # fmt: skip


def told(delivery: Delivery) -> dict[str, Any]:
    waiting = delivery.state == Delivery.State.WAITING
    return {
        "id": str(delivery.pk), "case": delivery.case.number, "verb": delivery.verb, "event": delivery.event,
        "place": delivery.place, "state": delivery.state, "attempts": delivery.attempts,
        "occurred_at": time.stamp(delivery.occurred_at),
        "next_attempt_at": time.stamp(delivery.next_attempt_at) if waiting else None,
        "delivered_at": time.stamp(delivery.delivered_at) if delivery.delivered_at else None,
        "last_status": delivery.last_status, "last_error": delivery.last_error,
    }  # fmt: skip
