"""The runner that tells: each subscription on its own line, so that a slow one holds nobody up. A crash means a second copy, never a loss.

What is due is claimed with a lease and called in a thread of its own, without the database; the next rounds of the process write down what
came of it. In a thread the messages of one subscription go in the order of the log; when nobody answers there, the rest waits.
"""

import logging
import threading
import time as ticks
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from lianqiao.record import keys, time
from lianqiao.record.algorithms import SigningKey
from lianqiao.record.followers import runner
from lianqiao.record.models import Event

from .. import posting
from ..models import Notice
from . import network, seeing, signing
from .models import Delivery, Webhook

log = logging.getLogger(__name__)

LINES = 8
"""Subscriptions that one process calls at the same time."""
BATCH = 20
LEASE = timedelta(minutes=2)
AIRTIME = 45.0
"""Seconds after which a line begins no further message: well within the lease."""
FIRST_PAUSE = timedelta(seconds=5)
LONGEST_PAUSE = timedelta(hours=3)
GIVE_UP_AFTER = timedelta(hours=72)
"""A message whose next attempt would be later than this is given up."""
PAUSE_AFTER = GIVE_UP_AFTER - LONGEST_PAUSE
"""A subscription that has taken nothing for so long is paused: before the attempts on its messages have ended."""
UNREACHED = {0, 502, 503, 504}
GONE = 410
PAUSED = "webhook_paused"


@dataclass
class Flight:
    """What one thread is to tell, and, once it is `over`, what came of it."""

    webhook: UUID
    url: str
    lease: datetime
    key: SigningKey
    messages: list[tuple[UUID, bytes]]
    answers: list[tuple[UUID, network.Answer]] = field(default_factory=list)
    over: threading.Event = field(default_factory=threading.Event)

    def fly(self) -> None:
        began = ticks.monotonic()
        try:
            for pk, content in self.messages:
                answer = network.post(self.url, content, signing.signed(self.key, self.url, content))
                self.answers.append((pk, answer))
                if answer.status in UNREACHED or ticks.monotonic() - began > AIRTIME:
                    break
        except Exception:
            log.exception("the subscription %s could not be called", self.webhook)
        finally:
            self.over.set()


_flying: list[Flight] = []


@runner("webhooks")
def deliver() -> int:
    """Write down what came of the calls that are over, and begin the next; how many. Waits for none."""
    landed = [flight for flight in _flying if flight.over.is_set()]
    for flight in landed:
        _flying.remove(flight)
        write_down(flight)
    begun = claim(LINES - len(_flying))
    for flight in begun:
        _flying.append(flight)
        threading.Thread(target=flight.fly, daemon=True).start()
    return len(landed) + len(begun)


def deliver_now() -> int:
    """The same, and wait until all that was due has been tried once. For tests."""
    done = deliver()
    for flight in _flying:
        flight.over.wait()
    return done + (deliver() if _flying else 0)


def claim(lines: int) -> list[Flight]:
    """Take up to so many subscriptions that have something to tell. What their person may no longer see is barred here, unsent."""
    now = time.now()
    if lines < 1 or not Webhook.objects.due(now).exists():
        return []  # without a transaction: on SQLite that would hold up every writer
    key, flights = keys.signing_key(), []
    with transaction.atomic():
        due = Webhook.objects.due(now).select_related("person", "agency", "enterprise")
        for webhook in due.select_for_update(skip_locked=True, of=("self",))[:lines]:
            webhook.lease_until = now + LEASE
            webhook.save(update_fields=["lease_until"])
            messages = [(one.pk, signing.body(one)) for one in _still_to_be_seen(webhook, now)]
            flights.append(Flight(webhook.pk, webhook.url, webhook.lease_until, key, messages))
    return flights


def _still_to_be_seen(webhook: Webhook, now: datetime) -> list[Delivery]:
    rows = list(webhook.deliveries.due(now).select_related("case")[:BATCH])
    found = Event.objects.filter(place__place__in=[row.place for row in rows]).select_related("sealed", "place")
    allowed = {event.place.place for event in seeing.permitted(webhook, list({row.case for row in rows}), found)}
    barred = [row.pk for row in rows if row.place not in allowed]
    webhook.deliveries.filter(pk__in=barred).update(state=Delivery.State.BARRED)
    return [row for row in rows if row.place in allowed]


@transaction.atomic
def write_down(flight: Flight) -> None:
    """What came of the calls; nothing if the subscription has ended, or if somebody else has taken it since."""
    webhook = Webhook.objects.select_for_update(of=("self",)).select_related("person").filter(pk=flight.webhook).first()
    if webhook is None or webhook.lease_until != flight.lease:
        return
    rows = webhook.deliveries.select_for_update(of=("self",)).in_bulk([pk for pk, _answer in flight.answers])
    now = time.now()
    for pk, answer in flight.answers:
        if (row := rows.get(pk)) and row.state == Delivery.State.WAITING:
            _judge(webhook, row, answer, now)
    Delivery.objects.bulk_update(
        rows.values(), ["state", "attempts", "next_attempt_at", "delivered_at", "last_status", "last_error"]
    )
    webhook.lease_until = None
    webhook.save()
    gone = any(answer.status == GONE for _pk, answer in flight.answers)
    failing = webhook.failing_since is not None and now - webhook.failing_since >= PAUSE_AFTER
    if webhook.state == Webhook.State.ACTIVE and (gone or failing):
        pause(webhook)


def _judge(webhook: Webhook, row: Delivery, answer: network.Answer, now: datetime) -> None:
    row.attempts, row.last_status = row.attempts + 1, answer.status or None
    row.last_error = answer.error
    if 200 <= answer.status < 300:
        row.state, row.delivered_at = Delivery.State.DELIVERED, now
        webhook.failures, webhook.failing_since, webhook.rest_until, webhook.last_error = 0, None, None, ""
        return
    if 300 <= answer.status < 400:
        row.last_error = "redirects are not followed"
    row.next_attempt_at = now + _pause_after(row.attempts)
    if row.next_attempt_at - row.began_at > GIVE_UP_AFTER:
        row.state = Delivery.State.GIVEN_UP
    webhook.failures += 1
    webhook.failing_since = webhook.failing_since or now
    webhook.last_error = (row.last_error or f"HTTP {answer.status}")[:300]
    if answer.status in UNREACHED:
        webhook.rest_until = now + _pause_after(webhook.failures)


def _pause_after(attempts: int) -> timedelta:
    doubled: int = 2 ** min(attempts - 1, 20)
    return min(FIRST_PAUSE * doubled, LONGEST_PAUSE)


def pause(webhook: Webhook) -> None:
    """Call the address no more until its owner says so, and tell them."""
    webhook.state, webhook.paused_at = Webhook.State.PAUSED, time.now()
    webhook.save(update_fields=["state", "paused_at"])
    webhook.deliveries.filter(state=Delivery.State.WAITING).update(state=Delivery.State.HELD)
    notice = Notice.objects.create(person=webhook.person, webhook=webhook, verb=PAUSED, created_at=time.now())
    posting.post(Notice.objects.filter(pk=notice.pk))
