"""The verbs that show the house: demo and tour. They start nodes of their own and talk to them over HTTP, and need no node here."""

import argparse
from pathlib import Path
from typing import Any

from lianqiao.site.language import say


def register(verbs: Any) -> None:
    demo = verbs.add_parser(
        "demo", help=say("run two nodes with people and cases, until stopped", "运行带有人员和案件的两个节点，直至停止")
    )
    demo.add_argument(
        "--reset", action="store_true", help=say("empty the demonstration's data instead", "改为清空演示数据")
    )
    demo.add_argument(
        "--folder", type=Path, default=Path("var/demo"), help=say("where its data lies", "数据所在文件夹")
    )
    demo.set_defaults(run=show)

    tour = verbs.add_parser(
        "tour", help=say("walk a journey between two fresh nodes, and tell it", "在两个全新节点之间走一遍全程并讲述")
    )
    tour.add_argument(
        "--keep", action="store_true", help=say("keep the nodes' data, and say where it lies", "保留节点数据并说明位置")
    )
    tour.set_defaults(run=walk)


def show(args: argparse.Namespace) -> int:
    """Stays until Ctrl-C; 0. 1 when a node does not start."""
    from lianqiao.site.demo import show  # noqa: PLC0415

    return show.reset(args.folder) if args.reset else show.show(args.folder)


def walk(args: argparse.Namespace) -> int:
    """0 when the whole journey went as it should; 1 with what failed and where the logs are."""
    from lianqiao.site.tour import walk  # noqa: PLC0415

    return walk(keep=args.keep)
