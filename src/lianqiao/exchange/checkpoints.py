"""Each node cosigns the other's checkpoints, after proof that the log only grew. A fork is never cosigned, and never forgotten."""

import json
from typing import Any

import httpx
from django.db import transaction
from django.db.models import Q

from lianqiao.record import checkpoint, log
from lianqiao.record.algorithms import PublicKey
from lianqiao.record.checkpoint import Judgement
from lianqiao.record.models import Checkpoint, Cosignature
from lianqiao.record.nodes import this_node
from lianqiao.record.refusal import Refused
from lianqiao.record.time import now

from . import alarms, calls, peers, wire
from .models import Peer, PeerCheckpoint


def cosign(peer: Peer, body: bytes) -> dict[str, Any]:
    """Judges a peer's checkpoint and returns our signature under it.

    The body is {"note", "old_size", "proof"}. Refuses "checkpoint-stale" with the size that the proof must begin at, "fork"
    (with an alarm; from then on everything of this log until the alarm is handled), "malformed".
    """
    note, old_size, proof = _read(body)
    if alarms.is_open("fork", peer.code):
        raise wire.refuse("fork", node=peer.code)
    with transaction.atomic():
        peers.locked(peer.code)
        last = PeerCheckpoint.objects.filter(peer=peer, epoch=note.epoch).first()
        if last and old_size != last.size:
            raise wire.refuse("checkpoint-stale", size=last.size)
        judged = checkpoint.judge(
            last.note if last else None, str(note), proof, [peers.key_of(key) for key in peer.keys.all()]
        )
        if judged.reason in ("older", "no-proof") and last:
            raise wire.refuse("checkpoint-stale", size=last.size)
        if judged.judgement == Judgement.CANNOT_CHECK or note.node != peer.code:
            raise wire.refuse("malformed", why=judged.reason)
        if judged.judgement != Judgement.FORK:
            PeerCheckpoint.objects.update_or_create(
                peer=peer, epoch=note.epoch,
                defaults={"size": note.size, "root": note.root.hex(), "note": str(note), "cosigned_at": now()},
            )  # fmt: skip
    if judged.judgement == Judgement.FORK:
        alarms.raise_alarm("fork", node=peer.code, seen=last.note if last else "", shown=str(note))
        raise wire.refuse("fork", node=peer.code)
    peers.wrote_in(peer, note.epoch)
    line = checkpoint.cosign(note, this_node().code, peers.our_key(peer.our_kid), int(now().timestamp()))
    return {"size": note.size, "cosignature": str(line).rstrip("\n")}


def _read(body: bytes) -> tuple[checkpoint.Note, int, list[str] | None]:
    try:
        given = json.loads(body)
        proof = given["proof"]
        if not (proof is None or (isinstance(proof, list) and all(isinstance(step, str) for step in proof))):
            raise TypeError("proof")
        note = checkpoint.parse(given["note"])
        if note.epoch >= 2**31:  # as in a parcel
            raise ValueError("epoch")
        return note, int(given["old_size"]), proof
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError) as error:
        raise wire.refuse("malformed", why=f"checkpoint: {type(error).__name__}") from None


def work(http: httpx.Client) -> int:
    """Asks every peer that has not cosigned our newest checkpoint to do so; returns how many did. Not one that reports a fork."""
    newest = log.latest()
    if newest is None:
        return 0
    callable_now = Q(retry_at__isnull=True) | Q(retry_at__lte=now())
    done = Cosignature.objects.filter(checkpoint=newest).values("node")
    waiting = Peer.objects.filter(callable_now, state=Peer.State.ACTIVE).exclude(code__in=done)
    return sum(ask(http, peer.code, newest) for peer in waiting if not alarms.is_open("fork-reported", peer.code))


def ask(http: httpx.Client, code: str, newest: Checkpoint) -> bool:
    """Has one peer cosign our checkpoint; says from which size it wants the proof if we guess wrong."""
    target = peers.target(code)
    seen = Cosignature.objects.filter(node=code, checkpoint__epoch=newest.epoch).order_by("-checkpoint__size")
    reply = _post(http, target, newest, seen.values_list("checkpoint__size", flat=True).first() or 0)
    if reply.signed and reply.value.get("code") == "checkpoint-stale":
        known = int(dict(reply.value.get("params", {})).get("size", 0))
        if known > newest.size:
            alarms.raise_alarm("fork-reported", node=code, size=known)
            return False
        reply = _post(http, target, newest, known)
    if reply.status == 0:
        peers.not_reached(code)
    if reply.signed and reply.value.get("code") == "fork":
        alarms.raise_alarm("fork-reported", node=code, size=newest.size)
    if not reply.ok:
        return False
    return _keep(reply, target.keys, newest)


def _post(http: httpx.Client, target: calls.Target, newest: Checkpoint, old_size: int) -> calls.Reply:
    proof = log.consistency(old_size, newest.size, newest.epoch) if old_size else None
    body = json.dumps({"note": newest.note, "old_size": old_size, "proof": proof}).encode()
    return calls.call(http, target, "POST", wire.CHECKPOINTS, body)


def _keep(reply: calls.Reply, keys: Any, newest: Checkpoint) -> bool:
    signer: PublicKey | None = keys.get(reply.signed.kid) if reply.signed else None
    if signer is None:
        return False
    try:
        log.add_cosignature(str(reply.value.get("cosignature", "")), signer, newest.epoch, newest.size)
    except Refused:
        return False
    return True
