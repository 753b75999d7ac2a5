"""`lianqiao demo`: sets the two nodes up once, starts them, says where they are, and stays until it is stopped."""

import json
import shutil
import signal
import sys
import time
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from types import FrameType
from typing import NoReturn

import httpx

from lianqiao.law.text import Text
from lianqiao.site.calling import Answered, Caller, NeverCame, line
from lianqiao.site.demo import between, handing_in
from lianqiao.site.demo.seeding import DEMO_PASSWORD, TOKENS, administrator
from lianqiao.site.demo.tales import Place, Tale, tell
from lianqiao.site.demo.within import chongqing, sichuan
from lianqiao.site.language import language
from lianqiao.site.running import NotRunning, RunningNode, answer

PORTS = {"51": 8051, "50": 8050}
LOOPBACK = {"LIANQIAO_WEBHOOK_NETWORKS": "127.0.0.0/8", "LIANQIAO_DEMO": "true"}
"""An app on this machine may subscribe, and one click signs in."""
COMPLETE = "told"
"""Stands in the folder once all cases have been told; a set-up that was broken off begins anew."""


def say(text: Text, **values: object) -> None:
    print(text.filled(**values).in_(language()), flush=True)


def reset(folder: Path) -> int:
    """Empty the demonstration's data. Refuses while its nodes answer."""
    for code, port in PORTS.items():
        if RunningNode(code, port, folder / code).health():
            say(
                Text("节点仍在 {port} 端口运行，请先停止。", "A node still answers on port {port}; stop it first."),
                port=port,
            )
            return 1
    shutil.rmtree(folder, ignore_errors=True)
    say(Text("{folder} 已清空。", "{folder} is empty now."), folder=folder)
    return 0


def show(folder: Path) -> int:
    """Two nodes until SIGINT or SIGTERM; 0. 1, with the reason, when one of them does not start or ends by itself."""
    nodes = {
        code: RunningNode(code, port, (folder / code).resolve(), settings=LOOPBACK) for code, port in PORTS.items()
    }
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, stopped)
    try:
        for node in nodes.values():
            if node.health():
                raise NotRunning(
                    Text(
                        "端口 {port} 已被占用，请先停止占用者。",
                        "Something answers on port {port} already; stop it first.",
                    )
                    .filled(port=node.port)
                    .in_(language())
                )
        began = time.monotonic()
        if (folder / COMPLETE).exists():
            say(Text("启动已有的两个节点……", "Starting the two nodes that are there ..."))
            together(node.popen("lianqiao", ["init", "--if-new"]) for node in nodes.values())
            start(nodes.values())
        else:
            say(Text("建立两个节点……", "Setting up two nodes ..."))
            shutil.rmtree(folder, ignore_errors=True)
            set_up(nodes["51"], nodes["50"])
            start(nodes.values())
            say(Text("办理案件……", "Taking cases through them ..."))
            count = tell_cases(nodes)
            (folder / COMPLETE).write_text(f"{count}\n", encoding="ascii")
        introduce(nodes, time.monotonic() - began)
        while True:
            time.sleep(1)
            for node in nodes.values():
                if not node.alive:
                    raise NotRunning(f"Node {node.code} ended by itself; its log is {node.log}.\n{node.last_words()}")
    except KeyboardInterrupt:
        say(Text("\n正在停止，数据保留在 {folder}。", "\nStopping. The data stays in {folder}."), folder=folder)
        return 0
    except NeverCame as never:
        say(
            Text(
                "等待的一步没有发生：{what}。机器可能太忙；请稍后运行 make demo-reset，再运行 make demo。",
                "A step did not come about: {what}. The machine may be too busy; run make demo-reset later, then make demo.",
            ),
            what=never,
        )
        return 1
    except (NotRunning, Answered, httpx.HTTPError) as failure:
        print(failure, file=sys.stderr)
        return 1
    finally:
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, signal.SIG_IGN)
        with ThreadPoolExecutor() as threads:
            list(threads.map(RunningNode.stop, nodes.values()))


def stopped(number: int, frame: FrameType | None) -> NoReturn:
    raise KeyboardInterrupt


def together(commands: Iterable[object]) -> list[str]:
    """What several started commands print, once all have ended."""
    return [answer(command, "set-up") for command in list(commands)]  # type: ignore[arg-type]


def set_up(one: RunningNode, other: RunningNode) -> None:
    """Give both nodes tables, keys, registry and tokens; let them trust each other and sign their agreements."""
    both = (one, other)
    for node in both:
        node.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    cards = together(node.popen("lianqiao.site.demo.seeding", ["enter"]) for node in both)
    for node, card in zip(both, cards, strict=True):
        (node.folder / "card.json").write_text(card, encoding="utf-8")
    together(
        node.popen("lianqiao.site.demo.seeding", ["meet", str(peer.folder / "card.json")])
        for node, peer in ((one, other), (other, one))
    )


def start(nodes: Iterable[RunningNode]) -> None:
    nodes = list(nodes)
    for node in nodes:
        node.start()
    for node in nodes:
        node.ready()


