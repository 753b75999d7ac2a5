"""The disposal of files on the command line: `lianqiao disposal list`, `propose`, `confirm`, `refuse`."""

import argparse
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from lianqiao.registry.commands import who

from . import access, disposals
from .actions import keeping
from .models import Case


def declare(verbs: Any) -> None:
    """Declares the verbs. Exit codes: 0 done, 1 found nothing, 2 refused."""
    disposal = verbs.add_parser("disposal", help=_("files whose period of keeping ends")).add_subparsers(
        required=True, metavar=_("VERB")
    )
    listing = disposal.add_parser("list", help=_("list them, the oldest first"))
    listing.add_argument("--by", required=True, metavar="ACCOUNT", help=_("a lead, or the audit administrator"))
    listing.add_argument("--year", type=int, help=_("whose period ends in this year; else all whose day has come"))
    listing.add_argument("--after", metavar="NUMBER", help=_("go on behind this case"))
    listing.add_argument("--limit", type=int, default=50, help=_("how many rows at most"))
    listing.set_defaults(run=show)
    for name, said, run in (
        ("propose", _("propose a disposal, as lead"), propose),
        ("confirm", _("confirm a proposed disposal, as audit administrator: texts and files are destroyed"), confirm),
        ("refuse", _("refuse a proposed disposal, as audit administrator"), refuse),
    ):
        verb = disposal.add_parser(name, help=said)
        verb.add_argument("number", metavar="NUMBER", help=_("number of the case"))
        verb.add_argument("--by", required=True, metavar="ACCOUNT", help=_("account of the person who acts"))
        verb.add_argument(
            "--reason" if name == "refuse" else "--remark", required=name == "refuse", default="", help=_("in words")
        )
        verb.set_defaults(run=run)


def show(args: argparse.Namespace) -> int:
    tongue = get_language() or "zh"
    page = disposals.page(who(args.by), year=args.year, after=args.after, limit=max(1, min(args.limit, 1000)))
    for file in page:
        case = file.case
        print(case.disposable_on, case.number, case.agency.label, file.period.in_(tongue), file.label, sep="\t")
    return 0 if page else 1


def _case(args: argparse.Namespace) -> tuple[Case, Any]:
    """The case for whoever acts; also one that the audit administrator does not see. Refused: else."""
    person = who(args.by)
    case = Case.objects.numbered(args.number).select_related("agency", "enterprise").first()
    if case is None or not (access.is_visible(case, person) or access.audits(case, person)):
        raise access.unknown_case()
    return case, person


def propose(args: argparse.Namespace) -> int:
    case, person = _case(args)
    keeping.propose_disposal(case, by=person, remark=args.remark)
    print(_("Proposed; the audit administrator decides."))
    return 0


def confirm(args: argparse.Namespace) -> int:
    case, person = _case(args)
    event = keeping.dispose(case, by=person, remark=args.remark)
    print(_("Disposed of: %(texts)s texts and %(files)s files were destroyed.") % event.data)
    return 0


def refuse(args: argparse.Namespace) -> int:
    case, person = _case(args)
    keeping.refuse_disposal(case, by=person, reason=args.reason)
    print(_("Refused; the file stays."))
    return 0
