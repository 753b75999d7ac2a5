"""The verbs of the ledgers on the command line: ledger list, ledger export."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from lianqiao.record.refusal import Refused
from lianqiao.registry.commands import acting, who


def register(verbs: Any) -> None:
    ledger = verbs.add_parser("ledger", help=_("ledgers over cases")).add_subparsers(required=True, metavar=_("VERB"))
    listed = ledger.add_parser("list", help=_("the ledgers that are open to the person"))
    acting(listed)
    listed.set_defaults(run=ledger_list)
    export = ledger.add_parser("export", help=_("take a ledger out as XLSX or CSV, whatever its length"))
    export.add_argument("code", help=_("its code, as `list` tells it"))
    export.add_argument("file", type=Path, help=_("where to: a new file that ends with .xlsx or .csv"))
    export.add_argument("--paper", choices=("A4", "A3"), default="A4", help=_("for which paper"))
    acting(export)
    export.set_defaults(run=ledger_export)


def ledger_list(args: argparse.Namespace) -> int:
    """Code and name, one ledger a line."""
    from . import standard
    from .models import Ledger

    person = who(args.by)
    for one in [one.shown() for one in standard.standard().values()]:
        print(f"{one.code}\t{one.name}")
    for kept in Ledger.objects.open_to(person):
        print(f"{kept.pk}\t{kept.name}")
    return 0


def ledger_export(args: argparse.Namespace) -> int:
    """Takes out what the person may see; tells the rows on the way where somebody looks on."""
    from lianqiao.cases import access

    from . import standard, takeout

    person = who(args.by)
    if not access.officer(person):
        raise Refused("officers-only-page", _("Ledgers are for people with a role in an agency."), status=403)
    shown = standard.named(args.code, person)
    told = (lambda rows: print(f"\r{rows}", end="", file=sys.stderr, flush=True)) if sys.stderr.isatty() else None
    try:
        with args.file.open("xb") as file:
            rows = takeout.whole(
                file, shown, person, form=args.file.suffix.removeprefix("."), paper=args.paper, told=told
            )
    except OSError as error:
        raise Refused(
            "unwritable", _("The file %(file)s cannot be written, or exists already."), file=str(args.file)
        ) from error
    print(_("%(rows)s rows were taken out into %(file)s.") % {"rows": rows, "file": args.file})
    return 0
