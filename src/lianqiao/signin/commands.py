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
    app = door.add_parser("app", help=_("regional apps")).add_subparsers(required=True, metavar=_("VERB"))
    add = app.add_parser("register", help=_("let an app in; its id and its secret are printed"))
    add.add_argument("--zh", required=True, help=_("name in Chinese"))
    add.add_argument("--en", required=True, help=_("name in English"))
    add.add_argument("--operator", required=True, help=_("who runs it and answers for it"))
    add.add_argument(
        "--back", action="append", default=[], metavar="URL", help=_("where its people come back; may be repeated")
    )
    add.add_argument(
        "--scope",
        action="append",
        required=True,
        choices=["openid", "profile", "read", "act"],
        help=_("may be repeated"),
    )
    add.add_argument("--no-secret", action="store_true", help=_("an app on a device, which keeps no secret"))
    add.add_argument("--for-itself", action="store_true", help=_("it may also act as a person of its own"))
    acting(add)
    add.set_defaults(run=app_register)
    listing = app.add_parser("list", help=_("list the apps"))
    acting(listing)
    listing.set_defaults(run=app_list)
    finish = app.add_parser("end", help=_("end an app at once, with all that people had allowed it"))
    finish.add_argument("client", help=_("id of the app"))
    finish.add_argument("--reason", required=True, help=_("why; it stays in the record"))
    acting(finish)
    finish.set_defaults(run=app_end)
    guests = door.add_parser("guests", help=_("list who of other regions has come in"))
    acting(guests)
    guests.set_defaults(run=signin_guests)
    unlink = door.add_parser("unlink", help=_("let somebody of another region in no more"))
    whose(unlink)
    unlink.add_argument("--reason", required=True, help=_("why; it stays in the record"))
    acting(unlink)
    unlink.set_defaults(run=signin_unlink)
    rotate = door.add_parser("rotate-key", help=_("make a new key for what this node says of its people"))
    rotate.add_argument("--reason", required=True, help=_("why; it stays in the record"))
    acting(rotate)
    rotate.set_defaults(run=signin_rotate_key)


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


def app_register(args: argparse.Namespace) -> int:
    from lianqiao.registry.commands import who
    from lianqiao.signin import actions

    app, secret = actions.register_app(
        name_zh=args.zh,
        name_en=args.en,
        operator=args.operator,
        redirect_uris=args.back,
        scopes=args.scope,
        secret=not args.no_secret,
        for_itself=args.for_itself,
        by=who(args.by),
    )
    print(app.client)
    if secret:
        print(secret)
        print(_("The second line is its secret, shown this once."))
    return 0


def app_list(args: argparse.Namespace) -> int:
    from lianqiao.registry.access import security
    from lianqiao.registry.commands import who
    from lianqiao.signin.models import App

    security(who(args.by))
    rows = list(App.objects.all())
    for app in rows:
        print(app.client, app.name_zh, app.operator, _("ended") if app.ended_at else "", sep="\t")
    return 0 if rows else 1


def app_end(args: argparse.Namespace) -> int:
    from lianqiao.record.refusal import Refused
    from lianqiao.registry.commands import who
    from lianqiao.signin import actions
    from lianqiao.signin.models import App

    app = App.objects.filter(client=args.client).first()
    if app is None:
        raise Refused("unknown-app", _("There is no app with this id."), status=404)
    actions.end_app(app, reason=args.reason, by=who(args.by))
    print(_("The app %(app)s has ended.") % {"app": args.client})
    return 0


def signin_guests(args: argparse.Namespace) -> int:
    from lianqiao.registry.access import security
    from lianqiao.registry.commands import who
    from lianqiao.signin.models import Guest

    security(who(args.by))
    rows = list(Guest.objects.select_related("person"))
    for one in rows:
        print(
            one.person.account,
            one.node,
            one.first_at.strftime("%Y-%m-%d"),
            _("ended") if one.ended_at else "",
            sep="\t",
        )
    return 0 if rows else 1


def signin_unlink(args: argparse.Namespace) -> int:
    from lianqiao.registry.commands import who
    from lianqiao.signin import actions

    actions.unlink_guest(who(args.account), reason=args.reason, by=who(args.by))
    print(_("%(account)s is let in no more.") % {"account": args.account})
    return 0


def signin_rotate_key(args: argparse.Namespace) -> int:
    from lianqiao.registry.commands import who
    from lianqiao.signin import actions

    print(actions.rotate_key(reason=args.reason, by=who(args.by)).kid)
    return 0
