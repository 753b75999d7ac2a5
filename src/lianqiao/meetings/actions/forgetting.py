"""What is erased of a case is erased of its line in the minutes, of the concern that it came from, and where the minutes repeat it.

The events of the meeting stay and verify: they hold commitments (Personal Information Protection Law art. 47).
"""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from lianqiao.cases import erasing
from lianqiao.record import events
from lianqiao.record.actors import Actor
from lianqiao.record.followers import follower
from lianqiao.record.models import Event
from lianqiao.record.nodes import this_node

from ..models import Comment, Concern, Line, Meeting, Minutes, Series
from .recording import locked, record

WORDS = ("text", "measure", "follow_up", "undertaken")
NAMES = ("raised_by",)
INSTEAD = "［…］"
"""Stands in minutes where something was erased."""


def concerns(event: Event) -> bool:
    return event.subject_kind == "case" and event.verb in erasing.DESTROYING


@follower("meetings", wants=concerns)
def follow(batch: Sequence[Event]) -> None:
    for event in filter(concerns, batch):
        if taken := taken_by(event):
            forget(event, taken)


def taken_by(event: Event) -> tuple[str, ...]:
    """Which columns of a line the erasure means; all of them where a file is disposed of."""
    what = set(event.data.get("what", ()))
    words = WORDS if event.verb == "dispose" or erasing.TEXT in what else ()
    return words + (NAMES if words or what & {erasing.COMPLAINANT, erasing.CONTACT} else ())


def forget(because: Event, taken: Sequence[str]) -> None:
    """Erase it at every meeting that has a line of the case, and in the series that holds a concern of it."""
    lines = Line.objects.filter(case__uid=because.subject)
    for meeting in Meeting.objects.filter(pk__in=lines.values("meeting")).order_by("pk"):
        held = locked(meeting)
        own = list(lines.filter(meeting=held))
        gone = {value for line in own for name in taken if (value := getattr(line, name))}
        for line in own:
            for name in taken:
                setattr(line, name, "")
            line.save(update_fields=list(taken))
        _strike_out(held, gone)
        _destroy("meeting", held.pk, because, "line", {str(line.pk) for line in own}, (*taken, "reason"), gone)
    held_concerns = Concern.objects.filter(case__uid=because.subject)
    by_series: dict[UUID, list[Concern]] = {}
    for one in held_concerns.select_for_update().order_by("pk"):
        by_series.setdefault(one.series_id, []).append(one)
    for series, found in by_series.items():
        Series.objects.select_for_update(of=("self",)).get(pk=series)
        gone = {
            value for one in found for name in ("text", "raised_by") if name in taken and (value := getattr(one, name))
        }
        held_concerns.filter(series=series).update(**{name: "" for name in ("text", "raised_by") if name in taken})
        _destroy("series", series, because, "concern", {str(one.pk) for one in found}, taken, gone)


def _strike_out(meeting: Meeting, gone: set[str]) -> None:
    """Take the values out of every version of the minutes, the remarks on them, and what was published."""
    repeating: list[Minutes | Comment] = [*meeting.versions.all(), *Comment.objects.filter(minutes__meeting=meeting)]
    for said in repeating:
        said.text = _without(said.text, gone)
        said.save(update_fields=["text"])
    meeting.published = _without(meeting.published, gone)
    meeting.save(update_fields=["published"])


def _without(text: str, gone: set[str]) -> str:
    for value in sorted(gone, key=len, reverse=True):
        for said in (value, value.rstrip("。；. ")):  # as minutes word it
            if len(said) >= erasing.SHORTEST:
                text = text.replace(said, INSTEAD)
    return text


def _destroy(
    kind: str, subject: UUID, because: Event, named: str, own: set[str], fields: Sequence[str], gone: set[str]
) -> None:
    """Destroy the sealed values of what was said of these lines (or concerns), and of minutes and remarks that repeat them; say so by an event."""
    chain = list(Event.objects.about(kind, subject))
    going = {}
    for event in chain:
        kept = events.kept_values(event)
        if event.data.get(named) in own:
            going[event.pk] = [name for name in kept if name in fields]
        elif event.verb in ("draft", "comment"):
            going[event.pk] = [name for name, told in kept.items() if _without(told["value"], gone) != told["value"]]
    events.destroy({event: names for event, names in going.items() if names})
    record(kind, subject, "forget", Actor.node(this_node().code), {"because": because.digest, f"{named}s": sorted(own)})
