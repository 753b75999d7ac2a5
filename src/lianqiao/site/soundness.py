"""`lianqiao check`: what is wrong with a node, and what waits for a person. `start.faults` looks before every start; this looks at everything."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Max

from lianqiao.cases import figures, search_index
from lianqiao.cases.files import path_of
from lianqiao.cases.models import Attachment, Case
from lianqiao.exchange import alarms
from lianqiao.exchange.models import Alarm, Erasure, ParcelOut, Peer
from lianqiao.record import events, followers, merkle, nodes, reads
from lianqiao.record.models import Checkpoint, Event, Place
from lianqiao.record.time import day_of, now
from lianqiao.site import start
from lianqiao.site.language import say

ANSWER_WITHIN = timedelta(days=1)
"""A neighbour that was told of an erasure and is silent for longer is named."""


@dataclass(frozen=True)
class Looked:
    """`faults`: the installation or its record is damaged. `waiting`: sound, but a person must act. `seen`: what was looked at."""

    faults: list[str]
    waiting: list[str]
    seen: str


def look(sample: int | None = None) -> Looked:
    """Look at the tables, protections, keys, every chain (or `sample` of them), the log, the files, followers and peers."""
    faults = start.faults()
    if faults:  # without tables or a key there is nothing more to look at
        return Looked(faults, [], "")
    subjects = list(Event.objects.values_list("subject_kind", "subject").distinct().order_by("subject_kind", "subject"))
    chosen = subjects if sample is None else random.sample(subjects, min(sample, len(subjects)))
    faults += [fault for kind, subject in chosen for fault in chain(kind, subject)]
    faults += [*heads(), *trees(), *files(), *search(), *dates(), *looks()]
    seen = say(
        "%(chosen)s of %(all)s chains, %(leaves)s places of the log, %(peers)s peers",
        "%(all)s 条事件链中的 %(chosen)s 条、日志 %(leaves)s 个位置、%(peers)s 个对方节点",
    )
    return Looked(
        faults,
        [*held_up(), *exchange()],
        seen
        % {"chosen": len(chosen), "all": len(subjects), "leaves": Place.objects.count(), "peers": Peer.objects.count()},
    )


def chain(kind: str, subject: object) -> Iterator[str]:
    for fault in events.verify_chain(subject, kind):  # type: ignore[arg-type]
        yield say("The chain of %(subject)s breaks at event %(number)s (%(code)s).", "%(subject)s 的事件链在第 %(number)s 件断开（%(code)s）。") % {
            "subject": f"{kind}:{subject}", "number": fault.number, "code": fault.code,
        }  # fmt: skip


def heads() -> Iterator[str]:
    """Every case stands where its chain ends. One that is just moving is looked at again."""
    ends = dict(Event.objects.filter(subject_kind="case").values_list("subject").annotate(last=Max("number")))
    apart = [
        uid for uid, count in Case.objects.values_list("uid", "event_count").iterator() if ends.get(uid, 0) != count
    ]
    for case in Case.objects.filter(uid__in=apart):
        last = Event.objects.about("case", case.uid).last()
        if (case.event_count, case.event_head) != ((last.number, last.digest) if last else (0, "")):
            yield say(
                "Case %(number)s says %(count)s events, its chain has %(last)s.",
                "案件 %(number)s 记有 %(count)s 件事件，其事件链有 %(last)s 件。",
            ) % {"number": case.number, "count": case.event_count, "last": last.number if last else 0}


def trees() -> Iterator[str]:
    """Each epoch's tree, grown anew from the digests of the events, has the roots that were signed."""
    for epoch in range(1, nodes.epoch() + 1):
        signed = dict(Checkpoint.objects.filter(epoch=epoch).values_list("size", "root"))
        places = Place.objects.filter(epoch=epoch).order_by("leaf").values_list("leaf", "leaf_hash", "event__digest")
        stack: list[tuple[int, bytes]] = []
        for size, (leaf, stored, digest) in enumerate(places.iterator(), 1):
            value = merkle.leaf_hash(bytes.fromhex(digest))
            if leaf != size - 1 or value.hex() != stored:
                yield say(
                    "The log of epoch %(epoch)s is wrong at leaf %(leaf)s.",
                    "纪元 %(epoch)s 的日志在第 %(leaf)s 叶处有误。",
                ) % {"epoch": epoch, "leaf": size - 1}
                return
            level = 0
            while stack and stack[-1][0] == level:
                value = merkle.node_hash(stack.pop()[1], value)
                level += 1
            stack.append((level, value))
            if size in signed and signed.pop(size) != root_of(stack):
                yield say(
                    "The log of epoch %(epoch)s at size %(size)s differs from its signed checkpoint.",
                    "纪元 %(epoch)s 的日志在 %(size)s 处与已签检查点不符。",
                ) % {"epoch": epoch, "size": size}
        for beyond in signed:
            yield say(
                "The log of epoch %(epoch)s has lost what its checkpoint of size %(size)s covers.",
                "纪元 %(epoch)s 的日志缺少大小为 %(size)s 的检查点所涵盖的内容。",
            ) % {"epoch": epoch, "size": beyond}


