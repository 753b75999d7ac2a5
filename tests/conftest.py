"""What every test stands on. The database is chosen in tests/databases.py; the makers of a room are in its folder."""

from __future__ import annotations

import argparse
import gettext
from collections.abc import Iterator

import hypothesis
import pytest
from django.conf import settings
from django.test import TransactionTestCase
from django.utils import translation

from lianqiao.record import nodes, triggers
from lianqiao.registry import remembered

# A busy machine is no broken promise: no example is judged by the time that it takes.
hypothesis.settings.register_profile(
    "house", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow], print_blob=True
)
hypothesis.settings.load_profile("house")


def pytest_configure() -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """What does not depend on the database is tested once, in the run on SQLite; a page named so is for PostgreSQL alone.

    Stories come first: they take long, and the other worker has something to do meanwhile.
    """
    postgres = config.getoption("database") == "postgres"
    left, kept = [], []
    for item in items:
        of_postgres = "_on_postgres" in item.path.stem
        once = item.get_closest_marker("once") is not None or not asks_the_database(item)
        elsewhere = (postgres and once and not of_postgres) or (of_postgres and not postgres)
        (left if elsewhere else kept).append(item)
    config.hook.pytest_deselected(items=left)
    items[:] = sorted(
        (item for item in items if item not in set(left)), key=lambda item: "stories" not in item.path.parts
    )


def asks_the_database(item: pytest.Item) -> bool:
    names: list[str] = getattr(item, "fixturenames", [])
    return item.get_closest_marker("django_db") is not None or not {"db", "transactional_db"}.isdisjoint(names)


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
    """What the process remembers of the node and of the language does not outlive the test that made it."""
    nodes.forget()
    remembered.empty()
    yield
    translation.deactivate()
    argparse._ = gettext.gettext  # type: ignore[attr-defined]
    nodes.forget()
