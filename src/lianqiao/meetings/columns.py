"""The columns that a line of minutes adds to the catalogue of the ledgers. What the meeting decided is told to whoever sees the case and may know who files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from lianqiao.ledgers.columns import DATE, YES, Column, declare, declare_reading, yes_no
from lianqiao.ledgers.columns import Line as Row

from . import reading
from .models import Line

NEED = "meeting_line"


def latest(cases: Sequence[int]) -> Mapping[int, Line]:
    """The last line of each case. Two queries."""
    lines = Line.objects.filter(case__in=cases).order_by("meeting__starts_at", "number")
    related = ("meeting__series", "agency", "supervisor", "case__agency")
    return {
        line.case_id: line for line in lines.select_related(*related).prefetch_related("co_agencies") if line.case_id
    }


def of(row: Row) -> Line | None:
    line: Line | None = row.read.get(NEED)
    return line


def words(row: Row, name: str) -> str:
    line = of(row)
    return getattr(line, name) if line and (row.known or not row.case.confidential) else ""


def due(row: Row) -> date | None:
    line = of(row)
    return line.due_on if line else None


def of_a_meeting(values: list[str]) -> Q:
    stands = Exists(Line.objects.filter(case=OuterRef("pk")))
    return Q(stands) if values == ["yes"] else ~Q(stands) if values == ["no"] else Q()


declare_reading(NEED, latest)
declare(
    Column("of_meeting", _("Line of a meeting"), _("It stands in the minutes of a meeting."), lambda row: of(row) is not None, YES, 8,
           choices=yes_no, condition=of_a_meeting, needs=frozenset({NEED})),
    Column("meeting", _("Meeting"), _("The meeting in whose minutes the line stands; the last, where it stands in several."),
           lambda row: str(line.meeting) if (line := of(row)) else "", width=24, needs=frozenset({NEED})),
    Column("meeting_day", _("Day of the meeting"), _("The day in China on which that meeting began."),
           lambda row: line.meeting.on if (line := of(row)) else None, DATE, 12, needs=frozenset({NEED})),
    Column("line_status", _("How far the line is"), _("How far the line is, in the words of its regime: on the spot, in progress, extended and so on."),
           lambda row: str(reading.label(line)) if (line := of(row)) else "", width=14, needs=frozenset({NEED})),
    Column("line_agency", _("Lead agency of the line"), _("The agency that the meeting has made answer."),
           lambda row: line.agency.label if (line := of(row)) and line.agency else "", width=24, needs=frozenset({NEED})),
    Column("line_co_agencies", _("Co-agencies of the line"), _("The agencies that the meeting has made help."),
           lambda row: "、".join(one.label for one in line.co_agencies.all()) if (line := of(row)) else "", width=24, needs=frozenset({NEED})),
    Column("measure", _("Measure"), _("What the meeting has decided to do."), lambda row: words(row, "measure"), width=36, needs=frozenset({NEED})),
    Column("follow_up", _("Follow-up"), _("What is to be done after it."), lambda row: words(row, "follow_up"), width=24, needs=frozenset({NEED})),
    Column("line_supervisor", _("Supervisor of the line"), _("Who supervises the line."),
           lambda row: str(line.supervisor or "") if (line := of(row)) else "", width=12, needs=frozenset({NEED})),
    Column("line_due_on", _("Completion date"), _("The day that the meeting has set, as extended by the chair."), due, DATE, 12, needs=frozenset({NEED})),
    Column("line_confirmed", _("Confirmed by the enterprise"), _("The enterprise has confirmed the result."),
           lambda row: bool(line.confirmed_on) if (line := of(row)) else None, YES, 10, needs=frozenset({NEED})),
)  # fmt: skip
