"""The audit on the command line: `lianqiao audit reads`, `departures`, `verify`."""

import argparse
import sys
from typing import Any

from django.utils.translation import gettext as _

from lianqiao.record import reads, time
from lianqiao.registry.commands import day, who

from . import departures, looks


def declare(verbs: Any) -> None:
    """Declares the verbs. Exit codes: 0 done, 1 found nothing or something wrong, 2 refused."""
    audit = verbs.add_parser(
        "audit", help=_("who has read what is confidential, and what has left the node")
    ).add_subparsers(required=True, metavar=_("VERB"))
    listing = audit.add_parser("reads", help=_("list the looks at confidential cases, newest first"))
    listing.add_argument("--by", required=True, metavar="ACCOUNT", help=_("the audit administrator"))
    listing.add_argument("--case", metavar="NUMBER", help=_("only of this case"))
    listing.add_argument("--account", metavar="ACCOUNT", help=_("only of this person"))
    listing.add_argument("--since", type=day, help=_("first day, YYYY-MM-DD"))
    listing.add_argument("--until", type=day, help=_("last day, YYYY-MM-DD"))
    listing.add_argument("--limit", type=int, default=50, help=_("how many rows at most"))
    listing.set_defaults(run=show)
    left = audit.add_parser("departures", help=_("list what has left the node, newest first"))
    left.add_argument("--by", required=True, metavar="ACCOUNT", help=_("the audit administrator"))
    left.add_argument("--case", metavar="NUMBER", help=_("only of this case"))
    left.add_argument("--to", metavar="NODE|ACCOUNT|APP", help=_("only to this recipient"))
    left.add_argument("--since", type=day, help=_("first day, YYYY-MM-DD"))
    left.add_argument("--until", type=day, help=_("last day, YYYY-MM-DD"))
    left.add_argument("--after", metavar="ID", help=_("go on behind this row; its id stands in the last column"))
    left.add_argument("--limit", type=int, default=50, help=_("how many rows at most"))
    left.set_defaults(run=show_departures)
    check = audit.add_parser("verify", help=_("compare the looks of every sealed day with its seal"))
    check.set_defaults(run=verify)


def show(args: argparse.Namespace) -> int:
    page = looks.page(
        who(args.by), limit=min(args.limit, 1000), case=args.case, account=args.account, since=args.since, until=args.until
    )  # fmt: skip
    for look in looks.named(page):
        row = look.row
        shown = _("identity") if row.identity else "-"
        print(time.stamp(row.at), look.account, ",".join(look.numbers), row.part, shown, row.door, sep="\t")
    return 0 if page else 1


def show_departures(args: argparse.Namespace) -> int:
    page = departures.page(
        who(args.by), limit=max(1, min(args.limit, 1000)), after=args.after, case=args.case, to=args.to, since=args.since, until=args.until
    )  # fmt: skip
    for told in page:
        row = told.row
        print(
            time.stamp(row.place.at), row.way, row.to or "-", row.kind, told.case or "-", ",".join(row.parts), row.state,
            row.digest or "-", row.place, sep="\t",
        )  # fmt: skip
    return 0 if page else 1


def verify(args: argparse.Namespace) -> int:
    wrong = reads.faults()
    for one in wrong:
        print(_("The looks of %(day)s are not those that were sealed.") % {"day": one.isoformat()}, file=sys.stderr)
    return 1 if wrong else 0
