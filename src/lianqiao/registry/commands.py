"""The verbs of the registry on the command line. Whatever changes something names who acts: --by ACCOUNT."""

from __future__ import annotations

import argparse
import sys
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from lianqiao.record.nodes import this_node
from lianqiao.record.refusal import Refused
from lianqiao.record.time import SHANGHAI, now
from lianqiao.registry import actions, finding, seed, tokens
from lianqiao.registry.models import Agency, ApiToken, Enterprise, Membership, Person, Region

who, region_of = finding.person, finding.region


def register(verbs: Any) -> None:
    """Declares the verbs. Exit codes: 0 done, 1 found something wrong (or nothing), 2 refused."""
    from lianqiao.registry import (
        agreement_commands,
        duty_commands,
        enterprise_commands,
        erasure_commands,
        people_commands,
        route_commands,
    )

    people = verbs.add_parser("person", help=_("people of this node")).add_subparsers(required=True, metavar=_("VERB"))
    first = people.add_parser(
        "first", help=_("enter the first administrator of a new node, with the office that runs it")
    )
    add_person_words(first)
    first.add_argument("--region", required=True, help=_("division code of the region, six digits"))
    first.add_argument("--region-zh", required=True, help=_("name of the region in Chinese"))
    first.add_argument("--region-en", required=True, help=_("name of the region in English"))
    first.add_argument("--agency", required=True, metavar="CODE", help=_("code of the office that runs the node"))
    first.add_argument("--agency-zh", required=True, help=_("name of the office in Chinese"))
    first.add_argument("--agency-en", required=True, help=_("name of the office in English"))
    first.set_defaults(run=person_first)
    add = people.add_parser("add", help=_("enter a person"))
    add_person_words(add)
    acting(add)
    add.set_defaults(run=person_add)
    people_commands.declare(people)

    agency = verbs.add_parser("agency", help=_("agencies of this node")).add_subparsers(
        required=True, metavar=_("VERB")
    )
    add = agency.add_parser("add", help=_("enter an agency"))
    add.add_argument("code", help=_("its code: small letters, digits and hyphens"))
    names(add)
    add.add_argument("--kind", required=True, choices=Agency.Kind.values, help=_("what it is"))
    add.add_argument("--region", required=True, help=_("division code of the region, six digits"))
    add.add_argument("--parent", metavar="CODE", help=_("the agency above it in the tree"))
    add.add_argument("--upper", metavar="CODE", help=_("the agency that hears objections (if not the one above it)"))
    add.add_argument("--uscc", default="", help=_("unified social credit code"))
    add.add_argument("--letter-code", default="", metavar="MARK", help=_("its mark in the numbers of documents"))
    acting(add)
    add.set_defaults(run=agency_add)
    describe = agency.add_parser("describe", help=_("change the contact of an agency, or its mark in document numbers"))
    describe.add_argument("code", metavar="CODE")
    describe.add_argument("--letter-code", metavar="MARK", help=_("its mark in the numbers of documents"))
    for name in ("address", "phone", "email"):
        describe.add_argument(f"--{name}", help=_("as it stands in letters and guides"))
    acting(describe)
    describe.set_defaults(run=agency_describe)

    enterprise = verbs.add_parser("enterprise", help=_("enterprises")).add_subparsers(required=True, metavar=_("VERB"))
    add = enterprise.add_parser("add", help=_("enter an enterprise"))
    names(add)
    add.add_argument("--kind", required=True, choices=Enterprise.Kind.values, help=_("what it is"))
    add.add_argument("--region", required=True, help=_("division code of the region, six digits"))
    add.add_argument("--uscc", default="", help=_("unified social credit code; none while it is being founded"))
    add.add_argument("--origin", default="", help=_("origin of the foreign investor, two capital letters"))
    add.add_argument("--owner", metavar="ACCOUNT", help=_("the person who stands for it"))
    add.add_argument("--warn-only", action="store_true", help=_("enter it although the check digits do not fit"))
    acting(add)
    add.set_defaults(run=enterprise_add)
    enterprise_commands.declare(enterprise)

    erasure_commands.declare(verbs)

    member = verbs.add_parser("member", help=_("roles of people in agencies")).add_subparsers(
        required=True, metavar=_("VERB")
    )
    appoint = member.add_parser("appoint", help=_("give a person a role in an agency"))
    appoint.add_argument("account", help=_("account of the person"))
    appoint.add_argument("agency", help=_("code of the agency"))
    appoint.add_argument("role", choices=Membership.Role.values, help=_("the role"))
    appoint.add_argument("--since", type=day, help=_("first day, YYYY-MM-DD; today if not given"))
    appoint.add_argument("--until", type=day, help=_("last day, YYYY-MM-DD"))
    acting(appoint)
    appoint.set_defaults(run=member_appoint)
    people_commands.declare_roles(member)

    token = verbs.add_parser("token", help=_("secrets for the interface")).add_subparsers(
        required=True, metavar=_("VERB")
    )
    issue = token.add_parser("issue", help=_("issue a token; its secret is printed this once"))
    issue.add_argument("account", help=_("account of the person"))
    issue.add_argument("--name", required=True, help=_("what it is for"))
    issue.add_argument("--scope", action="append", required=True, choices=tokens.SCOPES, help=_("may be repeated"))
    issue.add_argument("--until", type=day, help=_("last day, YYYY-MM-DD; 90 days if not given, a year at most"))
    acting(issue)
    issue.set_defaults(run=token_issue)
    revoke = token.add_parser("revoke", help=_("end a token"))
    revoke.add_argument("id", type=UUID, help=_("id of the token, as token list prints it"))
    acting(revoke)
    revoke.set_defaults(run=token_revoke)
    listing = token.add_parser("list", help=_("list tokens, without secrets"))
    listing.add_argument("account", nargs="?", help=_("account of the person; all if not given"))
    listing.set_defaults(run=token_list)

    registry = verbs.add_parser("registry", help=_("the registry as a whole")).add_subparsers(
        required=True, metavar=_("VERB")
    )
    load = registry.add_parser("load", help=_("enter what a TOML file holds and is not there yet"))
    load.add_argument("file", type=Path, help=_("the file"))
    acting(load)
    load.set_defaults(run=registry_load)
    agreement_commands.declare(verbs)
    route_commands.declare(verbs)
    duty_commands.declare(verbs)


