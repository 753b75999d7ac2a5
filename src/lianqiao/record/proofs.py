"""Verifying a receipt offline: no node, no database, no settings. What is proven, what is false, what is left open."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from lianqiao.record import checkpoint, merkle
from lianqiao.record.algorithms import PublicKey
from lianqiao.record.canonical import canonical
from lianqiao.record.time import moment, stamp

KIND = "lianqiao/receipt/v1"
SIGNED = ("kind", "node", "event", "recorded_at", "placed_by", "facts", "signed_at", "kid")

PROVEN, FALSE, OPEN = "proven", "false", "open"

WORDS = {
    "malformed": ("文件不是本系统的回执，或已残缺。", "The file is not a receipt of this system, or it is damaged."),
    "promise": (
        "节点 {node} 已签名确认：于 {recorded_at} 记录了事件 {event}。",
        "Node {node} has signed that it recorded event {event} at {recorded_at}.",
    ),
    "promise-forged": (
        "回执上的签名与节点 {node} 的公钥 {kid} 不符：内容被改动，或并非该节点出具。",
        "The signature is not by key {kid} of node {node}: the receipt was altered, or is not from that node.",
    ),
    "promise-key-ended": (
        "签名时间 {signed_at} 不在公钥 {kid} 的有效期内。",
        "The receipt was signed at {signed_at}, when key {kid} was not in use.",
    ),
    "no-key": (
        "未提供节点 {node} 的公钥 {kid}，无法核验签名。",
        "Key {kid} of node {node} was not given: the signature cannot be checked.",
    ),
    "not-placed": (
        "尚未证明该事件已写入日志；节点承诺不迟于 {placed_by} 写入，逾期可凭此回执追究。",
        "That the event stands in the log is not proven yet. The node has promised it by {placed_by}; after that, "
        "this receipt is evidence against the node.",
    ),
    "checkpoint-signed": (
        "节点 {node} 已签署其日志 {origin} 的检查点，共 {size} 条。",
        "Node {node} has signed a checkpoint of its log {origin} with {size} entries.",
    ),
    "checkpoint-forged": (
        "检查点不是节点 {node} 用所提供的公钥签署的。",
        "The checkpoint is not signed by node {node} with any of the keys given.",
    ),
    "placed": (
        "该事件是日志中的第 {leaf} 条（自 0 起计）。",
        "The event is entry {leaf} of that log (counted from 0).",
    ),
    "not-included": (
        "证明路径不成立：该事件不在检查点所述的日志中。",
        "The proof does not hold: the event is not in the log of which the checkpoint speaks.",
    ),
    "cosigned": (
        "节点 {node} 于 {at} 会签了该检查点。",
        "Node {node} cosigned the checkpoint at {at}.",
    ),
    "cosignature-forged": (
        "以节点 {node} 名义的会签不成立。",
        "The cosignature in the name of node {node} does not hold.",
    ),
    "cosigner-unknown": (
        "未提供 {name} 的公钥，其会签无法核验。",
        "No key of {name} was given: its cosignature cannot be checked.",
    ),
    "not-cosigned": (
        "没有经核验的其他节点会签：若节点 {node} 对不同的人出示不同的日志，仅凭本回执无法发现。",
        "No other node's cosignature was verified: this receipt alone would not show it if node {node} "
        "showed different logs to different people.",
    ),
}


@dataclass(frozen=True)
class Finding:
    """One statement: `code` is stable, `state` is proven, false or open, `facts` fill the sentence."""

    code: str
    state: str
    facts: Mapping[str, Any] = field(default_factory=dict)

    def text(self, language: str = "en") -> str:
        """The sentence in zh (any tag that begins so) or English."""
        zh, en = WORDS[self.code]
        return (zh if language.startswith("zh") else en).format(**self.facts)


@dataclass(frozen=True)
class Verdict:
    """What a receipt proves. `stage` is promised, placed or "" (unreadable)."""

    stage: str
    findings: tuple[Finding, ...]

    @property
    def state(self) -> str:
        """false if anything is false, proven if the promise and (when claimed) the place are proven, else open."""
        if any(finding.state == FALSE for finding in self.findings):
            return FALSE
        needed = {"promised": {"promise"}, "placed": {"promise", "checkpoint-signed", "placed"}}.get(self.stage, {""})
        return PROVEN if needed <= {f.code for f in self.findings if f.state == PROVEN} else OPEN

    @property
    def ok(self) -> bool:
        return self.state == PROVEN


def promised(document: Mapping[str, Any]) -> dict[str, Any]:
    """The members of a receipt that the promise's signature covers."""
    return {name: document[name] for name in SIGNED}


