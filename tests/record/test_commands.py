import json

import pytest
from django.contrib.auth import get_user_model

from lianqiao.record import keys
from lianqiao.record.models import Event, Node
from lianqiao.record.time import now
from lianqiao.site.cli import main

pytestmark = pytest.mark.once


def test_rotates_the_key_in_the_name_of_a_person(node: Node, capsys: pytest.CaptureFixture[str]) -> None:
    old = keys.ensure()
    person = get_user_model()._default_manager.create(account="li.security", created_at=now())
    assert main(["key", "rotate", "--by", "li.security", "--why", "yearly"]) == 0
    assert capsys.readouterr().out.split()[5] == keys.current().kid
    assert str(Event.objects.get(verb="rotate").actor) == f"person:{person.pk}"
    assert main(["key", "list"]) == 0
    listed = json.loads(capsys.readouterr().out)["keys"]
    assert [(key["kid"], key["valid_until"] is None) for key in listed] == [
        (old.kid, False),
        (keys.current().kid, True),
    ]


def test_refuses_to_rotate_in_the_name_of_nobody(node: Node, capsys: pytest.CaptureFixture[str]) -> None:
    key = keys.ensure()
    assert main(["key", "rotate", "--by", "nobody"]) == 2
    assert capsys.readouterr().err == "There is no account nobody that may act.\n"
    assert keys.current() == key


def test_says_that_an_empty_log_cannot_be_signed(node: Node, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["log", "checkpoint"]) == 1
    assert capsys.readouterr().err == "The log is empty: there is nothing to sign yet.\n"
