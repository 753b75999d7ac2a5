"""Who acts for whom: associations for their members, delegates for the absent, agents by power of attorney, merged enterprises; and who
is barred with whom."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from tests.cast import Cast
from tests.cast import filing as filing_of

from lianqiao.cases import access, keys, timeline
from lianqiao.cases.actions import ACTIONS, handling, intake, leaving
from lianqiao.cases.models import Case
from lianqiao.notices.audience import Audience
from lianqiao.record.models import Event
from lianqiao.record.refusal import Refused
from lianqiao.record.time import today
from lianqiao.registry import actions
from lianqiao.registry.models import Agency, Enterprise, Person

pytestmark = pytest.mark.django_db
Filing = Callable[..., intake.Filed]
LATER = date(2030, 1, 1)


def fresh(person: Person) -> Person:
    """The person as another request reads them."""
    return Person.objects.get(pk=person.pk)


def sees(person: Person, case: Case) -> bool:
    return Case.objects.visible_to(fresh(person)).filter(pk=case.pk).exists()


def code_of(attempt: Callable[[], Any]) -> str:
    with pytest.raises(Refused) as refused:
        attempt()
    return refused.value.code


@pytest.fixture
def station(cast: Cast) -> Agency:
    return actions.add_agency(
        "cd-station", name_zh="工作站", name_en="Workstation", kind="workstation", region=cast.city.region, by=cast.root
    )


@pytest.fixture
def officer(cast: Cast, station: Agency) -> Person:
    actions.appoint(cast.stranger, station, "intake", by=cast.root)
    return fresh(cast.stranger)


@pytest.fixture
def other_enterprise(cast: Cast) -> Enterprise:
    region = cast.enterprise.region
    firm = actions.add_enterprise(name_zh="另一企业", name_en="Other", kind="private", region=region, by=cast.root)
    actions.link_owner(cast.pu, firm, by=cast.root)
    return firm


# Associations


def test_workstation_files_and_follows_for_members_and_sees_only_those(
    cast: Cast, station: Agency, officer: Person, other_enterprise: Enterprise
) -> None:
    assert code_of(lambda: intake.file(by=officer, **filing_of(cast))) == "not-yours"
    actions.associate(cast.enterprise, station, by=cast.root)

    filed = intake.file(by=fresh(officer), **filing_of(cast, channel="workstation")).case
    own = intake.file(by=fresh(cast.lin), **filing_of(cast)).case
    foreign = intake.file(by=fresh(cast.pu), **filing_of(cast, enterprise=str(other_enterprise.pk))).case

    assert [sees(officer, case) for case in (filed, own, foreign)] == [True, True, False]
    assert access.roles_of(own, fresh(officer)) == {"association"}
    assert access.possible(own, fresh(officer)) == ["attach"]
    assert code_of(lambda: ACTIONS["withdraw"](own, by=fresh(officer), reason="x")) == "not-yours"


def test_workstation_sees_a_confidential_case_only_if_it_filed_it(cast: Cast, station: Agency, officer: Person) -> None:
    actions.associate(cast.enterprise, station, by=cast.root)

    own = intake.file(by=fresh(cast.lin), **filing_of(cast, confidential=True)).case
    filed = intake.file(by=fresh(officer), **filing_of(cast, confidential=True)).case

    assert [sees(officer, own), sees(officer, filed)] == [False, True]


def test_workstation_sees_nothing_after_the_membership_has_ended(cast: Cast, station: Agency, officer: Person) -> None:
    yesterday = today() - timedelta(days=1)
    held = actions.associate(cast.enterprise, station, since=yesterday, by=cast.lin)
    case = intake.file(by=fresh(cast.lin), **filing_of(cast)).case
    ACTIONS["accept"](case, by=cast.wei)
    assert sees(officer, case) is True

    actions.end_association(held, on=yesterday, by=cast.lin)

    assert sees(officer, case) is False
    assert code_of(lambda: intake.file(by=fresh(officer), **filing_of(cast))) == "not-yours"


def test_workstation_that_is_complained_of_sees_nothing(cast: Cast, station: Agency, officer: Person) -> None:
    actions.associate(cast.enterprise, station, by=cast.root)

    case = intake.file(by=fresh(cast.lin), **filing_of(cast, respondents=["cd-station"])).case

    assert sees(officer, case) is False


def test_association_reads_as_the_enterprise_and_is_told_what_it_is_told(
    cast: Cast, station: Agency, officer: Person
) -> None:
    actions.associate(cast.enterprise, station, by=cast.root)
    case = intake.file(by=fresh(cast.lin), **filing_of(cast)).case
    event = ACTIONS["accept"](case, by=cast.wei)

    assert {person.account for person in Audience([case]).told(case, event)} == {"lin", "stranger"}
    assert timeline.reader(case, fresh(officer)).officer is False


# Delegates and deputies


def delegate(cast: Cast, giver: Person, taker: Person, agency: Agency, *roles: str, **more: Any) -> Any:
    return actions.delegate(giver, taker, agency, roles=roles, until=more.pop("until", LATER), by=giver, **more)


def test_delegate_acts_with_the_role_of_the_giver_until_it_is_revoked(cast: Cast, filing: Filing) -> None:
    case = filing().case
    given = delegate(cast, cast.wei, cast.pu, cast.centre, "intake")

    assert access.roles_of(case, fresh(cast.pu)) == {"intake"}
    ACTIONS["accept"](case, by=fresh(cast.pu))
    assert Event.objects.get(subject=case.uid, verb="accept").by == str(cast.pu.pk)

    actions.revoke_delegation(given, by=cast.wei)
    assert (sees(cast.pu, case), access.roles_of(case, fresh(cast.pu))) == (False, set())


def test_delegation_for_matters_opens_only_those(cast: Cast, filing: Filing) -> None:
    complaint, hotline = filing().case, filing(programme="hotline").case
    delegate(cast, cast.wei, cast.pu, cast.centre, "intake", matters=["hotline"])

    assert [sees(cast.pu, case) for case in (complaint, hotline)] == [False, True]
    assert [access.roles_of(case, fresh(cast.pu)) for case in (complaint, hotline)] == [set(), {"intake"}]
    assert code_of(lambda: filing_by(cast, cast.pu, programme="fie-complaint")) == "matter-outside"
    assert filing_by(cast, cast.pu, programme="hotline").case.programme == "hotline"


def filing_by(cast: Cast, person: Person, **given: Any) -> intake.Filed:
    return intake.file(by=fresh(person), **filing_of(cast, **given))


def test_deputy_acts_on_the_days_of_absence_alone(cast: Cast, filing: Filing) -> None:
    case = filing().case
    delegate(cast, cast.wei, cast.pu, cast.centre, "intake", deputy=True)
    assert sees(cast.pu, case) is False

    earlier = today() - timedelta(days=9)
    actions.enter_absence(cast.wei, since=earlier, until=earlier, by=cast.wei)
    assert sees(cast.pu, case) is False
    absence = actions.enter_absence(cast.wei, since=today(), until=LATER, by=cast.wei)
    assert sees(cast.pu, case) is True
    actions.end_absence(absence, by=cast.wei)
    assert sees(cast.pu, case) is False


@pytest.mark.parametrize("agency", ["market", "centre"])
def test_delegate_of_a_member_of_the_agency_complained_of_is_barred(cast: Cast, filing: Filing, agency: str) -> None:
    """Exclusion beats every grant: `he` handles the case, until somebody of the agency complained of lets him act for them anywhere."""
    case = filing().case
    assert sees(cast.he, case) is True
    role = "handler" if agency == "market" else "intake"

    delegate(cast, cast.both, cast.he, cast.agencies[agency], role)

    assert sees(cast.he, case) is False
    assert access.possible(case, fresh(cast.he)) == []
    assert code_of(lambda: ACTIONS["note"](case, by=fresh(cast.he), text="x")) == "unknown-case"
    filed = Event.objects.get(subject=case.uid, verb="file")
    assert cast.he.pk not in {person.pk for person in Audience([case]).told(case, filed)}


def test_delegates_delegate_cannot(cast: Cast, filing: Filing) -> None:
    case = filing().case
    delegate(cast, cast.wei, cast.pu, cast.centre, "intake")

    refused = code_of(lambda: delegate(cast, cast.pu, cast.stranger, cast.centre, "intake"))

    assert (refused, sees(cast.stranger, case)) == ("role-not-held", False)


def test_delegate_is_told_in_the_givers_stead(cast: Cast, filing: Filing) -> None:
    delegate(cast, cast.wei, cast.pu, cast.centre, "intake")
    case = filing().case
    event = Event.objects.get(subject=case.uid, verb="file")

    assert {person.account for person in Audience([case]).told(case, event)} == {"wei", "pu"}


# Agents


def agent(cast: Cast, *powers: str, matters: tuple[str, ...] = ("all",), until: date = LATER) -> Person:
    since = min(today(), until)
    actions.link_agent(
        cast.stranger, cast.enterprise, powers=powers, matters=matters, since=since, until=until, by=cast.root
    )
    return fresh(cast.stranger)


def test_agent_does_what_the_power_of_attorney_says(cast: Cast, filing: Filing) -> None:
    acting = agent(cast, "file", "supplement")
    case = intake.file(by=acting, **filing_of(cast)).case

    assert access.possible(case, fresh(acting)) == ["attach", "request_erasure"]
    assert code_of(lambda: ACTIONS["withdraw"](case, by=fresh(acting), reason="x")) == "power-missing"
    assert access.possible(case, fresh(cast.lin)) == ["withdraw", "attach", "request_erasure"]


def test_agent_without_the_power_to_file_is_refused(cast: Cast) -> None:
    acting = agent(cast, "receive")

    assert code_of(lambda: intake.file(by=acting, **filing_of(cast))) == "power-missing"


def test_agent_for_some_matters_files_and_sees_only_those(cast: Cast, filing: Filing) -> None:
    acting = agent(cast, "file", "withdraw", matters=("hotline", "licensing"))
    complaint = filing().case
    hotline = intake.file(by=acting, **filing_of(cast, programme="hotline")).case
    licence = intake.file(by=fresh(acting), **filing_of(cast, category="licensing")).case

    assert [sees(acting, case) for case in (complaint, hotline, licence)] == [False, True, True]
    assert code_of(lambda: intake.file(by=fresh(acting), **filing_of(cast))) == "matter-outside"


def test_agent_whose_term_is_over_is_nobody(cast: Cast, filing: Filing) -> None:
    acting = agent(cast, "file", "supplement", "withdraw", until=today() - timedelta(days=1))
    case = filing().case

    assert (sees(acting, case), access.possible(case, acting)) == (False, [])
    assert code_of(lambda: intake.file(by=acting, **filing_of(cast))) == "not-yours"


@pytest.mark.parametrize(("power", "told"), [("receive", {"lin", "stranger"}), ("file", {"lin"})])
def test_notices_reach_an_agent_who_may_receive(cast: Cast, filing: Filing, power: str, told: set[str]) -> None:
    agent(cast, power)
    case = filing().case
    event = ACTIONS["accept"](case, by=cast.wei)

    assert {person.account for person in Audience([case]).told(case, event)} == told


def test_agent_answers_a_question_only_with_the_power(cast: Cast, filing: Filing) -> None:
    acting = agent(cast, "file")
    case = filing().case
    ACTIONS["ask"](case, by=cast.wei, to="enterprise", question="?")

    assert code_of(lambda: ACTIONS["reply"](case, by=acting, ask=1, text="x")) == "power-missing"
    ACTIONS["reply"](case, by=fresh(cast.lin), ask=1, text="x")


# Merged enterprises


def test_cases_are_found_through_a_merged_enterprise_and_not_after_unmerging(
    cast: Cast, filing: Filing, other_enterprise: Enterprise
) -> None:
    case = filing().case
    before = list(Case.objects.order_by("pk").values()), sees(cast.pu, case)

    actions.merge(other_enterprise, cast.enterprise, reason="x", by=cast.root)
    assert (sees(cast.pu, case), access.roles_of(case, fresh(cast.pu))) == (True, {"enterprise"})
    assert keys.shows_identity(case, fresh(cast.pu)) is True
    later = intake.file(by=fresh(cast.pu), **filing_of(cast, enterprise=str(other_enterprise.pk))).case
    assert sees(cast.lin, later) is True

    actions.unmerge(other_enterprise, reason="y", by=cast.root)
    assert (list(Case.objects.order_by("pk").exclude(pk=later.pk).values()), sees(cast.pu, case)) == before
    assert [sees(cast.lin, later), sees(cast.pu, later)] == [False, True]


# Handlers who leave


def routed(cast: Cast, case: Case, handler: str) -> Case:
    ACTIONS["route"](case, by=cast.wei, agency="cd-inward-centre", handler=handler, reason="x")
    ACTIONS["sign_for"](case, by=cast.chengdu)
    return case


def test_reassign_names_both_by_their_ids_and_seals_the_account(cast: Cast, filing: Filing) -> None:
    actions.appoint(cast.he, cast.city, "handler", by=cast.root)
    case = routed(cast, filing().case, "chengdu")

    event = handling.reassign(case, by=cast.zhao, handler="he", reason="轮岗")

    case.refresh_from_db()
    assert case.handler == cast.he
    assert (event.data["person"], event.data["before"]) == (str(cast.he.pk), str(cast.chengdu.pk))
    assert event.data["handler"].keys() == {"commitment"}


@pytest.mark.parametrize(
    ("by", "handler", "code"),
    [
        ("zhao", "he", "handles-already"),
        ("zhao", "pu", "cannot-handle"),
        ("zhao", "both", "cannot-handle"),
        ("zhao", "nobody", "unknown-person"),
        ("wei", "wei", "not-yours"),
        ("ren", "wei", "unknown-case"),
    ],
)
def test_reassign_refuses_who_cannot_handle(cast: Cast, filing: Filing, by: str, handler: str, code: str) -> None:
    case = filing().case
    handling.reassign(case, by=cast.zhao, handler="he", reason="x")

    refused = code_of(lambda: handling.reassign(case, by=cast.people[by], handler=handler, reason="x"))

    case.refresh_from_db()
    assert (refused, case.handler) == (code, cast.he)


def test_hand_on_gives_all_open_cases_of_a_leaver_in_one_step(cast: Cast, filing: Filing) -> None:
    open_ones = [filing().case for _place in range(3)]
    for case in open_ones:
        handling.reassign(case, by=cast.zhao, handler="he", reason="x")
    ACTIONS["refuse"](open_ones[2], by=cast.wei, ground="2", reason="x")

    done = leaving.hand_on(cast.he, cast.wei, reason="离职", by=fresh(cast.zhao))
    left = actions.leave(cast.he, reason="离职", by=cast.root)

    assert (len(done.events), done.staying) == (2, 0)
    assert [Case.objects.get(pk=case.pk).handler for case in open_ones] == [cast.wei, cast.wei, cast.he]
    assert left.memberships == 1


def test_hand_on_leaves_nothing_half_done(cast: Cast, filing: Filing) -> None:
    cases = [filing().case, filing(respondents=["cd-planning"]).case]
    for case in cases:
        handling.reassign(case, by=cast.zhao, handler="he", reason="x")
    delegate(cast, cast.pu, cast.wei, cast.planning, "handler")

    assert code_of(lambda: leaving.hand_on(cast.he, cast.wei, reason="x", by=fresh(cast.zhao))) == "cannot-handle"
    assert [Case.objects.get(pk=case.pk).handler for case in cases] == [cast.he, cast.he]
