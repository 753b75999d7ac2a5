"""The verbs of the exchange on the command line. Whatever changes something names who acts: --by ACCOUNT."""

import argparse
import json
import sys
from pathlib import Path
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _


def register(verbs: Any) -> None:
    """Declares the verbs. Exit codes: 0 done, 1 found nothing, 2 refused."""
    peer = verbs.add_parser("peer", help=_("other nodes")).add_subparsers(required=True)
    card = peer.add_parser("card", help=_("print the card of this node, and its fingerprint on stderr"))
    card.set_defaults(run=peer_card)
    add = peer.add_parser("add", help=_("note another node by its card; it is not trusted yet"))
    add.add_argument("card", help=_("address of the node, or a file with its card"))
    acting(add)
    add.set_defaults(run=peer_add)
    trust = peer.add_parser(
        "trust", help=_("trust a node whose fingerprint its people have confirmed over another way")
    )
    trust.add_argument("node", help=_("code of the node"))
    trust.add_argument("--fingerprint", required=True, help=_("the fingerprint that they have read out"))
    acting(trust)
    trust.set_defaults(run=peer_trust)
    block = peer.add_parser("block", help=_("stop the exchange with a node until it is trusted again"))
    block.add_argument("node", help=_("code of the node"))
    block.add_argument("--reason", required=True, help=_("why"))
    acting(block)
    block.set_defaults(run=peer_block)
    end = peer.add_parser("end", help=_("record that a node is gone for good; this cannot be undone"))
    end.add_argument("node", help=_("code of the node"))
    end.add_argument("--reason", required=True, help=_("why"))
    end.add_argument("--proof", required=True, help=_("the document that proves it"))
    acting(end)
    end.set_defaults(run=peer_end)
    listing = peer.add_parser("list", help=_("list the nodes that are known"))
    listing.set_defaults(run=peer_list)
    show = peer.add_parser("show", help=_("show one node: keys, clocks, how far both streams have come"))
    show.add_argument("node", help=_("code of the node"))
    show.set_defaults(run=peer_show)
    rotate = peer.add_parser("rotate", help=_("make a new key of this node and announce it to every peer"))
    rotate.add_argument("--reason", required=True, help=_("why"))
    acting(rotate)
    rotate.set_defaults(run=peer_rotate)

    parcel = verbs.add_parser("parcel", help=_("parcels to and from other nodes")).add_subparsers(required=True)
    listing = parcel.add_parser("list", help=_("list parcels that are not done"))
    listing.add_argument(
        "--all", action="store_true", help=_("the newest hundred in each direction, whatever their state")
    )
    listing.add_argument("--node", help=_("code of the node"))
    listing.set_defaults(run=parcel_list)
    show = parcel.add_parser("show", help=_("show one parcel with its body"))
    show.add_argument("id", type=UUID, help=_("id of the parcel"))
    show.set_defaults(run=parcel_show)
    resend = parcel.add_parser("resend", help=_("send a parcel again, whatever its state"))
    resend.add_argument("id", type=UUID, help=_("id of the parcel"))
    acting(resend)
    resend.set_defaults(run=parcel_resend)

    alarm = verbs.add_parser("alarm", help=_("what the exchange cannot settle by itself")).add_subparsers(required=True)
    listing = alarm.add_parser("list", help=_("list alarms that wait to be handled"))
    listing.add_argument("--all", action="store_true", help=_("handled ones too"))
    listing.set_defaults(run=alarm_list)
    handle = alarm.add_parser("handle", help=_("mark an alarm as handled"))
    handle.add_argument("id", type=int, help=_("number of the alarm"))
    handle.add_argument("--note", required=True, help=_("what was found or done"))
    acting(handle)
    handle.set_defaults(run=alarm_handle)
    release = alarm.add_parser(
        "release", help=_("release a case that stayed frozen after a restore, when people have settled who answers")
    )
    release.add_argument("dossier", type=UUID, help=_("id of the dossier"))
    release.add_argument("--note", required=True, help=_("what was found or done"))
    acting(release)
    release.set_defaults(run=alarm_release)


def acting(parser: Any) -> None:
    parser.add_argument("--by", required=True, metavar="ACCOUNT", help=_("account of the administrator who does it"))


def person(args: argparse.Namespace) -> Any:
    from lianqiao.record.refusal import Refused
    from lianqiao.registry.models import Person

    found = Person.objects.active().filter(account=args.by).first()
    if found is None:
        raise Refused("unknown-person", _("No active person has the account %(account)s."), account=args.by)
    return found


def peer_card(args: argparse.Namespace) -> int:
    from lianqiao.exchange import peers
    from lianqiao.record import keys

    print(json.dumps(peers.card(), ensure_ascii=False, indent=1))
    print(
        _("Fingerprint: %(fingerprint)s") % {"fingerprint": peers.shown(peers.digest_of(keys.signing_key().public))},
        file=sys.stderr,
    )
    return 0


def peer_add(args: argparse.Namespace) -> int:
    from lianqiao.exchange import calls, peers

    given = (
        calls.card(args.card)
        if args.card.startswith(("http://", "https://"))
        else json.loads(Path(args.card).read_text("utf-8"))
    )
    peer = peers.add(given, by=person(args))
    print(_("Node %(node)s is noted, and not trusted yet.") % {"node": peer})
    for key in peer.keys.all():
        print(_("Fingerprint: %(fingerprint)s") % {"fingerprint": peers.shown(peers.fingerprint_of(key))})
    print(
        _(
            "Have its people read the fingerprint to you over another way, then run: lianqiao peer trust %(code)s --fingerprint ..."
        )
        % {"code": peer.code}
    )
    return 0


