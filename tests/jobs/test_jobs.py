"""Jobs: done part by part, whatever dies; told to nobody but who began them."""

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
import time_machine
from django.db import OperationalError
from tests.cast import Cast

from lianqiao.jobs import actions, work
from lianqiao.jobs.models import Job, Problem, Row
from lianqiao.jobs.rows import Fault, Faulty, Outcome, go_through
from lianqiao.record import time
from lianqiao.record.refusal import Refused
from lianqiao.registry.models import Person, Region

pytestmark = pytest.mark.django_db
Do = Callable[[Row], Outcome]
doing: list[Do] = []


@pytest.fixture(autouse=True)
def _kind() -> Iterator[None]:
    work.kind("test")(lambda job: go_through(job, doing[0], fields={"bad": "title"}))
    yield
    del work.steps["test"]
    doing.clear()


def effect(row: Row) -> Outcome:
    """An effect in the database for each row."""
    Region.objects.create(code=f"9{row.number:05}", name_zh="-", name_en="-", node_code="51")
    return Outcome(Row.State.DONE, {})


def effects() -> list[int]:
    return sorted(int(code[1:]) for code in Region.objects.filter(code__startswith="9").values_list("code", flat=True))


def begun(cast: Cast, count: int, do: Do = effect, key: str = "") -> Job:
    doing.append(do)
    rows = ((number, {"title": f"T{number}"}) for number in range(1, count + 1))
    return actions.begin("test", rows, by=cast.lin, key=key, asked={"titles": {"title": "标题"}})


def to_the_end(job: Job) -> Job:
    while work.work():
        pass
    job.refresh_from_db()
    return job


def test_work_goes_through_all_rows_and_keeps_no_content(cast: Cast) -> None:
    job = to_the_end(begun(cast, 45))

    assert (job.state, job.done, job.total, job.counts) == ("done", 45, 45, {"done": 45})
    assert effects() == list(range(1, 46))
    assert job.rows.filter(content__isnull=False).count() == 0


def test_work_that_dies_loses_the_part_and_does_no_row_twice(cast: Cast) -> None:
    dies = [True]

    def do(row: Row) -> Outcome:
        if dies and row.number == 25:
            raise SystemExit  # as a killed process: nothing of the house catches it
        return effect(row)

    job = begun(cast, 30, do)
    assert work.work() == 1
    with pytest.raises(SystemExit):
        work.work()
    dies.clear()
    assert (effects(), work.work()) == (list(range(1, 21)), 0)

    with time_machine.travel(time.now() + work.LEASE, tick=False):
        to_the_end(job)

    assert (job.state, job.done, effects()) == ("done", 30, list(range(1, 31)))


def test_work_whose_lease_ran_out_is_not_done_twice(cast: Cast) -> None:
    begun(cast, 5)
    slow = work.take()
    assert slow is not None
    with time_machine.travel(time.now() + work.LEASE, tick=False):
        quick = work.take()
        assert quick is not None
        work.part(quick)

    work.part(slow)

    assert effects() == [1, 2, 3, 4, 5]


def test_row_that_cannot_be_taken_is_undone_for_itself(cast: Cast) -> None:
    def do(row: Row) -> Outcome:
        outcome = effect(row)
        if row.number == 2:
            raise Faulty(Fault("title", "short", "Longer, please."))
        if row.number == 3:
            raise Refused("bad", "Not this one.")
        if row.number == 4:
            raise ZeroDivisionError
        return outcome

    job = to_the_end(begun(cast, 5, do))

    assert (job.state, job.counts, effects()) == ("done", {"done": 2, "faulty": 3}, [1, 5])
    assert list(Problem.objects.values_list("row", "column", "code")) == [
        (2, "标题", "short"),
        (3, "标题", "bad"),
        (4, "", "internal"),
    ]


def test_part_that_fails_is_tried_again_and_given_up_in_the_open(cast: Cast) -> None:
    def do(row: Row) -> Outcome:
        raise OperationalError("the disk is gone")

    job = begun(cast, 1, do)
    begun_at = time.now()
    for minutes in range(0, 200, 16):
        with time_machine.travel(begun_at + timedelta(minutes=minutes), tick=False):
            work.work()
    job.refresh_from_db()

    assert (job.state, job.attempts, job.done) == ("failed", work.MOST_ATTEMPTS + 1, 0)
    assert job.error == "OperationalError: the disk is gone"


def test_cancel_ends_before_the_next_part(cast: Cast) -> None:
    job = begun(cast, 30)
    work.work()

    actions.cancel(job.pk, by=cast.lin)
    to_the_end(job)

    assert (job.state, job.done, effects()) == ("cancelled", 20, list(range(1, 21)))
    with pytest.raises(Refused) as refused:
        actions.cancel(job.pk, by=cast.lin)
    assert refused.value.code == "job-finished"


def test_job_of_a_person_who_may_no_longer_act_ends(cast: Cast) -> None:
    job = begun(cast, 3)
    Person.objects.filter(pk=cast.lin.pk).update(is_active=False)

    to_the_end(job)

    assert (job.state, effects()) == ("failed", [])


def test_begin_with_the_key_of_an_unfinished_job_means_that_job(cast: Cast) -> None:
    first, second = begun(cast, 2, key="k"), begun(cast, 2, key="k")
    to_the_end(first)

    third = begun(cast, 2, key="k")

    assert (second.pk == first.pk, third.pk == first.pk) == (True, False)


def test_begin_leaves_nothing_of_rows_that_cannot_be_read(cast: Cast) -> None:
    def rows() -> Iterator[actions.Numbered]:
        yield from ((number, {}) for number in range(1, 700))
        raise Refused("broken", "Broken.")

    with pytest.raises(Refused):
        actions.begin("test", rows(), by=cast.lin)

    assert (Job.objects.count(), Row.objects.count()) == (0, 0)


def test_begin_refuses_a_sixth_unfinished_job(cast: Cast) -> None:
    for _job in range(actions.MOST_UNFINISHED):
        begun(cast, 1)

    with pytest.raises(Refused) as refused:
        begun(cast, 1)

    assert (refused.value.code, refused.value.status) == ("too-many-jobs", 429)


def test_long_job_lets_a_short_one_in(cast: Cast) -> None:
    long, short = begun(cast, 200), begun(cast, 1)

    work.work()
    work.work()
    work.work()
    short.refresh_from_db()
    long.refresh_from_db()

    assert (short.state, long.state) == ("done", "running")


def test_old_rows_are_forgotten(cast: Cast) -> None:
    job = to_the_end(begun(cast, 3))
    Row.objects.filter(job=job).update(sealed="x")

    with time_machine.travel(time.now() + timedelta(days=8), tick=False):
        actions.forget_old()
    assert list(job.rows.values_list("sealed", flat=True)) == ["", "", ""]
    with time_machine.travel(time.now() + timedelta(days=31), tick=False):
        actions.forget_old()

    assert (job.rows.count(), Job.objects.count()) == (0, 1)
