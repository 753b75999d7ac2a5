"""The verbs of the command line about acting in somebody's stead, being away, and leaving."""

from __future__ import annotations

import argparse
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from lianqiao.record.time import today
from lianqiao.registry import actions, commands, finding
from lianqiao.registry.models import Absence, Delegation, Membership


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
    back = people.add_parser("back", help=_("take an absence back: the person is here again from today"))
    back.add_argument("absence", type=int, metavar="N", help=_("number of the absence, as person show prints it"))
    commands.acting(back)
    back.set_defaults(run=person_back)
    revoke = people.add_parser("undelegate", help=_("end a delegation at once"))
    revoke.add_argument(
        "delegation", type=int, metavar="N", help=_("number of the delegation, as person show prints it")
    )
    commands.acting(revoke)
    revoke.set_defaults(run=person_undelegate)
    show = people.add_parser("show", help=_("what a person may do here: roles, delegations, absences"))
    show.add_argument("account", help=_("account of the person"))
    show.set_defaults(run=person_show)


def declare_roles(member: Any) -> None:
    """Declares the verbs under `lianqiao member` that end what `appoint` begins."""
    end = member.add_parser("end", help=_("end a role"))
    end.add_argument("membership", type=int, metavar="N", help=_("number of the role, as person show prints it"))
    end.add_argument("--on", type=commands.day, help=_("last day, YYYY-MM-DD; today if not given"))
    end.add_argument("--reason", required=True, help=_("why; it stays in the record"))
    commands.acting(end)
    end.set_defaults(run=member_end)


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


def person_back(args: argparse.Namespace) -> int:
    actions.end_absence(finding.row(Absence, args.absence), by=commands.who(args.by))
    print(_("The person is here again from today."))
    return 0


def person_undelegate(args: argparse.Namespace) -> int:
    ended = actions.revoke_delegation(finding.row(Delegation, args.delegation), by=commands.who(args.by))
    print(_("%(taker)s no longer acts for %(giver)s.") % {"taker": ended.taker.account, "giver": ended.giver.account})
    return 0


def person_show(args: argparse.Namespace) -> int:
    """Roles, delegations and absences that are not over, each with its number."""
    person, on = commands.who(args.account), today()
    print(person.account, person.name, person.email, sep="\t")
    for held in Membership.objects.of(person).not_over(on):
        print(_("role"), held.pk, held.agency.code, held.get_role_display(), days(held.since, held.until), sep="\t")
    for given in Delegation.objects.about(person).not_over(on):
        who = f"{given.giver.account} -> {given.taker.account}"
        kind = _("deputy") if given.deputy else _("delegation")
        print(kind, given.pk, given.agency.code, who, ",".join(given.roles), days(given.since, given.until), sep="\t")
    for absence in Absence.objects.filter(person=person, until__gte=on):
        print(_("absence"), absence.pk, days(absence.since, absence.until), sep="\t")
    return 0


def days(since: date, until: date | None) -> str:
    return f"{since.isoformat()}..{until.isoformat() if until else ''}"


def member_end(args: argparse.Namespace) -> int:
    held = finding.row(Membership, args.membership)
    ended = actions.end_membership(held, on=args.on, reason=args.reason, by=commands.who(args.by))
    print(_("The role ends on %(until)s.") % {"until": ended.until})
    return 0
