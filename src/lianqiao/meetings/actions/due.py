"""The completion date of a line: the agency that answers for its case and the supervisor are reminded of it, on the days on which that agency is reminded
of limits. The date is the meeting's own (decision 24): it stops no clock of the case and starts none."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from lianqiao.cases import flow
from lianqiao.cases.models import Case
from lianqiao.notices import kinds, posting, reminding
from lianqiao.notices.kinds import Words
from lianqiao.record import time
from lianqiao.record.followers import runner
from lianqiao.record.models import Event
from lianqiao.registry import lawbook
from lianqiao.registry.models import Membership, Person

from ..models import Line
from .inviting import officers

LINE = "line"
ANSWERING = (Membership.Role.HANDLER, Membership.Role.LEAD)
BATCH = 100
WORDS = {
    "line_near": Words(_("A completion date is near"), _("The completion date that a meeting has set for a matter of yours is near.")),
    "line_ends": Words(_("A completion date is today"), _("The completion date that a meeting has set for a matter of yours is today.")),
    "line_passed": Words(
        _("A completion date has passed"), _("The completion date that a meeting has set for a matter of yours has passed, and it is not concluded.")
    ),
}  # fmt: skip


def lines_of(person: Person) -> Any:
    return Line.objects.filter(case__in=Case.objects.visible_to(person).values("pk")).values("pk")


kinds.declare(LINE, kinds.Kind(WORDS, lines_of, lambda pk: f"/meetings/lines/{pk}", lambda pk: f"/meetings/lines/{pk}"))


@runner("meeting-lines")
def remind() -> int:
    """Look once a day through the open lines that are due in the next weeks or were due; how many were looked at."""
    today = time.today()
    near = Q(due_on__gte=today - timedelta(days=45), due_on__lte=today + timedelta(days=45))
    waiting = Line.objects.filter(near, case__state__in=flow.OPEN).exclude(looked_on=today)
    due = list(waiting.order_by("pk").values_list("pk", flat=True)[:BATCH])
    if not due:
        return 0  # without a transaction: on SQLite that would hold up every writer
    with transaction.atomic():
        rows = waiting.filter(pk__in=due).select_related("case__agency", "supervisor")
        for line in rows.select_for_update(of=("self",)):
            _remind(line)
            line.looked_on = today
            line.save(update_fields=["looked_on"])
    return len(due)


def _remind(line: Line) -> None:
    assert line.case is not None
    assert line.due_on is not None
    agency, today = line.case.agency, time.today()
    calendar = lawbook.book().calendar(agency.region_id)
    on = {stage: reminding.day_of(line.due_on, stage, calendar) for stage in reminding.days_for(agency.code)}
    come = [stage for stage, day in on.items() if time.day_of(line.written_at) < day <= today]
    if not come or today - on[min(come)] > timedelta(days=reminding.LATE):
        return
    verb = "line_near" if line.due_on > today else "line_ends" if line.due_on == today else "line_passed"
    people = {one.pk: one for one in officers(agency, ANSWERING)}
    if line.supervisor:
        people[line.supervisor.pk] = line.supervisor
    posting.tell(LINE, line.pk, verb, event=_set_by(line), days=min(come), people=people.values())


def _set_by(line: Line) -> int:
    """The event that set the date: entering the line, or giving it more time."""
    told = Event.objects.filter(subject_kind="meeting", subject=line.meeting_id, verb__in=("enter", "extend"))
    return max(event.number for event in told if UUID(str(event.data["line"])) == line.pk)
