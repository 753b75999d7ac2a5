"""Whom to reach at an enterprise."""

from __future__ import annotations

from datetime import date

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from lianqiao.record import events
from lianqiao.record.actors import Actor
from lianqiao.record.refusal import Refused
from lianqiao.record.time import today
from lianqiao.registry.access import enterer
from lianqiao.registry.entering import check_period, checked, entered
from lianqiao.registry.models import Contact, Enterprise, EnterpriseMember, Person


def add_contact(
    enterprise: Enterprise, *, name: str, position: str = "", phone: str = "", email: str = "", by: Person
) -> Contact:
    """Enters whom to reach, from today, by an owner of the enterprise, an administrator or an intake officer. All words are erasable
    values. Refuses a contact without telephone and e-mail ("contact-empty")."""
    with transaction.atomic():
        actor = speaker(enterprise, by)
        Enterprise.objects.select_for_update().get(pk=enterprise.pk)
        if not phone and not email:
            raise Refused("contact-empty", _("Give a telephone number or an e-mail address."), status=422)
        contact = entered(
            Contact(enterprise=enterprise, name=name, position=position, phone=phone, email=email, since=today())
        )
        erasable = {k: v for k in ("name", "position", "phone", "email") if (v := getattr(contact, k))}
        event = events.append(
            "enterprise", enterprise.pk, "add_contact", by=actor, data={"contact": contact.pk}, erasable=erasable
        )
        contact.event = event.digest
        checked(contact).save(update_fields=["event"])
    return contact


def end_contact(contact: Contact, *, on: date | None = None, by: Person) -> Contact:
    """Ends a contact: `on` (today if not said) is its last day. Refuses an earlier day, or one that ended ("contact-ended")."""
    with transaction.atomic():
        actor = speaker(contact.enterprise, by)
        Enterprise.objects.select_for_update().get(pk=contact.enterprise_id)
        contact.refresh_from_db()
        last = on or today()
        check_period(contact.since, last)
        if contact.until is not None and contact.until <= last:
            raise Refused(
                "contact-ended", _("This contact ended on %(until)s already."), until=contact.until.isoformat()
            )
        contact.until = last
        contact.save(update_fields=["until"])
        data = {"contact": contact.pk, "until": last.isoformat()}
        events.append("enterprise", contact.enterprise_id, "end_contact", by=actor, data=data)
    return contact


def speaker(enterprise: Enterprise, by: Person) -> Actor:
    """An owner of the enterprise as the record names one, or who may enter enterprises for others; refuses anybody else."""
    return by.actor if is_owner(enterprise, by) else enterer(by)


def is_owner(enterprise: Enterprise, by: Person) -> bool:
    """Whether the person is today an owner or principal of the enterprise, or of a row that is merged with it."""
    links = EnterpriseMember.objects.active(today()).for_enterprises([enterprise])
    return links.filter(person=by, capacity=EnterpriseMember.Capacity.OWNER).exists()
