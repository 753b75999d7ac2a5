"""The node of the tests, with its first key in a folder of its own."""

from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from lianqiao.record import nodes
from lianqiao.record.actors import Actor
from lianqiao.record.models import Node

PERSON = Actor.person("6d1e0b1e-8f9d-4c9e-a1e5-2f0f2c9f0a11")


@pytest.fixture
def node(db: None, settings: Any, tmp_path: Path) -> Node:
    """Sichuan's node, without a key."""
    settings.LIANQIAO_DATA = tmp_path
    return nodes.establish("51", "四川", "Sichuan", "http://127.0.0.1:8051")


@pytest.fixture
def case() -> Any:
    return uuid4()
