"""How long a file is kept, what holds it back, and its disposal by two people."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.db import transaction
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from tests import remains
from tests.cases.test_erasing import attached, refused
from tests.cast import Cast

from lianqiao.cases import access, disposals, search_index
from lianqiao.cases.actions import ACTIONS, keeping
from lianqiao.cases.models import Case
from lianqiao.record import events
from lianqiao.record.models import Event
from lianqiao.registry import actions
from lianqiao.registry.models import Person
from lianqiao.site import cli

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


def test_list_of_a_year_is_for_leads_and_the_audit_administrator(
    at: Callable[[str], Case], people: dict[str, Person], auditor: Person, capsys: pytest.CaptureFixture[str]
) -> None:
    first, second, third = (at("archived") for _each in range(3))
    keeping.hold(second, by=people["lead"], cause="audit", reason="审计")
    at("delivered")
    year = first.changed_at.year + 31

    def listed(who: Person, **asked: Any) -> list[tuple[str, str]]:
        return [(row.case.number, row.stands) for row in disposals.page(who, **{"limit": 10} | asked)]

    whole = [(first.number, "early"), (second.number, "held"), (third.number, "early")]
    assert [listed(who, year=year) for who in (people["lead"], auditor)] == [whole, whole]
    assert [listed(auditor), listed(auditor, year=year - 1)] == [[], []]
    assert refused(disposals.page, people["handler"], limit=10) == "not-yours"
    with time_machine.travel(LATER):
        keeping.propose_disposal(third, by=people["lead"])
        assert listed(auditor) == [(first.number, "due"), (second.number, "held"), (third.number, "proposed")]
        assert listed(auditor, after=first.number, limit=1) == [(second.number, "held")]
        assert cli.main(["disposal", "list", "--by", "shen", "--year", str(year)]) == 0
        assert [line.split("\t")[1] for line in capsys.readouterr().out.splitlines()] == [row[0] for row in whole]
        assert cli.main(["disposal", "propose", first.number, "--by", people["lead"].account]) == 0
        assert cli.main(["disposal", "refuse", first.number, "--by", "shen", "--reason", "移交档案馆"]) == 0
        assert cli.main(["disposal", "confirm", third.number, "--by", "shen"]) == 0
        assert listed(auditor) == [(first.number, "due"), (second.number, "held")]


PIECES = ("contact", "1.title", "1.facts", "1.request", "everything")


def told(place: int) -> dict[str, Any]:
    """Texts that no other case has."""
    return {
        "title": f"甲题{place}第一", "facts": f"乙事实{place}第二", "request": f"丙请求{place}第三",
        "contact": {"name": f"丁人{place}第四", "phone": f"1370000000{place}", "email": f"wu{place}@example.org"},
    }  # fmt: skip


def words_of(content: dict[str, Any]) -> dict[str, list[str]]:
    """Each piece that can be erased, with its words."""
    return {"contact": list(content["contact"].values())} | {
        f"1.{name}": [content[name]] for name in ("title", "facts", "request")
    }


@settings(
    max_examples=3,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(walk=st.lists(st.tuples(st.integers(0, 1), st.sampled_from(PIECES)), min_size=2, max_size=5))
@example(walk=[(0, "1.facts"), (1, "contact"), (0, "everything"), (1, "1.facts"), (1, "everything")])
def test_whatever_is_erased_in_whatever_order_is_gone_and_the_rest_stays(
    people: dict[str, Person], filing: Callable[..., Any], auditor: Person, walk: list[tuple[int, str]]
) -> None:
    with transaction.atomic():
        contents = [told(0), told(1)]
        cases = [filing(**content).case for content in contents]
        for case in cases:
            for verb, part, given in (
                ("accept", "intake", {}), ("conclude", "handler", {"ground": "1", "text": "达成谅解"}),
                ("deliver", "intake", {"method": "electronic"}), ("archive", "intake", {}),
            ):  # fmt: skip
                ACTIONS[verb](case, by=people[part], **given)
        there = [words_of(content) for content in contents]
        before = set(Event.objects.values_list("digest", flat=True))
        with time_machine.travel(LATER):
            for which, piece in walk:
                take(cases[which], piece, there[which], people["lead"], auditor)
        search_index.forget()

        words = [words for case in there for inner in case.values() for words in inner]
        gone = {word for content in contents for inner in words_of(content).values() for word in inner} - set(words)
        assert remains.found(gone) == {}
        assert sorted(remains.found(words)) == sorted(words)
        assert [events.verify_chain(case.uid) for case in cases] == [[], []]
        assert before <= set(Event.objects.values_list("digest", flat=True))
        transaction.set_rollback(True)


def take(case: Case, piece: str, there: dict[str, list[str]], lead: Person, auditor: Person) -> None:
    """Erase the piece, or dispose of the whole; refused when it is gone already. `there` says what is left."""
    if piece == "everything":
        if case.state == "disposed":
            assert refused(keeping.propose_disposal, case, by=lead) == "wrong-state"
            return
        keeping.propose_disposal(case, by=lead)
        keeping.dispose(case, by=auditor)
        there.clear()
        return
    named: dict[str, Any] = {"contact": True} if piece == "contact" else {"texts": [piece]}
    if case.state == "disposed":
        assert refused(keeping.erase, case, by=lead, ground="unlawful", **named) == "wrong-state"
    elif piece in there:
        keeping.erase(case, by=lead, ground="unlawful", **named)
        del there[piece]
    else:
        assert refused(keeping.erase, case, by=lead, ground="unlawful", **named) == "nothing-to-erase"
