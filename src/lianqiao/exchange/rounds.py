"""What the follower process does for the exchange in each round. No web request does any of it."""

from collections.abc import Callable
from functools import wraps
from time import monotonic

import httpx

from lianqiao.record.followers import runner

from . import attachments, calls, catchup, checkpoints, door, inbox, post, recovery

_client: list[httpx.Client] = []
_asked: list[bool] = []


def http() -> httpx.Client:
    """The client of this process; its connections are kept between rounds."""
    if not _client:
        _client.append(calls.client())
    return _client[0]


def every(seconds: float) -> Callable[[Callable[[], int]], Callable[[], int]]:
    """Lets a part do something only so often; in between it says that there was nothing to do."""

    def wrap(part: Callable[[], int]) -> Callable[[], int]:
        last = [-seconds]

        @wraps(part)
        def sometimes() -> int:
            if monotonic() - last[0] < seconds:
                return 0
            last[0] = monotonic()
            return part()

        return sometimes

    return wrap


@runner("exchange.work_on_parcels")
def work_on_parcels() -> int:
    """Carries out what came in."""
    return inbox.work()


@runner("exchange.deliver_parcels")
def deliver_parcels() -> int:
    """Sends what waits."""
    return post.deliver(http())


@runner("exchange.catch_up")
def catch_up() -> int:
    """Fetches what did not come by itself; the first round of a process asks every peer."""
    if not _asked:
        catchup.at_start()
        _asked.append(True)
    return catchup.work(http())


@runner("exchange.fetch_files")
def fetch_files() -> int:
    """Fetches the files that peers have named."""
    return attachments.work(http())


@runner("exchange.recover")
@every(1)
def recover() -> int:
    """After a restore: asks the peers what they hold, and releases the cases when all have answered."""
    return recovery.work(http())


@runner("exchange.exchange_checkpoints")
@every(2)
def exchange_checkpoints() -> int:
    """Has our newest checkpoint cosigned by every peer."""
    return checkpoints.work(http())


@runner("exchange.tidy")
@every(30)
def tidy() -> int:
    """Forgets old nonces, notices gaps and a clock that was set back. It counts as no work."""
    door.forget_nonces()
    catchup.heed_the_clock()
    catchup.notice_gaps()
    return 0
