"""Papers of an item of the agenda: handed in by the secretariat or the agency that leads the item, taken away again by the same."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Sum
from django.utils.translation import gettext_lazy as _

from lianqiao.cases import access as cases_access
from lianqiao.cases import files
from lianqiao.cases.models import Case
from lianqiao.record import time
from lianqiao.record.refusal import Refused
from lianqiao.registry.models import Person

from ..access import refuse_stranger
from ..models import Meeting, Paper, Topic, offices_of
from .recording import locked, record

Stage = Meeting.Stage
MOST = 50
"""Papers of one meeting."""


@files.keeper
def kept(folder: UUID) -> Iterable[UUID]:
    """The papers that a meeting keeps."""
    return Paper.objects.filter(topic__meeting=folder).standing().values_list("pk", flat=True)


def add_paper(
    topic: Topic,
    *,
    by: Person,
    name: str,
    chunks: Iterable[bytes],
    case: str = "",
    audience: str = Paper.Audience.INVITED,
) -> Paper:
    """Add a file to an item, streamed into the store of the cases' files with their types and sizes. `case`: the number of a case whose paper it is;
    then it is for those alone who may see that case, where it is confidential.

    Refused: neither secretariat nor the agency that leads the item; a case that one may not see; what `files.store` refuses; too many or too large
    together; a meeting that is over.
    """
    body = topic.meeting.series.body
    if topic.agency_id not in offices_of(by):
        refuse_stranger(by, body)
    of = Case.objects.visible_to(by).numbered(case).first() if case else None
    if case and of is None:
        raise cases_access.unknown_case()
    if audience not in Paper.Audience.values:
        raise Refused("unknown-audience", _("Choose who may read the paper."), status=422)
    _room(topic.meeting)
    stored = files.store(topic.meeting_id, name, chunks)
    try:
        with transaction.atomic():
            held = locked(topic.meeting, Stage.PLANNED, Stage.OPEN)
            _room(held, stored.size)
            paper = Paper.objects.create(
                id=stored.attachment, topic=topic, name=stored.name, media_type=stored.media_type, size=stored.size,
                sha256=stored.sha256, case=of, audience=audience, added_at=time.now(),
            )  # fmt: skip
            stated = {
                "paper": str(paper.pk), "topic": str(topic.pk), "sha256": paper.sha256, "size": paper.size, "audience": audience,
                "case": str(of.uid) if of else "",
            }  # fmt: skip
            record("meeting", held.pk, "add_paper", by, stated, paper_name=paper.name)
    except BaseException:
        files.remove(topic.meeting_id, stored.attachment)
        raise
    return paper


def _room(meeting: Meeting, size: int = 0) -> None:
    standing = Paper.objects.filter(topic__meeting=meeting).standing()
    told = standing.aggregate(total=Sum("size"))["total"] or 0
    if told + size > settings.LIANQIAO_FILES_TOTAL_BYTES or standing.count() >= MOST:
        raise Refused(
            "too-many-papers",
            _("The papers of this meeting are too many, or too large together; take some away first."),
            status=413,
        )


def remove_paper(paper: Paper, *, by: Person) -> None:
    """Take a paper away: the file goes, the record keeps that it was there. By the secretariat, or the agency that leads its item."""
    meeting = paper.topic.meeting
    if paper.topic.agency_id not in offices_of(by):
        refuse_stranger(by, meeting.series.body)
    with transaction.atomic():
        held = locked(meeting, Stage.PLANNED, Stage.OPEN)
        drop(paper)
        record("meeting", held.pk, "remove_paper", by, {"paper": str(paper.pk)})


def drop(paper: Paper) -> None:
    """The row loses its name, the file goes with the transaction."""
    paper.name, paper.removed_at = "", time.now()
    paper.save(update_fields=["name", "removed_at"])
    transaction.on_commit(lambda: files.remove(paper.topic.meeting_id, paper.pk))
