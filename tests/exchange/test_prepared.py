"""Rows by prepared statements are the rows of the ORM, both ways; here, because a parcel has a column of each kind."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta
from threading import Thread
from typing import Any
from uuid import uuid4

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, IntegrityError, connection, models, transaction
from tests.exchange.other_node import OtherNode

from lianqiao.exchange.models import ParcelIn, Peer, PeerKey
from lianqiao.record import prepared
from lianqiao.record.time import now
from lianqiao.registry.models import Agreement

ON_POSTGRES = pytest.mark.skipif(
    "connection.vendor != 'postgresql'", reason="SQLite locks no rows and has the one way only"
)


def parcel(peer: Peer, **changes: Any) -> ParcelIn:
    told: dict[str, Any] = {
        "peer": peer, "parcel": uuid4(), "epoch": 1, "sequence": 2**40, "kind": "nothing.known", "dossier": uuid4(), "tenure": 3, "cause": "",
        "body": "百分号 % 与引号 \"'", "digest": "d" * 64, "proof": {"path": "/é", "n": [1, None, True, 1.5]}, "received_at": now(),
        "next_try_at": now() + timedelta(hours=1),
    }  # fmt: skip
    return ParcelIn(**(told | changes))


def values(row: models.Model) -> dict[str, Any]:
    return {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}


def test_row_is_added_read_and_saved_as_by_the_orm(peer: Peer) -> None:
    row = parcel(peer)

    prepared.add(row)

    stored = ParcelIn.objects.get()
    assert row.pk
    assert values(stored) == values(row)
    assert (row._state.adding, row._state.db) == (False, "default")
    found = prepared.one(ParcelIn, peer_id=peer.pk, parcel=row.parcel)
    assert found is not None
    assert (values(found), found._state.adding, found == stored) == (values(stored), False, True)

    found.proof, found.dossier, found.state, found.done_at = {"other": []}, None, ParcelIn.State.DONE, now()
    found.tries = 9
    prepared.save(found, "proof", "dossier", "state", "done_at")

    assert values(ParcelIn.objects.get()) == values(found) | {"tries": 0}
    found.save()


def test_row_is_read_with_what_it_points_to_in_one_statement(other: OtherNode, peer: Peer) -> None:
    expected = PeerKey.objects.select_related("peer").get()

    found = prepared.one(PeerKey, "peer", kid=expected.kid)

    assert found is not None
    assert (values(found), values(found.__dict__["_state"].fields_cache["peer"])) == (values(expected), values(peer))
    assert prepared.one(PeerKey, "peer", kid="0" * 16) is None


@ON_POSTGRES
@pytest.mark.parametrize(("model", "pk"), [(PeerKey, 0), (Peer, "99"), (Agreement, uuid4()), (ParcelIn, 0)])
def test_texts_name_columns_that_are_there(model: type[models.Model], pk: Any, peer: Peer) -> None:
    assert prepared.one(model, **{model._meta.pk.attname: pk}) is None


def test_second_row_with_the_same_key_is_refused_and_nothing_else_is_lost(peer: Peer) -> None:
    first = parcel(peer)
    prepared.add(first)

    with pytest.raises(IntegrityError), transaction.atomic():
        prepared.add(parcel(peer, parcel=first.parcel, sequence=1))

    assert ParcelIn.objects.get() == first


def test_transaction_in_which_a_row_was_refused_comes_to_nothing_also_when_the_error_is_passed_over(
    peer: Peer, django_capture_on_commit_callbacks: Any
) -> None:
    first = parcel(peer)
    prepared.add(first)

    def passed_over() -> None:
        with transaction.atomic():
            transaction.on_commit(lambda: None)
            with suppress(IntegrityError):
                prepared.add(parcel(peer, parcel=first.parcel, sequence=1))
            ParcelIn.objects.count()

    with django_capture_on_commit_callbacks() as promised, pytest.raises(transaction.TransactionManagementError):
        passed_over()

    assert (promised, ParcelIn.objects.count()) == ([], 1)


def test_values_that_a_column_cannot_have_are_refused_before_they_are_asked_for(peer: Peer) -> None:
    with pytest.raises(ValidationError):
        prepared.one(Agreement, id="no-agreement")

    assert prepared.one(Agreement, id=None) is None
    assert prepared.one(Agreement, id=str(uuid4())) is None


@pytest.mark.django_db(transaction=True)
def test_nothing_is_locked_outside_a_transaction(peer: Peer) -> None:
    with pytest.raises(transaction.TransactionManagementError):
        prepared.one(Peer, code=peer.pk, lock="FOR UPDATE")


def test_row_that_is_gone_is_not_saved(peer: Peer) -> None:
    row = parcel(peer)
    prepared.add(row)
    ParcelIn.objects.all().delete()

    with pytest.raises(DatabaseError):
        prepared.save(row, "state")


@ON_POSTGRES
@pytest.mark.django_db(transaction=True)
def test_a_lock_that_does_not_wait_finds_nothing_while_somebody_else_has_the_row(peer: Peer) -> None:
    row = parcel(peer)
    prepared.add(row)
    found: list[Any] = []

    def elsewhere() -> None:
        with transaction.atomic():
            found.append(prepared.one(ParcelIn, id=row.pk, lock=prepared.FREE))
        connection.close()

    with transaction.atomic():
        assert prepared.one(ParcelIn, id=row.pk, lock=prepared.FREE) == row
        other = Thread(target=elsewhere)
        other.start()
        other.join()

    assert found == [None]
    elsewhere()
    assert found == [None, row]
