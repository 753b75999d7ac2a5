"""The verb of the hotline on the command line: hotline import."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from lianqiao.record.refusal import Refused
from lianqiao.registry.commands import acting, who


def register(verbs: Any) -> None:
    hotline = verbs.add_parser("hotline", help=_("tickets of the 12345 hotline")).add_subparsers(
        required=True, metavar=_("VERB")
    )
    load = hotline.add_parser("import", help=_("take in the tickets of an XLSX, CSV or NDJSON, at most 100,000"))
    load.add_argument("file", type=Path, help=_("the table"))
    load.add_argument(
        "--agency", default="", help=_("code of the agency for which the person takes in, if there are several")
    )
    load.add_argument("--dry-run", action="store_true", help=_("only say what would become of each row"))
    acting(load)
    load.set_defaults(run=hotline_import)


def hotline_import(args: argparse.Namespace) -> int:
    """0: all rows were taken; 1: some cannot be."""
    from lianqiao.jobs import commands as jobs

    from . import actions

    try:
        with args.file.open("rb") as file:
            job = actions.begin(
                file,
                args.file.name,
                by=who(args.by),
                agency=args.agency,
                dry_run=args.dry_run,
                most=actions.MOST_BY_COMMAND,
            )
    except OSError as error:
        raise Refused("unreadable", _("The file %(file)s cannot be read."), file=str(args.file)) from error
    return jobs.told(jobs.wait_for(job))
