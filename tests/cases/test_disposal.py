"""How long a file is kept, what holds it back, and its disposal by two people."""

from collections.abc import Callable
from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
import time_machine
from tests import remains
from tests.cases.test_erasing import attached, refused
from tests.cast import Cast

from lianqiao.cases import access, search_index
from lianqiao.cases.actions import ACTIONS, keeping
from lianqiao.cases.models import Case
from lianqiao.record import events
from lianqiao.record.models import Event
from lianqiao.registry import actions
from lianqiao.registry.models import Person

pytestmark = pytest.mark.django_db
LATER = datetime(2070, 1, 2, 9, tzinfo=ZoneInfo("Asia/Shanghai"))


@pytest.fixture
def auditor(cast: Cast) -> Person:
    person = actions.add_person("shen", name="某shen", by=cast.root)
    actions.appoint(person, actions.add_agency(
        "sc-audit", name_zh="审计处", name_en="Audit", kind="office", region=cast.centre.region, by=cast.root
    ), "audit", by=cast.root)  # fmt: skip
    return person


@pytest.fixture
def archived(at: Callable[[str], Case], people: dict[str, Person]) -> Case:
    case = at("delivered")
    attached_to(case, people)
    ACTIONS["archive"](case, by=people["intake"])
    return case


def attached_to(case: Case, people: dict[str, Person]) -> None:
    """A file can be added only while the case is open: taken up again for it."""
    ACTIONS["reopen"](case, by=people["lead"], reason="补充材料")
    attached(case, people["owner"])
    ACTIONS["conclude"](case, by=people["handler"], ground="1", text="双方握手言和")
    ACTIONS["deliver"](case, by=people["intake"], method="electronic")


def test_archived_file_has_its_period_by_the_kind_of_case(archived: Case) -> None:
    year = archived.changed_at.year

    assert (archived.retention, archived.disposable_on) == ("30-years", date(year + 31, 1, 1))


def test_period_can_be_ordered_and_permanent_files_are_never_disposed_of(
    at: Callable[[str], Case], people: dict[str, Person]
) -> None:
    case = at("delivered")
    ACTIONS["archive"](case, by=people["intake"], retention="permanent")

    assert (case.retention, case.disposable_on) == ("permanent", None)
    assert refused(keeping.propose_disposal, case, by=people["lead"]) == "kept-for-ever"


def test_hold_stops_the_disposal_until_it_is_released(
    archived: Case, people: dict[str, Person], auditor: Person
) -> None:
    held = keeping.hold(archived, by=auditor, cause="litigation", reason="诉讼未结")
    short = keeping.hold(archived, by=people["lead"], cause="audit", until=held.legal_date, reason="审计")

    with time_machine.travel(LATER):
        assert refused(keeping.propose_disposal, archived, by=people["lead"]) == "held-back"
        keeping.lift_hold(archived, by=people["lead"], hold=held.number, reason="诉讼已结")
        assert (
            refused(keeping.lift_hold, archived, by=people["lead"], hold=held.number, reason="再次") == "no-such-hold"
        )
        proposed = keeping.propose_disposal(archived, by=people["lead"])

    assert (archived.disposal_proposed, short.number < proposed.number) == (proposed.number, True)


def test_two_people_dispose_and_a_tombstone_stays(
    archived: Case,
    people: dict[str, Person],
    auditor: Person,
    django_capture_on_commit_callbacks: Callable[..., object],
) -> None:
    words = [
        "招标条件排斥外地企业",
        "林女士",
        "13900000000",
        "请求纠正",
        "双方握手言和",
        "许可证",
        "文件所载秘密",
        "补充材料",
    ]
    assert sorted(remains.found(words)) == sorted(words)
    assert refused(keeping.propose_disposal, archived, by=people["lead"]) == "kept-until"
    with time_machine.travel(LATER), django_capture_on_commit_callbacks(execute=True):  # type: ignore[attr-defined]
        assert refused(keeping.dispose, archived, by=auditor) == "not-proposed"
        keeping.propose_disposal(archived, by=people["lead"])
        keeping.refuse_disposal(archived, by=auditor, reason="移交档案馆")
        keeping.propose_disposal(archived, by=people["lead"])
        assert refused(keeping.dispose, archived, by=people["lead"]) == "not-yours"
        gone = keeping.dispose(archived, by=auditor)

    search_index.forget()
    assert remains.found(words) == {}
    assert (archived.state, archived.title, archived.code_digest) == ("disposed", "", "")
    assert (gone.data["files"], gone.data["texts"] > 8) == (1, True)
    assert events.verify_chain(archived.uid) == []
    assert Case.objects.visible_to(people["owner"]).get().state == "disposed"
    assert (archived.kind, archived.programme, archived.score) == ("infringement", "fie-complaint", None)
    assert [access.possible(archived, person) for person in (people["lead"], auditor, people["owner"])] == [[], [], []]
    assert Event.objects.about("case", archived.uid).last() == gone


def test_nobody_confirms_what_they_proposed(
    archived: Case, people: dict[str, Person], cast: Cast, auditor: Person
) -> None:
    actions.appoint(auditor, cast.centre, "lead", by=cast.root)
    person = Person.objects.get(pk=auditor.pk)
    with time_machine.travel(LATER):
        keeping.propose_disposal(archived, by=person)

        assert refused(keeping.dispose, archived, by=person) == "two-persons"


def test_audit_administrator_of_the_agency_complained_of_decides_nothing(
    archived: Case, people: dict[str, Person], cast: Cast, auditor: Person
) -> None:
    actions.appoint(auditor, cast.market, "handler", by=cast.root)
    person = Person.objects.get(pk=auditor.pk)

    assert refused(keeping.hold, archived, by=person, cause="audit", reason="x") == "unknown-case"
