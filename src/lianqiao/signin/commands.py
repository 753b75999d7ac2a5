"""The verbs of signing in on the command line. Whatever changes something names who acts: --by ACCOUNT."""

from __future__ import annotations

import argparse
from typing import Any

from django.utils.translation import gettext as _


def register(verbs: Any) -> None:
    """Declares the verbs. Exit codes: 0 done, 1 nothing found, 2 refused."""
    door = verbs.add_parser("signin", help=_("how people come in: invitations, locks, sessions"))
    door = door.add_subparsers(required=True, metavar=_("VERB"))
    invite = door.add_parser("invite", help=_("print a link with which a person sets their password, once"))
    whose(invite)
    acting(invite)
    invite.set_defaults(run=signin_invite)
    locks = door.add_parser("locks", help=_("list what is locked after too many attempts"))
    acting(locks)
    locks.set_defaults(run=signin_locks)
    unlock = door.add_parser("unlock", help=_("let a locked account try again at once"))
    whose(unlock)
    acting(unlock)
    unlock.set_defaults(run=signin_unlock)
    sessions = door.add_parser("sessions", help=_("list the sessions of a person"))
    whose(sessions)
    acting(sessions)
    sessions.set_defaults(run=signin_sessions)
    end = door.add_parser("end-sessions", help=_("end the sessions of a person, at once"))
    whose(end)
    end.add_argument("--session", type=int, metavar="ID", help=_("only this one, as signin sessions prints it"))
    acting(end)
    end.set_defaults(run=signin_end_sessions)
    reset = door.add_parser("reset-factor", help=_("take away the second factors of a person who lost theirs"))
    whose(reset)
    reset.add_argument("--reason", required=True, help=_("why; it stays in the record"))
    acting(reset)
    reset.set_defaults(run=signin_reset_factor)


def whose(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("account", help=_("account of the person"))


def acting(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--by", required=True, metavar="ACCOUNT", help=_("the administrator who does it"))


def signin_invite(args: argparse.Namespace) -> int:
    from lianqiao.registry.commands import who
    from lianqiao.signin import actions
    from lianqiao.signin.api import link

    made, code = actions.invite(who(args.account), by=who(args.by))
    print(link(code))
    print(
        _("For %(account)s alone; it can be used once, until %(until)s.")
        % {"account": args.account, "until": made.expires_at.strftime("%Y-%m-%d %H:%M UTC")}
    )
    return 0


def signin_locks(args: argparse.Namespace) -> int:
    from lianqiao.registry.access import security
    from lianqiao.registry.commands import who
    from lianqiao.signin import locked

    security(who(args.by))
    rows = locked.rows()
    for row in rows:
        print(row["until"].strftime("%H:%M:%S UTC"), row["attempts"], row["account"] or row["address"] or "?", sep="\t")
    return 0 if rows else 1


def signin_unlock(args: argparse.Namespace) -> int:
    from lianqiao.registry.commands import who
    from lianqiao.signin import actions

    actions.lift_lock(who(args.account), by=who(args.by))
    print(_("%(account)s may try again.") % {"account": args.account})
    return 0


def signin_sessions(args: argparse.Namespace) -> int:
    from lianqiao.registry.access import security
    from lianqiao.registry.commands import who
    from lianqiao.signin import sessions

    security(who(args.by))
    rows = sessions.of(who(args.account))
    for row in rows:
        print(row.id, row.device, row.address, row.seen_at.strftime("%Y-%m-%d %H:%M UTC"), sep="\t")
    return 0 if rows else 1


def signin_end_sessions(args: argparse.Namespace) -> int:
    from lianqiao.registry.commands import who
    from lianqiao.signin import actions

    ended = actions.end_sessions(who(args.account), only=args.session, by=who(args.by))
    print(_("%(sessions)s sessions ended.") % {"sessions": ended})
    return 0


def signin_reset_factor(args: argparse.Namespace) -> int:
    from lianqiao.registry.commands import who
    from lianqiao.signin import actions

    factors = actions.reset_second_factor(who(args.account), reason=args.reason, by=who(args.by))
    print(
        _("%(factors)s second factors taken away; the sessions of %(account)s have ended.")
        % {"factors": factors, "account": args.account}
    )
    return 0
