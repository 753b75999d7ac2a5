"""The life of a case at one node, from filing to the archive, by the real verbs."""

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import Any

import pytest
import time_machine

from lianqiao.cases import access, clocks, keys
from lianqiao.cases.actions import ACTIONS, conclusion, intake
from lianqiao.cases.models import Case
from lianqiao.record import events, time
from lianqiao.record.refusal import Refused
from lianqiao.registry.models import Person

pytestmark = pytest.mark.django_db

Filing = Callable[..., intake.Filed]


@pytest.fixture(autouse=True)
def _in_september() -> Iterator[None]:
    """The cast enters the house, and time stands, on 1 September 2026."""
    with time_machine.travel("2026-09-01T02:00:00Z", tick=False):
        yield


def do(case: Case, verb: str, by: Person, **given: Any) -> Any:
    return ACTIONS[verb](case, by=by, **given)


def state_after(case: Case) -> str:
    return Case.objects.get(pk=case.pk).state


def test_file_begins_case_with_number_clocks_and_code(people: dict[str, Person], filing: Filing) -> None:
    with time_machine.travel("2026-09-18T02:00:00Z", tick=False):
        filed = filing()

    case = Case.objects.get(pk=filed.case.pk)
    assert case.number == f"51-2026-{case.pk:06d}"
    assert (case.state, case.tenure, case.home_node, case.holder_node) == ("filed", 1, "51", "51")
    assert case.regime == "cn-mofcom-2020-3"
    assert {clock.name: clock.due_on for clock in case.clocks.all()} == {
        "correct": date(2026, 9, 29),
        "accept": date(2026, 9, 29),
    }
    assert case.code_matches(filed.code_word)
    assert not case.code_matches("AAAAAAAAAA")
    assert events.verify_chain(case.uid) == []


def test_whole_life_reaches_archive(people: dict[str, Person], filing: Filing) -> None:
    case = filing().case

    do(case, "request_correction", people["intake"], missing=["营业执照复印件"])
    assert state_after(case) == "correcting"
    do(case, "supplement", people["owner"], text="补交营业执照")
    do(case, "accept", people["intake"])
    do(case, "note", people["handler"], text="已与被投诉单位联系", shared=True)
    do(case, "conclude", people["handler"], ground="1", text="经协调，双方达成谅解")
    do(case, "deliver", people["intake"], method="electronic")
    do(case, "rate", people["owner"], score=5, text="太慢")
    assert [clock.name for clock in case.clocks.running()] == ["contact"]
    do(case, "contact", people["handler"], text="已电话联系，说明原因")
    do(case, "archive", people["intake"])

    assert state_after(case) == "archived"
    assert list(case.clocks.running()) == []
    assert events.verify_chain(case.uid) == []
    said = [event.verb for event in events.Event.objects.about("case", case.uid)]
    assert said == [
        "file", "request_correction", "supplement", "accept", "note", "conclude", "deliver", "rate", "contact", "archive",
    ]  # fmt: skip


def test_correction_once(people: dict[str, Person], filing: Filing) -> None:
    case = filing().case
    do(case, "request_correction", people["intake"], missing=["委托书"])
    do(case, "supplement", people["owner"], text="补交")

    with pytest.raises(Refused) as refused:
        do(case, "request_correction", people["intake"], missing=["还有"])

    assert refused.value.code == "corrected-once"
    assert Case.objects.get(pk=case.pk).event_count == 3


def test_refuse_waits_for_the_limit_to_supplement(people: dict[str, Person], filing: Filing) -> None:
    with time_machine.travel("2026-09-18T02:00:00Z", tick=False):
        case = filing().case
        do(case, "request_correction", people["intake"], missing=["委托书"])
        with pytest.raises(Refused) as refused:
            do(case, "refuse", people["intake"], ground="4", reason="逾期未补正")
    with time_machine.travel("2026-10-30T02:00:00Z", tick=False):
        do(case, "refuse", people["intake"], ground="4", reason="逾期未补正")

    assert refused.value.code == "still-correcting"
    assert state_after(case) == "refused"


def test_refuse_names_competent_body(people: dict[str, Person], filing: Filing) -> None:
    case = filing().case

    with pytest.raises(Refused) as refused:
        do(case, "refuse", people["intake"], ground="3", reason="不属于本机构范围")
    do(
        case,
        "refuse",
        people["intake"],
        ground="3",
        reason="不属于本机构范围",
        competent_body="成都市外商投资企业投诉中心",
    )

    assert refused.value.code == "no-competent-body"
    assert state_after(case) == "refused"


def test_stranger_and_agency_complained_of_see_nothing(people: dict[str, Person], filing: Filing) -> None:
    case = filing().case

    assert list(Case.objects.visible_to(people["stranger"])) == []
    assert list(Case.objects.visible_to(people["respondent"])) == []
    assert list(Case.objects.visible_to(people["owner"])) == [case]
    assert list(Case.objects.visible_to(people["lead"])) == [case]
    with pytest.raises(Refused) as refused:
        do(case, "note", people["respondent"], text="?")
    assert (refused.value.code, refused.value.status) == ("unknown-case", 404)


