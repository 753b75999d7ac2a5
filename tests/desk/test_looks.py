"""Looks at confidential cases on pages: lists, questions and offers leave a row, like a case."""

from tests.cast import Cast, confidential
from tests.desk.test_work import act, signed_in

from lianqiao.cases.actions import intake
from lianqiao.record.models import Read


def test_lists_and_questions_of_confidential_cases_are_recorded(cast: Cast) -> None:
    case = intake.file(by=cast.lin, **confidential(cast)).case
    act(case, "accept", cast.wei)
    act(case, "ask", cast.he, to="respondent", agency="sc-market", question="每月检查几次？")
    act(case, "engage", cast.he, agency="cd-planning", task="请协助", amount=5)

    for who, address in (
        ("wei", "/desk/all?scope=all"), ("pu", "/desk/all?scope=all"), ("ren", "/desk/questions"), ("lin", "/cases"),
        ("wei", "/desk/offers"),
    ):  # fmt: skip
        assert signed_in(cast.people[who]).get(address).status_code == 200

    people = {str(person.pk): name for name, person in cast.people.items()}
    rows = [(people[row.by], row.part, row.door, row.identity, row.subjects) for row in Read.objects.order_by("pk")]
    case_of = f" {case.uid} "
    assert rows == [
        ("wei", "desk", "page", True, case_of), ("pu", "desk", "page", False, case_of),
        ("ren", "desk", "page", False, case_of), ("lin", "cases", "page", True, case_of),
    ]  # fmt: skip
