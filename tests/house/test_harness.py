"""The harness itself: where it runs, and that it stays on this machine."""

import socket

import pytest
from django.db import connection


@pytest.mark.django_db
def test_run_uses_the_chosen_database(request: pytest.FixtureRequest) -> None:
    chosen = {"sqlite": "sqlite", "postgres": "postgresql"}[request.config.getoption("--database")]

    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")

        assert (connection.vendor, cursor.fetchone()) == (chosen, (1,))


def test_connect_refuses_another_machine() -> None:
    with socket.socket() as outward, pytest.raises(AssertionError, match="stay on loopback"):
        outward.connect(("192.0.2.1", 80))
