"""What every test stands on. The database is chosen in tests/databases.py; the makers of a room are in its folder."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.conf import settings
from django.test import TransactionTestCase

from lianqiao.record import nodes, triggers
from lianqiao.registry import remembered


def pytest_configure() -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture(autouse=True, scope="session")
def _reset_lifts_the_triggers() -> Iterator[None]:
    """The record refuses deletion, so the reset after a test with real commits lifts the triggers: the one place."""
    empty = TransactionTestCase._fixture_teardown

    def lifted(case: TransactionTestCase) -> None:
        with triggers.lifted():
            empty(case)

    TransactionTestCase._fixture_teardown = lifted
    yield
    TransactionTestCase._fixture_teardown = empty


@pytest.fixture(autouse=True)
def _node_is_not_remembered() -> Iterator[None]:
    """What the process remembers of the node does not outlive the test that made it."""
    nodes.forget()
    remembered.empty()
    yield
    nodes.forget()
