"""The verbs of the ledgers on the command line: ledger list, ledger export, ledger import, ledger undo."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from lianqiao.record.refusal import Refused
from lianqiao.registry.commands import acting, who


def register(verbs: Any) -> None:
    ledger = verbs.add_parser("ledger", help=_("ledgers over cases")).add_subparsers(required=True, metavar=_("VERB"))
    listed = ledger.add_parser("list", help=_("the ledgers that are open to the person"))
    acting(listed)
    listed.set_defaults(run=ledger_list)
    export = ledger.add_parser("export", help=_("take a ledger out as XLSX, CSV or NDJSON, whatever its length"))
    export.add_argument("code", help=_("its code, as `list` tells it"))
    export.add_argument("file", type=Path, help=_("where to: a new file that ends with .xlsx, .csv or .ndjson"))
    export.add_argument("--paper", choices=("A4", "A3"), default="A4", help=_("for which paper"))
    acting(export)
    export.set_defaults(run=ledger_export)
    load = ledger.add_parser("import", help=_("enter a ledger that was kept elsewhere as cases, XLSX, CSV or NDJSON"))
    load.add_argument("file", type=Path, help=_("the ledger"))
    load.add_argument(
        "--agency", default="", help=_("code of the agency whose ledger it is, if the person takes in for several")
    )
    for name, about in (("programme", _("programme")), ("kind", _("kind")), ("category", _("field of the matter"))):
        load.add_argument(
            f"--{name}", default="", help=_("code of the %(what)s of lines that say none") % {"what": about}
        )
    load.add_argument(
        "--confidential", action="store_true", help=_("who files is confidential in lines that say nothing of it")
    )
    load.add_argument("--dry-run", action="store_true", help=_("only look at every line"))
    load.add_argument(
        "--leave-out", action="store_true", help=_("enter what can be taken although other lines have problems")
    )
    acting(load)
    load.set_defaults(run=ledger_import)
    undo = ledger.add_parser("undo", help=_("take an import back as a whole, while nobody has acted on its cases"))
    undo.add_argument("id", type=UUID, help=_("id of the import"))
    undo.add_argument("--reason", required=True, help=_("why; it stays in the record"))
    acting(undo)
    undo.set_defaults(run=ledger_undo)


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
    """Takes out what the person may see, with a bar where somebody looks on."""
    from lianqiao.cases import access
    from lianqiao.jobs import commands as jobs

    from . import reading, standard, takeout

    person = who(args.by)
    if not access.officer(person):
        raise Refused("officers-only-page", _("Ledgers are for people with a role in an agency."), status=403)
    shown = standard.named(args.code, person)
    total = reading.found(shown.definition, person).order_by().count() if sys.stderr.isatty() else 0
    told = (lambda rows: jobs.draw(rows, total)) if total else None
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


def ledger_import(args: argparse.Namespace) -> int:
    """Looks at every line, then enters; its columns are mapped as the agency did the last time, else by their headings. 0: all was taken; 1: some
    lines cannot be, and without --leave-out nothing was entered. The same file again enters nothing twice."""
    from lianqiao.jobs import commands as jobs

    from . import incoming

    by = who(args.by)
    try:
        with args.file.open("rb") as file:
            ledger = incoming.hand_in(file, args.file.name, by=by, agency=args.agency)
    except OSError as error:
        raise Refused("unreadable", _("The file %(file)s cannot be read."), file=str(args.file)) from error
    chosen = {name: value for name in incoming.SHARED if (value := getattr(args, name) or ledger.chosen.get(name))}
    looked = jobs.wait_for(incoming.look(ledger, by=by, mapping=ledger.mapping, chosen=chosen))
    faulty = jobs.told(looked)
    if args.dry_run or (faulty and not args.leave_out) or looked.state != looked.State.DONE:
        incoming.discard(ledger)
        return faulty
    entered = jobs.wait_for(incoming.enter(ledger, by=by))
    told = _("%(count)s cases were entered; the import is %(id)s.")
    print(told % {"count": entered.counts.get("done", 0), "id": ledger.pk})
    return faulty if entered.state == entered.State.DONE else 1


def ledger_undo(args: argparse.Namespace) -> int:
    """0 when all of its cases were taken back."""
    from lianqiao.jobs import commands as jobs

    from . import incoming

    by = who(args.by)
    return jobs.told(jobs.wait_for(incoming.undo(incoming.found(args.id, by), reason=args.reason, by=by)))
