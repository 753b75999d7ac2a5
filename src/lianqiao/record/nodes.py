"""This node: its row, and the subject of its own events."""

from uuid import NAMESPACE_URL, UUID, uuid5

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from lianqiao.record import prepared
from lianqiao.record.models import Node
from lianqiao.record.refusal import Refused

_known: list[Node] = []


def this_node() -> Node:
    """The row of this node, remembered by the process: code, names and address do not change while it runs.

    `epoch` does: ask `epoch()` for it. Refuses `no-node` (503) before the node has been set up.
    """
    if not _known:
        _known[:] = [_read()]
    return _known[0]


def forget() -> None:
    """Drop what the process remembers of the node (a test's reset, a restore)."""
    _known.clear()


def epoch() -> int:
    """The number of the present epoch, read now. Refuses `no-node` likewise."""
    return _read().epoch


def _read() -> Node:
    if node := prepared.one(Node, id=1):
        return node
    raise Refused("no-node", _("This node has not been set up. Run: lianqiao init"), status=503)


def subject(code: str) -> UUID:
    """The subject of the events of kind "node" and "key" of the node `code`: the same for everybody."""
    return uuid5(NAMESPACE_URL, f"lianqiao/{code}")


def establish(code: str, name_zh: str, name_en: str, base_url: str) -> Node:
    """Write the row of this node, once. Refuses `node-exists` if there is one with another code."""
    with transaction.atomic():
        there = Node.objects.select_for_update().first()
        if there and there.code != code:
            raise Refused("node-exists", _("This data belongs to node %(code)s."), code=there.code)
        node, _new = Node.objects.update_or_create(
            id=1, defaults={"code": code, "name_zh": name_zh, "name_en": name_en, "base_url": base_url}
        )
    forget()
    return node
