"""Opening an epoch after a restore: the log goes on as a new tree, and says what it had been before."""

from collections.abc import Sequence

from django.utils.translation import gettext_lazy as _

from lianqiao.record import checkpoint, events, log, nodes, sequencer
from lianqiao.record.actors import Actor
from lianqiao.record.models import Event, Node
from lianqiao.record.refusal import Refused


def open_epoch(*, by: Actor, why: str, cites: Sequence[str] = (), above: int = 0) -> Event:
    """Begin a new epoch; returns the event `open_epoch` (subject kind "node") that says so.

    `cites` are the last checkpoints of this node that peers and receipts hold, as notes with their cosignatures; they go
    into the event. The number rises above the present one, above every cited one, and above `above` (the highest epoch
    that any peer has heard of): a number used twice would be a fork. The old tree is closed with a checkpoint of what
    the backup held. Refuses `checkpoint-malformed` (422) a cited note that is not of this node's log.
    """
    code = nodes.this_node().code
    cited = []
    for note in cites:
        try:
            cited.append(checkpoint.parse(note))
        except checkpoint.Malformed as malformed:
            raise Refused("checkpoint-malformed", _("A cited checkpoint cannot be read."), status=422) from malformed
        if cited[-1].node != code:
            raise Refused("checkpoint-malformed", _("A cited checkpoint is not of this node."), status=422)
    with sequencer.alone():
        node = Node.objects.select_for_update().get()
        last = log.sign_checkpoint(node.epoch)
        before = node.epoch
        node.epoch = max([before, above, *(note.epoch for note in cited)]) + 1
        node.save(update_fields=["epoch"])
        nodes.forget()
        return events.append(
            "node",
            nodes.subject(code),
            "open_epoch",
            by=by,
            data={
                "epoch": node.epoch,
                "previous_epoch": before,
                "size": last.size if last else 0,
                "root": last.root if last else "",
                "cites": [str(note) for note in cited],
                "why": why,
            },
        )
