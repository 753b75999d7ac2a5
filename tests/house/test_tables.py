"""The tables: migrations say what the models say, and the record's protections stand after them."""

import pytest
from django.core.management import call_command

from lianqiao.record import triggers


@pytest.mark.django_db
def test_migrations_leave_nothing_to_make(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("makemigrations", check=True, dry_run=True)

    assert capsys.readouterr().out.strip() == "No changes detected"


@pytest.mark.django_db
def test_migrate_leaves_every_trigger_in_place() -> None:
    assert triggers.missing() == []
