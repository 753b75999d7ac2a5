"""Fresh pairs of nodes: seeded once for the run, copied for each test."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from tests.stories.pair import Pair, copied, seed
from tests.stories.ports import held

from lianqiao.site import calling


@pytest.fixture(autouse=True)
def _patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """A busy machine is no broken promise."""
    monkeypatch.setattr(calling, "PATIENCE", 90.0)


@pytest.fixture(scope="session")
def ports() -> Iterator[list[int]]:
    with held(4) as found:
        yield found


@pytest.fixture(scope="session")
def seeded(tmp_path_factory: pytest.TempPathFactory, ports: list[int]) -> Path:
    folder = tmp_path_factory.mktemp("seeded")
    seed(folder, ports)
    return folder


@pytest.fixture
def fresh(seeded: Path, ports: list[int], tmp_path: Path) -> Iterator[Callable[..., Pair]]:
    """`fresh()` is a running pair; `fresh(dying={"51": steps})` one of whose nodes dies at each of the steps in turn."""
    with ExitStack() as stack:
        yield lambda dying=None: stack.enter_context(copied(seeded, ports, tmp_path / "nodes", dying))