def verify(document: Any, public_keys: Iterable[PublicKey]) -> Verdict:
    """What a receipt proves, given public keys that the reader trusts (of the node and of its peers). Never raises."""
    keys = list(public_keys)
    try:
        promise = promised(document)
        known = all(isinstance(value, str) for name, value in promise.items() if name != "facts")
        signature = bytes.fromhex(document["signature"])
        leaf = merkle.leaf_hash(bytes.fromhex(promise["event"]))
        signed_at = moment(promise["signed_at"])
        message = canonical(promise)
        stage = document["stage"]
        if promise["kind"] != KIND or not known or stage not in ("promised", "placed"):
            raise ValueError("kind")
        findings = [judge_promise(promise, signature, message, signed_at, keys)]
        if stage == "promised":
            findings.append(Finding("not-placed", OPEN, promise))
        else:
            findings += judge_place(promise["node"], leaf, document["log"], keys)
    except (KeyError, TypeError, ValueError, AttributeError, RecursionError):
        return Verdict("", (Finding("malformed", OPEN),))
    return Verdict(stage, tuple(findings))


def judge_promise(
    promise: dict[str, Any], signature: bytes, message: bytes, signed_at: datetime, keys: list[PublicKey]
) -> Finding:
    key = next((key for key in keys if key.kid == promise["kid"] and key.node == promise["node"]), None)
    if key is None:
        return Finding("no-key", OPEN, promise)
    if not key.verify(signature, message):
        return Finding("promise-forged", FALSE, promise)
    if not key.holds_at(signed_at):
        return Finding("promise-key-ended", FALSE, promise)
    return Finding("promise", PROVEN, promise)


def judge_place(node: str, leaf: bytes, placed: Mapping[str, Any], keys: list[PublicKey]) -> list[Finding]:
    note = checkpoint.parse(placed["checkpoint"])
    index, proof = placed["leaf"], [bytes.fromhex(step) for step in placed["proof"]]
    if note.origin != placed["origin"] or note.node != node or type(index) is not int:
        raise ValueError("origin")
    facts = {"node": node, "origin": note.origin, "size": note.size, "leaf": index}
    own = [key for key in keys if key.node == node]
    if not own:
        return []  # said of the promise already
    signed = any(checkpoint.verify(note, key) for key in own)
    included = merkle.verify_inclusion(leaf, index, note.size, proof, note.root)
    findings = [
        Finding("checkpoint-signed", PROVEN, facts) if signed else Finding("checkpoint-forged", FALSE, facts),
        Finding("placed", PROVEN, facts) if included else Finding("not-included", FALSE, facts),
    ]
    for line in note.lines:
        if line.name == note.origin:
            continue
        key = next((key for key in keys if checkpoint.cosigned_by(line, key)), None)
        if key is None:
            findings.append(Finding("cosigner-unknown", OPEN, {"name": line.name}))
        elif (at := checkpoint.verify_cosignature(note, line, key)) is None:
            findings.append(Finding("cosignature-forged", FALSE, {"node": key.node}))
        elif key.node != node:
            findings.append(Finding("cosigned", PROVEN, {"node": key.node, "at": written(at)}))
    if not any(finding.code == "cosigned" for finding in findings):
        findings.append(Finding("not-cosigned", OPEN, facts))
    return findings


def written(at: int) -> str:
    return stamp(datetime.fromtimestamp(at, UTC))
