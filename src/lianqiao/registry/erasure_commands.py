"""The verbs of the command line about erasures of the registry: ask, list, erase, refuse."""

from __future__ import annotations

import argparse
from typing import Any
from uuid import UUID

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from lianqiao.law import keeping
from lianqiao.record.refusal import Refused
from lianqiao.record.time import today
from lianqiao.registry import commands, erasures
from lianqiao.registry.actions import erasing
from lianqiao.registry.models import Enterprise


def declare(verbs: Any) -> None:
    """Declares `lianqiao erasure`. Exit codes: 0 done, 1 found nothing, 2 refused."""
    erasure = verbs.add_parser("erasure", help=_("erasure of personal data")).add_subparsers(
        required=True, metavar=_("VERB")
    )
    ask = erasure.add_parser("request", help=_("ask that personal data be erased"))
    ask.add_argument("--enterprise", type=UUID, metavar="ID", help=_("the enterprise whose contacts are to be erased"))
    ask.add_argument(
        "--what", action="append", default=[], choices=erasing.OF_A_PERSON, help=_("of oneself; may be repeated")
    )
    ask.add_argument("--reason", required=True, help=_("why; it stays in the record"))
    asking(ask)
    ask.set_defaults(run=request)
    listing = erasure.add_parser("list", help=_("list requests, newest first"))
    asking(listing)
    listing.set_defaults(run=show)
    grounds = erasure.add_parser(
        "grounds", help=_("list the grounds of erasing and the reasons for refusing, with their articles")
    )
    grounds.set_defaults(run=tell_grounds)
    for name, run, said in (
        ("erase", carry_out, _("erase what was asked for")), ("refuse", refuse, _("refuse what was asked for")),
    ):  # fmt: skip
        verb = erasure.add_parser(name, help=said)
        verb.add_argument("id", type=UUID, help=_("id of the request"))
        verb.add_argument("--ground", required=True, help=_("code of the ground; see: lianqiao erasure grounds"))
        asking(verb)
        verb.set_defaults(run=run)


def asking(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--by", required=True, metavar="ACCOUNT", help=_("account of the person who does it"))


def request(args: argparse.Namespace) -> int:
    by = commands.who(args.by)
    if args.enterprise is None:
        return told(erasing.request_own(args.what, reason=args.reason, by=by))
    enterprise = Enterprise.objects.filter(pk=args.enterprise).first()
    if enterprise is None:
        raise Refused(
            "unknown-enterprise", _("There is no such enterprise in the registry. Register it first."), status=404
        )
    return told(erasing.request_contacts(enterprise, reason=args.reason, by=by))


def show(args: argparse.Namespace) -> int:
    rows = list(erasures.visible_to(commands.who(args.by))[: erasures.MOST])
    for row in rows:
        told(row)
    return 0 if rows else 1


def carry_out(args: argparse.Namespace) -> int:
    by = commands.who(args.by)
    return told(erasing.erase(erasures.named(args.id, by), ground=args.ground, by=by))


def refuse(args: argparse.Namespace) -> int:
    by = commands.who(args.by)
    return told(erasing.refuse_erasure(erasures.named(args.id, by), ground=args.ground, by=by))


def told(row: Any) -> int:
    said = erasures.told(row)
    print(said["id"], said["state_label"], ", ".join(said["what"]), said["asked_at"], said["because"] or "-", sep="\t")
    return 0


def tell_grounds(args: argparse.Namespace) -> int:
    lang = get_language() or "zh"
    for entries in (keeping.grounds(today()), keeping.refusals(today())):
        for code, entry in entries.items():
            print(code, entry.told().in_(lang), sep="\t")
        print()
    return 0
