"""The verbs of the registry on the command line. Whatever changes something names who acts: --by ACCOUNT."""

from __future__ import annotations

import argparse
import json
import sys
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from lianqiao.record.nodes import this_node
from lianqiao.record.refusal import Refused
from lianqiao.record.time import SHANGHAI, now, today
from lianqiao.registry import actions, agreements, seed, tokens
from lianqiao.registry.models import Agency, Agreement, ApiToken, Competence, Enterprise, Membership, Person, Region
from lianqiao.registry.models.competence import areas_around


def register(verbs: Any) -> None:
    """Declares the verbs. Exit codes: 0 done, 1 found something wrong (or nothing), 2 refused."""
    from lianqiao.registry import enterprise_commands, people_commands

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
    acting(add)
    add.set_defaults(run=agency_add)

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

    agreement = verbs.add_parser("agreement", help=_("agreements with other nodes")).add_subparsers(
        required=True, metavar=_("VERB")
    )
    show = agreement.add_parser("show", help=_("list the agreements, or show one"))
    show.add_argument("reference", nargs="?", help=_("reference of the agreement"))
    show.add_argument("--json", action="store_true", help=_("print the terms as they are signed"))
    show.set_defaults(run=agreement_show)
    propose = agreement.add_parser("propose", help=_("enter terms from a JSON file"))
    propose.add_argument("file", type=Path, help=_("the file with the terms"))
    acting(propose)
    propose.set_defaults(run=agreement_propose)
    sign = agreement.add_parser("sign", help=_("sign with the key of this node"))
    sign.add_argument("reference", help=_("reference of the agreement"))
    acting(sign)
    sign.set_defaults(run=agreement_sign)
    finish = agreement.add_parser("end", help=_("end an agreement"))
    finish.add_argument("reference", help=_("reference of the agreement"))
    finish.add_argument("--on", type=day, help=_("first day on which it no longer holds; today if not given"))
    finish.add_argument("--reason", required=True, help=_("why"))
    acting(finish)
    finish.set_defaults(run=agreement_end)

    registry = verbs.add_parser("registry", help=_("the registry as a whole")).add_subparsers(
        required=True, metavar=_("VERB")
    )
    load = registry.add_parser("load", help=_("enter what a TOML file holds and is not there yet"))
    load.add_argument("file", type=Path, help=_("the file"))
    acting(load)
    load.set_defaults(run=registry_load)

    route = verbs.add_parser("route", help=_("who is competent")).add_subparsers(required=True, metavar=_("VERB"))
    explain = route.add_parser("explain", help=_("say which agency is competent, and why"))
    explain.add_argument("--region", default="", help=_("division code of the region, six digits"))
    explain.add_argument("--area", default="", help=_("code of a service area without a division code"))
    explain.add_argument("--programme", required=True, help=_("the programme"))
    explain.add_argument("--category", default="", help=_("the category"))
    explain.add_argument("--level", default="", choices=Competence.Level.values, help=_("the level of government"))
    explain.add_argument("--on", type=day, help=_("the day, YYYY-MM-DD; today if not given"))
    explain.set_defaults(run=route_explain)
    gaps = route.add_parser("gaps", help=_("where nobody is competent, and where two are"))
    gaps.add_argument("--on", type=day, help=_("the day, YYYY-MM-DD; today if not given"))
    gaps.set_defaults(run=route_gaps)


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


def who(account: str) -> Person:
    person = Person.objects.active().filter(account=account).first()
    if person is None:
        raise Refused("person-unknown", _("There is no active person with the account %(account)s."), account=account)
    return person


def agency_of(code: str | None) -> Agency | None:
    if not code:
        return None
    agency = Agency.objects.filter(code=code).first()
    if agency is None:
        raise Refused("agency-code-unknown", _("There is no agency with the code %(agency)s."), agency=code)
    return agency


def region_of(code: str) -> Region:
    region = Region.objects.filter(code=code).first()
    if region is None:
        raise Refused("region-unknown", _("There is no region with the code %(region)s."), region=code)
    return region


