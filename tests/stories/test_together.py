"""Two live nodes: one asks the other and gives it a sub-task while it answers; an objection goes one level up in the other region."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from tests.stories import journey, judging
from tests.stories.pair import Pair

from lianqiao.site.demo import between
from lianqiao.site.tour import journeys, together
from lianqiao.site.tour.telling import Telling

pytestmark = pytest.mark.proof


def test_consultation_sub_task_and_objection(fresh: Callable[..., Pair]) -> None:
    pair, tell = fresh(), Telling("en")
    between.until_in_force(pair.places)

    together.consultation(pair.places, tell)
    together.objection(pair.places, tell, journeys.emergency(pair.places, tell))

    journey.settled(pair)
    pair.end()
    assert (judging.faults(pair.folder), judging.sound(pair)) == ([], [])
