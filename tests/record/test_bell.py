import threading
from pathlib import Path

import pytest
from django.db import transaction

from lianqiao.record import bell

GO_ON = threading.Event()


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, settings: object) -> None:
    settings.LIANQIAO_DATA = tmp_path  # type: ignore[attr-defined]


def test_a_stroke_ends_the_waiting_of_everybody_once() -> None:
    ears = [bell.Bell(), bell.Bell()]
    assert [ear.wait(0, GO_ON) for ear in ears] == [False, False]
    bell.strike()
    bell.strike()
    assert [ear.wait(60, GO_ON) for ear in ears] == [True, True]
    assert [ear.wait(0, GO_ON) for ear in ears] == [False, False]
    bell.strike()
    assert [ear.wait(60, GO_ON) for ear in ears] == [True, True]


def test_stopping_ends_the_waiting() -> None:
    stop = threading.Event()
    stop.set()
    assert bell.Bell().wait(60, stop) is False


def test_a_folder_that_is_not_there_is_no_fault(tmp_path: Path, settings: object) -> None:
    settings.LIANQIAO_DATA = tmp_path / "nothing"  # type: ignore[attr-defined]
    bell.strike()
    assert bell.Bell().wait(0, GO_ON) is False


@pytest.mark.django_db(transaction=True)
def test_rings_when_the_transaction_is_committed_and_not_when_it_is_undone() -> None:
    ear = bell.Bell()
    with transaction.atomic():
        bell.ring()
        assert ear.wait(0, GO_ON) is False
    assert ear.wait(60, GO_ON) is True
    with transaction.atomic():
        bell.ring()
        transaction.set_rollback(True)
    assert ear.wait(0, GO_ON) is False
