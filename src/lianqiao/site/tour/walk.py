"""`lianqiao tour`: starts two fresh nodes, walks the journeys, and proves at the end that both records agree and hold."""

import shutil
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from lianqiao.law.text import Text
from lianqiao.record import proofs
from lianqiao.record.algorithms import PublicKey
from lianqiao.site.calling import Answered, Caller, NeverCame, until
from lianqiao.site.demo import between, show
from lianqiao.site.demo.between import COMPLAINTS, SERVICES, WORKING, Places
from lianqiao.site.demo.tales import Place
from lianqiao.site.language import language
from lianqiao.site.running import NotRunning, RunningNode, free_ports
from lianqiao.site.tour import inside, journeys
from lianqiao.site.tour.journeys import Crossing
from lianqiao.site.tour.telling import Telling, WentWrong
from lianqiao.site.tour.together import consultation, objection


def walk(*, keep: bool = False) -> int:
    """0 when the whole tour went as it should; 1 with what failed, and where the data and the logs are."""
    began = time.monotonic()
    tell = Telling(language())
    folder = Path(tempfile.mkdtemp(prefix="lianqiao-tour-"))
    nodes = {
        code: RunningNode(code, port, folder / code, language=tell.language)
        for code, port in zip(("51", "50"), free_ports(2), strict=True)
    }
    failed: Exception | None = None
    places: dict[str, Place] = {}
    receipts: list[dict[str, Any]] = []
    keys: list[PublicKey] = []
    try:
        tell.say(
            "建立两个节点：四川（51）与重庆（50），各有数据、密钥和人员……",
            "Setting up two nodes, Sichuan (51) and Chongqing (50), each with its own data, keys and people ...",
        )
        show.set_up(nodes["51"], nodes["50"])
        show.start(nodes.values())
        places |= {code: show.place(node, tell.language) for code, node in nodes.items()}
        agree(places, tell)
        crossings = [*objection(places, tell, journeys.complaint(places, tell))]
        consultation(places, tell)
        journeys.workstation(places, tell)
        crossings += [journeys.emergency(places, tell), journeys.service(places, tell)]
        inside.membership(places, tell)
        inside.correction(places, tell)
        tell.heading("五、两地的记录", "5. The records of both regions")
        for crossing in crossings:
            compare(places, tell, crossing)
        receipts = [document for crossing in crossings for document in placed(places, crossing)]
        keys = [PublicKey.read(key) for place in places.values() for key in reader(place).get("/node")["keys"]]
    except (NotRunning, Answered, NeverCame, WentWrong) as failure:
        failed = failure
    finally:
        for place in places.values():
            place.http.close()
        with ThreadPoolExecutor() as threads:
            list(threads.map(RunningNode.stop, nodes.values()))
    if failed is None:
        try:
            prove(tell, nodes, receipts, keys)
        except (NotRunning, WentWrong) as failure:
            failed = failure
    if failed is None:
        tell.say(
            "\n全程无误：{steps} 步，{compared} 项核对，{seconds:.0f} 秒。",
            "\nAll went as it should: {steps} steps, {compared} comparisons, {seconds:.0f} s.",
            steps=tell.steps,
            compared=tell.compared,
            seconds=time.monotonic() - began,
        )
    else:
        print(file=sys.stderr)
        print(Text("失败", "FAILED").in_(tell.language), failed, sep=": ", file=sys.stderr)
    if keep or failed:
        logs = ", ".join(str(node.log) for node in nodes.values())
        print(Text("数据与日志", "Data and logs").in_(tell.language), logs, sep=": ", file=sys.stderr)
    else:
        shutil.rmtree(folder, ignore_errors=True)
    return 1 if failed else 0


def reader(place: Any) -> Caller:
    found: Caller = next(iter(place.callers.values()))
    return found