def add_person_words(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("account", help=_("the account: a short name for signing in"))
    parser.add_argument("--name", default="", help=_("the name of the person"))
    parser.add_argument("--email", default="", help=_("the e-mail address"))
    parser.add_argument("--language", default="zh-hans", choices=Person.Language.values, help=_("the language"))
    parser.add_argument("--password-stdin", action="store_true", help=_("read a password from standard input"))


def names(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--zh", required=True, help=_("name in Chinese"))
    parser.add_argument("--en", required=True, help=_("name in English"))


def acting(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--by", required=True, metavar="ACCOUNT", help=_("the account of the person who acts"))


def day(text: str) -> date:
    return date.fromisoformat(text)


def agency_of(code: str | None) -> Agency | None:
    return finding.agency(code) if code else None


def password(args: argparse.Namespace) -> str | None:
    return sys.stdin.readline().rstrip("\n") if args.password_stdin else None


def person_first(args: argparse.Namespace) -> int:
    person = actions.first_admin(
        args.account,
        name=args.name,
        email=args.email,
        language=args.language,
        password=password(args),
        region=Region(code=args.region, name_zh=args.region_zh, name_en=args.region_en, node_code=this_node().code),
        agency_code=args.agency,
        agency_zh=args.agency_zh,
        agency_en=args.agency_en,
    )
    print(_("%(account)s is the first administrator of this node.") % {"account": person.account})
    return 0


def person_add(args: argparse.Namespace) -> int:
    person = actions.add_person(
        args.account,
        name=args.name,
        email=args.email,
        language=args.language,
        password=password(args),
        by=who(args.by),
    )
    print(_("%(account)s has been entered (%(id)s).") % {"account": person.account, "id": person.id})
    return 0


def agency_add(args: argparse.Namespace) -> int:
    agency = actions.add_agency(
        args.code,
        name_zh=args.zh,
        name_en=args.en,
        kind=args.kind,
        region=region_of(args.region),
        parent=agency_of(args.parent),
        upper=agency_of(args.upper),
        uscc=args.uscc,
        letter_code=args.letter_code,
        by=who(args.by),
    )
    print(_("%(agency)s has been entered: %(path)s") % {"agency": agency.label, "path": agency.path})
    return 0


def agency_describe(args: argparse.Namespace) -> int:
    agency = agency_of(args.code)
    assert agency is not None  # the code is required
    given = {name: getattr(args, name) for name in actions.DESCRIBED if getattr(args, name) is not None}
    actions.describe_agency(agency, by=who(args.by), **given)
    print(_("%(agency)s: changed.") % {"agency": agency.label})
    return 0


def enterprise_add(args: argparse.Namespace) -> int:
    by = who(args.by)
    owner = who(args.owner) if args.owner else None
    with transaction.atomic():
        enterprise = actions.add_enterprise(
            name_zh=args.zh,
            name_en=args.en,
            kind=args.kind,
            region=region_of(args.region),
            uscc=args.uscc,
            origin=args.origin,
            wrong_code="warn" if args.warn_only else "refuse",
            by=by,
        )
        if owner is not None:
            actions.link_owner(owner, enterprise, by=by)
    print(_("%(enterprise)s has been entered (%(id)s).") % {"enterprise": enterprise.label, "id": enterprise.id})
    return 0


def member_appoint(args: argparse.Namespace) -> int:
    agency = agency_of(args.agency)
    assert agency is not None
    membership = actions.appoint(
        who(args.account), agency, args.role, since=args.since, until=args.until, by=who(args.by)
    )
    print(
        _("%(account)s is %(role)s in %(agency)s from %(since)s.")
        % {
            "account": args.account,
            "role": membership.get_role_display(),
            "agency": agency.label,
            "since": membership.since.isoformat(),
        }
    )
    return 0


def token_issue(args: argparse.Namespace) -> int:
    # The last day counts in full: the token ends when it ends in China.
    end = datetime.combine(args.until + timedelta(days=1), time(), SHANGHAI).astimezone(UTC) if args.until else None
    token, secret = actions.issue_token(
        who(args.account), name=args.name, scopes=args.scope, expires_at=end, by=who(args.by)
    )
    print(
        _("Token %(id)s ends on %(end)s. Its secret is shown only now:")
        % {"id": token.id, "end": token.expires_at.astimezone(SHANGHAI).isoformat(timespec="minutes")},
        file=sys.stderr,
    )
    print(secret)
    return 0


def token_revoke(args: argparse.Namespace) -> int:
    token = ApiToken.objects.filter(id=args.id).first()
    if token is None:
        raise Refused("token-id-unknown", _("There is no token with the id %(id)s."), id=str(args.id))
    actions.revoke_token(token, by=who(args.by))
    print(_("Token %(id)s has been revoked.") % {"id": token.id})
    return 0


def token_list(args: argparse.Namespace) -> int:
    listed = ApiToken.objects.select_related("person")
    if args.account:
        listed = listed.filter(person=who(args.account))
    states = {"active": _("active"), "expired": _("expired"), "revoked": _("revoked")}
    for token in listed:
        end = token.expires_at.astimezone(SHANGHAI).isoformat(timespec="minutes")
        scopes = ",".join(token.scopes)
        print(token.id, token.person.account, states[token.state(now())], end, scopes, token.name, sep="  ")
    return 0


def registry_load(args: argparse.Namespace) -> int:
    made = seed.load(args.file, by=who(args.by))
    print(
        _(
            "The registry holds %(regions)s regions, %(agencies)s agencies, %(people)s people, %(enterprises)s enterprises."
        )
        % {name: len(made[name]) for name in ("regions", "agencies", "people", "enterprises")}
    )
    return 0
