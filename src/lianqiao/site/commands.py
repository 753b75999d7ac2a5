"""The verbs of the node itself: init, serve, follow, check, version."""

import argparse
import sys
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from lianqiao import __version__


def register(verbs: Any) -> None:
    init = verbs.add_parser("init", help=_("make the tables, the node's row and its first key"))
    init.add_argument("--code", default=settings.LIANQIAO_NODE, help=_("division code of the region, such as 51"))
    init.add_argument("--name-zh", help=_("name of the node in Chinese"))
    init.add_argument("--name-en", help=_("name of the node in English"))
    init.add_argument("--base-url", default=settings.LIANQIAO_BASE_URL, help=_("address at which others reach it"))
    init.add_argument("--if-new", action="store_true", help=_("only bring the tables up to date if the node exists"))
    init.set_defaults(run=initialise)

    serve = verbs.add_parser("serve", help=_("answer requests, and follow, until stopped"))
    serve.add_argument("--host", default=settings.LIANQIAO_SERVE_HOST, help=_("address to listen on"))
    serve.add_argument("--port", type=int, default=settings.LIANQIAO_SERVE_PORT, help=_("port to listen on"))
    serve.add_argument("--no-follow", action="store_true", help=_("somebody else runs `lianqiao follow`"))
    serve.set_defaults(run=answer)

    follow = verbs.add_parser("follow", help=_("place events in the log and do what follows from them, until stopped"))
    follow.add_argument("--once", action="store_true", help=_("stop when nothing is left to do"))
    follow.set_defaults(run=keep_following)

    check = verbs.add_parser("check", help=_("look whether this installation is sound"))
    check.set_defaults(run=look)

    version = verbs.add_parser("version", help=_("print the version"))
    version.set_defaults(run=tell_version)


def initialise(args: argparse.Namespace) -> int:
    """Bring the tables up to date and set up the node, once. Refuses data that belongs to another node."""
    from lianqiao.site.start import set_up

    node = set_up(
        code=args.code,
        name_zh=args.name_zh or f"{args.code} 节点",
        name_en=args.name_en or f"Node {args.code}",
        base_url=args.base_url.rstrip("/"),
        keep=args.if_new,
    )
    print(_("Node %(code)s is set up; its data is in %(folder)s.") % {"code": node, "folder": settings.LIANQIAO_DATA})
    return 0


def answer(args: argparse.Namespace) -> int:
    from lianqiao.site.serve import serve

    return serve(args.host, args.port, follow=not args.no_follow)


def keep_following(args: argparse.Namespace) -> int:
    from lianqiao.site.follow import follow, until_idle
    from lianqiao.site.start import refuse_unless_sound

    refuse_unless_sound()
    return until_idle() if args.once else follow()


def look(args: argparse.Namespace) -> int:
    """0 and one sentence when all is sound; else 1 and one sentence on stderr for each fault."""
    from lianqiao.site.start import faults

    found = faults()
    for fault in found:
        print(fault, file=sys.stderr)
    if found:
        return 1
    print(_("All is sound."))
    return 0


def tell_version(args: argparse.Namespace) -> int:
    print(f"lianqiao {__version__}")
    return 0
