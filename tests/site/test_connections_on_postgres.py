"""Each thread keeps its connection; what the server has ended is not used again."""

import pytest
from django.core.signals import request_started
from django.db import connection

from lianqiao.registry.models import Agency


@pytest.mark.django_db(transaction=True)
def test_a_connection_that_the_server_has_ended_costs_no_request() -> None:
    def asked() -> int:
        """A request comes and asks; the process of the server that answered."""
        request_started.send(sender=None)
        assert not Agency.objects.exists()
        number: int = connection.connection.info.backend_pid
        return number

    before = asked()
    assert asked() == before
    other = connection.copy()
    with other.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s, 5000)", [before])
    other.close()
    assert asked() != before
