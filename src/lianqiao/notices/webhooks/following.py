"""The follower that writes, in the order of the log, which event is to be told to which subscription."""

from collections.abc import Sequence

from lianqiao.cases import flow
from lianqiao.cases.models import Case
from lianqiao.record import time
from lianqiao.record.followers import follower
from lianqiao.record.models import Event

from . import seeing
from .models import Delivery, Webhook


def concerns(event: Event) -> bool:
    return event.subject_kind == "case" and event.verb in flow.VERBS


@follower("webhooks", wants=concerns)
def follow(batch: Sequence[Event]) -> None:
    """One row per event and subscription. While a subscription is paused its rows are held: they can be resent by hand."""
    about = list(filter(concerns, batch))
    if not about:
        return
    webhooks = list(Webhook.objects.select_related("person", "agency", "enterprise"))
    if not webhooks:
        return
    cases = {case.uid: case for case in Case.objects.filter(uid__in={event.subject for event in about})}
    now = time.now()
    for webhook in webhooks:
        since = [event for event in about if event.recorded_at >= webhook.created_at and event.subject in cases]
        state = Delivery.State.WAITING if webhook.state == Webhook.State.ACTIVE else Delivery.State.HELD
        Delivery.objects.bulk_create(
            (
                Delivery(
                    webhook=webhook,
                    case=cases[event.subject],
                    event=event.number,
                    verb=event.verb,
                    place=event.place.place,
                    occurred_at=event.recorded_at,
                    state=state,
                    began_at=now,
                    next_attempt_at=now,
                )
                for event in seeing.permitted(webhook, [cases[uid] for uid in {one.subject for one in since}], since)
            ),
            ignore_conflicts=True,
        )
