"""What the questions of cases say. Whoever reads a question has found it through `addressed_to`."""

from collections.abc import Sequence
from typing import Any

from django.db.models import Q

from lianqiao.record import events
from lianqiao.record.models import Event

from .models import Question


def texts(questions: Sequence[Question]) -> dict[tuple[Any, int], str]:
    """The texts of the questions by case and number of the event that asked, in one query; an erased one is not among them."""
    wanted = Q()
    for question in questions:
        wanted |= Q(subject=question.case.uid, number=question.asked_by)
    if not questions:
        return {}
    found = Event.objects.filter(wanted, subject_kind="case").select_related("sealed")
    texts = ((event, events.opened(event).get("question")) for event in found)
    return {(event.subject, event.number): text for event, text in texts if isinstance(text, str)}
