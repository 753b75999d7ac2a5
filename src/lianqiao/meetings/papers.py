"""Who reads which paper of an item, and the file itself. The one place where that is decided."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef
from django.http import FileResponse
from django.utils.translation import gettext_lazy as _

from lianqiao.cases import files, keys, looks
from lianqiao.cases.models import Case, Exclusion
from lianqiao.record import reads
from lianqiao.record.refusal import Refused
from lianqiao.registry.models import Person

from . import reading
from .models import Body, Meeting, Paper, Seat
from .reading import Item


def of(items: Iterable[Item], meeting: Meeting, person: Person) -> list[Item]:
    """The items with the papers that are for the reader. One query."""
    found = _told(meeting, person)
    return [replace(item, papers=found.get(item.topic.pk, []) if item.is_open else []) for item in items]


def _told(meeting: Meeting, person: Person) -> dict[Any, list[Paper]]:
    """By their item: where a paper is of a confidential case, or of one that is kept from the reader, it is for those who may see the case."""
    seen = Case.objects.visible_to(person).filter(pk=OuterRef("case_id"))
    barred = Exclusion.objects.filter(case=OuterRef("case_id"), key__in=keys.bars_of(person))
    belongs = Body.objects.visible_to(person).filter(pk=OuterRef("topic__meeting__series__body_id"))
    rows = Paper.objects.filter(topic__meeting=meeting).standing()
    rows = rows.annotate(seen=Exists(seen), barred=Exists(barred), belongs=Exists(belongs))
    found: dict[Any, list[Paper]] = {}
    for paper in rows.select_related("case"):
        secret = paper.case is not None and paper.case.confidential
        outside = paper.audience == Paper.Audience.BODY and not paper.__dict__["belongs"]
        if not (outside or paper.__dict__["barred"] or (secret and not paper.__dict__["seen"])):
            found.setdefault(paper.topic_id, []).append(paper)
    return found


def of_guest(seat: Seat) -> list[Paper]:
    """What who has no account reads by their link: of no confidential item or case, and for all who are invited. One query."""
    found = Paper.objects.filter(
        topic__meeting=seat.meeting_id, topic__confidential=False, audience=Paper.Audience.INVITED
    )
    return list(found.standing().exclude(case__confidential=True).select_related("topic"))


def hand_out(meeting: Meeting, paper: UUID, *, to: Person) -> FileResponse:
    """The file, to somebody for whom it is; a look at something confidential is written down. Refused: none such for them (404)."""
    for item in of(reading.agenda(meeting, to), meeting, to):
        for one in item.papers:
            if one.pk == paper:
                if one.case is not None:
                    looks.at(one.case, to, identity=False)
                if item.topic.confidential:
                    reads.note(str(to.pk), [meeting.pk], identity=False, stead=looks.stead(to))
                return _answer(meeting, one)
    raise unknown()


def hand_out_to_guest(seat: Seat, paper: UUID) -> FileResponse:
    """The file, by an invitation link. Refused: none such for them (404)."""
    for one in of_guest(seat):
        if one.pk == paper:
            return _answer(seat.meeting, one)
    raise unknown()


def _answer(meeting: Meeting, paper: Paper) -> FileResponse:
    answer = FileResponse(
        files.opened(meeting.pk, paper.pk), as_attachment=True, filename=paper.name, content_type=paper.media_type
    )
    answer["ETag"] = f'"{paper.sha256}"'
    answer["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return answer


def unknown() -> Refused:
    return Refused("unknown-paper", _("There is no such paper among those that you may read."), status=404)
