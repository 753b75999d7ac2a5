"""The people of the case tests by what they are to a case, and makers that walk the real verbs."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from tests.cast import Cast, cast, node  # noqa: F401 fixtures
from tests.cast import filing as filing_of

from lianqiao.cases import keys, parts
from lianqiao.cases.actions import ACTIONS, intake
from lianqiao.cases.models import Case, Clock, Question
from lianqiao.registry.models import Person

PARTS = {
    "owner": "lin", "intake": "wei", "handler": "he", "lead": "zhao", "supervisor": "su", "liaison": "liu", "planning": "pu",
    "respondent": "ren", "stranger": "stranger", "both": "both",
}  # fmt: skip


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Function) -> Iterator[None]:
    """Whatever a test has made, at its end who may read a case, and whom its questions wait for, is found alike in hand and by a query."""
    yield
    if "cast" in item.fixturenames:
        same_readers()


def same_readers() -> None:
    """For everybody and every case."""
    hanging = ("keys", "exclusions", "questions")
    cases = [parts.put(case, *hanging) for case in Case.objects.annotate(**parts.reading(*hanging))]
    questions = [one for case in cases for one in case.questions.all()]
    for person in Person.objects.all():
        assert {case.pk for case in cases if keys.are_held(case, person)} == set(
            Case.objects.visible_to(person).values_list("pk", flat=True)
        ), person
        assert {one.pk for one in questions if one.waits_for(person)} == set(
            Question.objects.unanswered().addressed_to(person).values_list("pk", flat=True)
        ), person


@pytest.fixture
def people(cast: Cast) -> Iterator[dict[str, Person]]:  # noqa: F811
    """Everybody by part; `both` is an intake officer of the centre who also works for the agency complained of.

    Whatever they have done, at the end the date by which the lists find a case is the nearest one of its running clocks.
    """
    yield {part: cast.people[name] for part, name in PARTS.items()}
    kept = {
        case.number: (case.next_due, case.nearest) for case in Case.objects.annotate(nearest=Clock.objects.nearest())
    }
    assert {number: dates for number, dates in kept.items() if dates[0] != dates[1]} == {}


@pytest.fixture
def filing(cast: Cast, people: dict[str, Person]) -> Callable[..., intake.Filed]:  # noqa: F811
    """Files a complaint under the national order on foreign-invested enterprises; fields can be overridden."""

    def file(by: str = "owner", **given: Any) -> intake.Filed:
        return intake.file(by=people[by], **filing_of(cast, **({"programme": "fie-complaint"} | given)))

    return file


@pytest.fixture
def at(people: dict[str, Person], filing: Callable[..., intake.Filed]) -> Callable[[str], Case]:
    """Brings a new case to a state of one node by the verbs that lead there."""
    steps: dict[str, list[tuple[str, str, dict[str, Any]]]] = {
        "filed": [],
        "correcting": [("request_correction", "intake", {"missing": ["营业执照"]})],
        "accepted": [("accept", "intake", {})],
        "refused": [("refuse", "intake", {"ground": "2", "reason": "属民商事纠纷"})],
        "withdrawn": [("withdraw", "owner", {"reason": "已解决"})],
    }
    steps["concluded"] = [*steps["accepted"], ("conclude", "handler", {"ground": "1", "text": "达成谅解"})]
    steps["delivered"] = [*steps["concluded"], ("deliver", "intake", {"method": "electronic"})]
    steps["archived"] = [*steps["delivered"], ("archive", "intake", {})]

    def bring(state: str) -> Case:
        if state == "merged":
            steps["merged"] = [("merge", "intake", {"main": filing().case.number, "reason": "同一事项"})]
        case = filing().case
        for verb, part, given in steps[state]:
            ACTIONS[verb](case, by=people[part], **given)
        return case

    return bring
