"""The verbs of the command line about who is competent."""

from __future__ import annotations

import argparse
import sys
from typing import Any

from django.utils.translation import gettext as _

from lianqiao.record.nodes import this_node
from lianqiao.record.time import today
from lianqiao.registry import actions, commands, finding, gaps
from lianqiao.registry.models import Competence


def declare(verbs: Any) -> None:
    """Declares the verbs under `lianqiao route`."""
    route = verbs.add_parser("route", help=_("who is competent")).add_subparsers(required=True, metavar=_("VERB"))
    explain = route.add_parser("explain", help=_("say which agency is competent, and why"))
    explain.add_argument("--region", default="", help=_("division code of the region, six digits"))
    explain.add_argument("--area", default="", help=_("code of a service area without a division code"))
    explain.add_argument("--programme", required=True, help=_("the programme"))
    explain.add_argument("--category", default="", help=_("the category"))
    explain.add_argument("--level", default="", choices=Competence.Level.values, help=_("the level of government"))
    explain.add_argument("--on", type=commands.day, help=_("the day, YYYY-MM-DD; today if not given"))
    explain.set_defaults(run=route_explain)
    gaps = route.add_parser("gaps", help=_("where nobody is competent, and where two are"))
    gaps.add_argument("--on", type=commands.day, help=_("the day, YYYY-MM-DD; today if not given"))
    gaps.set_defaults(run=route_gaps)
    listing = route.add_parser("list", help=_("the rules of competence, with their dates"))
    listing.add_argument("--agency", default="", metavar="CODE", help=_("only those of this agency"))
    listing.set_defaults(run=route_list)
    enter = route.add_parser("set", help=_("enter that an agency is competent, from a day, to a day"))
    enter.add_argument("agency", help=_("code of the agency"))
    enter.add_argument("--programme", required=True, help=_("the programme"))
    enter.add_argument("--region", default="", help=_("first digits of the division codes; nothing for everywhere"))
    enter.add_argument("--area", default="", help=_("code of a service area without a division code"))
    enter.add_argument("--category", default="", help=_("the category; all if not given"))
    enter.add_argument("--level", default="", choices=Competence.Level.values, help=_("the level of government"))
    enter.add_argument("--since", type=commands.day, help=_("first day, YYYY-MM-DD; today if not given"))
    enter.add_argument("--until", type=commands.day, help=_("last day, YYYY-MM-DD"))
    enter.add_argument("--basis", default="", help=_("the document that says so"))
    commands.acting(enter)
    enter.set_defaults(run=route_set)
    end = route.add_parser("end", help=_("end a rule of competence"))
    end.add_argument("rule", type=int, metavar="N", help=_("number of the rule, as route list prints it"))
    end.add_argument("--on", type=commands.day, help=_("last day, YYYY-MM-DD; today if not given"))
    commands.acting(end)
    end.set_defaults(run=route_end)


def route_explain(args: argparse.Namespace) -> int:
    """0 with the agency and the reason; 1 when nobody is competent."""
    on = args.on or today()
    finding.matter(region=args.region, area=args.area, programme=args.programme, on=on)
    answer = Competence.objects.competent(args.region, args.programme, args.category, args.level, on, args.area)
    if answer.agency is None:
        print(answer.because, file=sys.stderr)
        return 1
    print(answer.agency.code)
    print(answer.because)
    return 0


def route_gaps(args: argparse.Namespace) -> int:
    """1 when there are gaps or overlaps; 0 when there are none."""
    on = args.on or today()
    found = [*gaps.gaps(this_node().code, on), *gaps.overlaps(this_node().code, on)]
    for sentence in found:
        print(sentence)
    if not found:
        print(_("For every programme of this node one agency is competent everywhere."))
    return 1 if found else 0


def route_list(args: argparse.Namespace) -> int:
    """The rules, ended ones too: number, agency, place, programme, category, level, days, basis."""
    rules = Competence.objects.select_related("agency")
    for rule in rules.filter(agency=finding.agency(args.agency)) if args.agency else rules:
        days = f"{rule.since.isoformat()}..{rule.until.isoformat() if rule.until else ''}"
        place = rule.area or rule.region or "*"
        said = (
            rule.pk,
            rule.agency.code,
            place,
            rule.programme,
            rule.category or "*",
            rule.level or "*",
            days,
            rule.basis,
        )
        print(*said, sep="\t")
    return 0


def route_set(args: argparse.Namespace) -> int:
    named = ("programme", "region", "area", "category", "level", "since", "until", "basis")
    agency, given = finding.agency(args.agency), {name: getattr(args, name) for name in named}
    rule = actions.set_competence(agency, **given, by=commands.who(args.by))
    print(_("Rule %(rule)s: %(agency)s is competent.") % {"rule": rule.pk, "agency": agency.label})
    return 0


def route_end(args: argparse.Namespace) -> int:
    rule = actions.end_competence(finding.row(Competence, args.rule), on=args.on, by=commands.who(args.by))
    print(_("Rule %(rule)s holds until %(until)s.") % {"rule": rule.pk, "until": rule.until})
    return 0
