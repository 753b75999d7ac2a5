"""A verb reads and saves a case by prepared statements on PostgreSQL and by the ORM on SQLite: the same rows."""

from __future__ import annotations

import copy
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from tests.cases.test_entering import Undone, only_there, rows
from tests.cast import Cast, confidential, filing

from lianqiao.cases import locked, parts
from lianqiao.cases.actions import ACTIONS, handling, intake
from lianqiao.cases.models import Case, Clock, Question
from lianqiao.portal import sheet
from lianqiao.record import events, time
from lianqiao.record.models import Event
from lianqiao.record.refusal import Refused
from lianqiao.registry.models import Person

LIFE: list[tuple[str, str, dict[str, Any]]] = [
    ("request_correction", "wei", {"missing": ["营业执照"]}),
    ("supplement", "lin", {"text": "“引号” \\ 'quote' %s {} 😀\n行"}),
    ("accept", "wei", {"remark": "材料齐全"}),
    ("engage", "he", {"agency": "cd-planning", "amount": 5, "unit": "working_days", "task": "核对规划许可"}),
    ("note", "he", {"text": "进展", "shared": True}),
    ("ask", "he", {"to": "respondent", "agency": "sc-market", "question": "依据是什么？", "reply_by": time.today()}),
    ("reply", "ren", {"ask": 1, "text": "无依据"}),
    ("conclude", "he", {"ground": "resolved", "text": "已纠正"}),
    ("deliver", "wei", {"method": "electronic"}),
    ("rate", "lin", {"score": 5, "comment": "太慢"}),
    ("reopen", "zhao", {"reason": "企业补充了新的事实"}),
    ("conclude", "he", {"ground": "resolved", "text": "已纠正"}),
    ("deliver", "wei", {"method": "electronic"}),
    ("archive", "wei", {}),
]


def lived(cast: Cast, case: Case) -> list[str]:
    """The verbs that carry the case through its life, those that it allowed."""
    done = []
    for verb, who, given in LIFE:
        try:
            ACTIONS[verb](case, by=Person.objects.get(pk=cast.people[who].pk), **given)
        except Refused:
            continue
        done.append(verb)
    return done


@only_there
@pytest.mark.parametrize("filed", [filing, confidential], ids=["plain", "confidential"])
def test_saves_the_same_rows_both_ways(
    cast: Cast, monkeypatch: pytest.MonkeyPatch, filed: Callable[[Cast], dict[str, Any]]
) -> None:
    compared: list[str] = []
    prepared = locked._prepared_save

    def both(
        case: Case, event: Event, names: Sequence[str], started: Sequence[Clock], changed: Sequence[Clock]
    ) -> None:
        told = []
        for save in (locked._save, prepared):
            given = copy.deepcopy((case, event, names, started, changed))
            with pytest.raises(Undone), transaction.atomic():  # noqa: PT012
                save(*given)
                told.append(rows(given[0], given[1]))
                raise Undone
        assert told[0] == told[1]
        compared.append(event.verb)
        prepared(case, event, names, started, changed)

    monkeypatch.setattr(locked, "_prepared_save", both)
    case = intake.file(by=cast.lin, **filed(cast)).case
    done = lived(cast, case)

    assert compared == done
    assert {"request_correction", "accept", "ask", "reply", "conclude", "deliver", "archive"} <= set(done)
    assert events.verify_chain(case.uid) == []


@only_there
def test_reads_the_same_row_both_ways(cast: Cast) -> None:
    case = intake.file(by=cast.lin, **confidential(cast)).case
    for verb, who, given in LIFE[:7]:
        ACTIONS[verb](case, by=cast.people[who], **given)
        with transaction.atomic():
            at_once, asked = locked._prepared_read(case.pk), locked._asked(case.pk).first()
        columns = len(locked._columns())
        assert at_once is not None
        assert at_once[:columns] == asked[:columns]
        assert [locked._rows(told) for told in at_once[columns:]] == list(asked[columns:])
        assert all(asked[columns:-2])  # keys, exclusions and participants were there to be compared
        assert asked[-1]


def test_object_stands_as_the_row_after_each_verb(cast: Cast) -> None:
    case = intake.file(by=cast.lin, **filing(cast)).case
    for verb, who, given in LIFE:
        with suppress(Refused):
            ACTIONS[verb](case, by=Person.objects.get(pk=cast.people[who].pk), **given)
        kept = Case.objects.filter(pk=case.pk).values().get()
        assert {name: getattr(case, name) for name in kept} == kept
        assert not parts.are_in_hand(case, "keys")
        assert set(case.clocks.running()) == set(locked.clocks.running(case))


