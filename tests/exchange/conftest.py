"""Node 51 with an administrator, and node 50, which it trusts."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from lianqiao.exchange import calls, peers
from lianqiao.exchange.models import Peer
from lianqiao.record import keys, nodes
from lianqiao.record.models import Node
from lianqiao.registry import actions
from lianqiao.registry.models import Person, Region

from .other_node import OtherNode


@pytest.fixture
def node(db: None, settings: Any, tmp_path: Path) -> Iterator[Node]:
    settings.LIANQIAO_DATA = tmp_path
    nodes.forget()
    yield nodes.establish("51", "四川", "Sichuan", "http://127.0.0.1:8051")
    nodes.forget()


@pytest.fixture
def admin(node: Node) -> Person:
    keys.ensure()
    return actions.first_admin(
        "root",
        name="Administrator",
        region=Region(code="510000", name_zh="四川省", name_en="Sichuan", node_code="51"),
        agency_code="sc-office",
        agency_zh="节点运行办公室",
        agency_en="Office of the node",
    )


@pytest.fixture
def other() -> OtherNode:
    return OtherNode()


def befriend(other: OtherNode, admin: Person) -> Peer:
    """Added and trusted, as an administrator does it."""
    peers.add(other.card(), by=admin)
    (key,) = Peer.objects.get(pk=other.code).keys.all()
    return peers.trust(other.code, peers.shown(peers.fingerprint_of(key)), by=admin)


@pytest.fixture
def peer(other: OtherNode, admin: Person) -> Peer:
    """Node 50, known and trusted, whose address leads nowhere."""
    return befriend(other, admin)


@pytest.fixture
def live(other: OtherNode, admin: Person) -> Iterator[OtherNode]:
    """Node 50, known, trusted, and answering."""
    with other.serving():
        befriend(other, admin)
        yield other


@pytest.fixture
def http() -> Iterator[httpx.Client]:
    with calls.client() as client:
        yield client
