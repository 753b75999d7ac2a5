"""What several threads bring at the same time is done at once; who is at fault fails alone."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from lianqiao.cases.gathering import Gathering


def brought(do: Callable[[list[int]], list[int]], count: int) -> tuple[list[list[int]], list[object]]:
    """The groups in which so many threads have had their numbers done, and what each was told. All come while the first is being done."""
    groups: list[list[int]] = []

    def done(group: list[int]) -> list[int]:
        groups.append(group)
        while len(groups) == 1 and len(gathering.waiting) < count - 1:
            time.sleep(0)
        return do(group)

    gathering = Gathering[int, int](done, most=3, pause=0.0, refusals=(ValueError,))

    def told(number: int) -> object:
        try:
            return gathering.bring(number)
        except Exception as error:
            return repr(error)

    with ThreadPoolExecutor(count) as threads:
        answers = list(threads.map(told, range(count)))
    assert (gathering.waiting, gathering.busy, gathering.in_company) == ([], False, True)
    return groups, answers


def ten_times(group: list[int]) -> list[int]:
    return [10 * number for number in group]


def test_does_together_what_comes_meanwhile_and_tells_each_its_own() -> None:
    groups, answers = brought(ten_times, 6)
    assert [len(group) for group in groups] == [1, 3, 2]
    assert sorted(itertools.chain(*groups)) == list(range(6))
    assert answers == [0, 10, 20, 30, 40, 50]


def test_waits_for_nobody_when_it_was_alone() -> None:
    gathering = Gathering[int, int](ten_times, most=3, pause=3600.0, refusals=())
    assert [gathering.bring(number) for number in range(3)] == [0, 10, 20]


def test_lets_who_is_at_fault_fail_alone() -> None:
    def refusing(group: list[int]) -> list[int]:
        if 4 in group:
            raise ValueError("four")
        return ten_times(group)

    groups, answers = brought(refusing, 6)
    assert answers == [0, 10, 20, 30, "ValueError('four')", 50]
    done_well = [number for group in groups if 4 not in group for number in group]
    assert sorted(done_well) == [0, 1, 2, 3, 5]


def test_tells_all_of_a_group_when_nobody_knows_what_became_of_it() -> None:
    def broken(group: list[int]) -> list[int]:
        if len(group) == 3:
            raise OSError("gone")
        return ten_times(group)

    groups, answers = brought(broken, 6)
    lost = next(group for group in groups if len(group) == 3)
    assert answers == ["OSError('gone')" if number in lost else 10 * number for number in range(6)]
    assert sorted(itertools.chain(*groups)) == list(range(6))
