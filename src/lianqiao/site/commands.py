"""The verbs of the node itself: init, serve, follow, check, backup, restore, version."""

import argparse
import sys
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from lianqiao import __version__
from lianqiao.site.language import say


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
    check.add_argument(
        "--sample", type=int, metavar="N", help=say("verify only N chains, chosen by chance", "只随机核验 N 条事件链")
    )
    check.set_defaults(run=look)

    left = verbs.add_parser(
        "leave", help=_("end all that a person may do here, and hand on their open cases, in one step")
    )
    left.add_argument("account", help=_("who leaves"))
    left.add_argument("--to", metavar="ACCOUNT", required=True, help=_("who handles the cases from now on"))
    left.add_argument(
        "--lead", metavar="ACCOUNT", required=True, help=_("the lead in whose name the cases are handed on")
    )
    left.add_argument("--reason", required=True, help=_("why; it stays in the record"))
    left.add_argument("--by", metavar="ACCOUNT", required=True, help=_("the system administrator who ends the roles"))
    left.set_defaults(run=let_leave)

    backup = verbs.add_parser(
        "backup",
        help=say("write the whole node into one file, while it runs", "把整个节点写入一个文件（可在运行中进行）"),
    )
    backup.add_argument("file", type=Path, help=say("the file, which must not exist yet", "文件，不得已存在"))
    backup.add_argument(
        "--by", required=True, metavar="ACCOUNT", help=say("the administrator who does it", "执行的管理员账号")
    )
    backup.set_defaults(run=write_backup)

    restore = verbs.add_parser(
        "restore", help=say("bring a node back from a backup, in a new epoch", "从备份恢复节点，并开启新纪元")
    )
    restore.add_argument("file", type=Path, help=say("the backup", "备份文件"))
    restore.add_argument(
        "--by", required=True, metavar="ACCOUNT", help=say("the administrator who does it", "执行的管理员账号")
    )
    restore.add_argument("--replace", action="store_true", help=say("move aside what is here", "把现有数据移到一旁"))
    restore.set_defaults(run=bring_back)

    sweep = verbs.add_parser(
        "sweep",
        help=say("remove what erased values leave behind in the database", "清除已删除内容在数据库中的残留"),
    )
    sweep.add_argument(
        "--full",
        action="store_true",
        help=say("rewrite the tables; nobody can use them meanwhile", "重写各表；期间无法使用"),
    )
    sweep.set_defaults(run=clean)

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
    from lianqiao.site import in_use
    from lianqiao.site.follow import follow, until_idle
    from lianqiao.site.start import refuse_unless_sound

    in_use.begin()
    refuse_unless_sound()
    return until_idle() if args.once else follow()


def look(args: argparse.Namespace) -> int:
    """0 when all is sound and nothing waits; else 1, with one sentence on stderr for each fault, and for what waits for a person."""
    from lianqiao.site.soundness import look

    looked = look(args.sample)
    for sentence in [*looked.faults, *looked.waiting]:
        print(sentence, file=sys.stderr)
    if looked.faults:
        return 1
    print(_("All is sound."), looked.seen)
    return 1 if looked.waiting else 0


def write_backup(args: argparse.Namespace) -> int:
    from lianqiao.registry.commands import who
    from lianqiao.site import backup

    manifest = backup.write(args.file, by=who(args.by))
    print(
        say(
            "%(path)s holds node %(node)s with %(files)s files, as it was at %(at)s. It contains private keys: keep it safe.",
            "%(path)s 是节点 %(node)s 在 %(at)s 的备份，含 %(files)s 个文件。其中有私钥，请妥善保管。",
        )
        % {"path": args.file, "node": manifest["node"], "files": len(manifest["files"]), "at": manifest["taken_at"]}
    )
    return 0


def bring_back(args: argparse.Namespace) -> int:
    from lianqiao.site.restoring import bring_back

    for sentence in bring_back(args.file, by=args.by, replace=args.replace):
        print(sentence)
    return 0


def clean(args: argparse.Namespace) -> int:
    from lianqiao.site.sweeping import sweep

    sweep(full=args.full)
    print(say("Swept.", "已清除。"))
    return 0


def tell_version(args: argparse.Namespace) -> int:
    print(f"lianqiao {__version__}")
    return 0


def let_leave(args: argparse.Namespace) -> int:
    """0 done; 1 when cases stay that another lead has to hand on."""
    from django.db import transaction

    from lianqiao.cases.actions import leaving
    from lianqiao.registry import actions
    from lianqiao.registry.commands import who
    from lianqiao.signin.actions import show_out

    leaver, to = who(args.account), who(args.to)
    with transaction.atomic():
        handed = leaving.hand_on(leaver, to, reason=args.reason, by=who(args.lead))
        left = actions.leave(leaver, reason=args.reason, by=who(args.by))
        show_out(leaver, by=who(args.by))
    print(
        _("%(cases)s cases handed on; %(roles)s roles, %(delegations)s delegations and %(tokens)s tokens ended.")
        % {
            "cases": len(handed.events),
            "roles": left.memberships,
            "delegations": left.delegations,
            "tokens": left.tokens,
        }
    )
    if handed.staying:
        print(_("%(cases)s cases stay: their own lead has to hand them on.") % {"cases": handed.staying})
    return 1 if handed.staying else 0
