"""A report of retaliation is kept from the agency complained of and from all below it, by every way, and in figures."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from tests.cast import Cast
from tests.cast import filing as filing_of

from lianqiao.cases import figures, timeline
from lianqiao.cases.actions import ACTIONS, intake
from lianqiao.cases.figures import folded
from lianqiao.cases.models import Case, Question
from lianqiao.record.models import Event
from lianqiao.record.refusal import Refused
from lianqiao.registry import actions
from lianqiao.registry.models import Person

pytestmark = pytest.mark.django_db

Filing = Callable[..., intake.Filed]


@pytest.fixture
def near(cast: Cast) -> dict[str, Person]:
    """An office below the agency complained of; `xia` works there and for the centre, `dai` of the centre acts for `ren` in the agency."""
    office = actions.add_agency(
        "sc-market-office", name_zh="市场监管所", name_en="Market Office", kind="department",
        region=cast.market.region, parent=cast.market, by=cast.root,
    )  # fmt: skip
    near = {
        name: actions.add_person(name, name=f"某{name}", email=f"{name}@example.org", by=cast.root)
        for name in ("xia", "dai")
    }
    for name, agency, role in (
        ("xia", office, "intake"),
        ("xia", cast.centre, "intake"),
        ("dai", cast.centre, "lead"),
        ("dai", cast.planning, "lead"),
    ):
        actions.appoint(near[name], agency, role, by=cast.root)
    actions.delegate(cast.ren, near["dai"], cast.market, roles=["handler"], until=LATER, by=cast.ren)
    return near


LATER = date(2099, 1, 1)


@pytest.fixture
def report(cast: Cast, near: dict[str, Person], filing: Filing) -> Case:
    return filing(kind="retaliation", confidential=False).case


def code_of(attempt: Callable[[], Any]) -> str:
    with pytest.raises(Refused) as refused:
        attempt()
    return refused.value.code


def test_file_makes_a_report_confidential_whatever_was_ticked(report: Case) -> None:
    said = Event.objects.about("case", report.uid).get().data

    assert (report.confidential, said["confidential"], report.regime) == (True, True, "node-target")
    assert sorted(report.exclusions.values_list("key", flat=True)) == ["agency:sc-market", "below:sc-market"]
    limits = sorted(report.clocks.values_list("name", "given__target"))
    assert limits == [("accept", [7, "working_days"]), ("correct", [7, "working_days"])]


def test_report_is_seen_by_nobody_near_the_agency(cast: Cast, near: dict[str, Person], report: Case) -> None:
    everybody = cast.people | near

    seen = {
        name for name, person in everybody.items() if Case.objects.visible_to(Person.objects.get(pk=person.pk)).exists()
    }

    assert seen == {"lin", "wei", "he", "zhao", "su", "liu"}


@pytest.mark.parametrize(
    ("by", "given", "code"),
    [
        ("owner", {"respondents": []}, "no-respondent"),
        ("owner", {"agency": "sc-market"}, "complained-of-itself"),
        ("owner", {"agency": "sc-market-office"}, "complained-of-itself"),
        ("owner", {"respondents": ["sc-justice"]}, "complained-of-itself"),
        ("both", {}, "works-there"),
        ("xia", {}, "works-there"),
        ("owner", {"about": "51-2026-999999"}, "unknown-case"),
        ("owner", {"about": "51-2026-999999", "kind": "infringement"}, "about-of-another-kind"),
    ],
)  # fmt: skip
def test_file_refuses_a_report_that_would_reach_them(
    cast: Cast, near: dict[str, Person], by: str, given: dict[str, Any], code: str
) -> None:
    person = {"owner": cast.lin, "both": cast.both, **near}[by]
    told = filing_of(cast, **({"kind": "retaliation"} | given))

    assert code_of(lambda: intake.file(by=person, **told)) == code
    assert Case.objects.count() == 0


def test_ask_never_reaches_who_is_near_them(cast: Cast, near: dict[str, Person], report: Case) -> None:
    assert (
        code_of(lambda: ACTIONS["ask"](report, by=cast.he, to="respondent", agency="sc-market", question="?"))
        == "never-asked"
    )
    assert (
        code_of(lambda: ACTIONS["ask"](report, by=cast.he, to="agency", agency="sc-market-office", question="?"))
        == "complained-of"
    )
    ACTIONS["ask"](report, by=cast.he, to="agency", agency="cd-planning", question="?")

    put = {name for name, person in {"pu": cast.pu, **near}.items() if Question.objects.addressed_to(person).exists()}

    assert put == {"pu"}
    assert code_of(lambda: ACTIONS["reply"](report, by=near["dai"], ask=1, text="x")) == "unknown-case"


@pytest.mark.parametrize(
    ("verb", "given"),
    [("route", {"reason": "x"}), ("engage", {"task": "x", "amount": 5, "unit": "working_days"})],
)
def test_no_agency_below_them_takes_part(
    cast: Cast, near: dict[str, Person], report: Case, verb: str, given: dict[str, Any]
) -> None:
    ACTIONS["accept"](report, by=cast.wei)

    assert code_of(lambda: ACTIONS[verb](report, by=cast.zhao, agency="sc-market-office", **given)) == "complained-of"


def test_link_to_the_first_case_is_for_who_sees_both(cast: Cast, near: dict[str, Person], filing: Filing) -> None:
    first = filing(respondents=["cd-planning"]).case
    report = filing(kind="retaliation", about=first.number).case
    ACTIONS["accept"](report, by=cast.wei)
    ACTIONS["engage"](report, by=cast.he, agency="cd-planning", task="x", amount=5, unit="working_days")

    def read(case: Case, person: Person) -> tuple[Any, list[str], Any]:
        by = timeline.reader(case, person)
        return (
            by.related.about,
            [one.number for one in by.related.reports],
            timeline.steps(case, by)[0].data.get("about"),
        )

    assert read(report, cast.he) == (first, [], first.number)
    assert read(report, cast.lin) == (first, [], first.number)
    assert read(report, cast.pu) == (None, [], None)  # complained of in the first case, co-handler of the report
    assert read(first, cast.he) == (None, [report.number], None)
    assert read(first, cast.both) == (None, [], None)  # works for the agency of the report, sees the first case


# Figures


def test_counted_shows_sensitive_cases_in_whole_steps_only() -> None:
    cells = [(("a",), "help", 3), (("a",), "retaliation", 9), (("b",), "retaliation", 9), (("c",), "retaliation", 21)]

    shown = folded(cells)

    assert (shown.cells, shown.total) == ({("a",): 3, ("c",): 20}, 23)


@pytest.mark.parametrize("reports", [{}, {"a": 1}, {"a": 5, "b": 4}, {"b": 9}])
def test_no_difference_tells_a_small_number_of_reports(reports: dict[str, int]) -> None:
    """By agency, by kind, in total, without one agency, before and after, the same figures come with and without the reports."""
    plain = [
        (agency, kind, cases) for agency, kind, cases in (("a", "help", 4), ("a", "infringement", 7), ("b", "help", 2))
    ]
    with_reports = [*plain, *((agency, "retaliation", cases) for agency, cases in reports.items())]

    def published(rows: list[tuple[str, str, int]]) -> list[Any]:
        tables = [
            folded(((agency,), kind, cases) for agency, kind, cases in rows),
            folded(((kind,), kind, cases) for _agency, kind, cases in rows),
            folded(((), kind, cases) for _agency, kind, cases in rows if _agency != "a"),
        ]
        return [(table.cells, table.total) for table in tables]

    assert published(with_reports) == published(plain)


def test_counted_reads_the_cases(cast: Cast, report: Case, filing: Filing) -> None:
    filing()

    assert figures.counted(Case.objects.all(), "agency__code", "state").cells == {("sc-inward-centre", "filed"): 1}
    assert figures.counted(Case.objects.all(), "kind").cells == {("infringement",): 1}
    assert (figures.counted(Case.objects.all()).total, figures.plain(Case.objects.all()).count()) == (1, 1)
    assert (figures.share(3, 9), figures.share(3, 12)) == (None, 0.25)
