"""The verbs of jobs on the command line: job list, job show. And the progress bar of a verb that waits for its job."""

from __future__ import annotations

import argparse
import sys
import time
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from lianqiao.registry.commands import acting, who

from .models import Job

SHOWN = 50
WIDTH = 30


def register(verbs: Any) -> None:
    job = verbs.add_parser("job", help=_("long work: how far it is")).add_subparsers(required=True, metavar=_("VERB"))
    listing = job.add_parser("list", help=_("the newest jobs of a person"))
    acting(listing)
    listing.set_defaults(run=job_list)
    show = job.add_parser("show", help=_("one job, with its problems"))
    show.add_argument("id", type=UUID, help=_("id of the job"))
    acting(show)
    show.set_defaults(run=job_show)


def job_list(args: argparse.Namespace) -> int:
    for job in Job.objects.of(who(args.by))[:SHOWN]:
        print(f"{job.pk}  {job.kind:16}  {Job.State(job.state).label}  {job.done}/{job.total}")
    return 0


def job_show(args: argparse.Namespace) -> int:
    """0 when it has no problems, 1 when it has."""
    from . import actions

    job = Job.objects.of(who(args.by)).filter(pk=args.id).first()
    if job is None:
        raise actions.unknown_job()
    return told(job)


def told(job: Job) -> int:
    """Print what became of a job; 0 when nothing was wrong, 1 else."""
    print(f"{job.pk}  {job.kind}  {Job.State(job.state).label}  {job.done}/{job.total}")
    for name, count in sorted(job.counts.items()):
        print(f"  {name}: {count}")
    for name, value in sorted(job.result.items()):
        print(f"  {name}: {value}")
    if job.error:
        print(f"  {job.error}")
    for problem in job.problems.order_by("pk")[:SHOWN]:
        where = {"row": problem.row, "column": problem.column or "-", "problem": problem.sentence}
        print(f"{problem.sheet}: " if problem.sheet else "", end="")
        print(_("row %(row)s, %(column)s: %(problem)s") % where)
    more = max(job.problems.count() - SHOWN, 0)
    if more:
        print(_("and %(more)s more problems") % {"more": more})
    return 1 if job.counts.get("faulty") or job.state != Job.State.DONE else 0


def wait_for(job: Job) -> Job:
    """Work on the job until it has ended, beside the follower process if there is one, with a bar on the error stream."""
    from . import work

    while not job.is_finished:
        taken = work.take(job)
        if taken:
            work.part(taken)
        else:
            time.sleep(0.2)
        job.refresh_from_db()
        bar(job)
    print(file=sys.stderr)
    return job


def bar(job: Job) -> None:
    draw(job.done, job.total)


def draw(done: int, total: int) -> None:
    """A bar on the error stream, in place of the one before."""
    filled = WIDTH * done // max(total, 1)
    print(f"\r[{'#' * filled}{'.' * (WIDTH - filled)}] {done}/{total}", end="", file=sys.stderr, flush=True)
