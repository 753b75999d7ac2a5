import logging
import threading

import pytest

from lianqiao.record import followers
from lianqiao.record.models import Pending, Place
from lianqiao.site import follow


def test_until_idle_places_every_event(node: str) -> None:
    waiting = Pending.objects.count()

    follow.until_idle()

    assert (waiting, Pending.objects.count(), Place.objects.count()) == (1, 0, 1)


def test_round_rests_a_part_that_fails_and_does_the_others(node: str, caplog: pytest.LogCaptureFixture) -> None:
    tried: list[str] = []

    def breaks() -> int:
        tried.append("breaks")
        raise ValueError

    def works() -> int:
        tried.append("works")
        return 1

    resting: dict[follow.Part, float] = {}
    with caplog.at_level(logging.CRITICAL, "lianqiao.site.follow"):
        done = [follow.round_of([breaks, works], resting, elapsed) for elapsed in (0, 1, 4)]

    assert (done, tried) == ([1, 1, 1], ["breaks", "works", "works", "breaks", "works"])


@pytest.mark.django_db(transaction=True)
def test_follow_runs_the_runners_until_stopped(node: str, monkeypatch: pytest.MonkeyPatch) -> None:
    stop = threading.Event()
    ran: list[int] = []

    def runner() -> int:
        ran.append(1)
        if len(ran) == 3:
            stop.set()
        return 0

    monkeypatch.setattr(followers, "runners", [runner])

    assert (follow.follow(stop), len(ran), Pending.objects.count()) == (0, 3, 0)


def test_rests_long_enough_to_find_much_and_not_at_all_when_it_has_found_too_much() -> None:
    assert [follow.pause_after(*given) for given in ((1, 0.01, 0.5), (1, 10.0, 0.5), (500, 10.0, 0.5))] == [
        pytest.approx(0.01 * follow.REST),
        follow.LONGEST_REST,
        0.0,
    ]
    assert [follow.pause_after(0, 0.01, before) for before in (0.0, 0.2, 9.0)] == [
        pytest.approx(follow.SHORTEST * 1.5),
        pytest.approx(0.3),
        follow.LONGEST,
    ]
