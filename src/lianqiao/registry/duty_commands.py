"""The verbs of the command line about what is due again and again."""

from __future__ import annotations

import argparse
from typing import Any

from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from lianqiao.record.time import today
from lianqiao.registry import actions, commands, finding, owing


def declare(verbs: Any) -> None:
    """Declares the verbs under `lianqiao duty`."""
    duty = verbs.add_parser("duty", help=_("what the agencies of this node owe again and again")).add_subparsers(
        required=True, metavar=_("VERB")
    )
    listing = duty.add_parser("list", help=_("what waits and what is overdue; 1 when something is overdue"))
    listing.add_argument("--agency", default="", metavar="CODE", help=_("only those of this agency"))
    listing.add_argument("--all", action="store_true", help=_("also what was done in the last year"))
    listing.set_defaults(run=duty_list)
    done = duty.add_parser("discharge", help=_("record that a duty was done"))
    done.add_argument("duty", help=_("code of the duty, as duty list prints it"))
    done.add_argument("agency", help=_("code of the agency"))
    done.add_argument("due_on", type=commands.day, metavar="DATE", help=_("the day on which it fell due"))
    done.add_argument("--note", default="", help=_("where it can be found, such as the number of a report"))
    commands.acting(done)
    done.set_defaults(run=duty_discharge)


STATES = {"done": gettext_lazy("done"), "overdue": gettext_lazy("overdue"), "waiting": gettext_lazy("waiting")}


def duty_list(args: argparse.Namespace) -> int:
    """State, day, duty, agency, what it is; "?" after a day that a holiday notice may still move."""
    agencies = [finding.agency(args.agency)] if args.agency else None
    owed = owing.owed(today(), agencies)
    lang = get_language() or "zh"
    for one in owed:
        if args.all or one.state != "done":
            day = one.due.due.isoformat() + ("?" if one.due.provisional else "")
            print(STATES[one.state], day, one.duty.code, one.agency.code, one.duty.name.in_(lang), sep="\t")
    return 1 if any(one.state == "overdue" for one in owed) else 0


def duty_discharge(args: argparse.Namespace) -> int:
    agency = finding.agency(args.agency)
    actions.discharge(args.duty, agency, args.due_on, note=args.note, by=commands.who(args.by))
    print(
        _("%(duty)s of %(due)s is done by %(agency)s.")
        % {"duty": args.duty, "due": args.due_on, "agency": agency.label}
    )
    return 0
