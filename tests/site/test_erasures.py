"""The list of erasures beside the database: no values in it, and an older state is erased again by it."""

import json

import pytest
from tests import remains
from tests.cases.test_erasing import CONTACT
from tests.cast import Cast, cast, filing, node  # noqa: F401 fixtures

from lianqiao.cases import search_index
from lianqiao.cases.actions import intake, keeping
from lianqiao.cases.models import Case
from lianqiao.record import events, followers, sequencer
from lianqiao.site import erasures

pytestmark = pytest.mark.django_db


def follow() -> None:
    while sequencer.place_pending() + followers.run("erasures"):
        pass


def test_list_names_digests_and_fields_and_no_value(cast: Cast) -> None:  # noqa: F811
    case = intake.file(by=cast.lin, **filing(cast, contact=CONTACT)).case
    told = keeping.erase(case, by=cast.zhao, contact=True, ground="consent")
    follow()

    (line,) = erasures.lines()
    assert line["event"] == told.digest
    assert sorted(name for _event, name in line["fields"]) == sorted(f"contact.{part}" for part in CONTACT)
    search_index.forget()
    assert remains.found(CONTACT.values()) == {}
    assert erasures.replay() == 0


def test_what_an_older_state_still_says_is_erased_again(cast: Cast) -> None:  # noqa: F811
    """The list knows of an erasure that this state of the database has never heard of, as after a restore."""
    case = intake.file(by=cast.lin, **filing(cast, contact=CONTACT)).case
    Case.objects.filter(pk=case.pk).update(frozen_epoch=2)
    line = {
        "event": "f" * 64, "kind": "case", "subject": str(case.uid), "ground": "consent", "what": ["contact"],
        "fields": [[case.event_head, f"contact.{part}"] for part in CONTACT], "attachments": [],
    }  # fmt: skip
    erasures.path().write_text(json.dumps(line) + '\n{"cut', encoding="ascii")

    assert [erasures.replay(), erasures.replay()] == [1, 0]

    search_index.forget()
    assert remains.found(CONTACT.values()) == {}
    assert events.verify_chain(case.uid) == []
