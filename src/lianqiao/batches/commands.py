"""The verbs of batches on the command line: batch file, batch template."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from lianqiao.record.refusal import Refused
from lianqiao.registry.commands import acting, who


def register(verbs: Any) -> None:
    batch = verbs.add_parser("batch", help=_("file cases by the batch")).add_subparsers(
        required=True, metavar=_("VERB")
    )
    file = batch.add_parser("file", help=_("file the rows of an XLSX, CSV or NDJSON, at most 100,000"))
    file.add_argument("file", type=Path, help=_("the table"))
    file.add_argument(
        "--agency", default="", help=_("code of the agency for which the person takes in, if there are several")
    )
    file.add_argument("--dry-run", action="store_true", help=_("only say what would become of each row"))
    file.add_argument("--out", type=Path, help=_("where to write numbers and code words, as a new XLSX"))
    acting(file)
    file.set_defaults(run=batch_file)
    form = batch.add_parser("template", help=_("write the workbook in which a batch is filled in"))
    form.add_argument("file", type=Path, help=_("where to write it"))
    form.set_defaults(run=batch_template)


def batch_file(args: argparse.Namespace) -> int:
    """0: all rows were taken; 1: some cannot be. Broken off, the follower process goes on with it; the same file again files nothing twice."""
    from lianqiao.jobs import commands as jobs

    from . import actions

    by = who(args.by)
    if args.out and args.out.exists():
        raise Refused("exists", _("The file %(file)s exists. Name a new one."), file=str(args.out))
    try:
        with args.file.open("rb") as file:
            job = actions.begin(
                file, args.file.name, by=by, agency=args.agency, dry_run=args.dry_run, most=actions.MOST_BY_COMMAND
            )
    except OSError as error:
        raise Refused("unreadable", _("The file %(file)s cannot be read."), file=str(args.file)) from error
    told = jobs.told(jobs.wait_for(job))
    if args.out and not args.dry_run:
        write_results(args.out, job)
    return told


def write_results(path: Path, job: Any) -> None:
    from lianqiao.registry.sheets import Sheet, workbook

    from . import actions

    rows = []
    while taken := actions.hand_out(job):
        rows += [
            {
                "行 Row": str(one.row),
                "编号 Reference": one.ref,
                "案号 Number": one.number,
                "查询码 Code word": one.code_word,
            }
            for one in taken
        ]
    columns = {"行 Row": 8, "编号 Reference": 20, "案号 Number": 20, "查询码 Code word": 20}
    path.touch(mode=0o600)
    path.write_bytes(workbook(Sheet("结果 Results", columns, rows)))


def batch_template(args: argparse.Namespace) -> int:
    from .template import template

    args.file.write_bytes(template())
    return 0
