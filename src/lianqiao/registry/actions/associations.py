"""Enterprises as members of chambers and workstations."""

from __future__ import annotations

from datetime import date

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from lianqiao.record import events
from lianqiao.record.refusal import Refused
from lianqiao.record.time import today
from lianqiao.registry import remembered
from lianqiao.registry.access import admin
from lianqiao.registry.actions.contacts import is_owner
from lianqiao.registry.entering import check_period, entered
from lianqiao.registry.models import Agency, Enterprise, EnterpriseAssociation, Person

KINDS = (Agency.Kind.FEDERATION, Agency.Kind.WORKSTATION)


def associate(
    enterprise: Enterprise, agency: Agency, *, since: date | None = None, until: date | None = None, by: Person
) -> EnterpriseAssociation:
    """Enters that the enterprise is a member of a federation, chamber or workstation, whose intake officers may from then on file for
    it and follow what is filed meanwhile.

    By an owner of the enterprise, who thereby agrees, or an administrator; never by the association, which would let itself in.
    Refuses other kinds of agency ("no-association"), a membership that is held at that time ("association-held").
    """
    with transaction.atomic():
        actor = by.actor if is_owner(enterprise, by) else admin(by)
        Enterprise.objects.select_for_update().get(pk=enterprise.pk)
        first = since or today()
        check_period(first, until)
        if agency.kind not in KINDS:
            raise Refused(
                "no-association",
                _("%(agency)s is no federation, chamber or workstation; enterprises are no members of it."),
                status=422,
                agency=agency.label,
            )
        if not agency.active:
            raise Refused("not-active", _("The person or the agency is not active any more. Choose another one."))
        held = EnterpriseAssociation.objects.filter(enterprise=enterprise, agency=agency)
        if held.filter(until__isnull=True).exists() or held.filter(until__gte=first).exists():
            raise Refused(
                "association-held",
                _("The enterprise is a member of %(agency)s already at that time. End that membership first."),
                agency=agency.label,
            )
        made = entered(EnterpriseAssociation(enterprise=enterprise, agency=agency, since=first, until=until))
        data = {
            "association": made.pk,
            "agency": str(agency.pk),
            "since": first.isoformat(),
            "until": until.isoformat() if until else "",
        }
        events.append("enterprise", enterprise.pk, "associate", by=actor, data=data)
        remembered.forget()
    return made


def end_association(association: EnterpriseAssociation, *, on: date | None = None, by: Person) -> EnterpriseAssociation:
    """Ends a membership: `on` (today if not said) is its last day; after it the association's officers no longer see the enterprise's
    cases. By an owner or an administrator. Refuses an earlier day, or one that ended ("association-ended")."""
    with transaction.atomic():
        actor = by.actor if is_owner(association.enterprise, by) else admin(by)
        Enterprise.objects.select_for_update().get(pk=association.enterprise_id)
        association.refresh_from_db()
        last = on or today()
        check_period(association.since, last)
        if association.until is not None and association.until <= last:
            raise Refused(
                "association-ended",
                _("This membership ended on %(until)s already."),
                until=association.until.isoformat(),
            )
        association.until = last
        association.save(update_fields=["until"])
        data = {"association": association.pk, "until": last.isoformat()}
        events.append("enterprise", association.enterprise_id, "end_association", by=actor, data=data)
        remembered.forget()
    return association
