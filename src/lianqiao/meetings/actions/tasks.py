"""The yearly list of tasks of a body: who does what by when, and what came of it."""

from __future__ import annotations

from datetime import date

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from lianqiao.record import time
from lianqiao.record.refusal import Refused
from lianqiao.registry.models import Agency, Person

from ..access import presides, refuse_stranger
from ..models import Body, Task, offices_of
from .recording import record, words


def set_task(
    body: Body,
    *,
    by: Person,
    year: int,
    text: str,
    due_on: date | None = None,
    agency: Agency | None = None,
    owner: str = "",
) -> Task:
    """Put a task on the list of a year, by the secretariat or who presides. Its owner is an agency of this node, or of a joint body somebody of
    the other region, by name.

    Refused: no owner; a date outside of the year.
    """
    if not presides(by, body):
        refuse_stranger(by, body)
    owner = words(owner, most=200, empty=True)
    if agency is None and not owner:
        raise Refused("no-owner", _("Say who does it: an agency, or somebody of the other region."), status=422)
    if not 2020 <= year <= 2100 or due_on is None or due_on.year != year:
        raise Refused("wrong-date", _("Enter a date within the year of the list."), status=422)
    with transaction.atomic():
        held = Body.objects.select_for_update(of=("self",)).get(pk=body.pk)
        number = (held.tasks.filter(year=year).aggregate(last=Max("number"))["last"] or 0) + 1
        task = Task.objects.create(
            body=held, year=year, number=number, text=words(text), agency=agency, owner=owner, due_on=due_on
        )
        stated = {
            "task": str(task.pk), "year": year, "number": number, "agency": agency.code if agency else "", "due_on": due_on.isoformat(),
        }  # fmt: skip
        record("body", held.pk, "set_task", by, stated, text=task.text, owner=owner)
    return task


def finish_task(task: Task, *, by: Person, result: str) -> Task:
    """Say that a task is done and what came of it, by the secretariat or its own agency. Refused: it was done before."""
    if task.agency_id not in offices_of(by):
        refuse_stranger(by, task.body)
    with transaction.atomic():
        held = Task.objects.select_for_update(of=("self",)).get(pk=task.pk)
        if held.done_on is not None:
            raise Refused("done-already", _("This task is done already."), status=409)
        Body.objects.select_for_update(of=("self",)).get(pk=held.body_id)
        held.done_on, held.result = time.today(), words(result)
        held.save(update_fields=["done_on", "result"])
        record("body", held.body_id, "finish_task", by, {"task": str(held.pk)}, result=held.result)
    return held
