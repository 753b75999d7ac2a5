"""The work lists: what stands in them, in which order, how counts are told, and who gets none."""

from datetime import timedelta
from typing import Any

import pytest
from tests.cast import Cast, confidential, filing
from tests.pages import asked_by, fifty
from tests.portal.conftest import signed_in, text

from lianqiao.cases.actions import ACTIONS, intake
from lianqiao.cases.models import Case, Question
from lianqiao.desk import lists
from lianqiao.record import time
from lianqiao.registry.models import Enterprise

pytestmark = pytest.mark.django_db


@pytest.fixture
def case(cast: Cast) -> Case:
    return intake.file(by=cast.lin, **filing(cast)).case


def act(case: Case, verb: str, by: Any, **told: Any) -> Case:
    ACTIONS[verb](case, by=by, **told)
    return Case.objects.get(pk=case.pk)


def held(person: Any, scope: str = "agency") -> dict[str, str]:
    return {code: count for code, count in lists.counts(person, scope).items() if count}


def test_lists_follow_the_case(cast: Cast, case: Case) -> None:
    assert held(cast.wei) == {"accept": "1", "all": "1"}
    act(case, "accept", cast.wei)
    assert held(cast.wei) == {"handle": "1", "all": "1"}
    act(case, "supervise", cast.su, text="请尽快办理", answer_by=time.today() + timedelta(days=5))
    assert held(cast.wei) == {"handle": "1", "supervised": "1", "all": "1"}
    act(case, "conclude", cast.he, ground="resolved", text="已解决")
    assert held(cast.wei) == {"deliver": "1", "all": "1"}


@pytest.mark.parametrize("scope", lists.SCOPES)
def test_count_is_what_the_list_shows(cast: Cast, case: Case, scope: str) -> None:
    act(case, "accept", cast.wei)
    intake.file(by=cast.lin, **filing(cast))
    other = intake.file(by=cast.lin, **filing(cast)).case
    act(other, "route", cast.wei, agency="cd-planning", reason="职责所在")

    told = lists.counts(cast.wei, scope)

    assert told == {
        code: str(len(rows) or "") for code in lists.LISTS for rows in [lists.page(cast.wei, code, scope)[0]]
    }


def test_first_due_comes_first_and_pages_follow_without_gap_or_double(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lists, "PAGE", 2)
    cases = [intake.file(by=cast.lin, **filing(cast)).case for _number in range(5)]
    act(cases[3], "accept", cast.wei)

    seen, after = [], ""
    while True:
        rows, after = lists.page(cast.wei, "all", "agency", after=after)
        seen += [row.number for row in rows]
        if not after:
            break

    expected = [cases[0], cases[1], cases[2], cases[4], cases[3]]
    assert seen == [one.number for one in expected]


def test_many_cases_are_counted_as_at_least(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lists, "MOST", 2)
    for _number in range(3):
        intake.file(by=cast.lin, **filing(cast))

    told = lists.counts(cast.wei, "agency")

    assert (told["accept"], told["handle"], told["all"]) == ("2+", "0+", "2+")


def test_list_asks_the_same_for_one_and_for_many(cast: Cast, case: Case) -> None:
    wei = signed_in(cast.wei)
    one = asked_by(lambda: wei.get("/desk/accept"))
    for _number in range(12):
        intake.file(by=cast.lin, **filing(cast))

    assert (asked_by(lambda: wei.get("/desk/accept")), one <= 12) == (one, True)
    assert text(wei.get("/desk/accept")).count(case.title) == 13


def test_offers_and_questions_are_counted_beside_the_lists(cast: Cast, case: Case) -> None:
    act(case, "accept", cast.wei)
    act(case, "ask", cast.he, to="agency", agency="cd-planning", question="有何意见？")
    pu = cast.people["pu"]
    few = lists.beside(pu)
    fifty(Question.objects.get(), number=lambda n: 10 + n)
    many = lists.beside(pu)
    fifty(Question.objects.first(), number=lambda n: 100 + n)
    fifty(Question.objects.first(), number=lambda n: 200 + n)

    assert (few, many, lists.beside(pu)) == (
        {"offers": "", "errands": "", "questions": "1"}, {"offers": "", "errands": "", "questions": "50"},
        {"offers": "", "errands": "", "questions": "99+"},
    )  # fmt: skip
    assert lists.beside(cast.people["ren"]) == {"offers": "", "errands": "", "questions": ""}
    assert "99+" in text(signed_in(pu).get("/desk/all"))


def test_rows_alone_are_a_part_of_the_page(cast: Cast, case: Case) -> None:
    wei = signed_in(cast.wei)

    whole = wei.get("/desk/accept").content.decode()
    part = wei.get("/desk/accept", headers={"HX-Request": "true"}).content.decode()

    assert (part.strip() in whole, "<html" in part) == (True, False)


def test_search_finds_words_in_the_list(cast: Cast, case: Case) -> None:
    wei = signed_in(cast.wei, "zh")

    assert text(wei.get("/desk/all?q=" + case.title[:2])).count(case.number) == 1
    assert text(wei.get("/desk/all?q=查无此词")).count(case.number) == 0


def test_confidential_enterprise_is_not_named_to_who_may_not_know(cast: Cast) -> None:
    case = intake.file(by=cast.lin, **confidential(cast)).case
    act(case, "accept", cast.wei)
    act(case, "engage", cast.zhao, agency="cd-planning", task="请协助", amount=5)

    page = text(signed_in(cast.people["pu"]).get("/desk/all?scope=all"))

    assert (page.count(case.number), page.count(case.complainant)) == (1, 0)


@pytest.mark.parametrize("name", ["", "Jinjiang Test Technology"])
def test_enterprise_is_named_in_english_where_it_has_an_english_name(cast: Cast, case: Case, name: str) -> None:
    Enterprise.objects.update(name_en=name or case.complainant)
    both = f"{name} ({case.complainant})" if name else case.complainant

    for path, english in (("/desk/all", name or case.complainant), ("/ledgers/open", both)):
        pages = {language: text(signed_in(cast.wei, language).get(path)) for language in ("en", "zh")}
        assert (pages["en"].count(english), pages["zh"].count(case.complainant)) == (1, 1)
        assert (pages["en"].count(case.complainant), pages["zh"].count("Jinjiang")) == (english != name, 0)


@pytest.mark.parametrize("name", ["lin", "stranger"])
def test_desk_is_for_officers(cast: Cast, case: Case, name: str) -> None:
    for address in ("/desk", "/desk/all", "/desk/offers", "/desk/questions", f"/desk/cases/{case.number}"):
        answer = signed_in(cast.people[name]).get(address)

        assert (address, answer.status_code, text(answer).count(case.title)) == (address, 403, 0)


def test_desk_leads_to_the_first_list_that_holds_something(cast: Cast, case: Case) -> None:
    assert signed_in(cast.wei).get("/desk").headers["Location"] == "/desk/accept"
    act(case, "accept", cast.wei)
    assert signed_in(cast.wei).get("/desk").headers["Location"] == "/desk/handle"


@pytest.mark.parametrize(
    ("days", "said"),
    [(-3, ["overdue by days: 3"]), (0, ["due today"]), (2, ["days left: 2"]), (4, [])],
)
def test_row_says_how_late_it_is(cast: Cast, case: Case, days: int, said: list[str]) -> None:
    Case.objects.update(next_due=time.today() + timedelta(days=days))

    page = text(signed_in(cast.wei).get("/desk/accept"))

    assert [one for one in ("overdue by days: 3", "due today", "days left: 2") if page.count(one) == 1] == said
