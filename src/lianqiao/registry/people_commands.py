"""The verbs of the command line about acting in somebody's stead, being away, and leaving."""

from __future__ import annotations

import argparse
from typing import Any

from django.utils.translation import gettext as _

from lianqiao.registry import actions, commands
from lianqiao.registry.models import Membership


def declare(people: Any) -> None:
    """Declares the verbs under `lianqiao person`."""
    delegate = people.add_parser("delegate", help=_("let another act with a person's roles in an agency, to a day"))
    delegate.add_argument("giver", metavar="ACCOUNT", help=_("whose roles"))
    delegate.add_argument("taker", metavar="ACCOUNT", help=_("who acts"))
    delegate.add_argument("agency", help=_("code of the agency"))
    delegate.add_argument(
        "--role", action="append", required=True, choices=Membership.Role.values, help=_("may be repeated")
    )
    delegate.add_argument("--until", type=commands.day, required=True, help=_("last day, YYYY-MM-DD"))
    delegate.add_argument("--since", type=commands.day, help=_("first day, YYYY-MM-DD; today if not given"))
    delegate.add_argument("--matter", action="append", default=[], help=_("only for this programme; may be repeated"))
    delegate.add_argument("--deputy", action="store_true", help=_("only on the giver's days of absence"))
    commands.acting(delegate)
    delegate.set_defaults(run=person_delegate)
    away = people.add_parser("away", help=_("enter days on which a person is away"))
    away.add_argument("account", help=_("account of the person"))
    away.add_argument("since", type=commands.day, help=_("first day, YYYY-MM-DD"))
    away.add_argument("until", type=commands.day, help=_("last day, YYYY-MM-DD"))
    commands.acting(away)
    away.set_defaults(run=person_away)


def person_delegate(args: argparse.Namespace) -> int:
    agency = commands.agency_of(args.agency)
    assert agency is not None
    made = actions.delegate(
        commands.who(args.giver),
        commands.who(args.taker),
        agency,
        roles=args.role,
        since=args.since,
        until=args.until,
        matters=args.matter,
        deputy=args.deputy,
        by=commands.who(args.by),
    )
    said = {"taker": args.taker, "giver": args.giver, "agency": agency.label, "until": made.until.isoformat()}
    print(_("%(taker)s may act for %(giver)s in %(agency)s until %(until)s.") % said)
    return 0


def person_away(args: argparse.Namespace) -> int:
    made = actions.enter_absence(
        commands.who(args.account), since=args.since, until=args.until, by=commands.who(args.by)
    )
    said = {"account": args.account, "since": made.since.isoformat(), "until": made.until.isoformat()}
    print(_("%(account)s is away from %(since)s to %(until)s.") % said)
    return 0
