"""Subjects: who sees them, what joins them, and one reply that reaches every case by its own event, once."""

from collections.abc import Callable
from typing import Any

import pytest
from tests.cast import Cast

from lianqiao.cases import timeline
from lianqiao.cases.actions import ACTIONS, intake, subjects
from lianqiao.cases.models import Case, Subject
from lianqiao.record.events import verify_chain
from lianqiao.record.models import Event
from lianqiao.record.refusal import Refused
from lianqiao.registry.models import Person

pytestmark = pytest.mark.django_db

Filing = Callable[..., intake.Filed]


@pytest.fixture
def subject(cast: Cast) -> Subject:
    return subjects.open_subject(
        by=cast.zhao, agency="sc-inward-centre", kind="common_issue", title="本地门槛", why="多家反映"
    )


def code_of(attempt: Callable[[], Any]) -> str:
    with pytest.raises(Refused) as refused:
        attempt()
    return refused.value.code


def under(subject: Subject, cast: Cast, *cases: Case) -> None:
    for case in cases:
        ACTIONS["join"](case, by=cast.zhao, subject=subject.pk, reason="同一做法")


def test_subject_is_seen_by_its_agency_and_who_leads_above(cast: Cast, subject: Subject) -> None:
    seen = {name for name, person in cast.people.items() if Subject.objects.visible_to(person).exists()}

    assert seen == {"wei", "he", "zhao", "su", "liu", "both"}
    assert {name for name, person in cast.people.items() if subjects.may_lead(subject, person)} == {"zhao", "su"}


@pytest.mark.parametrize(
    ("by", "given", "code"),
    [
        ("wei", {}, "not-yours"),
        ("chengdu", {}, "not-yours"),
        ("zhao", {"agency": "sc-nowhere"}, "unknown-agency"),
        ("zhao", {"kind": "mass_event"}, "trigger"),
        ("zhao", {"trigger": "operation"}, "trigger"),
    ],
)
def test_open_refuses(cast: Cast, by: str, given: dict[str, Any], code: str) -> None:
    told = {"agency": "sc-inward-centre", "kind": "common_issue", "title": "x", "why": "x"} | given

    assert code_of(lambda: subjects.open_subject(by=cast.people[by], **told)) == code
    assert Subject.objects.count() == 0


def test_join_and_leave_stand_in_the_case_and_not_before_its_enterprise(
    cast: Cast, subject: Subject, filing: Filing
) -> None:
    case = filing().case
    under(subject, cast, case)
    assert code_of(lambda: under(subject, cast, case)) == "joined-already"

    ACTIONS["leave"](case, by=cast.zhao, subject=subject.pk, reason="另案")

    assert code_of(lambda: ACTIONS["leave"](case, by=cast.zhao, subject=subject.pk, reason="x")) == "not-joined"
    assert [event.verb for event in Event.objects.about("case", case.uid)] == ["file", "join", "leave"]
    assert [step.event.verb for step in timeline.steps(case, timeline.reader(case, cast.lin))] == ["file"]


def test_join_refuses_reports_of_retaliation_and_subjects_of_others(
    cast: Cast, subject: Subject, filing: Filing
) -> None:
    report, case = filing(kind="retaliation").case, filing().case
    ours = subjects.open_subject(
        by=cast.chengdu, agency="cd-inward-centre", kind="mass_event", trigger="operation", title="x", why="x"
    )

    assert code_of(lambda: under(subject, cast, report)) == "never-grouped"
    assert code_of(lambda: ACTIONS["join"](case, by=cast.he, subject=subject.pk, reason="x")) == "not-yours"
    subjects.close_subject(subject, by=cast.zhao, reason="已解决")
    assert code_of(lambda: under(subject, cast, case)) == "subject-closed"
    under(ours, cast, case)  # who leads above sees the subject below
    assert subjects.members(ours, cast.both) == []  # complained of: sees neither case nor that it is there


