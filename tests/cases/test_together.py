"""Merging cases and undoing it: nothing moves, no limit grows, each enterprise gets one answer, each history stays whole."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import transaction
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from tests import remains
from tests.cast import Cast

from lianqiao.cases import clocks, flow, search_index, timeline
from lianqiao.cases.actions import ACTIONS, intake, keeping
from lianqiao.cases.models import Case
from lianqiao.record import followers, sequencer, time
from lianqiao.record.events import verify_chain
from lianqiao.record.models import Event
from lianqiao.record.refusal import Refused
from lianqiao.registry import actions
from lianqiao.registry.models import Enterprise, Person

pytestmark = pytest.mark.django_db

Filing = Callable[..., intake.Filed]


@pytest.fixture
def mei(cast: Cast) -> Person:
    """The owner of another enterprise."""
    person = actions.add_person("mei", name="梅女士", email="mei@example.org", by=cast.root)
    cast.people["mei"] = person
    other = actions.add_enterprise(
        name_zh="另一家有限公司", name_en="Another", kind="inward", region=cast.city.region, by=cast.root
    )
    actions.link_owner(person, other, by=cast.root)
    return person


@pytest.fixture
def file_for(cast: Cast, mei: Person, filing: Filing, people: dict[str, Person]) -> Callable[..., Case]:
    people["mei"] = mei
    other = Enterprise.objects.exclude(pk=cast.enterprise.pk).get()

    def file(who: str = "owner", **told: Any) -> Case:
        return filing(who, **({"enterprise": str(other.pk)} if who == "mei" else {}) | told).case

    return file


def do(verb: str, case: Case, by: Person, **told: Any) -> Event:
    return ACTIONS[verb](case, by=by, **told)


def again(case: Case) -> Case:
    return Case.objects.get(pk=case.pk)


def code_of(attempt: Callable[[], Any]) -> str:
    with pytest.raises(Refused) as refused:
        attempt()
    return refused.value.code


def standing(case: Case) -> list[tuple[str, str, str]]:
    return [(row.name, str(row.due_on), clocks.state_of(row)) for row in case.clocks.order_by("name")]


def read(case: Case, person: Person) -> list[tuple[str, dict[str, Any]]]:
    by = timeline.reader(again(case), person)
    return [
        (step.event.verb, {name: value for name, value in step.data.items() if name not in timeline.ALWAYS})
        for step in timeline.steps(again(case), by)
    ]


def merged(file_for: Callable[..., Case], cast: Cast, who: str = "owner", **told: Any) -> tuple[Case, Case]:
    """A main case and one that follows it, both accepted."""
    main, duplicate = file_for(**told), file_for(who)
    for case in (main, duplicate):
        do("accept", case, cast.wei)
    do("merge", duplicate, cast.zhao, main=main.number, reason="同一事项")
    return again(main), again(duplicate)


def test_merge_and_unmerge_leave_state_and_limits_as_they_were(cast: Cast, file_for: Callable[..., Case]) -> None:
    with time_machine.travel(time.now(), tick=False) as clock:
        main, duplicate = file_for(), file_for()
        before = standing(duplicate)

        do("merge", duplicate, cast.wei, main=main.number, reason="同一事项")

        assert (duplicate.state, again(main).leads, {row[2] for row in standing(duplicate)}) == (
            "merged",
            1,
            {"stopped"},
        )
        clock.shift(timedelta(days=3))
        do("unmerge", duplicate, cast.wei, reason="事项不同")

        assert (duplicate.state, again(main).leads, duplicate.following_id) == ("filed", 0, None)
        assert standing(duplicate) == before
        row = duplicate.clocks.get(name="accept")
        row.case = duplicate
        assert [note.en for note in clocks.notes(row)] == [
            f"From {time.today() - timedelta(days=3)} to {time.today()} the case was handled together with another one;"
            " these days counted like all others."
        ]
        assert [event.verb for event in Event.objects.about("case", main.uid)] == ["file", "absorb", "release"]
        assert [verify_chain(case.uid) for case in (main, duplicate)] == [[], []]


def test_both_point_to_each_other_for_the_enterprise_too(cast: Cast, file_for: Callable[..., Case]) -> None:
    main, duplicate = merged(file_for, cast)

    by_lin = [timeline.reader(case, cast.lin).related for case in (main, duplicate)]

    assert (by_lin[0].followers, by_lin[1].main) == ([duplicate], main)
    assert read(duplicate, cast.lin)[-1] == ("merge", {"main": main.number, "reason": "同一事项"})
    assert read(main, cast.lin)[-1] == ("absorb", {"duplicate": duplicate.number})


def test_another_enterprise_learns_only_that_its_case_is_handled_together(
    cast: Cast, mei: Person, file_for: Callable[..., Case]
) -> None:
    main, duplicate = merged(file_for, cast, "mei")

    do("note", main, cast.he, text="已约谈招标人。", shared=True)

    assert read(duplicate, mei)[-2:] == [("merge", {}), ("pass_on", {"step": "note", "text": "已约谈招标人。"})]
    assert read(main, cast.lin)[-2:] == [("absorb", {}), ("note", {"text": "已约谈招标人。", "shared": True})]
    assert (timeline.reader(duplicate, mei).related.main, Case.objects.visible_to(mei).get()) == (None, duplicate)


def test_progress_of_a_confidential_case_passes_without_its_words(
    cast: Cast, mei: Person, file_for: Callable[..., Case]
) -> None:
    main, duplicate = merged(file_for, cast, "mei", confidential=True)

    do("note", main, cast.he, text="锦江公司已到场。", shared=True)

    assert read(duplicate, mei)[-1] == ("pass_on", {"step": "note"})
    assert code_of(lambda: do("conclude", main, cast.he, ground="1", text="锦江公司")) == "text-for-others"
    do("conclude", main, cast.he, ground="1", text="锦江公司已获准。", others="条件已取消。")
    assert read(duplicate, mei)[-1][1]["text"] == "条件已取消。"
    assert read(main, cast.lin)[-1][1] == {
        "ground": "1",
        "text": "锦江公司已获准。",
        "article": "20(1)",
        "followers": 1,
    }


def test_conclude_answers_each_enterprise_once(cast: Cast, mei: Person, file_for: Callable[..., Case]) -> None:
    main, duplicate = merged(file_for, cast, "mei")

    do("conclude", main, cast.he, ground="1", text="条件已取消。")

    for case, owner in ((main, cast.lin), (duplicate, mei)):
        assert (again(case).state, again(case).ground, read(case, owner)[-1][1]["text"]) == (
            "concluded",
            "1",
            "条件已取消。",
        )
        do("deliver", again(case), cast.wei, method="electronic")
        do("rate", again(case), owner, score=1)
    states = {row.name: clocks.state_of(row) for row in duplicate.clocks.all()}
    assert (states["handle"], states["deliver"]) == ("stopped", "stopped")
    assert (again(main).leads, again(duplicate).following_id) == (0, main.pk)


def test_conclude_by_the_agency_that_took_the_main_case_reaches_who_follows(
    cast: Cast, file_for: Callable[..., Case]
) -> None:
    main, duplicate = merged(file_for, cast)
    do("route", main, cast.zhao, agency="cd-inward-centre", reason="在成都")
    do("sign_for", main, cast.chengdu)

    do("conclude", main, cast.chengdu, ground="1", text="已办结。")

    event = Event.objects.about("case", duplicate.uid).last()
    assert event is not None
    assert (event.verb, event.by_kind, event.data["main"], again(duplicate).state) == (
        "conclude_with",
        "node",
        main.number,
        "concluded",
    )


@pytest.mark.parametrize(("verb", "by", "told"), [("withdraw", "lin", {"reason": "已解决"})])
def test_main_case_that_leaves_lets_those_that_follow_stand_alone(
    cast: Cast, file_for: Callable[..., Case], verb: str, by: str, told: dict[str, Any]
) -> None:
    main, duplicate = merged(file_for, cast)
    before = [row for row in standing(duplicate) if row[0] == "handle"]
    do(verb, main, cast.people[by], **told)

    assert (again(duplicate).state, again(main).leads) == ("accepted", 0)
    assert [(name, due) for name, due, _state in standing(duplicate) if name == "handle"] == [
        (name, due) for name, due, _state in before
    ]
    assert Event.objects.about("case", duplicate.uid).last().data["because"] == verb  # type: ignore[union-attr]


def test_withdraw_of_one_that_follows_leaves_the_main_case_alone(cast: Cast, file_for: Callable[..., Case]) -> None:
    main, duplicate = merged(file_for, cast)

    do("withdraw", duplicate, cast.lin, reason="已解决")

    assert (duplicate.state, again(main).state, again(main).leads, again(duplicate).following_id) == (
        "withdrawn",
        "accepted",
        0,
        None,
    )


def test_merge_refuses(cast: Cast, people: dict[str, Person], file_for: Callable[..., Case]) -> None:
    with time_machine.travel(time.now(), tick=False) as clock:
        first, accepted = file_for(), file_for()
        do("accept", accepted, cast.wei)
        against_planning = file_for(respondents=["cd-planning"])
        report = file_for(kind="retaliation")
        main, follower = merged(file_for, cast)
        asked = file_for()
        do("ask", asked, cast.he, to="enterprise", question="?")
        clock.shift(timedelta(days=14))  # longer than any row of days off, so that its limit ends later
        later = file_for()

        def tried(case: Case, main: Case | str, by: Person = cast.zhao) -> str:
            number = main if isinstance(main, str) else main.number
            return code_of(lambda: do("merge", again(case), by, main=number, reason="x"))

        assert {
            "itself": tried(first, first),
            "nothing": tried(first, "51-2026-999999"),
            "by the handler": tried(first, later, cast.he),
            "not accepted": tried(accepted, later),
            "later": tried(first, later),
            "follows already": tried(later, follower),
            "leads": tried(main, accepted),
            "kind": tried(report, first),
            "awaited": tried(asked, first),
            "barred from the main case": tried(first, against_planning, cast.both),
        } == {
            "itself": "same-case", "nothing": "unknown-case", "by the handler": "not-yours", "not accepted": "main-not-accepted",
            "later": "later-than-promised", "follows already": "main-not-running", "leads": "leads-others", "kind": "kinds-differ",
            "awaited": "answer-awaited", "barred from the main case": "unknown-case",
        }  # fmt: skip
        assert code_of(lambda: do("unmerge", follower, cast.zhao)) == "reason-missing"


# The property: whatever is done in whatever order

STEP = st.tuples(
    st.sampled_from(
        [
            "accept",
            "merge",
            "merge",
            "merge",
            "unmerge",
            "note",
            "withdraw",
            "refuse",
            "conclude",
            "conclude",
            "deliver",
        ]
    ),
    st.integers(0, 3),
    st.integers(0, 3),
    st.integers(0, 2),
)


@settings(
    max_examples=4,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    derandomize=True,
)
@given(walk=st.lists(STEP, min_size=10, max_size=14))
@example(
    walk=[
        ("merge", 1, 0, 1),
        ("merge", 2, 0, 0),
        ("note", 0, 0, 1),
        ("unmerge", 1, 0, 1),
        ("merge", 1, 0, 0),
        ("merge", 0, 3, 0),
        ("conclude", 0, 0, 2),
        ("deliver", 1, 0, 1),
        ("deliver", 2, 0, 0),
        ("unmerge", 2, 0, 0),
        ("conclude", 1, 0, 0),
    ]
)
@example(
    walk=[
        ("merge", 2, 0, 0),
        ("merge", 1, 0, 1),
        ("withdraw", 2, 0, 0),
        ("withdraw", 0, 0, 1),
        ("merge", 3, 1, 1),
        ("conclude", 1, 0, 0),
    ]
)
def test_whatever_is_done_histories_stay_whole_and_no_limit_grows(
    cast: Cast, mei: Person, file_for: Callable[..., Case], walk: list[tuple[str, int, int, int]]
) -> None:
    with transaction.atomic(), time_machine.travel(time.now(), tick=False) as clock:
        cases = [file_for() for _each in range(2)] + [file_for("mei") for _each in range(2)]
        for case in cases[:3]:
            do("accept", case, cast.wei)
        promised: dict[int, Any] = {}
        for verb, one, other, days in walk:
            clock.shift(timedelta(days=days))
            told = {
                "merge": {"main": cases[other].number, "reason": "x"}, "unmerge": {"reason": "x"}, "note": {"text": "x", "shared": True},
                "withdraw": {"reason": "x"}, "refuse": {"ground": "2", "reason": "x"}, "conclude": {"ground": "1", "text": "x"},
                "deliver": {"method": "electronic"},
            }.get(verb, {})  # fmt: skip
            case, by = again(cases[one]), cast.he if verb == "conclude" else cast.wei
            count = Event.objects.count()
            try:
                do(verb, case, by, **told)
            except Refused:
                assert Event.objects.count() == count
            hold(cases, promised)
        for case in cases:
            whole(again(case))
        transaction.set_rollback(True)


def hold(cases: list[Case], promised: dict[int, Any]) -> None:
    """No date that was told has moved to a later one, and a main case ends no later than was promised in those that follow it."""
    for case in cases:
        for row in case.clocks.all():
            first = promised.setdefault(row.pk, row.due_on)
            assert row.due_on == first
    for case in Case.objects.filter(state="merged").select_related("following"):
        main = case.following
        assert main is not None
        assert main.state in ("filed", "accepted")
        ends = dict(main.clocks.running().values_list("name", "due_on"))
        stopped_by_merge = case.clocks.filter(
            stopped_by=Event.objects.about("case", case.uid).filter(verb="merge").last().number
        )  # type: ignore[union-attr]
        for row in stopped_by_merge:
            assert ends.get(row.name, row.due_on) <= row.due_on
    for case in Case.objects.filter(leads__gt=0, state__in=["filed", "accepted"]):
        assert case.followers.filter(state="merged").count() == case.leads


def whole(case: Case) -> None:
    """The chain verifies, the states can be told again from it, and the enterprise has at most one answer."""
    assert verify_chain(case.uid) == []
    state: flow.State | None = None
    before = None
    chain = list(Event.objects.about("case", case.uid))
    for event in chain:
        rule = flow.VERBS[event.verb].rule(state)
        assert rule is not None, (state, event.verb)
        if rule.reaches is flow.Reach.RESUMES:
            state = before
        elif isinstance(rule.reaches, flow.State):
            before, state = state, rule.reaches
    assert state == case.state
    answers = [event.verb for event in chain if event.verb in ("conclude", "conclude_with", "refuse")]
    assert len(answers) == (1 if case.state in ("concluded", "delivered", "refused") else 0)


def test_words_erased_in_the_main_case_go_from_those_that_followed_it(
    file_for: Callable[..., Case], cast: Cast
) -> None:
    main, duplicate = merged(file_for, cast, "mei")
    said = do("note", main, cast.he, text="甲的住址写在这里", shared=True)
    do("conclude", main, cast.he, ground="1", text="已按甲的要求办理")
    assert sorted(remains.found(["甲的住址", "甲的要求"])) == ["甲的住址", "甲的要求"]

    concluded = Event.objects.about("case", main.uid).get(verb="conclude")
    keeping.erase(main, by=cast.zhao, texts=[f"{said.number}.text", f"{concluded.number}.text"], ground="secret")
    sequencer.place_pending()
    followers.run("erasure")

    search_index.forget()
    assert remains.found(["甲的住址", "甲的要求"]) == {}
    assert (verify_chain(main.uid), verify_chain(duplicate.uid)) == ([], [])
