"""The figures of a meeting and of a series, each with its definition. All follow from the record (tests count them anew from the events)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from lianqiao.cases import flow
from lianqiao.record import time
from lianqiao.record.models import Event
from lianqiao.registry.models import Agency

from .models import Carried, Line, Meeting, Series
from .reading import STRUCK_OFF

ENDING = ("conclude", "conclude_with", "result_reported")
DEFINITIONS: dict[str, tuple[Promise, Promise]] = {
    "raised": (_("Lines raised"), _("Lines that were typed at the meeting, whatever became of them.")),
    "on_the_spot": (_("Settled on the spot"), _("Lines whose case was concluded on the ground that it was settled at the meeting.")),
    "in_time": (
        _("Concluded in time"),
        _("Other lines concluded by the completion date, as extended by the chair; all that have none."),
    ),
    "late": (_("Concluded late"), _("Lines concluded after their completion date.")),
    "open": (_("Open"), _("Lines that are not concluded, withdrawn or refused, today; those with another region among them.")),
    "overdue": (_("of these overdue"), _("Open lines whose completion date has passed today.")),
    "ended": (_("Ended without a result"), _("Lines whose case was withdrawn, refused or disposed of.")),
    "confirmed": (_("Confirmed by the enterprise"), _("Concluded lines whose result the enterprise has confirmed.")),
    "carried": (_("Carried over"), _("Open lines of earlier meetings of the series that stood on the agenda when the meeting was opened.")),
}  # fmt: skip


@dataclass(frozen=True)
class Figures:
    """Counts by the codes of DEFINITIONS, and the lines of each agency that answers: how many, and how many of them are open."""

    counts: dict[str, int]
    agencies: list[tuple[str, int, int]]

    @property
    def rows(self) -> list[tuple[Promise, int, Promise]]:
        return [(name, self.counts[code], about) for code, (name, about) in DEFINITIONS.items()]


def concluded_days(uids: Iterable[UUID]) -> dict[UUID, date]:
    """The legal day of the last conclusion of each case, here or told by another region. One query."""
    ends = Event.objects.filter(subject_kind="case", subject__in=list(uids), verb__in=ENDING).order_by("number")
    return dict(ends.values_list("subject", "legal_date"))


def outcome(line: Line, ended: dict[UUID, date]) -> str:
    """Which of the figures the line counts under: on_the_spot, in_time, late, open or ended."""
    case = line.case
    if case is None or case.state in flow.OPEN:
        return "open"
    if case.state not in STRUCK_OFF:
        return "ended"
    if case.ground == "on-the-spot":
        return "on_the_spot"
    on = ended.get(case.uid)
    return "late" if line.due_on and on and on > line.due_on else "in_time"


def reckon(lines: Sequence[Line], carried: int) -> Figures:
    """The figures of these lines."""
    ended = concluded_days(line.case.uid for line in lines if line.case and line.case.state in STRUCK_OFF)
    outcomes = [outcome(line, ended) for line in lines]
    counts = dict.fromkeys(DEFINITIONS, 0) | Counter(outcomes)
    counts["raised"], counts["carried"] = len(lines), carried
    counts["overdue"] = sum(1 for line in lines if line.is_open and line.due_on and line.due_on < time.today())
    counts["confirmed"] = sum(1 for line in lines if line.confirmed_on)
    answering = [_answering(line) for line in lines]
    total = Counter(agency.label if agency else "" for agency in answering)
    still = Counter(a.label if a else "" for a, how in zip(answering, outcomes, strict=True) if how == "open")
    return Figures(
        counts,
        [(name, amount, still[name]) for name, amount in sorted(total.items(), key=lambda one: (-one[1], one[0]))],
    )


def _answering(line: Line) -> Agency | None:
    return line.agency or (line.case.agency if line.case else None)


def of_meeting(meeting: Meeting) -> Figures:
    """Three queries."""
    lines = list(meeting.lines.select_related("case__agency", "agency"))
    return reckon(lines, meeting.carried.count())


def of_series(series: Series) -> Figures:
    """All meetings of the series together. Three queries."""
    lines = list(Line.objects.filter(meeting__series=series).select_related("case__agency", "agency"))
    return reckon(lines, Carried.objects.filter(meeting__series=series).count())