def root_of(stack: list[tuple[int, bytes]]) -> str:
    """The root over the complete subtrees of a growing tree, the largest first (RFC 6962)."""
    value = stack[-1][1]
    for _level, left in reversed(stack[:-1]):
        value = merkle.node_hash(left, value)
    return value.hex()


def files() -> Iterator[str]:
    """Every file that a case names as stored lies in the store, with its size."""
    for row in Attachment.objects.filter(stored=True).select_related("case").iterator():
        path = path_of(row.case.uid, row.id)
        if not path.is_file() or path.stat().st_size != row.size:
            yield say(
                "A file of case %(number)s is not in the store: %(path)s", "案件 %(number)s 的文件不在存储中：%(path)s"
            ) % {"number": row.case.number, "path": path}


def search() -> Iterator[str]:
    """The index of the search is in place."""
    for name in search_index.missing():
        yield say(
            "The index of the search lacks %(name)s: cases may not be found. Run: lianqiao init",
            "检索索引缺少 %(name)s，可能查不到案件。请运行：lianqiao init",
        ) % {"name": name}


def dates() -> Iterator[str]:
    """The stored nearest day of every case, by which lists are sorted and what is late is found, is the one of its clocks."""
    no_day = say("no day", "无")
    for case in Case.objects.misdated().order_by("pk").only("filed_on", "next_due").iterator():
        yield say(
            "Case %(number)s is listed by %(held)s, but its clocks say %(told)s: it may be shown late, or on time, when it is not."
            " Run: lianqiao init",
            "案件 %(number)s 在列表中的到期日是 %(held)s，按各项期限应当是 %(told)s，逾期与否可能显示有误。请运行：lianqiao init",
        ) % {"number": case.number, "held": case.next_due or no_day, "told": case.nearest or no_day}  # type: ignore[attr-defined]


def looks() -> Iterator[str]:
    """The looks of every sealed day are those that were sealed."""
    for day in reads.faults():
        yield say("The looks of %(day)s are not those that were sealed.", "%(day)s 的查阅记录与封存时不符。") % {
            "day": day.isoformat()
        }


def held_up() -> Iterator[str]:
    for row in followers.stopped():
        yield say("The follower %(name)s is held up: %(error)s", "跟随程序 %(name)s 停滞：%(error)s") % {
            "name": row.name,
            "error": row.error.splitlines()[-1],
        }


def exchange() -> Iterator[str]:
    """Open alarms, parcels given up, peers out of reach, cases frozen after a restore."""
    for alarm in Alarm.objects.filter(handled_at=None).order_by("pk"):
        yield say("Alarm %(id)s: %(text)s", "告警 %(id)s：%(text)s") % {"id": alarm.pk, "text": alarms.text(alarm)}
    for parcel in ParcelOut.objects.filter(state__in=[ParcelOut.State.DEAD, ParcelOut.State.REFUSED]):
        yield say("Parcel %(id)s to node %(node)s: %(state)s.", "发往节点 %(node)s 的信件 %(id)s：%(state)s。") % {
            "id": parcel.pk, "node": parcel.peer_id, "state": parcel.get_state_display(),
        }  # fmt: skip
    for peer in Peer.objects.filter(unreachable_since__isnull=False, state=Peer.State.ACTIVE):
        yield say("Node %(node)s has not answered since %(since)s.", "节点 %(node)s 自 %(since)s 起无应答。") % {
            "node": peer.code, "since": peer.unreachable_since and peer.unreachable_since.isoformat(timespec="seconds"),
        }  # fmt: skip
    for row in Erasure.objects.filter(state=Erasure.State.WAITING, told_at__lt=now() - ANSWER_WITHIN):
        yield say(
            "Node %(node)s was told of an erasure on %(on)s and has not answered.",
            "节点 %(node)s 于 %(on)s 被告知删除，尚未答复。",
        ) % {"node": row.peer_id, "on": day_of(row.told_at).isoformat()}  # fmt: skip
    frozen = figures.counted(Case.objects.filter(frozen_epoch__isnull=False)).total
    if frozen:
        yield say(
            "%(count)s cases are read-only until the other nodes have said what they hold.",
            "有 %(count)s 件案件在对方节点答复之前只读。",
        ) % {"count": frozen}
