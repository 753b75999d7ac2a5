"""A case that begins is written in one statement on PostgreSQL and row by row on SQLite: the same rows."""

from __future__ import annotations

import copy
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import IntegrityError, connection, models, transaction
from tests.cast import Cast, filing

from lianqiao.cases import doors, entering
from lianqiao.cases.actions import intake
from lianqiao.cases.models import Case, CaseKey, Clock, Exclusion, Participant
from lianqiao.record import events
from lianqiao.record.models import Event, Pending, Sealed

WRITTEN: tuple[type[models.Model], ...] = (Case, Event, Sealed, Pending, Clock, Participant, Exclusion, CaseKey)
only_there = pytest.mark.skipif("connection.vendor != 'postgresql'", reason="SQLite has the one way only")


class Undone(Exception):  # noqa: N818 (what happened)
    """Takes back what was written, so that it can be written another way."""


def rows(case: Case, event: Event) -> dict[str, list[dict[str, Any]]]:
    """Everything there is of the case, without the ids that the database gave, but with whether they point to the same rows."""
    found = {}
    for model in WRITTEN:
        held = []
        for row in model._default_manager.order_by("pk").values():
            of_case, of_event = row.pop("case_id", case.pk), row.pop("event_id", event.pk)
            own = row.get("uid", case.uid) == row.get("subject" if model is Event else "uid", case.uid) == case.uid
            if own and (of_case, of_event) == (case.pk, event.pk):
                held.append({name: value for name, value in row.items() if name != "id"})
        found[model.__name__] = held
    return found


@only_there
@pytest.mark.parametrize(
    "changed",
    [
        {},
        {"confidential": True},
        {"respondents": [], "kind": "help"},
        {"title": "“引号” \\ 'quote' %s {} 😀", "basis": "行\n行"},
    ],
    ids=["plain", "confidential", "without respondents", "signs"],
)
def test_writes_the_same_rows_both_ways(cast: Cast, monkeypatch: pytest.MonkeyPatch, changed: dict[str, Any]) -> None:
    told: list[dict[str, list[dict[str, Any]]]] = []
    at_once = entering._at_once

    def both(case: Case, event: Event, clocks: list[Clock], parts: list[entering.Part]) -> None:
        for write in (entering._one_by_one, at_once):
            given = copy.deepcopy((case, event, clocks, parts))
            with pytest.raises(Undone), transaction.atomic():  # noqa: PT012
                write(*given)
                assert not given[0].is_new
                assert events.verify_chain(given[0].uid) == []
                told.append(rows(given[0], given[1]))
                raise Undone
        at_once(case, event, clocks, parts)

    monkeypatch.setattr(entering, "_at_once", both)
    filed = intake.file(by=cast.lin, **filing(cast, **changed))
    one_by_one, together = told
    assert {name: len(held) for name, held in together.items()} == {
        name: len(held) for name, held in one_by_one.items()
    }
    assert together == one_by_one
    assert together == rows(filed.case, filed.event)
    assert [len(together[model.__name__]) for model in (Case, Event, Sealed, Pending)] == [1, 1, 1, 1]
    assert len(together["Clock"]) > 0
    assert len(together["Participant"]) == len(changed.get("respondents", ["sc-market"]))


@only_there
def test_covers_every_column_of_its_tables(db: None) -> None:
    for model in (Case, Event, Sealed, Clock, *entering.PARTS):
        with connection.cursor() as cursor:
            there = {
                column.name for column in connection.introspection.get_table_description(cursor, model._meta.db_table)
            }
        assert {*entering._columns(model)[0], "id"} == there | {"id"}


def test_leaves_nothing_when_a_row_is_refused(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    before = {model: model._default_manager.count() for model in WRITTEN}
    write = entering.write

    def doubled(case: Case, event: Event, clocks: list[Clock], parts: list[entering.Part]) -> None:
        twice = [entering.Part(CaseKey, {"key": "enterprise:x", "identity": True})] * 2
        write(case, event, clocks, [*parts, *twice])

    monkeypatch.setattr(entering, "write", doubled)
    with pytest.raises(IntegrityError), transaction.atomic():
        intake.file(by=cast.lin, **filing(cast))
    assert {model: model._default_manager.count() for model in WRITTEN} == before


@only_there
@pytest.mark.django_db(transaction=True)
def test_is_its_own_transaction_where_there_is_none_around_it(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[str] = []
    monkeypatch.setattr(transaction, "atomic", lambda *given: said.append("begun"))
    intake.file(by=cast.lin, **filing(cast))
    monkeypatch.undo()
    assert (said, Case.objects.count(), Event.objects.filter(verb="file").count()) == ([], 1, 1)

    before = {model: model._default_manager.count() for model in WRITTEN}
    twice = [entering.Part(CaseKey, {"key": "enterprise:x", "identity": True})] * 2
    monkeypatch.setattr(doors, "of_new", lambda *given: twice)
    with pytest.raises(IntegrityError):
        intake.file(by=cast.lin, **filing(cast))
    assert {model: model._default_manager.count() for model in WRITTEN} == before


@only_there
@pytest.mark.django_db(transaction=True)
def test_writes_together_what_is_filed_at_the_same_time_and_each_answers_for_itself(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    titles = [f"第{number}件" for number in range(6)]
    twice, opened = [entering.Part(CaseKey, {"key": "enterprise:x", "identity": True})] * 2, doors.of_new
    monkeypatch.setattr(doors, "of_new", lambda case, *given: twice if case.title == "第3件" else opened(case, *given))

    def filed(title: str) -> tuple[str, str, str] | type[Exception]:
        try:
            made = intake.file(by=cast.lin, **filing(cast, title=title))
        except IntegrityError as error:
            return type(error)
        finally:
            connection.close()
        return (made.case.number, made.event.digest, title)

    with ThreadPoolExecutor(len(titles)) as threads:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("LOCK TABLE cases_case IN EXCLUSIVE MODE")  # the first of them waits here, the others for it
            answers = [threads.submit(filed, title) for title in titles]
            while len(entering._arriving.waiting) < len(titles) - 1:
                time.sleep(0)
        told = [answer.result() for answer in answers]
    kept = [(case.number, case.event_head, case.title) for case in Case.objects.order_by("title")]
    assert [one for one in told if one is not IntegrityError] == kept
    assert told.index(IntegrityError) == 3
    assert [events.verify_chain(case.uid) for case in Case.objects.all()] == [[]] * 5
    assert Pending.objects.filter(event__verb="file").count() == 5


def test_gives_case_and_event_their_ids(cast: Cast) -> None:
    filed = intake.file(by=cast.lin, **filing(cast))
    assert Case.objects.get(pk=filed.case.pk).uid == filed.case.uid
    assert Event.objects.get(pk=filed.event.pk).digest == filed.event.digest
    assert events.opened(filed.event) == events.opened(Event.objects.get(pk=filed.event.pk))
