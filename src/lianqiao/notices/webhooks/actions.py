"""Subscribe an address, end that, wake it after a pause, send again what was to be told."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from lianqiao.cases import flow, keys
from lianqiao.record import events, time
from lianqiao.record.refusal import Refused
from lianqiao.registry.models import Agency, Enterprise, Person

from . import network
from .models import Delivery, Webhook

MOST = 10
KEPT = timedelta(days=30)
SUBJECT = "webhook"
Scope = Webhook.Scope


def subscribe(
    url: str, *, by: Person, verbs: Sequence[str] = (), enterprise: UUID | None = None, agency: str = ""
) -> Webhook:
    """Have what happens to the person's cases told at an address, from now on: of all that they may see, of one enterprise, or of one agency.

    Refused: an address that may not be called, an unknown verb, an enterprise or agency that is not the person's, more than ten
    subscriptions of one person.
    """
    told = network.checked(url)
    unknown = sorted(set(verbs) - flow.VERBS.keys())
    if unknown:
        raise Refused("unknown-verb", _("There is no verb %(verbs)s."), status=422, verbs=", ".join(unknown)[:200])
    if enterprise and agency:
        raise Refused("webhook-scope", _("Name an enterprise or an agency, not both."), status=422)
    one = _enterprise(enterprise, by) if enterprise else None
    other = _agency(agency, by) if agency else None
    with transaction.atomic():
        Person.objects.select_for_update().get(pk=by.pk)
        if Webhook.objects.of(by).count() >= MOST:
            raise Refused("too-many-webhooks", _("You have %(most)s subscriptions. End one of them first."), most=MOST)
        scope = Scope.ENTERPRISE if one else Scope.AGENCY if other else Scope.ALL
        webhook = Webhook.objects.create(
            person=by,
            url=told,
            verbs=sorted(set(verbs)),
            scope=scope,
            enterprise=one,
            agency=other,
            created_at=time.now(),
        )
        data = {"scope": str(scope), "verbs": webhook.verbs, "enterprise": str(enterprise or ""), "agency": agency}
        events.append(SUBJECT, webhook.pk, "subscribe", by=by.actor, data=data, erasable={"url": told})
    return webhook


def _enterprise(enterprise: UUID, by: Person) -> Enterprise:
    found = Enterprise.objects.filter(pk=enterprise).first() if enterprise in keys.enterprise_ids_of(by) else None
    if found is None:
        raise Refused("not-your-enterprise", _("You stand for no such enterprise."), status=422)
    return found


def _agency(code: str, by: Person) -> Agency:
    found = next((held.agency for held in keys.memberships_of(by) if held.agency.code == code), None)
    if found is None:
        raise Refused("not-your-agency", _("You have no role in an agency with this code."), status=422)
    return found


def unsubscribe(webhook_id: UUID, *, by: Person) -> None:
    """End a subscription; what it had still to tell is forgotten. Refused: one of somebody else."""
    with transaction.atomic():
        webhook = own(webhook_id, by)
        events.append(SUBJECT, webhook.pk, "unsubscribe", by=by.actor, data={})
        webhook.delete()


def resume(webhook_id: UUID, *, by: Person) -> Webhook:
    """Call a paused address again. What was held meanwhile stays so until it is resent. Refused: one that is not paused."""
    with transaction.atomic():
        webhook = own(webhook_id, by)
        if webhook.state != Webhook.State.PAUSED:
            raise Refused("not-paused", _("This subscription is not paused."))
        webhook.state, webhook.paused_at = Webhook.State.ACTIVE, None
        webhook.failures, webhook.failing_since, webhook.rest_until, webhook.last_error = 0, None, None, ""
        webhook.save()
    return webhook


def resend(
    webhook_id: UUID, *, by: Person, delivery: UUID | None = None, first: int | None = None, last: int | None = None
) -> int:
    """Send again, with the same ids: one delivery, or all from one place of the log to another; how many. Also what was delivered, given up
    or held. What the person may no longer see is not sent. Refused: a paused subscription, a delivery that is not there."""
    with transaction.atomic():
        webhook = own(webhook_id, by)
        if webhook.state != Webhook.State.ACTIVE:
            raise Refused("paused", _("This subscription is paused. Resume it first."))
        if (delivery is None) == (first is None):
            raise Refused(
                "resend-what", _("Name one delivery, or the first and the last place of a range."), status=422
            )
        rows = webhook.deliveries.all()
        rows = rows.filter(pk=delivery) if delivery else rows.filter(place__gte=first, place__lte=last or 2**62)
        now = time.now()
        count = rows.update(
            state=Delivery.State.WAITING,
            attempts=0,
            began_at=now,
            next_attempt_at=now,
            delivered_at=None,
            last_error="",
        )
        if not count:
            raise Refused("unknown-delivery", _("There is nothing of this kind to send again."), status=404)
        webhook.rest_until = None
        webhook.save(update_fields=["rest_until"])
    return count


def own(webhook_id: UUID, by: Person) -> Webhook:
    """The person's own subscription, locked. Refused: any other (404)."""
    found = Webhook.objects.of(by).select_for_update(of=("self",)).filter(pk=webhook_id).first()
    if found is None:
        raise unknown_webhook()
    return found


def unknown_webhook() -> Refused:
    return Refused("unknown-webhook", _("There is no such subscription among yours."), status=404)


def forget_old() -> int:
    """Forget what was to be told thirty days ago; how much it was."""
    rows = Delivery.objects.filter(occurred_at__lt=time.now() - KEPT).exclude(state=Delivery.State.WAITING)
    count, _tables = rows.delete()
    return count
