"""What several threads bring at the same time is done at once, by one of them for all (docs/decisions/0022). Who comes alone begins at once,
and who comes meanwhile goes with the next."""

import time
from collections.abc import Callable, Sequence
from threading import Lock
from typing import Generic, TypeVar

Brought = TypeVar("Brought")
Result = TypeVar("Result")


class Turn(Generic[Brought, Result]):
    """What one thread has brought, and what became of it. Its thread sleeps until it is `called`: because it is done, or to lead the next group."""

    def __init__(self, brought: Brought) -> None:
        self.brought = brought
        self.called = Lock()
        self.called.acquire()
        self.is_done = False
        self.results: list[Result] = []
        self.error: BaseException | None = None


class Gathering(Generic[Brought, Result]):
    """`do` does all that it is given or nothing, and answers for each in their order; at most `most` at once. When it raises one of
    `refusals`, one of the group was at fault, and each is done again by itself; whatever else it raises, all of the group are told.

    Where the last group was in company, the next one waits `pause` seconds for more, as PostgreSQL does with its `commit_delay`.
    """

    def __init__(
        self,
        do: Callable[[list[Brought]], Sequence[Result]],
        *,
        most: int,
        pause: float,
        refusals: tuple[type[Exception], ...],
    ) -> None:
        self.do, self.most, self.pause, self.refusals = do, most, pause, refusals
        self.lock, self.busy, self.in_company = Lock(), False, False
        self.waiting: list[Turn[Brought, Result]] = []

    def bring(self, brought: Brought) -> Result:
        """What became of it, once it is done. Raises what `do` has raised."""
        turn = Turn[Brought, Result](brought)
        with self.lock:
            self.waiting.append(turn)
            leads, self.busy = not self.busy, True
        if not leads:
            turn.called.acquire()
        if not turn.is_done:
            self._lead()
        if turn.error:
            raise turn.error
        [result] = turn.results or self.do([brought])
        return result

    def _lead(self) -> None:
        """Do what waits, wake who waits for it, and call the first of those who have come meanwhile to lead them."""
        if self.in_company:
            time.sleep(self.pause)
        with self.lock:
            group, self.waiting = self.waiting[: self.most], self.waiting[self.most :]
        try:
            results = self.do([turn.brought for turn in group])
            for turn, result in zip(group, results, strict=True):
                turn.results = [result]
        except BaseException as error:
            for turn in group:
                turn.error = None if isinstance(error, self.refusals) and len(group) > 1 else error
        with self.lock:
            following = self.waiting[:1]
            self.busy = bool(following)
            self.in_company = self.busy or len(group) > 1
        for turn in group:
            turn.is_done = True
        for turn in following + group:
            turn.called.release()
