"""The demonstration: every state is there, at both nodes, and a second start finds it all."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator

import pytest
from tests.stories.judging import cases
from tests.stories.ports import held
from tests.stories.reading import rows

from lianqiao.cases.flow import State
from lianqiao.site.demo import show
from lianqiao.site.running import RunningNode

pytestmark = pytest.mark.proof


@pytest.fixture(scope="module")
def nodes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, RunningNode]]:
    folder = tmp_path_factory.mktemp("demo")
    with held(2) as ports:
        nodes = {
            code: RunningNode(code, port, folder / code, language="en")
            for code, port in zip(("51", "50"), ports, strict=True)
        }
        show.set_up(nodes["51"], nodes["50"])
        show.start(nodes.values())
        yield nodes
        for node in nodes.values():
            node.kill()


def test_demonstration_has_every_state(nodes: dict[str, RunningNode]) -> None:
    folder = nodes["51"].folder.parent
    told = show.tell_cases(nodes)

    states = Counter(row["state"] for code in nodes for row in cases(folder, code).values())
    alarms = [tuple(row) for code in nodes for row in rows(folder, code, "SELECT kind FROM exchange_alarm")]
    overdue = rows(folder, "51", "SELECT 1 FROM cases_clock WHERE stopped_on IS NULL AND due_on < date('now')")
    refs = rows(folder, "51", "SELECT ref FROM batches_batchfiling ORDER BY ref")
    tickets = rows(folder, "51", "SELECT number, enterprise_id IS NOT NULL FROM hotline_ticket ORDER BY number")
    sittings = [
        [row["stage"] for row in rows(folder, code, "SELECT stage FROM meetings_meeting ORDER BY number")]
        for code in nodes
    ]
    assert told >= 40
    assert [*map(sorted, sittings)] == [["planned", "planned", "published"], ["planned", "published"]]  # one is joint
    assert [tuple(row) for row in refs] == [("CD-1",), ("CD-2",), ("CD-3",)]
    assert [tuple(row) for row in tickets] == [
        ("SC1001", 1),
        ("SC1002", 1),
        ("SC1003", 1),
        ("SC1004", 0),
        ("SC1005", 0),
    ]
    # A case is disposed of when its period of keeping is over: years after it was archived.
    assert set(states) == set(State.values) - {State.DISPOSED}
    assert alarms == []
    assert len(overdue) >= 3


def test_tokens_are_for_their_owner_only(nodes: dict[str, RunningNode]) -> None:
    for node in nodes.values():
        path = node.folder / "tokens.json"
        tokens = json.loads(path.read_text())

        assert path.stat().st_mode & 0o777 == 0o600
        assert {len(token) for token in tokens.values()} == {46}
        assert f"admin-{node.code}" in tokens


def test_second_start_keeps_what_was(nodes: dict[str, RunningNode]) -> None:
    before = (nodes["51"].folder / "tokens.json").read_text()
    place = show.place(nodes["51"], "en")
    number = place.callers["owner-chengdu"].file(
        agency="cd-inward-centre", programme="private-complaint", kind="help", category="other", title="题",
        facts="事实", request="请求", enterprise=place.enterprises["91510100MA6C00017C"],
    )["number"]  # fmt: skip
    place.http.close()
    nodes["51"].stop()

    nodes["51"].run("init", "--if-new")
    nodes["51"].start()
    nodes["51"].ready()

    again = show.place(nodes["51"], "en")
    assert again.callers["owner-chengdu"].case(number)["state"] == "filed"
    assert (nodes["51"].folder / "tokens.json").read_text() == before
    again.http.close()
