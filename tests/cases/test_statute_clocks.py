"""Limits that a statute lets begin or end elsewhere than the flow: the transfer of a payment complaint, the report after one year."""

from collections.abc import Iterator
from datetime import date

import pytest
import time_machine
from tests.cast import Cast, filing

from lianqiao.cases import clocks, flow, timeline
from lianqiao.cases.actions import handling, intake, routing
from lianqiao.cases.models import Case
from lianqiao.law.regime import regimes
from lianqiao.law.vocabulary import STEPS
from lianqiao.registry import actions
from lianqiao.registry.models import Membership


@pytest.fixture(autouse=True)
def _on_a_day() -> Iterator[None]:
    """Everybody is entered on the day on which the test begins, whenever it is run."""
    with time_machine.travel("2026-11-26T10:00+08:00", tick=False):
        yield


def filed(cast: Cast, programme: str) -> Case:
    return intake.file(by=cast.lin, **filing(cast, programme=programme)).case


def running(case: Case) -> dict[str, str]:
    return {row.name: row.due_on.isoformat() for row in case.clocks.running() if row.due_on}


def test_transfer_of_a_payment_complaint_counts_from_acceptance(cast: Cast) -> None:
    with time_machine.travel("2026-11-26T10:00+08:00", tick=False) as clock:
        case = filed(cast, "payment-complaint")
        before = running(case)
        clock.move_to("2026-11-30T10:00+08:00")
        intake.accept(case, by=cast.wei)
        accepted = running(case)
        clock.move_to("2026-12-02T10:00+08:00")
        routing.route(case, by=cast.wei, agency="cd-inward-centre", reason="属地办理")
        routed = running(case)
        clock.move_to("2026-12-03T10:00+08:00")
        routing.sign_for(case, by=cast.chengdu)
        signed = running(case)

    assert "transfer" not in before
    # Ten working days and thirty days from acceptance; thirty days anew from the signature end on a Saturday and move to Monday.
    assert (accepted["transfer"], accepted["handle"]) == ("2026-12-14", "2026-12-30")
    assert ("transfer" in routed, routed["handle"]) == (False, "2026-12-30")
    assert signed["handle"] == "2027-01-04"
    assert case.clocks.filter(name="handle").count() == 2


def test_transfer_ends_when_the_accepting_department_handles_it_itself(cast: Cast) -> None:
    case = filed(cast, "payment-complaint")
    intake.accept(case, by=cast.wei)
    handling.ask(case, by=cast.he, to="enterprise", question="合同编号？")

    assert sorted(running(case)) == ["handle"]


def test_case_of_the_national_rules_is_reported_after_one_year(cast: Cast) -> None:
    with time_machine.travel("2026-11-26T10:00+08:00", tick=False) as clock:
        case = filed(cast, "fie-complaint")
        clock.move_to("2026-11-30T10:00+08:00")
        intake.accept(case, by=cast.wei)
        due = running(case)["report"]
        row = case.clocks.get(name="report")
        clock.move_to("2027-12-01T10:00+08:00")
        late = clocks.state_of(row)
        handling.report(case, by=cast.zhao, to="四川省人民政府", text="涉及部门较多，建议召开联席会议。")

    assert (due, late, row.notified_due_on) == ("2027-11-30", "overdue", None)
    assert "第21条" in " ".join(clocks.explain(row).sentences("zh"))
    assert "report" not in running(case)
    assert "handle" in running(case)


def test_every_step_that_a_statute_may_name_is_a_verb() -> None:
    named = {
        step
        for held in regimes().values()
        for limit in held.limits
        for step in (*limit.begins, *limit.again, *limit.ends)
    }

    assert set(STEPS) - flow.VERBS.keys() == set()
    assert named - flow.VERBS.keys() == set()


def test_officer_is_named_with_the_agency_of_that_time(cast: Cast) -> None:
    with time_machine.travel("2026-11-26T10:00+08:00", tick=False) as clock:
        case = filed(cast, "inward-complaint")
        intake.accept(case, by=cast.wei)
        routing.route(case, by=cast.wei, agency="cd-inward-centre", reason="属地办理")
        routing.sign_for(case, by=cast.chengdu)
        clock.move_to("2026-11-27T10:00+08:00")
        left = Membership.objects.get(person=cast.wei)
        actions.end_membership(left, on=date(2026, 11, 26), reason="调离", by=cast.root)
        actions.appoint(cast.wei, cast.city, "handler", by=cast.root)
        handling.note(case, by=cast.wei, text="已约谈。")
        named = [step.by for step in timeline.steps(case, timeline.reader(case, cast.chengdu))]

    assert (named[1], named[-1]) == ("某wei, Appeal Center", "某wei, Chengdu Appeal Center")
