"""Doing what is due again and again."""

from __future__ import annotations

from datetime import date

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from lianqiao.law.duties import duties
from lianqiao.record import events
from lianqiao.record.refusal import Refused
from lianqiao.record.time import now, today
from lianqiao.registry import access, owing
from lianqiao.registry.entering import check_choice, entered
from lianqiao.registry.models import Agency, DutyDone, Person
from lianqiao.registry.subjects import subject


def discharge(duty: str, agency: Agency, due_on: date, *, note: str = "", by: Person) -> DutyDone:
    """Records that the agency has done a duty that fell due, or falls due next, on the day. By a lead of the agency, or an administrator.

    Refuses an unknown duty, a day on which the agency does not owe it ("duty-not-owed"), one that is done ("duty-done").
    """
    with transaction.atomic():
        actor = by.actor if access.leads(by, agency) else access.admin(by)
        Agency.objects.select_for_update().get(pk=agency.pk)
        check_choice("duty", duty, list(duties()))
        owed = [one for one in owing.owed(today(), [agency]) if (one.duty.code, one.due.due) == (duty, due_on)]
        if not owed:
            raise Refused(
                "duty-not-owed",
                _("%(agency)s does not owe this duty on %(due)s. Look at the list of duties."),
                status=422,
                agency=agency.label,
                due=due_on.isoformat(),
            )
        if owed[0].done is not None:
            raise Refused("duty-done", _("This duty has been done already; nothing was changed."))
        made = entered(DutyDone(agency=agency, duty=duty, due_on=due_on, by=by, done_at=now(), note=note))
        data = {"duty": duty, "agency": str(agency.pk), "due": due_on.isoformat()}
        key = f"{duty}:{agency.pk}:{due_on.isoformat()}"
        erasable = {"note": note} if note else {}
        events.append("duty", subject("duty", key), "discharge", by=actor, data=data, erasable=erasable)
    return made
