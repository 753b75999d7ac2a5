"""How people want to be told, when agencies are reminded, and the secret address of a calendar. Each choice is an event."""

import secrets
from collections.abc import Sequence

from django.db import transaction
from django.utils.translation import gettext as _

from lianqiao.record import events, nodes, time
from lianqiao.record.actors import Actor
from lianqiao.record.refusal import Refused
from lianqiao.registry.access import admin
from lianqiao.registry.entering import check_choice, wrong_field
from lianqiao.registry.models import Agency, Membership, Person
from lianqiao.registry.tokens import fingerprint

from . import hours, posting
from .models import CalendarFeed, Mail, Preference, ReminderDays

FARTHEST, MOST = 30, 8
"""Working days before or after a limit, and how many reminders of one limit."""


def choose(person: Person, *, mail: str, hour: int, quiet_from: int, quiet_until: int, by: Person) -> Preference:
    """How the person is told by mail, from now on; what waits is not sent later than it would have been. By the person or an administrator.

    Refuses an unknown way ("choice-unknown") and an hour that is none ("field-wrong").
    """
    check_choice("mail", mail, Preference.Mail.values)
    for field, value in (("hour", hour), ("quiet_from", quiet_from), ("quiet_until", quiet_until)):
        if not 0 <= value <= 23:
            raise wrong_field(field, str(_("it must be an hour from 0 to 23")))
    with transaction.atomic():
        actor = _own_or_admin(person, by)
        Person.objects.select_for_update().get(pk=person.pk)
        told = {"mail": mail, "hour": hour, "quiet_from": quiet_from, "quiet_until": quiet_until}
        chosen, _new = Preference.objects.update_or_create(person=person, defaults=told)
        events.append("person", person.pk, "choose_notices", by=actor, data=told)
        _retime(chosen)
    return chosen


def _retime(wish: Preference) -> None:
    """What waits for its hour and was not tried yet comes at the new one, if that is earlier; what is not wanted any more is dropped."""
    now = time.now()
    waiting = Mail.objects.filter(
        notice__person=wish.person_id, state=Mail.State.WAITING, attempts=0, lease_until__isnull=True
    )
    waiting.filter(next_attempt_at__gt=hours.send_at(wish, now)).update(next_attempt_at=hours.send_at(wish, now))
    if wish.mail == Preference.Mail.REQUIRED:
        waiting.exclude(notice__verb__in=posting.DEMANDED).update(state=Mail.State.DROPPED)


def remind_on(days: Sequence[int], *, agency: Agency | None = None, by: Person) -> ReminderDays:
    """On how many working days before a limit (0: on its last day, negative: after it) an agency is reminded; without agency the rule of the
    node, for all agencies that have none of their own. For an agency by one of its leads or an administrator, for the node by an administrator.

    Refuses more than eight reminders of one limit, and days more than 30 away ("field-wrong").
    """
    wanted = sorted(set(days), reverse=True)
    if len(wanted) > MOST or any(abs(day) > FARTHEST for day in wanted):
        raise wrong_field(
            "days", _("at most %(most)s days, from %(far)s before to %(far)s after") % {"most": MOST, "far": FARTHEST}
        )
    with transaction.atomic():
        code = agency.code if agency else ""
        actor = by.actor if agency and _leads(agency, by) else admin(by)
        kind, subject = ("agency", agency.pk) if agency else ("node", nodes.subject(nodes.this_node().code))
        events.append(kind, subject, "remind_on", by=actor, data={"agency": code, "days": wanted})
        rule, _new = ReminderDays.objects.update_or_create(agency=code, defaults={"days": wanted})
    return rule


def open_calendar(person: Person) -> str:
    """A new secret address for the person's limits, shown this once; the one before it leads nowhere from now on."""
    secret = secrets.token_urlsafe(32)
    with transaction.atomic():
        Person.objects.select_for_update().get(pk=person.pk)
        made = {"digest": fingerprint(secret), "created_at": time.now()}
        CalendarFeed.objects.update_or_create(person=person, defaults=made)
        events.append("person", person.pk, "open_calendar", by=person.actor, data={})
    return secret


def close_calendar(person: Person, *, by: Person) -> None:
    """The secret address leads nowhere from now on. By the person or an administrator. Refuses where there is none ("no-calendar")."""
    with transaction.atomic():
        actor = _own_or_admin(person, by)
        Person.objects.select_for_update().get(pk=person.pk)
        ended, _rows = CalendarFeed.objects.filter(person=person).delete()
        if not ended:
            raise Refused("no-calendar", _("There is no calendar address that could be ended."), status=404)
        events.append("person", person.pk, "close_calendar", by=actor, data={})


def _own_or_admin(person: Person, by: Person) -> Actor:
    return by.actor if by.pk == person.pk else admin(by)


def _leads(agency: Agency, by: Person) -> bool:
    return Membership.objects.active(time.today()).filter(person=by, agency=agency, role=Membership.Role.LEAD).exists()