def agreement_of(reference: str) -> Agreement:
    agreement = Agreement.objects.filter(reference=reference).first()
    if agreement is None:
        raise Refused(
            "agreement-unknown", _("There is no agreement with the reference %(reference)s."), reference=reference
        )
    return agreement


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
        by=who(args.by),
    )
    print(_("%(agency)s has been entered: %(path)s") % {"agency": agency.label, "path": agency.path})
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


def agreement_show(args: argparse.Namespace) -> int:
    if not args.reference:
        for agreement in Agreement.objects.all():
            print(agreement.reference, agreement.get_state_display(), agreement.title, sep="  ")
        return 0
    agreement = agreement_of(args.reference)
    if args.json:
        print(json.dumps(agreement.text, ensure_ascii=False, indent=2))
        return 0
    never = _("no end")
    print(agreement)
    print(_("State: %(state)s") % {"state": agreement.get_state_display()})
    print(
        _("From %(starts)s until %(ends)s")
        % {
            "starts": agreement.starts_on.isoformat(),
            "ends": agreement.ends_on.isoformat() if agreement.ends_on else never,
        }
    )
    if agreement.ended_on:
        print(
            _("Ended from %(ended)s: %(reason)s")
            % {"ended": agreement.ended_on.isoformat(), "reason": agreement.ended_reason}
        )
    print(_("Digest: %(digest)s") % {"digest": agreement.digest})
    for node, kid in ((agreement.node_a, agreement.kid_a), (agreement.node_b, agreement.kid_b)):
        print(_("Node %(node)s signed with key: %(kid)s") % {"node": node, "kid": kid or "-"})
    for clause in agreements.clauses_of(agreement):
        print(
            f"  {clause.ref}  {clause.from_node}:{clause.from_agency} -> {clause.to_node}:{clause.to_agency}"
            f"  {', '.join(clause.programmes)}"
        )
    return 0


def agreement_propose(args: argparse.Namespace) -> int:
    try:
        terms = json.loads(args.file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise Refused(
            "terms-unreadable",
            _("The file %(path)s cannot be read: %(problem)s"),
            path=str(args.file),
            problem=str(error),
        ) from error
    agreement = agreements.propose(terms, by=who(args.by))
    print(_("%(reference)s has been entered (%(id)s).") % {"reference": agreement.reference, "id": agreement.id})
    return 0


def agreement_sign(args: argparse.Namespace) -> int:
    agreement = agreements.sign(agreement_of(args.reference), by=who(args.by))
    print(
        _("%(reference)s has been signed by this node. State: %(state)s")
        % {"reference": agreement.reference, "state": agreement.get_state_display()}
    )
    return 0


def agreement_end(args: argparse.Namespace) -> int:
    agreement = agreements.end(agreement_of(args.reference), by=who(args.by), on=args.on, reason=args.reason)
    assert agreement.ended_on is not None
    print(
        _("%(reference)s no longer holds from %(ended)s.")
        % {"reference": agreement.reference, "ended": agreement.ended_on.isoformat()}
    )
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


def route_explain(args: argparse.Namespace) -> int:
    """0 with the agency and the reason; 1 when nobody is competent."""
    on = args.on or today()
    if not args.region and not args.area:
        raise Refused("place-missing", _("Name the region or the service area."), status=422)
    if args.area and not areas_around(args.area, on):
        raise Refused("area-unknown", _("There is no service area %(area)s on that day."), status=422, area=args.area)
    answer = Competence.objects.competent(args.region, args.programme, args.category, args.level, on, args.area)
    if answer.agency is None:
        print(answer.because, file=sys.stderr)
        return 1
    print(answer.agency.code)
    print(answer.because)
    return 0


def route_gaps(args: argparse.Namespace) -> int:
    """1 when there are gaps or overlaps; 0 when there are none."""
    from lianqiao.registry import gaps

    on = args.on or today()
    found = [*gaps.gaps(this_node().code, on), *gaps.overlaps(this_node().code, on)]
    for sentence in found:
        print(sentence)
    if not found:
        print(_("For every programme of this node one agency is competent everywhere."))
    return 1 if found else 0
