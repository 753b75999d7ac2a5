"""The node's Merkle log: sizes, roots and proofs from the stored subtrees, and the checkpoints that the node signs."""

from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from lianqiao.record import checkpoint, keys, merkle, nodes, sequencer
from lianqiao.record.algorithms import PublicKey
from lianqiao.record.followers import runner
from lianqiao.record.models import Checkpoint, Cosignature, Pending, Place
from lianqiao.record.refusal import Refused
from lianqiao.record.time import now

PACE = timedelta(seconds=1)
"""Under load a checkpoint is signed no more often than this."""


def size(epoch: int | None = None) -> int:
    """How many leaves the tree of an epoch has (the present one if not said)."""
    last = Place.objects.filter(epoch=epoch or nodes.epoch()).order_by("-leaf").values_list("leaf", flat=True).first()
    return 0 if last is None else last + 1


def hashes(ranges: list[merkle.Range], epoch: int) -> list[str]:
    """The hash of each range of leaves, in hex; one query."""
    wanted = sorted({subtree for leaves in ranges for subtree in merkle.subtrees(leaves)})
    stored = sequencer.stored(epoch, wanted)
    if len(stored) != len(wanted):
        raise Refused("not-in-log", _("The log has not come so far yet. Ask again later."), status=404)
    return [merkle.hash_of(leaves, stored.__getitem__).hex() for leaves in ranges]


def root(size: int, epoch: int | None = None) -> str:
    """The root of the first `size` leaves, in hex. Refuses `not-in-log` (404) a size that was not reached."""
    return hashes([(0, size)], epoch or nodes.epoch())[0]


def inclusion(leaf: int, size: int, epoch: int | None = None) -> list[str]:
    """The proof that `leaf` stands in the tree of `size`, hex, nearest first; one query.

    Refuses `not-in-log` (404) if the leaf is not below the size, or the size not reached.
    """
    if not 0 <= leaf < size:
        raise Refused("not-in-log", _("The log has not come so far yet. Ask again later."), status=404)
    # With the leaf itself the ranges cover the whole tree, so a size that was not reached is noticed.
    return hashes([*merkle.inclusion_ranges(leaf, size), (leaf, leaf + 1)], epoch or nodes.epoch())[:-1]


def consistency(old: int, new: int, epoch: int | None = None) -> list[str]:
    """The proof that the tree of `new` begins with that of `old`, hex; one query. Refuses `not-in-log` (404)."""
    if not 0 <= old <= new:
        raise Refused("not-in-log", _("The log has not come so far yet. Ask again later."), status=404)
    return hashes([*merkle.consistency_ranges(old, new), (0, new)], epoch or nodes.epoch())[:-1]


def latest(epoch: int | None = None) -> Checkpoint | None:
    """The newest signed checkpoint of an epoch."""
    return Checkpoint.objects.filter(epoch=epoch or nodes.epoch()).order_by("-size").first()


def sign_checkpoint(epoch: int | None = None) -> Checkpoint | None:
    """Sign the tree as it stands now and return the checkpoint; the last one if it has not grown; None for no leaves."""
    with sequencer.alone():
        epoch = epoch or nodes.epoch()
        last, reached = latest(epoch), size(epoch)
        if reached == (last.size if last else 0):
            return last
        top = root(reached, epoch)
        text = checkpoint.body(checkpoint.origin(nodes.this_node().code, epoch), reached, bytes.fromhex(top))
        note = f"{text}\n{checkpoint.sign(text, keys.signing_key())}"
        return Checkpoint.objects.create(epoch=epoch, size=reached, root=top, note=note, signed_at=now())


@runner("checkpoint")
def sign_when_grown() -> int:
    """Sign a checkpoint when everything is placed, or when the last one is a second old; 1 if there is a new one."""
    epoch = nodes.epoch()
    last = latest(epoch)
    if size(epoch) == (last.size if last else 0):
        return 0
    if last and Pending.objects.exists() and now() - last.signed_at < PACE:
        return 0
    sign_checkpoint(epoch)
    return 1


def note(signed: Checkpoint) -> str:
    """The checkpoint with all cosignatures, as everybody may have it."""
    return signed.note + "".join(
        f"{line}\n" for line in signed.cosignatures.order_by("node").values_list("line", flat=True)
    )


def add_cosignature(line: str, key: PublicKey, epoch: int, size: int) -> Cosignature:
    """Store the signature line of another node under our checkpoint of that epoch and size; the first one stays.

    Refuses `no-such-checkpoint` (404), `cosignature-malformed` (422) and `cosignature-wrong` (422: not by this key).
    """
    signed = Checkpoint.objects.filter(epoch=epoch, size=size).first()
    if signed is None:
        raise Refused("no-such-checkpoint", _("This node has no checkpoint of size %(size)s."), status=404, size=size)
    try:
        read = checkpoint.parse_line(line)
    except checkpoint.Malformed as malformed:
        raise Refused("cosignature-malformed", _("This is not the line of a signature."), status=422) from malformed
    if checkpoint.verify_cosignature(checkpoint.parse(signed.note), read, key) is None:
        raise Refused(
            "cosignature-wrong",
            _("Node %(node)s has not signed this checkpoint with the key that is known."),
            status=422,
            node=key.node,
        )
    return Cosignature.objects.get_or_create(
        checkpoint=signed, node=key.node, defaults={"line": str(read).rstrip("\n")}
    )[0]
