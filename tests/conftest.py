"""What every test stands on. The database is chosen in tests/databases.py; the makers of a room are in its folder."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from importlib.util import find_spec

import pytest
from django.conf import settings
from django.test import TransactionTestCase


def pytest_configure() -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture(autouse=True, scope="session")
def _reset_lifts_the_triggers() -> Iterator[None]:
    """The record refuses deletion, so the reset after a test with real commits lifts the triggers: the one place."""
    if find_spec("lianqiao.record.triggers") is None:
        yield
        return
    triggers = import_module("lianqiao.record.triggers")
    empty = TransactionTestCase._fixture_teardown

    def lifted(case: TransactionTestCase) -> None:
        with triggers.lifted():
            empty(case)

    TransactionTestCase._fixture_teardown = lifted
    yield
    TransactionTestCase._fixture_teardown = empty
