from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from lianqiao.record import nodes
from lianqiao.record.models import NodeKey
from lianqiao.record.refusal import Refused
from lianqiao.site import start


def test_faults_finds_none_in_a_new_node(node: str) -> None:
    assert start.faults() == []


def test_set_up_twice_keeps_the_key(node: str) -> None:
    kid = NodeKey.objects.get().kid

    start.set_up(code="51", name_zh="川", name_en="SC", base_url="http://127.0.0.1:9")

    assert (NodeKey.objects.get().kid, nodes.this_node().name_en) == (kid, "SC")


def test_set_up_keeps_the_names_when_asked(node: str) -> None:
    start.set_up(code="50", name_zh="渝", name_en="CQ", base_url="http://127.0.0.1:9", keep=True)

    assert (nodes.this_node().code, nodes.this_node().name_en) == ("51", "Sichuan")


def test_set_up_refuses_the_data_of_another_node(node: str) -> None:
    with pytest.raises(Refused) as refused:
        start.set_up(code="50", name_zh="渝", name_en="CQ", base_url="http://127.0.0.1:9")

    assert (refused.value.code, str(refused.value)) == ("node-exists", "This data belongs to node 51.")


def test_start_refuses_a_node_without_a_protection(node: str) -> None:
    on_table = " ON record_event" if connection.vendor == "postgresql" else ""
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TRIGGER record_event_no_delete{on_table}")

    with pytest.raises(Refused) as refused:
        start.refuse_unless_sound()

    assert refused.value.code == "not-sound"
    assert str(refused.value) == (
        "The protection record_event_no_delete of the record is missing. "
        "Find out who took it away, then run: lianqiao init"
    )


def test_faults_names_a_key_that_others_can_read(node: str, settings: Any) -> None:
    path = next(Path(settings.LIANQIAO_DATA, "keys").glob("*.pem"))
    path.chmod(0o644)

    assert start.faults() == [f"Others can read the private key {path}. Run: chmod 600 {path}"]


def test_faults_says_that_no_node_is_set_up(db: None) -> None:
    assert start.faults() == ["This node has not been set up. Run: lianqiao init"]