def peer_trust(args: argparse.Namespace) -> int:
    from lianqiao.exchange import peers

    return told(peers.trust(args.node, args.fingerprint, by=person(args)))


def peer_block(args: argparse.Namespace) -> int:
    from lianqiao.exchange import peers

    return told(peers.block(args.node, reason=args.reason, by=person(args)))


def peer_end(args: argparse.Namespace) -> int:
    from lianqiao.exchange import ending

    return told(ending.end(args.node, reason=args.reason, proof=args.proof, by=person(args)))


def told(peer: Any) -> int:
    print(f"{peer}: {peer.get_state_display()}")
    return 0


def peer_list(args: argparse.Namespace) -> int:
    from lianqiao.exchange.models import Peer

    rows = list(Peer.objects.all())
    for peer in rows:
        heard = peer.last_heard_at.isoformat(timespec="seconds") if peer.last_heard_at else "-"
        print(f"{peer.code}  {peer.get_state_display()}  {peer.name}  {peer.base_url}  {heard}")
    return 0 if rows else 1


def peer_show(args: argparse.Namespace) -> int:
    from lianqiao.exchange import peers, post
    from lianqiao.exchange.models import Peer
    from lianqiao.record.refusal import Refused

    peer = Peer.objects.filter(code=args.node).first()
    if peer is None:
        raise Refused("peer-unknown", _("No node %(node)s is known here; add it as a peer."), node=args.node)
    lines = {
        _("node"): str(peer), _("state"): peer.get_state_display(), _("address"): peer.base_url, _("epoch"): peer.epoch,
        _("sent up to"): f"{peer.sent_epoch}.{peer.sent_sequence}", _("received up to"): f"{peer.received_epoch}.{peer.received_upto}",
        _("waiting parcels"): post.waiting_for(peer.code), _("last heard"): peer.last_heard_at, _("last reached"): peer.last_sent_at,
        _("out of reach since"): peer.unreachable_since, _("its clock is ahead by, seconds"): peer.skew_seconds,
    }  # fmt: skip
    for name, value in lines.items():
        print(f"{name}: {'-' if value is None else value}")
    for key in peer.keys.all():
        until = key.valid_until.isoformat(timespec="seconds") if key.valid_until else "-"
        print(f"{key.kid}  {key.algorithm}  {until}  {peers.shown(peers.fingerprint_of(key))}")
    return 0


def peer_rotate(args: argparse.Namespace) -> int:
    from lianqiao.exchange import rotation

    kid = rotation.rotate(why=args.reason, by=person(args))
    print(
        _("The new key is %(kid)s. Each peer is written to with the old key until it has acknowledged.") % {"kid": kid}
    )
    return 0


def parcel_list(args: argparse.Namespace) -> int:
    from lianqiao.exchange.models import ParcelIn, ParcelOut

    sent, came = ParcelOut.objects.order_by("-created_at"), ParcelIn.objects.order_by("-received_at")
    if args.node:
        sent, came = sent.filter(peer=args.node), came.filter(peer=args.node)
    if not args.all:
        sent, came = sent.exclude(state=ParcelOut.State.DELIVERED), came.exclude(state=ParcelIn.State.DONE)
    out, into = list(sent[:100]), list(came[:100])
    for row in out:
        print("->", *described(row, row.pk, row.attempts, row.last_error), sep="  ")
    for parcel in into:
        print("<-", *described(parcel, parcel.parcel, parcel.tries, parcel.reason), sep="  ")
    return 0 if out or into else 1


def described(row: Any, identity: UUID, tries: int, why: str) -> list[object]:
    return [row.peer_id, identity, f"{row.epoch}.{row.sequence}", row.kind, row.get_state_display(), tries, why]


def parcel_show(args: argparse.Namespace) -> int:
    from lianqiao.exchange.models import ParcelIn, ParcelOut
    from lianqiao.record.refusal import Refused

    row = ParcelOut.objects.filter(pk=args.id).first() or ParcelIn.objects.filter(parcel=args.id).first()
    if row is None:
        raise Refused("parcel-unknown", _("There is no parcel %(id)s."), status=404, id=args.id)
    print(f"{row.peer_id}  {row.kind}  {row.get_state_display()}  {row.digest}")
    print(json.dumps(json.loads(row.body), ensure_ascii=False, indent=1) if row.body else "-")
    return 0


def parcel_resend(args: argparse.Namespace) -> int:
    from lianqiao.exchange import parcels
    from lianqiao.registry.access import admin

    row = parcels.resend(args.id, by=admin(person(args)))
    print(_("Parcel %(id)s is sent again.") % {"id": row.pk})
    return 0


def alarm_list(args: argparse.Namespace) -> int:
    from lianqiao.exchange import alarms
    from lianqiao.exchange.models import Alarm

    rows = Alarm.objects.all() if args.all else Alarm.objects.filter(handled_at=None)
    shown = list(rows.order_by("pk"))
    for row in shown:
        print(
            f"{row.pk}  {row.raised_at.isoformat(timespec='seconds')}  x{row.times}  {alarms.text(row)}  {row.note}".rstrip()
        )
    return 0 if shown else 1


def alarm_handle(args: argparse.Namespace) -> int:
    from lianqiao.exchange import alarms
    from lianqiao.registry.access import admin

    row = alarms.handle(args.id, by=admin(person(args)), note=args.note)
    print(_("Alarm %(id)s is handled.") % {"id": row.pk})
    return 0


def alarm_release(args: argparse.Namespace) -> int:
    from lianqiao.exchange import recovery

    recovery.release_by_hand(args.dossier, by=person(args), note=args.note)
    print(_("The case of dossier %(dossier)s is released.") % {"dossier": args.dossier})
    return 0
