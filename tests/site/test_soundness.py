"""`lianqiao check`: a sound node is called sound; whatever was changed behind its back is found and named."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from lianqiao.exchange import alarms
from lianqiao.record import keys, log, nodes, sequencer, triggers
from lianqiao.record.models import Checkpoint, Event, Place
from lianqiao.record.time import now
from lianqiao.registry import actions
from lianqiao.registry.models import Region
from lianqiao.site.soundness import look


@pytest.fixture(autouse=True)
def _node(db: None, settings: Any, tmp_path: Path) -> Iterator[None]:
    settings.LIANQIAO_DATA = tmp_path
    nodes.forget()
    nodes.establish("51", "四川节点", "Node Sichuan", "http://127.0.0.1:8051")
    keys.ensure()
    actions.first_admin(
        "root", region=Region(code="510000", name_zh="四川省", name_en="Sichuan", node_code="51"),
        agency_code="office", agency_zh="办公室", agency_en="Office",
    )  # fmt: skip
    sequencer.place_pending()
    log.sign_checkpoint()
    yield
    nodes.forget()


def test_finds_a_sound_node_sound() -> None:
    looked = look()

    assert (looked.faults, looked.waiting) == ([], [])


def alter_event() -> str:
    event = Event.objects.filter(verb="create", subject_kind="key").get()
    Event.objects.filter(pk=event.pk).update(legal_date="2020-01-01")
    return f"The chain of key:{event.subject} breaks at event 1 (digest)."


def alter_place() -> str:
    Place.objects.filter(leaf=1).update(leaf_hash="0" * 64)
    return "The log of epoch 1 is wrong at leaf 1."


def alter_root() -> str:
    size = log.size()
    Checkpoint.objects.filter(size=size).update(root="0" * 64)
    return f"The log of epoch 1 at size {size} differs from its signed checkpoint."


def lose_the_end_of_the_log() -> str:
    size = log.size()
    Place.objects.filter(leaf=size - 1).delete()
    return f"The log of epoch 1 has lost what its checkpoint of size {size} covers."


@pytest.mark.parametrize("harm", [alter_event, alter_place, alter_root, lose_the_end_of_the_log])
def test_finds_what_was_changed_behind_its_back(harm: Callable[[], str]) -> None:
    with triggers.lifted():
        sentence = harm()

    assert look().faults == [sentence]


def test_finds_a_missing_protection() -> None:
    triggers.drop("default")
    try:
        faults = look().faults
    finally:
        triggers.install()

    assert len(faults) == len(triggers.declared(connection.vendor))


def test_finds_a_lost_index_of_the_search() -> None:
    kind, name = (
        ("INDEX", "cases_search_tokens_open")
        if connection.vendor == "postgresql"
        else ("TRIGGER", "cases_search_again")
    )
    with connection.cursor() as cursor:
        cursor.execute(f"DROP {kind} {name}")

    assert look().faults == [f"The index of the search lacks {name}: cases may not be found. Run: lianqiao init"]


def test_finds_a_key_that_others_can_read() -> None:
    path = keys.folder() / f"{keys.current().kid}.pem"
    os.chmod(path, 0o644)

    assert [str(path) in fault for fault in look().faults] == [True]


def test_says_what_waits_for_a_person_apart_from_what_is_damaged() -> None:
    alarm = alarms.raise_alarm("clock-skew", node="50", seconds=400)

    looked = look()

    assert (looked.faults, len(looked.waiting)) == ([], 1)
    assert looked.waiting[0].startswith(f"Alarm {alarm.pk}: ")
    assert now() > alarm.raised_at


def test_samples_as_many_chains_as_asked() -> None:
    assert look(sample=2).seen.startswith("2 of ")
