"""A request that is sent again is done once and answered alike."""

import threading
from typing import Any

import pytest
from django.db import OperationalError, connection
from django.test import Client
from tests.cast import Cast, filing
from tests.site.api.conftest import Caller

from lianqiao.cases.models import Case
from lianqiao.record.models import Event
from lianqiao.registry.models import IdempotentAnswer
from lianqiao.site.api import idempotency


def test_repeated_filing_is_answered_alike_and_done_once(call: Caller, cast: Cast) -> None:
    first = call.post("cases", "lin", filing(cast), Idempotency_Key="k-1")
    again = call.post("cases", "lin", filing(cast), Idempotency_Key="k-1")

    assert (again.status_code, again.content) == (201, first.content)
    assert [again.headers[name] for name in ("ETag", "Location", "Idempotency-Replayed")] == [
        '"1"', f"/api/v1/cases/{first.json()['number']}", "true",
    ]  # fmt: skip
    assert Case.objects.count() == 1


def test_stored_answer_shows_no_code_word(call: Caller, cast: Cast) -> None:
    code_word = call.post("cases", "lin", filing(cast), Idempotency_Key="k-1").json()["code_word"]

    held = IdempotentAnswer.objects.get()

    assert [code_word in held.body, "k-1" in held.key] == [False, False]


def test_same_key_for_another_request_is_refused(call: Caller, cast: Cast) -> None:
    number = call.post("cases", "lin", filing(cast), Idempotency_Key="k-1").json()["number"]

    other_body = call.post("cases", "lin", filing(cast, title="另一件"), Idempotency_Key="k-1")
    other_path = call.post(f"cases/{number}/withdraw", "lin", {"reason": "x"}, Idempotency_Key="k-1")

    assert [(answer.status_code, answer.json()["code"]) for answer in (other_body, other_path)] == [
        (422, "idempotency-key-reused"), (422, "idempotency-key-reused"),
    ]  # fmt: skip
    assert (Case.objects.count(), Case.objects.get().state) == (1, "filed")


def test_key_belongs_to_its_person(call: Caller, cast: Cast) -> None:
    call.post("cases", "lin", filing(cast), Idempotency_Key="k-1")

    assert call.post("cases", "wei", filing(cast), Idempotency_Key="k-1").status_code == 201
    assert Case.objects.count() == 2


def test_refusal_is_not_kept(call: Caller, cast: Cast) -> None:
    number = call.post("cases", "lin", filing(cast)).json()["number"]
    early = call.post(f"cases/{number}/conclude", "he", {"ground": "resolved", "text": "x"}, Idempotency_Key="k-1")
    call.post(f"cases/{number}/accept", "wei", {})

    late = call.post(f"cases/{number}/conclude", "he", {"ground": "resolved", "text": "x"}, Idempotency_Key="k-1")

    assert (early.status_code, late.status_code) == (409, 200)


@pytest.mark.parametrize("key", ["", "with space", "键", "x" * 256])
def test_malformed_key_is_refused(call: Caller, cast: Cast, key: str) -> None:
    answer = call.post("cases", "lin", filing(cast), Idempotency_Key=key)

    assert (answer.status_code, answer.json()["code"]) == (400, "idempotency-key")
    assert Case.objects.count() == 0


def test_key_does_not_replace_the_token(call: Caller, cast: Cast) -> None:
    call.post("cases", "lin", filing(cast), Idempotency_Key="k-1")

    assert call.post("cases", "", filing(cast), Idempotency_Key="k-1").status_code == 401


def test_nothing_is_done_when_the_answer_cannot_be_kept(
    call: Caller, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What a crash between effect and answer leaves: neither."""

    def dies(*_given: Any) -> str:
        raise SystemExit("killed")

    events = Event.objects.filter(subject_kind="case").count()
    cast.token("lin")
    monkeypatch.setattr(idempotency, "sealed", dies)
    with pytest.raises(SystemExit):
        call.post("cases", "lin", filing(cast), Idempotency_Key="k-1")
    monkeypatch.undo()

    assert (Case.objects.count(), Event.objects.filter(subject_kind="case").count()) == (0, events)
    assert call.post("cases", "lin", filing(cast), Idempotency_Key="k-1").status_code == 201


@pytest.mark.django_db(transaction=True)
def test_same_request_at_the_same_time_is_done_once(call: Caller, cast: Cast) -> None:
    body, secret = filing(cast), cast.token("lin")
    answers: list[Any] = []
    ready = threading.Barrier(4)

    def send() -> None:
        ready.wait()
        answers.append(
            Client().post(
                "/api/v1/cases",
                body,
                content_type="application/json",
                headers={"Authorization": f"Bearer {secret}", "Idempotency-Key": "k-1"},
            )
        )
        connection.close()

    threads = [threading.Thread(target=send) for _sender in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert [answer.status_code for answer in answers] == [201] * 4
    assert len({answer.content for answer in answers}) == 1
    assert Case.objects.count() == 1


@pytest.mark.parametrize(
    ("said", "status"), [("database or disk is full", 507), ("database is locked", 503)], ids=["full", "locked"]
)
def test_answer_that_cannot_be_kept_undoes_what_it_answers(
    call: Caller, cast: Cast, monkeypatch: pytest.MonkeyPatch, said: str, status: int
) -> None:
    """The database takes the case, and then no answer any more."""

    def fails(*_args: Any, **_more: Any) -> bytes:
        raise OperationalError(said)

    monkeypatch.setattr(idempotency, "sealed", fails)

    assert call.post("cases", "lin", filing(cast), Idempotency_Key="k-1").status_code == status
    assert Case.objects.count() == 0
    monkeypatch.undo()
    assert call.post("cases", "lin", filing(cast), Idempotency_Key="k-1").status_code == 201
