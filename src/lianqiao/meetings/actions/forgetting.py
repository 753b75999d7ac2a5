"""What is erased of a case is erased of its line in the minutes, of the concerns that led to it, of its papers, and where the meeting repeats it. What is
erased of an enterprise's contacts is erased of its concerns and its seats. A concern that never became a case is erased by itself.

The events of the meeting stay and verify: they hold commitments (Personal Information Protection Law art. 47).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from lianqiao.cases import erasing
from lianqiao.law import keeping
from lianqiao.record import events
from lianqiao.record.actors import Actor
from lianqiao.record.followers import follower
from lianqiao.record.models import Event
from lianqiao.record.nodes import this_node
from lianqiao.record.refusal import Refused
from lianqiao.record.time import today
from lianqiao.registry.models import Membership, Person

from ..models import Comment, Concern, Line, Meeting, Minutes, Paper, Seat, Series, Statement, Topic, offices_of
from .papers import drop
from .recording import locked, record

WORDS = ("text", "measure", "follow_up", "undertaken")
NAMES = ("raised_by",)
OF_A_CONCERN = ("text", "raised_by")
OF_A_SEAT = {"invite": ("email",), "answer": ("reason",), "substitute": ("name",)}
"""Which sealed values of the events of a seat name somebody."""
REPEATING = ("draft", "circulate", "comment", "say", "put_on_agenda")
"""Events whose words may repeat what is erased."""
INSTEAD = "［…］"
"""Stands in minutes where something was erased."""


def concerns(event: Event) -> bool:
    if event.subject_kind == "enterprise":
        return event.verb == "erase"
    return event.subject_kind == "case" and event.verb in erasing.DESTROYING


@follower("meetings", wants=concerns)
def follow(batch: Sequence[Event]) -> None:
    for event in filter(concerns, batch):
        if event.subject_kind == "enterprise":
            forget_contacts(event)
        elif taken := taken_by(event):
            forget(event, taken)


def taken_by(event: Event) -> tuple[str, ...]:
    """Which columns of a line the erasure means; all of them where a file is disposed of."""
    what = set(event.data.get("what", ()))
    words = WORDS if event.verb == "dispose" or erasing.TEXT in what else ()
    return words + (NAMES if words or what & {erasing.COMPLAINANT, erasing.CONTACT} else ())


def forget(because: Event, taken: Sequence[str]) -> None:
    """Erase it at every meeting that has a line of the case, and in the series that holds a concern of it or one that led to its line."""
    led = concerns_behind(because.subject)
    lines = Line.objects.filter(case__uid=because.subject)
    said = {name: {value for one in led if (value := getattr(one, name))} for name in OF_A_CONCERN if name in taken}
    meetings = Q(pk__in=lines.values("meeting"))
    if "text" in taken:
        meetings |= Q(topics__papers__case__uid=because.subject)
    for meeting in Meeting.objects.filter(meetings).distinct().order_by("pk"):
        held = locked(meeting)
        own = list(lines.filter(meeting=held))
        gone = {value for line in own for name in taken if (value := getattr(line, name))}.union(*said.values())
        for line in own:
            for name in taken:
                setattr(line, name, "")
            line.save(update_fields=list(taken))
        papers = []
        if "text" in taken:
            papers = list(Paper.objects.filter(topic__meeting=held, case__uid=because.subject).exclude(name=""))
            for paper in papers:
                drop(paper)
        strike_out(held, gone)
        named = {"line": {str(line.pk) for line in own}, "paper": {str(paper.pk) for paper in papers}}
        _destroy("meeting", held.pk, because.digest, named, (*taken, "reason", "paper_name"), gone)
    _forget_concerns(led, [name for name in OF_A_CONCERN if name in taken], because.digest, _here())


def concerns_behind(case: UUID) -> list[Concern]:
    """The concerns of a case, and those without a case on an item under which it was typed: of the same enterprise, or of none where nothing else was
    typed under that item."""
    own = Line.objects.filter(case__uid=case, topic__isnull=False)
    topics = own.values("topic")
    shared = Line.objects.filter(topic__in=topics).exclude(case__uid=case).values("topic")
    same = Q(enterprise__in=own.values("case__enterprise")) | Q(enterprise=None) & ~Q(topic__in=shared)
    led = Q(case=None, topic__in=topics) & same
    return list(Concern.objects.filter(Q(case__uid=case) | led).order_by("series", "pk"))


def forget_contacts(because: Event) -> None:
    """Who spoke for the enterprise: in its concerns, and in its seats at meetings."""
    _forget_concerns(
        list(Concern.objects.filter(enterprise=because.subject).order_by("series", "pk")),
        NAMES,
        because.digest,
        _here(),
    )
    seats = Seat.objects.filter(enterprise=because.subject)
    for meeting in Meeting.objects.filter(pk__in=seats.values("meeting")).order_by("pk"):
        held = locked(meeting)
        own = seats.filter(meeting=held)
        gone = {one.substitute for one in own if one.substitute}
        named = {"seat": {str(pk) for pk in own.values_list("pk", flat=True)}}
        own.update(email="", reason="", substitute="")
        strike_out(held, gone)
        _destroy("meeting", held.pk, because.digest, named, (), gone)


def erase_concern(concern: Concern, *, by: Person, ground: str) -> None:
    """Erase a concern that is of no case, with whatever of the meeting repeats it, as its own author may ask: by a lead of the secretariat, on a ground of
    the law. Refused: anybody else; a concern of a case, which is erased with the case; an unknown ground; erased already."""
    if concern.series.body.office_id not in offices_of(by, Membership.Role.LEAD):
        raise Refused("not-lead", _("Only a lead of the secretariat decides what is erased."), status=403)
    known = keeping.grounds(today())
    if ground not in known:
        raise Refused("unknown-ground", _("Choose the ground on which it is erased."), status=422)
    with transaction.atomic():
        if concern.case_id is not None:
            raise Refused("of-a-case", _("This concern is of a case: it is erased with the case."), status=409)
        if not concern.text:
            raise Refused("erased-already", _("This concern is erased already."), status=409)
        if concern.topic_id is not None:
            held = locked(Meeting.objects.get(topics=concern.topic_id))
            gone = {value for value in (concern.text, concern.raised_by) if value}
            strike_out(held, gone)
            _destroy("meeting", held.pk, "", {}, (), gone, by=by)
        _forget_concerns([concern], OF_A_CONCERN, "", by, ground=ground, article=known[ground].article)


def _forget_concerns(
    found: Sequence[Concern], taken: Sequence[str], because: str, by: Person | Actor, **more: str
) -> None:
    by_series: dict[UUID, list[Concern]] = {}
    for one in found:
        by_series.setdefault(one.series_id, []).append(one)
    for series, own in by_series.items():
        if not taken:
            continue
        Series.objects.select_for_update(of=("self",)).get(pk=series)
        gone = {value for one in own for name in taken if (value := getattr(one, name))}
        Concern.objects.filter(pk__in=[one.pk for one in own]).update(**dict.fromkeys(taken, ""))
        _destroy("series", series, because, {"concern": {str(one.pk) for one in own}}, taken, gone, by=by, **more)


def strike_out(meeting: Meeting, gone: set[str]) -> None:
    """Take the values out of every version of the minutes, the remarks on them, what was said, the titles of items, and what was published."""
    rows: list[tuple[Minutes | Comment | Statement | Topic, str]] = [
        *((one, name) for one in meeting.versions.all() for name in ("text", "circulated")),
        *((one, "text") for one in Comment.objects.filter(minutes__meeting=meeting)),
        *((one, "text") for one in meeting.statements.all()),
        *((one, "title") for one in meeting.topics.all()),
    ]
    for row, name in rows:
        if (told := without(getattr(row, name), gone)) != getattr(row, name):
            setattr(row, name, told)
            row.save(update_fields=[name])
    meeting.published = without(meeting.published, gone)
    meeting.save(update_fields=["published"])


def without(text: str, gone: Iterable[str]) -> str:
    for value in sorted(gone, key=len, reverse=True):
        for said in (value, value.rstrip("。；. ")):  # as minutes word it
            if len(said) >= erasing.SHORTEST:
                text = text.replace(said, INSTEAD)
    return text


def _destroy(
    kind: str, subject: UUID, because: str, named: Mapping[str, set[str]], fields: Sequence[str], gone: set[str],
    *, by: Person | Actor | None = None, **more: str,
) -> None:  # fmt: skip
    """Destroy the sealed values of what was said of these rows (by what an event names them), and of minutes, remarks and statements that repeat
    them; say so by an event."""
    going = {}
    for event in Event.objects.about(kind, subject):
        kept = events.kept_values(event)
        if any(event.data.get(name) in own for name, own in named.items()):
            wanted = OF_A_SEAT.get(event.verb, ()) if "seat" in named else fields
            going[event.pk] = [name for name in kept if name in wanted]
        elif event.verb in REPEATING:
            going[event.pk] = [name for name, told in kept.items() if without(told["value"], gone) != told["value"]]
    events.destroy({event: names for event, names in going.items() if names})
    stated: dict[str, Any] = {"because": because, **{f"{name}s": sorted(own) for name, own in named.items()}, **more}
    record(kind, subject, "forget", by or _here(), stated)


def _here() -> Actor:
    return Actor.node(this_node().code)