def place(node: RunningNode, language: str = "zh-hans", kind: type[Caller] = Caller) -> Place:
    """A node with everybody who has a token there, and its enterprises by credit code. Its line is to be closed."""
    tokens = json.loads((node.folder / TOKENS).read_text(encoding="ascii"))
    http = line(node.address)
    people = {account: kind(account, http, token, language) for account, token in tokens.items()}
    enterprises: dict[str, str] = {}
    for account in people:
        if account.startswith("owner-"):
            enterprises |= {row["uscc"]: row["id"] for row in people[account].get("/enterprises")["enterprises"]}
    return Place(http, people, enterprises)


def tell_cases(nodes: dict[str, RunningNode]) -> int:
    """All cases: those that stay within a region one after the other, those that cross beside them; how many."""
    places = {code: place(node) for code, node in nodes.items()}
    with closing(places["51"].http), closing(places["50"].http), ThreadPoolExecutor(16) as threads:
        between.until_in_force(places)
        within = {"51": sichuan(), "50": chongqing()}
        staying = [threads.submit(tell_all, tales, places[code]) for code, tales in within.items()]
        crossing = [threads.submit(journey, places) for journey in between.JOURNEYS]
        for told in [*staying, *crossing]:
            told.result()
        batch = handing_in.hand_in(places["51"])
    lines = together(node.popen("lianqiao.site.demo.seeding", ["sit"]) for node in nodes.values())
    return sum(map(len, within.values())) + len(crossing) + batch + sum(map(int, lines))


def tell_all(tales: list[Tale], place: Place) -> None:
    for tale in tales:
        tell(tale, place)


def introduce(nodes: dict[str, RunningNode], seconds: float) -> None:
    """Where the nodes are, who can call there, and what to do next."""
    say(Text("\n两个节点已就绪（{seconds:.0f} 秒）：", "\nBoth nodes are ready ({seconds:.0f} s):"), seconds=seconds)
    names = {"51": Text("四川", "Sichuan"), "50": Text("重庆", "Chongqing")}
    for code, node in nodes.items():
        tokens = node.folder / TOKENS
        print(f"\n  {node.address}/demo   {names[code].in_(language())} ({code})")
        count = len(json.loads(tokens.read_text(encoding="ascii")))
        say(
            Text("    {count} 个账号，令牌在 {path}", "    {count} accounts, tokens in {path}"),
            count=count,
            path=shown(tokens),
        )
        for about, accounts in ACCOUNTS[code]:
            print(f"    {about.in_(language())}: {', '.join(accounts)}")
        print(f"    {Text('管理员', 'administrator').in_(language())}: {administrator(code)}")
    say(
        Text(
            "\n  用浏览器打开以上网址，点一下即以其中任何人登录；也可用密码 {password}（仅限演示）。在四川节点也可用重庆账号登录。",
            "\n  Open these addresses in a browser: one click signs in as anybody. Or by password: {password} "
            "(of the demonstration only). Accounts of Chongqing also at Sichuan.",
        ),
        password=DEMO_PASSWORD,
    )
    say(
        Text(
            "\n接口说明在 {one}/api/v1/docs ；十分钟导览见 docs/tour.zh.md 。按 Ctrl-C 停止；make demo-reset 清空。",
            "\nThe interface is explained at {one}/api/v1/docs; docs/tour.md takes ten minutes. Ctrl-C stops; make demo-reset empties.",
        ),
        one=nodes["51"].address,
    )


def shown(path: Path) -> Path:
    return path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path


ACCOUNTS: dict[str, list[tuple[Text, list[str]]]] = {
    "51": [
        (Text("企业", "enterprises"), ["owner-inward", "owner-chengdu", "owner-foreign", "agent-xu"]),
        (Text("省外来企业投诉中心", "Inward Invested Enterprises Appeal Center"), ["li-intake", "wang-handler", "zhao-lead", "sun-supervisor", "zhou-liaison"]),
        (Text("省外商投资企业投诉中心", "Complaint Center for Foreign-Invested Enterprises"), ["fie-intake-51", "fie-handler-51", "fie-lead-51"]),
        (Text("成都市中心", "Chengdu centres"), ["cd-intake", "cd-handler", "cd-lead"]),
        (Text("热线与部门", "hotline and departments"), ["hotline-51", "economy-51", "cd-market-handler", "cd-planning-handler"]),
    ],
    "50": [
        (Text("企业", "enterprises"), ["owner-yuzhong", "owner-foreign-50", "owner-sichuan"]),
        (Text("市民营企业维权投诉中心", "Complaints Center for Private Enterprises"), ["cq-intake", "cq-handler", "cq-lead", "cq-supervisor", "cq-liaison"]),
        (Text("市政府办公厅（异议复核）", "General Office (objections)"), ["cq-review"]),
        (Text("市外商投资投诉中心", "Foreign Investor Complaint Center"), ["fie-intake-50", "fie-handler-50", "fie-lead-50"]),
        (Text("热线与部门", "hotline and departments"), ["hotline-50", "economy-50", "federation-50", "yz-market-handler", "cq-market-handler"]),
    ],
}  # fmt: skip