def test_verb_asks_nothing_of_what_it_does_not_need(cast: Cast, django_assert_max_num_queries: Any) -> None:
    case = intake.file(by=cast.lin, **filing(cast)).case
    ACTIONS["accept"](case, by=cast.wei)
    ACTIONS["note"](case, by=cast.he, text="一")  # the registry is remembered from now on
    most = (
        0 if connection.vendor == "postgresql" else 4
    )  # by the ORM: the question, the event, its sealed values, the row
    with transaction.atomic(), django_assert_max_num_queries(most):
        locked_note(case, cast.he)


def locked_note(case: Case, by: Person) -> None:
    """The verb without what follows from it in other cases."""
    from lianqiao.cases.act import _act

    _act(case, "note", by, ACTIONS["note"].check, {"text": "二"}, None)


def test_case_that_is_not_there_is_unknown(cast: Cast) -> None:
    filed = intake.file(by=cast.lin, **filing(cast)).case
    year = filed.filed_on.year
    for number in (f"51-{year}-999999", f"51-{year - 1}-{filed.pk:06d}", f"51-{year}-{10**18 - 1}"):
        case = Case.objects.unread(number)
        assert case is not None
        with pytest.raises(Refused) as refused:
            ACTIONS["note"](case, by=cast.wei, text="x")
        assert (refused.value.code, refused.value.status) == ("unknown-case", 404)
    assert [Case.objects.unread(number) for number in (f"50-{year}-000001", "1", "51-2026-" + "9" * 19)] == [None] * 3
    ACTIONS["note"](Case.objects.unread(f" {filed.number} "), by=cast.wei, text="x")
    assert Event.objects.about("case", filed.uid).last().verb == "note"


def test_who_is_only_asked_learns_nothing_of_the_case(cast: Cast) -> None:
    """The agency complained of may answer; by any other verb, in whatever state, it hears what a stranger hears."""
    case = intake.file(by=cast.lin, **filing(cast)).case
    ACTIONS["accept"](case, by=cast.wei)
    ask = next(given for verb, _who, given in LIFE if verb == "ask")
    ACTIONS["ask"](case, by=cast.he, **ask)
    assert Question.objects.unanswered().addressed_to(cast.ren).exists()
    for verb, version in (("note", None), ("note", 1), ("accept", None), ("archive", 99)):
        for who in (cast.ren, cast.stranger):
            with pytest.raises(Refused) as refused:
                ACTIONS[verb](case, by=who, version=version, **({"text": "x"} if verb == "note" else {}))
            assert refused.value.code == "unknown-case"
    ACTIONS["reply"](case, by=cast.ren, ask=1, text="无依据")


def test_question_is_answered_by_itself_and_tells_nothing_else_of_the_case(cast: Cast) -> None:
    case = intake.file(by=cast.lin, **filing(cast)).case
    ACTIONS["accept"](case, by=cast.wei)
    ask = next(given for verb, _who, given in LIFE if verb == "ask")
    ACTIONS["ask"](case, by=cast.he, to="enterprise", question="能否补充合同？")
    ACTIONS["ask"](case, by=cast.he, **ask)
    others, own = case.questions.order_by("number")
    for given in ({}, {"legal_date": date(2020, 1, 1), "evidence": "邮戳"}, {"legal_date": date(2099, 1, 1)}):
        assert code(handling.reply_to, others, by=cast.ren, text="x", **given) == "no-such-question"
    for version in (None, 0, case.event_count):  # by the number of the case there is nothing to learn
        by_number = Case.objects.unread(case.number)
        told = code(ACTIONS["reply"], by_number, by=cast.ren, ask=2, text="x", version=version)
        assert told == "unknown-case"
    early = {"legal_date": case.filed_on - timedelta(days=1), "evidence": "邮戳"}
    with pytest.raises(Refused) as refused:
        handling.reply_to(own, by=cast.ren, text="x", **early)
    assert (refused.value.code, "question" in str(refused.value)) == ("legal-date", True)
    ACTIONS["conclude"](case, by=cast.he, ground="resolved", text="已纠正")
    assert code(handling.reply_to, own, by=cast.ren, text="x") == "no-such-question"


def test_what_a_page_has_read_before_is_not_used_under_the_lock(cast: Cast) -> None:
    case = intake.file(by=cast.lin, **filing(cast)).case
    ACTIONS["accept"](case, by=cast.wei)
    one, two = (sheet.case_of(Person.objects.get(pk=who.pk), case.number) for who in (cast.he, cast.zhao))
    for held, who in ((one, cast.he), (two, cast.zhao)):
        ACTIONS["consult"](held, by=who, agency=cast.planning.code, question="?", reply_by=time.today())
    assert list(case.requests.order_by("number").values_list("number", flat=True)) == [1, 2]


def code(verb: Callable[..., object], *args: object, **given: object) -> str:
    with pytest.raises(Refused) as refused:
        verb(*args, **given)
    return refused.value.code
