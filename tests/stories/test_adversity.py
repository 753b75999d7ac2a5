"""A hand-over while clocks are hours apart, while the disk of either node is full, and while a node is upgraded under load."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
from tests.faults.wire import clear, dead
from tests.stories import journey, judging, prove
from tests.stories.pair import Pair

from lianqiao.site import calling
from lianqiao.site.calling import Answered, NeverCame, until

pytestmark = [pytest.mark.proof, pytest.mark.large]


def judge(pair: Pair, promised: list[tuple[str, str, int]]) -> None:
    journey.settled(pair)
    pair.end()
    assert judging.faults(pair.folder) == []
    assert judging.sound(pair) == []
    assert prove.gone(pair.folder, promised) == []


def came(pair: Pair, code: str, kind: str) -> list[str]:
    return [
        row["state"]
        for row in judging.rows(pair.folder, code, "SELECT * FROM exchange_parcelin")
        if row["kind"] == kind
    ]


def alarms(pair: Pair) -> set[str]:
    found = [judging.rows(pair.folder, code, "SELECT kind FROM exchange_alarm") for code in pair.codes]
    return {row["kind"] for rows in found for row in rows}


@pytest.mark.parametrize(("code", "hours"), [("51", 5), ("50", -5)])
def test_case_waits_while_clocks_are_hours_apart_and_goes_on_once_they_are_set(
    fresh: Callable[..., Pair], code: str, hours: int
) -> None:
    """The line is dead in between, so that what is to be tried again was written down by the wrong clock."""
    pair = fresh()
    pair.restart(code, ahead=hours * 3600)
    here = journey.file(pair)
    journey.offer(pair, here)
    until("the alarm", lambda: "clock-skew" in alarms(pair))
    for wire in pair.wires.values():
        wire.follow(dead)
    until("nobody answers", lambda: all(wire.done["drop"] > 2 for wire in pair.wires.values()))
    assert came(pair, "50", "handover.offered") == []

    pair.restart(code)
    for wire in pair.wires.values():
        wire.follow(clear)
    journey.and_back(pair, here)

    judge(pair, [])


@pytest.mark.parametrize("seconds", [240, -240])
def test_case_crosses_while_clocks_are_minutes_apart(fresh: Callable[..., Pair], seconds: int) -> None:
    pair = fresh()
    pair.restart("50", ahead=seconds)

    journey.cross(pair)

    judge(pair, [])


def test_full_disk_refuses_and_loses_nothing(fresh: Callable[..., Pair]) -> None:
    """First at the node that offers, then at the node that takes over."""
    pair = fresh()
    here = journey.file(pair)
    promised, refused = [("51", here, 2)], set[int]()
    pair.restart("51", pages=2)
    while not refused:
        try:
            said = pair["li-intake"].do(here, "note", text="进展" * 500, shared=False)
            promised.append(("51", here, said["event"]))
        except Answered as full:
            refused.add(full.status)
    assert refused == {507}
    pair.restart("51")
    journey.offer(pair, here)
    pair.restart("50", pages=0)
    try:
        until("the offer", lambda: came(pair, "50", "handover.offered"), 30)
    except NeverCame:  # whether it finds a place in pages that are there is left to the database
        assert "busy" in errors(pair, "51")
    pair.restart("50")

    journey.and_back(pair, here)

    judge(pair, promised)


def errors(pair: Pair, code: str) -> str:
    return " ".join(
        row["last_error"] for row in judging.rows(pair.folder, code, "SELECT last_error FROM exchange_parcelout")
    )


def test_upgrade_of_the_tables_while_people_go_on(fresh: Callable[..., Pair], monkeypatch: pytest.MonkeyPatch) -> None:
    """Callers insist while the node is away, is refused a start on old tables, is upgraded by `lianqiao init`, and comes back."""
    monkeypatch.setattr(calling, "PATIENCE", 300.0)
    pair = fresh()
    filed: list[str] = []
    failed: list[Exception] = []
    stop = threading.Event()

    def go_on() -> None:
        while not stop.is_set():
            try:
                filed.append(journey.file(pair))
            except Exception as error:
                failed.append(error)
                return

    callers = [threading.Thread(target=go_on) for _caller in range(3)]
    for caller in callers:
        caller.start()
    crossing = journey.file(pair)
    journey.offer(pair, crossing)
    node = pair.nodes["51"]
    with pair.held:
        node.stop()
        older = node.popen("tests.stories.older", []).communicate()[0]
        refused = node.popen("lianqiao", ["serve"]).communicate()[1]
        node.run("init", "--if-new")
        pair.launch(node)
    pair.answers("51")
    before = len(filed)
    journey.and_back(pair, crossing)
    until("more cases", lambda: len(filed) > before + 3 or failed)
    stop.set()
    for caller in callers:
        caller.join()

    assert "Unapplying cases.0002_summaries... OK" in older
    assert refused.startswith("The tables are not up to date")
    assert failed == []
    judge(pair, [("51", number, 2) for number in filed])
