"""The step of jobs that go through rows: some at once, each undone for itself when it cannot be taken, with its problems by column."""

import logging
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from django.db import InterfaceError, OperationalError, transaction
from django.utils.translation import gettext as _

from lianqiao.record.refusal import Refused

from .models import Job, Problem, Row

log = logging.getLogger(__name__)

BATCH = 20
"""Rows in one transaction: on SQLite other writers wait so long."""


class Outcome(NamedTuple):
    """What became of a row: done or known, what to say of it, and what only its owner may open."""

    state: Row.State
    result: dict[str, Any]
    sealed: str = ""


class Fault(NamedTuple):
    """What is wrong with one field of a row."""

    field: str
    code: str
    sentence: str


class Faulty(Exception):  # noqa: N818 (what it says of the row)
    """The row cannot be taken, for these reasons."""

    def __init__(self, *faults: Fault) -> None:
        super().__init__(faults)
        self.faults = faults


class Rehearsed(Exception):  # noqa: N818 (what was done)
    """The row could be taken; what was done to see it is undone."""

    def __init__(self, outcome: Outcome) -> None:
        super().__init__()
        self.outcome = outcome


Do = Callable[[Row], Outcome]


def go_through(job: Job, do: Do, *, fields: Mapping[str, str] | None = None) -> bool:
    """Work on the next rows of the job; True when none is left. `fields` says which field the code of a refusal is about.

    A row whose work raises `Faulty` or is refused becomes faulty, with problems. What nobody foresaw is logged and told as a problem of
    that row, so that one row stops no other; a database that cannot be used stops the part.
    """
    rows = list(job.rows.waiting()[:BATCH])
    problems: list[Problem] = []
    counts = dict(job.counts)
    for row in rows:
        outcome, faults = _one(row, do, fields or {})
        row.state, row.result, row.sealed, row.content = outcome.state, outcome.result, outcome.sealed, None
        counts[row.state] = counts.get(row.state, 0) + 1
        problems += [
            Problem(
                job=job, row=row.number, column=title(job, fault.field), code=fault.code, sentence=fault.sentence[:1000]
            )
            for fault in faults
        ]
    Row.objects.bulk_update(rows, ["state", "result", "sealed", "content"])
    Problem.objects.bulk_create(problems)
    job.counts, job.done = counts, job.done + len(rows)
    return not job.rows.waiting().exists()


def title(job: Job, field: str) -> str:
    """The heading of the column in the file that was handed in, else the name of the field."""
    return str(job.asked.get("titles", {}).get(field, field))[:100]


def _one(row: Row, do: Do, fields: Mapping[str, str]) -> tuple[Outcome, tuple[Fault, ...]]:
    faulty = Outcome(Row.State.FAULTY, {})
    try:
        with transaction.atomic():
            return do(row), ()
    except Rehearsed as done:
        return done.outcome, ()
    except Faulty as told:
        return faulty, told.faults
    except Refused as refused:
        each = refused.params.get("problems")
        if each:
            return faulty, tuple(Fault(one["field"], one["code"], one["sentence"]) for one in each)
        return faulty, (Fault(fields.get(refused.code, ""), refused.code, str(refused)),)
    except (OperationalError, InterfaceError):
        raise
    except Exception:
        log.exception("row %s of the job %s failed", row.number, row.job_id)
        sentence = _(
            "Something went wrong in this node; its operator finds the cause in the log. Hand the row in again."
        )
        return faulty, (Fault("", "internal", sentence),)
