"""The verbs of the record: receipt verify, key list, key rotate, log checkpoint."""

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from django.contrib.auth import get_user_model
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from lianqiao.record import keys, log
from lianqiao.record.actors import Actor
from lianqiao.record.algorithms import ALGORITHMS, DEFAULT, PublicKey
from lianqiao.record.proofs import FALSE, OPEN, PROVEN, verify
from lianqiao.record.refusal import Refused

LARGEST = 2**20  # bytes of a receipt or a list of keys


def register(verbs: Any) -> None:
    receipt = verbs.add_parser("receipt", help=_("check receipts")).add_subparsers(required=True, metavar=_("VERB"))
    check = receipt.add_parser("verify", help=_("say what a receipt proves, without any node or database"))
    check.add_argument("file", type=Path, metavar="FILE", help=_("the receipt (JSON)"))
    given = check.add_mutually_exclusive_group()
    given.add_argument("--key", type=Path, metavar="FILE", help=_("public key of the node that gave it (PEM)"))
    given.add_argument("--keys", type=Path, metavar="JSON", help=_("published keys of the node and its peers"))
    check.set_defaults(run=verify_receipt)

    key = verbs.add_parser("key", help=_("keys of this node")).add_subparsers(required=True, metavar=_("VERB"))
    key.add_parser("list", help=_("all keys, ended ones too, as they are published")).set_defaults(run=list_keys)
    rotate = key.add_parser("rotate", help=_("begin a new key, announced by the present one"))
    rotate.add_argument("--by", required=True, metavar="ACCOUNT", help=_("account of the person who acts"))
    rotate.add_argument("--why", default="rotation", help=_("reason, for the record"))
    rotate.set_defaults(run=rotate_key)

    of_log = verbs.add_parser("log", help=_("the log of this node")).add_subparsers(required=True, metavar=_("VERB"))
    of_log.add_parser("checkpoint", help=_("sign the log as it stands and print the checkpoint")).set_defaults(
        run=print_checkpoint
    )


def verify_receipt(args: argparse.Namespace) -> int:
    """0: all that the receipt claims is proven; 1: something in it is false; 2: it cannot be read or not be checked."""
    document = read(args.file)
    try:
        verdict = verify(document, trusted(args, document))
    except (ValueError, TypeError, KeyError):
        print(_("No public keys can be read from %(file)s.") % {"file": args.key or args.keys}, file=sys.stderr)
        return 2
    marks = {PROVEN: _("proven"), FALSE: _("FALSE"), OPEN: _("not proven")}
    for finding in verdict.findings:
        print(f"{marks[finding.state]}: {finding.text(get_language() or 'zh')}")
    facts = document.get("facts") if isinstance(document, dict) and verdict.ok else None
    for name, value in (facts or {}).items():
        print(f"  {name}: {value}")
    return {PROVEN: 0, FALSE: 1, OPEN: 2}[verdict.state]


def trusted(args: argparse.Namespace, document: Any) -> list[PublicKey]:
    if args.key:
        public = ALGORITHMS[DEFAULT].load_public(raw(args.key))
        return [PublicKey(str(document.get("node")), DEFAULT, public)] if isinstance(document, dict) else []
    if args.keys:
        listed = read(args.keys)
        return [PublicKey.read(one) for one in (listed["keys"] if isinstance(listed, dict) else listed)]
    return []


def raw(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            content = file.read(LARGEST + 1)
    except OSError as error:
        raise Refused("unreadable", _("The file %(file)s cannot be read."), file=str(path)) from error
    if len(content) > LARGEST:
        raise Refused("too-large", _("The file %(file)s is larger than a receipt can be."), file=str(path))
    return content


def read(path: Path) -> Any:
    try:
        return json.loads(raw(path))
    except (ValueError, RecursionError) as error:
        raise Refused("no-json", _("The file %(file)s is no JSON."), file=str(path)) from error


def list_keys(args: argparse.Namespace) -> int:
    print(json.dumps({"keys": [key.document() for key in keys.published()]}, indent=2))
    return 0


def rotate_key(args: argparse.Namespace) -> int:
    """Refuses `no-such-account`, and what the record refuses."""
    people = get_user_model()
    person = people._default_manager.filter(**{people.USERNAME_FIELD: args.by, "is_active": True}).first()
    if person is None:
        raise Refused("no-such-account", _("There is no account %(account)s that may act."), account=args.by)
    key = keys.rotate(by=Actor.person(person.pk), why=args.why)
    print(_("The node signs with key %(kid)s now. Its peers learn it from the announcement.") % {"kid": key.kid})
    return 0


def print_checkpoint(args: argparse.Namespace) -> int:
    signed = log.sign_checkpoint()
    if signed is None:
        print(_("The log is empty: there is nothing to sign yet."), file=sys.stderr)
        return 1
    print(log.note(signed), end="")
    return 0