def agree(places: Places, tell: Telling) -> None:
    """The agreements are in force at both nodes, with the same text."""
    between.until_in_force(places)
    texts = {
        code: {row["reference"]: row for row in reader(place).get("/agreements")["agreements"]}
        for code, place in places.items()
    }
    for reference in (COMPLAINTS, SERVICES, WORKING):
        one, other = texts["51"][reference], texts["50"][reference]
        tell.same(Text("协议文本的摘要", "digest of the agreement"), one["digest"], other["digest"])
        title = Text(one["title_zh"], one["title_en"]).in_(tell.language)
        tell.held(
            "两个节点签署同一文本：{title}（{count} 条）。",
            "Both nodes have signed the same text: {title} ({count} clauses).",
            title=title,
            count=len(one["clauses"]),
        )


def compare(places: Places, tell: Telling, crossing: Crossing) -> None:
    """What happened, as each side has it, is what the tour did."""
    here = places["51"].callers[crossing.reader_here]
    there = places["50"].callers[crossing.reader_there]
    events_here, events_there = here.events(crossing.here), there.events(crossing.there)
    tell.same(Text("四川的事件", "events in Sichuan"), tuple(step["verb"] for step in events_here), crossing.verbs_here)
    tell.same(
        Text("重庆的事件", "events in Chongqing"), tuple(step["verb"] for step in events_there), crossing.verbs_there
    )
    one, other = here.case(crossing.here), there.case(crossing.there)
    for name in ("dossier", "tenure", "holder_node", "home_node", "ground", "state", "first_filed_on", "score"):
        tell.same(Text(f"两地的“{name}”", f"{name} at both"), one[name], other[name])
    tell.same(
        Text("对方编号", "number at the other side"),
        (one["peer_number"], other["peer_number"]),
        (crossing.there, crossing.here),
    )
    tell.held(
        "{here} ⇄ {there}：四川 {n} 件事件，重庆 {m} 件；状态、负责节点、任次、结果相同。",
        "{here} ⇄ {there}: {n} events in Sichuan, {m} in Chongqing; state, who answers, tenure and result are the same.",
        here=crossing.here, there=crossing.there, n=len(events_here), m=len(events_there),
    )  # fmt: skip


def placed(places: Places, crossing: Crossing) -> list[dict[str, Any]]:
    """The receipts of both sides, once each has its proof under a checkpoint that the other node has cosigned."""
    found: list[dict[str, Any]] = []
    for code, number, account, other in (
        ("51", crossing.here, crossing.reader_here, "lianqiao/50"), ("50", crossing.there, crossing.reader_there, "lianqiao/51")
    ):  # fmt: skip
        caller = places[code].callers[account]

        def second_stage(
            caller: Caller = caller, number: str = number, other: str = other
        ) -> list[dict[str, Any]] | None:
            receipts: list[dict[str, Any]] = caller.get(f"/cases/{number}/receipt")["receipts"]
            ready = all(f"— {other} " in receipt.get("log", {}).get("checkpoint", "") for receipt in receipts)
            return receipts if ready else None

        found += until(f"receipts of {number}", second_stage)
    return found


def prove(tell: Telling, nodes: dict[str, RunningNode], receipts: list[dict[str, Any]], keys: list[PublicKey]) -> None:
    """With both nodes stopped: every receipt proves itself, and each node's data is sound."""
    tell.heading("六、节点已停，凭回执自证", "6. With both nodes stopped, the receipts prove themselves")
    for receipt in receipts:
        verdict = proofs.verify(receipt, keys)
        codes = tuple(finding.code for finding in verdict.findings)
        tell.same(
            Text("回执", "receipt"), (verdict.ok, codes), (True, ("promise", "checkpoint-signed", "placed", "cosigned"))
        )
    tell.held(
        "{count} 份回执离线核验无误：已记录、已入日志、对方节点已会签。",
        "{count} receipts verified offline: recorded, in the log, cosigned by the other node.",
        count=len(receipts),
    )
    for code, node in nodes.items():
        said = node.run("check").strip()
        tell.held("节点 {code} 检查：{said}", "Node {code}, check: {said}", code=code, said=said)