def test_exclusion_beats_every_grant(people: dict[str, Person], filing: Filing) -> None:
    case = filing(confidential=True).case

    assert list(Case.objects.visible_to(people["both"])) == []
    assert access.roles_of(case, people["both"]) == set()


def test_route_keeps_first_receiver_until_signed_for(people: dict[str, Person], filing: Filing) -> None:
    case = filing().case
    do(case, "accept", people["intake"])

    do(case, "route", people["lead"], agency="cd-planning", reason="属其职责")
    assert Case.objects.get(pk=case.pk).agency.code == "sc-inward-centre"
    do(case, "sign_for", people["planning"])

    assert Case.objects.get(pk=case.pk).agency.code == "cd-planning"
    assert list(Case.objects.visible_to(people["planning"])) == [case]


def test_dispute_once_then_decision_is_final(people: dict[str, Person], filing: Filing) -> None:
    case = filing().case
    do(case, "accept", people["intake"])
    do(case, "route", people["lead"], agency="cd-planning", reason="属其职责")
    do(case, "dispute", people["planning"], reason="不属我厅", proposed="cd-inward-centre")
    with pytest.raises(Refused) as waiting:
        do(case, "sign_for", people["planning"])
    do(case, "decide", people["lead"], agency="cd-planning", reason="职责清单第三项")
    with pytest.raises(Refused) as twice:
        do(case, "dispute", people["planning"], reason="仍不属我厅", proposed="cd-inward-centre")
    do(case, "sign_for", people["planning"])

    assert (waiting.value.code, twice.value.code) == ("disputed", "disputed-once")
    assert Case.objects.get(pk=case.pk).agency.code == "cd-planning"


def test_route_refuses_agency_complained_of(people: dict[str, Person], filing: Filing) -> None:
    case = filing().case
    do(case, "accept", people["intake"])

    with pytest.raises(Refused) as refused:
        do(case, "route", people["lead"], agency="sc-market", reason="?")

    assert refused.value.code == "complained-of"


def test_respondent_answers_only_the_question(people: dict[str, Person], filing: Filing) -> None:
    case = filing(confidential=True).case
    do(case, "accept", people["intake"])
    do(
        case,
        "ask",
        people["handler"],
        to="respondent",
        agency="sc-market",
        question="请说明扣押依据",
        reply_by=time.today() + timedelta(days=9),
    )

    do(case, "reply", people["respondent"], ask=1, text="依据如下")

    assert case.questions.get().answered_by == 4
    assert list(Case.objects.visible_to(people["respondent"])) == []
    assert [clock.name for clock in case.clocks.running()] == ["handle", "report"]


def test_pause_and_resume_move_the_due_date(people: dict[str, Person], filing: Filing) -> None:
    with time_machine.travel("2026-09-01T02:00:00Z", tick=False):
        case = filing().case
        do(case, "accept", people["intake"])
    before = case.clocks.get(name="handle").due_on
    cause = clocks.regime_of(case).pause_causes[0].code
    with time_machine.travel("2026-09-07T02:00:00Z", tick=False):
        do(case, "pause", people["handler"], cause=cause, reason="等待鉴定")
        assert case.clocks.get(name="handle").due_on is None
    with time_machine.travel("2026-09-14T02:00:00Z", tick=False):
        do(case, "resume", people["handler"])

    after = case.clocks.get(name="handle").due_on
    assert (before, after) == (date(2026, 11, 30), date(2026, 12, 7))


def test_stale_version_changes_nothing(people: dict[str, Person], filing: Filing) -> None:
    case = filing().case
    do(case, "accept", people["intake"])

    with pytest.raises(Refused) as refused:
        ACTIONS["note"](case, by=people["handler"], version=1, text="?")

    assert (refused.value.code, refused.value.status) == ("stale", 412)
    assert Case.objects.get(pk=case.pk).event_count == 2


def test_object_goes_to_the_agency_above(people: dict[str, Person], filing: Filing) -> None:
    case = filing().case
    do(case, "refuse", people["intake"], ground="2", reason="属民商事纠纷")

    objected = conclusion.object(case, by=people["owner"], reason="并非民商事纠纷，系行政行为")

    assert objected.filed.case.agency.code == "sc-justice"
    assert objected.filed.case.objection_to == case
    assert keys.shows_identity(objected.filed.case, people["owner"])


def test_legal_date_needs_evidence(people: dict[str, Person], filing: Filing) -> None:
    yesterday = time.today() - timedelta(days=1)

    with pytest.raises(Refused) as refused:
        filing(by="intake", legal_date=yesterday, channel="letter")
    filed = filing(by="intake", legal_date=yesterday, channel="letter", evidence="邮戳")

    assert refused.value.code == "legal-date"
    assert filed.case.filed_on == yesterday
    assert time.day_of(filed.event.recorded_at) >= yesterday