def test_reply_to_many_reaches_each_case_once(cast: Cast, subject: Subject, filing: Filing) -> None:
    running, done, other = filing().case, filing().case, filing().case
    ACTIONS["withdraw"](done, by=cast.lin, reason="x")
    under(subject, cast, running, other)
    subject.cases.create(case=done, since=1)

    foreseen = [
        (one.case.pk, one.refused and one.refused.code) for one in subjects.preview(subject, by=cast.zhao, form="note")
    ]
    made = subjects.reply(subject, by=cast.zhao, form="note", text="已发文清理。")
    subjects.go_on(made, by=cast.zhao)

    assert foreseen == [(running.pk, None), (done.pk, "wrong-state"), (other.pk, None)]
    assert [(row.case_id, row.outcome, row.event, row.code) for row in subjects.answered(made, cast.zhao)] == [
        (running.pk, "done", 3, ""), (done.pk, "refused", None, "wrong-state"), (other.pk, "done", 3, ""),
    ]  # fmt: skip
    for case in (running, other):
        assert [event.verb for event in Event.objects.about("case", case.uid)] == ["file", "join", "note"]
        assert timeline.steps(case, timeline.reader(case, cast.lin))[-1].data == {
            "text": "已发文清理。",
            "shared": True,
        }
    assert [event.verb for event in Event.objects.about("subject", subject.pk)] == ["open", "reply"]
    assert (verify_chain(subject.pk, "subject"), made.done_at is not None) == ([], True)


def test_reply_goes_on_where_it_stopped(
    cast: Cast, subject: Subject, filing: Filing, monkeypatch: pytest.MonkeyPatch
) -> None:
    cases = [filing().case for _each in range(3)]
    under(subject, cast, *cases)
    monkeypatch.setattr(subjects, "BATCH", 2)

    made = subjects.reply(subject, by=cast.zhao, form="note", text="x")
    first = [row.outcome for row in subjects.answered(made, cast.zhao)]
    assert code_of(lambda: subjects.close_subject(subject, by=cast.zhao, reason="x")) == "reply-unfinished"
    assert code_of(lambda: subjects.go_on(made, by=cast.wei)) == "not-yours"
    subjects.go_on(made, by=cast.su)

    assert (first, [row.outcome for row in subjects.answered(made, cast.zhao)]) == (
        ["done", "done", "waiting"],
        ["done", "done", "refused"],
    )
    assert [row.code for row in subjects.answered(made, cast.zhao)] == [
        "",
        "",
        "not-yours",
    ]  # a supervisor records no progress


def test_conclusion_for_many(cast: Cast, subject: Subject, filing: Filing) -> None:
    accepted, filed = filing().case, filing().case
    ACTIONS["accept"](accepted, by=cast.wei)
    under(subject, cast, accepted, filed)
    assert code_of(lambda: subjects.reply(subject, by=cast.zhao, form="conclude", text="x")) == "ground"

    made = subjects.reply(subject, by=cast.zhao, form="conclude", ground="1", text="政策已出台。")

    assert [(row.outcome, row.code) for row in subjects.answered(made, cast.zhao)] == [
        ("done", ""),
        ("refused", "wrong-state"),
    ]
    assert [Case.objects.get(pk=case.pk).state for case in (accepted, filed)] == ["concluded", "filed"]


def test_nobody_else_gets_past_the_subject(cast: Cast, subject: Subject, filing: Filing) -> None:
    under(subject, cast, filing().case)

    def tried(person: Person) -> tuple[bool, list[Case]]:
        return Subject.objects.visible_to(person).exists(), subjects.members(subject, person)

    assert {name: tried(cast.people[name]) for name in ("lin", "ren", "pu", "stranger")} == dict.fromkeys(
        ("lin", "ren", "pu", "stranger"), (False, [])
    ) | {"lin": (False, list(Case.objects.all()))}
