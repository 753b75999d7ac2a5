"""A line of the minutes becomes a case, is settled on the spot, supervised, given more time, confirmed by the enterprise.

The case is filed at the secretariat and moved by its own verbs alone, so that whatever holds for a case holds for a line: hand-over to another
region (`offer`), opinion, question, conclusion with its proof.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db import transaction
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from lianqiao.cases import access as cases_access
from lianqiao.cases import flow
from lianqiao.cases.actions import ACTIONS, intake
from lianqiao.cases.models import Case
from lianqiao.record import time
from lianqiao.record.models import Event
from lianqiao.record.refusal import Refused
from lianqiao.registry.models import Agency, Enterprise, Person

from ..access import refuse_stranger, refuse_who_does_not_preside
from ..models import Line, Meeting
from .recording import locked, record, words

PROGRAMME = "roundtable"
ON_THE_SPOT = "on-the-spot"
LONGEST = 366
"""Days after the meeting within which a line is to be done."""
Stage = Meeting.Stage


def enter(
    line: Line,
    *,
    by: Person,
    enterprise: Enterprise | None = None,
    case: str = "",
    agency: Agency | None = None,
    co_agencies: Sequence[Agency] = (),
    category: str = "other",
    programme: str = PROGRAMME,
    measure: str = "",
    follow_up: str = "",
    supervisor: Person | None = None,
    due_on: date | None = None,
) -> Line:
    """Enter a typed line in the ledger: it becomes a case of the enterprise, filed at the secretariat and assigned to the lead agency, or it is
    said of which `case` it is a part.

    `programme`: another one for a line that the other region shall take over under a clause for that programme (`offer`). `due_on`: the
    completion date that the meeting has set. The co-agencies have their task and the same day. Where who enters may supervise, the letter of
    supervision goes out with that day; else whoever supervises sends it (`take_charge`). Refused: no enterprise and no case; a date that has
    passed; a line that is a case already; whatever the case's own verbs refuse.
    """
    refuse_stranger(by, line.meeting.series.body)
    with transaction.atomic():
        held, line = _locked(line)
        if line.case is not None:
            raise Refused(
                "entered-already", _("This line is case %(number)s already."), status=409, number=line.case.number
            )
        if due_on and not 0 <= (due_on - time.today()).days <= LONGEST:
            raise Refused("wrong-date", _("Enter a completion date from today on, within a year."), status=422)
        line.measure = words(measure, empty=True) or line.measure
        line.follow_up, line.supervisor = words(follow_up, empty=True), supervisor
        line.due_on, line.agency = due_on, agency or line.agency
        line.case = _known(case, by) if case else _filed(held, line, enterprise, category, by, programme)
        line.save()
        line.co_agencies.set(co_agencies)
        stated = {
            "line": str(line.pk), "case": str(line.case.uid), "new": not case, "due_on": due_on.isoformat() if due_on else "",
            "agency": line.agency.code if line.agency else "", "co_agencies": sorted(one.code for one in co_agencies),
            "supervisor": str(supervisor.pk) if supervisor else "",
        }  # fmt: skip
        record("meeting", held.pk, "enter", by, stated, measure=line.measure, follow_up=line.follow_up)
        if not case:
            _assign(line, held, co_agencies, by)
        if due_on and cases_access.refusal(_again(line), "supervise", by) is None:
            _letter(line, by)
    return line


def settle(
    line: Line, *, by: Person, undertaken: str, enterprise: Enterprise | None = None, category: str = "other"
) -> Line:
    """Settled on the spot: who undertook what. The case is concluded with that ground at once where who writes may conclude, else when the chair
    confirms the minutes (`conclude_settled`).

    Refused: no enterprise; who may not file in the secretariat; settled already.
    """
    refuse_stranger(by, line.meeting.series.body)
    with transaction.atomic():
        held, line = _locked(line, Stage.OPEN)
        if line.undertaken:
            raise Refused("settled-already", _("This line is settled already."), status=409)
        line.undertaken = words(undertaken)
        line.case = line.case or _filed(held, line, enterprise, category, by)
        line.save()
        stated = {"line": str(line.pk), "case": str(line.case.uid)}
        record("meeting", held.pk, "settle", by, stated, undertaken=line.undertaken)
        if cases_access.refusal(_again(line), "conclude", by) is None:
            _conclude(line, by)
    return line


def conclude_settled(meeting: Meeting, *, by: Person) -> None:
    """Conclude the cases of the lines that were settled on the spot and are open still. Whatever `conclude` refuses stops all of it."""
    for line in meeting.lines.exclude(undertaken="").filter(case__state__in=flow.OPEN).order_by("number"):
        _conclude(line, by)


def _conclude(line: Line, by: Person) -> None:
    ACTIONS["conclude"](_again(line), by=by, ground=ON_THE_SPOT, text=line.undertaken)


def take_charge(line: Line, *, by: Person, text: str = "") -> Event:
    """Supervise a line: the letter of supervision names the completion date. By a supervisor of the case; where the line names none,
    they are its supervisor from now on. Refused: a line without case or date; whatever `supervise` refuses."""
    with transaction.atomic():
        held, line = _locked(line)
        if line.case is None or line.due_on is None:
            raise Refused(
                "not-entered", _("This line has no case or no completion date yet. Enter it first."), status=409
            )
        if line.supervisor_id != by.pk:
            line.supervisor = by
            line.save(update_fields=["supervisor"])
        event = _letter(line, by, text)
        record("meeting", held.pk, "take_charge", by, {"line": str(line.pk), "letter": event.number})
    return event


def extend(line: Line, *, by: Person, due_on: date, reason: str) -> Line:
    """Give a line more time, by decision of who presides. Refused: a day that is not later; a line without a date; one that is struck off."""
    refuse_who_does_not_preside(by, line.meeting.series.body)
    with transaction.atomic():
        held, line = _locked(line)
        if line.due_on is None or not line.is_open:
            raise Refused("nothing-to-extend", _("This line has no completion date, or is struck off."), status=409)
        if not line.due_on < due_on:
            raise Refused("not-later", _("Enter a day after %(day)s."), status=422, day=line.due_on.isoformat())
        before, line.due_on, line.extensions = line.due_on, due_on, line.extensions + 1
        line.save(update_fields=["due_on", "extensions"])
        stated = {"line": str(line.pk), "before": before.isoformat(), "due_on": due_on.isoformat()}
        record("meeting", held.pk, "extend", by, stated, reason=words(reason))
    return line


def confirm_result(line: Line, *, by: Person, text: str) -> Line:
    """Record that the enterprise confirms the result, and how it did. Refused: the line is not concluded; confirmed already."""
    refuse_stranger(by, line.meeting.series.body)
    with transaction.atomic():
        held, line = _locked(line)
        if line.is_open or line.confirmed_on:
            raise Refused(
                "nothing-to-confirm", _("This line is not concluded yet, or was confirmed already."), status=409
            )
        line.confirmed_on = time.today()
        line.save(update_fields=["confirmed_on"])
        record("meeting", held.pk, "confirm_result", by, {"line": str(line.pk)}, text=words(text))
    return line


def _locked(line: Line, *stages: str) -> tuple[Meeting, Line]:
    held = locked(line.meeting, *stages)
    found = Line.objects.select_related("case", "agency", "topic__enterprise", "topic__agency").get(pk=line.pk)
    found.meeting = held
    return held, found


def _again(line: Line) -> Case:
    """The case as it stands now."""
    assert line.case_id is not None
    line.case = Case.objects.select_related("agency", "home_agency", "assigned", "enterprise").get(pk=line.case_id)
    return line.case


def _known(number: str, by: Person) -> Case:
    seen = Case.objects.visible_to(by).numbered(number).first()
    if seen is None:
        raise cases_access.unknown_case()
    return seen


def _filed(
    meeting: Meeting, line: Line, enterprise: Enterprise | None, category: str, by: Person, programme: str = PROGRAMME
) -> Case:
    """The case of a line: of the enterprise that is named, else of that of its item of the agenda."""
    of = enterprise or (line.topic.enterprise if line.topic else None)
    if of is None:
        raise Refused(
            "no-enterprise",
            _("Say whose difficulty it is: name the enterprise. Register it first if it is not there."),
            status=422,
        )
    where = {"meeting": meeting, "day": meeting.on, "number": line.number}
    told: dict[str, Any] = {
        "agency": meeting.series.body.office.code, "programme": programme, "kind": "help", "category": category,
        "title": line.text.splitlines()[0][:200], "facts": line.text, "channel": "meeting", "enterprise": str(of.pk),
        "request": line.measure or line.text[:5000], "basis": gettext("%(meeting)s (%(day)s), line %(number)s") % where,
        "confidential": bool(line.topic and line.topic.confidential),
    }  # fmt: skip
    made = intake.file(by=by, **told).case
    ACTIONS["accept"](made, by=by)
    return made


def _assign(line: Line, meeting: Meeting, co_agencies: Sequence[Agency], by: Person) -> None:
    """To the lead agency, which answers from its signature on; the co-agencies have their task until the completion date."""
    office = meeting.series.body.office
    reason = gettext("Entered in the minutes of %(meeting)s, line %(number)s.") % {
        "meeting": meeting,
        "number": line.number,
    }
    days = max(1, (line.due_on - time.today()).days) if line.due_on else 60
    for one in co_agencies:
        ACTIONS["engage"](_again(line), by=by, agency=one.code, task=line.measure or line.text[:5000], amount=min(days, 120), unit="calendar_days")  # fmt: skip
    if line.agency and line.agency != office:
        ACTIONS["route"](_again(line), by=by, agency=line.agency.code, reason=reason)


def _letter(line: Line, by: Person, text: str = "") -> Event:
    said = (
        text
        or line.measure
        or gettext("Please complete this line of the minutes by the date that the meeting has set.")
    )
    return ACTIONS["supervise"](_again(line), by=by, text=said[:5000], answer_by=line.due_on)
