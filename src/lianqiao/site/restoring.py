"""`lianqiao restore`: puts a backup back, opens a new epoch of the log, and makes the node ask its peers for what was lost since.

Order matters: the peers are asked which epoch and checkpoint of this node they know before the new epoch gets its
number, and every case that could have moved is frozen before anything of the node runs again.
"""

from datetime import datetime
from pathlib import Path

import httpx
from django.db import DatabaseError

from lianqiao.exchange import calls, peers, recovery, wire
from lianqiao.exchange.models import Peer
from lianqiao.record import epochs, nodes
from lianqiao.record.models import Node
from lianqiao.registry.models import Person
from lianqiao.site import backup, erasures, start
from lianqiao.site.language import say
from lianqiao.site.skipping import skip_numbers


def bring_back(path: Path, *, by: str, replace: bool = False) -> list[str]:
    """Restore this node from the backup at `path`; what was done, as sentences. Refuses what `backup.put_back` refuses.

    `by` is the account of one who was administrator when the backup was taken. When this returns the node can be started:
    its follower asks the peers, recovers what they can prove, releases the cases, and raises alarms for what is lost.
    """
    replaced = epoch_of_what_is_here()
    manifest = backup.put_back(path, by=by, replace=replace)
    code = manifest["node"]
    start.set_up(code=code, name_zh="", name_en="", base_url="", keep=True)
    asked = [ask(peer) for peer in Peer.objects.filter(state=Peer.State.ACTIVE)]
    administrator = Person.objects.get(account=by).actor
    opened = epochs.open_epoch(
        by=administrator,
        why=f"restore {manifest['id']} of {manifest['taken_at']}",
        cites=[note for _peer, _epoch, note in asked if note],
        above=max([replaced, *(known for _peer, known, _note in asked)]),
    )
    skipped = skip_numbers(datetime.fromisoformat(manifest["taken_at"]), by=administrator).data["cases"]
    frozen = recovery.begin()
    replayed = erasures.replay()
    told = [
        say(
            "Node %(node)s stands where it stood at %(at)s and writes in epoch %(epoch)s from now on.",
            "节点 %(node)s 已恢复到 %(at)s 的状态，自此在纪元 %(epoch)s 中记录。",
        )
        % {"node": code, "at": manifest["taken_at"], "epoch": opened.data["epoch"]},
        say(
            "Case serials %(first)s to %(last)s are left out, since they may have been given after the backup; likewise the next numbers of documents.",
            "案件流水号 %(first)s 至 %(last)s 可能已在备份之后使用，今后空置不用；公文编号亦相应跳号。",
        )
        % skipped,
    ]
    if replayed:
        told.append(
            say(
                "%(count)s erasures since the backup were carried out again.",
                "备份之后的 %(count)s 项删除已重新执行。",
            )
            % {"count": replayed}
        )
    told += [
        say(
            "Node %(node)s did not answer; the epoch was numbered without its word.",
            "节点 %(node)s 未应答；新纪元的编号未能参考其记录。",
        )
        % {"node": peer}
        for peer, known, _note in asked
        if not known
    ]
    if asked:
        told.append(
            say(
                "%(count)s cases are read-only until the other nodes have said what they hold. Start the node; "
                "`lianqiao check` then lists what was lost.",
                "%(count)s 件案件在对方节点答复之前只读。请启动节点；之后用 lianqiao check 查看丢失的内容。",
            )
            % {"count": frozen}
        )
    return told


def epoch_of_what_is_here() -> int:
    """The epoch in which the data that is to be replaced was written; 0 for none."""
    if not backup.holds_data():
        return 0
    try:
        return Node.objects.values_list("epoch", flat=True).first() or 0
    except DatabaseError:
        return 0
    finally:
        nodes.forget()
        start.let_go()


def ask(peer: Peer) -> tuple[str, int, str]:
    """Which epoch of ours the peer knows (0: it did not answer), and the last checkpoint of ours that it cosigned."""
    try:
        with calls.client() as http:
            reply = calls.call(http, peers.target(peer.code), "GET", wire.INVENTORY)
    except httpx.HTTPError:
        return peer.code, 0, ""
    if not reply.ok:
        return peer.code, 0, ""
    return peer.code, int(reply.value.get("peer_epoch") or 0), str(reply.value.get("checkpoint") or "")
