"""The verbs of the command line about agreements with other nodes."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from lianqiao.record.refusal import Refused
from lianqiao.registry import agreements, commands, finding
from lianqiao.registry.models import Agreement


def declare(verbs: Any) -> None:
    """Declares the verbs under `lianqiao agreement`."""
    agreement = verbs.add_parser("agreement", help=_("agreements with other nodes")).add_subparsers(
        required=True, metavar=_("VERB")
    )
    show = agreement.add_parser("show", help=_("list the agreements, or show one"))
    show.add_argument("reference", nargs="?", help=_("reference of the agreement"))
    show.add_argument("--json", action="store_true", help=_("print the terms as they are signed"))
    show.set_defaults(run=agreement_show)
    propose = agreement.add_parser("propose", help=_("enter terms from a JSON file"))
    propose.add_argument("file", type=Path, help=_("the file with the terms"))
    commands.acting(propose)
    propose.set_defaults(run=agreement_propose)
    sign = agreement.add_parser("sign", help=_("sign with the key of this node"))
    sign.add_argument("reference", help=_("reference of the agreement"))
    commands.acting(sign)
    sign.set_defaults(run=agreement_sign)
    finish = agreement.add_parser("end", help=_("end an agreement"))
    finish.add_argument("reference", help=_("reference of the agreement"))
    finish.add_argument("--on", type=commands.day, help=_("first day on which it no longer holds; today if not given"))
    finish.add_argument("--reason", required=True, help=_("why"))
    commands.acting(finish)
    finish.set_defaults(run=agreement_end)


def agreement_show(args: argparse.Namespace) -> int:
    if not args.reference:
        for agreement in Agreement.objects.all():
            print(agreement.reference, agreement.get_state_display(), agreement.title, sep="  ")
        return 0
    agreement = finding.agreement(args.reference)
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
    agreement = agreements.propose(terms, by=commands.who(args.by))
    print(_("%(reference)s has been entered (%(id)s).") % {"reference": agreement.reference, "id": agreement.id})
    return 0


def agreement_sign(args: argparse.Namespace) -> int:
    agreement = agreements.sign(finding.agreement(args.reference), by=commands.who(args.by))
    print(
        _("%(reference)s has been signed by this node. State: %(state)s")
        % {"reference": agreement.reference, "state": agreement.get_state_display()}
    )
    return 0


def agreement_end(args: argparse.Namespace) -> int:
    agreement = agreements.end(
        finding.agreement(args.reference), by=commands.who(args.by), on=args.on, reason=args.reason
    )
    assert agreement.ended_on is not None
    print(
        _("%(reference)s no longer holds from %(ended)s.")
        % {"reference": agreement.reference, "ended": agreement.ended_on.isoformat()}
    )
    return 0
